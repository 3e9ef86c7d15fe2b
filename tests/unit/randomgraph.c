#include "randomgraph.h"

#include <string.h>

#define FLAGS_SHIFT 30

static uint64_t random_state;

uint32_t
random_below(uint32_t bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)((random_state >> 20) % bound);
}

/* Where the edge EDGE of NODE leads, of COUNT nodes. */
static uint32_t
far_end(unsigned shape, uint32_t node, uint32_t edge, uint32_t count)
{
    uint32_t any = random_below(count);

    switch (shape) {
    case 1: /* a chain with ways back */
        return edge == 0 ? (node + 1 < count ? node + 1 : any) : random_below(node + 1);
    case 2: /* rings of seven, hardly connected */
        return edge == 0 ? node / 7 * 7 + (node + 1) % 7 < count ? node / 7 * 7 + (node + 1) % 7 : any : any;
    case 3: /* no cycles */
        return node + 1 < count ? node + 1 + random_below(count - node - 1) : node;
    case 4: /* near in both directions */
        return (node + count - 3 + random_below(7)) % count;
    case 5: /* many to few, self edges among them */
        return random_below(4) ? random_below(count / 10 + 1) : node;
    case 6: /* a tree, with few edges across */
        return edge < 2 && node * 2 + edge + 1 < count ? node * 2 + edge + 1 : any;
    case 7: /* two parts with no edge between */
        return any / 2 + (node < count / 2 ? 0 : count / 2);
    default:
        return any;
    }
}

static uint32_t
degree(unsigned shape, uint32_t seed)
{
    switch (shape) {
    case 1:
    case 2:
        return 1 + random_below(2);
    case 6:
        return 2 + !random_below(8);
    case 9: /* dense */
        return random_below(40);
    default:
        return random_below(2 + seed / 10 % 4);
    }
}

void
random_graph_make(struct random_graph *graph, uint32_t seed)
{
    static const uint32_t skips[] = {0, UINT32_C(1) << 31, UINT32_C(1) << 30, UINT32_C(3) << 30};
    unsigned shape = seed % 10;
    uint32_t count, edges = 0;

    random_state = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
    count = 1 + random_below(seed % 50 ? 60 : RANDOM_GRAPH_NODES);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t own = degree(shape, seed);

        graph->first[i] = edges;
        for (uint32_t k = 0; k < own; k++) {
            uint32_t flags = random_below(8) ? 0 : random_below(4);

            graph->targets[edges++] = far_end(shape, i, k, count) | flags << FLAGS_SHIFT;
            if (!random_below(10)) {
                graph->targets[edges] = graph->targets[edges - 1];
                edges++;
            }
        }
    }
    graph->first[count] = edges;
    graph->root_count = seed % 101 ? 1 + random_below(seed % 3 ? 2 : RANDOM_GRAPH_ROOTS) : 0;
    for (size_t i = 0; i < graph->root_count; i++)
        graph->roots[i] = i && !random_below(4) ? graph->roots[0] : random_below(random_below(2) ? count : count / 8 + 1);
    graph->csr = (struct cpt_csr){.count = count, .first = graph->first, .targets = graph->targets,
                                  .id_mask = (UINT32_C(1) << FLAGS_SHIFT) - 1, .skip = skips[seed / 10 % 4]};
}

void
random_graph_distances(const struct random_graph *graph, const uint32_t *roots, size_t root_count, uint32_t without,
                       const bool *closed, uint32_t *distances)
{
    bool changed = true;

    memset(distances, 0xff, graph->csr.count * sizeof(*distances));
    for (size_t i = 0; i < root_count; i++)
        if (roots[i] != without && !(closed && closed[roots[i]]))
            distances[roots[i]] = 0;
    for (uint32_t far = 0; changed; far++) {
        changed = false;
        for (uint32_t i = 0; i < graph->csr.count; i++)
            for (uint32_t k = graph->first[i]; distances[i] == far && k < graph->first[i + 1]; k++) {
                uint32_t to = graph->targets[k] & graph->csr.id_mask;

                if ((graph->targets[k] & graph->csr.skip) || to == without || (closed && closed[to]) ||
                    distances[to] != CPT_CSR_NONE)
                    continue;
                distances[to] = far + 1;
                changed = true;
            }
    }
}

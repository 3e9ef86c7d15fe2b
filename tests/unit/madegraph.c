#include "tests/unit/madegraph.h"

#include <string.h>

void
madegraph_init(struct madegraph *made, uint32_t count)
{
    static struct cpt_heap empty; /* where nobody cancels */

    memset(made, 0, sizeof(*made));
    made->graph.heap = &empty;
    made->graph.count = count;
    made->graph.shapes = made->shapes;
    made->graph.first = made->first;
    made->graph.targets = made->targets;
}

void
madegraph_add(struct madegraph *made, uint32_t from, uint32_t target)
{
    made->edges[made->edge_count].from = from;
    made->edges[made->edge_count++].target = target;
}

void
madegraph_finish(struct madegraph *made)
{
    uint32_t at = 0;

    for (uint32_t node = 0; node < made->graph.count; node++) {
        made->first[node] = at;
        for (uint32_t i = 0; i < made->edge_count; i++) {
            if (made->edges[i].from == node)
                made->targets[at++] = made->edges[i].target;
        }
    }
    made->first[made->graph.count] = at;
}

uint32_t
madegraph_random(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % below;
}

void
madegraph_close(const struct madegraph *made, uint64_t among, uint32_t skip, uint64_t closure[MADE_NODES])
{
    memset(closure, 0, MADE_NODES * sizeof(*closure));
    for (uint32_t i = 0; i < made->edge_count; i++) {
        uint32_t from = made->edges[i].from, to = CPT_TARGET_ID(made->edges[i].target);

        if (!(made->edges[i].target & skip) && among >> from & 1 && among >> to & 1)
            closure[from] |= UINT64_C(1) << to;
    }
    for (uint32_t by = 0; by < made->graph.count; by++) {
        for (uint32_t from = 0; from < made->graph.count; from++) {
            if (closure[from] >> by & 1)
                closure[from] |= closure[by];
        }
    }
}

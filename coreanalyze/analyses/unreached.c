#include "coreanalyze/analyses/unreached.h"

#include "coreanalyze/base/bits.h"
#include "coreanalyze/base/vec.h"

#include <stdlib.h>
#include <string.h>

struct search {
    struct cpt_unreached *result;
    const struct cpt_graph *graph;
    struct cpt_csr csr;
    size_t words;         /* of a set */
    uint64_t *rest;       /* unreached, and neither headed yet nor garbage's */
    uint32_t *component;  /* by node of REST */
    uint8_t *ranks;       /* by component: 1 + the highest rank of its objects; 0: it has none */
    unsigned (*rank)(const struct cpt_graph *graph, uint32_t node);
    uint64_t *below;      /* nodes that such a component leads to from outside */
};

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "no memory for lost objects");
}

static bool
is_empty(const uint64_t *set, size_t words)
{
    for (size_t i = 0; i < words; i++) {
        if (set[i])
            return false;
    }
    return true;
}

static cpt_status
find_nodes(struct search *s, const uint32_t *roots, size_t root_count, struct cpt_error *error)
{
    uint64_t *nodes = s->result->nodes;
    uint32_t count = s->graph->count;
    cpt_status status;

    for (size_t i = 0; i < root_count; i++) {
        if (roots[i] < count)
            cpt_set_put(nodes, roots[i]);
    }
    status = cpt_reach_mark(&s->csr, nodes, error);
    for (size_t i = 0; i < s->words; i++)
        nodes[i] = ~nodes[i];
    nodes[count >> 6] &= (UINT64_C(1) << (count & 63)) - 1;
    return status;
}

/* Objects of NODES that keep themselves, and in REST what neither they nor the garbage lead to. */
static cpt_status
find_surplus(struct search *s, const uint64_t *surplus, const uint64_t *garbage, struct cpt_error *error)
{
    cpt_status status;

    for (size_t i = 0; i < s->words; i++) {
        s->result->heads[i] = s->result->nodes[i] & surplus[i];
        s->rest[i] = s->result->heads[i] | (s->result->nodes[i] & garbage[i]);
    }
    status = is_empty(s->rest, s->words) ? CPT_OK : cpt_reach_mark(&s->csr, s->rest, error);
    for (size_t i = 0; i < s->words; i++)
        s->rest[i] = s->result->nodes[i] & ~s->rest[i];
    return status;
}

static bool
has_objects(const struct search *s)
{
    for (uint32_t node = cpt_set_next(s->rest, 0, s->graph->count); node < s->graph->count;
         node = cpt_set_next(s->rest, node + 1, s->graph->count)) {
        if (cpt_graph_is_object(s->graph, node))
            return true;
    }
    return false;
}

/* More than 0. */
static uint8_t
rank_of(const struct search *s, uint32_t node)
{
    unsigned rank = s->rank ? s->rank(s->graph, node) : 0;

    return rank < UINT8_MAX ? (uint8_t)(rank + 1) : UINT8_MAX;
}

static void
find_ranks(struct search *s)
{
    for (uint32_t node = cpt_set_next(s->rest, 0, s->graph->count); node < s->graph->count;
         node = cpt_set_next(s->rest, node + 1, s->graph->count)) {
        uint8_t rank = cpt_graph_is_object(s->graph, node) ? rank_of(s, node) : 0;

        if (rank > s->ranks[s->component[node]])
            s->ranks[s->component[node]] = rank;
    }
}

static void
mark_below(struct search *s)
{
    for (uint32_t node = cpt_set_next(s->rest, 0, s->graph->count); node < s->graph->count;
         node = cpt_set_next(s->rest, node + 1, s->graph->count)) {
        if (!s->ranks[s->component[node]])
            continue;
        for (uint32_t i = s->graph->first[node]; i < s->graph->first[node + 1]; i++) {
            uint32_t id = CPT_TARGET_ID(s->graph->targets[i]);

            if (cpt_set_has(s->rest, id) && s->component[id] != s->component[node])
                cpt_set_put(s->below, id);
        }
    }
}

/* Components of REST that no component with objects leads to. */
static cpt_status
find_others(struct search *s, struct cpt_error *error)
{
    uint32_t count = 0;
    cpt_status status;

    s->component = calloc((size_t)s->graph->count + 1, sizeof(*s->component));
    s->below = cpt_set_make(s->graph->count);
    if (!s->component || !s->below)
        return out_of_memory(error);
    status = cpt_components_find(&s->csr, s->rest, s->component, &count, error);
    if (status)
        return status;
    s->ranks = calloc((size_t)count + 1, sizeof(*s->ranks));
    if (!s->ranks)
        return out_of_memory(error);
    find_ranks(s);
    mark_below(s);
    status = is_empty(s->below, s->words) ? CPT_OK : cpt_reach_mark(&s->csr, s->below, error);
    for (uint32_t node = cpt_set_next(s->rest, 0, s->graph->count); !status && node < s->graph->count;
         node = cpt_set_next(s->rest, node + 1, s->graph->count)) {
        if (cpt_graph_is_object(s->graph, node) && !cpt_set_has(s->below, node) &&
            rank_of(s, node) == s->ranks[s->component[node]])
            cpt_set_put(s->result->heads, node);
    }
    return status;
}

cpt_status
cpt_unreached_find(struct cpt_unreached *unreached, const struct cpt_graph *graph, const uint32_t *roots,
                   size_t root_count, const uint64_t *surplus, const uint64_t *garbage,
                   unsigned (*rank)(const struct cpt_graph *graph, uint32_t node), struct cpt_error *error)
{
    struct search s = {.result = unreached, .graph = graph, .rank = rank, .words = ((size_t)graph->count >> 6) + 1};
    cpt_status status;

    s.csr = (struct cpt_csr){graph->count, graph->first, graph->targets, CPT_MAX_NODES - 1, 0,
                            graph->heap->progress};
    unreached->nodes = cpt_set_make(graph->count);
    unreached->heads = cpt_set_make(graph->count);
    s.rest = cpt_set_make(graph->count);
    if (unreached->nodes && unreached->heads && s.rest)
        status = find_nodes(&s, roots, root_count, error);
    else
        status = out_of_memory(error);
    if (!status)
        status = find_surplus(&s, surplus, garbage, error);
    if (!status && has_objects(&s))
        status = find_others(&s, error);
    free(s.rest);
    free(s.component);
    free(s.ranks);
    free(s.below);
    return status;
}

void
cpt_unreached_free(struct cpt_unreached *unreached)
{
    free(unreached->nodes);
    free(unreached->heads);
    memset(unreached, 0, sizeof(*unreached));
}

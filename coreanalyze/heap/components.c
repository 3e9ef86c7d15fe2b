/* Strongly connected components (Pearce, A Space-Efficient Algorithm for Finding Strongly Connected Components). */
#include "coreanalyze/heap/dominators.h"

#include "coreanalyze/base/vec.h"

#include <stdbool.h>

/* What is in `component` while the search goes on. One that is done is larger than any number of a node that is not, and what is
   not among the nodes is larger still. */
#define NOT_MET 0
#define DONE(component) (CPT_CSR_NONE - 1 - (component)) /* and back */

struct level {
    uint32_t node, edge, number;
};

struct tarjan {
    struct cpt_csr graph;
    uint32_t *low; /* by node: the smallest number that it leads back to, from 1 */
    uint32_t numbers, components;
    CPT_VEC(struct level) path;
    CPT_VEC(uint32_t) open; /* left, but of components that are not complete yet */
};

static bool
enter(struct tarjan *t, uint32_t node)
{
    struct level *level = cpt_vec_add(&t->path);

    if (!level || cpt_progress_stops(t->graph.progress, t->numbers))
        return false;
    *level = (struct level){.node = node, .edge = t->graph.first[node], .number = ++t->numbers};
    t->low[node] = level->number;
    return true;
}

/* The node on top of the path has no more edges. */
static bool
leave(struct tarjan *t)
{
    struct level *level = &t->path.items[--t->path.count];
    uint32_t node = level->node, low = t->low[node];

    if (low != level->number) {
        uint32_t *left = cpt_vec_add(&t->open);

        if (!left)
            return false;
        *left = node;
    } else {
        while (t->open.count && t->low[t->open.items[t->open.count - 1]] >= low)
            t->low[t->open.items[--t->open.count]] = DONE(t->components);
        t->low[node] = DONE(t->components);
        t->components++;
    }
    if (t->path.count && t->low[node] < t->low[t->path.items[t->path.count - 1].node])
        t->low[t->path.items[t->path.count - 1].node] = t->low[node];
    return true;
}

static bool
search_from(struct tarjan *t, uint32_t start)
{
    if (!enter(t, start))
        return false;
    while (t->path.count) {
        struct level *level = &t->path.items[t->path.count - 1];
        uint32_t target, node;

        if (level->edge == t->graph.first[level->node + 1]) {
            if (!leave(t))
                return false;
            continue;
        }
        target = t->graph.targets[level->edge++];
        if (target & t->graph.skip)
            continue;
        node = target & t->graph.id_mask;
        if (t->low[node] == NOT_MET) {
            if (!enter(t, node))
                return false;
        } else if (t->low[node] < t->low[level->node]) {
            t->low[level->node] = t->low[node];
        }
    }
    return true;
}

cpt_status
cpt_components_find(const struct cpt_csr *graph, const uint64_t *among, uint32_t *component, uint32_t *count,
                    struct cpt_error *error)
{
    struct tarjan t = {.graph = *graph, .low = component};
    bool done = true;

    for (uint32_t i = 0; i < graph->count; i++)
        component[i] = !among || (among[i >> 6] >> (i & 63) & 1) ? NOT_MET : CPT_CSR_NONE;
    for (uint32_t i = 0; done && i < graph->count; i++)
        if (component[i] == NOT_MET)
            done = search_from(&t, i);
    for (uint32_t i = 0; done && i < graph->count; i++)
        if (component[i] != CPT_CSR_NONE)
            component[i] = DONE(component[i]);
    *count = t.components;
    cpt_vec_free(&t.path);
    cpt_vec_free(&t.open);
    if (cpt_progress_is_cancelled(graph->progress))
        return cpt_progress_check(graph->progress, error);
    return done ? CPT_OK : cpt_error_set(error, CPT_NOMEM, "out of memory for the cycles among %u objects", graph->count);
}

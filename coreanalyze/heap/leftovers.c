#include "coreanalyze/heap/leftovers.h"

#include "coreanalyze/base/big.h"
#include "coreanalyze/base/bits.h"

#include <stdlib.h>

#define NATIVE (CPT_TARGET_SCANNED | CPT_TARGET_UNVISITED) /* both: found in a native block */
#define PART (UINT32_C(1) << 20) /* references between two questions whether to go on */

struct leftovers {
    struct cpt_graph *graph;
    const struct cpt_rootset *roots;
    uint64_t *doubtful; /* nodes that something found by scanning leads to; once judged, by mistake */
    uint32_t *exact;    /* by node: references to it that are there and count; of doubtful ones only */
};

static bool
is_native(uint32_t target)
{
    return (target & NATIVE) == NATIVE;
}

static bool
is_exact(const struct cpt_root *root)
{
    return root->flags & CPT_EDGE_EXACT;
}

/* The references from number START on are gone through up to *END; false: there are no more, or nobody waits for it. */
static bool
next_part(const struct cpt_graph *graph, uint32_t start, uint32_t *end)
{
    uint32_t all = graph->first[graph->count];

    *end = all - start < PART ? all : start + PART;
    return start < all && !cpt_progress_is_cancelled(graph->heap->progress);
}

static void
find_doubtful(struct leftovers *l)
{
    const struct cpt_graph *graph = l->graph;

    for (uint32_t i = 0, end; next_part(graph, i, &end); i = end)
        for (; i < end; i++)
            if (is_native(graph->targets[i]))
                cpt_set_put(l->doubtful, CPT_TARGET_ID(graph->targets[i]));
    for (size_t i = 0; i < l->roots->count; i++)
        if (!is_exact(&l->roots->items[i]))
            cpt_set_put(l->doubtful, l->roots->nodes[i]);
}

/* Of several roots of one node only one is known: then fewer are counted than there are, and it stays doubtful. */
static void
count_exact(struct leftovers *l)
{
    const struct cpt_graph *graph = l->graph;

    for (uint32_t i = 0, end; next_part(graph, i, &end); i = end)
        for (; i < end; i++)
            if (!(graph->targets[i] & CPT_TARGET_SCANNED) && cpt_set_has(l->doubtful, CPT_TARGET_ID(graph->targets[i])))
                l->exact[CPT_TARGET_ID(graph->targets[i])]++;
    for (size_t i = 0; i < l->roots->count; i++)
        if (is_exact(&l->roots->items[i]) && l->roots->items[i].flags & CPT_EDGE_OWNED)
            l->exact[l->roots->nodes[i]]++;
}

/* Those that have references from elsewhere, or may have, are not among them any more. */
static void
judge(struct leftovers *l)
{
    const struct cpt_graph *graph = l->graph;

    for (uint32_t i = cpt_set_next(l->doubtful, 0, graph->count); i < graph->count;
         i = cpt_set_next(l->doubtful, i + 1, graph->count))
        if (!cpt_graph_is_object(graph, i) || !l->exact[i] || cpt_graph_references(graph, i) > l->exact[i])
            l->doubtful[i >> 6] &= ~(UINT64_C(1) << (i & 63));
}

static void
take_out(struct leftovers *l, uint32_t *nodes, size_t *count)
{
    struct cpt_graph *graph = l->graph;

    for (uint32_t node = 0; node < graph->count && !cpt_progress_stops(graph->heap->progress, node); node++)
        for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++)
            if (is_native(graph->targets[i]) && cpt_set_has(l->doubtful, CPT_TARGET_ID(graph->targets[i])))
                graph->targets[i] = node | NATIVE;
    *count = 0;
    for (size_t i = 0; i < l->roots->count; i++)
        if (is_exact(&l->roots->items[i]) || !cpt_set_has(l->doubtful, l->roots->nodes[i]))
            nodes[(*count)++] = l->roots->nodes[i];
}

cpt_status
cpt_leftovers_remove(struct cpt_graph *graph, const struct cpt_rootset *roots, uint32_t *nodes, size_t *count,
                     struct cpt_error *error)
{
    struct leftovers l = {.graph = graph, .roots = roots};
    bool done;

    l.doubtful = cpt_set_make(graph->count);
    l.exact = cpt_big_zeroed(graph->count, sizeof(*l.exact));
    done = l.doubtful && l.exact;
    if (done) {
        find_doubtful(&l);
        count_exact(&l);
        judge(&l);
        take_out(&l, nodes, count);
    }
    free(l.doubtful);
    free(l.exact);
    return done ? cpt_progress_check(graph->heap->progress, error) : cpt_error_set(error, CPT_NOMEM, "out of memory");
}

/* Objects that nothing reaches, by type of those that are at the head of them. */
#include "coreanalyze/analyses/leaks_parts.h"
#include "coreanalyze/analyses/unreached.h"

#include "coreanalyze/base/vec.h"

#include <stdlib.h>

struct counting {
    struct cpt_leak_work *work;
    struct cpt_unreached unreached;
    struct cpt_leak_count *counts;
    uint64_t *kept; /* counted already */
    struct {
        uint32_t *items;
        size_t count, capacity;
    } stack;
};

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "no memory for lost objects");
}

static bool
is_kept_only(const struct counting *c, uint32_t node)
{
    return cpt_set_has(c->unreached.nodes, node) && !cpt_set_has(c->unreached.heads, node) &&
           !cpt_set_has(c->kept, node);
}

static cpt_status
keep(struct counting *c, uint32_t node, struct cpt_leak_count *count, struct cpt_error *error)
{
    const struct cpt_graph *graph = c->work->graph;
    uint32_t *item = cpt_vec_add(&c->stack);

    if (!item)
        return out_of_memory(error);
    *item = node;
    cpt_set_put(c->kept, node);
    count->kept_objects += cpt_graph_is_object(graph, node);
    count->kept_bytes += cpt_graph_bytes(graph, node);
    return CPT_OK;
}

static cpt_status
count_kept(struct counting *c, uint32_t head, struct cpt_leak_count *count, struct cpt_error *error)
{
    const struct cpt_graph *graph = c->work->graph;
    uint32_t node = head;
    cpt_status status = CPT_OK;

    for (uint64_t done = 1;; done++) {
        if (cpt_progress_stops(graph->heap->progress, done))
            return cpt_progress_check(graph->heap->progress, error);
        for (uint32_t i = graph->first[node]; !status && i < graph->first[node + 1]; i++) {
            uint32_t id = CPT_TARGET_ID(graph->targets[i]);

            if (is_kept_only(c, id))
                status = keep(c, id, count, error);
        }
        if (status || !c->stack.count)
            return status;
        node = c->stack.items[--c->stack.count];
    }
}

static uint64_t
surplus_of(const struct cpt_leak_work *work, uint32_t node)
{
    return cpt_set_has(work->surplus, node) ? cpt_graph_references(work->graph, node) - work->graph->found[node] : 0;
}

/* What several heads keep is counted for the first of them. */
static cpt_status
count_heads(struct counting *c, struct cpt_error *error)
{
    const struct cpt_graph *graph = c->work->graph;
    const uint64_t *heads = c->unreached.heads;
    cpt_status status = CPT_OK;

    for (uint32_t node = cpt_set_next(heads, 0, graph->count); !status && node < graph->count;
         node = cpt_set_next(heads, node + 1, graph->count))
        status = count_kept(c, node, cpt_leak_add(c->work, c->counts, node, surplus_of(c->work, node)), error);
    return status;
}

cpt_status
cpt_leaks_find_lost(struct cpt_leak_work *work, struct cpt_error *error)
{
    struct counting c = {.work = work};
    cpt_status status = CPT_OK;

    c.counts = calloc(work->names.count, sizeof(*c.counts));
    c.kept = cpt_set_make(work->graph->count);
    if (!c.counts || !c.kept)
        status = out_of_memory(error);
    if (!status)
        status = cpt_unreached_find(&c.unreached, work->graph, work->root_nodes, work->root_count, work->surplus,
                                    work->garbage.unreachable, cpt_leak_rank, error);
    if (!status)
        status = count_heads(&c, error);
    if (!status)
        status = cpt_leak_rows(work, c.counts, &work->leaks->lost, &work->leaks->lost_count, error);
    cpt_unreached_free(&c.unreached);
    cpt_vec_free(&c.stack);
    free(c.counts);
    free(c.kept);
    return status;
}

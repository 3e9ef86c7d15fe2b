#include "coreanalyze/analyses/garbage_parts.h"

#include "coreanalyze/base/vec.h"

#define REACHED INT32_MAX

struct stack {
    uint32_t *items;
    size_t count, capacity;
};

static cpt_status
push(struct stack *stack, uint32_t node, struct cpt_error *error)
{
    uint32_t *item = cpt_vec_add(stack);

    if (!item)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    *item = node;
    return CPT_OK;
}

#define NOT_EXPLAINING (CPT_TARGET_SCANNED | CPT_TARGET_UNVISITED)

/* Of a doubtful node all but what is known not to be visited. */
static inline bool
is_followed(uint32_t target, bool doubtful)
{
    return !(target & CPT_TARGET_UNVISITED) || (doubtful && target & CPT_TARGET_SCANNED);
}

static inline bool
is_explaining(uint32_t target, bool doubtful)
{
    return doubtful ? is_followed(target, true) : !(target & NOT_EXPLAINING);
}

static void
subtract(const struct cpt_graph *graph, int32_t *refs, const uint64_t *doubtful)
{
    for (uint32_t node = 0; node < graph->count && !cpt_progress_stops(graph->heap->progress, node); node++) {
        bool in_doubt = doubtful && cpt_set_has(doubtful, node);

        if (refs[node] == CPT_NOT_COLLECTED)
            continue;
        for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
            uint32_t target = graph->targets[i];

            if (is_explaining(target, in_doubt) && refs[CPT_TARGET_ID(target)] > CPT_NOT_COLLECTED + 1)
                refs[CPT_TARGET_ID(target)]--;
        }
    }
}

static cpt_status
reach(const struct cpt_graph *graph, int32_t *refs, const uint64_t *doubtful, struct stack *stack,
      struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    for (uint64_t done = 1; !status && stack->count; done++) {
        uint32_t node = stack->items[--stack->count];
        bool in_doubt = doubtful && cpt_set_has(doubtful, node);

        for (uint32_t i = graph->first[node]; !status && i < graph->first[node + 1]; i++) {
            uint32_t target = graph->targets[i], id = CPT_TARGET_ID(target);

            if (!is_followed(target, in_doubt) || refs[id] == CPT_NOT_COLLECTED || refs[id] == REACHED)
                continue;
            refs[id] = REACHED;
            status = push(stack, id, error);
        }
        if (cpt_progress_stops(graph->heap->progress, done))
            return cpt_progress_check(graph->heap->progress, error);
    }
    return status;
}

cpt_status
cpt_garbage_deduce(const struct cpt_graph *graph, int32_t *refs, const uint64_t *doubtful, struct cpt_error *error)
{
    struct stack stack = {0};
    cpt_status status = CPT_OK;

    subtract(graph, refs, doubtful);
    status = cpt_progress_check(graph->heap->progress, error);
    for (uint32_t node = 0; !status && node < graph->count; node++) {
        if (cpt_progress_stops(graph->heap->progress, node))
            status = cpt_progress_check(graph->heap->progress, error);
        if (status || refs[node] <= 0 || refs[node] == REACHED)
            continue;
        refs[node] = REACHED;
        status = push(&stack, node, error);
        if (!status)
            status = reach(graph, refs, doubtful, &stack, error);
    }
    cpt_vec_free(&stack);
    return status;
}

static cpt_status
spread(const struct cpt_graph *graph, const uint64_t *among, uint64_t *marked, struct stack *stack,
       struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    for (uint64_t done = 1; !status && stack->count; done++) {
        uint32_t node = stack->items[--stack->count];

        if (cpt_progress_stops(graph->heap->progress, done))
            return cpt_progress_check(graph->heap->progress, error);
        for (uint32_t i = graph->first[node]; !status && i < graph->first[node + 1]; i++) {
            uint32_t target = graph->targets[i], id = CPT_TARGET_ID(target);

            if (!is_followed(target, false) || !cpt_set_has(among, id) || cpt_set_has(marked, id))
                continue;
            cpt_set_put(marked, id);
            status = push(stack, id, error);
        }
    }
    return status;
}

cpt_status
cpt_garbage_spread(const struct cpt_graph *graph, const uint64_t *among, uint64_t *marked, struct cpt_error *error)
{
    struct stack stack = {0};
    cpt_status status = CPT_OK;

    for (uint32_t node = cpt_set_next(marked, 0, graph->count); !status && node < graph->count;
         node = cpt_set_next(marked, node + 1, graph->count))
        status = push(&stack, node, error);
    if (!status)
        status = spread(graph, among, marked, &stack, error);
    cpt_vec_free(&stack);
    return status;
}

#include "coreanalyze/analyses/leaks.h"

#include "coreanalyze/analyses/leaks_parts.h"
#include "coreanalyze/heap/leftovers.h"

#include <stdlib.h>
#include <string.h>

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "no memory for the leak report");
}

/* --- what cannot be collected ---------------------------------------------------------------- */

static cpt_status
list_uncollectable(struct cpt_leak_work *work, const uint64_t *objects, struct cpt_error *error)
{
    const struct cpt_leak_names *names = &work->names;
    struct cpt_leaks *leaks = work->leaks;
    struct cpt_type_count *types = cpt_arena_array(&leaks->heap->arena, names->count, sizeof(*types));

    if (!types)
        return out_of_memory(error);
    for (uint32_t node = cpt_set_next(objects, 0, work->graph->count); node < work->graph->count;
         node = cpt_set_next(objects, node + 1, work->graph->count)) {
        leaks->uncollectable_objects++;
        leaks->uncollectable_bytes += cpt_graph_bytes(work->graph, node);
        types[cpt_leak_name_of(work, node)].objects++;
    }
    for (uint32_t i = 0; i < names->count; i++) {
        if (types[i].objects)
            types[leaks->uncollectable_count++] = (struct cpt_type_count){names->texts[i], types[i].objects};
    }
    cpt_type_counts_sort(types, leaks->uncollectable_count);
    leaks->uncollectable = types;
    return CPT_OK;
}

/* What is in gc.garbage, and what the next collection would put there or keep for its sake. */
static cpt_status
find_uncollectable(struct cpt_leak_work *work, struct cpt_error *error)
{
    uint64_t *objects = cpt_set_make(work->graph->count);
    cpt_status status;

    if (!objects)
        return out_of_memory(error);
    memcpy(objects, work->garbage.uncollectable, (((size_t)work->graph->count >> 6) + 1) * sizeof(*objects));
    cpt_garbage_list(work->graph, objects);
    status = list_uncollectable(work, objects, error);
    free(objects);
    return status;
}

/* --- roots ----------------------------------------------------------------------------------- */

static cpt_status
take_roots(struct cpt_leak_work *work, struct cpt_error *error)
{
    cpt_status status = cpt_rootset_take(&work->roots, work->graph, error);

    if (status)
        return status;
    work->root_nodes = calloc(work->roots.count + 1, sizeof(*work->root_nodes));
    if (!work->root_nodes)
        return out_of_memory(error);
    return cpt_leftovers_remove(work->graph, &work->roots, work->root_nodes, &work->root_count, error);
}

/* --- all of it ------------------------------------------------------------------------------- */

/* Whether the next step is due after STATUS. */
static bool
goes_on(const struct cpt_leak_work *work, cpt_status *status, struct cpt_error *error)
{
    if (!*status)
        *status = cpt_progress_check(work->graph->heap->progress, error);
    return !*status;
}

static cpt_status
report(struct cpt_leak_work *work, size_t top, struct cpt_progress *progress, struct cpt_error *error)
{
    cpt_status status = cpt_leak_names_make(&work->names, &work->leaks->heap->walk->shapes, error);

    cpt_progress_begin(progress, "looking for leaks");
    if (!status)
        status = take_roots(work, error);
    if (goes_on(work, &status, error))
        status = cpt_garbage_find(&work->garbage, work->graph, error);
    if (goes_on(work, &status, error))
        status = cpt_leaks_group(work, error);
    if (goes_on(work, &status, error))
        status = find_uncollectable(work, error);
    if (goes_on(work, &status, error))
        status = cpt_leaks_find_surplus(work, error);
    if (goes_on(work, &status, error))
        status = cpt_leaks_find_lost(work, error);
    if (goes_on(work, &status, error))
        status = cpt_leaks_list_scanned(work, error);
    cpt_progress_end(progress);
    if (!status)
        status = cpt_retained_take(&work->leaks->retained, work->graph, &work->roots, CPT_RETAINED_NAMED, top,
                                   progress, error);
    return status;
}

cpt_status
cpt_leaks_take(struct cpt_leaks *leaks, struct cpt_heap *heap, size_t top, struct cpt_progress *progress,
               struct cpt_error *error)
{
    struct cpt_graph graph = {0};
    struct cpt_leak_work work = {.leaks = leaks, .graph = &graph};
    cpt_status status;

    *leaks = (struct cpt_leaks){.heap = heap, .heap_objects = heap->objects, .heap_bytes = heap->bytes};
    status = cpt_graph_open(&graph, heap, progress, error);
    if (!status)
        status = cpt_graph_keep_counts(&graph, error);
    if (!status)
        status = cpt_roots_cover(heap, &graph, error);
    if (!status)
        status = cpt_graph_connect(&graph, progress, error);
    if (!status)
        status = report(&work, top, progress, error);
    cpt_garbage_free(&work.garbage);
    cpt_leak_names_free(&work.names);
    cpt_rootset_free(&work.roots);
    free(work.surplus);
    free(work.root_nodes);
    cpt_graph_close(&graph);
    return status;
}

bool
cpt_leaks_any(const struct cpt_leaks *leaks)
{
    return leaks->garbage_objects || leaks->uncollectable_objects || leaks->surplus_count || leaks->lost_count;
}

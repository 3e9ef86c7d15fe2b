#include "coreanalyze/commands/heap.h"

#include <inttypes.h>
#include <string.h>

cpt_status
cpt_walk_begin(struct cpt_walk *walk, struct cpt_target *target, const struct cpt_options *options,
               struct cpt_error *error)
{
    const struct cpt_file *python = cpt_target_python(target);
    struct cpt_heap_query query = {
        .layout = &target->found.layout,
        .runtime = target->found.runtime,
        .image = python ? (struct cpt_run){python->base, python->end} : (struct cpt_run){0, 0},
        .holes = &target->holes,
        .progress = target->progress,
    };
    cpt_status status;

    memset(walk, 0, sizeof(*walk));
    status = cpt_target_snapshot(target, options, &walk->snapshot, &query.memory, error);
    if (!status)
        status = cpt_heap_walk(&walk->heap, &query, error);
    cpt_progress_end(target->progress);
    /* A process that has ended meanwhile leaves nothing to read but what was copied: its types have no names. */
    status = cpt_target_release(target, status, error);
    if (status)
        return status;
    walk->heap.values.limit = options->repr_limit;
    cpt_log_printf(target->log, CPT_LOG_VERBOSE, "arenas: %zu, found by %s; objects: %" PRIu64,
                   walk->heap.obmalloc.arena_count, cpt_obmalloc_way_name(walk->heap.obmalloc.way),
                   walk->heap.objects);
    return CPT_OK;
}

void
cpt_walk_finish(struct cpt_walk *walk)
{
    cpt_heap_close(&walk->heap);
    cpt_snapshot_close(walk->snapshot);
    memset(walk, 0, sizeof(*walk));
}

/* Objects whose reference count is above all references that were found.
 *
 * What makes a count too low, or a found reference one that does not count, does no harm here: the interned
 * strings' own dict (to 3.11), references that frames only borrow (3.14+), words that look like references by
 * chance. Immortal objects have no count.
 */
#include "coreanalyze/analyses/leaks_parts.h"

#include <stdlib.h>

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "no memory for surplus references");
}

static void
count_surplus(struct cpt_leak_work *work, struct cpt_leak_count *counts)
{
    const struct cpt_graph *graph = work->graph;

    for (uint32_t node = 0; node < graph->count && !cpt_progress_stops(graph->heap->progress, node); node++) {
        uint64_t references;

        if (!cpt_graph_is_object(graph, node))
            continue;
        references = cpt_graph_references(graph, node);
        if (references == UINT64_MAX || references <= graph->found[node])
            continue;
        cpt_set_put(work->surplus, node);
        cpt_leak_add(work, counts, node, references - graph->found[node]);
    }
}

cpt_status
cpt_leaks_find_surplus(struct cpt_leak_work *work, struct cpt_error *error)
{
    struct cpt_leak_count *counts = calloc(work->names.count, sizeof(*counts));
    cpt_status status;

    work->surplus = cpt_set_make(work->graph->count);
    if (!counts || !work->surplus) {
        free(counts);
        return out_of_memory(error);
    }
    count_surplus(work, counts);
    status = cpt_leak_rows(work, counts, &work->leaks->surplus, &work->leaks->surplus_count, error);
    free(counts);
    return status;
}

#include "coreanalyze/commands/graph.h"

#include <string.h>

cpt_status
cpt_wiring_begin(struct cpt_wiring *wiring, struct cpt_heap *heap, struct cpt_progress *progress,
                 struct cpt_error *error)
{
    cpt_status status;

    memset(wiring, 0, sizeof(*wiring));
    status = cpt_graph_open(&wiring->graph, heap, progress, error);
    if (!status)
        status = cpt_roots_cover(heap, &wiring->graph, error);
    if (!status)
        status = cpt_graph_connect(&wiring->graph, progress, error);
    if (!status)
        status = cpt_rootset_take(&wiring->roots, &wiring->graph, error);
    cpt_progress_end(progress);
    return status;
}

void
cpt_wiring_finish(struct cpt_wiring *wiring)
{
    cpt_rootset_free(&wiring->roots);
    cpt_graph_close(&wiring->graph);
}

/* Types whose instances' references are not known exactly. */
#include "coreanalyze/analyses/leaks_parts.h"

#include <stdlib.h>

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "no memory for the leak report");
}

/* Objects by the index of their shape. */
static void
count_shapes(const struct cpt_graph *graph, uint64_t *objects, uint32_t shape_count)
{
    for (uint32_t node = 0; node < graph->count; node++) {
        if (cpt_graph_is_object(graph, node) && graph->shapes[node] < shape_count)
            objects[graph->shapes[node]]++;
    }
}

cpt_status
cpt_leaks_list_scanned(struct cpt_leak_work *work, struct cpt_error *error)
{
    const struct cpt_leak_names *names = &work->names;
    const struct cpt_shapes *shapes = &work->leaks->heap->walk->shapes;
    struct cpt_type_count *types = cpt_arena_array(&work->leaks->heap->arena, names->count, sizeof(*types));
    uint64_t *objects = calloc((size_t)names->shape_count + 1, sizeof(*objects));
    size_t kept = 0;

    if (!types || !objects) {
        free(objects);
        return out_of_memory(error);
    }
    count_shapes(work->graph, objects, names->shape_count);
    for (uint32_t i = 0; i < names->shape_count; i++) {
        const struct cpt_found_object any = {.shape = shapes->items[i]};

        if (objects[i] && !cpt_plan_is_exact(&work->graph->plans, &any))
            types[names->of_shape[i]].objects += objects[i];
    }
    free(objects);
    for (uint32_t i = 0; i < names->count; i++) {
        if (types[i].objects)
            types[kept++] = (struct cpt_type_count){names->texts[i], types[i].objects};
    }
    cpt_type_counts_sort(types, kept);
    work->leaks->scanned = types;
    work->leaks->scanned_count = kept;
    return CPT_OK;
}

#include "coreanalyze/analyses/path.h"

#include "coreanalyze/decode/header.h"

/* What a step's node is. */
static cpt_status
read_node(const struct cpt_graph *graph, uint32_t node, struct cpt_value *value, struct cpt_error *error)
{
    uint64_t address = cpt_graph_address(graph, node);

    if (cpt_graph_is_object(graph, node))
        return cpt_value_read(&graph->heap->values, address, value, error);
    *value = (struct cpt_value){.address = address};
    return CPT_OK;
}

static cpt_status
take_route(struct cpt_path *path, const struct cpt_graph *graph, const struct cpt_route *route, struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    path->path = route->path;
    path->exact = route->exact;
    path->steps = cpt_arena_array(&graph->heap->arena, route->count, sizeof(*path->steps));
    if (!path->steps)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    for (size_t i = 0; !status && i < route->count; i++) {
        struct cpt_path_step *step = &path->steps[path->count++];

        step->edge = route->steps[i].edge;
        step->exact = route->steps[i].exact;
        status = read_node(graph, route->steps[i].node, &step->object, error);
    }
    return status;
}

static cpt_status
find_route(struct cpt_path *path, struct cpt_graph *graph, uint32_t node, struct cpt_error *error)
{
    struct cpt_rootset roots;
    struct cpt_routes routes = {0};
    struct cpt_route route;
    cpt_status status = cpt_rootset_take(&roots, graph, error);

    if (!status)
        status = cpt_routes_find(&routes, graph, &roots, node, error);
    if (!status) {
        status = cpt_route_write(&routes, node, &route, error);
        if (!status)
            status = take_route(path, graph, &route, error);
        else if (status == CPT_ABSENT)
            status = CPT_OK;
    }
    cpt_routes_free(&routes);
    cpt_rootset_free(&roots);
    return status;
}

/* Of static types their name; of the other static objects what repr() says of them, as None and 0 do. */
static cpt_status
name_static(struct cpt_path *path, struct cpt_heap *heap, const struct cpt_object *object, struct cpt_error *error)
{
    const struct cpt_type *type =
        object->type->flags & CPT_TYPE_TYPE ? cpt_type_get(&heap->values.types, object->address) : NULL;

    (void)error;
    path->path = type ? type->name : path->object.repr;
    path->exact = true;
    return CPT_OK;
}

cpt_status
cpt_path_take(struct cpt_path *path, struct cpt_heap *heap, uint64_t address, struct cpt_progress *progress,
              struct cpt_error *error)
{
    struct cpt_object object;
    struct cpt_header header;
    struct cpt_graph graph;
    const struct cpt_region *region;
    cpt_status status = cpt_object_verify(&heap->values, address, &object, &header, error);

    *path = (struct cpt_path){0};
    if (!status)
        status = cpt_value_read(&heap->values, address, &path->object, error);
    if (status)
        return status;
    region = cpt_region_find(&heap->regions, address);
    if (!region || region->kind == CPT_REGION_IMAGE)
        return name_static(path, heap, &object, error);
    status = cpt_graph_open(&graph, heap, progress, error);
    if (!status)
        status = cpt_roots_cover(heap, &graph, error);
    if (!status)
        status = find_route(path, &graph, cpt_graph_find(&graph, address), error);
    cpt_graph_close(&graph);
    return status;
}

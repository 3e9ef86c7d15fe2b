#include "coreanalyze/analyses/diff_paths.h"

static cpt_status
write_path(struct cpt_diff *diff, struct cpt_diff_example *example, const struct cpt_routes *routes,
           struct cpt_error *error)
{
    uint32_t node = cpt_graph_find(routes->graph, example->address);
    struct cpt_route route;
    cpt_status status = node == CPT_NO_NODE ? CPT_ABSENT : cpt_route_write(routes, node, &route, error);

    if (status)
        return status == CPT_ABSENT ? CPT_OK : status;
    example->exact = route.exact;
    example->path.size = route.path.size;
    example->path.data = cpt_arena_text(&diff->arena, route.path.data, route.path.size);
    return example->path.data ? CPT_OK : cpt_error_set(error, CPT_NOMEM, "out of memory");
}

cpt_status
cpt_diff_paths_take(struct cpt_diff *diff, struct cpt_graph *graph, const struct cpt_rootset *roots,
                    struct cpt_error *error)
{
    struct cpt_routes routes;
    cpt_status status = cpt_routes_find(&routes, graph, roots, CPT_NO_NODE, error);

    for (size_t i = 0; !status && i < diff->count; i++) {
        for (size_t j = 0; !status && j < diff->rows[i].example_count; j++)
            status = write_path(diff, &diff->rows[i].examples[j], &routes, error);
    }
    cpt_routes_free(&routes);
    return status;
}

#include "coreanalyze/heap/routes.h"

#include <stdlib.h>
#include <string.h>

/* A module's variable is two references from the module: nearer than that a function's own is no shorter way to it. */
#define LEVELS_OF_MODULES 2

/* A search under way. Every node is once in the queue. */
struct search {
    struct cpt_routes *routes;
    const struct cpt_graph *graph;
    uint32_t *queue;
    uint32_t head, tail;
    uint32_t target; /* CPT_NO_NODE: none */
    uint32_t skip;   /* targets with one of these flags are not gone to */
};

static bool
is_over(const struct search *search)
{
    return search->target != CPT_NO_NODE && search->routes->parent[search->target] != CPT_NO_NODE;
}

static void
enter(struct search *search, uint32_t node, uint32_t from)
{
    if (search->routes->parent[node] != CPT_NO_NODE)
        return;
    search->routes->parent[node] = from;
    search->queue[search->tail++] = node;
}

/* A reference of the node that was taken from the queue last, where the graph is not connected. */
static void
enter_edge(void *arg, const struct cpt_edge *edge)
{
    struct search *search = arg;
    uint32_t node;

    if (search->skip && !(edge->flags & CPT_EDGE_EXACT))
        return;
    node = cpt_graph_find(search->graph, edge->target);
    if (node == CPT_NO_NODE && edge->kind == CPT_EDGE_SCANNED)
        node = cpt_graph_find_within(search->graph, edge->target);
    if (node != CPT_NO_NODE)
        enter(search, node, search->queue[search->head - 1]);
}

/* Goes on up to the node that is number END of the queue (UINT32_MAX: as long as there are any). */
static void
spread(struct search *search, uint32_t end)
{
    const struct cpt_graph *graph = search->graph;

    while (search->head < search->tail && search->head < end && !is_over(search)) {
        uint32_t node = search->queue[search->head++];

        if (cpt_progress_stops(graph->heap->progress, search->head))
            return;
        if (!graph->targets) {
            cpt_graph_edges(graph, node, enter_edge, search);
            continue;
        }
        for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
            if (!(graph->targets[i] & search->skip))
                enter(search, CPT_TARGET_ID(graph->targets[i]), node);
        }
    }
}

/* Which roots belong to a tier. */
enum tier {
    TIER_MODULES,
    TIER_LOCALS,
    TIER_EXACT,
    TIER_ANY,
};

static enum tier
tier_of(const struct cpt_root *root)
{
    if (!(root->flags & CPT_EDGE_EXACT))
        return TIER_ANY;
    if (root->kind == CPT_ROOT_MODULE)
        return TIER_MODULES;
    return root->kind == CPT_ROOT_LOCAL ? TIER_LOCALS : TIER_EXACT;
}

static void
enter_roots(struct search *search, enum tier tier)
{
    const struct cpt_rootset *roots = search->routes->roots;

    for (size_t i = 0; i < roots->count; i++) {
        if (tier_of(&roots->items[i]) == tier)
            enter(search, roots->nodes[i], search->graph->count);
    }
}

static void
search_all(struct search *search)
{
    enter_roots(search, TIER_MODULES);
    for (int i = 0; i < LEVELS_OF_MODULES; i++)
        spread(search, search->tail);
    enter_roots(search, TIER_LOCALS);
    spread(search, UINT32_MAX);
    if (is_over(search))
        return;
    enter_roots(search, TIER_EXACT);
    spread(search, UINT32_MAX);
    if (is_over(search))
        return;
    /* Now also over what was found by scanning, from all that was reached so far. */
    search->skip = 0;
    search->head = 0;
    spread(search, UINT32_MAX);
    if (is_over(search))
        return;
    enter_roots(search, TIER_ANY);
    spread(search, UINT32_MAX);
}

cpt_status
cpt_routes_find(struct cpt_routes *routes, struct cpt_graph *graph, const struct cpt_rootset *roots, uint32_t target,
                struct cpt_error *error)
{
    struct search search = {.routes = routes, .graph = graph, .target = target, .skip = CPT_TARGET_SCANNED};

    *routes = (struct cpt_routes){.graph = graph, .roots = roots};
    routes->parent = malloc(((size_t)graph->count + 1) * sizeof(*routes->parent));
    search.queue = malloc(((size_t)graph->count + 1) * sizeof(*search.queue));
    if (!routes->parent || !search.queue) {
        free(search.queue);
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    }
    memset(routes->parent, 0xff, ((size_t)graph->count + 1) * sizeof(*routes->parent));
    search_all(&search);
    free(search.queue);
    return cpt_progress_check(graph->heap->progress, error);
}

void
cpt_routes_free(struct cpt_routes *routes)
{
    free(routes->parent);
    *routes = (struct cpt_routes){0};
}

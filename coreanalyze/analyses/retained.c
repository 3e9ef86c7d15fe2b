#include "coreanalyze/analyses/retained.h"

#include "coreanalyze/analyses/retainers.h"
#include "coreanalyze/base/big.h"
#include "coreanalyze/base/bits.h"
#include "coreanalyze/base/limits.h"
#include "coreanalyze/heap/leftovers.h"

#include <stdlib.h>
#include <string.h>

#define UNIT_SHIFT 4 /* of a graph's units */

struct retaining {
    struct cpt_graph *graph;
    const struct cpt_rootset *roots;
    struct cpt_csr csr;
    struct cpt_dominators tree;
    uint64_t *is_object; /* a bit for each node */
    uint64_t *is_module; /* and of these and their dicts */
    uint64_t *units;     /* retained, by node */
    uint32_t *objects;
};

/* Looks for an object's __dict__. */
struct dict_search {
    const struct cpt_graph *graph;
    uint32_t dict;
};

static void
visit_dict(void *arg, const struct cpt_edge *edge)
{
    struct dict_search *search = arg;

    if (edge->kind == CPT_EDGE_FIELD && edge->flags & CPT_EDGE_EXACT && edge->name && strcmp(edge->name, ".__dict__") == 0)
        search->dict = cpt_graph_find(search->graph, edge->target);
}

static uint32_t
find_dict(const struct cpt_graph *graph, uint32_t node)
{
    struct dict_search search = {.graph = graph, .dict = CPT_NO_NODE};

    if (cpt_graph_is_object(graph, node))
        cpt_graph_edges(graph, node, visit_dict, &search);
    return search.dict;
}

static bool
is_carrier(void *arg, uint32_t node)
{
    const struct retaining *r = arg;

    return cpt_set_has(r->is_module, node);
}

static bool
is_object(void *arg, uint32_t node)
{
    const struct retaining *r = arg;

    return cpt_graph_is_object(r->graph, node);
}

static bool
is_dict_of(void *arg, uint32_t node, uint32_t owner)
{
    const struct retaining *r = arg;

    return find_dict(r->graph, owner) == node;
}

static void
add_module(struct retaining *r, uint32_t node)
{
    uint32_t dict = find_dict(r->graph, node);

    cpt_set_put(r->is_module, node);
    if (dict != CPT_NO_NODE)
        cpt_set_put(r->is_module, dict);
}

/* Which nodes are objects, and which of these are modules or their dicts. */
static cpt_status
sort_nodes(struct retaining *r, bool *is_module_shape, struct cpt_error *error)
{
    const struct cpt_graph *graph = r->graph;
    const struct cpt_shapes *shapes = &graph->heap->walk->shapes;

    for (size_t i = 0; i < shapes->count; i++)
        is_module_shape[i] = cpt_type_is(shapes->items[i]->type, "module");
    for (uint32_t i = 0; i < graph->count && !cpt_progress_stops(r->csr.progress, i); i++) {
        if (!cpt_graph_is_object(graph, i))
            continue;
        cpt_set_put(r->is_object, i);
        if (is_module_shape[graph->shapes[i]])
            add_module(r, i);
    }
    for (size_t i = 0; i < r->roots->count; i++)
        if (r->roots->items[i].kind == CPT_ROOT_MODULE)
            add_module(r, r->roots->nodes[i]);
    return cpt_progress_check(r->csr.progress, error);
}

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "out of memory");
}

static cpt_status
find_dominators(struct retaining *r, struct cpt_error *error)
{
    uint32_t *nodes = malloc((r->roots->count + 1) * sizeof(*nodes));
    size_t count;
    cpt_status status;

    if (!nodes)
        return out_of_memory(error);
    status = cpt_leftovers_remove(r->graph, r->roots, nodes, &count, error);
    if (!status)
        status = cpt_dominators_find(&r->tree, &r->csr, nodes, count, error);
    free(nodes);
    return status;
}

static cpt_status
measure(struct retaining *r, struct cpt_error *error)
{
    const struct cpt_graph *graph = r->graph;
    size_t shapes = graph->heap->walk->shapes.count;
    bool *is_module_shape = calloc(shapes + 1, sizeof(*is_module_shape));
    cpt_status status = CPT_OK;

    r->is_object = cpt_set_make(graph->count);
    r->is_module = cpt_set_make(graph->count);
    if (is_module_shape && r->is_object && r->is_module)
        status = sort_nodes(r, is_module_shape, error);
    free(is_module_shape);
    if (!is_module_shape || !r->is_object || !r->is_module)
        return out_of_memory(error);
    if (!status)
        status = find_dominators(r, error);
    if (status)
        return status;
    r->units = cpt_big_alloc(graph->count, sizeof(*r->units));
    r->objects = cpt_big_alloc(graph->count, sizeof(*r->objects));
    if (!r->units || !r->objects)
        return out_of_memory(error);
    cpt_dominators_retained(&r->tree, graph->units, r->is_object, r->units, r->objects);
    return cpt_progress_check(r->csr.progress, error);
}

static void
sum_up(const struct retaining *r, struct cpt_retained *retained)
{
    for (uint32_t i = 0; i < r->tree.reached && !cpt_progress_stops(r->csr.progress, i); i++) {
        uint32_t node = r->tree.order[i];

        if (!cpt_set_has(r->is_object, node))
            continue;
        retained->objects++;
        retained->bytes += cpt_graph_bytes(r->graph, node);
    }
}

/* Whether the way to NODE may be written, which takes its steps off *BUDGET. */
static bool
can_afford(const struct cpt_routes *routes, uint32_t node, uint64_t *budget)
{
    uint64_t steps = 0;

    for (; node < routes->graph->count && steps <= *budget; steps++)
        node = routes->parent[node];
    if (steps > *budget)
        return false;
    *budget -= steps;
    return true;
}

static cpt_status
describe(const struct retaining *r, const struct cpt_routes *routes, uint32_t node, bool with_path,
         struct cpt_retainer *retainer, struct cpt_error *error)
{
    struct cpt_route route;
    cpt_status status = CPT_OK;

    *retainer = (struct cpt_retainer){.node = node, .objects = r->objects[node], .bytes = r->units[node] << UNIT_SHIFT};
    retainer->object.address = cpt_graph_address(r->graph, node);
    if (cpt_graph_is_object(r->graph, node))
        status = cpt_value_read(&r->graph->heap->values, retainer->object.address, &retainer->object, error);
    if (status || !with_path)
        return status;
    status = cpt_route_write(routes, node, &route, error);
    if (status)
        return status == CPT_ABSENT ? CPT_OK : status;
    retainer->path = route.path;
    retainer->exact = route.exact;
    return CPT_OK;
}

static cpt_status
describe_all(const struct retaining *r, const uint32_t *nodes, struct cpt_retained *retained, struct cpt_error *error)
{
    struct cpt_routes routes;
    uint64_t budget = CPT_MAX_PATH_STEPS;
    size_t without = 0;
    cpt_status status = cpt_routes_find(&routes, r->graph, r->roots, CPT_NO_NODE, error);

    for (size_t i = 0; !status && i < retained->count; i++) {
        bool with_path = can_afford(&routes, nodes[i], &budget);

        without += !with_path;
        status = describe(r, &routes, nodes[i], with_path, &retained->items[i], error);
    }
    if (without)
        cpt_holes_add(r->graph->heap->decode.holes, cpt_status_code(CPT_LIMIT), 0,
                      "%zu paths are not written: together they have too many steps", without);
    cpt_routes_free(&routes);
    return status;
}

/* A heap of the largest so far, by their places in the tree's order, the last one of the answer first. */
static bool
is_before(const struct retaining *r, uint32_t place, uint32_t other)
{
    uint64_t units = r->units[r->tree.order[place]], others = r->units[r->tree.order[other]];

    return units != others ? units > others : place < other;
}

static void
sift_down(const struct retaining *r, uint32_t *places, size_t count)
{
    uint32_t place = places[0];
    size_t at = 0, child;

    while ((child = 2 * at + 1) < count) {
        if (child + 1 < count && is_before(r, places[child], places[child + 1]))
            child++;
        if (is_before(r, places[child], place))
            break;
        places[at] = places[child];
        at = child;
    }
    places[at] = place;
}

static void
sift_up(const struct retaining *r, uint32_t *places, size_t at)
{
    uint32_t place = places[at];

    for (; at && is_before(r, places[(at - 1) / 2], place); at = (at - 1) / 2)
        places[at] = places[(at - 1) / 2];
    places[at] = place;
}

/* The TOP largest objects, the largest first. A dominator comes before what it dominates, also where both keep as much. */
static size_t
choose_largest(const struct retaining *r, size_t top, uint32_t *nodes)
{
    size_t count = 0;

    for (uint32_t i = 0; i < r->tree.reached && !cpt_progress_stops(r->csr.progress, i); i++) {
        if (!cpt_set_has(r->is_object, r->tree.order[i]))
            continue;
        if (count < top) {
            nodes[count] = i;
            sift_up(r, nodes, count++);
        } else if (count && is_before(r, i, nodes[0])) {
            nodes[0] = i;
            sift_down(r, nodes, count);
        }
    }
    for (size_t left = count; left > 1; left--) {
        uint32_t last = nodes[0];

        nodes[0] = nodes[left - 1];
        sift_down(r, nodes, left - 1);
        nodes[left - 1] = last;
    }
    for (size_t i = 0; i < count; i++)
        nodes[i] = r->tree.order[nodes[i]];
    return count;
}

static cpt_status
mark_links(const struct retaining *r, struct cpt_retained *retained, const uint32_t *named, size_t named_count,
           struct cpt_error *error)
{
    uint64_t *is_named = cpt_set_make(r->graph->count);

    if (!is_named)
        return out_of_memory(error);
    for (size_t i = 0; i < named_count; i++)
        cpt_set_put(is_named, named[i]);
    for (size_t i = 0; i < retained->count; i++)
        retained->items[i].link = !cpt_set_has(is_named, retained->items[i].node);
    free(is_named);
    return CPT_OK;
}

/* The largest, with what they are called. The dominators are not needed for that any more, and make room. */
static cpt_status
take_largest(struct retaining *r, enum cpt_retained_which which, struct cpt_retained *retained, size_t top,
             struct cpt_error *error)
{
    struct cpt_retainers retainers = {.tree = &r->tree, .retained = r->units, .kinds = r->graph->shapes,
                                      .is_carrier = is_carrier, .is_dict_of = is_dict_of, .can_show = is_object, .arg = r};
    uint32_t *named, *nodes;
    size_t named_count = 0;
    cpt_status status;

    top = top < r->tree.reached ? top : r->tree.reached;
    named = malloc((top + 1) * 2 * sizeof(*named));
    if (!named)
        return out_of_memory(error);
    nodes = named + top + 1;
    status = cpt_retainers_choose(&retainers, top, named, &named_count, error);
    retained->count = which == CPT_RETAINED_NAMED ? named_count : choose_largest(r, top, nodes);
    cpt_dominators_free(&r->tree);
    if (!status)
        status = cpt_progress_check(r->csr.progress, error);
    if (!status) {
        retained->items = cpt_arena_array(&r->graph->heap->arena, retained->count, sizeof(*retained->items));
        status = retained->items ? describe_all(r, which == CPT_RETAINED_NAMED ? named : nodes, retained, error)
                                 : out_of_memory(error);
    }
    if (!status)
        status = mark_links(r, retained, named, named_count, error);
    free(named);
    return status;
}

cpt_status
cpt_retained_take(struct cpt_retained *retained, struct cpt_graph *graph, const struct cpt_rootset *roots,
                  enum cpt_retained_which which, size_t top, struct cpt_progress *progress, struct cpt_error *error)
{
    struct retaining r = {.graph = graph, .roots = roots,
                          .csr = {.count = graph->count, .first = graph->first, .targets = graph->targets,
                                  .id_mask = CPT_MAX_NODES - 1, .progress = progress}};
    cpt_status status;

    *retained = (struct cpt_retained){0};
    status = measure(&r, error);
    if (!status) {
        sum_up(&r, retained);
        status = cpt_progress_check(progress, error);
    }
    if (!status)
        status = take_largest(&r, which, retained, top, error);
    cpt_dominators_free(&r.tree);
    free(r.is_object);
    free(r.is_module);
    free(r.units);
    free(r.objects);
    return status;
}

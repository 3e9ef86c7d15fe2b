/* A way as Python would write it: steps that go through a __dict__, through the locals of a generator or into a cell
   are one there. */
#include "coreanalyze/heap/naming.h"
#include "coreanalyze/heap/walk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What the step that was taken last leads to, which the next one may be written together with. */
enum pending {
    PENDING_NONE,
    PENDING_DICT,  /* the __dict__ of OWNER */
    PENDING_CELL,  /* the cell of a variable, which is written already as if its content were meant */
};

struct writing {
    const struct cpt_routes *routes;
    struct cpt_heap *heap;
    struct cpt_buffer path;
    enum pending pending;
    struct cpt_found_object owner; /* SHAPE NULL: the static type OWNER_TYPE */
    const struct cpt_type *owner_type;
    size_t cell_at;                /* where in PATH the variable of the cell begins */
    struct cpt_text cell_name;
    bool cell_of_frame;            /* a running one */
};

/* The edge that a step goes along: of several the one that Python can write. */
struct choice {
    const struct cpt_graph *graph;
    uint32_t node;
    uint64_t from;
    struct cpt_edge best;
    int worth;
};

static int
worth_of(const struct cpt_edge *edge)
{
    if (!(edge->flags & CPT_EDGE_EXACT))
        return edge->kind == CPT_EDGE_SCANNED ? 1 : 2;
    switch (edge->kind) {
    case CPT_EDGE_VALUE:
    case CPT_EDGE_ATTRIBUTE:
    case CPT_EDGE_INDEX:
        return 6;
    case CPT_EDGE_LOCAL:
        return 5;
    case CPT_EDGE_FIELD:
        return edge->name && edge->name[0] == '.' ? 6 : 4;
    default:
        return 3;
    }
}

static void
choose(void *arg, const struct cpt_edge *edge)
{
    struct choice *choice = arg;
    int worth = worth_of(edge);
    uint32_t node;

    if (worth <= choice->worth)
        return;
    node = edge->kind == CPT_EDGE_SCANNED ? cpt_graph_find_within(choice->graph, edge->target)
                                          : cpt_graph_find(choice->graph, edge->target);
    if (node != choice->node)
        return;
    choice->best = *edge;
    choice->worth = worth;
}

/* Whether asking OBJECT of TYPE for the attribute NAME finds it in its __dict__: no class has a data descriptor of
   that name, or its own way to look for attributes. */
static bool
finds_in_dict(struct cpt_heap *heap, const struct cpt_type *type, const char *name)
{
    struct cpt_object found;
    struct cpt_error ignored;
    uint64_t value;

    if (!cpt_type_find(&heap->values.types, type, "__getattribute__", &value, NULL, &ignored))
        return false;
    if (cpt_type_find(&heap->values.types, type, name, &value, NULL, &ignored))
        return true;
    return !cpt_object_open(&heap->values.types, value, &found, &ignored) && !found.type->data_descriptor;
}

/* What `type` itself has under these names comes before what a class has. */
static bool
is_of_metatype(const char *name)
{
    static const char *const names[] = {
        "__name__", "__qualname__", "__bases__", "__mro__", "__module__", "__abstractmethods__", "__dict__", "__doc__",
        "__text_signature__", "__annotations__", "__annotate__", "__type_params__", "__base__", "__basicsize__",
        "__itemsize__", "__flags__", "__weakrefoffset__", "__dictoffset__", "__class__",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

/* Whether a class that has VALUE in its dict gives just that when asked: of descriptors these do. */
static bool
gives_itself(struct cpt_heap *heap, uint64_t value)
{
    static const char *const selfless[] = {"function", "property", "method_descriptor", "wrapper_descriptor",
                                           "member_descriptor", "getset_descriptor"};
    struct cpt_object object;
    struct cpt_error ignored;

    if (cpt_object_open(&heap->values.types, value, &object, &ignored))
        return false;
    for (size_t i = 0; i < sizeof(selfless) / sizeof(selfless[0]); i++) {
        if (cpt_type_is(object.type, selfless[i]))
            return true;
    }
    return !object.type->descriptor;
}

/* Whether ".NAME" behind the owner of a dict gives VALUE, which is in that. */
static bool
is_attribute(struct writing *w, const char *name, uint64_t value)
{
    const struct cpt_type *type = w->owner.shape ? w->owner.shape->type : NULL;

    if (type && !(type->flags & CPT_TYPE_TYPE))
        return finds_in_dict(w->heap, type, name);
    return !is_of_metatype(name) && (!type || finds_in_dict(w->heap, type, name)) && gives_itself(w->heap, value);
}

/* The entry KEY of the owner's dict. */
static void
write_attribute(struct writing *w, uint64_t key, uint64_t value)
{
    struct cpt_text name = cpt_name_text(w->heap, key);

    if (name.data && cpt_name_is_identifier(name.data, name.size) && is_attribute(w, name.data, value)) {
        cpt_buffer_add_char(&w->path, '.');
        cpt_buffer_add(&w->path, name.data, name.size);
        return;
    }
    cpt_buffer_add_text(&w->path, ".__dict__");
    cpt_name_key(w->heap, key, &w->path);
}

/* The step before stands for itself. */
static void
settle(struct writing *w)
{
    bool is_type = w->pending == PENDING_DICT && (!w->owner.shape || w->owner.shape->type->flags & CPT_TYPE_TYPE);

    if (w->pending == PENDING_DICT)
        cpt_buffer_add_text(&w->path, is_type ? ".<tp_dict>" : ".__dict__");
    if (w->pending == PENDING_CELL) {
        w->path.size = w->cell_at;
        cpt_buffer_printf(&w->path, w->cell_of_frame ? ":<cell %s>" : ".<cell %s>", w->cell_name.data);
    }
    w->pending = PENDING_NONE;
}

/* The content of a variable's cell is what the variable is to Python. */
static void
write_variable(struct writing *w, const struct cpt_variable *variable, const char *before, const char *after,
               uint64_t target)
{
    w->cell_at = w->path.size;
    w->cell_name = variable->name;
    w->cell_of_frame = before[0] == ':';
    cpt_buffer_printf(&w->path, "%s%s%s", before, variable->name.data, after);
    if (variable->in_cell && cpt_object_is(&w->heap->values.types, target, "cell"))
        w->pending = PENDING_CELL;
}

/* A variable of a generator, coroutine or frame. */
static void
write_local(struct writing *w, const struct cpt_found_object *object, const struct cpt_edge *edge)
{
    const struct cpt_variable *variable = cpt_name_variable(w->heap, cpt_name_code(w->heap, object), edge->detail);

    if (!variable) {
        cpt_buffer_printf(&w->path, ".<local %" PRIu64 ">", edge->detail);
        return;
    }
    cpt_buffer_add_text(&w->path, cpt_name_frame_of(object->shape->type));
    write_variable(w, variable, ".f_locals['", "']", edge->target);
}

static bool
is_sequence(const struct cpt_shape *shape)
{
    return shape->kind == CPT_SHAPE_TUPLE || shape->kind == CPT_SHAPE_LIST || shape->kind == CPT_SHAPE_DEQUE ||
           shape->kind == CPT_SHAPE_ELEMENT;
}

/* The class that is asked for items instead of a class in Python that has its own way to find them; NULL: nothing is
   to be gone around. */
static const char *
plain_getter(struct cpt_heap *heap, const struct cpt_shape *shape)
{
    struct cpt_error ignored;
    uint64_t value;

    if (!cpt_type_is_python(shape->type) ||
        cpt_type_find(&heap->values.types, shape->type, "__getitem__", &value, NULL, &ignored))
        return NULL;
    switch (shape->kind) {
    case CPT_SHAPE_TUPLE:
        return "tuple";
    case CPT_SHAPE_LIST:
        return "list";
    case CPT_SHAPE_DICT:
    case CPT_SHAPE_ODICT:
        return "dict";
    default:
        return NULL;
    }
}

/* "[3]", "['key']". */
static void
write_item(struct writing *w, const struct cpt_found_object *object, const struct cpt_edge *edge)
{
    const char *getter = plain_getter(w->heap, object->shape);
    struct cpt_buffer item = {0}, whole = {0};

    cpt_name_edge(w->heap, object, edge, &item);
    if (!getter || item.failed || w->path.failed) {
        cpt_buffer_add(&w->path, item.data, item.size);
    } else {
        cpt_buffer_printf(&whole, "%s.__getitem__(", getter);
        cpt_buffer_add(&whole, w->path.data, w->path.size);
        cpt_buffer_add_text(&whole, ", ");
        cpt_buffer_add(&whole, item.data + 1, item.size - 2);
        cpt_buffer_add_char(&whole, ')');
        cpt_buffer_free(&w->path);
        w->path = whole;
    }
    cpt_buffer_free(&item);
}

/* What is no attribute stands behind a dot, so that nobody takes it for a comparison. */
static void
write_named(struct writing *w, const struct cpt_found_object *object, const struct cpt_edge *edge)
{
    struct cpt_buffer name = {0};

    cpt_name_edge(w->heap, object, edge, &name);
    if (name.size && name.data[0] == '<')
        cpt_buffer_add_char(&w->path, '.');
    cpt_buffer_add(&w->path, name.data, name.size);
    w->path.failed |= name.failed;
    cpt_buffer_free(&name);
}

/* One more step from OBJECT. */
static void
write_edge(struct writing *w, const struct cpt_found_object *object, const struct cpt_edge *edge)
{
    if (w->pending == PENDING_DICT && edge->kind == CPT_EDGE_VALUE) {
        write_attribute(w, edge->detail, edge->target);
        w->pending = PENDING_NONE;
        return;
    }
    if (w->pending == PENDING_CELL && edge->kind == CPT_EDGE_FIELD) {
        w->pending = PENDING_NONE;
        return;
    }
    settle(w);
    if (edge->kind == CPT_EDGE_FIELD && edge->name && strcmp(edge->name, ".__dict__") == 0) {
        w->pending = PENDING_DICT;
        w->owner = *object;
    } else if (edge->kind == CPT_EDGE_ATTRIBUTE) {
        w->owner = *object;
        write_attribute(w, edge->detail, edge->target);
    } else if (edge->kind == CPT_EDGE_LOCAL) {
        write_local(w, object, edge);
    } else if (edge->kind == CPT_EDGE_VALUE || (edge->kind == CPT_EDGE_INDEX && is_sequence(object->shape))) {
        write_item(w, object, edge);
    } else if (edge->kind == CPT_EDGE_INDEX) {
        cpt_buffer_printf(&w->path, ".<%" PRIu64 ">", edge->detail);
    } else {
        write_named(w, object, edge);
    }
}

/* The dict of a static type, and the cell of a variable, are written together with what is in them. */
static void
write_root(struct writing *w, const struct cpt_root *root)
{
    struct cpt_frame frame = {0};
    const struct cpt_variable *variable;
    struct cpt_error ignored;

    if (root->kind == CPT_ROOT_STATIC && root->name && strcmp(root->name, "tp_dict") == 0 &&
        (w->owner_type = cpt_type_get(&w->heap->values.types, root->detail))) {
        cpt_name_type(w->heap, w->owner_type, &w->path);
        w->pending = PENDING_DICT;
        return;
    }
    if (root->kind == CPT_ROOT_LOCAL && !cpt_frame_read(&w->heap->decode, root->frame, &frame, &ignored) &&
        (variable = cpt_name_variable(w->heap, frame.code, root->detail))) {
        cpt_name_function(w->heap, root->frame, &w->path);
        write_variable(w, variable, ":local ", "", root->target);
        return;
    }
    cpt_name_root(w->heap, root, &w->path);
}

/* How many steps the way to NODE has; 0: there is none, or it runs in a circle. */
static size_t
count_steps(const struct cpt_routes *routes, uint32_t node)
{
    size_t count = 0;

    for (; node < routes->graph->count && count <= routes->graph->count; count++)
        node = routes->parent[node];
    return node == routes->graph->count ? count : 0;
}

/* What a native block has no type for, but is written as. */
static struct cpt_found_object
open_node(const struct cpt_graph *graph, uint32_t node)
{
    struct cpt_found_object object = {0};

    if (!cpt_graph_object(graph, node, &object))
        object = (struct cpt_found_object){.address = cpt_graph_address(graph, node),
                                           .size = cpt_graph_bytes(graph, node)};
    return object;
}

static cpt_status
write_step(struct writing *w, uint32_t from, struct cpt_route_step *step, struct cpt_error *error)
{
    struct cpt_graph *graph = w->routes->graph;
    struct choice choice = {.graph = graph, .node = step->node, .worth = 0};
    struct cpt_found_object object = open_node(graph, from);

    cpt_graph_edges(graph, from, choose, &choice);
    step->exact = choice.best.flags & CPT_EDGE_EXACT;
    write_edge(w, &object, &choice.best);
    return cpt_edge_name(w->heap, &object, &choice.best, &step->edge, error);
}

static cpt_status
write_first(struct writing *w, struct cpt_route_step *step, struct cpt_route *route, struct cpt_error *error)
{
    const struct cpt_root *root = cpt_rootset_find(w->routes->roots, step->node);

    if (!root)
        return cpt_error_set(error, CPT_ABSENT, "no root leads there");
    step->exact = root->flags & CPT_EDGE_EXACT;
    route->only_local = root->kind == CPT_ROOT_LOCAL;
    write_root(w, root);
    return cpt_root_name(w->heap, root, &step->edge, error);
}

static cpt_status
write_steps(struct writing *w, uint32_t node, struct cpt_route *route, struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    for (size_t i = route->count; i-- > 0; node = w->routes->parent[node])
        route->steps[i].node = node;
    for (size_t i = 0; !status && i < route->count; i++) {
        status = cpt_progress_check(w->heap->progress, error);
        if (status)
            break;
        status = i ? write_step(w, route->steps[i - 1].node, &route->steps[i], error)
                   : write_first(w, &route->steps[i], route, error);
        route->exact = route->exact && route->steps[i].exact;
    }
    settle(w);
    return status;
}

cpt_status
cpt_route_write(const struct cpt_routes *routes, uint32_t node, struct cpt_route *route, struct cpt_error *error)
{
    struct writing w = {.routes = routes, .heap = routes->graph->heap};
    cpt_status status;

    *route = (struct cpt_route){.exact = true};
    route->count = node < routes->graph->count ? count_steps(routes, node) : 0;
    if (!route->count)
        return cpt_error_set(error, CPT_ABSENT, "nothing that was found leads there");
    route->steps = cpt_arena_array(&w.heap->arena, route->count, sizeof(*route->steps));
    if (!route->steps)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    status = write_steps(&w, node, route, error);
    if (status) {
        cpt_buffer_free(&w.path);
        return status;
    }
    return cpt_name_keep(w.heap, &w.path, &route->path, error);
}

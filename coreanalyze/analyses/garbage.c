#include "coreanalyze/analyses/garbage.h"

#include "coreanalyze/analyses/garbage_parts.h"
#include "coreanalyze/base/vec.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NAMED_TYPES 3 /* in a note */

/* What is known of a shape. */
enum {
    UNKNOWN,
    YES,
    NO,
};

struct search {
    const struct cpt_graph *graph;
    struct cpt_garbage *garbage;
    int32_t *refs;      /* as cpt_garbage_deduce has it */
    uint8_t *inexact;   /* by shape: whether references of its instances are not known */
    size_t shape_count;
    bool has_inexact;   /* such objects may be collected */
};

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "no memory to look for garbage");
}

/* --- what the collector looks at ------------------------------------------------------------- */

static bool
is_inexact(struct search *s, uint32_t node)
{
    uint32_t shape = s->graph->shapes[node];
    struct cpt_found_object object;

    if (shape >= s->shape_count)
        return false;
    if (s->inexact[shape] == UNKNOWN) {
        if (!cpt_graph_object(s->graph, node, &object))
            return false;
        s->inexact[shape] = cpt_plan_is_exact(&s->graph->plans, &object) ? NO : YES;
    }
    return s->inexact[shape] == YES;
}

/* Immortal ones are put aside when a collection begins (update_refs, 3.12+). */
static int32_t
references_of(const struct cpt_graph *graph, uint32_t node)
{
    uint64_t references;

    if (!cpt_graph_is_object(graph, node) || !cpt_graph_is_tracked(graph, node))
        return CPT_NOT_COLLECTED;
    references = cpt_graph_references(graph, node);
    if (references == UINT64_MAX)
        return CPT_NOT_COLLECTED;
    return references < CPT_MANY_REFERENCES ? (int32_t)references : CPT_MANY_REFERENCES;
}

static void
take_tracked(struct search *s)
{
    for (uint32_t node = 0; node < s->graph->count && !cpt_progress_stops(s->graph->heap->progress, node); node++) {
        s->refs[node] = references_of(s->graph, node);
        if (s->refs[node] != CPT_NOT_COLLECTED && is_inexact(s, node))
            s->has_inexact = true;
    }
}

/* The permanent generation is a list that begins and ends with its HEAD in the collector's state. */
static void
leave_out_list(struct search *s, uint64_t head)
{
    const struct cpt_heap *heap = s->graph->heap;
    uint64_t link = head, next;
    uint64_t size = (uint64_t)heap->decode.at->gchead.size;
    struct cpt_error fault;

    for (uint64_t budget = (uint64_t)s->graph->count + 2; budget; budget--) {
        const uint8_t *bytes = cpt_region_bytes(&heap->regions, link, size);
        uint32_t node;

        if (cpt_progress_stops(heap->progress, budget))
            return;
        if (bytes)
            next = cpt_load_u64(bytes);
        else if (cpt_memory_read_u64(heap->decode.memory, link, &next, &fault))
            break;
        link = next & ~UINT64_C(3);
        if (link == head)
            return;
        node = cpt_graph_find(s->graph, link + size);
        if (node != CPT_NO_NODE)
            s->refs[node] = CPT_NOT_COLLECTED;
    }
    cpt_holes_add(heap->decode.holes, cpt_status_code(CPT_CORRUPT), link,
                  "the list of objects that gc.freeze() put aside is damaged; some may be taken for garbage");
}

static uint64_t
field_of(uint64_t address, int32_t field)
{
    return address && CPT_HAS(field) ? address + (uint64_t)field : 0;
}

/* To 3.8 there is one collector, then one for each interpreter. */
static void
leave_out_frozen(struct search *s)
{
    const struct cpt_heap *heap = s->graph->heap;
    const struct cpt_layout_fields *at = heap->decode.at;
    uint64_t head = field_of(heap->runtime.address, at->runtime.gc_permanent);

    if (!CPT_HAS(at->gchead.size))
        return;
    if (head)
        leave_out_list(s, head);
    for (size_t i = 0; i < heap->interpreter_count; i++) {
        head = field_of(field_of(heap->interpreters[i].address, at->interp.gc), at->gc.permanent);
        if (head)
            leave_out_list(s, head);
    }
}

static cpt_status
take_set(struct search *s, struct cpt_error *error)
{
    take_tracked(s);
    leave_out_frozen(s);
    return cpt_progress_check(s->graph->heap->progress, error);
}

/* --- what cannot be told for sure ------------------------------------------------------------ */

static void
report_collection(const struct cpt_heap *heap)
{
    bool collecting = heap->runtime.collecting;

    for (size_t i = 0; i < heap->interpreter_count; i++)
        collecting |= heap->interpreters[i].collecting;
    if (collecting)
        cpt_holes_add(heap->decode.holes, "collecting", 0,
                      "a garbage collection is under way: what it is taking apart may not be found as garbage");
}

/* Adds to DOUBTFUL the native blocks that NODE leads to. */
static cpt_status
join_blocks(struct search *s, uint64_t *doubtful, uint32_t node, struct cpt_error *error)
{
    const struct cpt_graph *graph = s->graph;
    CPT_VEC(uint32_t) pending = {0};
    bool done = true;

    for (;;) {
        for (uint32_t i = graph->first[node]; done && i < graph->first[node + 1]; i++) {
            uint32_t id = CPT_TARGET_ID(graph->targets[i]), *added;

            if (cpt_graph_is_object(graph, id) || cpt_set_has(doubtful, id))
                continue;
            s->refs[id] = 0;
            cpt_set_put(doubtful, id);
            added = cpt_vec_add(&pending);
            done = added != NULL;
            if (done)
                *added = id;
        }
        if (!done || !pending.count)
            break;
        node = pending.items[--pending.count];
    }
    cpt_vec_free(&pending);
    return done ? CPT_OK : out_of_memory(error);
}

/* Objects with unknown references, and C memory that they lead to, which is taken as part of them. */
static cpt_status
find_doubtful(struct search *s, uint64_t *doubtful, struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    for (uint32_t node = 0; !status && node < s->graph->count; node++) {
        if (cpt_progress_stops(s->graph->heap->progress, node))
            return cpt_progress_check(s->graph->heap->progress, error);
        if (!cpt_graph_is_object(s->graph, node) || s->refs[node] == CPT_NOT_COLLECTED || !is_inexact(s, node))
            continue;
        cpt_set_put(doubtful, node);
        status = join_blocks(s, doubtful, node, error);
    }
    return status;
}

struct doubt {
    uint64_t objects;                 /* that may be garbage too */
    uint32_t shapes[NAMED_TYPES];     /* with unknown references, of such objects */
    uint32_t nodes[NAMED_TYPES];
    unsigned count;
};

static void
add_doubt(struct search *s, struct doubt *doubt, uint32_t node)
{
    uint32_t shape = s->graph->shapes[node];

    doubt->objects++;
    if (doubt->count == NAMED_TYPES || !is_inexact(s, node))
        return;
    for (unsigned i = 0; i < doubt->count; i++) {
        if (doubt->shapes[i] == shape)
            return;
    }
    doubt->nodes[doubt->count] = node;
    doubt->shapes[doubt->count++] = shape;
}

static const char *
name_of(const struct cpt_graph *graph, uint32_t node)
{
    const char *name = cpt_graph_shape(graph, node)->type->name.data;

    return name ? name : "?";
}

static void
report_doubt(const struct search *s, const struct doubt *doubt)
{
    const char *names[NAMED_TYPES] = {"", "", ""};

    for (unsigned i = 0; i < doubt->count; i++)
        names[i] = name_of(s->graph, doubt->nodes[i]);
    cpt_holes_note(s->graph->heap->decode.holes, "inexact",
                   "up to %" PRIu64
                   " more objects may be garbage: what instances of %s%s%s%s%s refer to is not known for sure",
                   doubt->objects, names[0], doubt->count > 1 ? ", " : "", names[1], doubt->count > 2 ? ", " : "",
                   names[2]);
}

/* What would be garbage if all that looks like a reference of such an object were one that the collector follows. */
static cpt_status
doubt_inexact(struct search *s, struct cpt_error *error)
{
    struct doubt doubt = {0};
    uint64_t *doubtful = cpt_set_make(s->graph->count);
    cpt_status status;

    if (!doubtful)
        return out_of_memory(error);
    status = take_set(s, error);
    if (!status)
        status = find_doubtful(s, doubtful, error);
    if (!status)
        status = cpt_garbage_deduce(s->graph, s->refs, doubtful, error);
    free(doubtful);
    for (uint32_t node = 0; !status && node < s->graph->count; node++) {
        if (s->refs[node] <= 0 && s->refs[node] != CPT_NOT_COLLECTED && cpt_graph_is_object(s->graph, node) &&
            !cpt_set_has(s->garbage->unreachable, node))
            add_doubt(s, &doubt, node);
    }
    if (!status && doubt.count)
        report_doubt(s, &doubt);
    return status ? status : cpt_progress_check(s->graph->heap->progress, error);
}

/* --- all of it ------------------------------------------------------------------------------- */

static bool
has_legacy_finalizer(const struct cpt_graph *graph, const struct cpt_shape *shape)
{
    const struct cpt_layout_fields *at = graph->heap->decode.at;
    struct cpt_error ignored;
    uint64_t field, slot = 0;

    if (!CPT_HAS(at->type.tp_del))
        return false;
    field = shape->address + (uint64_t)at->type.tp_del;
    return !cpt_memory_read_u64(graph->heap->decode.memory, field, &slot, &ignored) && slot;
}

/* Hardly any type has one: what _testcapi.with_tp_del() was called for, and old extension types. */
static cpt_status
find_uncollectable(struct search *s, struct cpt_error *error)
{
    struct cpt_garbage *garbage = s->garbage;
    uint32_t count = s->graph->count;
    uint8_t *legacy = calloc(s->shape_count + 1, sizeof(*legacy));
    cpt_status status;

    if (!legacy)
        return out_of_memory(error);
    for (uint32_t node = cpt_set_next(garbage->unreachable, 0, count); node < count;
         node = cpt_set_next(garbage->unreachable, node + 1, count)) {
        uint32_t shape = s->graph->shapes[node];

        if (shape < s->shape_count && legacy[shape] == UNKNOWN)
            legacy[shape] = has_legacy_finalizer(s->graph, cpt_graph_shape(s->graph, node)) ? YES : NO;
        if (shape < s->shape_count && legacy[shape] == YES)
            cpt_set_put(garbage->uncollectable, node);
    }
    free(legacy);
    status = cpt_garbage_spread(s->graph, garbage->unreachable, garbage->uncollectable, error);
    for (size_t i = 0; i <= count >> 6; i++)
        garbage->uncollectable_objects += (uint64_t)__builtin_popcountll(garbage->uncollectable[i]);
    return status;
}

static void
take_unreachable(struct search *s)
{
    for (uint32_t node = 0; node < s->graph->count; node++) {
        if (s->refs[node] > 0 || s->refs[node] == CPT_NOT_COLLECTED)
            continue;
        cpt_set_put(s->garbage->unreachable, node);
        s->garbage->objects++;
    }
}

static cpt_status
search_all(struct search *s, struct cpt_error *error)
{
    cpt_status status;

    s->garbage->unreachable = cpt_set_make(s->graph->count);
    s->garbage->uncollectable = cpt_set_make(s->graph->count);
    s->refs = calloc((size_t)s->graph->count + 1, sizeof(*s->refs));
    s->inexact = calloc(s->shape_count + 1, sizeof(*s->inexact));
    if (!s->garbage->unreachable || !s->garbage->uncollectable || !s->refs || !s->inexact)
        return out_of_memory(error);
    status = take_set(s, error);
    if (!status)
        status = cpt_garbage_deduce(s->graph, s->refs, NULL, error);
    if (status)
        return status;
    take_unreachable(s);
    status = find_uncollectable(s, error);
    if (!status && s->has_inexact)
        status = doubt_inexact(s, error);
    return status;
}

cpt_status
cpt_garbage_find(struct cpt_garbage *garbage, const struct cpt_graph *graph, struct cpt_error *error)
{
    struct search s = {.graph = graph, .garbage = garbage, .shape_count = graph->heap->walk->shapes.count};
    cpt_status status;

    memset(garbage, 0, sizeof(*garbage));
    if (!CPT_HAS(graph->heap->decode.at->gchead.size))
        cpt_holes_add(graph->heap->decode.holes, cpt_status_code(CPT_UNSUPPORTED), 0,
                      "which objects the collector tracks is not known: no garbage is found");
    report_collection(graph->heap);
    status = search_all(&s, error);
    free(s.refs);
    free(s.inexact);
    return status;
}

void
cpt_garbage_free(struct cpt_garbage *garbage)
{
    free(garbage->unreachable);
    free(garbage->uncollectable);
    memset(garbage, 0, sizeof(*garbage));
}

/* --- gc.garbage ------------------------------------------------------------------------------ */

static void
take_list(const struct cpt_graph *graph, uint64_t field, uint64_t *kept)
{
    struct cpt_error ignored;
    uint64_t list;
    uint32_t node;

    if (!field || cpt_memory_read_u64(graph->heap->decode.memory, field, &list, &ignored))
        return;
    node = list ? cpt_graph_find(graph, list) : CPT_NO_NODE;
    if (node == CPT_NO_NODE || !cpt_graph_is_object(graph, node) ||
        !(cpt_graph_shape(graph, node)->type->flags & CPT_TYPE_LIST))
        return;
    for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
        uint32_t id = CPT_TARGET_ID(graph->targets[i]);

        if (cpt_graph_is_object(graph, id))
            cpt_set_put(kept, id);
    }
}

void
cpt_garbage_list(const struct cpt_graph *graph, uint64_t *kept)
{
    const struct cpt_heap *heap = graph->heap;
    const struct cpt_layout_fields *at = heap->decode.at;

    take_list(graph, field_of(heap->runtime.address, at->runtime.gc_garbage), kept);
    for (size_t i = 0; i < heap->interpreter_count; i++)
        take_list(graph, field_of(field_of(heap->interpreters[i].address, at->interp.gc), at->gc.garbage), kept);
}

#include "coreanalyze/analyses/refs.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/header.h"
#include "coreanalyze/heap/naming.h"
#include "coreanalyze/heap/nodes.h"

#include <stdlib.h>
#include <string.h>

/* A reference that was found: from the node at FROM, or of ROOT. */
struct found {
    uint64_t from; /* 0: of ROOT */
    struct cpt_edge edge;
    struct cpt_root root;
};

struct found_list {
    struct found *items;
    size_t count, capacity;
};

/* What one thread found, exact or not, by address: so it may keep the first ones only. */
struct finder {
    struct search *search;
    struct found_list exact, scanned;
    uint64_t total;
    uint64_t from; /* the node that is looked at */
    bool out_of_memory;
};

struct search {
    struct cpt_heap *heap;
    struct cpt_graph graph;
    uint64_t target;
    size_t limit; /* 0: none */
    struct finder finders[CPT_WALK_THREADS + 1]; /* by walker; the last one: of roots */
};

static void
keep(struct finder *finder, const struct found *found, bool exact)
{
    struct found_list *list = exact ? &finder->exact : &finder->scanned;
    struct found *added;

    finder->total++;
    if (finder->search->limit && list->count >= finder->search->limit)
        return;
    added = cpt_vec_add(list);
    if (added)
        *added = *found;
    else
        finder->out_of_memory = true;
}

static void
visit_edge(void *arg, const struct cpt_edge *edge)
{
    struct finder *finder = arg;

    if (edge->target == finder->search->target)
        keep(finder, &(struct found){.from = finder->from, .edge = *edge}, edge->flags & CPT_EDGE_EXACT);
}

/* What an object of the heap refers to as well was found there. */
static void
visit_root(void *arg, const struct cpt_root *root)
{
    struct finder *finder = arg;

    if (root->target == finder->search->target && !(root->flags & CPT_ROOT_OF_OBJECT))
        keep(finder, &(struct found){.root = *root}, root->flags & CPT_EDGE_EXACT);
}

/* The words of a native block. */
static void
look_into_block(struct finder *finder, const struct cpt_region *region, uint64_t address)
{
    uint64_t size = cpt_node_native_scanned(&finder->search->heap->regions, region, address);
    const uint8_t *bytes = region->bytes + (address - region->start);

    if (cpt_bits_get(region->covered, cpt_region_granule(region, address)))
        return;
    for (uint64_t i = 0; i + 8 <= size; i += 8) {
        struct cpt_edge edge = {.target = finder->search->target, .detail = address + i, .kind = CPT_EDGE_SCANNED};

        if (cpt_load_u64(bytes + i) == edge.target)
            keep(finder, &(struct found){.from = address, .edge = edge}, false);
    }
}

/* Looks at all nodes of SPAN. */
static bool
look_into_span(struct cpt_graph *graph, struct cpt_node_span *span, struct cpt_walker *w)
{
    struct search *search = (struct search *)((char *)graph - offsetof(struct search, graph));
    struct finder *finder = &search->finders[w - graph->heap->walk->walkers];
    const struct cpt_region *region = &graph->heap->regions.items[span->region];
    const struct cpt_node_word *words = graph->table->words[span->region];

    for (size_t i = span->first; i < span->end; i++) {
        for (uint64_t bits = words[i].bits; bits; bits &= bits - 1) {
            unsigned bit = (unsigned)__builtin_ctzll(bits);
            struct cpt_found_object object;
            uint64_t block;

            finder->from = region->start + ((i * 64 + bit) << CPT_GRANULE_SHIFT);
            if (words[i].natives >> bit & 1)
                look_into_block(finder, region, finder->from);
            else if (cpt_node_object(w, region, finder->from, &object, &block))
                cpt_edges_each(&graph->plans, w, &object, visit_edge, finder);
        }
    }
    return !finder->out_of_memory;
}

static int
by_place(const void *a, const void *b)
{
    const struct found *one = a, *other = b;

    return one->from < other->from ? -1 : one->from > other->from;
}

/* The references in all lists, those of roots first, up to the limit. */
static cpt_status
join(struct search *search, bool exact, struct found_list *all, struct cpt_error *error)
{
    size_t before = all->count;

    for (int i = CPT_WALK_THREADS; i >= 0; i--) {
        const struct found_list *list = exact ? &search->finders[i].exact : &search->finders[i].scanned;

        for (size_t n = 0; n < list->count; n++) {
            struct found *added = cpt_vec_add(all);

            if (!added)
                return cpt_error_set(error, CPT_NOMEM, "out of memory");
            *added = list->items[n];
        }
    }
    if (all->count > before)
        qsort(all->items + before, all->count - before, sizeof(*all->items), by_place);
    if (search->limit && all->count > search->limit)
        all->count = search->limit;
    return CPT_OK;
}

/* The object at ADDRESS, of the heap or static; false: nothing is known of it. */
static bool
open_object(struct cpt_heap *heap, uint64_t address, struct cpt_found_object *object)
{
    struct cpt_walker *w = &heap->walk->walkers[0];
    const struct cpt_region *region = cpt_region_find(&heap->regions, address);
    uint64_t block;

    if (!region || region->end - address < 16)
        return false;
    if (region->objects)
        return cpt_node_object(w, region, address, object, &block);
    object->address = address;
    object->bytes = region->bytes + (address - region->start);
    object->size = region->end - address;
    object->shape = cpt_walker_shape(w, cpt_load_u64(object->bytes + heap->decode.at->object.ob_type));
    if (!object->shape)
        return false;
    /* Static types have nothing of what heap types have behind. */
    if (object->shape->kind == CPT_SHAPE_TYPE && (uint64_t)heap->decode.at->type.size < object->size)
        object->size = (uint64_t)heap->decode.at->type.size;
    return true;
}

/* "local buf in worker.run"; others as in paths. */
static cpt_status
name_root(struct cpt_heap *heap, const struct cpt_root *root, struct cpt_text *name, struct cpt_error *error)
{
    struct cpt_buffer out = {0}, whole = {0};
    const char *colon;

    if (root->kind != CPT_ROOT_LOCAL)
        return cpt_root_name(heap, root, name, error);
    cpt_name_root(heap, root, &whole);
    colon = whole.failed ? NULL : strstr(whole.data, ":local ");
    if (colon) {
        cpt_buffer_add_text(&out, colon + 1);
        cpt_buffer_add_text(&out, " in ");
        cpt_buffer_add(&out, whole.data, (size_t)(colon - whole.data));
    }
    out.failed |= whole.failed;
    cpt_buffer_free(&whole);
    return cpt_name_keep(heap, &out, name, error);
}

/* Whether EDGE leads to an object, of those whose place is not known to have any. What the collector would visit has to be
   one, and is shown as broken where it is not; others may be blocks of malloc's, such as the keys of a dict. */
static bool
leads_to_object(struct cpt_heap *heap, const struct cpt_edge *edge)
{
    struct cpt_object object;
    struct cpt_error ignored;

    return edge->flags & CPT_EDGE_VISITED || !cpt_object_open(&heap->values.types, edge->target, &object, &ignored);
}

/* What is at the other end of a reference: with TO where it leads. */
static cpt_status
describe(struct cpt_heap *heap, const struct found *found, bool to, struct cpt_reference *reference,
         struct cpt_error *error)
{
    struct cpt_found_object object = {.address = found->from, .size = UINT64_MAX};
    uint64_t other = to ? found->edge.target : found->from;
    cpt_status status;

    if (!found->from) {
        reference->exact = found->root.flags & CPT_EDGE_EXACT;
        return name_root(heap, &found->root, &reference->edge, error);
    }
    reference->exact = found->edge.flags & CPT_EDGE_EXACT;
    reference->other.address = other;
    if (open_object(heap, other, &object) || (to && leads_to_object(heap, &found->edge))) {
        status = cpt_value_read(&heap->values, other, &reference->other, error);
        if (status)
            return status;
    }
    if (to && !open_object(heap, found->from, &object))
        return cpt_error_set(error, CPT_CORRUPT, "no object is there");
    return cpt_edge_name(heap, &object, &found->edge, &reference->edge, error);
}

static cpt_status
describe_all(struct cpt_refs *refs, struct cpt_heap *heap, const struct found_list *all, bool to,
             struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    refs->items = cpt_arena_array(&heap->arena, all->count, sizeof(*refs->items));
    if (!refs->items)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    for (size_t i = 0; !status && i < all->count; i++) {
        status = describe(heap, &all->items[i], to, &refs->items[refs->count++], error);
        if (!status)
            status = cpt_progress_check(heap->progress, error);
    }
    return status;
}

static void
free_finders(struct search *search)
{
    for (int i = 0; i <= CPT_WALK_THREADS; i++) {
        cpt_vec_free(&search->finders[i].exact);
        cpt_vec_free(&search->finders[i].scanned);
    }
}

static cpt_status
search_from(struct cpt_refs *refs, struct search *search, struct cpt_progress *progress, struct cpt_error *error)
{
    struct cpt_graph *graph = &search->graph;
    struct found_list all = {0};
    cpt_status status = cpt_graph_open(graph, search->heap, progress, error);

    if (!status)
        status = cpt_roots_cover(search->heap, graph, error);
    if (!status)
        status = cpt_spans_each(graph, "looking for references", look_into_span, progress, error);
    if (!status)
        status = cpt_roots_each(search->heap, graph, visit_root, &search->finders[CPT_WALK_THREADS], error);
    if (!status)
        status = join(search, true, &all, error);
    if (!status)
        status = join(search, false, &all, error);
    for (int i = 0; i <= CPT_WALK_THREADS; i++)
        refs->total += search->finders[i].total;
    if (!status)
        status = describe_all(refs, search->heap, &all, false, error);
    cpt_vec_free(&all);
    cpt_graph_close(graph);
    return status;
}

/* References of one object. */
struct listing {
    struct cpt_heap *heap;
    uint64_t from;
    size_t limit;
    struct found_list exact, scanned;
    uint64_t total;
    bool out_of_memory;
};

static void
list_edge(void *arg, const struct cpt_edge *edge)
{
    struct listing *listing = arg;
    bool exact = edge->flags & CPT_EDGE_EXACT;
    struct found_list *list = exact ? &listing->exact : &listing->scanned;
    struct cpt_found_object object;
    struct found *added;

    if (!exact && !open_object(listing->heap, edge->target, &object))
        return;
    listing->total++;
    if (listing->limit && list->count >= listing->limit)
        return;
    added = cpt_vec_add(list);
    if (added)
        *added = (struct found){.from = listing->from, .edge = *edge};
    else
        listing->out_of_memory = true;
}

static cpt_status
search_to(struct cpt_refs *refs, struct cpt_heap *heap, uint64_t address, size_t limit, struct cpt_error *error)
{
    struct listing listing = {.heap = heap, .from = address, .limit = limit};
    struct cpt_walker *w = &heap->walk->walkers[0];
    struct cpt_found_object object;
    struct cpt_plans plans;
    cpt_status status;

    if (!open_object(heap, address, &object))
        return CPT_OK;
    status = cpt_plans_make(&plans, heap, error);
    if (status)
        return status;
    w->budget = 4 * w->most + (UINT64_C(1) << 20);
    cpt_edges_each(&plans, w, &object, list_edge, &listing);
    for (size_t i = 0; i < listing.scanned.count && !listing.out_of_memory; i++) {
        struct found *added = limit && listing.exact.count >= limit ? NULL : cpt_vec_add(&listing.exact);

        if (added)
            *added = listing.scanned.items[i];
        else
            break;
    }
    refs->total = listing.total;
    status = listing.out_of_memory ? cpt_error_set(error, CPT_NOMEM, "out of memory")
                                   : describe_all(refs, heap, &listing.exact, true, error);
    cpt_vec_free(&listing.exact);
    cpt_vec_free(&listing.scanned);
    return status;
}

cpt_status
cpt_refs_take(struct cpt_refs *refs, struct cpt_heap *heap, uint64_t address, bool to, size_t limit,
              struct cpt_progress *progress, struct cpt_error *error)
{
    struct search search = {.heap = heap, .target = address, .limit = limit};
    struct cpt_object object;
    struct cpt_header header;
    cpt_status status = cpt_object_verify(&heap->values, address, &object, &header, error);

    *refs = (struct cpt_refs){0};
    if (!status)
        status = cpt_value_read(&heap->values, address, &refs->object, error);
    if (status)
        return status;
    refs->references = header.immortal ? UINT64_MAX : header.references;
    if (to)
        return search_to(refs, heap, address, limit, error);
    for (int i = 0; i <= CPT_WALK_THREADS; i++)
        search.finders[i].search = &search;
    status = search_from(refs, &search, progress, error);
    free_finders(&search);
    return status;
}

#include "coreanalyze/heap/graph.h"

#include "coreanalyze/heap/nodes.h"

#include <stdlib.h>
#include <string.h>

#define POINTER 8
#define SHARED_TIMES 4         /* as often as that bytes that belong to a node are looked through for it: tables of keys are shared */
#define SHARED_LEAST 65536
#define MOST_WORDS_BACK 4096 /* 4 MiB before an address are searched for the block that it lies in */

/* The nodes of a span, one after the other. */
struct cursor {
    const struct cpt_node_word *words;
    const struct cpt_region *region;
    size_t word, end;
    uint64_t bits;     /* of the word, from the current node on */
    uint32_t node;
    uint64_t address;
    bool native;
};

static struct cursor
begin(const struct cpt_graph *graph, const struct cpt_node_span *span)
{
    return (struct cursor){.words = graph->table->words[span->region],
                           .region = &graph->heap->regions.items[span->region],
                           .word = span->first,
                           .end = span->end,
                           .bits = graph->table->words[span->region][span->first].bits,
                           .node = span->id - 1};
}

static bool
next(struct cursor *cursor)
{
    unsigned bit;

    while (!cursor->bits) {
        if (++cursor->word == cursor->end)
            return false;
        cursor->bits = cursor->words[cursor->word].bits;
    }
    bit = (unsigned)__builtin_ctzll(cursor->bits);
    cursor->bits &= cursor->bits - 1;
    cursor->node++;
    cursor->native = cursor->words[cursor->word].natives >> bit & 1;
    cursor->address = cursor->region->start + ((cursor->word * 64 + bit) << CPT_GRANULE_SHIFT);
    return true;
}

static uint32_t
find_in(const struct cpt_graph *graph, const struct cpt_region *region, uint64_t address)
{
    const struct cpt_node_word *words = graph->table->words[region - graph->heap->regions.items];
    const struct cpt_node_word *word;
    size_t granule;
    uint64_t bit;

    if (!words || address & 15)
        return CPT_NO_NODE;
    granule = cpt_region_granule(region, address);
    word = &words[granule >> 6];
    bit = UINT64_C(1) << (granule & 63);
    if (!(word->bits & bit))
        return CPT_NO_NODE;
    return word->rank + (uint32_t)__builtin_popcountll(word->bits & (bit - 1));
}

uint32_t
cpt_graph_find(const struct cpt_graph *graph, uint64_t address)
{
    const struct cpt_region *region = cpt_region_find(&graph->heap->regions, address);

    return region ? find_in(graph, region, address) : CPT_NO_NODE;
}

/* The native block in which ADDRESS lies, which is the last one that begins before it. */
static uint32_t
find_block(const struct cpt_graph *graph, const struct cpt_region *region, uint64_t address)
{
    const struct cpt_node_word *words = graph->table->words[region - graph->heap->regions.items];
    size_t granule = cpt_region_granule(region, address), at = granule >> 6;
    uint64_t bits, start;
    unsigned last;

    if (!words)
        return CPT_NO_NODE;
    bits = words[at].bits & (UINT64_MAX >> (63 - (granule & 63)));
    for (int i = 0; !bits && at && i < MOST_WORDS_BACK; i++)
        bits = words[--at].bits;
    if (!bits)
        return CPT_NO_NODE;
    last = 63 - (unsigned)__builtin_clzll(bits);
    if (!(words[at].natives >> last & 1))
        return CPT_NO_NODE;
    start = region->start + ((at * 64 + last) << CPT_GRANULE_SHIFT);
    if (address - start >= cpt_node_native_size(&graph->heap->regions, region, start))
        return CPT_NO_NODE;
    return words[at].rank + (uint32_t)__builtin_popcountll(words[at].bits & ((UINT64_C(1) << last) - 1));
}

uint32_t
cpt_graph_find_within(const struct cpt_graph *graph, uint64_t address)
{
    const struct cpt_region *region = cpt_region_find(&graph->heap->regions, address);
    uint32_t node;

    if (!region)
        return CPT_NO_NODE;
    node = find_in(graph, region, address);
    return node != CPT_NO_NODE ? node : find_block(graph, region, address);
}

static const struct cpt_node_span *
span_of(const struct cpt_graph *graph, uint32_t node)
{
    size_t low = 0, high = graph->table->spans.count;

    while (low + 1 < high) {
        size_t middle = (low + high) / 2;

        if (graph->table->spans.items[middle].id <= node)
            low = middle;
        else
            high = middle;
    }
    return &graph->table->spans.items[low];
}

uint64_t
cpt_graph_address(const struct cpt_graph *graph, uint32_t node)
{
    const struct cpt_node_span *span = span_of(graph, node);
    const struct cpt_node_word *words = graph->table->words[span->region];
    size_t low = span->first, high = span->end;
    uint64_t bits;

    /* The last word whose rank is not above the node. */
    while (low + 1 < high) {
        size_t middle = (low + high) / 2;

        if (words[middle].rank <= node)
            low = middle;
        else
            high = middle;
    }
    bits = words[low].bits;
    for (uint32_t i = words[low].rank; i < node; i++)
        bits &= bits - 1;
    return graph->heap->regions.items[span->region].start +
           ((low * 64 + (uint64_t)(bits ? __builtin_ctzll(bits) : 0)) << CPT_GRANULE_SHIFT);
}

const struct cpt_shape *
cpt_graph_shape(const struct cpt_graph *graph, uint32_t node)
{
    return graph->heap->walk->shapes.items[graph->shapes[node]];
}

bool
cpt_graph_object(const struct cpt_graph *graph, uint32_t node, struct cpt_found_object *object)
{
    uint64_t address = cpt_graph_address(graph, node), block;

    return cpt_graph_is_object(graph, node) &&
           cpt_node_object(&graph->heap->walk->walkers[0], cpt_region_find(&graph->heap->regions, address), address, object,
                           &block);
}

static uint64_t
count_of(const struct cpt_graph *graph, const struct cpt_found_object *object)
{
    uint64_t count = cpt_load_u64(object->bytes + graph->heap->decode.at->object.ob_refcnt);

    if (!graph->heap->values.dialect.immortals)
        return count;
    return (int32_t)(uint32_t)count < 0 ? UINT64_MAX : (uint32_t)count;
}

/* Types that a library allocated itself have no head. */
static bool
is_tracked(const struct cpt_graph *graph, const struct cpt_found_object *object)
{
    const struct cpt_layout_fields *at = graph->heap->decode.at;
    const uint8_t *head = object->bytes - object->shape->head;

    if (!object->shape->head || (object->shape->kind == CPT_SHAPE_TYPE && CPT_HAS(at->type.tp_flags) &&
                                 !(cpt_load_u64(object->bytes + at->type.tp_flags) & CPT_TYPE_HEAP)))
        return false;
    if (CPT_HAS(at->gchead.gc_refs)) /* 3.7: _PyGC_REFS_UNTRACKED is -2, shifted by a bit of flags */
        return (int64_t)cpt_load_u64(head + at->gchead.gc_refs) >> 1 != -2;
    return cpt_load_u64(head + at->gchead.gc_next) & ~UINT64_C(3);
}

uint64_t
cpt_graph_references(const struct cpt_graph *graph, uint32_t node)
{
    struct cpt_found_object object;

    if (graph->counts)
        return graph->counts[node] == UINT32_MAX ? UINT64_MAX : graph->counts[node];
    return cpt_graph_object(graph, node, &object) ? count_of(graph, &object) : 0;
}

bool
cpt_graph_is_tracked(const struct cpt_graph *graph, uint32_t node)
{
    struct cpt_found_object object;

    if (graph->tracked)
        return cpt_bits_get(graph->tracked, node);
    return cpt_graph_object(graph, node, &object) && is_tracked(graph, &object);
}

cpt_status
cpt_graph_keep_counts(struct cpt_graph *graph, struct cpt_error *error)
{
    graph->counts = calloc((size_t)graph->count + 1, sizeof(*graph->counts));
    graph->tracked = calloc((size_t)graph->count / 64 + 1, sizeof(*graph->tracked));
    return graph->counts && graph->tracked ? CPT_OK : cpt_error_set(error, CPT_NOMEM, "out of memory");
}

static void
keep_count(struct cpt_graph *graph, uint32_t node, const struct cpt_found_object *object)
{
    uint64_t count = count_of(graph, object);

    graph->counts[node] = count < UINT32_MAX || count == UINT64_MAX ? (uint32_t)count : UINT32_MAX - 1;
    if (is_tracked(graph, object))
        cpt_bits_set(graph->tracked, node);
}

/* What is in a native block may be references. */
static void
scan_native(const struct cpt_graph *graph, const struct cpt_region *region, uint64_t address, cpt_edge_visit visit, void *arg)
{
    uint64_t size = cpt_node_native_scanned(&graph->heap->regions, region, address);
    const uint8_t *bytes = region->bytes + (address - region->start);

    if (cpt_bits_get(region->covered, cpt_region_granule(region, address)))
        return;
    for (uint64_t i = 0; i + POINTER <= size; i += POINTER) {
        struct cpt_edge edge = {.target = cpt_load_u64(bytes + i), .detail = address + i, .kind = CPT_EDGE_SCANNED};

        if (edge.target)
            visit(arg, &edge);
    }
}

/* Each node adds to the budget what it may need: where many share one table, the sum of all is bounded. */
static void
earn(struct cpt_walker *w, uint64_t bytes)
{
    uint64_t most = SHARED_TIMES * w->most + (UINT64_C(1) << 20), more = SHARED_TIMES * bytes + SHARED_LEAST;

    w->budget = w->budget < most && more < most - w->budget ? w->budget + more : most;
}

void
cpt_graph_edges(const struct cpt_graph *graph, uint32_t node, cpt_edge_visit visit, void *arg)
{
    struct cpt_walker *w = &graph->heap->walk->walkers[0];
    uint64_t address = cpt_graph_address(graph, node);
    struct cpt_found_object object;

    earn(w, cpt_graph_bytes(graph, node));
    if (cpt_graph_object(graph, node, &object))
        cpt_edges_each(&graph->plans, w, &object, visit, arg);
    else
        scan_native(graph, cpt_region_find(&graph->heap->regions, address), address, visit, arg);
}

/* What one thread fills. */
struct connecting {
    struct cpt_graph *graph;
    struct cpt_node_span *span;
    bool out_of_memory;
};

static uint32_t
target_flags(unsigned flags)
{
    if (flags & CPT_EDGE_MAYBE)
        return CPT_TARGET_SCANNED;
    return (flags & CPT_EDGE_EXACT ? 0 : CPT_TARGET_SCANNED) | (flags & CPT_EDGE_VISITED ? 0 : CPT_TARGET_UNVISITED);
}

static void
connect_edge(void *arg, const struct cpt_edge *edge)
{
    struct connecting *connecting = arg;
    struct cpt_graph *graph = connecting->graph;
    struct cpt_node_span *span = connecting->span;
    const struct cpt_region *region = cpt_region_find(&graph->heap->regions, edge->target);
    uint32_t node;

    if (!region)
        return;
    node = find_in(graph, region, edge->target);
    if (node == CPT_NO_NODE && edge->kind == CPT_EDGE_SCANNED)
        node = find_block(graph, region, edge->target);
    if (node == CPT_NO_NODE)
        return;
    if (span->target_count == span->target_capacity) {
        uint32_t *grown = cpt_vec_grow(span->targets, &span->target_capacity, sizeof(*grown));

        if (!grown) {
            connecting->out_of_memory = true;
            return;
        }
        span->targets = grown;
    }
    span->targets[span->target_count++] = node | target_flags(edge->flags);
    if (!(edge->flags & CPT_EDGE_EXACT) || edge->flags & CPT_EDGE_OWNED)
        __atomic_fetch_add(&graph->found[node], 1, __ATOMIC_RELAXED);
}

static void
connect_object(struct connecting *connecting, struct cpt_walker *w, uint32_t node, const struct cpt_found_object *object)
{
    if (connecting->graph->counts)
        keep_count(connecting->graph, node, object);
    cpt_edges_targets(&connecting->graph->plans, w, object, connect_edge, connecting);
}

/* Notes how many references each node has in `first`, and to what in the span. */
static bool
connect_span(struct cpt_graph *graph, struct cpt_node_span *span, struct cpt_walker *w)
{
    struct connecting connecting = {.graph = graph, .span = span};

    for (struct cursor at = begin(graph, span); next(&at);) {
        size_t before = span->target_count;
        struct cpt_found_object object;
        uint64_t block;

        if (cpt_progress_stops(graph->heap->progress, at.node))
            return true;
        if (at.native)
            scan_native(graph, at.region, at.address, connect_edge, &connecting);
        else if (cpt_node_object(w, at.region, at.address, &object, &block))
            connect_object(&connecting, w, at.node, &object);
        graph->first[at.node + 1] = (uint32_t)(span->target_count - before);
    }
    return !connecting.out_of_memory && span->target_count < UINT32_MAX;
}

/* The references of all spans one behind the other. */
static cpt_status
join(struct cpt_graph *graph, struct cpt_error *error)
{
    struct cpt_node_table *table = graph->table;
    size_t total = 0;

    for (size_t i = 0; i < table->spans.count; i++)
        total += table->spans.items[i].target_count;
    if (total > UINT32_MAX)
        return cpt_error_set(error, CPT_LIMIT, "the heap has more than 4,294,967,295 references");
    graph->targets = malloc((total + 1) * sizeof(*graph->targets));
    if (!graph->targets)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    total = 0;
    for (size_t i = 0; i < table->spans.count; i++) {
        struct cpt_node_span *span = &table->spans.items[i];

        if (cpt_progress_is_cancelled(graph->heap->progress))
            return cpt_progress_check(graph->heap->progress, error);
        if (span->target_count)
            memcpy(graph->targets + total, span->targets, span->target_count * sizeof(*span->targets));
        total += span->target_count;
        free(span->targets);
        span->targets = NULL;
        span->target_count = span->target_capacity = 0;
    }
    for (uint32_t i = 0; i < graph->count; i++)
        graph->first[i + 1] += graph->first[i];
    return cpt_progress_check(graph->heap->progress, error);
}

cpt_status
cpt_graph_connect(struct cpt_graph *graph, struct cpt_progress *progress, struct cpt_error *error)
{
    cpt_status status;

    graph->first = calloc((size_t)graph->count + 1, sizeof(*graph->first));
    graph->found = calloc((size_t)graph->count + 1, sizeof(*graph->found));
    if (!graph->first || !graph->found)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    status = cpt_spans_each(graph, "following references", connect_span, progress, error);
    return status ? status : join(graph, error);
}

static bool
measure_span(struct cpt_graph *graph, struct cpt_node_span *span, struct cpt_walker *w)
{
    for (struct cursor at = begin(graph, span); next(&at);) {
        struct cpt_found_object object;
        uint64_t bytes = 0, ignored = 0;

        graph->shapes[at.node] = CPT_NATIVE_BLOCK;
        if (at.native) {
            bytes = cpt_node_native_size(&graph->heap->regions, at.region, at.address);
        } else if (cpt_node_object(w, at.region, at.address, &object, &bytes)) {
            graph->shapes[at.node] = (uint32_t)object.shape->index;
            if (object.shape->kind != CPT_SHAPE_LEAF || object.shape->managed_dict)
                bytes += cpt_object_own(w, &object, &ignored);
        }
        bytes = (bytes + 15) >> 4;
        graph->units[at.node] = bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX;
    }
    return true;
}

cpt_status
cpt_graph_open(struct cpt_graph *graph, struct cpt_heap *heap, struct cpt_progress *progress, struct cpt_error *error)
{
    cpt_status status;

    memset(graph, 0, sizeof(*graph));
    graph->heap = heap;
    status = cpt_nodes_number(graph, progress, error);
    if (status)
        return status;
    graph->shapes = malloc(((size_t)graph->count + 1) * sizeof(*graph->shapes));
    graph->units = malloc(((size_t)graph->count + 1) * sizeof(*graph->units));
    if (!graph->shapes || !graph->units)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    status = cpt_spans_each(graph, "measuring the objects", measure_span, progress, error);
    return status ? status : cpt_plans_make(&graph->plans, heap, error);
}

void
cpt_graph_close(struct cpt_graph *graph)
{
    cpt_nodes_free(graph);
    free(graph->shapes);
    free(graph->units);
    free(graph->first);
    free(graph->targets);
    free(graph->counts);
    free(graph->tracked);
    free(graph->found);
    memset(graph, 0, sizeof(*graph));
}

void
cpt_graph_cover(struct cpt_graph *graph, uint64_t start, uint64_t size)
{
    struct cpt_region *region = cpt_region_find(&graph->heap->regions, start);

    if (region && region->covered && size)
        cpt_bits_cover(region->covered, region, start, size < region->end - start ? start + size : region->end);
}

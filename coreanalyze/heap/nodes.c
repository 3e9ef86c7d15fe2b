#include "coreanalyze/heap/nodes.h"

#include "coreanalyze/base/limits.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define POINTER 8
#define WORD_SHIFT 10      /* a word of 64 granules of 16 bytes */
#define MOST_IN_FRONT 80   /* bytes of a block in front of an object: hooks, a collector's head, a managed dict */
#define TIMES_LOOKED_AT 8  /* as often as that by each thread: tables of keys are shared */
#define SMALLEST_TABLE 8   /* PyDict_MINSIZE */
#define SMALLEST_SHIFT 3
#define DEBUG_HEAD 16      /* bytes in front of a block with debug hooks */
#define DEBUG_HEADS 32     /* with those of PyMem_Malloc() and, where it is large, of PyMem_RawMalloc() */
#define ARENA_HEAD 32      /* of a PyArena's block: ab_size, ab_offset, ab_next, ab_mem */
#define ARENA_MEMORY 24    /* offset of ab_mem */
#define ARENA_LEAST 8192   /* DEFAULT_BLOCK_SIZE */

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "out of memory");
}

/* Bytes of an object without a block that tells: what its type and its count say. */
static uint64_t
plain_size(const struct cpt_walker *w, const struct cpt_found_object *object)
{
    uint64_t needed = cpt_object_needed(w, object), count;

    if (object->shape->kind != CPT_SHAPE_PLAIN || !object->shape->itemsize)
        return needed;
    count = cpt_magnitude(cpt_load_u64(object->bytes + w->at->var.ob_size));
    if (count > object->size / object->shape->itemsize)
        return needed;
    count = object->shape->basicsize + count * object->shape->itemsize;
    return count > needed ? count : needed;
}

bool
cpt_node_object(struct cpt_walker *w, const struct cpt_region *region, uint64_t address,
                struct cpt_found_object *object, uint64_t *block)
{
    unsigned pool = cpt_region_pool(w->regions, region, address);
    uint64_t base, size;
    struct cpt_native_block native;

    object->address = address;
    object->bytes = region->bytes + (address - region->start);
    object->size = region->end - address;
    object->shape = cpt_walker_shape(w, cpt_load_u64(object->bytes + POINTER));
    if (!object->shape)
        return false;
    if (object->shape->prefix > address - region->start)
        return false;
    if (pool) {
        base = (address >> w->regions->pool_shift << w->regions->pool_shift) + CPT_POOL_HEAD;
        size = (uint64_t)pool * CPT_POOL_ALIGNMENT;
        size -= (address - base) % size;
        if (size < object->size)
            object->size = size;
        *block = (uint64_t)pool * CPT_POOL_ALIGNMENT;
        return true;
    }
    size = plain_size(w, object);
    native = cpt_native_block(w->regions, region, address - object->shape->prefix, object->shape->prefix + size);
    if (native.is_chunk)
        size = native.start + native.size - POINTER - address;
    if (size < object->size)
        object->size = size;
    *block = native.size;
    return true;
}

uint64_t
cpt_node_native_size(const struct cpt_regions *regions, const struct cpt_region *region, uint64_t address)
{
    unsigned pool = cpt_region_pool(regions, region, address);
    uint64_t size;

    if (pool)
        return (uint64_t)pool * CPT_POOL_ALIGNMENT;
    if (address - region->start < POINTER)
        return 0;
    size = cpt_load_u64(region->bytes + (address - region->start - POINTER)) & ~UINT64_C(7);
    size = size > POINTER ? size - POINTER : 0;
    return size < region->end - address ? size : region->end - address;
}

uint64_t
cpt_node_native_scanned(const struct cpt_regions *regions, const struct cpt_region *region, uint64_t address)
{
    uint64_t size = cpt_node_native_size(regions, region, address);
    const uint8_t *bytes = region->bytes + (address - region->start);

    for (uint64_t head = 0; head <= DEBUG_HEADS && size >= head + ARENA_HEAD + ARENA_LEAST; head += DEBUG_HEAD) {
        uint64_t held = cpt_load_u64(bytes + head), used = cpt_load_u64(bytes + head + POINTER);

        if (cpt_load_u64(bytes + head + ARENA_MEMORY) == address + head + ARENA_HEAD && held >= ARENA_LEAST &&
            held <= size - head - ARENA_HEAD && used <= held)
            return head + ARENA_HEAD;
    }
    return size;
}

static size_t
word_count(const struct cpt_region *region)
{
    return (size_t)((region->end - region->start) >> WORD_SHIFT) + 1;
}

/* One reservation, of which only pages that are written to take memory. */
static cpt_status
reserve(struct cpt_graph *graph, struct cpt_error *error)
{
    struct cpt_regions *regions = &graph->heap->regions;
    struct cpt_node_table *table = graph->table;
    uint8_t *memory;

    table->words = calloc(regions->count + 1, sizeof(*table->words));
    if (!table->words)
        return out_of_memory(error);
    for (size_t i = 0; i < regions->count; i++) {
        if (regions->items[i].objects)
            table->size += word_count(&regions->items[i]) * (sizeof(**table->words) + 8);
    }
    if (!table->size)
        return CPT_OK;
    memory = mmap(NULL, table->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        table->size = 0;
        return out_of_memory(error);
    }
    table->memory = memory;
    for (size_t i = 0; i < regions->count; i++) {
        struct cpt_region *region = &regions->items[i];

        if (!region->objects)
            continue;
        table->words[i] = (struct cpt_node_word *)(void *)memory;
        memory += word_count(region) * sizeof(**table->words);
    }
    for (size_t i = 0; i < regions->count; i++) {
        struct cpt_region *region = &regions->items[i];

        if (!region->objects)
            continue;
        region->covered = (uint64_t *)(void *)memory;
        memory += word_count(region) * 8;
    }
    return CPT_OK;
}

static void
mark(struct cpt_graph *graph, const struct cpt_region *region, uint64_t address, bool native)
{
    size_t granule = cpt_region_granule(region, address);
    struct cpt_node_word *word = &graph->table->words[region - graph->heap->regions.items][granule >> 6];
    uint64_t bit = UINT64_C(1) << (granule & 63);

    __atomic_fetch_or(&word->bits, bit, __ATOMIC_RELAXED);
    if (native)
        __atomic_fetch_or(&word->natives, bit, __ATOMIC_RELAXED);
}

/* Whether the block at BYTES, nobody's buffer, is a dict's smallest table that waits for its next use
   (Objects/dictobject.c, keys_free_list): what is left in it is nobody's. Its first word may lead to the next such
   (3.14+). */
static bool
is_freed_table(const struct cpt_walker *w, const uint8_t *bytes, uint32_t size)
{
    const struct cpt_layout_fields *at = w->at;
    uint64_t used;

    if (!CPT_HAS(at->keys.dk_usable) || !CPT_HAS(at->keys.dk_nentries) || !CPT_HAS(at->keys.dk_indices) ||
        w->hooks + (uint64_t)at->keys.dk_indices + SMALLEST_TABLE > size)
        return false;
    bytes += w->hooks;
    used = cpt_load_u64(bytes + at->keys.dk_usable) + cpt_load_u64(bytes + at->keys.dk_nentries);
    if (used != SMALLEST_TABLE * 2 / 3)
        return false;
    if (CPT_HAS(at->keys.dk_size))
        return cpt_load_u64(bytes + at->keys.dk_size) == SMALLEST_TABLE && !cpt_load_u64(bytes + at->keys.dk_refcnt);
    return CPT_HAS(at->keys.dk_log2_size) && bytes[at->keys.dk_log2_size] == SMALLEST_SHIFT &&
           bytes[at->keys.dk_log2_index_bytes] == SMALLEST_SHIFT;
}

/* A used block of pymalloc: an object, an object's buffer, a dead object on a free list, or one of C's own. */
static void
mark_block(struct cpt_graph *graph, struct cpt_walker *w, const struct cpt_region *region, uint64_t address, uint32_t size)
{
    size_t granule = cpt_region_granule(region, address);
    bool is_object = cpt_bits_get(region->objects, granule);
    struct cpt_found_object found;
    enum cpt_block_kind kind;

    if (!is_object && cpt_bits_get(region->buffers, granule))
        return;
    kind = cpt_block_classify(w, address, region->bytes + (address - region->start), size, &found);
    if (is_object && kind == CPT_BLOCK_OBJECT)
        mark(graph, region, found.address, false);
    else if (kind != CPT_BLOCK_DEAD && !is_freed_table(w, region->bytes + (address - region->start), size))
        mark(graph, region, address, true);
}

static void
mark_arena(struct cpt_graph *graph, struct cpt_walker *w, const struct cpt_arena_object *arena)
{
    const struct cpt_obmalloc *obmalloc = &graph->heap->obmalloc;

    for (uint64_t address = cpt_arena_first_pool(obmalloc, arena); address < arena->pool_address && address < arena->end;
         address += UINT64_C(1) << obmalloc->pool_shift) {
        const struct cpt_region *region = cpt_region_find(obmalloc->regions, address);
        struct cpt_pool pool;

        if (cpt_progress_is_cancelled(graph->heap->progress))
            return;
        if (!region || !cpt_pool_read(obmalloc, arena, address, &pool))
            continue;
        for (unsigned i = 0; i * 64 < pool.carved; i++) {
            for (uint64_t blocks = pool.used_blocks[i]; blocks; blocks &= blocks - 1)
                mark_block(graph, w, region,
                           address + CPT_POOL_HEAD + (i * 64 + (uint64_t)__builtin_ctzll(blocks)) * pool.size, pool.size);
        }
    }
}

/* Arenas, shared out. */
struct marking {
    struct cpt_graph *graph;
    struct cpt_progress *progress;
    size_t next_arena;    /* atomic */
    unsigned next_walker; /* atomic */
};

static void
mark_arenas(void *arg)
{
    struct marking *marking = arg;
    struct cpt_heap *heap = marking->graph->heap;
    unsigned number = __atomic_fetch_add(&marking->next_walker, 1, __ATOMIC_RELAXED);
    size_t next;

    while (!cpt_progress_is_cancelled(marking->progress) &&
           (next = __atomic_fetch_add(&marking->next_arena, 1, __ATOMIC_RELAXED)) < heap->obmalloc.arena_count) {
        const struct cpt_arena_object *arena = &heap->obmalloc.arenas[next];

        mark_arena(marking->graph, &heap->walk->walkers[number], arena);
        cpt_regions_walked(&heap->regions, arena->end - arena->address);
        if (!number)
            cpt_progress_update(marking->progress, next, heap->obmalloc.arena_count);
    }
}

static void
mark_outside(struct cpt_graph *graph, const struct cpt_region *region)
{
    struct cpt_walker *w = &graph->heap->walk->walkers[0];

    for (size_t i = 0; i < word_count(region) && !cpt_progress_stops(graph->heap->progress, i); i++) {
        for (uint64_t bits = region->objects[i]; bits; bits &= bits - 1) {
            uint64_t address = region->start + ((i * 64 + (uint64_t)__builtin_ctzll(bits)) << CPT_GRANULE_SHIFT), block;
            struct cpt_found_object object;

            if (cpt_region_pool(w->regions, region, address) || !cpt_node_object(w, region, address, &object, &block))
                continue;
            mark(graph, region, address, false);
            cpt_bits_cover(region->covered, region, address - object.shape->prefix, address + object.size);
        }
    }
}

/* To 3.10 each function's code keeps the frame of its last call, and a list a few more: what is left in them is
   nobody's. */
static bool
is_dead_frame(struct cpt_walker *w, const struct cpt_region *region, uint64_t block, uint64_t size)
{
    uint64_t object = block + w->hooks + (CPT_HAS(w->at->gchead.size) ? (uint64_t)w->at->gchead.size : 0);
    const struct cpt_shape *shape;
    const uint8_t *bytes;

    if (object + 2 * POINTER > block + size || object + 2 * POINTER > region->end)
        return false;
    bytes = region->bytes + (object - region->start);
    if (cpt_load_u64(bytes + w->at->object.ob_refcnt))
        return false;
    shape = cpt_walker_shape(w, cpt_load_u64(bytes + w->at->object.ob_type));
    return shape && cpt_type_is(shape->type, "frame");
}

/* Chunks that are no object and no buffer. */
static void
mark_chunk(void *arg, uint64_t block, uint64_t size, bool used)
{
    struct cpt_graph *graph = arg;
    const struct cpt_region *region = cpt_region_find(&graph->heap->regions, block);
    uint64_t end = size < MOST_IN_FRONT ? block + size : block + MOST_IN_FRONT;

    if (!used || !region || !region->objects || block & 15 || cpt_region_pool(&graph->heap->regions, region, block))
        return;
    for (uint64_t address = block; address < end && address < region->end; address += 16) {
        size_t granule = cpt_region_granule(region, address);

        if (cpt_bits_get(region->buffers, granule) || cpt_bits_get(region->objects, granule))
            return;
    }
    if (!is_dead_frame(&graph->heap->walk->walkers[0], region, block, size))
        mark(graph, region, block, true);
}

static bool
is_arena(const struct cpt_obmalloc *obmalloc, const struct cpt_chunk_run *run)
{
    size_t low = 0, high = obmalloc->arena_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (obmalloc->arenas[middle].end <= run->start)
            low = middle + 1;
        else
            high = middle;
    }
    return low < obmalloc->arena_count && obmalloc->arenas[low].address < run->end;
}

static cpt_status
mark_all(struct cpt_graph *graph, struct cpt_progress *progress, struct cpt_error *error)
{
    struct cpt_heap *heap = graph->heap;
    struct marking marking = {.graph = graph, .progress = progress};
    cpt_status status;

    cpt_progress_begin(progress, "numbering the objects");
    cpt_workers_run(heap->walk->count, mark_arenas, &marking);
    for (size_t i = 0; i < heap->regions.count; i++) {
        if (heap->regions.items[i].objects)
            mark_outside(graph, &heap->regions.items[i]);
    }
    status = cpt_progress_check(progress, error);
    if (!status)
        status = cpt_chunks_open(&graph->table->chunks, &heap->regions, &heap->obmalloc, error);
    for (size_t i = 0; !status && i < graph->table->chunks.own.count; i++) {
        const struct cpt_run *own = &graph->table->chunks.own.items[i];

        cpt_graph_cover(graph, own->start, own->end - own->start);
    }
    for (size_t i = 0; !status && i < graph->table->chunks.count; i++) {
        if (!is_arena(&heap->obmalloc, &graph->table->chunks.items[i]))
            cpt_chunks_each(&graph->table->chunks, i, mark_chunk, graph);
    }
    cpt_progress_end(progress);
    return status ? status : cpt_progress_check(progress, error);
}

/* Numbers the nodes of the words [FIRST, END) of the region INDEX. */
static cpt_status
number_span(struct cpt_graph *graph, size_t index, size_t first, size_t end, struct cpt_error *error)
{
    struct cpt_node_word *words = graph->table->words[index];
    struct cpt_node_span *span;
    uint32_t count = 0;

    for (size_t i = first; i < end; i++)
        count += (uint32_t)__builtin_popcountll(words[i].bits);
    if (!count)
        return CPT_OK;
    if (count > CPT_MAX_NODES - 1 - graph->count)
        return cpt_error_set(error, CPT_LIMIT, "the heap has more than %u objects and native blocks", CPT_MAX_NODES - 1);
    span = cpt_vec_add(&graph->table->spans);
    if (!span)
        return out_of_memory(error);
    *span = (struct cpt_node_span){(uint32_t)index, graph->count, count, first, end, NULL, 0, 0};
    for (size_t i = first; i < end; i++) {
        words[i].rank = graph->count;
        graph->count += (uint32_t)__builtin_popcountll(words[i].bits);
    }
    return CPT_OK;
}

cpt_status
cpt_nodes_number(struct cpt_graph *graph, struct cpt_progress *progress, struct cpt_error *error)
{
    struct cpt_regions *regions = &graph->heap->regions;
    cpt_status status;

    graph->table = calloc(1, sizeof(*graph->table));
    if (!graph->table)
        return out_of_memory(error);
    status = reserve(graph, error);
    if (!status)
        status = mark_all(graph, progress, error);
    for (size_t i = 0; !status && i < regions->count; i++) {
        size_t count = regions->items[i].objects ? word_count(&regions->items[i]) : 0;

        for (size_t first = 0; !status && first < count; first += CPT_SPAN_WORDS) {
            status = cpt_progress_check(progress, error);
            if (!status)
                status = number_span(graph, i, first, first + CPT_SPAN_WORDS < count ? first + CPT_SPAN_WORDS : count,
                                     error);
        }
    }
    return status;
}

void
cpt_nodes_free(struct cpt_graph *graph)
{
    struct cpt_node_table *table = graph->table;

    if (!table)
        return;
    for (size_t i = 0; i < graph->heap->regions.count; i++)
        graph->heap->regions.items[i].covered = NULL;
    for (size_t i = 0; i < table->spans.count; i++)
        free(table->spans.items[i].targets);
    cpt_vec_free(&table->spans);
    cpt_chunks_close(&table->chunks);
    if (table->memory)
        munmap(table->memory, table->size);
    free(table->words);
    free(table);
    graph->table = NULL;
}

/* Spans, shared out. */
struct sharing {
    struct cpt_graph *graph;
    struct cpt_progress *progress;
    bool (*work)(struct cpt_graph *graph, struct cpt_node_span *span, struct cpt_walker *w);
    size_t next;          /* atomic */
    unsigned next_walker; /* atomic */
    bool failed;
    bool exhausted;       /* a walker's budget */
};

static void
share(void *arg)
{
    struct sharing *sharing = arg;
    struct cpt_node_table *table = sharing->graph->table;
    unsigned number = __atomic_fetch_add(&sharing->next_walker, 1, __ATOMIC_RELAXED);
    struct cpt_walker *w = &sharing->graph->heap->walk->walkers[number];
    size_t next;

    w->sign = -1; /* nothing new is looked for, and each buffer is somebody's once */
    w->budget = TIMES_LOOKED_AT * (w->most + (UINT64_C(1) << 20));
    while ((next = __atomic_fetch_add(&sharing->next, 1, __ATOMIC_RELAXED)) < table->spans.count) {
        struct cpt_node_span *span = &table->spans.items[next];

        if (__atomic_load_n(&sharing->failed, __ATOMIC_RELAXED) || cpt_progress_is_cancelled(sharing->progress))
            break;
        if (!sharing->work(sharing->graph, span, w))
            __atomic_store_n(&sharing->failed, true, __ATOMIC_RELAXED);
        cpt_regions_walked(&sharing->graph->heap->regions, (uint64_t)(span->end - span->first) << WORD_SHIFT);
        if (!number)
            cpt_progress_update(sharing->progress, next, table->spans.count);
    }
    w->sign = 1;
    if (!w->budget)
        __atomic_store_n(&sharing->exhausted, true, __ATOMIC_RELAXED);
}

cpt_status
cpt_spans_each(struct cpt_graph *graph, const char *what,
               bool (*work)(struct cpt_graph *graph, struct cpt_node_span *span, struct cpt_walker *w),
               struct cpt_progress *progress, struct cpt_error *error)
{
    struct sharing sharing = {.graph = graph, .progress = progress, .work = work};

    cpt_progress_begin(progress, "%s", what);
    cpt_workers_run(graph->heap->walk->count, share, &sharing);
    cpt_progress_end(progress);
    if (cpt_progress_is_cancelled(progress))
        return cpt_progress_check(progress, error);
    if (sharing.exhausted)
        cpt_holes_add(graph->heap->decode.holes, cpt_status_code(CPT_CORRUPT), 0,
                      "%s: more is said to be in tables of objects than there is memory; some references are left out", what);
    return sharing.failed ? out_of_memory(error) : CPT_OK;
}

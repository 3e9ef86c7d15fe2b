#include "coreanalyze/heap/walk.h"

#include "coreanalyze/base/limits.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_THREADS 8
#define REPR_LIMIT 80
#define FORGET_EVERY (UINT64_C(16) << 20) /* bytes of pools walked */
#define FORGET_ABOVE (UINT64_C(24) << 20) /* bytes of files in our memory */
#define PRE_HEADER 16
#define PAGE 4096

/* What all threads of one walk share. */
struct cpt_heap_walk {
    struct cpt_heap *heap;
    struct cpt_shapes shapes;
    struct cpt_progress *progress;
    size_t next_arena;  /* the next one to be taken; atomic */
    uint64_t walked;    /* bytes; atomic */
    struct cpt_walker walkers[MAX_THREADS];
    pthread_t threads[MAX_THREADS];
    unsigned count;
};

/* A walk over all of a large core touches all of its pages. They stay in the kernel's cache, but not in our memory. */
static void
forget_sometimes(struct cpt_heap_walk *walk, uint64_t bytes)
{
    uint64_t before = __atomic_fetch_add(&walk->walked, bytes, __ATOMIC_RELAXED);
    unsigned long total, resident, shared;
    FILE *file;

    if (before / FORGET_EVERY == (before + bytes) / FORGET_EVERY || !walk->heap->regions.memory->ops->forget)
        return;
    file = fopen("/proc/self/statm", "re");
    if (!file)
        return;
    if (fscanf(file, "%lu %lu %lu", &total, &resident, &shared) == 3 && (uint64_t)shared * PAGE > FORGET_ABOVE)
        cpt_memory_forget(walk->heap->regions.memory);
    fclose(file);
}

/* Bits of the objects of one pool, for all granules of the largest pool. */
#define POOL_WORDS (16384 / 16 / 64)

/* Pools begin at multiples of their size, regions of a page: a pool has words of the region's bitmap for itself, if it has
   not to share the first and the last. */
static void
enter_objects(struct cpt_region *region, uint64_t address, const uint64_t *bits, unsigned words)
{
    size_t granule = cpt_region_granule(region, address);
    unsigned shift = granule & 63;

    for (unsigned i = 0; i < words; i++) {
        if (!bits[i])
            continue;
        __atomic_fetch_or(&region->objects[(granule >> 6) + i], bits[i] << shift, __ATOMIC_RELAXED);
        if (shift && bits[i] >> (64 - shift))
            __atomic_fetch_or(&region->objects[(granule >> 6) + i + 1], bits[i] >> (64 - shift), __ATOMIC_RELAXED);
    }
}

static void
remember(struct cpt_walker *w, uint64_t address, bool dead)
{
    uint64_t *place = dead ? cpt_vec_add(&w->dead) : cpt_vec_add(&w->damaged);

    if (place)
        *place = address;
    else
        w->out_of_memory = true;
}

/* What has been claimed by its owner already is no object, whatever it looks like. */
static void
walk_block(struct cpt_walker *w, const struct cpt_region *region, const struct cpt_pool *pool, uint32_t offset,
           uint64_t *bits)
{
    unsigned szidx = pool->size / CPT_POOL_ALIGNMENT - 1;
    struct cpt_found_object found;

    if (cpt_bits_get(region->buffers, cpt_region_granule(region, pool->address + offset)))
        return;
    switch (cpt_block_classify(w, pool->address + offset, pool->bytes + offset, pool->size, &found)) {
    case CPT_BLOCK_OBJECT:
        bits[offset >> 10] |= UINT64_C(1) << (offset >> 4 & 63);
        w->classes[szidx].objects++;
        w->object_bytes += pool->size;
        cpt_object_count(w, &found, pool->size);
        cpt_walker_neighbours(w, &found);
        break;
    case CPT_BLOCK_DEAD:
        remember(w, pool->address + offset, true);
        break;
    case CPT_BLOCK_OTHER:
        break;
    }
}

static void
walk_pool(struct cpt_walker *w, const struct cpt_arena_object *arena, uint64_t address)
{
    const struct cpt_obmalloc *obmalloc = &w->heap->obmalloc;
    struct cpt_region *region = cpt_region_find(w->regions, address);
    uint64_t bits[POOL_WORDS] = {0};
    struct cpt_pool pool;
    unsigned szidx;

    if (!region || !cpt_pool_read(obmalloc, arena, address, &pool))
        return;
    szidx = pool.size / CPT_POOL_ALIGNMENT - 1;
    w->classes[szidx].pools++;
    w->classes[szidx].used += pool.used;
    w->classes[szidx].free += pool.capacity - pool.used;
    if (pool.damaged)
        remember(w, address, false);
    for (unsigned i = 0; i * 64 < pool.carved; i++) {
        for (uint64_t blocks = pool.used_blocks[i]; blocks; blocks &= blocks - 1)
            walk_block(w, region, &pool, CPT_POOL_HEAD + (i * 64 + (uint32_t)__builtin_ctzll(blocks)) * pool.size,
                       bits);
    }
    enter_objects(region, address, bits, 1u << (obmalloc->pool_shift - 10));
}

static void
walk_arena(struct cpt_walker *w, const struct cpt_arena_object *arena)
{
    const struct cpt_obmalloc *obmalloc = &w->heap->obmalloc;

    for (uint64_t address = cpt_arena_first_pool(obmalloc, arena); address < arena->pool_address && address < arena->end;
         address += UINT64_C(1) << obmalloc->pool_shift) {
        walk_pool(w, arena, address);
        if (w->pending.count)
            cpt_outside_drain(w);
    }
}

static void
walk_arenas(struct cpt_heap_walk *walk, struct cpt_walker *w)
{
    const struct cpt_obmalloc *obmalloc = &walk->heap->obmalloc;
    size_t number;

    while ((number = __atomic_fetch_add(&walk->next_arena, 1, __ATOMIC_RELAXED)) < obmalloc->arena_count) {
        const struct cpt_arena_object *arena = &obmalloc->arenas[number];

        walk_arena(w, arena);
        forget_sometimes(walk, arena->end - arena->address);
        if (w == &walk->walkers[0])
            cpt_progress_update(walk->progress, number, obmalloc->arena_count);
    }
}

struct thread_start {
    struct cpt_heap_walk *walk;
    struct cpt_walker *walker;
};

static void *
run_thread(void *arg)
{
    struct thread_start *start = arg;

    walk_arenas(start->walk, start->walker);
    return NULL;
}

/* Where in a block objects may begin: behind nothing, a collector's head, or that and a managed dict. */
static void
list_prefixes(struct cpt_walker *w)
{
    w->prefixes[w->prefix_count++] = 0;
    if (CPT_HAS(w->at->gchead.size)) {
        w->prefixes[w->prefix_count++] = (unsigned)w->at->gchead.size;
        w->prefixes[w->prefix_count++] = (unsigned)w->at->gchead.size + PRE_HEADER;
    }
}

static cpt_status
init_walker(struct cpt_heap_walk *walk, struct cpt_walker *w, struct cpt_error *error)
{
    struct cpt_heap *heap = walk->heap;

    w->heap = heap;
    w->regions = &heap->regions;
    w->shapes = &walk->shapes;
    w->at = heap->decode.at;
    w->hooks = heap->obmalloc.hooks;
    w->sign = 1;
    w->low = UINT64_MAX;
    for (size_t i = 0; i < heap->regions.count; i++) {
        if (!heap->regions.items[i].objects)
            continue;
        if (w->low == UINT64_MAX)
            w->low = heap->regions.items[i].start;
        w->high = heap->regions.items[i].end;
    }
    list_prefixes(w);
    w->native = calloc(heap->regions.count + 1, sizeof(*w->native));
    return w->native ? CPT_OK : cpt_error_set(error, CPT_NOMEM, "out of memory");
}

static void
free_walker(struct cpt_walker *w)
{
    cpt_vec_free(&w->tallies);
    cpt_vec_free(&w->pending);
    cpt_vec_free(&w->dead);
    cpt_vec_free(&w->damaged);
    free(w->native);
}

/* A thread that cannot be started is no reason to fail: the others do its work. */
static void
run_threads(struct cpt_heap_walk *walk)
{
    struct thread_start starts[MAX_THREADS];
    unsigned started = 1;
    sigset_t all, before;

    sigfillset(&all);
    sigdelset(&all, SIGBUS);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (; started < walk->count; started++) {
        starts[started] = (struct thread_start){.walk = walk, .walker = &walk->walkers[started]};
        if (pthread_create(&walk->threads[started], NULL, run_thread, &starts[started]))
            break;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    walk_arenas(walk, &walk->walkers[0]);
    for (unsigned i = 1; i < started; i++)
        pthread_join(walk->threads[i], NULL);
}

/* Bytearrays' bytes objects (3.15), and what else looks like an object but is somebody's buffer, are taken back. */
static void
take_back(struct cpt_walker *w, struct cpt_region *region, uint64_t address)
{
    unsigned pool = cpt_region_pool(w->regions, region, address);
    uint32_t size = pool * CPT_POOL_ALIGNMENT;
    struct cpt_found_object found;

    if (!pool) {
        cpt_outside_count(w, address);
        return;
    }
    if (cpt_block_classify(w, address, region->bytes + (address - region->start), size, &found) != CPT_BLOCK_OBJECT)
        return;
    w->classes[pool - 1].objects--;
    w->object_bytes -= size;
    cpt_object_count(w, &found, size);
}

static void
settle_region(struct cpt_walker *w, struct cpt_region *region)
{
    size_t words = (size_t)((region->end - region->start) >> (CPT_GRANULE_SHIFT + 6)) + 1;

    for (size_t i = 0; region->objects && i < words; i++) {
        uint64_t both = region->objects[i] & region->buffers[i];

        for (; both; both &= both - 1) {
            size_t granule = i * 64 + (size_t)__builtin_ctzll(both);

            w->sign = -1;
            take_back(w, region, region->start + ((uint64_t)granule << CPT_GRANULE_SHIFT));
            w->sign = 1;
            region->objects[i] &= ~(UINT64_C(1) << (granule & 63));
        }
    }
}

static void
settle_dead(struct cpt_walker *w)
{
    for (size_t i = 0; i < w->dead.count; i++) {
        const struct cpt_region *region = cpt_region_find(w->regions, w->dead.items[i]);
        unsigned pool = cpt_region_pool(w->regions, region, w->dead.items[i]);

        if (!pool || cpt_bits_get(region->buffers, cpt_region_granule(region, w->dead.items[i])))
            continue;
        w->classes[pool - 1].dead++;
        w->dead_bytes += (uint64_t)pool * CPT_POOL_ALIGNMENT;
    }
}

static void
name_damage(struct cpt_heap *heap, const struct cpt_walker *w)
{
    for (size_t i = 0; i < w->damaged.count; i++)
        cpt_holes_add(heap->decode.holes, "corrupt", w->damaged.items[i],
                      "the pool at 0x%" PRIx64 " is damaged: which of its blocks are in use is not sure",
                      w->damaged.items[i]);
}

static void
merge_walker(struct cpt_heap *heap, struct cpt_heap_type *types, const struct cpt_walker *w)
{
    for (size_t i = 0; i < w->tallies.count; i++) {
        types[i].objects += w->tallies.items[i].objects;
        types[i].bytes += w->tallies.items[i].bytes;
        types[i].buffer_bytes += w->tallies.items[i].buffer_bytes;
        types[i].size_of += w->tallies.items[i].size_of;
        types[i].size_of_guessed |= w->tallies.items[i].guessed;
    }
    for (unsigned i = 0; i < CPT_SIZE_BINS; i++) {
        heap->bins[i].objects += w->bins[i].objects;
        heap->bins[i].bytes += w->bins[i].bytes;
        heap->bins[i].size_of += w->bins[i].size_of;
    }
    for (unsigned i = 0; i < 32; i++) {
        heap->classes[i].pools += w->classes[i].pools;
        heap->classes[i].used += w->classes[i].used;
        heap->classes[i].free += w->classes[i].free;
        heap->classes[i].objects += w->classes[i].objects;
        heap->classes[i].buffers += w->classes[i].buffers;
        heap->classes[i].dead += w->classes[i].dead;
    }
    for (size_t i = 0; i < heap->regions.count; i++) {
        heap->native[i].object_bytes += w->native[i].object_bytes;
        heap->native[i].buffer_bytes += w->native[i].buffer_bytes;
        heap->native[i].objects += w->native[i].objects;
        heap->native[i].buffers += w->native[i].buffers;
    }
    heap->object_bytes += w->object_bytes;
    heap->buffer_bytes += w->buffer_bytes;
    heap->dead_bytes += w->dead_bytes;
    heap->shared_buffers += w->shared_buffers;
}

static int
compare_types(const void *a, const void *b)
{
    const struct cpt_heap_type *left = a, *right = b;

    if (left->bytes != right->bytes)
        return left->bytes < right->bytes ? 1 : -1;
    return left->type->address < right->type->address ? -1 : left->type->address > right->type->address;
}

/* Drops types without objects, and adds the rest up. */
static void
finish_types(struct cpt_heap *heap, struct cpt_heap_type *types, struct cpt_shapes *shapes)
{
    size_t kept = 0;

    for (size_t i = 0; i < shapes->count; i++) {
        types[i].type = shapes->items[i]->type;
        types[i].size_of_guessed |= shapes->items[i]->sizing == CPT_SIZING_GUESS;
        if (!types[i].objects)
            continue;
        heap->objects += types[i].objects;
        heap->bytes += types[i].bytes;
        heap->size_of += types[i].size_of;
        types[kept++] = types[i];
    }
    qsort(types, kept, sizeof(*types), compare_types);
    heap->types = types;
    heap->type_count = kept;
    for (unsigned i = 0; i < 32; i++) {
        struct cpt_heap_class *class = &heap->classes[i];
        uint64_t explained = class->objects + class->buffers + class->dead;

        class->size = (i + 1) * CPT_POOL_ALIGNMENT;
        class->unexplained = class->used > explained ? class->used - explained : 0;
    }
}

static cpt_status
finish(struct cpt_heap_walk *walk, struct cpt_error *error)
{
    struct cpt_heap *heap = walk->heap;
    struct cpt_heap_type *types;
    bool out_of_memory = false;

    for (size_t i = 0; i < heap->regions.count; i++)
        settle_region(&walk->walkers[0], &heap->regions.items[i]);
    types = cpt_arena_array(&heap->arena, walk->shapes.count + 1, sizeof(*types));
    heap->native = cpt_arena_array(&heap->arena, heap->regions.count + 1, sizeof(*heap->native));
    for (unsigned i = 0; i < walk->count; i++)
        out_of_memory |= walk->walkers[i].out_of_memory;
    if (!types || !heap->native || out_of_memory)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    for (unsigned i = 0; i < walk->count; i++) {
        settle_dead(&walk->walkers[i]);
        merge_walker(heap, types, &walk->walkers[i]);
        name_damage(heap, &walk->walkers[i]);
    }
    finish_types(heap, types, &walk->shapes);
    return CPT_OK;
}

static unsigned
thread_count(unsigned wanted)
{
    long processors = wanted ? (long)wanted : sysconf(_SC_NPROCESSORS_ONLN);

    return processors < 1 ? 1 : processors > MAX_THREADS ? MAX_THREADS : (unsigned)processors;
}

static cpt_status
walk_heap(struct cpt_heap *heap, const struct cpt_heap_query *query, struct cpt_error *error)
{
    struct cpt_heap_walk *walk = calloc(1, sizeof(*walk));
    cpt_status status = CPT_OK;

    if (!walk)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    heap->walk = walk;
    walk->heap = heap;
    walk->progress = query->progress;
    walk->count = thread_count(query->threads);
    cpt_shapes_init(&walk->shapes, &heap->values, &heap->regions);
    for (unsigned i = 0; !status && i < walk->count; i++)
        status = init_walker(walk, &walk->walkers[i], error);
    if (!status) {
        cpt_progress_begin(query->progress, "walking the heap");
        cpt_roots_visit(&walk->walkers[0]);
        run_threads(walk);
        for (unsigned i = 0; i < walk->count; i++)
            cpt_outside_drain(&walk->walkers[i]);
        status = finish(walk, error);
        cpt_progress_end(query->progress);
    }
    return status;
}

static const struct cpt_interpreter *
main_interpreter(const struct cpt_heap *heap)
{
    for (size_t i = 0; i < heap->interpreter_count; i++) {
        if (heap->interpreters[i].address == heap->runtime.main_interpreter)
            return &heap->interpreters[i];
    }
    return heap->interpreter_count ? &heap->interpreters[0] : NULL;
}

/* IMAGE with what the file sets to zero behind its mappings: the table of arenas is there. */
static struct cpt_run
whole_image(const struct cpt_regions *regions, struct cpt_run image)
{
    for (size_t i = 0; i < regions->image_count; i++) {
        if (regions->images[i].start <= image.start && image.start < regions->images[i].end)
            return regions->images[i];
    }
    return image;
}

static cpt_status
open_heap(struct cpt_heap *heap, const struct cpt_heap_query *query, struct cpt_error *error)
{
    const struct cpt_interpreter *interpreter;
    cpt_status status;

    cpt_decode_init(&heap->decode, query->memory, &query->layout->at, &heap->arena, query->holes);
    status = cpt_runtime_read(&heap->decode, query->runtime, &heap->runtime, error);
    if (!status)
        status = cpt_runtime_interpreters(&heap->decode, &heap->runtime, &heap->interpreters, &heap->interpreter_count,
                                          error);
    if (status)
        return status;
    interpreter = main_interpreter(heap);
    cpt_values_init(&heap->values, &heap->decode, query->layout, REPR_LIMIT, interpreter ? interpreter->builtins : 0,
                    interpreter ? interpreter->modules : 0);
    status = cpt_regions_open(&heap->regions, query->memory, error);
    if (!status)
        status = cpt_obmalloc_open(&heap->obmalloc, &heap->decode, &heap->regions, heap->interpreters,
                                   heap->interpreter_count, whole_image(&heap->regions, query->image),
                                   query->ways ? query->ways : ~0u, error);
    return status;
}

cpt_status
cpt_heap_walk(struct cpt_heap *heap, const struct cpt_heap_query *query, struct cpt_error *error)
{
    cpt_status status;

    memset(heap, 0, sizeof(*heap));
    status = open_heap(heap, query, error);
    return status ? status : walk_heap(heap, query, error);
}

/* The object whose bit is at ADDRESS: in pools that of its block, else its own. */
static bool
open_object(struct cpt_walker *w, const struct cpt_region *region, uint64_t address, struct cpt_found_object *found,
            uint64_t *block, uint64_t *size)
{
    unsigned pool = cpt_region_pool(w->regions, region, address);

    if (!pool)
        return cpt_outside_open(w, address, found, block, size);
    *block = address;
    *size = (uint64_t)pool * CPT_POOL_ALIGNMENT;
    return cpt_block_classify(w, address, region->bytes + (address - region->start), *size, found) == CPT_BLOCK_OBJECT;
}

static bool
each_in_region(struct cpt_walker *w, const struct cpt_region *region, uint64_t start, uint64_t end,
               bool (*each)(void *arg, uint64_t object, uint64_t block, uint64_t size), void *arg)
{
    size_t first = cpt_region_granule(region, start), last = cpt_region_granule(region, end - 1);

    for (size_t i = first >> 6; i <= last >> 6; i++) {
        for (uint64_t bits = region->objects[i]; bits; bits &= bits - 1) {
            size_t granule = i * 64 + (size_t)__builtin_ctzll(bits);
            struct cpt_found_object found;
            uint64_t block, size;

            if (granule < first || granule > last ||
                !open_object(w, region, region->start + ((uint64_t)granule << CPT_GRANULE_SHIFT), &found, &block, &size))
                continue;
            if (!each(arg, found.address, block, size))
                return false;
        }
    }
    return true;
}

void
cpt_heap_each(struct cpt_heap *heap, uint64_t start, uint64_t end,
              bool (*each)(void *arg, uint64_t object, uint64_t block, uint64_t size), void *arg)
{
    for (size_t i = 0; i < heap->regions.count; i++) {
        const struct cpt_region *region = &heap->regions.items[i];
        uint64_t from = start > region->start ? start : region->start, to = end < region->end ? end : region->end;

        if (region->objects && from < to && !each_in_region(&heap->walk->walkers[0], region, from, to, each, arg))
            return;
    }
}

static void
free_walk(struct cpt_heap_walk *walk)
{
    if (!walk)
        return;
    for (unsigned i = 0; i < walk->count; i++)
        free_walker(&walk->walkers[i]);
    cpt_shapes_free(&walk->shapes);
    free(walk);
}

void
cpt_heap_close(struct cpt_heap *heap)
{
    free_walk(heap->walk);
    cpt_obmalloc_close(&heap->obmalloc);
    cpt_regions_close(&heap->regions);
    cpt_values_free(&heap->values);
    cpt_decode_free(&heap->decode);
    cpt_arena_free(&heap->arena);
    memset(heap, 0, sizeof(*heap));
}

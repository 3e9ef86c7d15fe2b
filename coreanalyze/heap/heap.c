#include "coreanalyze/heap/walk.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPR_LIMIT 80
#define TIMES_LOOKED_AT 16 /* as often as that all of the heap is looked through at most */
#define LEAST_BUDGET (UINT64_C(64) << 20)
#define PRE_HEADER 16

struct thread_start {
    struct cpt_heap_walk *walk;
    struct cpt_walker *walker;
};

static void *
run_thread(void *arg)
{
    struct thread_start *start = arg;

    cpt_walker_run(start->walk, start->walker);
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
    w->no_count = cpt_count_forbidden(heap);
    w->sign = 1;
    w->low = UINT64_MAX;
    for (size_t i = 0; i < heap->regions.count; i++) {
        w->most += heap->regions.items[i].end - heap->regions.items[i].start;
        if (!heap->regions.items[i].objects)
            continue;
        if (w->low == UINT64_MAX)
            w->low = heap->regions.items[i].start;
        w->high = heap->regions.items[i].end;
    }
    w->budget = LEAST_BUDGET + TIMES_LOOKED_AT * w->most;
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
    struct thread_start starts[CPT_WALK_THREADS];
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
    cpt_walker_run(walk, &walk->walkers[0]);
    for (unsigned i = 1; i < started; i++)
        pthread_join(walk->threads[i], NULL);
}

static unsigned
thread_count(unsigned wanted)
{
    long processors = wanted ? (long)wanted : sysconf(_SC_NPROCESSORS_ONLN);

    return processors < 1 ? 1 : processors > CPT_WALK_THREADS ? CPT_WALK_THREADS : (unsigned)processors;
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
        status = cpt_progress_check(query->progress, error);
        if (!status)
            status = cpt_walk_settle(walk, error);
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

/* Of a process that runs on: a hold, or the kernel that wrote a core, reads them all. */
static bool
lacks_registers(const struct cpt_memory *memory)
{
    for (size_t i = 0; i < memory->task_count; i++) {
        if (!memory->tasks[i].has_registers)
            return true;
    }
    return false;
}

/* Registers tell where stacks are, and without them the interpreters do. */
static cpt_status
open_regions(struct cpt_heap *heap, struct cpt_memory *memory, struct cpt_error *error)
{
    uint64_t *idents = NULL;
    size_t count = 0;
    cpt_status status = CPT_OK;

    if (lacks_registers(memory))
        status = cpt_stacks_idents(&heap->decode, heap->interpreters, heap->interpreter_count, &idents, &count, error);
    if (!status)
        status = cpt_regions_open_running(&heap->regions, memory, idents, count, error);
    heap->regions.mimalloc = heap->runtime.allocator == CPT_ALLOCATOR_MIMALLOC ||
                             heap->runtime.allocator == CPT_ALLOCATOR_MIMALLOC_DEBUG;
    return status;
}

static cpt_status
open_heap(struct cpt_heap *heap, const struct cpt_heap_query *query, struct cpt_error *error)
{
    const struct cpt_interpreter *interpreter;
    cpt_status status;

    cpt_decode_init(&heap->decode, query->memory, &query->layout->at, &heap->arena, query->holes);
    heap->version = query->layout->version.hex;
    status = cpt_runtime_read(&heap->decode, query->runtime, &heap->runtime, error);
    if (!status)
        status = cpt_runtime_interpreters(&heap->decode, &heap->runtime, &heap->interpreters, &heap->interpreter_count,
                                          error);
    if (status)
        return status;
    interpreter = main_interpreter(heap);
    cpt_values_init(&heap->values, &heap->decode, query->layout, REPR_LIMIT, interpreter ? interpreter->builtins : 0,
                    interpreter ? interpreter->modules : 0);
    status = open_regions(heap, query->memory, error);
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
    heap->progress = query->progress;
    status = open_heap(heap, query, error);
    if (!status)
        status = cpt_progress_check(query->progress, error);
    return status ? status : walk_heap(heap, query, error);
}

/* The object whose bit is at ADDRESS: in pools that of its block, else its own. */
static bool
open_object(struct cpt_walker *w, const struct cpt_region *region, uint64_t address, struct cpt_found_object *found,
            uint64_t *block, uint64_t *size)
{
    unsigned pool = cpt_region_pool(w->regions, region, address);
    struct cpt_native_block outside;

    if (!pool) {
        if (!cpt_outside_open(w, address, found, &outside))
            return false;
        *block = outside.start;
        *size = outside.size;
        return true;
    }
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
        if (cpt_progress_stops(w->heap->progress, i))
            return false;
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

/* Where objects outside of pools can be found from, beside other objects. */
#include "coreanalyze/heap/walk.h"

#include "coreanalyze/base/limits.h"

#define GENERATIONS 3
#define RED_ZONE 128 /* below the stack pointer */

/* The collector's lists begin in its own state, in which no object is: their first and last entries. */
static void
visit_list(struct cpt_walker *w, uint64_t head)
{
    struct cpt_error ignored;
    uint64_t links[2];

    if (cpt_memory_read(w->regions->memory, head, links, sizeof(links), &ignored))
        return;
    for (int i = 0; i < 2; i++)
        cpt_walker_touch(w, (links[i] & ~UINT64_C(3)) + (uint64_t)w->at->gchead.size, true);
}

/* GENERATIONS: address of the youngest one's list. */
static void
visit_generations(struct cpt_walker *w, uint64_t generations, uint64_t permanent)
{
    if (!CPT_HAS(w->at->gchead.size) || !CPT_HAS(w->at->generation.size))
        return;
    for (unsigned i = 0; generations && i < GENERATIONS; i++)
        visit_list(w, generations + i * (uint64_t)w->at->generation.size);
    if (permanent)
        visit_list(w, permanent);
}

static uint64_t
field_of(uint64_t address, int32_t field)
{
    return address && CPT_HAS(field) ? address + (uint64_t)field : 0;
}

/* From 3.9 each interpreter has its collector. In 3.13 the array's place changed within the series, but a pointer to the
   youngest generation did not. */
static void
visit_collector(struct cpt_walker *w, uint64_t interpreter)
{
    uint64_t gc = field_of(interpreter, w->at->interp.gc), pointer = field_of(gc, w->at->gc.generation0);
    uint64_t generations = field_of(gc, w->at->gc.generations);
    struct cpt_error ignored;

    if (!generations && pointer && cpt_memory_read_u64(w->regions->memory, pointer, &generations, &ignored))
        generations = 0;
    visit_generations(w, generations, field_of(gc, w->at->gc.permanent));
}

/* The SIZE bytes at ADDRESS, as far as they are there. */
static void
scan_memory(struct cpt_walker *w, uint64_t address, uint64_t size)
{
    const struct cpt_region *region = cpt_region_find(w->regions, address);

    if (!region)
        return;
    if (size > region->end - address)
        size = region->end - address;
    cpt_walker_scan(w, region->bytes + (address - region->start), size, false);
}

/* Frames of running functions (3.11+) are in chunks, which hold their variables. */
static void
scan_datastack(struct cpt_walker *w, uint64_t thread)
{
    const struct cpt_layout_fields *at = w->at;
    uint64_t chunk = 0, size;
    struct cpt_error ignored;

    if (!CPT_HAS(at->tstate.datastack_chunk) || !CPT_HAS(at->chunk.previous) || !CPT_HAS(at->chunk.byte_size) ||
        cpt_memory_read_u64(w->regions->memory, thread + (uint64_t)at->tstate.datastack_chunk, &chunk, &ignored))
        return;
    for (int i = 0; chunk && i < CPT_MAX_DATASTACK_CHUNKS; i++) {
        if (cpt_memory_read_u64(w->regions->memory, chunk + (uint64_t)at->chunk.byte_size, &size, &ignored))
            return;
        scan_memory(w, chunk, size);
        if (cpt_memory_read_u64(w->regions->memory, chunk + (uint64_t)at->chunk.previous, &chunk, &ignored))
            return;
    }
}

static void
visit_threads(struct cpt_walker *w, const struct cpt_interpreter *interpreter)
{
    struct cpt_thread *threads;
    struct cpt_error ignored;
    size_t count;

    if (cpt_interpreter_threads(&w->heap->decode, interpreter, &threads, &count, &ignored))
        return;
    for (size_t i = 0; i < count; i++) {
        if (CPT_HAS(w->at->tstate.size))
            scan_memory(w, threads[i].address, (uint64_t)w->at->tstate.size);
        scan_datastack(w, threads[i].address);
    }
}

/* C's stacks, from where each thread is. */
static void
scan_stacks(struct cpt_walker *w)
{
    const struct cpt_memory *memory = w->regions->memory;

    for (size_t i = 0; i < memory->task_count; i++) {
        const struct cpt_task *task = &memory->tasks[i];
        const struct cpt_region *region = task->has_registers ? cpt_region_find(w->regions, task->sp) : NULL;
        uint64_t low = task->sp - RED_ZONE;

        if (!region || region->kind != CPT_REGION_STACK)
            continue;
        if (low < region->start)
            low = region->start;
        scan_memory(w, (low + 7) & ~UINT64_C(7), region->end - low);
    }
}

void
cpt_roots_visit(struct cpt_walker *w)
{
    const struct cpt_heap *heap = w->heap;

    visit_generations(w, field_of(heap->runtime.address, w->at->runtime.gc_generations),
                      field_of(heap->runtime.address, w->at->runtime.gc_permanent));
    for (size_t i = 0; i < heap->interpreter_count; i++) {
        visit_collector(w, heap->interpreters[i].address);
        if (CPT_HAS(w->at->interp.size))
            scan_memory(w, heap->interpreters[i].address, (uint64_t)w->at->interp.size);
        visit_threads(w, &heap->interpreters[i]);
    }
    scan_stacks(w);
    for (size_t i = 0; i < w->regions->count; i++) {
        const struct cpt_region *region = &w->regions->items[i];

        if (region->kind == CPT_REGION_IMAGE)
            cpt_walker_scan(w, region->bytes, region->end - region->start, false);
    }
}

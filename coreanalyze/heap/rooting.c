#include "coreanalyze/heap/rooting.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/threadstack.h"
#include "coreanalyze/heap/walk.h"

#include <stdlib.h>
#include <string.h>

void
cpt_rooting_tell(struct cpt_rooting *r, const struct cpt_root *root)
{
    if (root->target && cpt_region_find(&r->heap->regions, root->target))
        r->visit(r->arg, root);
}

uint64_t
cpt_rooting_word(const struct cpt_rooting *r, uint64_t address)
{
    struct cpt_error ignored;
    uint64_t word;

    return cpt_memory_read_u64(r->heap->decode.memory, address, &word, &ignored) ? 0 : word;
}

struct cpt_run
cpt_rooting_block(const struct cpt_rooting *r, uint64_t address, uint64_t size)
{
    const struct cpt_regions *regions = &r->heap->regions;
    const struct cpt_region *region = cpt_region_find(regions, address);
    struct cpt_run run = {address, address + size};
    struct cpt_native_block block;

    if (!region || region->kind == CPT_REGION_IMAGE || region->kind == CPT_REGION_STACK || size > region->end - address)
        return run;
    block = cpt_native_block(regions, region, address, size);
    /* The next chunk's size is the last word. */
    if (block.is_chunk)
        run = (struct cpt_run){block.start, block.start + block.size - 8};
    return run;
}

void
cpt_rooting_take(struct cpt_rooting *r, uint64_t start, uint64_t size)
{
    struct cpt_run *run = cpt_vec_add(&r->taken);

    if (run)
        *run = (struct cpt_run){start, start + size};
    else
        r->out_of_memory = true;
}

static int
by_start(const void *a, const void *b)
{
    const struct cpt_run *one = a, *other = b;

    return one->start < other->start ? -1 : one->start > other->start;
}

void
cpt_rooting_settle(struct cpt_rooting *r)
{
    size_t kept = 0;

    if (r->taken.count)
        qsort(r->taken.items, r->taken.count, sizeof(*r->taken.items), by_start);
    for (size_t i = 0; i < r->taken.count; i++) {
        struct cpt_run run = r->taken.items[i];

        if (kept && run.start <= r->taken.items[kept - 1].end) {
            if (run.end > r->taken.items[kept - 1].end)
                r->taken.items[kept - 1].end = run.end;
        } else {
            r->taken.items[kept++] = run;
        }
    }
    r->taken.count = kept;
}

/* The number of the first that ends above ADDRESS. */
static size_t
taken_above(const struct cpt_rooting *r, uint64_t address)
{
    size_t low = 0, high = r->taken.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (r->taken.items[middle].end > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static bool
is_borrowed(const struct cpt_rooting *r, uint64_t address)
{
    for (size_t i = 0; i < r->borrowed.count; i++) {
        const struct cpt_borrowed *table = &r->borrowed.items[i];
        uint64_t offset = address - table->start;

        if (offset < table->stride * table->count && offset % table->stride == table->at)
            return true;
    }
    return false;
}

/* What the word at ADDRESS leads to: with a graph, to which object or native block. */
static void
tell_scanned(struct cpt_rooting *r, uint64_t word, uint64_t address, struct cpt_root *root, bool places)
{
    uint32_t node;

    if (is_borrowed(r, address))
        return;
    root->target = word;
    if (r->graph) {
        node = cpt_graph_find_within(r->graph, word);
        if (node == CPT_NO_NODE)
            return;
        root->target = cpt_graph_address(r->graph, node);
    }
    if (places)
        root->detail = address;
    root->flags = CPT_EDGE_OWNED;
    r->visit(r->arg, root);
}

void
cpt_rooting_scan_bytes(struct cpt_rooting *r, uint64_t start, const uint8_t *bytes, uint64_t size,
                       const struct cpt_root *root, bool places)
{
    struct cpt_root each = *root;

    for (uint64_t i = 0; i + 8 <= size && !cpt_progress_stops(r->heap->progress, i >> 3); i += 8) {
        uint64_t word = cpt_load_u64(bytes + i);

        if (word >= 4096 && cpt_region_find(&r->heap->regions, word))
            tell_scanned(r, word, start + i, &each, places);
    }
}

size_t
cpt_rooting_region_above(const struct cpt_rooting *r, uint64_t address)
{
    const struct cpt_regions *regions = &r->heap->regions;
    size_t low = 0, high = regions->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (regions->items[middle].end > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* [START, END), nothing of which was taken. */
static void
scan_piece(struct cpt_rooting *r, uint64_t start, uint64_t end, const struct cpt_root *root, bool places)
{
    const struct cpt_regions *regions = &r->heap->regions;

    for (size_t i = cpt_rooting_region_above(r, start); i < regions->count && regions->items[i].start < end; i++) {
        const struct cpt_region *region = &regions->items[i];
        uint64_t from = start > region->start ? start : region->start, to = end < region->end ? end : region->end;

        cpt_rooting_scan_bytes(r, from, region->bytes + (from - region->start), to - from, root, places);
    }
}

void
cpt_rooting_scan(struct cpt_rooting *r, uint64_t start, uint64_t end, const struct cpt_root *root, bool places)
{
    start = (start + 7) & ~UINT64_C(7);
    for (size_t i = taken_above(r, start); start < end; i++) {
        struct cpt_run run = i < r->taken.count ? r->taken.items[i] : (struct cpt_run){end, end};

        if (run.start > start)
            scan_piece(r, start, run.start < end ? run.start : end, root, places);
        start = (run.end + 7) & ~UINT64_C(7);
    }
}

/* To 3.10 thread states do not tell it, but the thread's pointer to its own data does. */
static int32_t
native_id(const struct cpt_memory *memory, const struct cpt_thread *thread)
{
    if (thread->native_id)
        return (int32_t)thread->native_id;
    for (size_t i = 0; thread->ident && i < memory->task_count; i++) {
        if (memory->tasks[i].has_registers && memory->tasks[i].thread_pointer == thread->ident)
            return memory->tasks[i].tid;
    }
    return 0;
}

/* A native id as the target itself sees it may be another than the one that we know its task by. */
static int32_t
known_id(const struct cpt_memory *memory, int32_t id)
{
    for (size_t i = 0; id && i < memory->task_count; i++) {
        if (memory->tasks[i].ns_tid == id)
            return memory->tasks[i].tid;
    }
    return id;
}

static cpt_status
open_thread(struct cpt_rooting *r, const struct cpt_thread *thread, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = r->heap->decode.at;
    struct cpt_rooting_thread *added = cpt_vec_add(&r->threads);
    struct cpt_error damage;
    cpt_status status;

    if (!added)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    memset(added, 0, sizeof(*added));
    added->thread = *thread;
    added->tid = known_id(r->heap->decode.memory, native_id(r->heap->decode.memory, thread));
    if (CPT_HAS(at->tstate.size))
        added->state = cpt_rooting_block(r, thread->address, (uint64_t)at->tstate.size);
    status = cpt_threadstack_walk(&r->heap->decode, thread->address, &added->stack, &damage);
    if (status == CPT_NOMEM)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    added->damaged = status != CPT_OK;
    if (status)
        cpt_holes_add_error(r->heap->decode.holes, &damage, "frames of thread %d", added->tid);
    r->frames += added->stack.count;
    if (r->frames > CPT_MAX_ALL_FRAMES) {
        r->frames -= added->stack.count;
        cpt_vec_free(&added->stack);
        added->damaged = true;
        cpt_holes_add(r->heap->decode.holes, cpt_status_code(CPT_LIMIT), thread->address,
                      "all threads together have more than %d frames: the frames of thread %d are left out",
                      CPT_MAX_ALL_FRAMES, added->tid);
    }
    return CPT_OK;
}

static cpt_status
open_interpreter(struct cpt_rooting *r, const struct cpt_interpreter *interpreter, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = r->heap->decode.at;
    struct cpt_run *run = cpt_vec_add(&r->interpreters);
    struct cpt_thread *threads;
    size_t count;
    cpt_status status;

    if (!run)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    *run = CPT_HAS(at->interp.size) ? cpt_rooting_block(r, interpreter->address, (uint64_t)at->interp.size)
                                    : (struct cpt_run){0};
    status = cpt_interpreter_threads(&r->heap->decode, interpreter, &threads, &count, error);
    for (size_t i = 0; !status && i < count; i++)
        status = open_thread(r, &threads[i], error);
    return status;
}

static void
find_types(struct cpt_rooting *r)
{
    const struct cpt_shapes *shapes = &r->heap->walk->shapes;

    for (size_t i = 0; i < shapes->count; i++) {
        const struct cpt_shape *shape = shapes->items[i];
        uint64_t *meta;

        if (shape->kind == CPT_SHAPE_STR && cpt_type_is(shape->type, "str"))
            r->str = shape->address;
        if (shape->kind == CPT_SHAPE_LIST && cpt_type_is(shape->type, "list"))
            r->list = shape->address;
        if (shape->kind == CPT_SHAPE_DICT && cpt_type_is(shape->type, "dict"))
            r->dict = shape->address;
        if (cpt_type_is(shape->type, "function"))
            r->function = shape->address;
        if (shape->kind == CPT_SHAPE_CODE)
            r->code = shape->address;
        if (shape->kind != CPT_SHAPE_TYPE)
            continue;
        if (cpt_type_is(shape->type, "type"))
            r->type = shape->address;
        meta = cpt_vec_add(&r->metatypes);
        if (meta)
            *meta = shape->address;
        else
            r->out_of_memory = true;
    }
}

cpt_status
cpt_rooting_open(struct cpt_rooting *r, struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    for (size_t i = 0; !status && i < r->heap->interpreter_count; i++)
        status = open_interpreter(r, &r->heap->interpreters[i], error);
    if (status)
        return status;
    find_types(r);
    cpt_rooting_find_borrowed(r);
    return r->out_of_memory ? cpt_error_set(error, CPT_NOMEM, "out of memory") : CPT_OK;
}

void
cpt_rooting_close(struct cpt_rooting *r)
{
    for (size_t i = 0; i < r->threads.count; i++)
        cpt_vec_free(&r->threads.items[i].stack);
    cpt_vec_free(&r->threads);
    cpt_vec_free(&r->taken);
    cpt_vec_free(&r->interpreters);
    cpt_vec_free(&r->borrowed);
    cpt_vec_free(&r->metatypes);
    cpt_vec_free(&r->static_types);
}

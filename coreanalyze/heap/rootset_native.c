/* Where C code may hold objects: its stacks, registers, the data of executables and libraries, and memory that
   nobody knows. */
#include "coreanalyze/heap/rooting.h"
#include "coreanalyze/heap/walk.h"

#define RED_ZONE 128 /* below the stack pointer */

static const char *const register_names[CPT_TASK_REGISTERS] = {
    "rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rip",
};

/* The stack that ADDRESS is in, without others that lie in the same region. */
static struct cpt_run
stack_around(const struct cpt_rooting *r, const struct cpt_region *region, uint64_t address)
{
    const struct cpt_run *known = cpt_stacks_above(&r->heap->regions.stacks, address);
    struct cpt_run run = {region->start, region->end};

    if (known && known->start <= address && known->end > address) {
        run.start = known->start > run.start ? known->start : run.start;
        run.end = known->end < run.end ? known->end : run.end;
    }
    return run;
}

/* From where TASK is to the end of its stack; false: it is on none that is known as one. */
static bool
scan_task(struct cpt_rooting *r, const struct cpt_task *task)
{
    const struct cpt_region *region = task->has_registers ? cpt_region_find(&r->heap->regions, task->sp) : NULL;
    struct cpt_root root = {.kind = CPT_ROOT_C_STACK, .thread = task->tid};
    struct cpt_run stack;
    uint64_t low;

    if (!region || region->kind != CPT_REGION_STACK)
        return false;
    stack = stack_around(r, region, task->sp);
    low = task->sp - RED_ZONE < stack.start ? stack.start : task->sp - RED_ZONE;
    cpt_rooting_scan(r, low, stack.end, &root, true);
    cpt_rooting_take(r, stack.start, stack.end - stack.start);
    return true;
}

/* Where a thread runs elsewhere (on the stack of a signal's handler, or of a library that switches stacks), or where
   registers are not known, all stacks that nobody is on may be in use. */
void
cpt_rooting_c_stacks(struct cpt_rooting *r)
{
    const struct cpt_memory *memory = r->heap->decode.memory;
    struct cpt_root root = {.kind = CPT_ROOT_C_STACK};
    bool all = true;

    for (size_t i = 0; i < memory->task_count; i++)
        all = scan_task(r, &memory->tasks[i]) && all;
    cpt_rooting_settle(r);
    for (size_t i = 0; !all && i < r->heap->regions.count; i++) {
        const struct cpt_region *region = &r->heap->regions.items[i];

        if (region->kind == CPT_REGION_STACK)
            cpt_rooting_scan(r, region->start, region->end, &root, true);
    }
}

void
cpt_rooting_registers(struct cpt_rooting *r)
{
    const struct cpt_memory *memory = r->heap->decode.memory;

    for (size_t i = 0; i < memory->task_count; i++) {
        const struct cpt_task *task = &memory->tasks[i];
        struct cpt_root root = {.kind = CPT_ROOT_REGISTER, .thread = task->tid};

        for (unsigned n = 0; task->has_registers && n < CPT_TASK_REGISTERS; n++) {
            uint8_t bytes[8];

            for (unsigned i_byte = 0; i_byte < 8; i_byte++)
                bytes[i_byte] = (uint8_t)(task->registers[n] >> 8 * i_byte);
            root.detail = n;
            root.name = register_names[n];
            cpt_rooting_scan_bytes(r, 0, bytes, sizeof(bytes), &root, false);
        }
    }
}

void
cpt_rooting_images(struct cpt_rooting *r)
{
    struct cpt_root root = {.kind = CPT_ROOT_DATA};

    for (size_t i = 0; i < r->heap->regions.count; i++) {
        const struct cpt_region *region = &r->heap->regions.items[i];

        if (region->kind == CPT_REGION_IMAGE)
            cpt_rooting_scan(r, region->start, region->end, &root, true);
    }
}

/* What is on the free list of an extension module keeps its class (Modules/_asynciomodule.c: FutureIter_dealloc). */
static void
tell_class(struct cpt_rooting *r, struct cpt_walker *w, uint64_t block)
{
    const struct cpt_region *region = cpt_region_find(w->regions, block);
    unsigned pool = region ? cpt_region_pool(w->regions, region, block) : 0;
    struct cpt_root root = {.kind = CPT_ROOT_NATIVE, .detail = block, .flags = CPT_EDGE_OWNED};

    if (!pool || cpt_bits_get(region->buffers, cpt_region_granule(region, block)))
        return;
    for (unsigned i = 0; i < w->prefix_count; i++) {
        uint64_t at = w->hooks + w->prefixes[i];
        const uint8_t *bytes = region->bytes + (block + at - region->start);
        const struct cpt_shape *shape;

        if (at + 16 > pool * CPT_POOL_ALIGNMENT)
            return;
        shape = cpt_walker_shape(w, cpt_load_u64(bytes + 8));
        if (!shape || shape->prefix != w->prefixes[i] || !(shape->type->flags & CPT_TYPE_HEAP) || cpt_load_u64(bytes))
            continue;
        root.target = shape->address;
        r->visit(r->arg, &root);
        return;
    }
}

void
cpt_rooting_free_lists(struct cpt_rooting *r)
{
    struct cpt_heap_walk *walk = r->heap->walk;

    for (unsigned i = 0; i < walk->count; i++) {
        for (size_t n = 0; n < walk->walkers[i].dead.count; n++)
            tell_class(r, &walk->walkers[i], walk->walkers[i].dead.items[n]);
    }
}

static void
scan_rest(void *arg, uint64_t start, const uint8_t *bytes, uint64_t size)
{
    struct cpt_root root = {.kind = CPT_ROOT_NATIVE};

    cpt_rooting_scan_bytes(arg, start, bytes, size, &root, true);
}

void
cpt_rooting_rest(struct cpt_rooting *r)
{
    if (r->graph)
        cpt_graph_rest(r->graph, scan_rest, r);
}

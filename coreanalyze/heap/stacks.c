#include "coreanalyze/heap/stacks.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/vec.h"

#include <stdlib.h>
#include <string.h>

#define PAGE 4096

/* glibc's struct pthread takes 2,304 bytes or a little more, musl's 200; both lie above the thread pointer, at the
   top of the stack, and of both nothing but a few more bytes is between them and its end. */
#define PTHREAD_SIZE 2304
#define TOP_SIZE 8192      /* from the thread pointer to the end of the stack, at most */
#define LEAST_STACK 8192   /* PTHREAD_STACK_MIN is 16,384, musl's 2,048 */
#define LEAST_START (UINT64_C(1) << 22) /* no stack begins below: Linux has that many thread ids (PID_MAX_LIMIT) */
#define POINTER_STEP 64    /* glibc aligns static TLS and struct pthread to that, or more */

static bool
reads_as_itself(const uint8_t *bytes, uint64_t address)
{
    return cpt_load_u64(bytes) == address && cpt_load_u64(bytes + 16) == address;
}

/* Whether a stack can reach from START up to the thread pointer TOP: it is no file's memory, though it may be several
   mappings (guard pages, parts that were locked). */
static bool
is_anonymous(const struct cpt_memory *memory, uint64_t start, uint64_t top)
{
    const struct cpt_mapping *mapping = cpt_memory_mapping(memory, top);

    if (!mapping)
        return false;
    for (; mapping >= memory->mappings && mapping->end > start; mapping--) {
        if (mapping->path && mapping->path[0] != '[')
            return false;
    }
    return true;
}

/* The structure's first word is its own address. It has two words where the stack begins and how large it is (glibc:
   stackblock, stackblock_size; musl: map_base, map_size), at a place that differs between releases, which no other two
   words can look like: from the first as many bytes as the second says reach just above the structure itself. (The thread's
   id could, as a pointer into the structure follows it.) */
bool
cpt_stack_read(struct cpt_memory *memory, uint64_t thread_pointer, struct cpt_run *stack)
{
    uint8_t bytes[PTHREAD_SIZE];
    size_t size;

    if (!cpt_pointer_is_plausible(thread_pointer))
        return false;
    size = cpt_memory_read_some(memory, thread_pointer, bytes, sizeof(bytes));
    if (size < 8 || cpt_load_u64(bytes) != thread_pointer)
        return false;
    for (size_t at = 8; at + 16 <= size; at += 8) {
        uint64_t start = cpt_load_u64(bytes + at), length = cpt_load_u64(bytes + at + 8), end;

        if (start < LEAST_START || start >= thread_pointer || length < LEAST_STACK || !cpt_add_u64(start, length, &end) ||
            end <= thread_pointer || end - thread_pointer > TOP_SIZE ||
            !is_anonymous(memory, start, thread_pointer))
            continue;
        *stack = (struct cpt_run){.start = (start + 15) & ~UINT64_C(15), .end = end & ~UINT64_C(15)};
        return true;
    }
    return false;
}

/* The same of a stack that ends at END. */
static bool
read_below(struct cpt_memory *memory, uint64_t end, struct cpt_run *stack, uint64_t *thread_pointer)
{
    uint8_t bytes[TOP_SIZE];

    if (end < sizeof(bytes) + PAGE || cpt_memory_read_some(memory, end - TOP_SIZE, bytes, TOP_SIZE) < TOP_SIZE)
        return false;
    for (size_t at = TOP_SIZE - POINTER_STEP; at; at -= POINTER_STEP) {
        uint64_t address = end - TOP_SIZE + at;

        if (at + 24 <= TOP_SIZE && reads_as_itself(bytes + at, address) && cpt_stack_read(memory, address, stack) &&
            stack->end == end) {
            *thread_pointer = address;
            return true;
        }
    }
    return false;
}

static cpt_status
add(struct cpt_stacks *stacks, struct cpt_run run, struct cpt_error *error)
{
    struct cpt_run *added;

    if (run.start >= run.end)
        return CPT_OK;
    added = cpt_vec_add(stacks);
    if (!added)
        return cpt_error_set(error, CPT_NOMEM, "no memory for the list of stacks");
    *added = run;
    return CPT_OK;
}

static bool
may_hold_stacks(const struct cpt_mapping *mapping)
{
    return mapping->writable && (!mapping->path || strncmp(mapping->path, "[anon", 5) == 0);
}

/* Where nothing tells more: the mapping that holds the stack pointer, up to what can be of the thread at its top. */
static bool
guess(const struct cpt_memory *memory, const struct cpt_task *task, struct cpt_run *stack)
{
    const struct cpt_mapping *mapping = cpt_memory_mapping(memory, task->sp);
    uint64_t top = task->thread_pointer;

    if (!mapping || !may_hold_stacks(mapping))
        return false;
    *stack = (struct cpt_run){.start = mapping->start, .end = mapping->end};
    if (top > task->sp && top < mapping->end && mapping->end - top > TOP_SIZE)
        stack->end = cpt_align_down(top + PTHREAD_SIZE + PAGE - 1, PAGE);
    return true;
}

static cpt_status
add_pthread(struct cpt_stacks *stacks, struct cpt_memory *memory, uint64_t thread_pointer, bool *found,
            struct cpt_error *error)
{
    struct cpt_run stack;

    *found = cpt_stack_read(memory, thread_pointer, &stack);
    if (!*found)
        return CPT_OK;
    stacks->pointer_bits = thread_pointer & (PAGE - 1);
    return add(stacks, stack, error);
}

/* The main thread's is the one that the kernel made: the mapping bears a name, in cores too, unless all is missing that
   would tell. A stack pointer can be elsewhere (a signal's stack, a coroutine's): only where the C library tells of no
   stack is it taken for the mark of one. */
static cpt_status
add_tasks(struct cpt_stacks *stacks, struct cpt_memory *memory, struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    for (size_t i = 0; !status && i < memory->task_count; i++) {
        const struct cpt_task *task = &memory->tasks[i];
        struct cpt_run stack;
        bool found;

        if (!task->has_registers)
            continue;
        status = add_pthread(stacks, memory, task->thread_pointer, &found, error);
        if (!status && !found && guess(memory, task, &stack))
            status = add(stacks, stack, error);
    }
    return status;
}

cpt_status
cpt_stacks_idents(struct cpt_decode *decode, const struct cpt_interpreter *interpreters, size_t interpreter_count,
                  uint64_t **idents, size_t *count, struct cpt_error *error)
{
    CPT_VEC(uint64_t) found = {0};
    cpt_status status = CPT_OK;

    for (size_t i = 0; !status && i < interpreter_count; i++) {
        struct cpt_thread *threads;
        size_t thread_count;

        status = cpt_interpreter_threads(decode, &interpreters[i], &threads, &thread_count, error);
        for (size_t k = 0; !status && k < thread_count; k++) {
            uint64_t *ident = threads[k].ident ? cpt_vec_add(&found) : NULL;

            if (ident)
                *ident = threads[k].ident;
            else if (threads[k].ident)
                status = cpt_error_set(error, CPT_NOMEM, "no memory for the list of stacks");
        }
    }
    *count = found.count;
    *idents = cpt_arena_array(decode->arena, found.count, sizeof(**idents));
    if (*idents && found.count)
        memcpy(*idents, found.items, found.count * sizeof(**idents));
    cpt_vec_free(&found);
    return status || *idents ? status : cpt_error_set(error, CPT_NOMEM, "no memory for the list of stacks");
}

/* The stacks at the top of MAPPING, one below the other. */
static cpt_status
add_top(struct cpt_stacks *stacks, struct cpt_memory *memory, const struct cpt_mapping *mapping,
        struct cpt_error *error)
{
    struct cpt_run stack = {.start = mapping->end};
    cpt_status status = CPT_OK;
    uint64_t thread_pointer;

    while (!status && stack.start > mapping->start && stack.start - mapping->start >= LEAST_STACK) {
        if (!read_below(memory, stack.start, &stack, &thread_pointer))
            break;
        stacks->pointer_bits = thread_pointer & (PAGE - 1);
        status = add(stacks, stack, error);
    }
    return status;
}

static int
by_start(const void *a, const void *b)
{
    const struct cpt_run *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->end < y->end) - (x->end > y->end);
}

/* The same stack is found in several ways, and damage makes any overlap. */
static void
settle(struct cpt_stacks *stacks)
{
    size_t kept = 0;
    uint64_t last = 0;

    if (stacks->count)
        qsort(stacks->items, stacks->count, sizeof(*stacks->items), by_start);
    for (size_t i = 0; i < stacks->count; i++) {
        struct cpt_run run = stacks->items[i];

        if (run.start < last)
            run.start = last;
        if (run.start >= run.end)
            continue;
        last = run.end;
        stacks->items[kept++] = run;
    }
    stacks->count = kept;
}

cpt_status
cpt_stacks_list(struct cpt_stacks *stacks, struct cpt_memory *memory, const uint64_t *idents, size_t ident_count,
                struct cpt_error *error)
{
    cpt_status status;
    bool ignored;

    *stacks = (struct cpt_stacks){.pointer_bits = UINT64_MAX};
    status = add_tasks(stacks, memory, error);
    for (size_t i = 0; !status && i < ident_count; i++)
        status = add_pthread(stacks, memory, idents[i], &ignored, error);
    for (size_t i = 0; !status && i < memory->mapping_count; i++) {
        if (may_hold_stacks(&memory->mappings[i]))
            status = add_top(stacks, memory, &memory->mappings[i], error);
    }
    settle(stacks);
    return status;
}

const struct cpt_run *
cpt_stacks_above(const struct cpt_stacks *stacks, uint64_t address)
{
    size_t low = 0, high = stacks->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (stacks->items[middle].end > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low < stacks->count ? &stacks->items[low] : NULL;
}

void
cpt_stacks_free(struct cpt_stacks *stacks)
{
    cpt_vec_free(stacks);
}

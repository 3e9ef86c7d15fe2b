#include "coreanalyze/analyses/stack.h"

#include "coreanalyze/analyses/stack_status.h"
#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"
#include "coreanalyze/decode/threading.h"
#include "coreanalyze/decode/threadstack.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* glibc on x86-64 keeps the kernel's id of a thread in its struct pthread, here. */
#define PTHREAD_TID_AT 720

/* How often the stack of a running thread is read until two readings agree. */
#define STEADY_TRIES 8

void
cpt_stack_free(struct cpt_stack *stack)
{
    for (size_t i = 0; i < stack->thread_count; i++)
        free(stack->threads[i].native.items);
    for (size_t i = 0; i < stack->native_thread_count; i++)
        free(stack->native_threads[i].native.items);
    cpt_arena_free(&stack->arena);
    memset(stack, 0, sizeof(*stack));
}

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "out of memory");
}

cpt_status
cpt_stack_prepare(struct cpt_stack_work *work, const struct cpt_stack_query *query,
                  struct cpt_stack *stack, struct cpt_error *error)
{
    struct cpt_holes ignored = {0};
    struct cpt_error absent;
    uint64_t active;
    cpt_status status;

    memset(work, 0, sizeof(*work));
    memset(stack, 0, sizeof(*stack));
    work->query = query;
    work->stack = stack;
    cpt_decode_init(&work->decode, query->memory, &query->layout->at, &stack->arena, &ignored);
    status = cpt_runtime_read(&work->decode, query->runtime, &work->runtime, error);
    if (!status)
        status = cpt_runtime_interpreters(&work->decode, &work->runtime, &work->interpreters,
                                          &work->interpreter_count, error);
    for (size_t i = 0; !status && i < work->interpreter_count; i++) {
        const struct cpt_interpreter *interpreter = &work->interpreters[i];

        if (!cpt_threading_find(&work->decode, interpreter->modules, &active, &absent) &&
            !cpt_hash_set(&work->actives, interpreter->address, (void *)(uintptr_t)active))
            status = out_of_memory(error);
    }
    if (!status)
        work->last_exception = cpt_exception_find_last(&work->decode, work->runtime.main_interpreter);
    /* What is damaged now will be met again, and told, when everything stands still. */
    cpt_holes_free(&ignored);
    work->decode.holes = query->holes;
    cpt_values_init(&work->values, &work->decode, query->layout, query->repr_limit,
                    work->interpreter_count ? work->interpreters[work->interpreter_count - 1].builtins : 0,
                    work->interpreter_count ? work->interpreters[work->interpreter_count - 1].modules : 0);
    if (status)
        cpt_stack_finish(work);
    return status;
}

static cpt_status
index_tasks(struct cpt_stack_work *work, struct cpt_error *error)
{
    const struct cpt_memory *memory = work->query->memory;

    for (size_t i = 0; i < memory->task_count; i++) {
        const struct cpt_task *task = &memory->tasks[i];

        if (task->has_registers && task->thread_pointer &&
            !cpt_hash_set(&work->pointers, task->thread_pointer, (void *)(uintptr_t)(i + 1)))
            return out_of_memory(error);
    }
    return CPT_OK;
}

/* The task whose id in the target's own PID namespace is TID. */
static const struct cpt_task *
task_with_id(const struct cpt_memory *memory, uint64_t tid)
{
    for (size_t i = 0; tid && i < memory->task_count; i++) {
        const struct cpt_task *task = &memory->tasks[i];

        if ((uint64_t)(task->ns_tid ? task->ns_tid : task->tid) == tid)
            return task;
    }
    return NULL;
}

/* The kernel's view of THREAD: by its thread pointer, which is pthread_self() and so its ident (and right in PID
   namespaces too); else by the id that CPython (3.11+) or glibc noted. */
static void
find_task(struct cpt_stack_work *work, const struct cpt_thread *thread, struct cpt_stack_thread *out)
{
    const struct cpt_memory *memory = work->query->memory;
    size_t i = (size_t)(uintptr_t)cpt_hash_get(&work->pointers, thread->ident);
    struct cpt_error ignored;
    uint32_t tid = 0;

    if (i && thread->ident) {
        out->task = &memory->tasks[i - 1];
    } else if (thread->native_id) {
        out->task = task_with_id(memory, thread->native_id);
        out->native_id = thread->native_id <= INT32_MAX ? (int32_t)thread->native_id : 0;
    } else if (thread->ident && !cpt_memory_read_u32(work->query->memory,
                                                     thread->ident + PTHREAD_TID_AT, &tid, &ignored)) {
        out->task = task_with_id(memory, tid);
    }
    if (out->task)
        out->native_id = out->task->tid;
}

static bool
same_stacks(const struct cpt_raw_stack *a, const struct cpt_raw_stack *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (a->items[i].address != b->items[i].address || a->items[i].code != b->items[i].code ||
            a->items[i].instruction != b->items[i].instruction)
            return false;
    }
    return true;
}

/* The stack of a thread that may be running: read until two readings in a row agree. */
static cpt_status
walk_moving(struct cpt_stack_work *work, uint64_t tstate, struct cpt_error *error)
{
    cpt_status status = cpt_threadstack_walk(&work->decode, tstate, &work->raw, error);

    for (int tries = 0; tries < STEADY_TRIES; tries++) {
        struct cpt_raw_stack last = work->raw;
        cpt_status before = status;

        work->raw = work->again;
        work->again = last;
        status = cpt_threadstack_walk(&work->decode, tstate, &work->raw, error);
        if (!status && !before && same_stacks(&work->raw, &work->again))
            return CPT_OK;
    }
    if (!status)
        cpt_holes_add(work->decode.holes, "moving", tstate,
                      "the thread state at 0x%" PRIx64
                      " ran on while its stack was read: it may be torn",
                      tstate);
    return status;
}

static cpt_status
take_frames(struct cpt_stack_work *work, struct cpt_stack_thread *thread, struct cpt_error *error)
{
    struct cpt_error broken;
    cpt_status status;

    if (work->frames > CPT_MAX_ALL_FRAMES)
        return CPT_OK;
    status = work->query->moving
                            ? walk_moving(work, thread->address, &broken)
                            : cpt_threadstack_walk(&work->decode, thread->address, &work->raw, &broken);

    if (status == CPT_NOMEM)
        return out_of_memory(error);
    thread->frames_complete = status == CPT_OK;
    thread->suspect = work->raw.suspect;
    if (status)
        cpt_holes_add_error(work->decode.holes, &broken, "stack of thread %d is cut",
                            (int)thread->native_id);
    work->frames += work->raw.count;
    if (work->frames > CPT_MAX_ALL_FRAMES) {
        thread->frames_complete = false;
        cpt_holes_add(work->decode.holes, cpt_status_code(CPT_LIMIT), thread->address,
                      "more than %d frames in all: those of further threads are left out",
                      CPT_MAX_ALL_FRAMES);
        return CPT_OK;
    }
    thread->frames = cpt_frame_decode(&work->decode, &work->raw, &thread->frame_count);
    if (thread->frames && work->query->native)
        thread->evaluations =
            cpt_evaluations_make(&work->decode, thread->address, &work->raw, thread->frames,
                                 thread->frame_count, &thread->evaluation_count);
    return thread->frames && (thread->evaluations || !work->query->native) ? CPT_OK : out_of_memory(error);
}

static void
describe_thread(struct cpt_stack_work *work, const struct cpt_interpreter *interpreter,
                const struct cpt_thread *thread, struct cpt_stack_thread *out)
{
    const struct cpt_runtime *runtime = &work->runtime;

    memset(out, 0, sizeof(*out));
    out->interpreter = interpreter->id;
    out->interpreter_address = interpreter->address;
    out->address = thread->address;
    out->ident = thread->ident;
    find_task(work, thread, out);
    if (CPT_HAS(work->decode.at->runtime.main_thread))
        out->main = thread->ident && thread->ident == runtime->main_thread;
    else
        out->main = out->native_id && out->native_id == work->query->memory->pid;
}

struct thread_list {
    struct cpt_stack_thread *items;
    size_t count, capacity;
};

/* Adds the threads of INTERPRETER, oldest first and the main one before all of them. */
static cpt_status
add_threads(struct cpt_stack_work *work, const struct cpt_interpreter *interpreter,
            struct thread_list *list, struct cpt_error *error)
{
    struct cpt_thread *threads;
    size_t count, first = list->count;
    cpt_status status =
        cpt_interpreter_threads(&work->decode, interpreter, &threads, &count, error);

    for (size_t i = count; !status && i-- > 0;) {
        struct cpt_stack_thread described, *added = cpt_vec_add(list);

        if (!added)
            return out_of_memory(error);
        describe_thread(work, interpreter, &threads[i], &described);
        if (described.main) {
            memmove(&list->items[first + 1], &list->items[first],
                    (list->count - 1 - first) * sizeof(described));
            added = &list->items[first];
        }
        *added = described;
    }
    return status;
}

/* Interpreters come newest first; ids grow. */
static cpt_status
collect_threads(struct cpt_stack_work *work, struct cpt_error *error)
{
    struct cpt_stack *stack = work->stack;
    struct thread_list list = {0};
    cpt_status status = CPT_OK;

    for (size_t i = work->interpreter_count; !status && i-- > 0;)
        status = add_threads(work, &work->interpreters[i], &list, error);
    if (!status) {
        stack->threads = cpt_arena_array(&stack->arena, list.count, sizeof(*list.items));
        if (!stack->threads)
            status = out_of_memory(error);
        else if (list.count)
            memcpy(stack->threads, list.items, list.count * sizeof(*list.items));
        stack->thread_count = stack->threads ? list.count : 0;
    }
    cpt_vec_free(&list);
    return status;
}

/* What one thread does depends on what the others do, so the choice among them comes last. */
static cpt_status
choose_thread(const struct cpt_stack_query *query, struct cpt_stack *stack, struct cpt_error *error)
{
    int32_t native_id = query->only_thread;
    size_t kept = 0;

    for (size_t i = 0; i < stack->thread_count; i++) {
        if (stack->threads[i].native_id == native_id)
            stack->threads[kept++] = stack->threads[i];
    }
    stack->thread_count = kept;
    if (kept)
        return CPT_OK;
    for (size_t i = 0; query->native && i < query->memory->task_count; i++) {
        if (query->memory->tasks[i].tid == native_id)
            return CPT_OK;
    }
    cpt_error_set(error, CPT_ABSENT, "no Python thread has the native id %d", (int)native_id);
    return cpt_error_hint(error, "run the command without --thread to see all");
}

struct naming {
    struct cpt_stack *stack;
    struct cpt_hash *by_ident; /* of this interpreter: ident -> index + 1 */
};

static void
set_name(void *arg, uint64_t ident, struct cpt_text name)
{
    struct naming *naming = arg;
    size_t i = (size_t)(uintptr_t)cpt_hash_get(naming->by_ident, ident);

    if (i)
        naming->stack->threads[i - 1].name = name;
}

static cpt_status
name_threads(struct cpt_stack_work *work, const struct cpt_interpreter *interpreter,
             struct cpt_error *error)
{
    struct cpt_hash by_ident = {0};
    struct naming naming = {work->stack, &by_ident};
    uint64_t active = (uint64_t)(uintptr_t)cpt_hash_get(&work->actives, interpreter->address);
    cpt_status status = CPT_OK;

    /* Imported only since, or not found in a target that ran on. */
    if (!active) {
        struct cpt_error why;

        if (cpt_threading_find(&work->decode, interpreter->modules, &active, &why)) {
            if (why.status != CPT_ABSENT)
                cpt_holes_add_error(work->decode.holes, &why, "thread names");
            return CPT_OK;
        }
    }
    for (size_t i = 0; !status && i < work->stack->thread_count; i++) {
        const struct cpt_stack_thread *thread = &work->stack->threads[i];

        if (thread->interpreter_address == interpreter->address && thread->ident &&
            !cpt_hash_set(&by_ident, thread->ident, (void *)(uintptr_t)(i + 1)))
            status = out_of_memory(error);
    }
    if (!status)
        cpt_threading_names(&work->decode, active, set_name, &naming);
    cpt_hash_free(&by_ident);
    return status;
}

static size_t
count_native_only(const struct cpt_stack_work *work)
{
    const struct cpt_memory *memory = work->query->memory;
    struct cpt_hash known = {0};
    size_t count = 0;

    for (size_t i = 0; i < work->stack->thread_count; i++) {
        const struct cpt_stack_thread *thread = &work->stack->threads[i];

        if (thread->native_id)
            cpt_hash_set(&known, (uint64_t)thread->native_id, work->stack);
    }
    for (size_t i = 0; i < memory->task_count; i++)
        count += !cpt_hash_get(&known, (uint64_t)memory->tasks[i].tid);
    cpt_hash_free(&known);
    return count;
}

static cpt_status
take_locals(struct cpt_stack_work *work, struct cpt_stack_thread *thread, struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    for (size_t i = 0; !status && i < thread->frame_count; i++) {
        struct cpt_frame *frame = &thread->frames[i];

        status = cpt_locals_read(&work->values, frame, work->query->depth, &frame->locals, &frame->local_count, error);
    }
    return status;
}

/* Hardly ever there is a last exception: it is looked for again only where there was one before. */
static cpt_status
take_exceptions(struct cpt_stack_work *work, struct cpt_error *error)
{
    struct cpt_stack *stack = work->stack;
    cpt_status status = CPT_OK;

    if (work->last_exception)
        work->last_exception = cpt_exception_find_last(&work->decode, work->runtime.main_interpreter);
    for (size_t i = 0; !status && i < stack->thread_count; i++) {
        struct cpt_stack_thread *thread = &stack->threads[i];
        bool is_main = thread->main && thread->interpreter_address == work->runtime.main_interpreter;

        status = cpt_exception_take(&work->values, thread->address, is_main ? work->last_exception : 0,
                                    &thread->exception, error);
    }
    return status;
}

cpt_status
cpt_stack_take(struct cpt_stack_work *work, struct cpt_error *error)
{
    struct cpt_stack *stack = work->stack;
    cpt_status status = index_tasks(work, error);

    if (!status)
        status = cpt_runtime_read(&work->decode, work->query->runtime, &work->runtime, error);
    if (!status)
        status = cpt_runtime_interpreters(&work->decode, &work->runtime, &work->interpreters,
                                          &work->interpreter_count, error);
    if (!status)
        status = collect_threads(work, error);
    for (size_t i = 0; !status && i < stack->thread_count; i++)
        status = take_frames(work, &stack->threads[i], error);
    for (size_t i = 0; !status && i < work->interpreter_count; i++)
        status = name_threads(work, &work->interpreters[i], error);
    if (status)
        return status;
    cpt_stack_set_status(work);
    status = cpt_stack_find_waiting(work, error);
    if (status)
        return status;
    stack->native_only = work->query->only_thread ? 0 : count_native_only(work);
    if (work->query->only_thread)
        status = choose_thread(work->query, stack, error);
    if (!status)
        status = take_exceptions(work, error);
    stack->has_locals = work->query->locals;
    for (size_t i = 0; !status && work->query->locals && i < stack->thread_count; i++)
        status = take_locals(work, &stack->threads[i], error);
    return status;
}

bool
cpt_stack_lacks_names(const struct cpt_stack *stack)
{
    for (size_t i = 0; i < stack->thread_count; i++) {
        if (!stack->threads[i].name.data)
            return true;
    }
    return false;
}

/* The kernel cuts names at 15 bytes, wherever that is: a character cut in two goes altogether. */
static size_t
whole_characters(const char *name, size_t length)
{
    size_t start = length;

    while (start && ((uint8_t)name[start - 1] & 0xc0) == 0x80)
        start--;
    if (start && (uint8_t)name[start - 1] >= 0xc0) {
        uint8_t lead = (uint8_t)name[start - 1];
        size_t needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

        if (length - (start - 1) < needed)
            return start - 1;
    }
    return length;
}

static void
add_kernel_names(struct cpt_stack *stack)
{
    for (size_t i = 0; i < stack->thread_count; i++) {
        struct cpt_stack_thread *thread = &stack->threads[i];
        size_t length;
        char *name;

        if (thread->name.data || !thread->task || !thread->task->name[0])
            continue;
        length = strnlen(thread->task->name, sizeof(thread->task->name));
        length = whole_characters(thread->task->name, length);
        name = cpt_arena_text(&stack->arena, thread->task->name, length);
        if (name)
            thread->name = (struct cpt_text){.data = name, .size = length};
    }
}

void
cpt_stack_finish(struct cpt_stack_work *work)
{
    add_kernel_names(work->stack);
    /* The tasks belong to the memory source, and may be gone before the result is. */
    for (size_t i = 0; i < work->stack->thread_count; i++)
        work->stack->threads[i].task = NULL;
    cpt_values_free(&work->values);
    cpt_decode_free(&work->decode);
    cpt_hash_free(&work->actives);
    cpt_hash_free(&work->pointers);
    free(work->raw.items);
    free(work->again.items);
    memset(&work->raw, 0, sizeof(work->raw));
    memset(&work->again, 0, sizeof(work->again));
}

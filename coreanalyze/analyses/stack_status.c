#include "coreanalyze/analyses/stack_status.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/limits.h"

#include <stdlib.h>

/* System calls of x86-64: a futex wait that a signal or a tracer interrupted is resumed by restart_syscall, with the
   registers of the futex call still in place. */
#define SYSCALL_FUTEX 202
#define SYSCALL_RESTART 219

bool
cpt_task_is_in_futex(const struct cpt_task *task)
{
    return task && (task->syscall == SYSCALL_FUTEX || task->syscall == SYSCALL_RESTART);
}

/* A thread that wants the GIL sleeps on a condition variable inside the GIL's own structure, five milliseconds at a
   time. One that has just come back from there is about to sleep again, and so is one that runs, without the GIL, in the
   code that works on that structure. */
static bool
waits_in(const struct cpt_task *task, uint64_t start, int32_t size)
{
    if (!task || !task->has_registers || !start || !CPT_HAS(size))
        return false;
    if (cpt_task_is_in_futex(task))
        return task->syscall_argument >= start && task->syscall_argument < start + (uint64_t)size;
    for (size_t i = 0; !task->in_syscall && i < sizeof(task->kept) / sizeof(task->kept[0]); i++) {
        if (task->kept[i] >= start && task->kept[i] < start + (uint64_t)size)
            return true;
    }
    return false;
}

static void
set_gil_status(struct cpt_stack_work *work, const struct cpt_interpreter *interpreter)
{
    struct cpt_stack *stack = work->stack;
    struct cpt_error error;
    uint64_t holder;

    if (cpt_gil_holder(&work->decode, interpreter->gil, &holder, &error)) {
        cpt_holes_add_error(work->decode.holes, &error, "GIL");
        holder = 0;
    }
    for (size_t i = 0; i < stack->thread_count; i++) {
        struct cpt_stack_thread *thread = &stack->threads[i];

        if (thread->interpreter_address != interpreter->address)
            continue;
        if (thread->address == holder)
            thread->status |= CPT_THREAD_HOLDS_GIL;
        else if (waits_in(thread->task, interpreter->gil, work->decode.at->gil.size))
            thread->status |= CPT_THREAD_WAITS_FOR_GIL;
        if (thread->address == work->runtime.finalizing || thread->address == interpreter->finalizing)
            thread->status |= CPT_THREAD_FINALIZING;
    }
}

/* gc_collect_main keeps the heads of its work lists on the C stack: circular lists {next, prev}, of which one or
   another is empty, that is, points at itself, for as long as finalizers run. */
static bool
has_list_heads(const uint64_t *words, size_t count, uint64_t address)
{
    for (size_t i = 0; i + 1 < count; i++) {
        if (words[i] == address + 8 * i && words[i + 1] == words[i])
            return true;
    }
    return false;
}

static bool
collects_on_its_stack(struct cpt_memory *memory, const struct cpt_stack_thread *thread)
{
    uint64_t *words;
    size_t size;
    bool found;

    if (!thread->task || !thread->task->has_registers)
        return false;
    words = malloc(CPT_MAX_SEARCHED_STACK);
    if (!words)
        return false;
    size = cpt_memory_read_some(memory, cpt_align_down(thread->task->sp, 8), words, CPT_MAX_SEARCHED_STACK);
    found = has_list_heads(words, size / 8, cpt_align_down(thread->task->sp, 8));
    free(words);
    return found;
}

static bool
runs_frame(const struct cpt_stack_thread *thread, uint64_t frame)
{
    for (size_t i = 0; i < thread->frame_count; i++) {
        if (thread->frames[i].address == frame)
            return true;
    }
    return false;
}

/* Whether THREAD is one of those that a collection in INTERPRETER (NULL: in any, to 3.8) can run on. */
static bool
may_collect(const struct cpt_stack_thread *thread, const struct cpt_interpreter *interpreter)
{
    return !interpreter || thread->interpreter_address == interpreter->address;
}

/* The one thread whose C stack has the collector's lists; NULL where none has, or several. */
static struct cpt_stack_thread *
find_lists(struct cpt_stack_work *work, const struct cpt_interpreter *interpreter)
{
    struct cpt_stack_thread *found = NULL;

    for (size_t i = 0; i < work->stack->thread_count; i++) {
        struct cpt_stack_thread *thread = &work->stack->threads[i];

        if (!may_collect(thread, interpreter) ||
            !collects_on_its_stack(work->decode.memory, thread))
            continue;
        if (found)
            return NULL;
        found = thread;
    }
    return found;
}

/* The thread that runs the collection. Its finalizers may have let go of the GIL, so the GIL's holder is only the
   answer when nothing better tells: the frame that set it off (3.15), or the collector's lists on a C stack. */
static struct cpt_stack_thread *
find_collector(struct cpt_stack_work *work, const struct cpt_interpreter *interpreter)
{
    struct cpt_stack_thread *holder = NULL, *only = NULL, *found;
    size_t candidates = 0;

    for (size_t i = 0; i < work->stack->thread_count; i++) {
        struct cpt_stack_thread *thread = &work->stack->threads[i];

        if (!may_collect(thread, interpreter))
            continue;
        if (interpreter && interpreter->gc_frame && runs_frame(thread, interpreter->gc_frame))
            return thread;
        candidates++;
        only = thread;
        if (thread->status & CPT_THREAD_HOLDS_GIL)
            holder = thread;
    }
    if (candidates == 1)
        return only;
    if (holder && collects_on_its_stack(work->decode.memory, holder))
        return holder;
    found = find_lists(work, interpreter);
    return found ? found : holder;
}

static void
mark_collector(struct cpt_stack_work *work, const struct cpt_interpreter *interpreter)
{
    struct cpt_stack_thread *thread = find_collector(work, interpreter);

    if (thread)
        thread->status |= CPT_THREAD_COLLECTS_GARBAGE;
}

/* A core cannot be held again. Only the thread that has the GIL can have been about to link a frame. */
static void
warn_of_suspect(struct cpt_stack_work *work, const struct cpt_stack_thread *thread)
{
    if (thread->suspect && thread->status & CPT_THREAD_HOLDS_GIL &&
        work->decode.memory->kind == CPT_MEMORY_CORE)
        cpt_holes_add(work->decode.holes, "unsettled", thread->address,
                      "thread %d was about to enter a function: its innermost frames may be stale",
                      (int)thread->native_id);
}

void
cpt_stack_set_status(struct cpt_stack_work *work)
{
    struct cpt_stack *stack = work->stack;

    for (size_t i = 0; i < work->interpreter_count; i++)
        set_gil_status(work, &work->interpreters[i]);
    if (work->runtime.collecting)
        mark_collector(work, NULL);
    for (size_t i = 0; i < work->interpreter_count && !work->runtime.collecting; i++) {
        if (work->interpreters[i].collecting)
            mark_collector(work, &work->interpreters[i]);
    }
    for (size_t i = 0; i < stack->thread_count; i++) {
        struct cpt_stack_thread *thread = &stack->threads[i];

        if (thread->native_id && thread->native_id == work->query->crashed_thread)
            thread->status |= CPT_THREAD_CRASHED;
        warn_of_suspect(work, thread);
        if (thread->task && thread->task->in_syscall && !(thread->status & CPT_THREAD_WAITS_FOR_GIL))
            thread->status |= CPT_THREAD_IDLE;
    }
}

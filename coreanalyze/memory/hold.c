#include "coreanalyze/memory/hold.h"

#include "coreanalyze/base/vec.h"
#include "coreanalyze/memory/registers.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>

#define MILLISECOND UINT64_C(1000000)
#define START_LIMIT (500 * MILLISECOND) /* for all threads to stop; longer for one that only waits
                                           for a processor */
#define STARVED_LIMIT (3000 * MILLISECOND)
#define END_LIMIT                                                                                  \
    (20 * MILLISECOND) /* for those that had not, to stop after all, and for killed ones to end */
#define SPIN_LIMIT (MILLISECOND / 25) /* look without a pause that long, then sleep between looks */

static uint64_t
now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* Gives the processor to the threads that are waited for. With sched_yield any thread that
   computes could keep it for a whole time slice, of some milliseconds; after a sleep we get it
   back at once. */
static void
pause_shortly(uint64_t begin)
{
    const struct timespec nap = {
        .tv_nsec = 1000}; /* and the kernel's timer slack, 50 microseconds */

    if (now_ns() - begin >= SPIN_LIMIT)
        nanosleep(&nap, NULL);
}

/* The state letter of a thread in its "stat", or 0 when it is gone. */
static char
thread_state(int task_directory, int32_t tid)
{
    char path[32], text[512];
    const char *p;

    snprintf(path, sizeof(path), "%d/stat", tid);
    if (cpt_proc_read(task_directory, path, text, sizeof(text)) <= 0)
        return '\0';
    p = strrchr(text, ')');
    return p && p[1] == ' ' ? p[2] : '?';
}

/* A thread that already ended refuses to be traced just like one that must not be. */
static bool
has_ended(int task_directory, int32_t tid)
{
    char state = thread_state(task_directory, tid);

    return state == '\0' || state == 'Z' || state == 'X';
}

static int
seize(struct cpt_hold *hold, int task_directory, int32_t tid, int32_t *refused)
{
    struct cpt_held_thread *thread;

    if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) < 0) {
        if (errno == ESRCH || has_ended(task_directory, tid))
            return 0;
        *refused = tid;
        return EPERM;
    }
    thread = cpt_vec_add(hold);
    if (!thread)
        return ENOMEM; /* seized, but never interrupted: runs on until the tool ends */
    *thread = (struct cpt_held_thread){.tid = tid};
    return 0;
}

/* Whether TID is held already. The kernel lists threads in the order of their creation, and so
   are ours: *NEXT is where the one after the last found stands. */
static bool
is_known(const struct cpt_hold *hold, int32_t tid, size_t *next)
{
    for (size_t i = 0; i < hold->count; i++) {
        size_t at = (*next + i) % hold->count;

        if (hold->items[at].tid == tid && hold->items[at].state != CPT_HELD_GONE) {
            *next = at + 1;
            return true;
        }
    }
    return false;
}

/* Seizes all threads that are not ours yet; none of them stops by that. */
static int
seize_new(struct cpt_hold *hold, int task_directory, int32_t *refused)
{
    int failure = cpt_proc_list_tids(task_directory, &hold->tids);
    size_t known = hold->count, next = 0;

    for (size_t i = 0; !failure && i < hold->tids.count; i++) {
        if (!known || !is_known(hold, hold->tids.items[i], &next))
            failure = seize(hold, task_directory, hold->tids.items[i], refused);
    }
    return failure == ENOENT ? ESRCH : failure;
}

/* All of them before the first is waited for, so that they stop close together. */
static void
interrupt_new(struct cpt_hold *hold)
{
    for (size_t i = 0; i < hold->count; i++) {
        struct cpt_held_thread *thread = &hold->items[i];

        if (!thread->interrupted)
            ptrace(PTRACE_INTERRUPT, thread->tid, NULL, NULL);
        thread->interrupted = true;
    }
}

/* A stop that carries no ptrace event is a signal about to be delivered. Detaching without
   naming it would swallow it. Stops by PTRACE_INTERRUPT and group-stops (of a process that had
   SIGSTOP) are PTRACE_EVENT_STOP: nothing is to be passed on, and the kernel keeps a group-stop
   in force after the release. */
static int
signal_of_stop(int status)
{
    return status >> 16 ? 0 : WSTOPSIG(status);
}

static void
note_stop(struct cpt_hold *hold, struct cpt_held_thread *thread, int status)
{
    thread->state = CPT_HELD_STOPPED;
    thread->signal = signal_of_stop(status);
    thread->since = now_ns();
    hold->order[hold->order_count++] = (uint32_t)(thread - hold->items);
}

/* Looks whether the thread has stopped or ended, without waiting: a blocking wait could last as
   long as an uninterruptible sleep does. */
static void
look_at(struct cpt_hold *hold, struct cpt_held_thread *thread)
{
    int status;
    pid_t got = waitpid(thread->tid, &status, __WALL | WNOHANG);

    if (got == 0)
        return;
    if (got > 0 && WIFSTOPPED(status)) {
        if (thread->state == CPT_HELD_SEIZED)
            note_stop(hold, thread, status);
    } else if (got > 0 || errno == ECHILD) {
        thread->state = CPT_HELD_GONE;
    }
}

/* Until no thread is in STATE any more, or the time is up. Only the first pass visits all of
   them often: what is left moves on by one look each. */
static void
await(struct cpt_hold *hold, enum cpt_held_state state, uint64_t limit)
{
    uint64_t begin = now_ns();
    size_t first = 0;

    for (;;) {
        bool all = true;

        for (size_t i = first; i < hold->count; i++) {
            if (hold->items[i].state == state)
                look_at(hold, &hold->items[i]);
            if (hold->items[i].state == state)
                all = false;
            else if (i == first)
                first++;
        }
        if (all || now_ns() - begin >= limit)
            return;
        pause_shortly(begin);
    }
}

static size_t
count_in_state(const struct cpt_hold *hold, enum cpt_held_state state)
{
    size_t count = 0;

    for (size_t i = 0; i < hold->count; i++)
        count += hold->items[i].state == state;
    return count;
}

/* Whether a thread that has not stopped would do so if only it got a processor: it is no case of
   uninterruptible sleep, which may never end. */
static bool
is_starved(const struct cpt_hold *hold, int task_directory)
{
    for (size_t i = 0; i < hold->count; i++) {
        if (hold->items[i].state == CPT_HELD_SEIZED &&
            thread_state(task_directory, hold->items[i].tid) == 'R')
            return true;
    }
    return false;
}

/* Room to note each stop, so that none is lost for want of memory. */
static bool
reserve_order(struct cpt_hold *hold)
{
    uint32_t *larger;

    if (hold->order_capacity >= hold->capacity)
        return true;
    larger = realloc(hold->order, hold->capacity * sizeof(*larger));
    if (!larger)
        return false;
    hold->order = larger;
    hold->order_capacity = hold->capacity;
    return true;
}

/* One round stops all threads there are; a clone that was under way meanwhile makes another one
   necessary. The kernel's count tells whether: threads of ours that end stay counted until they
   are reaped, so equal counts mean that none is missing. */
static int
stop_all(struct cpt_hold *hold, int task_directory, int32_t *refused)
{
    uint64_t begin = now_ns();
    size_t before;
    int failure;

    do {
        before = hold->count;
        failure = seize_new(hold, task_directory, refused);
        if (!failure && !reserve_order(hold))
            failure = ENOMEM;
        if (failure)
            return failure;
        interrupt_new(hold);
        await(hold, CPT_HELD_SEIZED, START_LIMIT);
        if (is_starved(hold, task_directory))
            await(hold, CPT_HELD_SEIZED, STARVED_LIMIT);
    } while (hold->count > before && now_ns() - begin < START_LIMIT &&
             cpt_proc_count_tids(task_directory) !=
                 hold->count - count_in_state(hold, CPT_HELD_GONE));
    return hold->order_count || count_in_state(hold, CPT_HELD_SEIZED) ? 0 : ESRCH;
}

int
cpt_hold_start(struct cpt_hold *hold, int task_directory, int32_t *refused)
{
    int failure;

    *refused = 0;
    failure = stop_all(hold, task_directory, refused);
    if (failure) {
        if (reserve_order(hold))
            interrupt_new(hold); /* only a stopped thread can be let go */
        cpt_hold_end(hold, NULL);
    }
    return failure;
}

void
cpt_hold_registers(struct cpt_held_thread *thread, struct cpt_task *task)
{
#ifdef __x86_64__
    struct user_regs_struct registers;
    struct iovec io = {.iov_base = &registers, .iov_len = sizeof(registers)};

    if (ptrace(PTRACE_GETREGSET, thread->tid, (void *)NT_PRSTATUS, &io) == 0)
        cpt_task_set_registers(task, &registers, io.iov_len);
#endif
}

static void
detach(struct cpt_held_thread *thread, struct cpt_hold_summary *summary)
{
    uint64_t held;

    if (ptrace(PTRACE_DETACH, thread->tid, NULL, (void *)(intptr_t)thread->signal) == 0)
        thread->state = CPT_HELD_GONE;
    else
        thread->state =
            CPT_HELD_DYING; /* SIGKILL ends a hold, and so does the end of its process */
    held = now_ns() - thread->since;
    if (held > summary->longest_ns)
        summary->longest_ns = held;
    summary->threads++;
}

/* Those first that go back to sleep at once: a thread that computes would take the processor
   from us, and make the others wait for its time slice to end. */
static void
detach_stopped(struct cpt_hold *hold, struct cpt_hold_summary *summary)
{
    for (int computing = 0; computing < 2; computing++) {
        for (size_t i = 0; i < hold->order_count; i++) {
            struct cpt_held_thread *thread = &hold->items[hold->order[i]];

            if (thread->waits == !computing)
                detach(thread, summary);
        }
    }
    hold->order_count = 0;
}

/* Threads that are still ours go to the front; the rest is forgotten. */
static void
forget_gone(struct cpt_hold *hold)
{
    size_t kept = 0;

    for (size_t i = 0; i < hold->count; i++) {
        if (hold->items[i].state == CPT_HELD_SEIZED)
            hold->items[kept++] = hold->items[i];
    }
    hold->count = kept;
}

void
cpt_hold_end(struct cpt_hold *hold, struct cpt_hold_summary *summary)
{
    struct cpt_hold_summary mine = {0};

    if (!summary)
        summary = &mine;
    *summary = (struct cpt_hold_summary){0};
    if (!hold->count)
        return;
    detach_stopped(hold, summary);
    if (hold->order_capacity >= hold->count && count_in_state(hold, CPT_HELD_SEIZED)) {
        await(hold, CPT_HELD_SEIZED, END_LIMIT);
        detach_stopped(hold, summary);
    }
    await(hold, CPT_HELD_DYING, END_LIMIT);
    forget_gone(hold);
}

void
cpt_hold_free(struct cpt_hold *hold)
{
    cpt_hold_end(hold, NULL);
    free(hold->items);
    free(hold->order);
    free(hold->tids.items);
    memset(hold, 0, sizeof(*hold));
}

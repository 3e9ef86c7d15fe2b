/* Holding all threads of a process still, by ptrace.
 *
 * All calls for one hold must come from the same thread: the kernel knows it as the tracer. When
 * the tracer ends in whatever way, the kernel itself lets the held threads go (PTRACE_O_EXITKILL is
 * never set), so no signal handler is needed to keep the target safe.
 */
#ifndef CPT_MEMORY_HOLD_H
#define CPT_MEMORY_HOLD_H

#include "coreanalyze/base/error.h"
#include "coreanalyze/memory/memory.h"
#include "coreanalyze/memory/procfs.h"

enum cpt_held_state {
    CPT_HELD_SEIZED, /* ours, but still running */
    CPT_HELD_STOPPED,
    CPT_HELD_DYING, /* killed while held: waits to be reaped */
    CPT_HELD_GONE,
};

struct cpt_held_thread {
    int32_t tid;
    enum cpt_held_state state;
    bool interrupted; /* PTRACE_INTERRUPT was sent */
    bool waits;       /* in a system call, by its registers */
    int signal;       /* about to be delivered when it stopped: passed on at release */
    uint64_t since;   /* when its stop was seen, in nanoseconds */
};

struct cpt_hold {
    struct cpt_held_thread *items;
    size_t count, capacity;
    uint32_t *order; /* the items as they stopped */
    size_t order_count, order_capacity;
    struct cpt_tid_list tids; /* scratch for listing */
};

struct cpt_hold_summary {
    size_t threads;      /* that were held */
    uint64_t longest_ns; /* that any of them stood still */
};

/* Stops all threads of the process with that /proc/PID/task directory, within half a second:
   those that cannot be stopped in that time stay CPT_HELD_SEIZED. Returns 0, or an errno: ESRCH
   (nothing left to hold), ENOMEM, EPERM (*REFUSED is the thread that could not be traced). After
   a failure nothing is held. */
CPT_MUST_USE int cpt_hold_start(struct cpt_hold *hold, int task_directory, int32_t *refused);

/* Fills the registers in TASK, which stands for the stopped THREAD. */
void cpt_hold_registers(struct cpt_held_thread *thread, struct cpt_task *task);

/* Lets the threads go with their signals, in the order in which they stopped, those that wait in
   a system call first. Threads that never stopped are let go if they have stopped by now; else
   they stay (and can be tried again with another call) until the tracer ends. SUMMARY may be
   NULL. */
void cpt_hold_end(struct cpt_hold *hold, struct cpt_hold_summary *summary);

/* cpt_hold_end, and frees the lists. */
void cpt_hold_free(struct cpt_hold *hold);

#endif

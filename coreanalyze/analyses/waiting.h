/* What threads wait for, and who waits for whom in a circle. */
#ifndef CPT_ANALYSES_WAITING_H
#define CPT_ANALYSES_WAITING_H

#include "coreanalyze/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpt_stack_work;

/* What one thread waits for. */
struct cpt_waiting {
    const char *kind;  /* "lock", "rlock", "condition", "event", "semaphore", "barrier", "queue", "future", "thread",
                          "gil"; NULL: nothing that is known */
    uint64_t address;  /* of the Python object, or 0 */
    int32_t owner;     /* native id of the thread that has it (or, "thread": is it), or 0: not known */
    bool inferred;     /* a Lock does not know its owner: this thread is inside a with statement on it, and no other */
};

/* A circle of threads, each of which waits for something that the next one has. */
struct cpt_deadlock {
    const int32_t *threads; /* native ids */
    size_t count;
};

/* Fills in what the threads of WORK's stack, whose frames and status are known, wait for, and the deadlocks. Threads
   whose registers are not known (--no-pause) are passed over. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_stack_find_waiting(struct cpt_stack_work *work, struct cpt_error *error);

#endif

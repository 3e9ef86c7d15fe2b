/* What a thread is doing beside running its frames: the GIL, the collector, finalization, system calls. */
#ifndef CPT_ANALYSES_STACK_STATUS_H
#define CPT_ANALYSES_STACK_STATUS_H

#include "coreanalyze/analyses/stack.h"

/* Sets the status bits of all threads of the stack. */
void cpt_stack_set_status(struct cpt_stack_work *work);

/* Whether TASK (may be NULL) waits for a futex, or has just come back from there; syscall_argument is its address then. */
bool cpt_task_is_in_futex(const struct cpt_task *task);

#endif

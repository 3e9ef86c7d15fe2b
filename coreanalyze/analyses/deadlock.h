/* Circles of threads that wait for each other. */
#ifndef CPT_ANALYSES_DEADLOCK_H
#define CPT_ANALYSES_DEADLOCK_H

#include "coreanalyze/base/error.h"

struct cpt_stack;

/* Fills in the deadlocks of STACK, whose threads say what they wait for and who has it. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_deadlocks_find(struct cpt_stack *stack, struct cpt_error *error);

#endif

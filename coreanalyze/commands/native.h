/* The native part of `stack --native`: unwinding, names, and the merge with Python's frames. */
#ifndef CPT_COMMANDS_NATIVE_H
#define CPT_COMMANDS_NATIVE_H

#include "coreanalyze/analyses/stack.h"
#include "coreanalyze/commands/target.h"

/* Gives the threads of STACK their native stacks, out of MEMORY: a core, or the copy of a process's stacks. What is
   missing goes to TARGET's holes. CPT_NOMEM, CPT_UNSUPPORTED, CPT_ABSENT (--debuginfod without servers). */
CPT_MUST_USE cpt_status cpt_native_add(struct cpt_target *target, const struct cpt_options *options,
                                       struct cpt_memory *memory, struct cpt_stack *stack,
                                       struct cpt_error *error);

#endif

/* Taking stacks, as several commands need them. */
#ifndef CPT_COMMANDS_STACK_H
#define CPT_COMMANDS_STACK_H

#include "coreanalyze/analyses/stack.h"
#include "coreanalyze/commands/target.h"

/* Reads the stacks that OPTIONS ask for (thread, locals, repr_limit, depth, native) into STACK, which is to be freed in
   any case. Errors: as cpt_stack_prepare, cpt_stack_take, cpt_native_add and cpt_target_hold. */
CPT_MUST_USE cpt_status cpt_target_stacks(struct cpt_target *target, const struct cpt_options *options,
                                          struct cpt_stack *stack, struct cpt_error *error);

#endif

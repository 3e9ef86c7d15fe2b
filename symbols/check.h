/* Whether a layout fits the target: what is read by it must make sense. */
#ifndef CPT_SYMBOLS_CHECK_H
#define CPT_SYMBOLS_CHECK_H

#include "coreanalyze/memory/memory.h"
#include "symbols/layout.h"

/* Checks that at RUNTIME lies a live _PyRuntimeState as LAYOUT describes it: the list of interpreters ends and has the
   main one in it, thread states lead back to their interpreter, sys.__dict__ is a dict whose type's type is
   `type`, which is its own type. CPT_ABSENT: a runtime that is not initialised (a second mapping of the interpreter, or a
   process that only begins or ends); CPT_CORRUPT: it does not fit. */
CPT_MUST_USE cpt_status cpt_check_runtime(struct cpt_memory *memory, const struct cpt_layout *layout,
                                          uint64_t runtime, struct cpt_error *error);

/* The error about a runtime that nothing has been written to: CPT_ABSENT. */
CPT_MUST_USE cpt_status cpt_check_not_initialized(struct cpt_error *error);

#endif

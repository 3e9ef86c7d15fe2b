/* Why the kernel refuses a process, and what the user can do about it. */
#ifndef CPT_MEMORY_PERMISSION_H
#define CPT_MEMORY_PERMISSION_H

#include "coreanalyze/base/error.h"

#include <stdbool.h>

/* Fills ERROR for process PID, whose /proc directory is DIRECTORY (-1: not at hand) and which
   the kernel would not let us read, or (HOLDING) trace. Returns CPT_PERMISSION. */
cpt_status cpt_permission_explain(struct cpt_error *error, int directory, int32_t pid,
                                  bool holding);

#endif

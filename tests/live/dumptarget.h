/* What the programs that dump pieces of a target's memory share. */
#ifndef TESTS_LIVE_DUMPTARGET_H
#define TESTS_LIVE_DUMPTARGET_H

#include "coreanalyze/memory/memory.h"

/* Opens TARGET, a core's path or a process's id (which is held for as long as its memory is copied), calls DUMP for it,
   and returns the exit status; PROGRAM tells of errors. */
int dump_target(const char *program, const char *target,
                cpt_status (*dump)(struct cpt_memory *memory, struct cpt_error *error));

#endif

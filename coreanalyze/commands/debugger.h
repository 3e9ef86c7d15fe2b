/* The target that a debugger has: how it is opened, and its threads. */
#ifndef CPT_COMMANDS_DEBUGGER_H
#define CPT_COMMANDS_DEBUGGER_H

#include "coreanalyze/commands/target.h"

/* Opens the memory of HOST's debugger's target: its core file or process itself where that is on this machine and holds
   the same bytes that the debugger reads, else what the debugger reads. Sets one of TARGET's process, core and callback,
   and its memory. Errors: as cpt_core_open_source, cpt_process_open and cpt_callback_open; CPT_ABSENT: the core is
   another one, or nothing tells what is mapped where. */
CPT_MUST_USE cpt_status cpt_debugger_open(struct cpt_target *target, const struct cpt_target_host *host,
                                          struct cpt_error *error);

#endif

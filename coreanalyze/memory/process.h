/* A live process as a memory source.
 *
 * Memory is read with process_vm_readv, and through /proc/PID/mem where that system call is missing
 * or forbidden. Small reads go through a cache of pages that lives as long as the hold (cache.h):
 * while every thread is held, a page cannot change.
 */
#ifndef CPT_MEMORY_PROCESS_H
#define CPT_MEMORY_PROCESS_H

#include "coreanalyze/base/log.h"
#include "coreanalyze/base/text.h"
#include "coreanalyze/memory/memory.h"

struct cpt_process;

/* How long a hold lasted. */
struct cpt_hold_time {
    size_t threads;    /* threads that were held */
    double longest_ms; /* the longest that any one of them stood still */
};

/* Opens process PID: reads its mappings and tasks, and checks that its memory can be read. Holds
   nothing. Errors: CPT_GONE (no such process, a zombie, a kernel thread), CPT_PERMISSION (with
   the capability or sysctl to change as hint), CPT_IO. *PROCESS is the caller's, to close. */
CPT_MUST_USE cpt_status cpt_process_open(struct cpt_process **process, int32_t pid,
                                         const struct cpt_log *log, struct cpt_error *error);

/* Releases a hold, and frees. NULL is fine. */
void cpt_process_close(struct cpt_process *process);

/* The source; valid until close. Its mappings are those at open. */
struct cpt_memory *cpt_process_memory(struct cpt_process *process);

/* Begins a rehearsal of what is going to be done during the next hold: from now on small reads are cached although the
   process runs on, so that they may not fit together. The hold then reads the pages that were asked for in few
   calls, and each thread is held for a shorter time. */
void cpt_process_rehearse(struct cpt_process *process);

/* PROCESS is held by somebody else, a debugger that runs us in its own process: from now on a hold takes these TASKS,
   whose number is COUNT and which are copied, for the threads, and neither stops nor lets go of any. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_process_adopt(struct cpt_process *process, const struct cpt_task *tasks, size_t count,
                                          struct cpt_error *error);

/* Stops every thread with PTRACE_SEIZE and PTRACE_INTERRUPT, also those that start meanwhile,
   and fills the registers of the tasks (whose list is made anew). Whatever way the caller ends,
   the kernel lets the threads go. A thread that cannot be stopped in time (uninterruptible
   sleep) is named in HOLES and left running in the kernel. Errors: CPT_PERMISSION (also: already
   traced, by whom), CPT_GONE. After an error nothing is held. */
CPT_MUST_USE cpt_status cpt_process_hold(struct cpt_process *process, struct cpt_holes *holes,
                                         struct cpt_error *error);

/* Lets all threads go on, with the signals that arrived for them meanwhile, and empties the page
   cache. Nothing to do when nothing is held. */
void cpt_process_release(struct cpt_process *process, struct cpt_hold_time *time);

/* Fills in the kernel's names of the tasks (from /proc, needs no hold). */
void cpt_process_name_tasks(struct cpt_process *process);

/* The command line, NUL-separated, in a buffer of the process; *SIZE bytes. */
const char *cpt_process_command_line(struct cpt_process *process, size_t *size);

/* The executable's path as the target sees it; "" where it cannot be read. */
const char *cpt_process_executable(const struct cpt_process *process);

/* When the process was started, in seconds since 1970; 0 where /proc does not tell. */
int64_t cpt_process_start_time(const struct cpt_process *process);

/* The process that traces it; 0: none, or it cannot be told. */
int32_t cpt_process_tracer(const struct cpt_process *process);

/* False when the process has ended or execve'd since it was opened (its start time or executable
   differ). */
bool cpt_process_is_alive(const struct cpt_process *process);

#endif

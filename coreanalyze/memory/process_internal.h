/* The parts of an open process, shared by the files that work on it (process*.c). */
#ifndef CPT_MEMORY_PROCESS_INTERNAL_H
#define CPT_MEMORY_PROCESS_INTERNAL_H

#include "coreanalyze/base/buffer.h"
#include "coreanalyze/memory/cache.h"
#include "coreanalyze/memory/hold.h"
#include "coreanalyze/memory/maps.h"
#include "coreanalyze/memory/process.h"
#include "coreanalyze/memory/procfs.h"
#include "coreanalyze/memory/remote.h"
#include "coreanalyze/memory/tasks.h"

struct cpt_process {
    struct cpt_memory memory;
    const struct cpt_log *log;
    int proc_fd; /* /proc/PID; stands for this process even when its id is used again */
    int task_fd; /* /proc/PID/task */
    struct cpt_remote remote;
    bool cached;     /* every thread is held: pages cannot change; or they may, in a rehearsal */
    bool rehearsing; /* the cache knows which pages the next hold needs */
    struct cpt_proc_stat born;
    struct cpt_mapping_list mappings;
    char *maps_text; /* the mappings' paths point into it */
    struct cpt_task_list tasks;
    struct cpt_tid_list tids;
    struct cpt_hold hold;
    struct cpt_task *adopted; /* the threads as a debugger that holds them tells of them, or NULL */
    size_t adopted_count;
    struct cpt_cache cache;
    struct cpt_buffer command_line;
    char executable[4096];
};

/* Turns the errno FAILURE into an error about the process. */
cpt_status cpt_process_fail(const struct cpt_process *process, int failure,
                            struct cpt_error *error);

/* Makes the tasks anew out of process->tids. False when memory is out. */
bool cpt_process_set_tasks(struct cpt_process *process);

#endif

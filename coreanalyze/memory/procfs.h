/* What /proc tells about a process. Directory descriptors stand for the process: unlike its id
   they are never taken over by another one. */
#ifndef CPT_MEMORY_PROCFS_H
#define CPT_MEMORY_PROCFS_H

#include "coreanalyze/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fields of /proc/PID/stat. */
struct cpt_proc_stat {
    char state;           /* R S D T t Z X … */
    uint64_t start_time;  /* of the process, in clock ticks after boot */
    uint64_t start_stack; /* another one after execve; 0 without permission to know */
};

/* Fields of /proc/PID/status. */
struct cpt_proc_status {
    char name[32]; /* the kernel's name, as it is written there: escaped */
    int32_t tgid, tracer, ns_pid;
    uint32_t uid;
    bool nested; /* the process lives in a PID namespace below the one of /proc */
};

struct cpt_tid_list {
    int32_t *items;
    size_t count, capacity;
};

/* Reads up to SIZE - 1 bytes of the file NAME in DIRECTORY, and adds a NUL; -1 with errno set
   when that fails. */
ptrdiff_t cpt_proc_read(int directory, const char *name, char *buffer, size_t size);

/* Reads the whole file into *TEXT (NUL-terminated, the caller's to free), *SIZE bytes. Returns 0
   or an errno. */
CPT_MUST_USE int cpt_proc_slurp(int directory, const char *name, char **text, size_t *size);

/* Of the process (or thread) with that directory. False when it is gone, or the file is of no
   known form. */
bool cpt_proc_read_stat(int directory, struct cpt_proc_stat *stat);
bool cpt_proc_read_status(int directory, struct cpt_proc_status *status);

/* Makes LIST anew from the directory /proc/PID/task, in the kernel's order: the main thread
   comes first, new ones last. Returns 0 or an errno. */
CPT_MUST_USE int cpt_proc_list_tids(int task_directory, struct cpt_tid_list *list);

/* How many threads the process has now, by one cheap call; 0 where that is not known. */
size_t cpt_proc_count_tids(int task_directory);

#endif

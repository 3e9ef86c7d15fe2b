/* The list of a live process's tasks. */
#ifndef CPT_MEMORY_TASKS_H
#define CPT_MEMORY_TASKS_H

#include "coreanalyze/memory/memory.h"
#include "coreanalyze/memory/procfs.h"

struct cpt_task_list {
    struct cpt_task *items;
    size_t count;
    bool nested; /* the process is in a PID namespace of its own: ids there are other ones */
};

/* Makes the list anew from TIDS, without registers; names that are known already are kept. False
   when memory is out: the list is then as before. */
bool cpt_task_list_set(struct cpt_task_list *list, const struct cpt_tid_list *tids);

/* Fills in names, and ids of the inner namespace, from the directory /proc/PID/task. */
void cpt_task_list_name(struct cpt_task_list *list, int task_directory);

#endif

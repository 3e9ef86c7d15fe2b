#include "coreanalyze/memory/tasks.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Takes over what is known of the task. Both lists are in the order of creation, so that the
   search goes on at *NEXT and ends at once but for new threads. */
static void
keep_name(struct cpt_task *task, const struct cpt_task_list *old, size_t *next)
{
    for (size_t i = *next; i < old->count; i++) {
        if (old->items[i].tid != task->tid)
            continue;
        task->ns_tid = old->items[i].ns_tid;
        memcpy(task->name, old->items[i].name, sizeof(task->name));
        *next = i + 1;
        return;
    }
}

bool
cpt_task_list_set(struct cpt_task_list *list, const struct cpt_tid_list *tids)
{
    struct cpt_task *tasks = calloc(tids->count + 1, sizeof(*tasks));
    size_t next = 0;

    if (!tasks)
        return false;
    for (size_t i = 0; i < tids->count; i++) {
        tasks[i].tid = tids->items[i];
        tasks[i].ns_tid = list->nested ? 0 : tasks[i].tid;
        tasks[i].syscall = -1;
        keep_name(&tasks[i], list, &next);
    }
    free(list->items);
    list->items = tasks;
    list->count = tids->count;
    return true;
}

/* Only its status file tells what id a thread has within a container. */
static int32_t
inner_tid(int task_directory, int32_t tid)
{
    struct cpt_proc_status status = {.ns_pid = 0};
    char path[32];
    int fd;

    snprintf(path, sizeof(path), "%d", tid);
    fd = openat(task_directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    if (!cpt_proc_read_status(fd, &status))
        status.ns_pid = 0;
    close(fd);
    return status.ns_pid;
}

void
cpt_task_list_name(struct cpt_task_list *list, int task_directory)
{
    for (size_t i = 0; i < list->count; i++) {
        struct cpt_task *task = &list->items[i];
        char path[32], name[sizeof(task->name)];
        ptrdiff_t length;

        if (list->nested && !task->ns_tid)
            task->ns_tid = inner_tid(task_directory, task->tid);
        snprintf(path, sizeof(path), "%d/comm", task->tid);
        length = cpt_proc_read(task_directory, path, name, sizeof(name));
        if (length <= 0)
            continue;
        name[strcspn(name, "\n")] = '\0';
        snprintf(task->name, sizeof(task->name), "%s", name);
    }
}

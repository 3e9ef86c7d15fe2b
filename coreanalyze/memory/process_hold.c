#include "coreanalyze/memory/process.h"

#include "coreanalyze/base/vec.h"
#include "coreanalyze/memory/permission.h"
#include "coreanalyze/memory/process_internal.h"
#include "coreanalyze/memory/registers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cpt_status
fail_to_hold(struct cpt_process *process, int failure, int32_t refused, struct cpt_error *error)
{
    char path[32];
    int fd;

    if (failure != EPERM)
        return cpt_process_fail(process, failure, error);
    if (process->memory.pid == getpid()) {
        cpt_error_set(error, CPT_PERMISSION, "a process cannot hold itself");
        return CPT_PERMISSION;
    }
    snprintf(path, sizeof(path), "%d", refused);
    fd = openat(process->task_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cpt_permission_explain(error, fd, process->memory.pid, true);
    if (fd >= 0)
        close(fd);
    return CPT_PERMISSION;
}

/* The tasks anew, from what is held: with the registers of those that stand still. Returns how
   many do not. */
static size_t
describe_held(struct cpt_process *process, struct cpt_holes *holes)
{
    struct cpt_hold *hold = &process->hold;
    size_t running = 0, task = 0;

    for (size_t i = 0; i < hold->count && task < process->tasks.count; i++) {
        if (hold->items[i].state == CPT_HELD_GONE)
            continue;
        if (hold->items[i].state == CPT_HELD_STOPPED) {
            cpt_hold_registers(&hold->items[i], &process->tasks.items[task]);
            cpt_task_settle_restart(&process->tasks.items[task], cpt_remote_read, &process->remote);
            hold->items[i].waits = process->tasks.items[task].in_syscall;
        } else {
            running++;
            if (holes)
                cpt_holes_add(
                    holes, "not-held", 0,
                    "thread %d could not be held: it did not stop in time (uninterruptible sleep)",
                    hold->items[i].tid);
        }
        task++;
    }
    return running;
}

static bool
list_held(struct cpt_process *process)
{
    process->tids.count = 0;
    for (size_t i = 0; i < process->hold.count; i++) {
        int32_t *tid;

        if (process->hold.items[i].state == CPT_HELD_GONE)
            continue;
        tid = cpt_vec_add(&process->tids);
        if (!tid)
            return false;
        *tid = process->hold.items[i].tid;
    }
    return cpt_process_set_tasks(process);
}

void
cpt_process_rehearse(struct cpt_process *process)
{
    cpt_process_release(process, NULL);
    process->cached = process->rehearsing = cpt_cache_init(&process->cache);
}

cpt_status
cpt_process_adopt(struct cpt_process *process, const struct cpt_task *tasks, size_t count, struct cpt_error *error)
{
    free(process->adopted);
    process->adopted_count = 0;
    process->adopted = calloc(count + 1, sizeof(*tasks));
    if (!process->adopted)
        return cpt_error_set(error, CPT_NOMEM, "no memory for the list of threads");
    if (count)
        memcpy(process->adopted, tasks, count * sizeof(*tasks));
    process->adopted_count = count;
    return CPT_OK;
}

/* The registers that the holder told, of the threads that there are. */
static void
describe_adopted(struct cpt_process *process)
{
    for (size_t i = 0; i < process->tasks.count; i++) {
        struct cpt_task *task = &process->tasks.items[i];

        for (size_t j = 0; j < process->adopted_count; j++) {
            const struct cpt_task *told = &process->adopted[j];
            struct cpt_task known;

            if (told->tid != task->tid || !told->has_registers)
                continue;
            known = *task;
            *task = *told;
            task->ns_tid = known.ns_tid;
            memcpy(task->name, known.name, sizeof(task->name));
            cpt_task_settle_restart(task, cpt_remote_read, &process->remote);
        }
    }
}

cpt_status
cpt_process_hold(struct cpt_process *process, struct cpt_holes *holes, struct cpt_error *error)
{
    bool have_cache = cpt_cache_init(&process->cache);
    uint64_t needed[CPT_CACHE_PAGES];
    size_t needed_count =
        process->rehearsing ? cpt_cache_list(&process->cache, needed, CPT_CACHE_PAGES) : 0;
    int32_t refused;
    int failure;

    cpt_process_release(process, NULL);
    if (!cpt_process_is_alive(process))
        return cpt_error_set(error, CPT_GONE, "process %d has ended, or runs another program now",
                             process->memory.pid);
    if (process->adopted) {
        describe_adopted(process);
        process->cached = have_cache;
        return CPT_OK;
    }
    failure = cpt_hold_start(&process->hold, process->task_fd, &refused);
    if (failure)
        return fail_to_hold(process, failure, refused, error);
    if (!list_held(process)) {
        cpt_process_release(process, NULL);
        return cpt_error_set(error, CPT_NOMEM, "no memory for the list of threads");
    }
    process->cached = describe_held(process, holes) == 0 && have_cache;
    if (process->cached)
        cpt_cache_load(&process->cache, needed, needed_count, cpt_remote_read_pages,
                       &process->remote);
    return CPT_OK;
}

void
cpt_process_release(struct cpt_process *process, struct cpt_hold_time *time)
{
    struct cpt_hold_summary summary;

    cpt_hold_end(&process->hold, &summary);
    process->cached = process->rehearsing = false;
    cpt_cache_clear(&process->cache);
    if (time) {
        time->threads = summary.threads;
        time->longest_ms = (double)summary.longest_ns / 1e6;
    }
}

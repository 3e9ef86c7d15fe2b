#include "coreanalyze/memory/process.h"

#include "coreanalyze/base/vec.h"
#include "coreanalyze/memory/permission.h"
#include "coreanalyze/memory/process_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* memory is the first member. */
static struct cpt_process *
self(struct cpt_memory *memory)
{
    return (struct cpt_process *)memory;
}

static size_t
process_read(struct cpt_memory *memory, uint64_t address, void *buffer, size_t size)
{
    struct cpt_process *process = self(memory);

    if (process->cached && size < CPT_CACHE_PAGE)
        return cpt_cache_read(&process->cache, address, buffer, size, cpt_remote_read,
                              &process->remote);
    return cpt_remote_read(&process->remote, address, buffer, size);
}

static const struct cpt_memory_ops process_ops = {.read = process_read};

static cpt_status
gone(struct cpt_error *error, int32_t pid, const char *how)
{
    return cpt_error_set(error, CPT_GONE, "process %d %s", pid, how);
}

cpt_status
cpt_process_fail(const struct cpt_process *process, int failure, struct cpt_error *error)
{
    int32_t pid = process->memory.pid;

    switch (failure) {
    case ENOENT:
    case ESRCH:
        return gone(error, pid, "has ended");
    case EACCES:
    case EPERM:
        return cpt_permission_explain(error, process->proc_fd, pid, false);
    case ENOMEM:
        return cpt_error_set(error, CPT_NOMEM, "no memory to read process %d", pid);
    default:
        return cpt_error_set(error, CPT_IO, "process %d: %s", pid, strerror(failure));
    }
}

/* Opens /proc/PID of the process; of the whole one also where PID is one of its other threads. */
static cpt_status
open_directories(struct cpt_process *process, int32_t pid, struct cpt_error *error)
{
    struct cpt_proc_status status;
    char path[32];

    process->memory.pid = process->remote.tid = pid;
    snprintf(path, sizeof(path), "/proc/%d", pid);
    process->proc_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (process->proc_fd < 0 || !cpt_proc_read_status(process->proc_fd, &status)) {
        gone(error, pid, "does not exist");
        if (access("/proc/self/stat", F_OK) < 0)
            cpt_error_hint(error, "/proc is not mounted here");
        return CPT_GONE;
    }
    if (status.tgid > 0 && status.tgid != pid) {
        close(process->proc_fd);
        process->proc_fd = -1;
        return open_directories(process, status.tgid, error);
    }
    process->tasks.nested = status.nested;
    process->memory.ns_pid = status.nested ? status.ns_pid : pid;
    process->task_fd = openat(process->proc_fd, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (process->task_fd < 0 || !cpt_proc_read_stat(process->proc_fd, &process->born))
        return gone(error, pid, "has ended");
    return CPT_OK;
}

bool
cpt_process_set_tasks(struct cpt_process *process)
{
    if (!cpt_task_list_set(&process->tasks, &process->tids))
        return false;
    process->memory.tasks = process->tasks.items;
    process->memory.task_count = process->tasks.count;
    return true;
}

/* A main thread that ended before the others stays as a zombie without memory: any other thread
   leads to it. */
static void
choose_reader(struct cpt_process *process)
{
    for (size_t i = 0; process->born.state == 'Z' && i < process->tids.count; i++) {
        struct cpt_proc_stat stat;
        char path[32];
        int fd;

        snprintf(path, sizeof(path), "%d", process->tids.items[i]);
        fd = openat(process->task_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            continue;
        if (cpt_proc_read_stat(fd, &stat) && stat.state != 'Z' && stat.state != 'X') {
            close(process->proc_fd);
            process->proc_fd = fd;
            process->remote.tid = process->tids.items[i];
            process->born = stat;
            return;
        }
        close(fd);
    }
}

static cpt_status
read_tasks(struct cpt_process *process, struct cpt_error *error)
{
    int failure = cpt_proc_list_tids(process->task_fd, &process->tids);

    if (!failure && !cpt_process_set_tasks(process))
        failure = ENOMEM;
    if (failure)
        return cpt_process_fail(process, failure, error);
    choose_reader(process);
    if (process->born.state == 'Z' || process->born.state == 'X')
        return gone(error, process->memory.pid,
                    "has ended (a zombie: its parent has not waited for it)");
    return CPT_OK;
}

static cpt_status
read_mappings(struct cpt_process *process, struct cpt_error *error)
{
    size_t size;
    int failure = cpt_proc_slurp(process->proc_fd, "maps", &process->maps_text, &size);
    ssize_t length;
    cpt_status status;

    if (failure)
        return cpt_process_fail(process, failure, error);
    status = cpt_maps_parse(&process->mappings, process->maps_text, size, error);
    if (status != CPT_OK)
        return status;
    process->memory.mappings = process->mappings.items;
    process->memory.mapping_count = process->mappings.count;
    length = readlinkat(process->proc_fd, "exe", process->executable,
                        sizeof(process->executable) - 1);
    if (length > 0) {
        bool deleted;

        process->executable[cpt_path_strip_deleted(process->executable, (size_t)length, &deleted)] =
            '\0';
    }
    if (!process->mappings.count)
        return gone(error, process->memory.pid, length > 0 ? "has ended" : "is a kernel thread");
    return CPT_OK;
}

/* A readable address to try. The kernel's own pages ([vvar], [vsyscall]) cannot be read from
   outside. */
static uint64_t
probe_address(const struct cpt_process *process)
{
    for (size_t i = 0; i < process->mappings.count; i++) {
        const struct cpt_mapping *mapping = &process->mappings.items[i];

        if (mapping->readable && !(mapping->path && strncmp(mapping->path, "[v", 2) == 0))
            return mapping->start;
    }
    return process->mappings.items[0].start;
}

static cpt_status
check_readable(struct cpt_process *process, struct cpt_error *error)
{
    int failure = cpt_remote_check(&process->remote, process->proc_fd, probe_address(process));

    if (failure)
        return cpt_process_fail(process, failure, error);
    if (process->remote.mem_fd >= 0)
        cpt_log_printf(process->log, CPT_LOG_VERBOSE, "reading through /proc/%d/mem",
                       process->memory.pid);
    return CPT_OK;
}

static cpt_status
open_all(struct cpt_process *process, int32_t pid, struct cpt_error *error)
{
    cpt_status status = open_directories(process, pid, error);

    if (status == CPT_OK)
        status = read_tasks(process, error);
    if (status == CPT_OK)
        status = read_mappings(process, error);
    if (status == CPT_OK)
        status = check_readable(process, error);
    return status;
}

cpt_status
cpt_process_open(struct cpt_process **result, int32_t pid, const struct cpt_log *log,
                 struct cpt_error *error)
{
    struct cpt_process *process;
    cpt_status status;

    if (pid <= 0)
        return gone(error, pid, "does not exist");
    process = calloc(1, sizeof(*process));
    if (!process)
        return cpt_error_set(error, CPT_NOMEM, "no memory to open process %d", pid);
    process->memory.ops = &process_ops;
    process->memory.kind = CPT_MEMORY_PROCESS;
    process->log = log;
    process->proc_fd = process->task_fd = process->remote.mem_fd = -1;
    status = open_all(process, pid, error);
    if (status != CPT_OK) {
        cpt_process_close(process);
        return status;
    }
    *result = process;
    return CPT_OK;
}

static void
close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

void
cpt_process_close(struct cpt_process *process)
{
    if (!process)
        return;
    cpt_hold_free(&process->hold);
    free(process->adopted);
    cpt_cache_free(&process->cache);
    close_fd(process->remote.mem_fd);
    close_fd(process->task_fd);
    close_fd(process->proc_fd);
    cpt_vec_free(&process->mappings);
    cpt_vec_free(&process->tids);
    cpt_buffer_free(&process->command_line);
    free(process->maps_text);
    free(process->tasks.items);
    free(process);
}

struct cpt_memory *
cpt_process_memory(struct cpt_process *process)
{
    return &process->memory;
}

void
cpt_process_name_tasks(struct cpt_process *process)
{
    cpt_task_list_name(&process->tasks, process->task_fd);
}

const char *
cpt_process_command_line(struct cpt_process *process, size_t *size)
{
    char *text;

    if (!process->command_line.data &&
        cpt_proc_slurp(process->proc_fd, "cmdline", &text, size) == 0) {
        cpt_buffer_add(&process->command_line, text, *size);
        free(text);
    }
    *size = process->command_line.size;
    return process->command_line.data ? process->command_line.data : "";
}

const char *
cpt_process_executable(const struct cpt_process *process)
{
    return process->executable;
}

int64_t
cpt_process_start_time(const struct cpt_process *process)
{
    long ticks = sysconf(_SC_CLK_TCK);
    struct timespec now, up;

    if (ticks <= 0 || clock_gettime(CLOCK_REALTIME, &now) || clock_gettime(CLOCK_BOOTTIME, &up))
        return 0;
    /* Rounded up: a file of the same second was there before. */
    return now.tv_sec - up.tv_sec + (int64_t)(process->born.start_time / (uint64_t)ticks) + 1;
}

int32_t
cpt_process_tracer(const struct cpt_process *process)
{
    struct cpt_proc_status status;

    return cpt_proc_read_status(process->proc_fd, &status) ? status.tracer : 0;
}

bool
cpt_process_is_alive(const struct cpt_process *process)
{
    struct cpt_proc_stat stat;

    return cpt_proc_read_stat(process->proc_fd, &stat) && stat.state != 'Z' && stat.state != 'X' &&
           stat.start_time == process->born.start_time &&
           stat.start_stack == process->born.start_stack;
}

#include "coreanalyze/commands/debugger.h"

#include "coreanalyze/base/vec.h"
#include "coreanalyze/commands/command.h"
#include "coreanalyze/memory/maps.h"
#include "coreanalyze/memory/procfs.h"
#include "coreanalyze/memory/registers.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
cpt_debugger_command_get(size_t index, struct cpt_debugger_command *result)
{
    const struct cpt_command *command;

    for (size_t i = 0; (command = cpt_command_get(i)); i++) {
        if (!cpt_command_find_in_debugger(command->name) || index--)
            continue;
        *result = (struct cpt_debugger_command){command->name, command->summary};
        return true;
    }
    return false;
}

char *
cpt_debugger_help(const char *name)
{
    const struct cpt_command *command = cpt_command_find_in_debugger(name);
    struct cpt_buffer out = {0};
    char *text = NULL;

    if (!command)
        return NULL;
    cpt_debugger_help_write(&out, command);
    if (!out.failed)
        text = strndup(out.data, out.size);
    cpt_buffer_free(&out);
    return text;
}

/* The threads as the debugger tells of them: *TASKS is the caller's to free. */
static cpt_status
make_tasks(const struct cpt_debugger *debugger, struct cpt_task **tasks, struct cpt_error *error)
{
    *tasks = calloc(debugger->thread_count + 1, sizeof(**tasks));
    if (!*tasks)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    for (size_t i = 0; i < debugger->thread_count; i++) {
        const struct cpt_debugger_thread *thread = &debugger->threads[i];

        (*tasks)[i].tid = (*tasks)[i].ns_tid = thread->tid;
        cpt_task_set_registers(&(*tasks)[i], thread->registers, thread->has_registers ? sizeof(thread->registers) : 0);
    }
    return CPT_OK;
}

/* --- whether it is the same memory */

#define MOST_THREADS 16
#define MOST_MAPPINGS 32
#define MOST_BYTES 4096
#define STACK_BYTES 256 /* of a thread: a few frames */
#define STACK_END 4096  /* of the main stack: AT_RANDOM's bytes, and the environment */
#define DATA_BYTES 64

/* What the debugger reads, beside what we read of MEMORY. Code is never compared: breakpoints are in it. */
struct comparison {
    const struct cpt_debugger *debugger;
    struct cpt_memory *memory;
    size_t same, different;
    uint64_t where; /* the first that differs */
};

static void
compare(struct comparison *comparison, uint64_t address, size_t size)
{
    const struct cpt_debugger *debugger = comparison->debugger;
    uint8_t theirs[MOST_BYTES], ours[MOST_BYTES];
    size_t got = debugger->read(debugger->arg, address, theirs, size);
    size_t got_too = cpt_memory_read_some(comparison->memory, address, ours, size);

    got = got < got_too ? got : got_too;
    if (!got || got > size)
        return;
    if (memcmp(theirs, ours, got) == 0) {
        comparison->same++;
        return;
    }
    if (!comparison->different++)
        comparison->where = address;
}

static bool
is_private_data(const struct cpt_mapping *mapping)
{
    return mapping->readable && mapping->writable && !mapping->executable && !mapping->shared;
}

static void
compare_stacks(struct comparison *comparison)
{
    const struct cpt_debugger *debugger = comparison->debugger;
    size_t step = debugger->thread_count / MOST_THREADS + 1;

    for (size_t i = 0; i < debugger->thread_count; i++) {
        const struct cpt_debugger_thread *thread = &debugger->threads[i];
        struct cpt_task task = {0};
        const struct cpt_mapping *mapping;

        if (!thread->has_registers || (i % step && thread->tid != debugger->selected))
            continue;
        cpt_task_set_registers(&task, thread->registers, sizeof(thread->registers));
        mapping = cpt_memory_mapping(comparison->memory, task.sp);
        if (mapping && mapping->end - task.sp >= STACK_BYTES)
            compare(comparison, task.sp, STACK_BYTES);
    }
}

static void
compare_data(struct comparison *comparison)
{
    const struct cpt_memory *memory = comparison->memory;
    size_t count = 0, step, at = 0;

    for (size_t i = 0; i < memory->mapping_count; i++)
        count += is_private_data(&memory->mappings[i]);
    step = count / MOST_MAPPINGS + 1;
    for (size_t i = 0; i < memory->mapping_count; i++) {
        const struct cpt_mapping *mapping = &memory->mappings[i];

        if (!is_private_data(mapping))
            continue;
        if (mapping->path && strcmp(mapping->path, "[stack]") == 0)
            compare(comparison, mapping->end - STACK_END, STACK_END);
        else if (at++ % step == 0)
            compare(comparison, mapping->start, DATA_BYTES);
    }
}

static const struct cpt_task *
find_task(const struct cpt_memory *memory, int32_t tid)
{
    for (size_t i = 0; i < memory->task_count; i++) {
        if (memory->tasks[i].tid == tid)
            return &memory->tasks[i];
    }
    return NULL;
}

/* Whether the threads that the debugger tells of are MEMORY's: some at least of a core, whose threads a debugger may
   not tell all, and with the same registers, if both have them. */
static bool
has_same_threads(const struct cpt_debugger *debugger, const struct cpt_memory *memory)
{
    size_t known = 0;

    for (size_t i = 0; i < debugger->thread_count; i++) {
        const struct cpt_debugger_thread *thread = &debugger->threads[i];
        const struct cpt_task *task = find_task(memory, thread->tid);
        struct cpt_task told = {0};

        if (!task && memory->kind == CPT_MEMORY_PROCESS)
            return false;
        if (!task)
            continue;
        known++;
        cpt_task_set_registers(&told, thread->registers, thread->has_registers ? sizeof(thread->registers) : 0);
        if (told.has_registers && task->has_registers && (told.sp != task->sp || told.pc != task->pc))
            return false;
    }
    return known || !debugger->thread_count || !memory->task_count;
}

/* Writes into WHY what is not the same; false: all that was compared is, and that was something. */
static bool
differs(const struct cpt_debugger *debugger, struct cpt_memory *memory, char *why, size_t size)
{
    struct comparison comparison = {.debugger = debugger, .memory = memory};

    if (!has_same_threads(debugger, memory)) {
        snprintf(why, size, "the threads are other ones");
        return true;
    }
    compare_stacks(&comparison);
    compare_data(&comparison);
    if (comparison.different)
        snprintf(why, size, "what %s reads at 0x%" PRIx64 " is something else", debugger->name, comparison.where);
    else if (!comparison.same)
        snprintf(why, size, "there is nothing to compare");
    return comparison.different || !comparison.same;
}

/* --- a process */

static bool
same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Whether the mappings that a server tells of are those of the process with that id here. */
static bool
has_same_mappings(const struct cpt_debugger *debugger, const struct cpt_memory *memory)
{
    struct cpt_mapping_list list = {0};
    char *text = debugger->maps ? strdup(debugger->maps) : NULL;
    bool same = text && !cpt_maps_parse(&list, text, strlen(text), NULL) && list.count == memory->mapping_count;

    for (size_t i = 0; same && i < list.count; i++)
        same = list.items[i].start == memory->mappings[i].start && list.items[i].end == memory->mappings[i].end &&
               same_text(list.items[i].path, memory->mappings[i].path);
    cpt_vec_free(&list);
    free(text);
    return same;
}

/* Whether PROCESS, of this machine, is what the debugger has. On a server's word alone it may be another one of the
   same id, or a fork of it, which runs. */
static bool
is_theirs(const struct cpt_debugger *debugger, struct cpt_process *process, char *why, size_t size)
{
    struct cpt_memory *memory = cpt_process_memory(process);

    if (debugger->remote && !has_same_mappings(debugger, memory)) {
        snprintf(why, size, "its mappings are not those of process %d here", (int)debugger->pid);
        return false;
    }
    if (debugger->remote && !cpt_process_tracer(process)) {
        snprintf(why, size, "process %d here is held by nobody", (int)debugger->pid);
        return false;
    }
    return !differs(debugger, memory, why, size);
}

/* The process itself. CPT_ABSENT: it is none of this machine, or not the debugger's. */
static cpt_status
open_process(struct cpt_target *target, const struct cpt_debugger *debugger, const struct cpt_task *tasks,
             struct cpt_error *error)
{
    struct cpt_process *process;
    char why[256];
    cpt_status status = cpt_process_open(&process, debugger->pid, target->log, error);

    if (status)
        return status;
    if (!is_theirs(debugger, process, why, sizeof(why)))
        status = cpt_error_set(error, CPT_ABSENT, "%s", why);
    if (!status)
        status = cpt_process_adopt(process, tasks, debugger->thread_count, error);
    if (status) {
        cpt_process_close(process);
        return status;
    }
    target->process = process;
    target->memory = cpt_process_memory(process);
    return CPT_OK;
}

/* The mappings of a process of this machine, which /proc may tell although its memory is not to be read: the caller's
   to free. NULL: it does not. */
static char *
read_maps(const struct cpt_debugger *debugger)
{
    char path[32], *text = NULL;
    size_t size;
    int directory;

    if (debugger->target != CPT_DEBUGGER_PROCESS || debugger->remote)
        return NULL;
    snprintf(path, sizeof(path), "/proc/%d", (int)debugger->pid);
    directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory >= 0 && cpt_proc_slurp(directory, "maps", &text, &size))
        text = NULL;
    if (directory >= 0)
        close(directory);
    return text;
}

/* Through the debugger, after what is better failed with *ERROR: that stays where this does not do either. */
static cpt_status
open_callback(struct cpt_target *target, const struct cpt_debugger *debugger, const struct cpt_task *tasks,
              struct cpt_error *error)
{
    char *maps = debugger->maps ? NULL : read_maps(debugger);
    struct cpt_callback_source source = {
        .read = debugger->read,
        .arg = debugger->arg,
        .pid = debugger->pid,
        .maps = maps ? maps : debugger->maps,
        .tasks = tasks,
        .task_count = debugger->thread_count,
    };
    struct cpt_error ignored;
    cpt_status status = cpt_callback_open(&target->callback, &source, &ignored);

    free(maps);
    if (status == CPT_NOMEM)
        *error = ignored;
    if (status)
        return error->status;
    cpt_log_printf(target->log, CPT_LOG_VERBOSE, "reading through %s: %s", debugger->name, error->what);
    target->memory = cpt_callback_memory(target->callback);
    return CPT_OK;
}

static cpt_status
open_any_process(struct cpt_target *target, const struct cpt_debugger *debugger, const struct cpt_task *tasks,
                 struct cpt_error *error)
{
    cpt_status status = open_process(target, debugger, tasks, error);

    if (!status || status == CPT_NOMEM)
        return status;
    status = open_callback(target, debugger, tasks, error);
    if (status == CPT_ABSENT || (status && debugger->remote))
        return cpt_error_set(error, CPT_ABSENT,
                             "process %d can only be read through %s, which does not tell what is mapped where",
                             (int)debugger->pid, debugger->name);
    return status;
}

/* --- a core */

static cpt_status
open_core(struct cpt_target *target, const struct cpt_debugger *debugger, const struct cpt_target_host *host,
          struct cpt_error *error)
{
    struct cpt_core_source source = {.path = debugger->core, .fd = -1, .log = host->log, .progress = host->progress};
    struct cpt_core *core;
    char why[256];
    cpt_status status;

    if (!debugger->core)
        return cpt_error_set(error, CPT_ABSENT, "%s does not tell where its core is", debugger->name);
    status = cpt_core_open_source(&core, &source, error);
    if (status)
        return status;
    if (differs(debugger, cpt_core_memory(core), why, sizeof(why))) {
        cpt_core_close(core);
        return cpt_error_set(error, CPT_ABSENT, "%s is not the core that %s has open: %s", debugger->core,
                             debugger->name, why);
    }
    target->core = core;
    target->path = debugger->core;
    target->memory = cpt_core_memory(core);
    return CPT_OK;
}

static cpt_status
open_any_core(struct cpt_target *target, const struct cpt_debugger *debugger, const struct cpt_task *tasks,
              const struct cpt_target_host *host, struct cpt_error *error)
{
    cpt_status status = open_core(target, debugger, host, error);

    if (!status || status == CPT_NOMEM || !debugger->maps)
        return status;
    return open_callback(target, debugger, tasks, error);
}

cpt_status
cpt_debugger_open(struct cpt_target *target, const struct cpt_target_host *host, struct cpt_error *error)
{
    const struct cpt_debugger *debugger = host->debugger;
    struct cpt_task *tasks;
    cpt_status status = make_tasks(debugger, &tasks, error);

    if (!status && debugger->target == CPT_DEBUGGER_CORE)
        status = open_any_core(target, debugger, tasks, host, error);
    else if (!status)
        status = open_any_process(target, debugger, tasks, error);
    free(tasks);
    return status;
}

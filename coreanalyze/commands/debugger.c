#include "coreanalyze/commands/debugger.h"

#include "coreanalyze/commands/command.h"
#include "coreanalyze/memory/registers.h"

#include <stdlib.h>
#include <string.h>

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

static cpt_status
open_process(struct cpt_target *target, const struct cpt_debugger *debugger, const struct cpt_task *tasks,
             struct cpt_error *error)
{
    cpt_status status = cpt_process_open(&target->process, debugger->pid, target->log, error);

    if (status)
        return status;
    target->memory = cpt_process_memory(target->process);
    return cpt_process_adopt(target->process, tasks, debugger->thread_count, error);
}

cpt_status
cpt_debugger_open(struct cpt_target *target, const struct cpt_options *options, const struct cpt_target_host *host,
                  struct cpt_error *error)
{
    const struct cpt_debugger *debugger = host->debugger;
    struct cpt_task *tasks;
    cpt_status status = make_tasks(debugger, &tasks, error);

    if (!status && options->core) {
        struct cpt_core_source source = {.path = options->core, .fd = -1, .log = host->log, .progress = host->progress};

        status = cpt_core_open_source(&target->core, &source, error);
        if (!status)
            target->memory = cpt_core_memory(target->core);
        target->path = options->core;
    } else if (!status) {
        status = open_process(target, debugger, tasks, error);
    }
    free(tasks);
    return status;
}

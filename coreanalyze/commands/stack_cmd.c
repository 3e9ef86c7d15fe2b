#include "coreanalyze/commands/command.h"
#include "coreanalyze/commands/native.h"
#include "coreanalyze/commands/stack.h"
#include "coreanalyze/memory/stackcopy.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

/* Does it all once, for the pages that it takes: what a running process says meanwhile is thrown away. */
static void
rehearse(struct cpt_target *target, const struct cpt_stack_query *query)
{
    struct cpt_holes ignored = {0};
    struct cpt_stack_query practice = *query;
    struct cpt_stack_work work;
    struct cpt_stack stack;
    struct cpt_error error;

    practice.holes = &ignored;
    if (!cpt_stack_prepare(&work, &practice, &stack, &error)) {
        /* Anew: what was only looked up is not needed again. */
        cpt_process_rehearse(target->process);
        if (cpt_stack_take(&work, &error))
            cpt_log_printf(target->log, CPT_LOG_DEBUG, "rehearsal: %s", error.what);
        cpt_stack_finish(&work);
    }
    cpt_stack_free(&stack);
    cpt_holes_free(&ignored);
}

/* A live process stands still from cpt_target_hold to cpt_target_release, and everything that does not need it to is
   done before or after. */
static cpt_status
read_once(struct cpt_target *target, const struct cpt_options *options,
          const struct cpt_stack_query *query, struct cpt_stackcopy *copy, struct cpt_stack *stack,
          struct cpt_error *error)
{
    bool holds = target->process && !options->no_pause;
    struct cpt_stack_work work;
    cpt_status status;

    if (holds)
        cpt_process_rehearse(target->process);
    status = cpt_stack_prepare(&work, query, stack, error);
    if (status)
        return status;
    if (holds)
        rehearse(target, query);
    else if (target->process) /* without registers, ids in the target's own PID namespace match threads */
        cpt_process_name_tasks(target->process);
    status = cpt_target_hold(target, options, error);
    if (!status)
        status = cpt_stack_take(&work, error);
    if (!status && copy)
        status = cpt_stackcopy_take(copy, options->thread, error);
    status = cpt_target_release(target, status, error);
    if (target->process && !status && cpt_stack_lacks_names(stack))
        cpt_process_name_tasks(target->process);
    cpt_stack_finish(&work);
    return status;
}

static bool
is_doubtful(const struct cpt_stack *stack)
{
    for (size_t i = 0; i < stack->thread_count; i++) {
        if (!stack->threads[i].frames_complete || stack->threads[i].suspect)
            return true;
    }
    return false;
}

/* A thread can be caught in one of the few instructions in which its own frames are being linked. That has passed when
   it is looked at again; what is really damaged stays so. */
#define HOLD_TRIES 5

static cpt_status
read_stacks(struct cpt_target *target, const struct cpt_options *options, struct cpt_stackcopy *copy,
            struct cpt_stack *stack, struct cpt_error *error)
{
    const struct timespec a_moment = {.tv_nsec = 300000};
    struct cpt_stack_query query = {
        .memory = target->memory,
        .layout = &target->found.layout,
        .runtime = target->found.runtime,
        .holes = &target->holes,
        .only_thread = options->thread,
        .locals = options->locals,
        .repr_limit = options->repr_limit,
        .depth = options->depth,
        .native = options->native,
        .moving = target->process && options->no_pause,
    };
    struct cpt_holes mark = target->holes;
    bool runs_on = target->process && !target->debugger;
    cpt_status status;

    if (target->core)
        query.crashed_thread = cpt_core_info(target->core)->signal.thread;
    status = read_once(target, options, &query, copy, stack, error);
    for (int tries = 1; tries < HOLD_TRIES && !status && runs_on && is_doubtful(stack); tries++) {
        cpt_stack_free(stack);
        cpt_holes_rewind(&target->holes, &mark);
        nanosleep(&a_moment, NULL);
        status = read_once(target, options, &query, copy, stack, error);
    }
    return status;
}

/* The native stacks: out of COPY, or of the target itself, which stands still. */
static cpt_status
add_native(struct cpt_target *target, const struct cpt_options *options, struct cpt_stackcopy *copy,
           struct cpt_stack *stack, struct cpt_error *error)
{
    cpt_status status;

    if (copy)
        return cpt_native_add(target, options, cpt_stackcopy_memory(copy), stack, error);
    status = cpt_target_hold(target, options, error);
    if (!status)
        status = cpt_native_add(target, options, target->memory, stack, error);
    return cpt_target_release(target, status, error);
}

cpt_status
cpt_target_stacks(struct cpt_target *target, const struct cpt_options *options, struct cpt_stack *stack,
                  struct cpt_error *error)
{
    struct cpt_stackcopy *copy = NULL;
    cpt_status status = CPT_OK;

    memset(stack, 0, sizeof(*stack));
    /* A debugger goes on to hold the process. */
    if (options->native && target->process && !target->debugger)
        status = cpt_stackcopy_open(&copy, target->memory, error);
    if (!status)
        status = read_stacks(target, options, copy, stack, error);
    if (!status && copy)
        cpt_log_printf(target->log, CPT_LOG_VERBOSE, "copied %" PRIu64 " bytes of stacks", cpt_stackcopy_size(copy));
    if (!status && options->native)
        status = add_native(target, options, copy, stack, error);
    cpt_stackcopy_close(copy);
    return status;
}

cpt_status
cpt_command_stack(struct cpt_target *target, const struct cpt_options *options,
                  const struct cpt_text_options *text, struct cpt_buffer *out,
                  struct cpt_error *error)
{
    struct cpt_text_options with_sources = *text;
    struct cpt_envelope envelope;
    struct cpt_stack stack;
    cpt_status status = cpt_target_stacks(target, options, &stack, error);

    if (!status) {
        cpt_target_note_files(target);
        cpt_target_envelope(target, "stack", &envelope);
        if (options->json) {
            cpt_stack_write_json(out, &envelope, &stack);
        } else {
            cpt_target_sources(target, options, &with_sources.source);
            with_sources.all_native = options->verbosity > 0;
            cpt_stack_write_text(out, &envelope, &stack, &with_sources);
        }
    }
    cpt_stack_free(&stack);
    return status;
}

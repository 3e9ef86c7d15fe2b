#include "coreanalyze/commands/command.h"

/* Does it once for the pages that it takes, so that the process is held for a shorter time. */
static void
rehearse(struct cpt_target *target, const struct cpt_object_query *query)
{
    struct cpt_holes ignored = {0};
    struct cpt_object_query practice = *query;
    struct cpt_object_answer answer;
    struct cpt_error error;

    practice.holes = &ignored;
    cpt_process_rehearse(target->process);
    if (cpt_object_take(&answer, &practice, &error))
        cpt_log_printf(target->log, CPT_LOG_DEBUG, "rehearsal: %s", error.what);
    cpt_object_free(&answer);
    cpt_holes_free(&ignored);
}

static cpt_status
read_object(struct cpt_target *target, const struct cpt_options *options, struct cpt_object_answer *answer,
            struct cpt_error *error)
{
    struct cpt_object_query query = {
        .memory = target->memory,
        .layout = &target->found.layout,
        .runtime = target->found.runtime,
        .holes = &target->holes,
        .address = options->address,
        .repr_limit = options->repr_limit,
        .depth = options->depth,
        .limit = options->limit,
    };
    cpt_status status;

    if (target->process && !options->no_pause)
        rehearse(target, &query);
    status = cpt_target_hold(target, options, error);
    if (!status)
        status = cpt_object_take(answer, &query, error);
    return cpt_target_release(target, status, error);
}

cpt_status
cpt_command_object(struct cpt_target *target, const struct cpt_options *options,
                   const struct cpt_text_options *text, struct cpt_buffer *out, struct cpt_error *error)
{
    struct cpt_object_answer answer = {0};
    struct cpt_envelope envelope;
    cpt_status status = read_object(target, options, &answer, error);

    if (!status) {
        cpt_target_note_files(target);
        cpt_target_envelope(target, "object", &envelope);
        if (options->json)
            cpt_object_write_json(out, &envelope, &answer);
        else
            cpt_object_write_text(out, &envelope, &answer, text);
    } else if (status == CPT_CORRUPT || status == CPT_FAULT) {
        cpt_error_hint(error, "give the address of an object, as id() or a repr tells it");
    }
    cpt_object_free(&answer);
    return status;
}

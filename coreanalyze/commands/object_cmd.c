#include "coreanalyze/commands/command.h"

#include <inttypes.h>
#include <string.h>

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

/* How often an object of a process that runs on is read until two readings in a row agree. */
#define STEADY_TRIES 4

static bool
same_values(const struct cpt_object_answer *a, const struct cpt_object_answer *b)
{
    struct cpt_holes none = {0};
    const struct cpt_envelope envelope = {.command = "object", .holes = &none};
    struct cpt_buffer first = {0}, second = {0};
    bool same;

    cpt_object_write_json(&first, &envelope, a);
    cpt_object_write_json(&second, &envelope, b);
    same = first.size == second.size && memcmp(first.data, second.data, first.size) == 0;
    cpt_buffer_free(&first);
    cpt_buffer_free(&second);
    return same;
}

/* The same without a hold. What two readings have in common was most likely so at one moment. */
static cpt_status
take_moving(struct cpt_target *target, const struct cpt_object_query *query, struct cpt_object_answer *answer,
            struct cpt_error *error)
{
    struct cpt_holes mark = target->holes;
    struct cpt_object_answer before;
    cpt_status status = cpt_object_take(answer, query, error);

    for (int tries = 0; !status && tries < STEADY_TRIES; tries++) {
        bool same;

        before = *answer;
        cpt_holes_rewind(&target->holes, &mark);
        status = cpt_object_take(answer, query, error);
        same = !status && same_values(&before, answer);
        cpt_object_free(&before);
        if (same)
            return CPT_OK;
    }
    if (!status)
        cpt_holes_add(&target->holes, "moving", query->address,
                      "the object at 0x%" PRIx64 " changed while it was read: what is shown may be torn", query->address);
    return status;
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
        status = target->process && options->no_pause ? take_moving(target, &query, answer, error)
                                                      : cpt_object_take(answer, &query, error);
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

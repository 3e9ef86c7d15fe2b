#include "coreanalyze/commands/command.h"
#include "coreanalyze/commands/heap.h"

#define DEFAULT_RETAINERS 5

cpt_status
cpt_command_leaks(struct cpt_target *target, const struct cpt_options *options, const struct cpt_text_options *text,
                  struct cpt_buffer *out, struct cpt_error *error)
{
    struct cpt_envelope envelope;
    struct cpt_leaks leaks;
    struct cpt_walk walk;
    cpt_status status = cpt_walk_begin(&walk, target, options, error);

    if (!status)
        status = cpt_leaks_take(&leaks, &walk.heap, options->top ? options->top : DEFAULT_RETAINERS, target->progress,
                                error);
    cpt_progress_end(target->progress);
    if (!status) {
        leaks.has_threads_running = target->process && options->no_pause;
        target->found_leaks = cpt_leaks_any(&leaks);
        cpt_target_note_files(target);
        cpt_target_envelope(target, "leaks", &envelope);
        if (options->json)
            cpt_leaks_write_json(out, &envelope, &leaks, options->top);
        else
            cpt_leaks_write_text(out, &envelope, &leaks, options->top, text);
    }
    cpt_walk_finish(&walk);
    return status;
}

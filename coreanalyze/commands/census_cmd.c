#include "coreanalyze/commands/command.h"
#include "coreanalyze/commands/heap.h"

cpt_status
cpt_command_census(struct cpt_target *target, const struct cpt_options *options, const struct cpt_text_options *text,
                   struct cpt_buffer *out, struct cpt_error *error)
{
    struct cpt_envelope envelope;
    struct cpt_census census;
    struct cpt_walk walk;
    cpt_status status = cpt_walk_begin(&walk, target, options, error);

    if (!status)
        status = cpt_census_take(&census, &walk.heap, options->by, error);
    if (!status) {
        cpt_target_note_files(target);
        cpt_target_envelope(target, "census", &envelope);
        if (options->json)
            cpt_census_write_json(out, &envelope, &census, options->top);
        else
            cpt_census_write_text(out, &envelope, &census, options->top, text);
    }
    cpt_walk_finish(&walk);
    return status;
}

#include "coreanalyze/commands/command.h"
#include "coreanalyze/commands/heap.h"

cpt_status
cpt_command_refs(struct cpt_target *target, const struct cpt_options *options, const struct cpt_text_options *text,
                 struct cpt_buffer *out, struct cpt_error *error)
{
    struct cpt_envelope envelope;
    struct cpt_refs refs;
    struct cpt_walk walk;
    cpt_status status = cpt_walk_begin(&walk, target, options, error);

    if (!status)
        status = cpt_refs_take(&refs, &walk.heap, options->address, options->to, options->limit, target->progress,
                               error);
    cpt_progress_end(target->progress);
    if (!status) {
        cpt_target_note_files(target);
        cpt_target_envelope(target, "refs", &envelope);
        if (options->json)
            cpt_refs_write_json(out, &envelope, &refs, options->to);
        else
            cpt_refs_write_text(out, &envelope, &refs, options->to, text);
    } else if (status == CPT_CORRUPT || status == CPT_FAULT) {
        cpt_error_hint(error, "give the address of an object, as id() or a repr tells it");
    }
    cpt_walk_finish(&walk);
    return status;
}

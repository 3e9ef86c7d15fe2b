#include "coreanalyze/commands/command.h"
#include "coreanalyze/commands/heap.h"

cpt_status
cpt_command_path(struct cpt_target *target, const struct cpt_options *options, const struct cpt_text_options *text,
                 struct cpt_buffer *out, struct cpt_error *error)
{
    struct cpt_envelope envelope;
    struct cpt_path path;
    struct cpt_walk walk;
    cpt_status status = cpt_walk_begin(&walk, target, options, error);

    if (!status)
        status = cpt_path_take(&path, &walk.heap, options->address, target->progress, error);
    cpt_progress_end(target->progress);
    if (!status) {
        cpt_target_note_files(target);
        cpt_target_envelope(target, "path", &envelope);
        if (options->json)
            cpt_path_write_json(out, &envelope, &path);
        else
            cpt_path_write_text(out, &envelope, &path, text);
    } else if (status == CPT_CORRUPT || status == CPT_FAULT) {
        cpt_error_hint(error, "give the address of an object, as id() or a repr tells it");
    }
    cpt_walk_finish(&walk);
    return status;
}

#include "coreanalyze/commands/command.h"
#include "coreanalyze/commands/heap.h"

cpt_status
cpt_command_memory(struct cpt_target *target, const struct cpt_options *options, const struct cpt_text_options *text,
                   struct cpt_buffer *out, struct cpt_error *error)
{
    struct cpt_envelope envelope;
    struct cpt_ledger ledger;
    struct cpt_walk walk;
    cpt_status status = cpt_walk_begin(&walk, target, options, error);

    if (!status)
        status = cpt_ledger_take(&ledger, &walk.heap, error);
    if (!status) {
        cpt_target_note_files(target);
        cpt_target_envelope(target, "memory", &envelope);
        if (options->json)
            cpt_memory_write_json(out, &envelope, &ledger);
        else
            cpt_memory_write_text(out, &envelope, &ledger, text);
    }
    cpt_walk_finish(&walk);
    return status;
}

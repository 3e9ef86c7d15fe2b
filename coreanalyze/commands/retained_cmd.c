#include "coreanalyze/commands/command.h"
#include "coreanalyze/commands/graph.h"
#include "coreanalyze/commands/heap.h"

#include <string.h>

#define DEFAULT_TOP 20
#define DEFAULT_ALL 100 /* in JSON, links to one another among them */

cpt_status
cpt_command_retained(struct cpt_target *target, const struct cpt_options *options, const struct cpt_text_options *text,
                     struct cpt_buffer *out, struct cpt_error *error)
{
    struct cpt_envelope envelope;
    struct cpt_retained retained;
    struct cpt_wiring wiring;
    struct cpt_walk walk;
    size_t wanted = options->top ? options->top : options->json ? DEFAULT_ALL : DEFAULT_TOP;
    cpt_status status = cpt_walk_begin(&walk, target, options, error);

    memset(&wiring, 0, sizeof(wiring));
    if (!status)
        status = cpt_wiring_begin(&wiring, &walk.heap, target->progress, error);
    if (!status)
        status = cpt_retained_take(&retained, &wiring.graph, &wiring.roots,
                                   options->json ? CPT_RETAINED_ALL : CPT_RETAINED_NAMED, wanted, target->progress,
                                   error);
    cpt_progress_end(target->progress);
    if (!status) {
        cpt_target_note_files(target);
        cpt_target_envelope(target, "retained", &envelope);
        if (options->json)
            cpt_retained_write_json(out, &envelope, &retained);
        else
            cpt_retained_write_text(out, &envelope, &retained, text);
    }
    cpt_wiring_finish(&wiring);
    cpt_walk_finish(&walk);
    return status;
}

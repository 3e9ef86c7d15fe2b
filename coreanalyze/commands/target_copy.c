#include "coreanalyze/commands/target.h"

#include <inttypes.h>

static cpt_status
take(struct cpt_target *target, const struct cpt_options *options, struct cpt_snapshot *snapshot,
     struct cpt_error *error)
{
    cpt_status status = cpt_target_hold(target, options, error);

    if (status)
        return status;
    status = cpt_snapshot_take(snapshot, &target->holes, error);
    return cpt_target_release(target, status, error);
}

cpt_status
cpt_target_snapshot(struct cpt_target *target, const struct cpt_options *options, struct cpt_snapshot **snapshot,
                    struct cpt_memory **memory, struct cpt_error *error)
{
    cpt_status status;

    *snapshot = NULL;
    *memory = target->memory;
    if (target->callback)
        return cpt_callback_copy(target->callback, target->progress, &target->holes, error);
    if (!target->process)
        return CPT_OK;
    status = cpt_snapshot_open(snapshot, target->process, target->progress, error);
    if (!status)
        status = take(target, options, *snapshot, error);
    if (status) {
        cpt_snapshot_close(*snapshot);
        *snapshot = NULL;
        return status;
    }
    *memory = cpt_snapshot_memory(*snapshot);
    if (options->no_pause)
        cpt_holes_note(&target->holes, "moving",
                       "the process ran on while its memory was copied: counts may be torn");
    cpt_log_printf(target->log, CPT_LOG_VERBOSE, "copied %" PRIu64 " bytes of memory", cpt_snapshot_bytes(*snapshot));
    return CPT_OK;
}

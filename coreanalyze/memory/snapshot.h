/* A copy of a live process's writable memory: what a walk over its heap reads, so that the process is held for the
 * copying alone.
 *
 * What is not in the copy (code, constants, untouched pages of files) is read from the process itself, where it does not
 * change. Pages that the process never touched are not touched by us either: they read as zeros.
 */
#ifndef CPT_MEMORY_SNAPSHOT_H
#define CPT_MEMORY_SNAPSHOT_H

#include "coreanalyze/base/progress.h"
#include "coreanalyze/memory/process.h"

struct cpt_snapshot;

/* Makes room for a copy of PROCESS, which runs on meanwhile: the room is made before the hold, so that the hold is
   short. PROCESS has to outlive it. CPT_NOMEM, CPT_LIMIT: the copy needs more memory than the machine has left (what to do
   instead is the hint); CPT_PERMISSION, CPT_GONE, CPT_IO. */
CPT_MUST_USE cpt_status cpt_snapshot_open(struct cpt_snapshot **snapshot, struct cpt_process *process,
                                          struct cpt_progress *progress, struct cpt_error *error);

/* Copies, by two threads where there are processors for them. To be called while PROCESS is held, or not: then the copy
   may be torn. What cannot be read becomes a hole. The mappings are those of now. */
CPT_MUST_USE cpt_status cpt_snapshot_take(struct cpt_snapshot *snapshot, struct cpt_holes *holes, struct cpt_error *error);

/* The source, with pieces and runs (resident pages of private mappings); valid after cpt_snapshot_take, until close. */
struct cpt_memory *cpt_snapshot_memory(struct cpt_snapshot *snapshot);

/* Bytes that were copied. */
uint64_t cpt_snapshot_bytes(const struct cpt_snapshot *snapshot);

/* NULL is fine. */
void cpt_snapshot_close(struct cpt_snapshot *snapshot);

#endif

/* Copying parts of a process's memory in few and large calls, by several threads. */
#ifndef CPT_MEMORY_COPYPARTS_H
#define CPT_MEMORY_COPYPARTS_H

#include "coreanalyze/memory/pieces.h"
#include "coreanalyze/memory/remote.h"
#include "coreanalyze/memory/survey.h"

struct cpt_copied {
    uint64_t bytes;          /* that were copied */
    struct cpt_run_list bad; /* pages that could not be read; freed by the caller */
    bool gone;               /* the process ended: less than all was copied */
    bool no_memory;          /* BAD is not complete */
};

/* Copies PARTS to where PIECES (settled, and with a place for each part) say that their bytes are; fewer where PROGRESS
   (or NULL) is cancelled. */
void cpt_copy_parts(struct cpt_copied *copied, const struct cpt_remote *remote, const struct cpt_run_list *parts,
                    const struct cpt_pieces *pieces, struct cpt_progress *progress);

#endif

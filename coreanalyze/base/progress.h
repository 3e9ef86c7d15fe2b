/* How far a long piece of work is, for a terminal. The library prints nothing: it hands lines over. */
#ifndef CPT_BASE_PROGRESS_H
#define CPT_BASE_PROGRESS_H

#include "coreanalyze/base/error.h"

#include <stdbool.h>

/* Belongs to the caller, who sets the first two and leaves the rest to these functions. */
struct cpt_progress {
    /* LINE takes the place of the one shown before; NULL: the work is over, nothing is shown any more. */
    void (*show)(void *arg, const char *line);
    void *arg;
    char what[256];
    uint64_t next; /* when the next line is due, in nanoseconds of the monotonic clock */
    bool shown;
};

/* One piece of work begins, called "decompressing …". Nothing is shown for its first second.
   PROGRESS may be NULL, here and below: then nothing is ever shown. */
void cpt_progress_begin(struct cpt_progress *progress, const char *format, ...) CPT_PRINTF(2, 3);

/* DONE of TOTAL bytes, or of whatever counts; TOTAL 0: how many there are is not known, and DONE
   is shown as bytes. To be called as often as is at hand, at best some thousand times a second. */
void cpt_progress_update(struct cpt_progress *progress, uint64_t done, uint64_t total);

/* It is over, or has failed. May be called without a beginning. */
void cpt_progress_end(struct cpt_progress *progress);

#endif

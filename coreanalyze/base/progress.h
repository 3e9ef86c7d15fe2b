/* How far a long piece of work is, for a terminal, and whether anybody still waits for it. The library prints nothing:
   it hands lines over, and asks. */
#ifndef CPT_BASE_PROGRESS_H
#define CPT_BASE_PROGRESS_H

#include "coreanalyze/base/error.h"

#include <stdbool.h>

/* Belongs to the caller, who sets the first three and leaves the rest to these functions. */
struct cpt_progress {
    /* LINE takes the place of the one shown before; NULL: the work is over, nothing is shown any more. NULL itself:
       nothing is ever shown. */
    void (*show)(void *arg, const char *line);
    /* Whether the work is to be given up. Any thread may call it. NULL: it never is. */
    bool (*cancelled)(void *arg);
    void *arg;
    char what[256];
    uint64_t next; /* when the next line is due, in nanoseconds of the monotonic clock */
    bool shown;
    bool is_cancelled; /* it was said once, and so for ever; atomic */
};

/* One piece of work begins, called "decompressing …". Nothing is shown for its first second.
   PROGRESS may be NULL, here and below: then nothing is ever shown. */
void cpt_progress_begin(struct cpt_progress *progress, const char *format, ...) CPT_PRINTF(2, 3);

/* DONE of TOTAL bytes, or of whatever counts; TOTAL 0: how many there are is not known, and DONE
   is shown as bytes. To be called as often as is at hand, at best some thousand times a second. */
void cpt_progress_update(struct cpt_progress *progress, uint64_t done, uint64_t total);

/* It is over, or has failed. May be called without a beginning. */
void cpt_progress_end(struct cpt_progress *progress);

/* Whether it is to be given up: whoever works on it ends as soon as can be, with CPT_CANCELLED where there is a status.
   Any thread may ask. */
bool cpt_progress_ask(struct cpt_progress *progress);

static inline bool
cpt_progress_is_cancelled(struct cpt_progress *progress)
{
    return progress && progress->cancelled && cpt_progress_ask(progress);
}

/* The same, for the STEP-th of many small steps: most of them do not ask. */
static inline bool
cpt_progress_stops(struct cpt_progress *progress, uint64_t step)
{
    return !(step & 0x1fff) && cpt_progress_is_cancelled(progress);
}

/* The same, as a status: CPT_OK or CPT_CANCELLED. */
CPT_MUST_USE cpt_status cpt_progress_check(struct cpt_progress *progress, struct cpt_error *error);

#endif

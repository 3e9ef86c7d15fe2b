/* What a thread's status is called. */
#ifndef CPT_OUTPUT_STATUS_WORDS_H
#define CPT_OUTPUT_STATUS_WORDS_H

#include "coreanalyze/analyses/stack.h"

/* In the order of INTERFACE.md, which JSON keeps. */
static const struct {
    unsigned status; /* enum cpt_thread_status */
    const char *word, *text; /* of JSON, and for people */
} cpt_status_words[] = {
    {CPT_THREAD_HOLDS_GIL, "holds-gil", "holds the GIL"},
    {CPT_THREAD_WAITS_FOR_GIL, "waiting-for-gil", "waits for the GIL"},
    {CPT_THREAD_COLLECTS_GARBAGE, "garbage-collecting", "collects garbage"},
    {CPT_THREAD_FINALIZING, "finalizing", "finalizes the interpreter"},
    {CPT_THREAD_IDLE, "idle", "idle"},
    {CPT_THREAD_CRASHED, "crashed", "crashed"},
};

#define CPT_STATUS_WORDS (sizeof(cpt_status_words) / sizeof(cpt_status_words[0]))

#endif

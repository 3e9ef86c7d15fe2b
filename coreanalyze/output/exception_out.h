/* Exceptions as Python prints them, and as JSON. */
#ifndef CPT_OUTPUT_EXCEPTION_OUT_H
#define CPT_OUTPUT_EXCEPTION_OUT_H

#include "coreanalyze/analyses/exception.h"
#include "coreanalyze/output/json.h"

struct cpt_exception_text {
    struct cpt_buffer *out;
    bool color;
    /* Writes a traceback's COUNT frames, innermost first in FRAMES, into OUT. */
    void (*frames)(void *arg, struct cpt_buffer *out, const struct cpt_frame *frames, size_t count);
    void *arg;
};

/* A heading that says in what state it is, and the chained traceback, indented. Nothing where there is none. */
void cpt_exception_write_text(const struct cpt_exception_text *text, const struct cpt_thread_exception *exception);

/* The member "exception" of a thread; FRAME writes one frame of a traceback. */
void cpt_exception_write_json(struct cpt_json *json, const struct cpt_thread_exception *exception,
                              void (*frame)(struct cpt_json *json, const struct cpt_frame *frame));

#endif

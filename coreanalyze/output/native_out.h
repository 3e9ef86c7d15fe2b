/* Native frames as text, between those of Python, and as JSON. */
#ifndef CPT_OUTPUT_NATIVE_OUT_H
#define CPT_OUTPUT_NATIVE_OUT_H

#include "coreanalyze/analyses/stack.h"
#include "coreanalyze/output/json.h"

/* The member "native_frames" of THREAD. */
void cpt_native_write_json(struct cpt_json *json, const struct cpt_stack_thread *thread);

/* The member "native_threads". */
void cpt_native_threads_write_json(struct cpt_json *json, const struct cpt_stack *stack);

/* How stacks are written. */
struct cpt_native_text {
    struct cpt_buffer *out;
    bool color;
    bool all; /* frames of the evaluation loop too, beside the Python frames they run */
    void (*write_python)(void *arg, const struct cpt_frame *frame);
    void (*write_repeated)(void *arg, size_t period, size_t times);
    void *arg;
};

/* THREAD's native frames, with the Python frames they run in their places; where the two are not merged, native frames
   alone. The most recent call last. */
void cpt_native_write_text(const struct cpt_native_text *text, const struct cpt_stack_thread *thread);

#endif

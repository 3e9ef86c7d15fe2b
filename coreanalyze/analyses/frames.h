/* The Python frames of one thread, numbered as a debugger's user walks along them. */
#ifndef CPT_ANALYSES_FRAMES_H
#define CPT_ANALYSES_FRAMES_H

#include "coreanalyze/analyses/stack.h"

/* A frame and the thread state that it is of: one thread of the process has several with sub-interpreters. */
struct cpt_frame_entry {
    struct cpt_stack_thread *thread;
    struct cpt_frame *frame;
};

struct cpt_frame_list {
    struct cpt_frame_entry *items; /* innermost first: #0, #1, … */
    size_t count;
    struct cpt_stack_thread **threads; /* the innermost one first */
    size_t thread_count;
    bool complete; /* false: frames are missing at the outer end */
};

/* The frames of all threads of STACK, which are thread states of one and the same thread of the process, in arrays of
   STACK's arena. Which of them are inside of others is known where STACK was taken with query->native. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_frame_list_make(struct cpt_frame_list *list, struct cpt_stack *stack,
                                            struct cpt_error *error);

enum cpt_frame_match {
    CPT_FRAME_MATCHED,
    CPT_FRAME_NO_PYTHON, /* the native frame runs no Python, and none that is older does */
    CPT_FRAME_UNMATCHED, /* it is not on the native stack as it was unwound here, or what runs in it is not known */
};

/* The innermost frame of LIST, as *INDEX, that runs in the native frame with the next instruction at PC and the stack
   pointer SP, or in an older one. LIST's threads have their native stacks. */
enum cpt_frame_match cpt_frame_list_match(const struct cpt_frame_list *list, uint64_t pc, uint64_t sp, size_t *index);

#endif

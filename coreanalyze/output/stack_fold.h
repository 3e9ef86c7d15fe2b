/* What makes long stacks short: recursion, and threads that all do the same. */
#ifndef CPT_OUTPUT_STACK_FOLD_H
#define CPT_OUTPUT_STACK_FOLD_H

#include "coreanalyze/analyses/stack.h"

/* A stretch of recursion. */
struct cpt_stack_run {
    size_t period; /* frames of one turn; 0: no recursion here */
    size_t turns;  /* complete ones */
    size_t shown;  /* of these, to be written out */
};

/* The recursion that begins with the outermost of COUNT frames (the last one: frames are innermost
   first). The same line of the same code is the same frame, as for CPython's traceback. */
struct cpt_stack_run cpt_stack_run_find(const struct cpt_frame *frames, size_t count);

/* The same of any list of COUNT items of which SAME tells whether two are the same, with at most LONGEST items in a
   turn. */
struct cpt_stack_run cpt_stack_run_find_by(bool (*same)(const void *items, size_t a, size_t b),
                                           const void *items, size_t count, size_t longest);

/* How a thread stands to those with the very same frames. */
struct cpt_stack_link {
    size_t next;  /* the next one in the list of threads; 0: none */
    size_t last;  /* of the first one: the last in its chain, itself if alone */
    bool follows; /* is not the first of its chain */
};

/* Fills LINKS, one for each thread. A stack that is cut or crashed stands for itself. False when
   memory is out. */
bool cpt_stack_group(const struct cpt_stack *stack, struct cpt_stack_link *links);

#endif

/* Which Python frames each run of the evaluation loop (_PyEval_EvalFrameDefault) has: to 3.10 one, from 3.11 all from the
   one that C code called to the innermost that Python code called from there. */
#ifndef CPT_DECODE_EVALUATION_H
#define CPT_DECODE_EVALUATION_H

#include "coreanalyze/decode/frame.h"

struct cpt_evaluation {
    size_t first;    /* index of its innermost frame among the decoded ones */
    size_t count;    /* 0: it has just begun, or is about to return */
    uint64_t anchor; /* what lies in the C stack frame of the loop (3.10+); 0: not known */
    bool open;       /* the chain of frames ends without the mark of its beginning */
};

/* Groups the COUNT frames decoded from STACK, of the thread state at TSTATE, into evaluations in the arena, innermost
   first. NULL with *EVALUATION_COUNT 0 when memory is out. */
struct cpt_evaluation *cpt_evaluations_make(struct cpt_decode *decode, uint64_t tstate,
                                            const struct cpt_raw_stack *stack,
                                            const struct cpt_frame *frames, size_t count,
                                            size_t *evaluation_count);

#endif

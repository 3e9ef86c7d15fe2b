/* The whole chain of one thread's frames, also where it was caught in a bad moment or is damaged. */
#ifndef CPT_DECODE_THREADSTACK_H
#define CPT_DECODE_THREADSTACK_H

#include "coreanalyze/decode/frame.h"

/* Walks the frames of the thread state at TSTATE into STACK (emptied first). A gap in the chain that the data stack
   closes becomes a hole. After an error STACK holds the frames before it. Where the links between evaluations contradict
   each other STACK is marked as suspect: the thread was caught while it entered one, or a library such as greenlet
   switches stacks. */
CPT_MUST_USE cpt_status cpt_threadstack_walk(struct cpt_decode *decode, uint64_t tstate,
                                             struct cpt_raw_stack *stack, struct cpt_error *error);

#endif

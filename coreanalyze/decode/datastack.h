/* The data stack of a thread (3.11+): chunks of memory on which its frames lie one upon the other. */
#ifndef CPT_DECODE_DATASTACK_H
#define CPT_DECODE_DATASTACK_H

#include "coreanalyze/decode/frame.h"

/* Where the chain of STACK's frames broke off, finds how it goes on: *CALLER is the frame that lies on the data stack of
   the thread state at TSTATE right below the outermost one of STACK that lies there, or on its top where STACK is empty. From 3.12 on a chain leads through
   frames on the C stack wherever C code called Python; frames of generators lie in their objects and are not found
   so. *CALLER is 0 when that frame is the lowest of all. CPT_ABSENT: none of STACK lies there, or the layout does not
   tell; CPT_CORRUPT: the frames do not lie one upon the other. */
CPT_MUST_USE cpt_status cpt_datastack_resume(struct cpt_decode *decode, uint64_t tstate,
                                             const struct cpt_raw_stack *stack, uint64_t *caller,
                                             struct cpt_error *error);

#endif

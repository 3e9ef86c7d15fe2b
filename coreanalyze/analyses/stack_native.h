/* Native stacks beside the Python ones: which native frame runs which Python frames. */
#ifndef CPT_ANALYSES_STACK_NATIVE_H
#define CPT_ANALYSES_STACK_NATIVE_H

#include "coreanalyze/analyses/stack.h"
#include "symbols/nativesite.h"

/* Why two stacks do not go together; a text, or NULL where they do. SHARED: another thread state has frames on the same
   native stack, so that evaluations without a frame here may be that one's. On success NATIVE's frames have the
   evaluations (index + 1) they run, each of those with Python frames exactly once and in the same order, but for the
   outermost ones where NATIVE is cut. Otherwise no frame has any. */
const char *cpt_native_merge(struct cpt_native_stack *native, const struct cpt_evaluation *evaluations,
                             size_t count, bool shared);

/* Merges the stacks of each thread of STACK with its native one, and says in HOLES where that fails. */
void cpt_stack_merge_native(struct cpt_stack *stack, struct cpt_holes *holes);

/* The first of the Python frames that FRAME of THREAD runs and how many they are; 0: none. */
size_t cpt_native_python(const struct cpt_stack_thread *thread, const struct cpt_native_frame *frame,
                         size_t *first);

#endif

/* What keeps most memory alive. */
#ifndef CPT_ANALYSES_RETAINED_H
#define CPT_ANALYSES_RETAINED_H

#include "coreanalyze/heap/dominators.h"
#include "coreanalyze/heap/routes.h"

struct cpt_retainer {
    uint32_t node;
    struct cpt_value object;
    struct cpt_text path;  /* DATA NULL: none */
    bool exact;            /* of the path */
    uint64_t objects, bytes; /* retained: what would go with it, itself included */
};

struct cpt_retained {
    uint64_t objects, bytes; /* reachable */
    struct cpt_retainer *items; /* largest first */
    size_t count;
};

/* The TOP largest retainers of GRAPH (connected), which is reached from ROOTS, with texts in the heap's arena. Which of a chain of
   objects that keep nearly the same is shown: retainers.h. Bytes are those of objects, of the buffers that they alone own, and
   of native blocks that they keep. What native memory refers to by mistake is taken out of GRAPH (leftovers.h). CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_retained_take(struct cpt_retained *retained, struct cpt_graph *graph,
                                          const struct cpt_rootset *roots, size_t top, struct cpt_progress *progress,
                                          struct cpt_error *error);

#endif

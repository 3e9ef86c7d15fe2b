/* The shortest chain from a root to an object. */
#ifndef CPT_ANALYSES_PATH_H
#define CPT_ANALYSES_PATH_H

#include "coreanalyze/heap/routes.h"

struct cpt_path_step {
    struct cpt_value object; /* without a type: a native block */
    struct cpt_text edge;
    bool exact;
};

struct cpt_path {
    struct cpt_value object;
    struct cpt_text path; /* DATA NULL: nothing found keeps it alive */
    struct cpt_path_step *steps;
    size_t count;
    bool exact;
};

/* Texts are HEAP's. CPT_CORRUPT, CPT_FAULT: no object is at ADDRESS; CPT_NOMEM. A static object's path is its name ("int",
   "None"): nothing has to keep it. */
CPT_MUST_USE cpt_status cpt_path_take(struct cpt_path *path, struct cpt_heap *heap, uint64_t address,
                                      struct cpt_progress *progress, struct cpt_error *error);

#endif

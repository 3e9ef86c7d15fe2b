/* Who refers to an object, or what it refers to. */
#ifndef CPT_ANALYSES_REFS_H
#define CPT_ANALYSES_REFS_H

#include "coreanalyze/heap/routes.h"

struct cpt_reference {
    struct cpt_value other; /* the object at the other end; ADDRESS 0: a root, which EDGE names; without a type: a native block */
    struct cpt_text edge;
    bool exact;
};

struct cpt_refs {
    struct cpt_value object;
    struct cpt_reference *items; /* exact ones first */
    size_t count;                /* up to the limit asked for */
    uint64_t total;              /* all that there are */
    uint64_t references;         /* the object's reference count; UINT64_MAX: immortal */
};

/* References to the object at ADDRESS in HEAP, or (TO) from it, at most LIMIT of them (0: all), without building a graph. Texts are
   HEAP's. CPT_CORRUPT, CPT_FAULT: no object is there; CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_refs_take(struct cpt_refs *refs, struct cpt_heap *heap, uint64_t address, bool to, size_t limit,
                                      struct cpt_progress *progress, struct cpt_error *error);

#endif

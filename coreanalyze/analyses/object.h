/* One object in full: the answer of `object`. */
#ifndef CPT_ANALYSES_OBJECT_H
#define CPT_ANALYSES_OBJECT_H

#include "coreanalyze/decode/header.h"

struct cpt_object_answer {
    struct cpt_arena arena;   /* holds all of it */
    struct cpt_value value;   /* with its parts */
    uint64_t type;            /* address of its type */
    struct cpt_text *bases;   /* names of the type's bases, and of its method resolution order, itself first */
    size_t base_count;
    struct cpt_text *mro;
    size_t mro_count;
    bool has_size;
    uint64_t size;            /* sys.getsizeof() */
    struct cpt_header header; /* references, and whether the collector tracks it */
};

void cpt_object_free(struct cpt_object_answer *answer);

/* What is asked. */
struct cpt_object_query {
    struct cpt_memory *memory;
    const struct cpt_layout *layout;
    uint64_t runtime;  /* address of _PyRuntime */
    struct cpt_holes *holes;
    uint64_t address;  /* of the object */
    size_t repr_limit; /* characters of each repr */
    unsigned depth;    /* levels of parts */
    size_t limit;      /* parts of one object, at most */
};

/* CPT_CORRUPT, CPT_FAULT: there is no object at the address asked for. ANSWER is to be freed in any case. */
CPT_MUST_USE cpt_status cpt_object_take(struct cpt_object_answer *answer, const struct cpt_object_query *query,
                                        struct cpt_error *error);

#endif

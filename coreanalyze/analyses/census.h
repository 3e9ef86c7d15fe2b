/* The census: all objects on the heap, by type, module or size. */
#ifndef CPT_ANALYSES_CENSUS_H
#define CPT_ANALYSES_CENSUS_H

#include "coreanalyze/heap/heap.h"

enum cpt_census_by {
    CPT_CENSUS_TYPE,
    CPT_CENSUS_MODULE,
    CPT_CENSUS_SIZE,
};

/* One type, one module's types, or one range of sizes. */
struct cpt_census_row {
    struct cpt_text name;  /* "dict"; "collections"; "65-80 bytes" */
    uint64_t type_address; /* 0: not one type */
    uint64_t objects, bytes, size_of;
    bool size_of_guessed;
    uint64_t above, to;    /* by size: of each object, in bytes */
};

struct cpt_census {
    struct cpt_heap *heap; /* texts are its */
    enum cpt_census_by by;
    uint64_t objects, bytes, size_of;
    struct cpt_census_row *rows; /* largest bytes first */
    size_t row_count;
    /* How sure it is: of pymalloc's used blocks, how many are no object and nobody's buffer. */
    uint64_t used_blocks, unexplained_blocks;
};

/* Adds up HEAP, which stays the caller's and has to outlive CENSUS, into an array of its arena. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_census_take(struct cpt_census *census, struct cpt_heap *heap, enum cpt_census_by by,
                                        struct cpt_error *error);

#endif

/* Growth between two censuses: of targets, of two moments of a process, or saved as JSON. */
#ifndef CPT_ANALYSES_DIFF_H
#define CPT_ANALYSES_DIFF_H

#include "coreanalyze/analyses/census.h"

/* One side: a census that was taken, or read from a file. */
struct cpt_diff_type {
    struct cpt_text name;
    uint64_t type_address;
    uint64_t objects, bytes;
};

struct cpt_diff_side {
    struct cpt_arena arena;      /* holds all of it */
    struct cpt_diff_type *types; /* by name, each once */
    size_t count;
    uint64_t objects, bytes;
};

#define CPT_DIFF_EXAMPLES 3 /* objects of one type whose paths are told */

struct cpt_diff_example {
    uint64_t address;
    struct cpt_text path; /* DATA NULL: none was found */
    bool exact;           /* of the path: no scanned reference is in it */
};

/* One type on both sides; the two are matched by name. */
struct cpt_diff_row {
    struct cpt_text name;
    uint64_t objects_before, objects_after, bytes_before, bytes_after;
    /* Where both sides are of one process: objects at the same address and of the same type on both, and those of the
       second side that were not on the first. */
    uint64_t survived, new_objects;
    struct cpt_diff_example examples[CPT_DIFF_EXAMPLES]; /* of new ones; of the types that grew most */
    size_t example_count;
};

struct cpt_diff {
    struct cpt_arena arena;    /* of texts beside the sides' */
    int64_t objects, bytes;
    struct cpt_diff_row *rows; /* largest growth in bytes first, what shrank most last; names are the sides' */
    size_t count;
    bool has_survivors;        /* both sides are of one process, and it was looked which objects are on both */
    uint64_t survived, new_objects;
};

/* Types of SIDE, whose names are in its arena already: what has the same name becomes one. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_diff_side_set(struct cpt_diff_side *side, const struct cpt_diff_type *types, size_t count,
                                          struct cpt_error *error);

/* Copies what is needed of CENSUS (by type). SIDE is to be freed in any case. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_diff_side_take(struct cpt_diff_side *side, const struct cpt_census *census,
                                           struct cpt_error *error);

/* Compares; BEFORE and AFTER stay the caller's and have to outlive DIFF, which is to be freed in any case.
   CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_diff_take(struct cpt_diff *diff, const struct cpt_diff_side *before,
                                      const struct cpt_diff_side *after, struct cpt_error *error);
void cpt_diff_side_free(struct cpt_diff_side *side);
void cpt_diff_free(struct cpt_diff *diff);

#endif

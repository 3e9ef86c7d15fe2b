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
    struct cpt_diff_type *types;
    size_t count;
    uint64_t objects, bytes;
    struct cpt_text label;       /* "pid 4711", "core.1" */
};

/* One type on both sides; the two are matched by name. */
struct cpt_diff_row {
    struct cpt_text name;
    uint64_t objects_before, objects_after, bytes_before, bytes_after;
    bool has_survivors;
    uint64_t survived;  /* objects at the same address and of the same type on both sides */
    uint64_t grown;     /* objects on the second side that were not on the first */
    struct cpt_text *paths; /* of some of these */
    size_t path_count;
};

struct cpt_diff {
    struct cpt_arena arena;
    int64_t objects, bytes;
    struct cpt_diff_row *rows; /* largest growth in bytes first, those that shrank last, most shrunk at the very end */
    size_t count;
    bool same_process;         /* both sides are of one process: survivors are known */
    uint64_t survived;
};

/* Copies what is needed of CENSUS (by type). CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_diff_side_take(struct cpt_diff_side *side, const struct cpt_census *census, struct cpt_error *error);

/* Compares; BEFORE and AFTER stay the caller's. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_diff_take(struct cpt_diff *diff, const struct cpt_diff_side *before, const struct cpt_diff_side *after,
                                      struct cpt_error *error);
void cpt_diff_side_free(struct cpt_diff_side *side);
void cpt_diff_free(struct cpt_diff *diff);

#endif

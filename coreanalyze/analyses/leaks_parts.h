/* The leak report from inside: what the files that make it share. */
#ifndef CPT_ANALYSES_LEAKS_PARTS_H
#define CPT_ANALYSES_LEAKS_PARTS_H

#include "coreanalyze/analyses/garbage.h"
#include "coreanalyze/analyses/leaks.h"

#include "coreanalyze/base/bits.h"

/* Types by name: two classes of one name are one type here. */
struct cpt_leak_names {
    uint32_t *of_shape;      /* by the shape's index; in the order of the names */
    struct cpt_text *texts;  /* by such a number */
    uint32_t count, shape_count;
};

struct cpt_leak_work {
    struct cpt_leaks *leaks;
    struct cpt_graph *graph;
    struct cpt_garbage garbage;
    struct cpt_leak_names names;
    struct cpt_rootset roots;
    uint32_t *root_nodes;    /* that roots lead to, but for what they seem to lead to by mistake */
    size_t root_count;
    uint64_t *surplus;       /* a bit for each node */
};

/* What has been counted of the objects of one name. */
struct cpt_leak_count {
    uint64_t objects, references, bytes, kept_objects, kept_bytes;
    uint32_t examples[CPT_LEAK_EXAMPLES]; /* nodes; there are OBJECTS of them, at most so many */
};

/* leaks_names.c */
CPT_MUST_USE cpt_status cpt_leak_names_make(struct cpt_leak_names *names, const struct cpt_shapes *shapes,
                                            struct cpt_error *error);
void cpt_leak_names_free(struct cpt_leak_names *names);

/* The number of an object's type name. */
static inline uint32_t
cpt_leak_name_of(const struct cpt_leak_work *work, uint32_t node)
{
    uint32_t shape = work->graph->shapes[node];

    return shape < work->names.shape_count ? work->names.of_shape[shape] : 0;
}

/* Counts NODE among those of its name. COUNTS: by number of name. Returns the name's. */
struct cpt_leak_count *cpt_leak_add(const struct cpt_leak_work *work, struct cpt_leak_count *counts, uint32_t node,
                                    uint64_t references);

/* Rows of the heap's arena for all of COUNTS that are not empty, most bytes first. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_leak_rows(struct cpt_leak_work *work, const struct cpt_leak_count *counts,
                                      struct cpt_leak_type **rows, size_t *row_count, struct cpt_error *error);

/* Most objects first, then by name. */
void cpt_type_counts_sort(struct cpt_type_count *types, size_t count);

/* How well the object NODE tells a reader what it is about. */
unsigned cpt_leak_rank(const struct cpt_graph *graph, uint32_t node);

/* What NODE looks like; BRIEF: without its repr. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_leak_show(struct cpt_leak_work *work, uint32_t node, bool brief, struct cpt_value *value,
                                      struct cpt_error *error);

/* Fills the groups of the garbage. leaks_groups.c. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_leaks_group(struct cpt_leak_work *work, struct cpt_error *error);

/* Fills the surplus references, and WORK's set of objects that have some. leaks_surplus.c. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_leaks_find_surplus(struct cpt_leak_work *work, struct cpt_error *error);

/* Fills the lost objects. leaks_lost.c. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_leaks_find_lost(struct cpt_leak_work *work, struct cpt_error *error);

/* Lists the types whose references are not known exactly. leaks_scanned.c. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_leaks_list_scanned(struct cpt_leak_work *work, struct cpt_error *error);

#endif

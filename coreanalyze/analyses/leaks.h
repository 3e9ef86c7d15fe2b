/* The leak report: cyclic garbage, surplus references, lost objects, top retainers. */
#ifndef CPT_ANALYSES_LEAKS_H
#define CPT_ANALYSES_LEAKS_H

#include "coreanalyze/analyses/retained.h"

struct cpt_type_count {
    struct cpt_text type;
    uint64_t objects;
};

/* Alike strongly connected components, each with the chains of garbage that hang from it and from no other before
   it. OBJECTS are those that gc.collect() counts; BYTES are what would be freed: also what the collector does not
   track (str, bytes, int …) and only they keep. */
struct cpt_garbage_group {
    struct cpt_type_count *types; /* of one component, most first, then by name */
    size_t type_count;
    uint64_t components, objects, bytes; /* of all of them together */
    struct cpt_value example;
};

struct cpt_leak_type {
    struct cpt_text type;
    uint64_t objects;
    uint64_t references; /* more than were found, of all of them together */
    uint64_t bytes;
    uint64_t kept_objects, kept_bytes; /* lost: what they alone keep, themselves not included */
    struct cpt_value *examples;
    size_t example_count;
};

#define CPT_LEAK_EXAMPLES 3

struct cpt_leaks {
    struct cpt_heap *heap;
    uint64_t garbage_objects, garbage_bytes; /* what gc.collect() would find unreachable now, and can free */
    struct cpt_garbage_group *groups;        /* largest bytes first */
    size_t group_count;
    uint64_t uncollectable_objects, uncollectable_bytes; /* what is in gc.garbage, and what a legacy finalizer
                                                            (tp_del) would leave unreachable but not freed */
    struct cpt_type_count *uncollectable;
    size_t uncollectable_count;
    struct cpt_leak_type *surplus, *lost;    /* most bytes first, with what they keep */
    size_t surplus_count, lost_count;
    struct cpt_retained retained;
    uint64_t heap_objects, heap_bytes;       /* for shares */
    bool has_threads_running;                /* read without holding: counts may be torn */
    struct cpt_type_count *scanned;          /* types whose references are not known exactly, most objects first */
    size_t scanned_count;
};

/* Whether anything but the retainers was found. */
bool cpt_leaks_any(const struct cpt_leaks *leaks);

/* Takes the report of HEAP, with texts of its arena. TOP retainers. CPT_NOMEM, CPT_LIMIT. */
CPT_MUST_USE cpt_status cpt_leaks_take(struct cpt_leaks *leaks, struct cpt_heap *heap, size_t top,
                                       struct cpt_progress *progress, struct cpt_error *error);

#endif

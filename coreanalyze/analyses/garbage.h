/* What a full gc.collect() would find unreachable now (Modules/gcmodule.c, Python/gc.c: deduce_unreachable, move_legacy_finalizers).
 */
#ifndef CPT_ANALYSES_GARBAGE_H
#define CPT_ANALYSES_GARBAGE_H

#include "coreanalyze/heap/graph.h"

struct cpt_garbage {
    uint64_t *unreachable;   /* a bit for each node */
    uint64_t *uncollectable; /* of these: with a legacy finalizer (tp_del), and what is reached from them */
    uint64_t objects, uncollectable_objects;
};

/* GRAPH is connected. CPT_NOMEM. GARBAGE is to be freed in any case. */
CPT_MUST_USE cpt_status cpt_garbage_find(struct cpt_garbage *garbage, const struct cpt_graph *graph, struct cpt_error *error);
void cpt_garbage_free(struct cpt_garbage *garbage);

#endif

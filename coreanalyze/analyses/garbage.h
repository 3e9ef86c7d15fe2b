/* What a full gc.collect() would find unreachable now (Modules/gcmodule.c, Python/gc.c: deduce_unreachable,
 * move_legacy_finalizers), in all interpreters together. Nothing of what a collection does after that changes what
 * it has found: tuples and dicts are untracked when they are known to be reachable, weak references are cleared,
 * callbacks called and objects finalized later. What gc.freeze() put aside and what has become immortal is not
 * collected.
 */
#ifndef CPT_ANALYSES_GARBAGE_H
#define CPT_ANALYSES_GARBAGE_H

#include "coreanalyze/heap/graph.h"

struct cpt_garbage {
    uint64_t *unreachable;   /* a bit for each node */
    uint64_t *uncollectable; /* of these: with a legacy finalizer (tp_del), and what is reached from them */
    uint64_t objects, uncollectable_objects;
};

/* GRAPH is connected. A collection under way becomes a hole: its lists are the same objects, but it may have begun
   to take the garbage apart. Types whose references are not known count as reaching whatever they may refer to;
   where more would be garbage if they did not, a note names them. CPT_NOMEM. GARBAGE is to be freed in any case. */
CPT_MUST_USE cpt_status cpt_garbage_find(struct cpt_garbage *garbage, const struct cpt_graph *graph,
                                         struct cpt_error *error);
void cpt_garbage_free(struct cpt_garbage *garbage);

/* Adds to KEPT, a bit for each node, the objects in gc.garbage of each interpreter. */
void cpt_garbage_list(const struct cpt_graph *graph, uint64_t *kept);

#endif

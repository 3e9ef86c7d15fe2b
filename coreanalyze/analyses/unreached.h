/* What no root leads to: which objects are at the head of it. */
#ifndef CPT_ANALYSES_UNREACHED_H
#define CPT_ANALYSES_UNREACHED_H

#include "coreanalyze/heap/dominators.h"
#include "coreanalyze/heap/graph.h"

struct cpt_unreached {
    uint64_t *nodes; /* a bit for each node that is not reached */
    uint64_t *heads; /* of these the objects that keep themselves, and all others that are not garbage's */
};

/* ROOTS: nodes that roots lead to. SURPLUS: a bit for each object with references that nobody has: it keeps
   itself. GARBAGE: a bit for each that the collector finds unreachable; neither these nor what they lead to are
   heads. Objects that remain are kept by one another in ways that the collector does not see: through C memory of
   their own, or without its help. Their heads are those of them that no others lead to; of several that lead to
   one another, the ones that RANK (by node; NULL: all are alike) has highest. CPT_NOMEM. To be freed in any case. */
CPT_MUST_USE cpt_status cpt_unreached_find(struct cpt_unreached *unreached, const struct cpt_graph *graph,
                                           const uint32_t *roots, size_t root_count, const uint64_t *surplus,
                                           const uint64_t *garbage,
                                           unsigned (*rank)(const struct cpt_graph *graph, uint32_t node),
                                           struct cpt_error *error);
void cpt_unreached_free(struct cpt_unreached *unreached);

#endif

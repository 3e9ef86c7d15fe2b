/* Garbage in clusters: each is a strongly connected component with the chains that hang from it, and with all that
 * would be freed together with it.
 */
#ifndef CPT_ANALYSES_CLUSTERS_H
#define CPT_ANALYSES_CLUSTERS_H

#include "coreanalyze/heap/dominators.h"
#include "coreanalyze/heap/graph.h"

struct cpt_clusters {
    uint32_t *of;      /* by node: its cluster, or CPT_CSR_NONE */
    uint32_t count;    /* some of the numbers below it may have no nodes */
    uint64_t *hanging; /* a bit for each node that is in no cycle itself */
};

/* Clusters of the nodes whose bit is set in AMONG: chains belong to the cycle that they hang from, to the first by
   its nodes' numbers of several; what hangs from none is a cluster of its own. CPT_NOMEM. CLUSTERS is to be freed
   in any case. */
CPT_MUST_USE cpt_status cpt_clusters_find(struct cpt_clusters *clusters, const struct cpt_graph *graph,
                                          const uint64_t *among, struct cpt_error *error);

/* Adds the objects that lose their last reference when AMONG are freed to the cluster that has this last one.
   CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_clusters_extend(struct cpt_clusters *clusters, const struct cpt_graph *graph,
                                            const uint64_t *among, struct cpt_error *error);

void cpt_clusters_free(struct cpt_clusters *clusters);

#endif

/* Small random graphs of many shapes, and what is true of them found the slow way. */
#ifndef CPT_TESTS_UNIT_RANDOMGRAPH_H
#define CPT_TESTS_UNIT_RANDOMGRAPH_H

#include "coreanalyze/heap/dominators.h"

#include <stdbool.h>

#define RANDOM_GRAPH_NODES 150
#define RANDOM_GRAPH_EDGES 8000
#define RANDOM_GRAPH_ROOTS 8
#define RANDOM_GRAPH_NOBODY UINT32_MAX

struct random_graph {
    struct cpt_csr csr;
    uint32_t first[RANDOM_GRAPH_NODES + 1], targets[RANDOM_GRAPH_EDGES];
    uint32_t roots[RANDOM_GRAPH_ROOTS]; /* may repeat */
    size_t root_count;
};

/* The graph number SEED, always the same. Each shape comes in turn, with flags in its targets and another `skip` each time. */
void random_graph_make(struct random_graph *graph, uint32_t seed);

/* A number below BOUND that depends on nothing but what was asked for since the last random_graph_make. */
uint32_t random_below(uint32_t bound);

/* How far each node is from the nearest of the roots on ways without the node WITHOUT and those of CLOSED (may be NULL);
   CPT_CSR_NONE: not reached. */
void random_graph_distances(const struct random_graph *graph, const uint32_t *roots, size_t root_count, uint32_t without,
                            const bool *closed, uint32_t *distances);

#endif

/* Small graphs made by hand or at random, with an empty heap behind them. */
#ifndef CPT_TESTS_MADEGRAPH_H
#define CPT_TESTS_MADEGRAPH_H

#include "coreanalyze/heap/graph.h"

#define MADE_NODES 64
#define MADE_EDGES 256

struct madegraph {
    struct cpt_graph graph; /* count, shapes, first, targets */
    struct {
        uint32_t from, target; /* a word of the graph's targets */
    } edges[MADE_EDGES];
    uint32_t edge_count;
    uint32_t shapes[MADE_NODES], first[MADE_NODES + 1], targets[MADE_EDGES];
};

/* COUNT objects without references. */
void madegraph_init(struct madegraph *made, uint32_t count);

/* FROM refers to TARGET, which may have flags. */
void madegraph_add(struct madegraph *made, uint32_t from, uint32_t target);

/* Puts the references into the graph. */
void madegraph_finish(struct madegraph *made);

/* The next of a series of numbers that looks random and is the same in every run. */
uint32_t madegraph_random(uint64_t *state, uint32_t below);

/* Which nodes of AMONG lead to which others, and to themselves, over references without any bit of SKIP: bit J of CLOSURE[I] is
   set when some steps, at least one, lead from I to J and all nodes on the way are of AMONG. */
void madegraph_close(const struct madegraph *made, uint64_t among, uint32_t skip, uint64_t closure[MADE_NODES]);

#endif

/* Immediate dominators of a graph in CSR form: who alone keeps whom alive. */
#ifndef CPT_HEAP_DOMINATORS_H
#define CPT_HEAP_DOMINATORS_H

#include "coreanalyze/base/error.h"
#include "coreanalyze/base/progress.h"

#include <stddef.h>
#include <stdint.h>

/* References of node I (of COUNT, numbered from 0) are targets[first[I]] … targets[first[I + 1] - 1]. In a target the bits
   ID_MASK are the node; an edge with any bit of SKIP set is left out. */
struct cpt_csr {
    uint32_t count;
    const uint32_t *first, *targets;
    uint32_t id_mask, skip;
    struct cpt_progress *progress; /* or NULL; where it is cancelled, all of these end with CPT_CANCELLED */
};

#define CPT_CSR_NONE UINT32_MAX

/* The dominator tree of what ROOTS (ids, may repeat) reach. */
struct cpt_dominators {
    uint32_t count;     /* of the graph's nodes */
    uint32_t reached;   /* how many of them are reached */
    uint32_t *order;    /* REACHED ids by depth-first preorder: a node comes behind its dominator */
    uint32_t *idom;     /* by id: the immediate dominator's id; COUNT: only the roots together; CPT_CSR_NONE: not reached */
    struct cpt_progress *progress; /* the graph's */
};

/* Semi-NCA (Georgiadis, Tarjan: Finding Dominators in Directed Graphs), without recursion, in nearly linear time: takes 12 bytes a
   node and 4 an edge that is not of the depth-first tree, beside the result, while it works. CPT_NOMEM. RESULT is to be freed in
   any case. */
CPT_MUST_USE cpt_status cpt_dominators_find(struct cpt_dominators *result, const struct cpt_csr *graph,
                                            const uint32_t *roots, size_t root_count, struct cpt_error *error);
void cpt_dominators_free(struct cpt_dominators *result);

/* For each node, by id, the sum of UNITS of itself and all that it dominates, and how many nodes that are (of those whose
   bit in COUNTED, by id, is set; NULL: of all). Both arrays have COUNT entries, made by the caller; of unreached nodes 0.
   Ends early where the tree's progress is cancelled. */
void cpt_dominators_retained(const struct cpt_dominators *tree, const uint32_t *units, const uint64_t *counted,
                             uint64_t *retained_units, uint32_t *retained_nodes);

/* Strongly connected components (Tarjan's, or Nuutila's, without recursion) of the nodes whose bit is set in AMONG (by id;
   NULL: all): COMPONENT, made by the caller, gets a number from 0 for each node, CPT_CSR_NONE of the others. *COUNT: how many
   components. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_components_find(const struct cpt_csr *graph, const uint64_t *among, uint32_t *component,
                                            uint32_t *count, struct cpt_error *error);

/* Marks in REACHED (a bit for each node) all that is reached from the nodes that are marked there already. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_reach_mark(const struct cpt_csr *graph, uint64_t *reached, struct cpt_error *error);

/* Breadth first from ROOTS, which are tried in their order: PARENT, made by the caller and with COUNT entries of CPT_CSR_NONE
   (or what an earlier call has left: those nodes are not entered again), gets for each node met the one that leads to it,
   COUNT for a root. Ends early when TARGET (CPT_CSR_NONE: none) is met. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_breadth_first(const struct cpt_csr *graph, const uint32_t *roots, size_t root_count,
                                          uint32_t target, uint32_t *parent, struct cpt_error *error);

#endif

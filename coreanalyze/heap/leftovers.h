/* References that were found by scanning and are none: what memory of C still has from whoever used it before.
 */
#ifndef CPT_HEAP_LEFTOVERS_H
#define CPT_HEAP_LEFTOVERS_H

#include "coreanalyze/heap/rootset.h"

/* Where exact references make up all of an object's count, what native blocks and ROOTS seem to refer to it by is taken out: in
   GRAPH's `targets` the block refers to itself instead. NODES, made by the caller, gets the nodes that ROOTS still lead to,
   *COUNT of them. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_leftovers_remove(struct cpt_graph *graph, const struct cpt_rootset *roots, uint32_t *nodes,
                                             size_t *count, struct cpt_error *error);

#endif

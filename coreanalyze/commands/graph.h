/* The reference graph of a walked heap with its roots: what some commands begin with. */
#ifndef CPT_COMMANDS_GRAPH_H
#define CPT_COMMANDS_GRAPH_H

#include "coreanalyze/heap/rootset.h"

struct cpt_wiring {
    struct cpt_graph graph;
    struct cpt_rootset roots;
};

/* Numbers and connects all objects of HEAP, and takes the roots. WIRING is to be finished in any case, before the heap
   is. */
CPT_MUST_USE cpt_status cpt_wiring_begin(struct cpt_wiring *wiring, struct cpt_heap *heap,
                                         struct cpt_progress *progress, struct cpt_error *error);
void cpt_wiring_finish(struct cpt_wiring *wiring);

#endif

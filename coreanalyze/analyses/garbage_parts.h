/* The collector's arithmetic on a graph, apart from where its numbers come from. */
#ifndef CPT_ANALYSES_GARBAGE_PARTS_H
#define CPT_ANALYSES_GARBAGE_PARTS_H

#include "coreanalyze/heap/graph.h"

#include "coreanalyze/base/bits.h"

/* In place of a count: the collector has nothing to do with that node. */
#define CPT_NOT_COLLECTED INT32_MIN

/* Larger counts are this one: more references than a graph can have. */
#define CPT_MANY_REFERENCES (INT32_MAX - 1)

/* REFS: by node, how many references the objects of the collector's lists have, else CPT_NOT_COLLECTED. What
   references those objects' visited references explain is taken off (subtract_refs); what has some left, and what
   is reached from there, is reachable (move_unreachable), and has a count above 0 afterwards. What was found by
   scanning may reach, but explains nothing. DOUBTFUL, a bit for each node or NULL: of these, what was found by
   scanning explains too. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_garbage_deduce(const struct cpt_graph *graph, int32_t *refs, const uint64_t *doubtful,
                                           struct cpt_error *error);

/* Adds to MARKED what is reached from it over references that may be visited within AMONG (both: a bit for each
   node). CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_garbage_spread(const struct cpt_graph *graph, const uint64_t *among, uint64_t *marked,
                                           struct cpt_error *error);

#endif

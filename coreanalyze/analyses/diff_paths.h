/* What keeps some of what grew alive. */
#ifndef CPT_ANALYSES_DIFF_PATHS_H
#define CPT_ANALYSES_DIFF_PATHS_H

#include "coreanalyze/analyses/diff.h"
#include "coreanalyze/heap/routes.h"

/* Finds the paths of DIFF's examples in GRAPH (connected), which was made of the second side and is reached from ROOTS.
   CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_diff_paths_take(struct cpt_diff *diff, struct cpt_graph *graph,
                                            const struct cpt_rootset *roots, struct cpt_error *error);

#endif

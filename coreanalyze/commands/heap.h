/* The heap of a target, walked: what census and memory begin with. */
#ifndef CPT_COMMANDS_HEAP_H
#define CPT_COMMANDS_HEAP_H

#include "coreanalyze/commands/target.h"
#include "coreanalyze/heap/heap.h"
#include "coreanalyze/memory/snapshot.h"

struct cpt_walk {
    struct cpt_heap heap;
    struct cpt_snapshot *snapshot; /* of a process; NULL: a core */
};

/* Copies a live target's memory, while it is held as OPTIONS say, and walks its heap. Damage becomes TARGET's holes. WALK
   is to be finished in any case. */
CPT_MUST_USE cpt_status cpt_walk_begin(struct cpt_walk *walk, struct cpt_target *target,
                                       const struct cpt_options *options, struct cpt_error *error);

/* Frees all of it: results that were made of it are not to be used any more. */
void cpt_walk_finish(struct cpt_walk *walk);

#endif

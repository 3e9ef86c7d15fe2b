/* Which nodes of a dominator tree to show as those that keep most: of a chain of nodes that keep nearly the same, the one that a
 * user would name.
 *
 * The tree is gone through from its top, the larger first. SMALL children of a node are those that hold less than a tenth of it;
 * what holds less than a thousandth of what is no carrier is not looked at below that.
 * - A node of which less than a tenth is its own and its small children's is only a link to the others and left out. A carrier
 *   (a module, and its dict) is left out where less than half is; it has no influence on what is shown below it.
 * - Where the nodes below it are alike and hold nearly the same over and over (a linked list, a tree), it is shown, and nothing
 *   below it.
 * - A node that cannot be shown (a native block) is a link, too.
 * - Other nodes are shown. Below such a one, those are too that hold less than half but at least a tenth of it.
 * - The __dict__ of an object is shown as the object, which holds hardly more.
 */
#ifndef CPT_ANALYSES_RETAINERS_H
#define CPT_ANALYSES_RETAINERS_H

#include "coreanalyze/heap/dominators.h"

#include <stdbool.h>

struct cpt_retainers {
    const struct cpt_dominators *tree;
    const uint64_t *retained; /* by node */
    const uint32_t *kinds;    /* by node: alike ones have the same */
    bool (*is_carrier)(void *arg, uint32_t node);
    bool (*is_dict_of)(void *arg, uint32_t node, uint32_t owner); /* NODE, whose dominator is OWNER, is its __dict__ */
    bool (*can_show)(void *arg, uint32_t node);
    void *arg;
};

/* Writes the up to TOP largest ones to NODES, the largest first; *COUNT of them. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_retainers_choose(const struct cpt_retainers *retainers, size_t top, uint32_t *nodes, size_t *count,
                                             struct cpt_error *error);

#endif

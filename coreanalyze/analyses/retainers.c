#include "coreanalyze/analyses/retainers.h"

#include "coreanalyze/base/big.h"
#include "coreanalyze/base/vec.h"

#include <string.h>

#define FIRST_SHARE 4096 /* of all: what holds less is not looked at, unless there is too little to show */
#define NEXT_SHARE 4
#define TINY 1000        /* a tiny child holds less than this part of its parent */
#define AHEAD 16         /* how many nodes before their turn memory is asked for */
#define MOST_DEEP 256    /* branches below one another: alike ones are found long before */
#define SMALL 10         /* a small child holds less than this part of its parent */
#define LINKS_AHEAD 64   /* for which alike ones are looked for */
#define ALIKE 5          /* make a chain or tree of their own */
#define SEEN 64          /* what holds less than this part of a node is of no influence on whether that is shown */

#define NONE UINT32_MAX
#define TOP_OF_ALL 0 /* the branch above all roots */

/* A node that holds much. */
struct branch {
    uint32_t node;
    uint32_t first, next, largest; /* branches: children, siblings */
    uint32_t depth;
};

/* A branch whose turn is to come. UPPER: what the nearest one above it that is shown holds; 0: there is none. */
struct turn {
    uint64_t bytes, upper;
    uint32_t branch;
};

struct chooser {
    const struct cpt_retainers *given;
    uint64_t all;      /* what all roots together hold */
    uint64_t least;    /* that a branch holds */
    uint32_t *numbers; /* by node: its branch */
    CPT_VEC(struct branch) branches;
    CPT_VEC(struct turn) turns; /* a heap */
    uint32_t *nodes;
    size_t top, count;
};

static uint64_t
bytes_of(const struct chooser *c, uint32_t branch)
{
    return branch == TOP_OF_ALL ? c->all : c->given->retained[c->branches.items[branch].node];
}

static bool
add_branch(struct chooser *c, uint32_t node, uint32_t parent)
{
    struct branch *added = cpt_vec_add(&c->branches), *above;
    uint32_t number = (uint32_t)c->branches.count - 1;

    if (!added)
        return false;
    above = &c->branches.items[parent];
    *added = (struct branch){
        .node = node, .first = NONE, .next = above->first, .largest = NONE, .depth = above->depth + 1};
    c->numbers[node] = number;
    above->first = number;
    if (above->largest == NONE || bytes_of(c, above->largest) < bytes_of(c, number))
        above->largest = number;
    return true;
}

/* The branch that NODE is to be added to; NONE: it is not to be. */
static uint32_t
find_parent(const struct chooser *c, uint32_t node)
{
    uint32_t above = c->given->tree->idom[node], parent;

    if (above >= c->given->tree->count)
        return TOP_OF_ALL;
    parent = c->numbers[above];
    if (parent == NONE || c->branches.items[parent].depth == MOST_DEEP)
        return NONE;
    if (c->given->retained[node] < c->given->retained[above] / TINY && !c->given->is_carrier(c->given->arg, above))
        return NONE;
    return parent;
}

/* The tree of those that hold at least `least`. A node comes behind its dominator. */
static bool
grow(struct chooser *c)
{
    const struct cpt_dominators *tree = c->given->tree;
    struct branch *top;

    c->branches.count = c->turns.count = c->count = 0;
    top = cpt_vec_add(&c->branches);
    if (!top)
        return false;
    *top = (struct branch){.node = NONE, .first = NONE, .next = NONE, .largest = NONE};
    memset(c->numbers, 0xff, (size_t)tree->count * sizeof(*c->numbers));
    for (uint32_t i = 0; i < tree->reached; i++) {
        uint32_t parent;

        if (cpt_progress_stops(tree->progress, i))
            return false;
        if (tree->reached - i > AHEAD)
            __builtin_prefetch(&c->given->retained[tree->order[i + AHEAD]]);
        parent = c->given->retained[tree->order[i]] < c->least ? NONE : find_parent(c, tree->order[i]);
        if (parent != NONE && !add_branch(c, tree->order[i], parent))
            return false;
    }
    return true;
}

/* Of those that hold as much, the one that comes first in the tree's order. */
static bool
is_before(const struct turn *turn, const struct turn *other)
{
    return turn->bytes != other->bytes ? turn->bytes > other->bytes : turn->branch < other->branch;
}

static bool
add_turn(struct chooser *c, uint32_t branch, uint64_t upper)
{
    struct turn turn = {.bytes = bytes_of(c, branch), .upper = upper, .branch = branch};
    size_t at;

    if (!cpt_vec_add(&c->turns))
        return false;
    for (at = c->turns.count - 1; at && is_before(&turn, &c->turns.items[(at - 1) / 2]); at = (at - 1) / 2)
        c->turns.items[at] = c->turns.items[(at - 1) / 2];
    c->turns.items[at] = turn;
    return true;
}

/* The one with most bytes. */
static struct turn
take_turn(struct chooser *c)
{
    struct turn *items = c->turns.items, most = items[0], last = items[--c->turns.count];
    size_t at = 0, child;

    while ((child = 2 * at + 1) < c->turns.count) {
        if (child + 1 < c->turns.count && is_before(&items[child + 1], &items[child]))
            child++;
        if (!is_before(&items[child], &last))
            break;
        items[at] = items[child];
        at = child;
    }
    if (c->turns.count)
        items[at] = last;
    return most;
}

static bool
add_children(struct chooser *c, uint32_t branch, uint64_t upper)
{
    for (uint32_t i = c->branches.items[branch].first; i != NONE; i = c->branches.items[i].next)
        if (!add_turn(c, i, upper))
            return false;
    return true;
}

/* What is the branch's own and its small children's. */
static uint64_t
own_bytes(const struct chooser *c, uint32_t branch)
{
    uint64_t bytes = bytes_of(c, branch), own = bytes;

    for (uint32_t i = c->branches.items[branch].first; i != NONE; i = c->branches.items[i].next)
        if (bytes_of(c, i) >= bytes / SMALL)
            own -= bytes_of(c, i);
    return own;
}

static bool
is_carrier(const struct chooser *c, uint32_t branch)
{
    return c->given->is_carrier(c->given->arg, c->branches.items[branch].node);
}

static bool
is_link(const struct chooser *c, uint32_t branch, bool carrier)
{
    return own_bytes(c, branch) < bytes_of(c, branch) / (carrier ? 2 : SMALL);
}

/* Whether it is the beginning of a chain, or of a tree with few branches, of alike ones. */
static bool
is_repeated(const struct chooser *c, uint32_t branch)
{
    uint32_t kind = c->given->kinds[c->branches.items[branch].node];
    uint64_t least = bytes_of(c, branch) / SEEN;
    unsigned alike = 0;

    for (unsigned i = 0; i < LINKS_AHEAD && alike < ALIKE; i++) {
        uint32_t below = c->branches.items[branch].largest;

        if (below == NONE || bytes_of(c, below) < bytes_of(c, branch) / 4 || bytes_of(c, below) < least)
            break;
        branch = below;
        alike += c->given->kinds[c->branches.items[branch].node] == kind;
    }
    return alike >= ALIKE;
}

static void
show(struct chooser *c, uint32_t branch)
{
    uint32_t node = c->branches.items[branch].node, above = c->given->tree->idom[node];
    uint64_t bytes = bytes_of(c, branch);

    if (above < c->given->tree->count && bytes >= c->given->retained[above] - c->given->retained[above] / SMALL &&
        c->given->is_dict_of(c->given->arg, node, above))
        node = above;
    c->nodes[c->count++] = node;
}

static bool
consider(struct chooser *c, const struct turn *turn)
{
    uint32_t branch = turn->branch;
    bool carrier = is_carrier(c, branch), shows = c->given->can_show(c->given->arg, c->branches.items[branch].node);

    if (turn->bytes < turn->upper / SMALL)
        return true;
    if (shows && !carrier && is_repeated(c, branch)) {
        if (!turn->upper || turn->bytes < turn->upper / 2)
            show(c, branch);
        return true;
    }
    if (!shows || is_link(c, branch, carrier) || (turn->upper && turn->bytes >= turn->upper / 2))
        return add_children(c, branch, turn->upper);
    show(c, branch);
    return add_children(c, branch, carrier ? turn->upper : turn->bytes);
}

/* False: out of memory. *ENOUGH: what holds less than `least` could not have been shown. */
static bool
choose(struct chooser *c, bool *enough)
{
    *enough = true;
    if (!grow(c) || !add_children(c, TOP_OF_ALL, 0))
        return false;
    while (c->turns.count && c->count < c->top) {
        struct turn turn = take_turn(c);

        if (cpt_progress_is_cancelled(c->given->tree->progress))
            return false;
        if (c->least && turn.bytes / SEEN < c->least)
            break;
        if (!consider(c, &turn))
            return false;
    }
    *enough = c->count == c->top || !c->least;
    return true;
}

/* Some were taken for what they are the __dict__ of. */
static void
sort(struct chooser *c)
{
    const uint64_t *retained = c->given->retained;

    for (size_t i = 1; i < c->count; i++) {
        uint32_t node = c->nodes[i];
        size_t at = i;

        for (; at && retained[c->nodes[at - 1]] < retained[node]; at--)
            c->nodes[at] = c->nodes[at - 1];
        c->nodes[at] = node;
    }
}

cpt_status
cpt_retainers_choose(const struct cpt_retainers *retainers, size_t top, uint32_t *nodes, size_t *count, struct cpt_error *error)
{
    const struct cpt_dominators *tree = retainers->tree;
    struct chooser c = {.given = retainers, .nodes = nodes, .top = top};
    bool done = true, enough = false;

    for (uint32_t i = 0; i < tree->reached; i++)
        if (tree->idom[tree->order[i]] == tree->count)
            c.all += retainers->retained[tree->order[i]];
    c.numbers = cpt_big_alloc(tree->count, sizeof(*c.numbers));
    done = c.numbers != NULL;
    for (c.least = c.all / FIRST_SHARE; done && !enough; c.least /= NEXT_SHARE)
        done = choose(&c, &enough);
    free(c.numbers);
    cpt_vec_free(&c.branches);
    cpt_vec_free(&c.turns);
    sort(&c);
    *count = c.count;
    if (cpt_progress_is_cancelled(tree->progress))
        return cpt_progress_check(tree->progress, error);
    return done ? CPT_OK : cpt_error_set(error, CPT_NOMEM, "out of memory for what keeps most alive");
}

/* Semi-NCA. Nodes are numbered from 1 in depth-first preorder, 0 is a node above all roots; everything but the search itself works
 * on these numbers, under which a node is close to what it dominates.
 *
 * An edge that leads from a smaller number to a larger one comes from an ancestor in the depth-first tree and is a candidate for
 * the semidominator at once; only those that lead the other way are kept, as the predecessors of what they lead to.
 */
#include "coreanalyze/heap/dominators.h"

#include "coreanalyze/base/big.h"
#include "coreanalyze/base/vec.h"

#include <stdlib.h>
#include <string.h>

#define PROGRESS_MASK 0xffff
#define AHEAD 24 /* how many nodes or edges before their turn memory is asked for */
#define EDGES_AHEAD 8
#define ROOT (UINT32_C(1) << 31) /* with a number, of which there are fewer: of a root, for which no edge matters */

/* A node by its number. Before its semidominator is known: where its predecessors begin (at first: how many there are), and the
   smallest ancestor with an edge to it. Then: an ancestor, and the smallest semidominator from the node up to below that. At last:
   an ancestor in the dominator tree that is further up, and the node's depth there. */
struct link {
    union {
        uint32_t predecessors, ancestor, jump;
    };
    union {
        uint32_t semi, label, depth;
    };
};

struct level {
    uint32_t edge, end;
};

struct search {
    struct cpt_csr graph;
    uint32_t count;      /* of numbers given */
    uint32_t *order;     /* by number - 1: id */
    uint32_t *numbers;   /* by id; 0: none, ROOT beside it. Once predecessors are known, by number - 1: the semidominator */
    uint32_t *parents;   /* by number; at last: immediate dominators */
    struct link *links;  /* by number */
    uint32_t *predecessors; /* of node W: from links[W].predecessors to where those of W + 1 begin */
    uint32_t predecessor_count;
    struct level *levels; /* of the path from a root to the node being looked at */
    size_t depth, capacity;
};

/* Asks for what entering the targets of the edges in [FIRST, END) will read. */
static inline void
foresee(const struct search *s, uint32_t first, uint32_t end)
{
    uint32_t stop = end - first > EDGES_AHEAD ? first + EDGES_AHEAD : end;

    for (uint32_t i = first; i < stop; i++) {
        uint32_t id = s->graph.targets[i] & s->graph.id_mask;

        __builtin_prefetch(&s->numbers[id], 1);
        __builtin_prefetch(&s->graph.first[id]);
    }
}

/* Gives the node ID, met from number PARENT, its number and goes down to it. */
static bool
enter(struct search *s, uint32_t id, uint32_t parent)
{
    uint32_t number = ++s->count;
    struct level *level;

    if (s->depth == s->capacity) {
        level = cpt_vec_grow(s->levels, &s->capacity, sizeof(*s->levels));
        if (!level)
            return false;
        s->levels = level;
    }
    level = &s->levels[s->depth++];
    level->edge = s->graph.first[id];
    level->end = s->graph.first[id + 1];
    s->order[number - 1] = id;
    s->numbers[id] |= number;
    s->parents[number] = parent;
    s->links[number] = (struct link){.predecessors = 0, .semi = parent};
    foresee(s, level->edge, level->end);
    return true;
}

/* An edge from number FROM to number TO, both given already. */
static inline void
note_edge(struct search *s, uint32_t from, uint32_t to)
{
    if (to < from)
        s->links[to].predecessors++;
    else if (!(to & ROOT) && s->links[to].semi > from)
        s->links[to].semi = from;
}

static bool
search_from(struct search *s, uint32_t root)
{
    const uint32_t *targets = s->graph.targets;
    uint32_t mask = s->graph.id_mask, skip = s->graph.skip;
    uint32_t number;

    if (!enter(s, root, 0))
        return false;
    number = s->count;
    while (s->depth) {
        struct level *level = &s->levels[s->depth - 1];
        uint32_t target, met;

        if (level->edge == level->end) {
            s->depth--;
            number = s->parents[number];
            continue;
        }
        if (level->end - level->edge > EDGES_AHEAD)
            foresee(s, level->edge + EDGES_AHEAD, level->edge + EDGES_AHEAD + 1);
        target = targets[level->edge++];
        if (target & skip)
            continue;
        met = s->numbers[target & mask];
        if (met & ~ROOT) {
            note_edge(s, number, met);
            continue;
        }
        if (!enter(s, target & mask, number))
            return false;
        number = s->count;
        if (!(number & PROGRESS_MASK)) {
            cpt_progress_update(s->graph.progress, number, (uint64_t)s->graph.count * 2);
            if (cpt_progress_is_cancelled(s->graph.progress))
                return false;
        }
    }
    return true;
}

static bool
search_all(struct search *s, const uint32_t *roots, size_t root_count)
{
    for (size_t i = 0; i < root_count; i++)
        s->numbers[roots[i]] = ROOT;
    for (size_t i = 0; i < root_count; i++)
        if (s->numbers[roots[i]] == ROOT && !search_from(s, roots[i]))
            return false;
    free(s->levels);
    s->levels = NULL;
    for (size_t i = 0; i < root_count; i++)
        s->links[s->numbers[roots[i]] & ~ROOT].semi = 0;
    return true;
}

/* Makes `predecessors`, for each node those with larger numbers. What a root refers to needs none. */
static bool
gather_predecessors(struct search *s)
{
    uint32_t total = 0, mask = s->graph.id_mask;
    const uint32_t *first = s->graph.first, *targets = s->graph.targets;

    for (uint32_t w = 1; w <= s->count; w++) {
        total += s->links[w].predecessors;
        s->links[w].predecessors = total;
    }
    s->predecessor_count = total;
    s->predecessors = cpt_big_alloc(total, sizeof(*s->predecessors));
    if (!s->predecessors)
        return false;
    for (uint32_t v = s->count; v; v--) {
        uint32_t id = s->order[v - 1];

        if (!(v & PROGRESS_MASK) && cpt_progress_is_cancelled(s->graph.progress))
            return false;
        if (v > AHEAD) {
            uint32_t far = s->order[v - 1 - AHEAD], near = s->order[v - 1 - AHEAD / 2], next = s->order[v - 1 - AHEAD / 4];

            __builtin_prefetch(&first[far]);
            __builtin_prefetch(&targets[first[near]]);
            for (uint32_t i = first[next], end = first[next + 1]; i < end && i < first[next] + EDGES_AHEAD; i++)
                __builtin_prefetch(&s->numbers[targets[i] & mask]);
        }
        for (uint32_t i = first[id], end = first[id + 1]; i < end; i++) {
            uint32_t w = targets[i] & s->graph.skip ? v : s->numbers[targets[i] & mask];

            if (w < v)
                s->predecessors[--s->links[w].predecessors] = v;
        }
    }
    return true;
}

/* The smallest semidominator from V up to below its first ancestor that is not above W: those have none yet. The way there is
   walked with the links turned round, and shortened on the way back. */
static inline uint32_t
evaluate(struct link *links, uint32_t v, uint32_t w)
{
    uint32_t below = 0, above = links[v].ancestor, label;

    while (above > w) {
        links[v].ancestor = below;
        below = v;
        v = above;
        above = links[v].ancestor;
    }
    label = links[v].label;
    while (below) {
        v = below;
        below = links[v].ancestor;
        links[v].ancestor = above;
        if (links[v].label < label)
            label = links[v].label;
        else
            links[v].label = label;
    }
    return label;
}

static bool
find_semidominators(struct search *s)
{
    struct link *links = s->links;
    uint32_t *semis = s->numbers;
    uint32_t end = s->predecessor_count;

    for (uint32_t w = s->count; w; w--) {
        uint32_t semi = links[w].semi, start = links[w].predecessors;

        for (uint32_t i = end; i > start; i--) {
            uint32_t label;

            if (i > AHEAD) {
                __builtin_prefetch(&links[s->predecessors[i - AHEAD]], 1);
                /* Of one that is not linked yet this is no number: harmless, like any address, to ask for. */
                __builtin_prefetch(&links[links[s->predecessors[i - AHEAD / 2]].ancestor], 1);
            }
            label = evaluate(links, s->predecessors[i - 1], w);
            semi = label < semi ? label : semi;
        }
        end = start;
        semis[w - 1] = semi;
        links[w] = (struct link){.ancestor = s->parents[w], .label = semi};
        if (!(w & PROGRESS_MASK)) {
            cpt_progress_update(s->graph.progress, (uint64_t)s->count * 2 - w, (uint64_t)s->count * 2);
            if (cpt_progress_is_cancelled(s->graph.progress))
                return false;
        }
    }
    return true;
}

/* The immediate dominator of W is the nearest dominator of its parent that is not above W's semidominator. The way up there may be
   long, and the same for many: the links jump, as far as a node's depth allows (Myers, An Applicative Random-Access Stack). */
static bool
find_dominators(struct search *s)
{
    const uint32_t *semis = s->numbers;
    uint32_t *idom = s->parents;
    struct link *links = s->links;

    links[0] = (struct link){.jump = 0, .depth = 0};
    for (uint32_t w = 1; w <= s->count; w++) {
        uint32_t d = idom[w], semi = semis[w - 1], jump;

        while (d > semi)
            d = links[d].jump >= semi ? links[d].jump : idom[d];
        idom[w] = d;
        jump = links[d].jump;
        if (links[d].depth - links[jump].depth == links[jump].depth - links[links[jump].jump].depth)
            links[w].jump = links[jump].jump;
        else
            links[w].jump = d;
        links[w].depth = links[d].depth + 1;
        if (!(w & PROGRESS_MASK) && cpt_progress_is_cancelled(s->graph.progress))
            return false;
    }
    return true;
}

/* From numbers to ids; what was not reached has none. */
static void
number_back(struct search *s)
{
    uint32_t *idom = s->numbers;

    memset(idom, 0xff, (size_t)s->graph.count * sizeof(*idom));
    for (uint32_t w = 1; w <= s->count; w++) {
        if (s->count - w > AHEAD)
            __builtin_prefetch(&idom[s->order[w - 1 + AHEAD]], 1);
        idom[s->order[w - 1]] = s->parents[w] ? s->order[s->parents[w] - 1] : s->graph.count;
    }
}

static bool
run(struct search *s, const uint32_t *roots, size_t root_count)
{
    size_t entries = (size_t)s->graph.count + 1;

    s->parents = cpt_big_alloc(entries, sizeof(*s->parents));
    s->links = cpt_big_alloc(entries, sizeof(*s->links));
    if (!s->parents || !s->links)
        return false;
    s->parents[0] = 0;
    if (!search_all(s, roots, root_count) || !gather_predecessors(s))
        return false;
    if (!find_semidominators(s))
        return false;
    free(s->predecessors);
    s->predecessors = NULL;
    if (!find_dominators(s))
        return false;
    number_back(s);
    return true;
}

cpt_status
cpt_dominators_find(struct cpt_dominators *result, const struct cpt_csr *graph, const uint32_t *roots, size_t root_count,
                    struct cpt_error *error)
{
    struct search s = {.graph = *graph};
    bool done = false;

    *result = (struct cpt_dominators){.count = graph->count, .progress = graph->progress};
    result->order = s.order = cpt_big_alloc(graph->count, sizeof(*result->order));
    result->idom = s.numbers = cpt_big_zeroed(graph->count, sizeof(*result->idom));
    cpt_progress_begin(graph->progress, "finding what keeps what alive");
    if (s.order && s.numbers)
        done = run(&s, roots, root_count);
    cpt_progress_end(graph->progress);
    free(s.levels);
    free(s.predecessors);
    free(s.links);
    free(s.parents);
    result->reached = s.count;
    if (done)
        return CPT_OK;
    cpt_dominators_free(result);
    if (cpt_progress_is_cancelled(graph->progress))
        return cpt_progress_check(graph->progress, error);
    return cpt_error_set(error, CPT_NOMEM, "out of memory for the dominators of %u objects", graph->count);
}

void
cpt_dominators_free(struct cpt_dominators *result)
{
    free(result->order);
    free(result->idom);
    *result = (struct cpt_dominators){0};
}

static inline bool
is_counted(const uint64_t *counted, uint32_t node)
{
    return !counted || (counted[node >> 6] >> (node & 63) & 1);
}

void
cpt_dominators_retained(const struct cpt_dominators *tree, const uint32_t *units, const uint64_t *counted,
                        uint64_t *retained_units, uint32_t *retained_nodes)
{
    memset(retained_units, 0, (size_t)tree->count * sizeof(*retained_units));
    memset(retained_nodes, 0, (size_t)tree->count * sizeof(*retained_nodes));
    for (uint32_t i = tree->reached; i && !cpt_progress_stops(tree->progress, i); i--) {
        uint32_t node = tree->order[i - 1], above = tree->idom[node];

        if (i > AHEAD) {
            uint32_t far = tree->order[i - 1 - AHEAD], near = tree->idom[tree->order[i - 1 - AHEAD / 2]];

            __builtin_prefetch(&tree->idom[far]);
            __builtin_prefetch(&units[far]);
            __builtin_prefetch(&retained_units[far], 1);
            __builtin_prefetch(&retained_nodes[far], 1);
            if (near < tree->count) {
                __builtin_prefetch(&retained_units[near], 1);
                __builtin_prefetch(&retained_nodes[near], 1);
            }
        }
        retained_units[node] += units[node];
        retained_nodes[node] += is_counted(counted, node);
        if (above < tree->count) {
            retained_units[above] += retained_units[node];
            retained_nodes[above] += retained_nodes[node];
        }
    }
}

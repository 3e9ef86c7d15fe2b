/* What is reached from where, in no order and breadth first. */
#include "coreanalyze/heap/dominators.h"

#include "coreanalyze/base/big.h"
#include "coreanalyze/base/vec.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD 16 /* how many nodes before their turn memory is asked for */

struct marking {
    struct cpt_csr graph;
    uint64_t *reached;
    uint64_t steps;
    CPT_VEC(uint32_t) waiting; /* marked, but not looked through yet */
};

static bool
mark_targets(struct marking *m, uint32_t node)
{
    if (cpt_progress_stops(m->graph.progress, m->steps++))
        return false;
    for (uint32_t i = m->graph.first[node], end = m->graph.first[node + 1]; i < end; i++) {
        uint32_t target = m->graph.targets[i], id = target & m->graph.id_mask;
        uint64_t bit = UINT64_C(1) << (id & 63);
        uint32_t *item;

        if ((target & m->graph.skip) || (m->reached[id >> 6] & bit))
            continue;
        m->reached[id >> 6] |= bit;
        __builtin_prefetch(&m->graph.first[id]);
        item = cpt_vec_add(&m->waiting);
        if (!item)
            return false;
        *item = id;
    }
    return true;
}

cpt_status
cpt_reach_mark(const struct cpt_csr *graph, uint64_t *reached, struct cpt_error *error)
{
    struct marking m = {.graph = *graph, .reached = reached};
    size_t words = ((size_t)graph->count + 63) / 64;
    uint64_t *given = malloc(words * sizeof(*given) + 1);
    bool done = given != NULL;

    if (done)
        memcpy(given, reached, words * sizeof(*given));
    for (size_t i = 0; done && i < words; i++)
        for (uint64_t bits = given[i]; done && bits; bits &= bits - 1) {
            done = mark_targets(&m, (uint32_t)(i * 64) + (uint32_t)__builtin_ctzll(bits));
            while (done && m.waiting.count)
                done = mark_targets(&m, m.waiting.items[--m.waiting.count]);
        }
    free(given);
    cpt_vec_free(&m.waiting);
    if (cpt_progress_is_cancelled(graph->progress))
        return cpt_progress_check(graph->progress, error);
    return done ? CPT_OK : cpt_error_set(error, CPT_NOMEM, "out of memory for what is reached of %u objects", graph->count);
}

struct breadth {
    struct cpt_csr graph;
    uint32_t target;
    uint32_t *parent;
    uint32_t *queue; /* each node at most once */
    uint32_t head, tail;
};

static inline void
meet(struct breadth *b, uint32_t node, uint32_t from)
{
    if (b->parent[node] != CPT_CSR_NONE)
        return;
    b->parent[node] = from;
    b->queue[b->tail++] = node;
}

/* Asks for what the nodes soon to come will read. */
static inline void
foresee(const struct breadth *b)
{
    if (b->head + AHEAD < b->tail)
        __builtin_prefetch(&b->graph.first[b->queue[b->head + AHEAD]]);
    if (b->head + AHEAD / 2 < b->tail)
        __builtin_prefetch(&b->graph.targets[b->graph.first[b->queue[b->head + AHEAD / 2]]]);
    if (b->head + AHEAD / 4 < b->tail) {
        uint32_t node = b->queue[b->head + AHEAD / 4];
        uint32_t first = b->graph.first[node], end = b->graph.first[node + 1];

        for (uint32_t i = first; i < end && i < first + AHEAD; i++)
            __builtin_prefetch(&b->parent[b->graph.targets[i] & b->graph.id_mask], 1);
    }
}

static bool
is_met(const struct breadth *b)
{
    return b->target != CPT_CSR_NONE && b->parent[b->target] != CPT_CSR_NONE;
}

cpt_status
cpt_breadth_first(const struct cpt_csr *graph, const uint32_t *roots, size_t root_count, uint32_t target, uint32_t *parent,
                  struct cpt_error *error)
{
    struct breadth b = {.graph = *graph, .target = target, .parent = parent};

    b.queue = cpt_big_alloc(graph->count, sizeof(*b.queue));
    if (!b.queue)
        return cpt_error_set(error, CPT_NOMEM, "out of memory for the ways to %u objects", graph->count);
    for (size_t i = 0; i < root_count; i++)
        meet(&b, roots[i], graph->count);
    for (; b.head < b.tail && !is_met(&b) && !cpt_progress_stops(graph->progress, b.head); b.head++) {
        uint32_t node = b.queue[b.head];

        foresee(&b);
        for (uint32_t i = graph->first[node], end = graph->first[node + 1]; i < end; i++)
            if (!(graph->targets[i] & graph->skip))
                meet(&b, graph->targets[i] & graph->id_mask, node);
    }
    free(b.queue);
    return cpt_progress_check(graph->progress, error);
}

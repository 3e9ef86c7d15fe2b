/* Dominators, components and ways against what is found by leaving out one node after the other. */
#include "randomgraph.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GRAPHS 1000
#define N RANDOM_GRAPH_NODES
#define DEEP 1000000

/* Allocations: the tests count them, and let one of them fail. */
static long allocations, alive, failing = -1;

void *__real_malloc(size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *pointer);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *pointer);

static void *
counted(void *pointer, bool fresh)
{
    alive += pointer && fresh;
    return pointer;
}

void *
__wrap_malloc(size_t size)
{
    return allocations++ == failing ? NULL : counted(__real_malloc(size), true);
}

void *
__wrap_realloc(void *old, size_t size)
{
    return allocations++ == failing ? NULL : counted(__real_realloc(old, size), !old);
}

void *
__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return allocations++ == failing ? NULL : counted(__real_aligned_alloc(alignment, size), true);
}

void
__wrap_free(void *pointer)
{
    alive -= pointer != NULL;
    __real_free(pointer);
}

static bool
is_set(const uint64_t *bits, uint32_t i)
{
    return bits[i >> 6] >> (i & 63) & 1;
}

/* What is no longer reached without V is what V dominates. */
static void
find_dominated(const struct random_graph *graph, bool dominated[N][N])
{
    static uint32_t all[N], less[N];

    random_graph_distances(graph, graph->roots, graph->root_count, RANDOM_GRAPH_NOBODY, NULL, all);
    for (uint32_t v = 0; v < graph->csr.count; v++) {
        random_graph_distances(graph, graph->roots, graph->root_count, v, NULL, less);
        for (uint32_t u = 0; u < graph->csr.count; u++)
            dominated[v][u] = all[u] != CPT_CSR_NONE && less[u] == CPT_CSR_NONE;
    }
}

/* The dominator of U, not U itself, that all its others dominate. */
static uint32_t
nearest_dominator(const struct random_graph *graph, bool dominated[N][N], uint32_t u)
{
    uint32_t nearest = graph->csr.count;

    if (!dominated[u][u])
        return CPT_CSR_NONE;
    for (uint32_t v = 0; v < graph->csr.count; v++)
        if (v != u && dominated[v][u] && (nearest == graph->csr.count || dominated[nearest][v]))
            nearest = v;
    return nearest;
}

static void
check_order(const struct cpt_dominators *tree)
{
    static uint32_t place[N];
    uint32_t reached = 0;

    memset(place, 0xff, sizeof(place));
    for (uint32_t i = 0; i < tree->reached; i++) {
        assert_true(tree->order[i] < tree->count);
        assert_int_equal(place[tree->order[i]], CPT_CSR_NONE);
        place[tree->order[i]] = i;
    }
    for (uint32_t i = 0; i < tree->count; i++) {
        assert_int_equal(tree->idom[i] == CPT_CSR_NONE, place[i] == CPT_CSR_NONE);
        reached += place[i] != CPT_CSR_NONE;
        if (tree->idom[i] < tree->count)
            assert_true(place[tree->idom[i]] < place[i]);
    }
    assert_int_equal(reached, tree->reached);
}

static void
check_retained(const struct cpt_dominators *tree, bool dominated[N][N])
{
    static uint32_t units[N], nodes[N];
    static uint64_t retained[N], counted_bits[N / 64 + 1];

    for (uint32_t i = 0; i < tree->count; i++)
        units[i] = random_below(8) ? random_below(100) : UINT32_MAX;
    for (size_t i = 0; i < N / 64 + 1; i++)
        counted_bits[i] = (uint64_t)random_below(UINT32_MAX) << 32 | random_below(UINT32_MAX);
    for (int among = 0; among < 2; among++) {
        cpt_dominators_retained(tree, units, among ? counted_bits : NULL, retained, nodes);
        for (uint32_t v = 0; v < tree->count; v++) {
            uint64_t sum = 0, objects = 0;

            for (uint32_t u = 0; u < tree->count; u++) {
                sum += dominated[v][u] ? units[u] : 0;
                objects += dominated[v][u] && (!among || is_set(counted_bits, u));
            }
            assert_int_equal(retained[v], sum);
            assert_int_equal(nodes[v], objects);
        }
    }
}

static void
test_dominators(void **state)
{
    static bool dominated[N][N];
    static struct random_graph graph;

    (void)state;
    for (uint32_t seed = 0; seed < GRAPHS; seed++) {
        struct cpt_dominators tree;

        random_graph_make(&graph, seed);
        assert_int_equal(cpt_dominators_find(&tree, &graph.csr, graph.roots, graph.root_count, NULL), CPT_OK);
        find_dominated(&graph, dominated);
        for (uint32_t u = 0; u < graph.csr.count; u++)
            assert_int_equal(tree.idom[u], nearest_dominator(&graph, dominated, u));
        check_order(&tree);
        check_retained(&tree, dominated);
        cpt_dominators_free(&tree);
    }
}

/* A chain whose links have an item each, which a node off the chain refers to as well: nothing recurses, and no item's dominator is
   searched for all along the chain. */
static void
test_deep(void **state)
{
    uint32_t count = 2 * DEEP + 2, edges = 0, root = 0, list = 2 * DEEP + 1;
    uint32_t *first = test_malloc((count + 1) * sizeof(*first)), *targets = test_malloc((4 * DEEP + 2) * sizeof(*targets));
    struct cpt_csr csr = {.count = count, .first = first, .targets = targets, .id_mask = UINT32_MAX >> 2};
    uint32_t *component = test_malloc(count * sizeof(*component)), components;
    struct cpt_dominators tree;

    (void)state;
    for (uint32_t i = 0; i < count; i++) { /* 0: root, 1 … DEEP: the chain, then the items, then the list */
        first[i] = edges;
        if (i < DEEP)
            targets[edges++] = i + 1;
        if (i && i <= DEEP)
            targets[edges++] = DEEP + i;
        if (i == 0)
            targets[edges++] = list;
        for (uint32_t k = 0; i == list && k < DEEP; k++)
            targets[edges++] = DEEP + 1 + k;
    }
    first[count] = edges;
    assert_int_equal(cpt_dominators_find(&tree, &csr, &root, 1, NULL), CPT_OK);
    assert_int_equal(tree.reached, count);
    assert_int_equal(tree.idom[root], count);
    assert_int_equal(tree.idom[list], root);
    for (uint32_t i = 1; i <= DEEP; i++) {
        assert_int_equal(tree.idom[i], i - 1);
        assert_int_equal(tree.idom[DEEP + i], root);
    }
    cpt_dominators_free(&tree);
    assert_int_equal(cpt_components_find(&csr, NULL, component, &components, NULL), CPT_OK);
    assert_int_equal(components, count);
    targets[first[DEEP]] = 1; /* the last link's item becomes the first link */
    assert_int_equal(cpt_components_find(&csr, NULL, component, &components, NULL), CPT_OK);
    assert_int_equal(components, count - DEEP + 1);
    for (uint32_t i = 2; i <= DEEP; i++)
        assert_int_equal(component[i], component[1]);
    test_free(component);
    test_free(targets);
    test_free(first);
}

/* Two nodes are of one component where each is reached from the other within AMONG. */
static void
check_components(const struct random_graph *graph, const uint64_t *among)
{
    static uint32_t component[N], distances[N][N];
    static bool closed[N], seen[N];
    uint32_t count, used = 0;

    assert_int_equal(cpt_components_find(&graph->csr, among, component, &count, NULL), CPT_OK);
    for (uint32_t i = 0; i < graph->csr.count; i++)
        closed[i] = among && !is_set(among, i);
    for (uint32_t i = 0; i < graph->csr.count; i++)
        random_graph_distances(graph, &i, 1, RANDOM_GRAPH_NOBODY, closed, distances[i]);
    memset(seen, 0, sizeof(seen));
    for (uint32_t i = 0; i < graph->csr.count; i++) {
        assert_int_equal(component[i] == CPT_CSR_NONE, closed[i]);
        if (closed[i])
            continue;
        assert_true(component[i] < count);
        used += !seen[component[i]];
        seen[component[i]] = true;
        for (uint32_t k = 0; k < i; k++)
            if (!closed[k])
                assert_int_equal(component[i] == component[k],
                                 distances[i][k] != CPT_CSR_NONE && distances[k][i] != CPT_CSR_NONE);
    }
    assert_int_equal(used, count);
}

static void
test_components(void **state)
{
    static struct random_graph graph;
    static uint64_t among[N / 64 + 1];

    (void)state;
    for (uint32_t seed = 0; seed < GRAPHS; seed++) {
        random_graph_make(&graph, seed);
        for (size_t i = 0; i < N / 64 + 1; i++)
            among[i] = ~((uint64_t)random_below(UINT32_MAX) << 32 & (uint64_t)random_below(UINT32_MAX) << 22);
        check_components(&graph, NULL);
        check_components(&graph, among);
    }
}

static void
test_marking(void **state)
{
    static struct random_graph graph;
    static uint64_t reached[N / 64 + 1];
    static uint32_t distances[N];

    (void)state;
    for (uint32_t seed = 0; seed < GRAPHS; seed++) {
        random_graph_make(&graph, seed);
        memset(reached, 0, sizeof(reached));
        for (size_t i = 0; i < graph.root_count; i++)
            reached[graph.roots[i] >> 6] |= UINT64_C(1) << (graph.roots[i] & 63);
        assert_int_equal(cpt_reach_mark(&graph.csr, reached, NULL), CPT_OK);
        random_graph_distances(&graph, graph.roots, graph.root_count, RANDOM_GRAPH_NOBODY, NULL, distances);
        for (uint32_t i = 0; i < graph.csr.count; i++)
            assert_int_equal(is_set(reached, i), distances[i] != CPT_CSR_NONE);
    }
}

/* How many nodes lie between NODE and a root on the way that PARENT says; each step has to be an edge. */
static uint32_t
way_length(const struct random_graph *graph, const uint32_t *parent, uint32_t node)
{
    uint32_t length = 0;

    for (; parent[node] != graph->csr.count; node = parent[node], length++) {
        bool leads = false;

        assert_true(parent[node] < graph->csr.count && length < graph->csr.count);
        for (uint32_t k = graph->first[parent[node]]; k < graph->first[parent[node] + 1]; k++)
            leads |= !(graph->targets[k] & graph->csr.skip) && (graph->targets[k] & graph->csr.id_mask) == node;
        assert_true(leads);
    }
    return length;
}

static void
test_breadth(void **state)
{
    static struct random_graph graph;
    static uint32_t parent[N], before[N], distances[N];
    static bool closed[N];

    (void)state;
    for (uint32_t seed = 0; seed < GRAPHS; seed++) {
        uint32_t more[3];

        random_graph_make(&graph, seed);
        memset(parent, 0xff, sizeof(parent));
        assert_int_equal(cpt_breadth_first(&graph.csr, graph.roots, graph.root_count, CPT_CSR_NONE, parent, NULL), CPT_OK);
        random_graph_distances(&graph, graph.roots, graph.root_count, RANDOM_GRAPH_NOBODY, NULL, distances);
        for (uint32_t i = 0; i < graph.csr.count; i++) {
            assert_int_equal(parent[i] == CPT_CSR_NONE, distances[i] == CPT_CSR_NONE);
            if (parent[i] != CPT_CSR_NONE)
                assert_int_equal(way_length(&graph, parent, i), distances[i]);
            closed[i] = parent[i] != CPT_CSR_NONE;
        }
        /* Another time, from elsewhere: what was met stays as it is and leads no further. */
        memcpy(before, parent, sizeof(parent));
        for (size_t i = 0; i < 3; i++)
            more[i] = random_below(graph.csr.count);
        assert_int_equal(cpt_breadth_first(&graph.csr, more, 3, CPT_CSR_NONE, parent, NULL), CPT_OK);
        random_graph_distances(&graph, more, 3, RANDOM_GRAPH_NOBODY, closed, distances);
        for (uint32_t i = 0; i < graph.csr.count; i++) {
            if (before[i] != CPT_CSR_NONE)
                assert_int_equal(parent[i], before[i]);
            else if (distances[i] != CPT_CSR_NONE)
                assert_int_equal(way_length(&graph, parent, i), distances[i]);
            else
                assert_int_equal(parent[i], CPT_CSR_NONE);
        }
    }
}

/* A search for one node ends with the shortest way to it, and does not go on. */
static void
test_breadth_target(void **state)
{
    static struct random_graph graph;
    static uint32_t parent[N], distances[N];
    uint32_t ended_early = 0;

    (void)state;
    for (uint32_t seed = 0; seed < GRAPHS; seed++) {
        uint32_t target;

        random_graph_make(&graph, seed);
        target = random_below(graph.csr.count);
        memset(parent, 0xff, sizeof(parent));
        assert_int_equal(cpt_breadth_first(&graph.csr, graph.roots, graph.root_count, target, parent, NULL), CPT_OK);
        random_graph_distances(&graph, graph.roots, graph.root_count, RANDOM_GRAPH_NOBODY, NULL, distances);
        assert_int_equal(parent[target] == CPT_CSR_NONE, distances[target] == CPT_CSR_NONE);
        if (parent[target] == CPT_CSR_NONE)
            continue;
        assert_int_equal(way_length(&graph, parent, target), distances[target]);
        for (uint32_t i = 0; i < graph.csr.count; i++)
            if (distances[i] != CPT_CSR_NONE && distances[i] > distances[target] + 1)
                assert_int_equal(parent[i], CPT_CSR_NONE);
            else
                ended_early += parent[i] == CPT_CSR_NONE && distances[i] != CPT_CSR_NONE;
    }
    assert_true(ended_early > 0);
}

static cpt_status
do_all(const struct random_graph *graph)
{
    static uint32_t numbers[N];
    static uint64_t bits[N / 64 + 1];
    struct cpt_dominators tree;
    struct cpt_error error = {0};
    uint32_t count;
    cpt_status status = cpt_dominators_find(&tree, &graph->csr, graph->roots, graph->root_count, &error);

    cpt_dominators_free(&tree);
    memset(numbers, 0xff, sizeof(numbers));
    if (!status)
        status = cpt_breadth_first(&graph->csr, graph->roots, graph->root_count, CPT_CSR_NONE, numbers, &error);
    memset(bits, 0x11, sizeof(bits));
    if (!status)
        status = cpt_reach_mark(&graph->csr, bits, &error);
    if (!status)
        status = cpt_components_find(&graph->csr, NULL, numbers, &count, &error);
    assert_int_equal(error.status, status);
    return status;
}

static void
test_no_memory(void **state)
{
    static struct random_graph graph;
    long before = alive, most = 0;

    (void)state;
    for (uint32_t seed = 0; seed < 50; seed++) {
        long all;

        random_graph_make(&graph, seed);
        allocations = 0;
        assert_int_equal(do_all(&graph), CPT_OK);
        all = allocations;
        for (long i = 0; i < all; i++) {
            allocations = 0;
            failing = i;
            assert_int_equal(do_all(&graph), CPT_NOMEM);
            failing = -1;
            assert_int_equal(alive, before);
        }
        most = all > most ? all : most;
    }
    assert_true(most > 12); /* more than the first of each array: some grew */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dominators),
        cmocka_unit_test(test_deep),
        cmocka_unit_test(test_components),
        cmocka_unit_test(test_marking),
        cmocka_unit_test(test_breadth),
        cmocka_unit_test(test_breadth_target),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests_name("dominators", tests, NULL, NULL);
}

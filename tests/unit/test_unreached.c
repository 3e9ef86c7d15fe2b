/* Groups of garbage, and the heads of what no root leads to, against the same worked out by multiplying small graphs out. */
#include "coreanalyze/analyses/clusters.h"
#include "coreanalyze/analyses/unreached.h"
#include "tests/unit/madegraph.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define GRAPHS 3000
#define MOST_NODES 14
#define BIT(node) (UINT64_C(1) << (node))

static void
make_random(struct madegraph *made, uint64_t *random)
{
    uint32_t count = 1 + madegraph_random(random, MOST_NODES), edges = madegraph_random(random, 2 * count);

    madegraph_init(made, count);
    for (uint32_t i = 0; i < edges; i++) {
        uint32_t flags = madegraph_random(random, 6) ? 0 : CPT_TARGET_UNVISITED;

        madegraph_add(made, madegraph_random(random, count), madegraph_random(random, count) | flags);
    }
    madegraph_finish(made);
}

/* --- groups ---------------------------------------------------------------------------------- */

static void
check_cluster(const struct madegraph *made, const struct cpt_clusters *clusters, const uint64_t closure[], uint32_t node)
{
    bool held = false; /* by a cycle that it hangs from */

    if (closure[node] & BIT(node)) {
        assert_false(clusters->hanging[0] & BIT(node));
        for (uint32_t i = 0; i < made->graph.count; i++) {
            if (closure[i] & BIT(i) && i != node)
                assert_int_equal(clusters->of[i] == clusters->of[node], closure[i] & BIT(node) && closure[node] & BIT(i));
        }
        return;
    }
    for (uint32_t i = 0; i < made->graph.count; i++)
        held |= closure[i] & BIT(i) && closure[i] & BIT(node);
    assert_int_equal((clusters->hanging[0] & BIT(node)) != 0, held);
    for (uint32_t i = 0; held && i < made->graph.count; i++) {
        if (closure[i] & BIT(i) && closure[i] & BIT(node) && clusters->of[i] == clusters->of[node])
            return;
    }
    assert_false(held);
    for (uint32_t i = 0; i < made->graph.count; i++)
        assert_true(i == node || clusters->of[i] != clusters->of[node]);
}

static void
test_clusters(void **state)
{
    uint64_t random = 7, hanging = 0;

    (void)state;
    for (unsigned i = 0; i < GRAPHS; i++) {
        struct madegraph made;
        struct cpt_clusters clusters;
        struct cpt_error error;
        uint64_t closure[MADE_NODES], among[2] = {0};

        make_random(&made, &random);
        among[0] = madegraph_random(&random, 3) ? BIT(made.graph.count) - 1 : madegraph_random(&random, 1 << MOST_NODES);
        among[0] &= BIT(made.graph.count) - 1;
        madegraph_close(&made, among[0], CPT_TARGET_UNVISITED, closure);
        assert_int_equal(cpt_clusters_find(&clusters, &made.graph, among, &error), CPT_OK);
        for (uint32_t node = 0; node < made.graph.count; node++) {
            if (among[0] & BIT(node))
                check_cluster(&made, &clusters, closure, node);
            else
                assert_int_equal(clusters.of[node], CPT_CSR_NONE);
        }
        hanging += clusters.hanging[0] != 0;
        cpt_clusters_free(&clusters);
    }
    assert_in_range(hanging, GRAPHS / 10, GRAPHS);
}

/* --- heads ----------------------------------------------------------------------------------- */

static uint64_t
reached_from(const struct madegraph *made, uint64_t from, const uint64_t closure[])
{
    uint64_t reached = from;

    for (uint32_t i = 0; i < made->graph.count; i++)
        reached |= from & BIT(i) ? closure[i] : 0;
    return reached;
}

static uint64_t
objects_of(const struct madegraph *made)
{
    uint64_t objects = 0;

    for (uint32_t i = 0; i < made->graph.count; i++)
        objects |= cpt_graph_is_object(&made->graph, i) ? BIT(i) : 0;
    return objects;
}

/* Heads, as the header puts it. */
static uint64_t
heads_of(const struct madegraph *made, uint64_t unreached, uint64_t surplus, uint64_t garbage, const uint64_t closure[])
{
    uint64_t heads = unreached & surplus, rest = unreached & ~reached_from(made, heads | (unreached & garbage), closure);
    uint64_t objects = objects_of(made);

    for (uint32_t node = 0; node < made->graph.count; node++) {
        bool led_to = false;

        for (uint32_t i = 0; i < made->graph.count; i++)
            led_to |= rest & objects & BIT(i) && closure[i] & BIT(node) && !(closure[node] & BIT(i)) && i != node;
        if (rest & objects & BIT(node) && !led_to)
            heads |= BIT(node);
    }
    return heads;
}

static void
test_heads(void **state)
{
    uint64_t random = 3, several = 0;

    (void)state;
    for (unsigned i = 0; i < GRAPHS; i++) {
        struct madegraph made;
        struct cpt_unreached unreached;
        struct cpt_error error;
        uint64_t closure[MADE_NODES], surplus[2] = {0}, garbage[2] = {0}, all, wanted;
        uint32_t root;

        make_random(&made, &random);
        all = BIT(made.graph.count) - 1;
        root = madegraph_random(&random, made.graph.count);
        for (uint32_t node = 0; node < made.graph.count; node++)
            made.shapes[node] = madegraph_random(&random, 3) ? 0 : CPT_NATIVE_BLOCK;
        surplus[0] = madegraph_random(&random, 4) ? 0 : madegraph_random(&random, 1 << MOST_NODES) & objects_of(&made);
        garbage[0] = madegraph_random(&random, 4) ? 0 : madegraph_random(&random, 1 << MOST_NODES) & objects_of(&made);
        garbage[0] &= ~surplus[0];
        madegraph_close(&made, all, 0, closure);
        wanted = all & ~reached_from(&made, BIT(root), closure);
        assert_int_equal(cpt_unreached_find(&unreached, &made.graph, &root, 1, surplus, garbage, NULL, &error), CPT_OK);
        assert_int_equal(unreached.nodes[0], wanted);
        wanted = heads_of(&made, wanted, surplus[0], garbage[0], closure);
        assert_int_equal(unreached.heads[0], wanted);
        several += __builtin_popcountll(wanted) > 1;
        cpt_unreached_free(&unreached);
    }
    assert_in_range(several, GRAPHS / 10, GRAPHS);
}

/* An object and a block of C's that refer to each other, and nothing else to them. */
static void
test_own_block(void **state)
{
    struct madegraph made;
    struct cpt_unreached unreached;
    struct cpt_error error;
    uint64_t none[2] = {0};
    uint32_t root = 3;

    (void)state;
    madegraph_init(&made, 5);
    made.shapes[1] = CPT_NATIVE_BLOCK;
    madegraph_add(&made, 0, 1 | CPT_TARGET_SCANNED | CPT_TARGET_UNVISITED);
    madegraph_add(&made, 1, 0 | CPT_TARGET_SCANNED | CPT_TARGET_UNVISITED);
    madegraph_add(&made, 0, 2);
    madegraph_add(&made, 3, 4);
    madegraph_finish(&made);
    assert_int_equal(cpt_unreached_find(&unreached, &made.graph, &root, 1, none, none, NULL, &error), CPT_OK);
    assert_int_equal(unreached.nodes[0], 0x7);
    assert_int_equal(unreached.heads[0], 0x1);
    cpt_unreached_free(&unreached);
}

static unsigned
rank_odd(const struct cpt_graph *graph, uint32_t node)
{
    (void)graph;
    return node % 2;
}

/* Of objects that keep one another, those that say most. */
static void
test_rank(void **state)
{
    struct madegraph made;
    struct cpt_unreached unreached;
    struct cpt_error error;
    uint64_t none[2] = {0};

    (void)state;
    madegraph_init(&made, 6);
    for (uint32_t i = 0; i < 4; i++)
        madegraph_add(&made, i, (i + 1) % 4);
    madegraph_add(&made, 3, 5);
    madegraph_add(&made, 4, 4);
    madegraph_finish(&made);
    assert_int_equal(cpt_unreached_find(&unreached, &made.graph, NULL, 0, none, none, rank_odd, &error), CPT_OK);
    assert_int_equal(unreached.nodes[0], 0x3f);
    assert_int_equal(unreached.heads[0], 0x1a);
    cpt_unreached_free(&unreached);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clusters),
        cmocka_unit_test(test_heads),
        cmocka_unit_test(test_own_block),
        cmocka_unit_test(test_rank),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

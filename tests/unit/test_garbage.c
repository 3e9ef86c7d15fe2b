/* What the collector would find unreachable, on graphs small enough to try every set of objects. */
#include "coreanalyze/analyses/garbage_parts.h"
#include "tests/unit/madegraph.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define GRAPHS 3000
#define MOST_NODES 9

/* The references of REFS that MADE's own edges explain, and EXTRA more of NODE. */
static void
count_references(const struct madegraph *made, int32_t *refs)
{
    for (uint32_t i = 0; i < made->edge_count; i++) {
        uint32_t target = made->edges[i].target;

        if (!(target & (CPT_TARGET_UNVISITED | CPT_TARGET_SCANNED)) && refs[CPT_TARGET_ID(target)] != CPT_NOT_COLLECTED)
            refs[CPT_TARGET_ID(target)]++;
    }
}

/* The objects that are found unreachable, as bits. */
static uint64_t
deduced(struct madegraph *made, const int32_t *refs)
{
    int32_t left[MADE_NODES];
    struct cpt_error error;
    uint64_t found = 0;

    madegraph_finish(made);
    memcpy(left, refs, sizeof(left));
    assert_int_equal(cpt_garbage_deduce(&made->graph, left, NULL, &error), CPT_OK);
    for (uint32_t i = 0; i < made->graph.count; i++) {
        assert_true((left[i] == CPT_NOT_COLLECTED) == (refs[i] == CPT_NOT_COLLECTED));
        if (left[i] != CPT_NOT_COLLECTED && left[i] <= 0)
            found |= UINT64_C(1) << i;
    }
    return found;
}

static void
test_shapes(void **state)
{
    struct madegraph made;
    int32_t refs[MADE_NODES] = {0};

    (void)state;
    madegraph_init(&made, 9);
    madegraph_add(&made, 0, 0); /* a list in itself, twice */
    madegraph_add(&made, 0, 0);
    madegraph_add(&made, 1, 2); /* a pair, and a chain that hangs from it */
    madegraph_add(&made, 2, 1);
    madegraph_add(&made, 2, 3);
    madegraph_add(&made, 3, 4);
    madegraph_add(&made, 5, 6); /* another pair, which somebody holds, and what it refers to */
    madegraph_add(&made, 6, 5);
    madegraph_add(&made, 6, 7);
    madegraph_add(&made, 8, 8); /* in itself, but one of the two references is not the collector's */
    madegraph_add(&made, 8, 8 | CPT_TARGET_UNVISITED);
    count_references(&made, refs);
    refs[6]++;
    refs[8]++;
    assert_int_equal(deduced(&made, refs), 0x1f);
}

static void
test_not_collected(void **state)
{
    struct madegraph made;
    int32_t refs[MADE_NODES] = {0};

    (void)state;
    madegraph_init(&made, 4);
    madegraph_add(&made, 0, 1); /* 0 was frozen: what it refers to is held from outside */
    madegraph_add(&made, 1, 0);
    madegraph_add(&made, 2, 3);
    madegraph_add(&made, 3, 2);
    count_references(&made, refs);
    refs[0] = CPT_NOT_COLLECTED;
    assert_int_equal(deduced(&made, refs), 0xc);
}

static void
test_scanned(void **state)
{
    struct madegraph made;
    int32_t refs[MADE_NODES] = {0}, copy[MADE_NODES];
    uint64_t doubtful[2] = {0x1};
    struct cpt_error error;

    (void)state;
    madegraph_init(&made, 3);
    madegraph_add(&made, 0, 1 | CPT_TARGET_SCANNED);
    madegraph_add(&made, 1, 0);
    madegraph_add(&made, 1, 2);
    madegraph_add(&made, 0, 2 | CPT_TARGET_UNVISITED);
    count_references(&made, refs);
    refs[1] = 1; /* that 0 may have it is no proof */
    assert_int_equal(deduced(&made, refs), 0);
    memcpy(copy, refs, sizeof(copy));
    assert_int_equal(cpt_garbage_deduce(&made.graph, copy, doubtful, &error), CPT_OK);
    assert_true(copy[0] <= 0 && copy[1] <= 0 && copy[2] <= 0);
    refs[1] = 0; /* nor is anything garbage that a living object may refer to */
    refs[0]++;
    assert_int_equal(deduced(&made, refs), 0);
}

static void
test_many(void **state)
{
    struct madegraph made;
    int32_t refs[MADE_NODES] = {CPT_MANY_REFERENCES, 1};

    (void)state;
    madegraph_init(&made, 2);
    madegraph_add(&made, 0, 0);
    madegraph_add(&made, 0, 1);
    assert_int_equal(deduced(&made, refs), 0);
}

/* Whether the collector could free the objects of SET: nobody else has a reference to any of them, or may have one. */
static bool
is_garbage(const struct madegraph *made, const int32_t *refs, uint64_t set)
{
    int32_t explained[MADE_NODES] = {0};

    for (uint32_t i = 0; i < made->edge_count; i++) {
        uint32_t from = made->edges[i].from, target = made->edges[i].target, id = CPT_TARGET_ID(target);

        if (target & CPT_TARGET_UNVISITED)
            continue;
        if (target & CPT_TARGET_SCANNED && set >> id & 1 && !(set >> from & 1) && refs[from] != CPT_NOT_COLLECTED)
            return false;
        if (!(target & CPT_TARGET_SCANNED) && set >> from & 1)
            explained[id]++;
    }
    for (uint32_t i = 0; i < made->graph.count; i++) {
        if (set >> i & 1 && (refs[i] == CPT_NOT_COLLECTED || refs[i] != explained[i]))
            return false;
    }
    return true;
}

static void
make_random(struct madegraph *made, int32_t *refs, uint64_t *random)
{
    uint32_t count = 1 + madegraph_random(random, MOST_NODES), edges = madegraph_random(random, 2 * count);

    memset(refs, 0, MADE_NODES * sizeof(*refs));
    madegraph_init(made, count);
    for (uint32_t i = 0; i < count; i++) {
        if (!madegraph_random(random, 8))
            refs[i] = CPT_NOT_COLLECTED;
        else if (!madegraph_random(random, 4))
            refs[i] = 1;
    }
    for (uint32_t i = 0; i < edges; i++) {
        static const uint32_t flags[8] = {
            CPT_TARGET_UNVISITED, CPT_TARGET_SCANNED, CPT_TARGET_UNVISITED | CPT_TARGET_SCANNED};
        uint32_t from = madegraph_random(random, count), to = madegraph_random(random, count);

        madegraph_add(made, from, to | flags[madegraph_random(random, 8)]);
    }
    count_references(made, refs);
}

static void
test_every_set(void **state)
{
    uint64_t random = 1, found_some = 0;

    (void)state;
    for (unsigned i = 0; i < GRAPHS; i++) {
        struct madegraph made;
        int32_t refs[MADE_NODES];
        uint64_t garbage = 0, found;

        make_random(&made, refs, &random);
        for (uint64_t set = 1; set < UINT64_C(1) << made.graph.count; set++)
            garbage |= is_garbage(&made, refs, set) ? set : 0;
        found = deduced(&made, refs);
        assert_int_equal(found, garbage);
        found_some += found != 0;
    }
    assert_in_range(found_some, GRAPHS / 10, GRAPHS - GRAPHS / 10);
}

static void
test_spread(void **state)
{
    struct madegraph made;
    struct cpt_error error;
    uint64_t among[2] = {0x3f}, marked[2] = {0x1};

    (void)state;
    madegraph_init(&made, 8);
    madegraph_add(&made, 0, 1);
    madegraph_add(&made, 1, 2 | CPT_TARGET_SCANNED);
    madegraph_add(&made, 2, 3 | CPT_TARGET_UNVISITED);
    madegraph_add(&made, 2, 6); /* not among them */
    madegraph_add(&made, 6, 4);
    madegraph_add(&made, 5, 0);
    madegraph_finish(&made);
    assert_int_equal(cpt_garbage_spread(&made.graph, among, marked, &error), CPT_OK);
    assert_int_equal(marked[0], 0x7);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_not_collected),
        cmocka_unit_test(test_scanned),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_every_set),
        cmocka_unit_test(test_spread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Which nodes of a dominator tree are shown, of trees as programs make them. */
#include "coreanalyze/analyses/retainers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define NODES 40000
#define TOP 10
#define NOBODY UINT32_MAX

enum kind { BLOCK, LEAF, LIST, DICT, INSTANCE, LINK, MODULE, MODULE_DICT, INSTANCE_DICT };

static struct scene {
    uint32_t count, idom[NODES], order[NODES], kinds[NODES];
    uint64_t own[NODES];
    uint32_t shown[NODES];
    size_t shown_count;
} scene;

/* A node of KIND below PARENT, of BYTES itself. */
static uint32_t
add(uint32_t parent, enum kind kind, uint64_t bytes)
{
    uint32_t node = scene.count++;

    assert_true(node < NODES);
    scene.idom[node] = parent;
    scene.kinds[node] = kind;
    scene.own[node] = bytes;
    scene.order[node] = node;
    return node;
}

static void
add_leaves(uint32_t parent, uint32_t count, uint64_t bytes)
{
    for (uint32_t i = 0; i < count; i++)
        add(parent, LEAF, bytes);
}

/* The dict of a module, which holds its few variables. */
static uint32_t
add_module(void)
{
    uint32_t module = add(NOBODY, MODULE, 80), dict = add(module, MODULE_DICT, 300);

    add_leaves(dict, 5, 50);
    return dict;
}

static bool
is_carrier(void *arg, uint32_t node)
{
    (void)arg;
    return scene.kinds[node] == MODULE || scene.kinds[node] == MODULE_DICT;
}

static bool
can_show(void *arg, uint32_t node)
{
    (void)arg;
    return scene.kinds[node] != BLOCK;
}

static bool
is_dict_of(void *arg, uint32_t node, uint32_t owner)
{
    (void)arg;
    return (scene.kinds[node] == MODULE_DICT && scene.kinds[owner] == MODULE) ||
           (scene.kinds[node] == INSTANCE_DICT && scene.kinds[owner] == INSTANCE);
}

static void
choose(size_t top)
{
    static uint64_t retained[NODES];
    struct cpt_dominators tree = {.count = scene.count, .reached = scene.count, .order = scene.order, .idom = scene.idom};
    struct cpt_retainers retainers = {
        .tree = &tree, .retained = retained, .kinds = scene.kinds, .is_carrier = is_carrier, .is_dict_of = is_dict_of,
        .can_show = can_show};

    for (uint32_t i = 0; i < scene.count; i++) {
        retained[i] = scene.own[i];
        if (scene.idom[i] == NOBODY)
            scene.idom[i] = scene.count;
    }
    for (uint32_t i = scene.count; i-- > 0;)
        if (scene.idom[i] < scene.count)
            retained[scene.idom[i]] += retained[i];
    assert_int_equal(cpt_retainers_choose(&retainers, top, scene.shown, &scene.shown_count, NULL), CPT_OK);
    assert_true(scene.shown_count <= top);
    for (size_t i = 1; i < scene.shown_count; i++)
        assert_true(retained[scene.shown[i - 1]] >= retained[scene.shown[i]]);
}

static bool
is_shown(uint32_t node)
{
    for (size_t i = 0; i < scene.shown_count; i++)
        if (scene.shown[i] == node)
            return true;
    return false;
}

static int
clear(void **state)
{
    (void)state;
    scene.count = 0;
    return 0;
}

/* app.cache, and neither the module nor its dict nor one of many entries. */
static void
test_module_variable(void **state)
{
    uint32_t dict = add_module(), cache = add(dict, DICT, 1000);

    (void)state;
    for (uint32_t i = 0; i < 1000; i++)
        add_leaves(add(cache, INSTANCE, 100), 3, 30);
    choose(TOP);
    assert_int_equal(scene.shown[0], cache);
    for (size_t i = 0; i < scene.shown_count; i++) {
        assert_false(is_carrier(NULL, scene.shown[i]));
        assert_int_not_equal(scene.idom[scene.shown[i]], cache);
    }
}

/* An object of whose two attributes one holds most and the other the rest: these are shown. */
static void
test_few_parts(void **state)
{
    uint32_t service = add(add_module(), INSTANCE, 48), dict = add(service, INSTANCE_DICT, 100);
    uint32_t items = add(dict, LIST, 800), index = add(dict, DICT, 200);

    (void)state;
    add_leaves(items, 1000, 85);
    add_leaves(index, 1000, 15);
    choose(TOP);
    assert_int_equal(scene.shown[0], items);
    assert_int_equal(scene.shown[1], index);
    assert_false(is_shown(service));
    assert_false(is_shown(dict));
}

/* Attributes of which none holds much: the object is shown, not its dict. */
static void
test_dict_is_object(void **state)
{
    uint32_t record = add(add_module(), INSTANCE, 48), dict = add(record, INSTANCE_DICT, 1000);

    (void)state;
    add_leaves(dict, 1000, 50);
    choose(TOP);
    assert_int_equal(scene.shown[0], record);
    assert_false(is_shown(dict));
}

/* A module with a lot of little is shown, and so is what large it has. */
static void
test_module_itself(void **state)
{
    uint32_t dict = add_module(), module = scene.idom[dict], table = add(dict, LIST, 20000), data = add(dict, LIST, 1500);

    (void)state;
    add_leaves(dict, 1000, 50);
    choose(TOP);
    assert_int_equal(scene.shown[0], module);
    assert_int_equal(scene.shown[1], table);
    assert_int_equal(scene.shown[2], data);
    assert_false(is_shown(dict));
}

/* Of entries, one that explains half of a container is as good as that, one that explains a good part is worth to know. */
static void
test_large_entries(void **state)
{
    uint32_t first = add(add_module(), DICT, 500), most = add(first, LEAF, 60000);
    uint32_t second = add(add_module(), DICT, 500), part = add(second, LEAF, 30000), little = add(second, LEAF, 6000);

    (void)state;
    add_leaves(first, 400, 100);
    add_leaves(second, 640, 100);
    choose(TOP);
    assert_true(is_shown(first));
    assert_true(is_shown(second));
    assert_true(is_shown(part));
    assert_false(is_shown(most));
    assert_false(is_shown(little));
}

/* A list of links is one thing, however they hold one another. */
static void
test_linked_list(void **state)
{
    uint32_t at = add(add_module(), INSTANCE, 48), head = scene.count;

    (void)state;
    for (uint32_t i = 0; i < 10000; i++) {
        at = add(add(at, LINK, 48), INSTANCE_DICT, 100);
        add(at, LEAF, 30);
    }
    choose(TOP);
    assert_int_equal(scene.shown[0], head);
    for (size_t i = 1; i < scene.shown_count; i++)
        assert_true(scene.shown[i] < head);
}

static void
test_tree(void **state)
{
    uint32_t at = add(add_module(), INSTANCE, 48), root = scene.count;

    (void)state;
    add(at, LINK, 48);
    for (uint32_t i = 1; i < 10000; i++)
        add(root + (i - 1) / 2, LINK, 48);
    choose(TOP);
    assert_int_equal(scene.shown[0], root);
    for (size_t i = 1; i < scene.shown_count; i++)
        assert_true(scene.shown[i] < root);
}

/* A few containers within one another are no chain of alike ones. */
static void
test_nested(void **state)
{
    uint32_t at = add_module();

    (void)state;
    for (uint32_t i = 0; i < 5; i++)
        at = add(at, DICT, 200);
    add_leaves(at, 1000, 50);
    choose(TOP);
    assert_int_equal(scene.shown[0], at);
}

/* Memory of a library is none of its objects; what it holds is. */
static void
test_block(void **state)
{
    uint32_t block = add(NOBODY, BLOCK, 50000), list = add(block, LIST, 1000);

    (void)state;
    add_leaves(list, 1000, 40);
    add_leaves(block, 10, 200);
    choose(TOP);
    assert_int_equal(scene.shown_count, TOP);
    assert_int_equal(scene.shown[0], list);
    assert_false(is_shown(block));
}

/* However flat the heap and however much is asked for, as many are shown as there are. */
static void
test_flat(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 20000; i++)
        add(NOBODY, LEAF, 16 + i % 7);
    choose(TOP);
    assert_int_equal(scene.shown_count, TOP);
    assert_int_equal(scene.own[scene.shown[TOP - 1]], 22);
    choose(15000);
    assert_int_equal(scene.shown_count, 15000);
    choose(0);
    assert_int_equal(scene.shown_count, 0);
}

static void
test_empty(void **state)
{
    (void)state;
    choose(TOP);
    assert_int_equal(scene.shown_count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_module_variable, clear),
        cmocka_unit_test_setup(test_few_parts, clear),
        cmocka_unit_test_setup(test_dict_is_object, clear),
        cmocka_unit_test_setup(test_module_itself, clear),
        cmocka_unit_test_setup(test_large_entries, clear),
        cmocka_unit_test_setup(test_linked_list, clear),
        cmocka_unit_test_setup(test_tree, clear),
        cmocka_unit_test_setup(test_nested, clear),
        cmocka_unit_test_setup(test_block, clear),
        cmocka_unit_test_setup(test_flat, clear),
        cmocka_unit_test_setup(test_empty, clear),
    };

    return cmocka_run_group_tests_name("retainers", tests, NULL, NULL);
}

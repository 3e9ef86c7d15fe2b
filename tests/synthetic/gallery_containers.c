#include "tests/synthetic/gallery_build.h"

#include <inttypes.h>

#define SET_SIZE 8 /* entries of a set's small table */
#define DEQUE_BLOCK 64

static void
make_tuples_and_lists(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t list = gallery_object(maker, "list", G_LIST, at->list.size);
    const uint64_t items[] = {maker->one, maker->text, maker->none}, cycle[] = {maker->one, list};
    uint64_t object;

    gallery_point_words(maker, "list.ob_item", list, at->list.ob_item, cycle, 2);
    gallery_put(maker, "list.ob_size", list, at->var.ob_size, 8, 2);
    gallery_put(maker, "list.allocated", list, at->list.allocated, 8, 4);
    gallery_add(maker, "list", list, "[1, [...]]");
    gallery_add(maker, "tuple", gallery_tuple(maker, items, 3), "(1, 'text', None)");
    gallery_add(maker, "tuple of one", gallery_tuple(maker, items, 1), "(1,)");
    object = gallery_tuple(maker, items + 1, 1);
    gallery_add(maker, "nested tuple", gallery_tuple(maker, &object, 1), "(('text',),)");
}

/* Two items of its own. */
static void
make_items(struct gallery_maker *maker, struct object_item *items)
{
    items[0] = (struct object_item){object_str(maker->world, "a", STR_SMALLEST), maker->one};
    items[1] = (struct object_item){object_str(maker->world, "b", STR_SMALLEST), maker->text};
}

static void
make_dicts(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    struct world *world = maker->world;
    struct object_item items[2];
    uint64_t object;

    make_items(maker, items);
    gallery_add(maker, "dict of str", object_dict(world, items, 2, true), "{'a': 1, 'b': 'text'}");
    make_items(maker, items);
    gallery_add(maker, "general dict", object_dict(world, items, 2, false), "{'a': 1, 'b': 'text'}");
    make_items(maker, items);
    object = gallery_object(maker, "dict", G_DICT, at->dict.size);
    object_fill_split_dict(world, object, items, 2);
    gallery_add(maker, "split dict", object, "{'a': 1, 'b': 'text'}");
    make_items(maker, items);
    object = gallery_object(maker, "defaultdict", G_DEFAULTDICT, at->defdict.size);
    object_fill_dict(world, object, items, 1, true);
    gallery_point(maker, "defdict.default_factory", object, at->defdict.default_factory, maker->none);
    gallery_add(maker, "defaultdict", object, "defaultdict(None, {'a': 1})");
}

static uint64_t
make_odict_nodes(struct gallery_maker *maker, const struct object_item *items, size_t count)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t next = 0;

    while (count--) {
        uint64_t node = world_add(maker->world, "odict node", (size_t)at->odictnode.size);

        gallery_point(maker, "odictnode.key", node, at->odictnode.key, items[count].key);
        world_point(maker->world, "odictnode.next", node, at->odictnode.next, next, WORLD_LINK);
        next = node;
    }
    return next;
}

/* Its nodes have another order than its dict. */
static void
make_odict(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    struct world *world = maker->world;
    struct object_item items[2];
    bool as_dict = world->layout->version.hex >= 0x030c0000;
    uint64_t object;

    items[0] = (struct object_item){object_str(world, "a", STR_SMALLEST), maker->one};
    items[1] = (struct object_item){object_str(world, "b", STR_SMALLEST), maker->two};
    object = gallery_object(maker, "OrderedDict", G_ORDEREDDICT, at->odict.size);
    object_fill_dict(world, object, items, 2, true);
    gallery_point(maker, "odict.od_first", object, at->odict.od_first, make_odict_nodes(maker, items, 2));
    gallery_add(maker, "OrderedDict", object,
                as_dict ? "OrderedDict({'a': 1, 'b': 2})" : "OrderedDict([('a', 1), ('b', 2)])");
}

static void
make_views(struct gallery_maker *maker)
{
    static const struct {
        enum gallery_type type;
        const char *repr;
    } views[] = {{G_DICT_KEYS, "dict_keys(['a'])"},
                 {G_DICT_VALUES, "dict_values([1])"},
                 {G_DICT_ITEMS, "dict_items([('a', 1)])"}};
    const struct cpt_layout_fields *at = maker->at;
    struct object_item item = {.value = maker->one};
    uint64_t object, dict;

    for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
        item.key = object_str(maker->world, "a", STR_SMALLEST);
        dict = object_dict(maker->world, &item, 1, true);
        object = gallery_object(maker, "dict view", views[i].type, at->dictview.size);
        gallery_point(maker, "dictview.dv_dict", object, at->dictview.dv_dict, dict);
        gallery_add(maker, "dict view", object, "%s", views[i].repr);
    }
    item.key = object_str(maker->world, "a", STR_SMALLEST);
    dict = object_dict(maker->world, &item, 1, true);
    object = gallery_object(maker, "mappingproxy", G_MAPPINGPROXY, at->proxy.size);
    gallery_point(maker, "proxy.mapping", object, at->proxy.mapping, dict);
    gallery_add(maker, "mappingproxy", object, "mappingproxy({'a': 1})");
}

/* A set of 1 and 'text', with a deleted entry between. */
static void
fill_set(struct gallery_maker *maker, uint64_t object, uint64_t table, size_t size)
{
    const struct cpt_layout_fields *at = maker->at;
    const uint64_t keys[] = {maker->one, maker->none, maker->text}, hashes[] = {1, UINT64_MAX, 12345};

    for (size_t i = 0; i < 3; i++) {
        uint64_t entry = table + (2 * i + 1) * (uint64_t)at->setentry.size;

        gallery_point(maker, "setentry.key", entry, at->setentry.key, keys[i]);
        gallery_put(maker, "setentry.hash", entry, at->setentry.hash, 8, hashes[i]);
    }
    gallery_put(maker, "set.fill", object, at->set.fill, 8, 3);
    gallery_put(maker, "set.used", object, at->set.used, 8, 2);
    gallery_put(maker, "set.mask", object, at->set.mask, 8, size - 1);
    gallery_point(maker, "set.table", object, at->set.table, table);
}

static void
make_sets(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t object = gallery_object(maker, "set", G_SET, at->set.size), table;

    fill_set(maker, object, object + (uint64_t)at->set.smalltable, SET_SIZE);
    gallery_add(maker, "set", object, "{1, 'text'}");
    object = gallery_object(maker, "frozenset", G_FROZENSET, at->set.size);
    table = world_add(maker->world, "set's table", 16 * (size_t)at->setentry.size);
    fill_set(maker, object, table, 16);
    gallery_add(maker, "frozenset", object, "frozenset({1, 'text'})");
}

static void
make_ranges(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t object = gallery_object(maker, "range", G_RANGE, at->range.size);

    gallery_point(maker, "range.start", object, at->range.start, object_int(maker->world, 7));
    gallery_point(maker, "range.stop", object, at->range.stop, object_int(maker->world, UINT64_C(1) << 40));
    gallery_point(maker, "range.step", object, at->range.step, maker->two);
    gallery_add(maker, "range", object, "range(7, 1099511627776, 2)");
    object = gallery_object(maker, "slice", G_SLICE, at->slice.size);
    gallery_point(maker, "slice.start", object, at->slice.start, maker->none);
    gallery_point(maker, "slice.stop", object, at->slice.stop, object_int(maker->world, 9));
    gallery_point(maker, "slice.step", object, at->slice.step, maker->text);
    gallery_add(maker, "slice", object, "slice(None, 9, 'text')");
}

/* Three items, in two blocks. */
static void
make_deque(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t object = gallery_object(maker, "deque", G_DEQUE, at->deque.size);
    uint64_t left = world_add(maker->world, "block", (size_t)at->block.size);
    uint64_t right = world_add(maker->world, "block", (size_t)at->block.size);

    gallery_point(maker, "block.data[]", left, at->block.data + 8 * (DEQUE_BLOCK - 1), maker->one);
    gallery_point(maker, "block.data[]", right, at->block.data, maker->two);
    gallery_point(maker, "block.data[]", right, at->block.data + 8, maker->text);
    gallery_point(maker, "block.rightlink", left, at->block.rightlink, right);
    gallery_point(maker, "deque.leftblock", object, at->deque.leftblock, left);
    gallery_put(maker, "deque.leftindex", object, at->deque.leftindex, 8, DEQUE_BLOCK - 1);
    gallery_put(maker, "deque.ob_size", object, at->var.ob_size, 8, 3);
    gallery_put(maker, "deque.maxlen", object, at->deque.maxlen, 8, 5);
    gallery_add(maker, "deque", object, "deque([1, 2, 'text'], maxlen=5)");
}

void
gallery_make_containers(struct gallery_maker *maker)
{
    make_tuples_and_lists(maker);
    make_dicts(maker);
    make_odict(maker);
    make_views(maker);
    make_sets(maker);
    make_ranges(maker);
    make_deque(maker);
}

#include "coreanalyze/decode/repr_items.h"

#define MAX_SET_SLOTS (UINT64_C(1) << 34)

/* --- sequences ------------------------------------------------------------------------------- */

cpt_status
cpt_repr_bracketed(struct cpt_repr *repr, uint64_t address, struct cpt_sequence *sequence, const char *open,
                   const char *close)
{
    cpt_status status;
    bool cycle;

    cpt_repr_text(repr, open);
    if (!cpt_repr_enter(repr, address, &cycle)) {
        cpt_repr_text(repr, "...");
        cpt_repr_bytes(repr, close + strlen(close) - 1, 1);
        return CPT_OK;
    }
    status = cpt_repr_listed(repr, sequence, ", ", false);
    cpt_repr_text(repr, close);
    cpt_repr_leave(repr);
    return status;
}

cpt_status
cpt_repr_pair(struct cpt_repr *repr, uint64_t first, uint64_t second, const char *between)
{
    cpt_status status = cpt_repr_object(repr, first);

    if (status)
        return status;
    cpt_repr_text(repr, between);
    return cpt_repr_object(repr, second);
}

/* --- dict ------------------------------------------------------------------------------------ */

bool
cpt_type_is_odict(struct cpt_values *values, const struct cpt_type *type)
{
    const struct cpt_type *entry;

    if (!(type->flags & CPT_TYPE_DICT))
        return false;
    for (size_t i = 0; (entry = cpt_type_mro(&values->types, type, i)); i++) {
        if (cpt_type_is(entry, "collections.OrderedDict"))
            return true;
    }
    return false;
}

cpt_status
cpt_items_open_dict(struct cpt_items_walk *walk, struct cpt_repr *repr, uint64_t address)
{
    walk->repr = repr;
    walk->address = address;
    walk->kind = CPT_ITEMS_DICT;
    return cpt_dict_open_alike(&walk->dict, repr->decode, address, &repr->error);
}

cpt_status
cpt_items_open(struct cpt_items_walk *walk, struct cpt_repr *repr, uint64_t address)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_object object;
    cpt_status status = cpt_object_open(&repr->values->types, address, &object, &repr->error);

    if (!status)
        status = cpt_items_open_dict(walk, repr, address);
    if (status || !cpt_type_is_odict(repr->values, object.type))
        return status;
    if (!CPT_HAS(at->odict.od_first) || !CPT_HAS(at->odictnode.next))
        return cpt_repr_fail(repr, CPT_ABSENT, 0, "the layout has no OrderedDict");
    walk->kind = CPT_ITEMS_CHAIN;
    walk->left = walk->dict.count;
    return cpt_memory_read_u64(repr->decode->memory, address + (uint64_t)at->odict.od_first, &walk->node,
                               &repr->error);
}

static cpt_status
next_in_dict(struct cpt_items_walk *walk, uint64_t *key, uint64_t *value)
{
    uint64_t before = cpt_dict_gone_through(&walk->dict);
    cpt_status status = cpt_dict_next(&walk->dict, key, value, &walk->repr->error);

    /* The budget of values, not that of searches for names. */
    walk->repr->decode->dict_steps -= cpt_dict_gone_through(&walk->dict) - before;
    for (uint64_t i = before; i < cpt_dict_gone_through(&walk->dict); i++) {
        if (!cpt_repr_step(walk->repr))
            return CPT_ABSENT;
    }
    return status;
}

/* Nodes of an OrderedDict hold the very key objects that its table has. Entries are mostly in the order of the chain, so
   the search goes on where the last one was found, and starts anew at the end. */
static cpt_status
find_value(struct cpt_items_walk *walk, uint64_t wanted, uint64_t *value)
{
    uint64_t key;
    bool again = false;
    cpt_status status;

    for (;;) {
        status = next_in_dict(walk, &key, value);
        if (!status && key == wanted)
            return CPT_OK;
        if (status == CPT_ABSENT && !again && !walk->repr->full) {
            again = true;
            status = cpt_dict_open_alike(&walk->dict, walk->repr->decode, walk->address, &walk->repr->error);
        }
        if (status == CPT_ABSENT && !walk->repr->full)
            return cpt_repr_fail(walk->repr, CPT_CORRUPT, walk->address,
                                 "the chain of the OrderedDict has a key that its table lacks");
        if (status)
            return status;
    }
}

static cpt_status
next_in_chain(struct cpt_items_walk *walk, uint64_t *key, uint64_t *value)
{
    const struct cpt_layout_fields *at = walk->repr->decode->at;
    struct cpt_struct node;
    cpt_status status;

    if (!walk->node)
        return CPT_ABSENT;
    if (!walk->left--)
        return cpt_repr_fail(walk->repr, CPT_CORRUPT, walk->address,
                             "the chain of the OrderedDict is longer than its table");
    status = cpt_struct_read(walk->repr->decode, &node, walk->node,
                             cpt_struct_cover((size_t)at->odictnode.next + 8, at->odictnode.key, 8), &walk->repr->error);
    if (status)
        return status;
    walk->node = cpt_struct_u64(&node, at->odictnode.next);
    *key = cpt_struct_u64(&node, at->odictnode.key);
    return find_value(walk, *key, value);
}

/* --- set ------------------------------------------------------------------------------------- */

cpt_status
cpt_items_open_set(struct cpt_items_walk *walk, struct cpt_repr *repr, uint64_t address)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint64_t mask, fill;
    cpt_status status = cpt_repr_needs(repr, at->set.table);

    if (!status)
        status = cpt_repr_needs(repr, at->setentry.hash);
    if (!status)
        status = cpt_struct_read(repr->decode, &s, address, (size_t)at->set.table + 8, &repr->error);
    if (status)
        return status;
    mask = cpt_struct_u64(&s, at->set.mask);
    fill = cpt_struct_u64(&s, at->set.fill);
    walk->repr = repr;
    walk->address = address;
    walk->kind = CPT_ITEMS_SET;
    walk->table = cpt_struct_u64(&s, at->set.table);
    walk->left = cpt_struct_u64(&s, at->set.used);
    walk->slots = mask + 1;
    walk->next = walk->batch_start = walk->batch_count = 0;
    /* An entry is a key and a hash, whatever a layout read from the target says. */
    if (at->setentry.key > 8 || at->setentry.hash > 8)
        return cpt_repr_fail(repr, CPT_CORRUPT, address, "the layout of a set's entries is not plausible");
    if ((mask & walk->slots) || walk->slots > MAX_SET_SLOTS || walk->left > fill || fill > mask)
        return cpt_repr_fail(repr, CPT_CORRUPT, address, "the sizes of the set contradict each other");
    return CPT_OK;
}

static cpt_status
next_in_set(struct cpt_items_walk *walk, uint64_t *key)
{
    const struct cpt_layout_fields *at = walk->repr->decode->at;

    /* A dummy, which stands where a member was removed, is a static object with the hash -1. */
    while (walk->left && walk->next < walk->slots) {
        const uint8_t *entry;

        if (walk->next >= walk->batch_start + walk->batch_count) {
            uint64_t count = walk->slots - walk->next < CPT_ITEM_BATCH ? walk->slots - walk->next : CPT_ITEM_BATCH;
            cpt_status status = cpt_memory_read(walk->repr->decode->memory, walk->table + 16 * walk->next, walk->batch,
                                                (size_t)count * 16, &walk->repr->error);

            if (status)
                return status;
            walk->batch_start = walk->next;
            walk->batch_count = count;
        }
        entry = walk->batch + 16 * (walk->next++ - walk->batch_start);
        *key = cpt_load_u64(entry + at->setentry.key);
        if (*key && cpt_load_u64(entry + at->setentry.hash) != UINT64_MAX) {
            walk->left--;
            return CPT_OK;
        }
        if (!cpt_repr_step(walk->repr))
            return CPT_ABSENT;
    }
    if (walk->left)
        return cpt_repr_fail(walk->repr, CPT_CORRUPT, walk->address, "the set has fewer members than it says");
    return CPT_ABSENT;
}

cpt_status
cpt_items_next(struct cpt_items_walk *walk, uint64_t *key, uint64_t *value)
{
    *value = 0;
    if (walk->repr->full)
        return CPT_ABSENT;
    switch (walk->kind) {
    case CPT_ITEMS_SET:
        return next_in_set(walk, key);
    case CPT_ITEMS_CHAIN:
        return next_in_chain(walk, key, value);
    default:
        return next_in_dict(walk, key, value);
    }
}

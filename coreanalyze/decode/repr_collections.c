/* repr() of the types of the collections module written in C, and of types.SimpleNamespace. */
#include "coreanalyze/decode/repr_items.h"

#include "coreanalyze/base/vec.h"

#include <stdlib.h>

/* --- deque ----------------------------------------------------------------------------------- */

#define BLOCK_ITEMS 64 /* BLOCKLEN of Modules/_collectionsmodule.c */

/* Goes on with BLOCK from place INDEX on. */
static cpt_status
enter_block(struct cpt_deque_walk *walk, uint64_t block, uint64_t index)
{
    uint64_t count = BLOCK_ITEMS - index < walk->left ? BLOCK_ITEMS - index : walk->left;

    if (count && !cpt_pointer_is_plausible(block))
        return cpt_repr_fail(walk->repr, CPT_CORRUPT, walk->address,
                             "the blocks of the deque end before its items do");
    walk->block = block;
    cpt_sequence_at(&walk->here, walk->repr->decode, block + (uint64_t)walk->repr->decode->at->block.data + 8 * index,
                    count);
    return CPT_OK;
}

cpt_status
cpt_deque_open(struct cpt_deque_walk *walk, struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint64_t index;
    cpt_status status = cpt_repr_needs(repr, at->deque.maxlen);

    if (!status)
        status = cpt_repr_needs(repr, at->block.rightlink);
    if (!status)
        status = cpt_repr_struct(repr, object, (size_t)at->deque.maxlen + 8, &s);
    if (status)
        return status;
    walk->repr = repr;
    walk->address = object->address;
    walk->left = cpt_struct_u64(&s, at->var.ob_size);
    walk->maxlen = (int64_t)cpt_struct_u64(&s, at->deque.maxlen);
    index = cpt_struct_u64(&s, at->deque.leftindex);
    if (index > BLOCK_ITEMS || walk->left > CPT_MAX_ITEMS || walk->maxlen < -1 ||
        (walk->maxlen >= 0 && walk->left > (uint64_t)walk->maxlen))
        return cpt_repr_fail(repr, CPT_CORRUPT, object->address, "the sizes of the deque contradict each other");
    return enter_block(walk, cpt_struct_u64(&s, at->deque.leftblock), index);
}

cpt_status
cpt_deque_next(struct cpt_deque_walk *walk, uint64_t *item)
{
    uint64_t next;
    cpt_status status = cpt_sequence_next(&walk->here, item, &walk->repr->error);

    if (status == CPT_ABSENT && walk->left) {
        status = cpt_memory_read_u64(walk->repr->decode->memory,
                                     walk->block + (uint64_t)walk->repr->decode->at->block.rightlink, &next,
                                     &walk->repr->error);
        if (!status)
            status = enter_block(walk, next, 0);
        if (!status)
            status = cpt_sequence_next(&walk->here, item, &walk->repr->error);
    }
    if (!status)
        walk->left--;
    return status;
}

static cpt_status
write_deque_items(struct cpt_repr *repr, struct cpt_deque_walk *walk)
{
    uint64_t item;
    bool first = true;
    cpt_status status = CPT_OK;

    while (!repr->full && !(status = cpt_deque_next(walk, &item))) {
        cpt_repr_text(repr, first ? "" : ", ");
        first = false;
        status = cpt_repr_object(repr, item);
        if (status)
            return status;
    }
    return status == CPT_ABSENT ? CPT_OK : status;
}

static cpt_status
write_deque(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct cpt_deque_walk walk;
    bool cycle;
    cpt_status status = cpt_deque_open(&walk, repr, object);

    if (status)
        return status;
    if (!cpt_repr_enter(repr, object->address, &cycle)) {
        cpt_repr_text(repr, "[...]");
        return CPT_OK;
    }
    cpt_repr_type_name(repr, object->type);
    cpt_repr_text(repr, "([");
    status = write_deque_items(repr, &walk);
    cpt_repr_text(repr, "]");
    if (walk.maxlen >= 0)
        cpt_repr_printf(repr, ", maxlen=%" PRId64, walk.maxlen);
    cpt_repr_text(repr, ")");
    cpt_repr_leave(repr);
    return status;
}

/* --- defaultdict ----------------------------------------------------------------------------- */

static cpt_status
write_defaultdict(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    uint64_t factory;
    bool cycle = false;
    cpt_status status = cpt_repr_needs(repr, at->defdict.default_factory);

    if (!status)
        status = cpt_memory_read_u64(repr->decode->memory,
                                     object->address + (uint64_t)at->defdict.default_factory, &factory, &repr->error);
    if (status)
        return status;
    cpt_repr_type_name(repr, object->type);
    cpt_repr_text(repr, "(");
    if (!factory) {
        cpt_repr_text(repr, "None");
    } else if (cpt_repr_enter(repr, factory, &cycle)) {
        status = cpt_repr_object(repr, factory);
        cpt_repr_leave(repr);
    } else {
        cpt_repr_text(repr, "...");
    }
    cpt_repr_text(repr, ", ");
    if (!status)
        status = cpt_repr_dict(repr, object->address);
    cpt_repr_text(repr, ")");
    return status;
}

/* --- OrderedDict ----------------------------------------------------------------------------- */

static cpt_status
write_ordered(struct cpt_repr *repr, struct cpt_items_walk *walk, bool as_dict)
{
    uint64_t key, value;
    bool first = true;
    cpt_status status;

    while (!(status = cpt_items_next(walk, &key, &value))) {
        cpt_repr_text(repr, !first ? as_dict ? ", " : "), (" : as_dict ? "{" : "[(");
        first = false;
        status = cpt_repr_pair(repr, key, value, as_dict ? ": " : ", ");
        if (status)
            return status;
    }
    if (!first)
        cpt_repr_text(repr, as_dict ? "}" : ")]");
    return status == CPT_ABSENT ? CPT_OK : status;
}

static cpt_status
write_odict(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct cpt_items_walk walk;
    bool cycle;
    cpt_status status = cpt_items_open(&walk, repr, object->address);

    if (status)
        return status;
    if (!cpt_repr_enter(repr, object->address, &cycle)) {
        cpt_repr_text(repr, "...");
        return CPT_OK;
    }
    cpt_repr_type_name(repr, object->type);
    cpt_repr_text(repr, "(");
    status = write_ordered(repr, &walk, repr->values->dialect.odict_as_dict);
    cpt_repr_text(repr, ")");
    cpt_repr_leave(repr);
    return status;
}

/* --- namespace ------------------------------------------------------------------------------- */

struct name {
    struct cpt_text text;
    uint64_t value;
};

static int
compare_names(const void *a, const void *b)
{
    /* UTF-8 sorts as its code points do. */
    return strcmp(((const struct name *)a)->text.data, ((const struct name *)b)->text.data);
}

/* Only the names that are str and not empty are shown: TEXT is empty for others. */
static cpt_status
read_name(struct cpt_repr *repr, uint64_t key, struct cpt_text *text)
{
    struct cpt_object name;
    cpt_status status = cpt_object_open(&repr->values->types, key, &name, &repr->error);

    text->size = 0;
    if (status || !(name.type->flags & CPT_TYPE_UNICODE))
        return status;
    return cpt_str_read(repr->decode, key, CPT_MAX_NAME, text, &repr->error);
}

static cpt_status
write_name(struct cpt_repr *repr, const struct name *name, bool first)
{
    cpt_repr_text(repr, first ? "" : ", ");
    cpt_repr_bytes(repr, name->text.data, name->text.size);
    cpt_repr_text(repr, "=");
    return cpt_repr_object(repr, name->value);
}

static cpt_status
write_names(struct cpt_repr *repr, struct cpt_items_walk *walk)
{
    struct name name;
    uint64_t key;
    bool first = true;
    cpt_status status;

    while (!(status = cpt_items_next(walk, &key, &name.value))) {
        status = read_name(repr, key, &name.text);
        if (!status && name.text.size) {
            status = write_name(repr, &name, first);
            first = false;
        }
        if (status)
            return status;
    }
    return status == CPT_ABSENT ? CPT_OK : status;
}

#define MAX_SORTED 65536 /* names of one namespace that are put in order */

/* To 3.8 a namespace shows itself by name. */
static cpt_status
write_sorted(struct cpt_repr *repr, struct cpt_items_walk *walk)
{
    CPT_VEC(struct name) names = {0};
    struct name name, *added = NULL;
    uint64_t key;
    cpt_status status;

    while (!(status = cpt_items_next(walk, &key, &name.value))) {
        status = read_name(repr, key, &name.text);
        if (status)
            break;
        if (!name.text.size)
            continue;
        added = names.count < MAX_SORTED ? cpt_vec_add(&names) : NULL;
        if (!added) {
            status = names.count < MAX_SORTED ? CPT_NOMEM : CPT_LIMIT;
            break;
        }
        *added = name;
    }
    if (status == CPT_NOMEM || status == CPT_LIMIT) {
        cpt_vec_free(&names);
        return cpt_repr_fail(repr, status == CPT_NOMEM ? CPT_NOMEM : CPT_ABSENT, 0, "too many names to sort");
    }
    /* A name that cannot be read is no end of the names. */
    if (status && status != CPT_ABSENT)
        names.count = 0;
    if (names.count)
        qsort(names.items, names.count, sizeof(name), compare_names);
    for (size_t i = 0; (status == CPT_OK || status == CPT_ABSENT) && i < names.count && !repr->full; i++)
        status = write_name(repr, &names.items[i], i == 0);
    cpt_vec_free(&names);
    return status == CPT_ABSENT ? CPT_OK : status;
}

static cpt_status
write_namespace(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    const struct cpt_type *type = object->type;
    struct cpt_items_walk walk;
    uint64_t dict;
    bool cycle;
    cpt_status status = cpt_repr_needs(repr, at->namespace.ns_dict);

    if (!status)
        status = cpt_memory_read_u64(repr->decode->memory, object->address + (uint64_t)at->namespace.ns_dict, &dict,
                                     &repr->error);
    if (!status)
        status = cpt_items_open_dict(&walk, repr, dict);
    if (status)
        return status;
    /* The type itself calls its instances "namespace", subclasses by their own names. */
    if (type->flags & CPT_TYPE_HEAP)
        cpt_repr_type_name(repr, type);
    else
        cpt_repr_text(repr, "namespace");
    cpt_repr_text(repr, "(");
    if (!cpt_repr_enter(repr, object->address, &cycle)) {
        cpt_repr_text(repr, "...)");
        return CPT_OK;
    }
    status = repr->values->dialect.namespace_sorted ? write_sorted(repr, &walk) : write_names(repr, &walk);
    cpt_repr_text(repr, ")");
    cpt_repr_leave(repr);
    return status;
}

const struct cpt_kind cpt_kinds_collections[] = {
    {"collections.deque", write_deque},
    {"collections.defaultdict", write_defaultdict},
    {"collections.OrderedDict", write_odict},
    {"types.SimpleNamespace", write_namespace},
    {NULL, NULL},
};

/* repr() of list, tuple, dict, set and their like. */
#include "coreanalyze/decode/repr_items.h"

static cpt_status
write_list(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct cpt_sequence items;
    cpt_status status = cpt_sequence_open(&items, repr->decode, object->address, &repr->error);

    return status ? status : cpt_repr_bracketed(repr, object->address, &items, "[", "]");
}

static cpt_status
write_tuple(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct cpt_sequence items;
    cpt_status status = cpt_sequence_open(&items, repr->decode, object->address, &repr->error);

    return status ? status
                  : cpt_repr_bracketed(repr, object->address, &items, "(", items.count == 1 ? ",)" : ")");
}

/* --- dict ------------------------------------------------------------------------------------ */

static cpt_status
write_entries(struct cpt_repr *repr, uint64_t address)
{
    struct cpt_items_walk walk;
    uint64_t key, value;
    bool first = true;
    cpt_status status = cpt_items_open_dict(&walk, repr, address);

    if (status)
        return status;
    cpt_repr_text(repr, "{");
    while (!repr->full && !(status = cpt_items_next(&walk, &key, &value))) {
        cpt_repr_text(repr, first ? "" : ", ");
        first = false;
        status = cpt_repr_pair(repr, key, value, ": ");
        if (status)
            return status;
    }
    cpt_repr_text(repr, "}");
    return status == CPT_ABSENT ? CPT_OK : status;
}

cpt_status
cpt_repr_dict(struct cpt_repr *repr, uint64_t address)
{
    cpt_status status;
    bool cycle;

    if (!cpt_repr_enter(repr, address, &cycle)) {
        cpt_repr_text(repr, "{...}");
        return CPT_OK;
    }
    status = write_entries(repr, address);
    cpt_repr_leave(repr);
    return status;
}

static cpt_status
write_dict(struct cpt_repr *repr, const struct cpt_object *object)
{
    return cpt_repr_dict(repr, object->address);
}

/* frozendict({…}), from 3.15: laid out as a dict without being one. */
static cpt_status
write_frozendict(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct cpt_items_walk walk;
    uint64_t key, value;
    cpt_status status = cpt_items_open_dict(&walk, repr, object->address);

    if (!status)
        status = cpt_items_next(&walk, &key, &value);
    cpt_repr_type_name(repr, object->type);
    cpt_repr_text(repr, "(");
    if (!status)
        status = cpt_repr_dict(repr, object->address);
    cpt_repr_text(repr, ")");
    return status == CPT_ABSENT ? CPT_OK : status;
}

enum view { KEYS, VALUES, ITEMS };

static cpt_status
write_view_items(struct cpt_repr *repr, struct cpt_items_walk *walk, enum view view)
{
    uint64_t key, value;
    bool first = true;
    cpt_status status = CPT_OK;

    while (!repr->full && !(status = cpt_items_next(walk, &key, &value))) {
        cpt_repr_text(repr, first ? "" : ", ");
        first = false;
        if (view == ITEMS) {
            cpt_repr_text(repr, "(");
            status = cpt_repr_pair(repr, key, value, ", ");
            cpt_repr_text(repr, ")");
        } else {
            status = cpt_repr_object(repr, view == KEYS ? key : value);
        }
        if (status)
            return status;
    }
    return status == CPT_ABSENT ? CPT_OK : status;
}

static cpt_status
write_view(struct cpt_repr *repr, const struct cpt_object *object, enum view view)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_items_walk walk;
    uint64_t dict;
    bool cycle;
    cpt_status status = cpt_repr_needs(repr, at->dictview.dv_dict);

    if (!status)
        status = cpt_memory_read_u64(repr->decode->memory, object->address + (uint64_t)at->dictview.dv_dict, &dict,
                                     &repr->error);
    if (status)
        return status;
    if (!cpt_repr_enter(repr, object->address, &cycle)) {
        cpt_repr_text(repr, "...");
        return CPT_OK;
    }
    cpt_repr_bytes(repr, object->type->raw.data ? object->type->raw.data : object->type->name.data,
                   object->type->raw.data ? object->type->raw.size : object->type->name.size);
    cpt_repr_text(repr, "([");
    status = cpt_items_open(&walk, repr, dict);
    if (!status)
        status = write_view_items(repr, &walk, view);
    cpt_repr_text(repr, "])");
    cpt_repr_leave(repr);
    return status;
}

static cpt_status
write_keys(struct cpt_repr *repr, const struct cpt_object *object)
{
    return write_view(repr, object, KEYS);
}

static cpt_status
write_values(struct cpt_repr *repr, const struct cpt_object *object)
{
    return write_view(repr, object, VALUES);
}

static cpt_status
write_items(struct cpt_repr *repr, const struct cpt_object *object)
{
    return write_view(repr, object, ITEMS);
}

static cpt_status
write_proxy(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    uint64_t mapping;
    cpt_status status = cpt_repr_needs(repr, at->proxy.mapping);

    if (!status)
        status = cpt_memory_read_u64(repr->decode->memory, object->address + (uint64_t)at->proxy.mapping, &mapping,
                                     &repr->error);
    if (status)
        return status;
    cpt_repr_text(repr, "mappingproxy(");
    status = cpt_repr_object(repr, mapping);
    cpt_repr_text(repr, ")");
    return status;
}

/* --- set ------------------------------------------------------------------------------------- */

static cpt_status
write_members(struct cpt_repr *repr, const struct cpt_object *object, struct cpt_items_walk *walk, bool plain)
{
    uint64_t key, value;
    bool first = true;
    cpt_status status = CPT_OK;

    if (!plain) {
        cpt_repr_type_name(repr, object->type);
        cpt_repr_text(repr, "(");
    }
    while (!repr->full && !(status = cpt_items_next(walk, &key, &value))) {
        cpt_repr_text(repr, first ? "{" : ", ");
        first = false;
        status = cpt_repr_object(repr, key);
        if (status)
            return status;
    }
    /* An empty one is "set()". */
    if (first && plain)
        cpt_repr_text(repr, "set()");
    if (!first)
        cpt_repr_text(repr, "}");
    if (!plain)
        cpt_repr_text(repr, ")");
    return status == CPT_ABSENT ? CPT_OK : status;
}

/* {1, 2}; any other type than set itself has its name around: frozenset({1, 2}). */
static cpt_status
write_set(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_text *raw = &object->type->raw;
    bool plain = !(object->type->flags & CPT_TYPE_HEAP) && raw->data && strcmp(raw->data, "set") == 0, cycle;
    struct cpt_items_walk walk;
    cpt_status status = cpt_items_open_set(&walk, repr, object->address);

    if (status)
        return status;
    if (!cpt_repr_enter(repr, object->address, &cycle)) {
        cpt_repr_type_name(repr, object->type);
        cpt_repr_text(repr, "(...)");
        return CPT_OK;
    }
    status = write_members(repr, object, &walk, plain);
    cpt_repr_leave(repr);
    return status;
}

const struct cpt_kind cpt_kinds_containers[] = {
    {"list", write_list},
    {"tuple", write_tuple},
    {"dict", write_dict},
    {"frozendict", write_frozendict},
    {"set", write_set},
    {"frozenset", write_set},
    {"dict_keys", write_keys},
    {"dict_values", write_values},
    {"dict_items", write_items},
    {"odict_keys", write_keys},
    {"odict_values", write_values},
    {"odict_items", write_items},
    {"mappingproxy", write_proxy},
    {NULL, NULL},
};

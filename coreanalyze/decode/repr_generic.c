/* repr() of functools.partial, list[int], int | str, and what the operator module makes. */
#include "coreanalyze/decode/instance.h"
#include "coreanalyze/decode/repr_items.h"
#include "coreanalyze/decode/repr_parts.h"

/* ", key=value" for each item of the dict at ADDRESS; the first one without its comma unless something FOLLOWS. */
static cpt_status
write_keywords(struct cpt_repr *repr, uint64_t address, bool follows)
{
    struct cpt_items_walk walk;
    uint64_t key, value;
    cpt_status status = cpt_items_open_dict(&walk, repr, address);

    while (!status && !(status = cpt_items_next(&walk, &key, &value))) {
        cpt_repr_text(repr, follows ? ", " : "");
        follows = true;
        status = cpt_repr_str_plain(repr, key);
        cpt_repr_text(repr, "=");
        if (!status)
            status = cpt_repr_object(repr, value);
    }
    return status == CPT_ABSENT ? CPT_OK : status;
}

static cpt_status
write_partial_content(struct cpt_repr *repr, const struct cpt_object *object, const struct cpt_struct *s)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    cpt_status status;

    /* With its module from 3.13; a class written in C has one in tp_name anyway. */
    if (repr->values->dialect.partial_full_name)
        cpt_repr_bytes(repr, object->type->name.data, object->type->name.size);
    else
        cpt_repr_type_full_name(repr, object->type);
    cpt_repr_text(repr, "(");
    status = cpt_repr_object(repr, cpt_struct_u64(s, at->partial.fn));
    if (!status)
        status = cpt_repr_items(repr, cpt_struct_u64(s, at->partial.args), ", ", true);
    if (!status)
        status = write_keywords(repr, cpt_struct_u64(s, at->partial.kw), true);
    cpt_repr_text(repr, ")");
    return status;
}

static cpt_status
write_partial(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    bool cycle;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->partial.fn, at->partial.args, at->partial.kw);

    if (status)
        return status;
    if (!cpt_repr_enter(repr, object->address, &cycle)) {
        if (cycle)
            cpt_repr_text(repr, "...");
        return CPT_OK;
    }
    status = write_partial_content(repr, object, &s);
    cpt_repr_leave(repr);
    return status;
}

/* Whether something looks like a class: with __module__ and __qualname__, "module.qualname" is written. Of others the
   repr(), whatever __origin__ and __args__ they have. */
static cpt_status
write_type_like(struct cpt_repr *repr, uint64_t address)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_object object;
    struct cpt_error ignored;
    uint64_t module = 0, qualname = 0;
    cpt_status status = cpt_object_open(&repr->values->types, address, &object, &repr->error);

    if (status)
        return status == CPT_NOMEM ? status : cpt_repr_object(repr, address);
    if (object.type->flags & CPT_TYPE_TYPE) {
        const struct cpt_type *type = cpt_type_get(&repr->values->types, address);

        if (!type || type->broken)
            return cpt_repr_object(repr, address);
        cpt_repr_bytes(repr, type->name.data, type->name.size);
        return CPT_OK;
    }
    if (cpt_type_is(object.type, "function")) {
        module = cpt_repr_peek(repr, address, at->function.func_module);
        qualname = cpt_repr_peek(repr, address, at->function.func_qualname);
    } else if (cpt_text_is(&object.type->name, "typing.NewType") &&
               (cpt_instance_find(repr->decode, address, "__module__", &module, &ignored) ||
                cpt_instance_find(repr->decode, address, "__qualname__", &qualname, &ignored))) {
        module = 0;
    }
    if (!module || !qualname || !cpt_is_str(repr->values, module))
        return cpt_repr_object(repr, address);
    status = cpt_repr_str_plain(repr, module);
    cpt_repr_text(repr, ".");
    return status ? status : cpt_repr_name(repr, qualname);
}

static cpt_status
write_alias_argument(struct cpt_repr *repr, uint64_t address)
{
    if (cpt_object_is(&repr->values->types, address, "ellipsis")) {
        cpt_repr_text(repr, "...");
        return CPT_OK;
    }
    return write_type_like(repr, address);
}

static cpt_status
write_union_member(struct cpt_repr *repr, uint64_t address)
{
    const struct cpt_type *type = cpt_is_type(repr->values, address) ? cpt_type_get(&repr->values->types, address) : NULL;

    if (type && cpt_type_is(type, "NoneType")) {
        cpt_repr_text(repr, "None");
        return CPT_OK;
    }
    return write_type_like(repr, address);
}

/* Each item of the tuple at ADDRESS through WRITE. */
static cpt_status
write_each(struct cpt_repr *repr, uint64_t address, const char *separator,
           cpt_status (*write)(struct cpt_repr *, uint64_t))
{
    struct cpt_sequence sequence;
    uint64_t item;
    cpt_status status = cpt_sequence_open(&sequence, repr->decode, address, &repr->error);

    while (!status && !repr->full) {
        if (cpt_sequence_next(&sequence, &item, &repr->error))
            return sequence.next < sequence.count ? repr->error.status : CPT_OK;
        cpt_repr_text(repr, sequence.next > 1 ? separator : "");
        status = write(repr, item);
    }
    return status;
}

/* ga_repr in Objects/genericaliasobject.c */
static cpt_status
write_alias(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint64_t args;
    uint8_t starred = 0;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->alias.origin, at->alias.args);

    if (!status && CPT_HAS(at->alias.starred))
        status = cpt_memory_read(repr->decode->memory, object->address + (uint64_t)at->alias.starred, &starred, 1,
                                 &repr->error);
    if (status)
        return status;
    args = cpt_struct_u64(&s, at->alias.args);
    cpt_repr_text(repr, starred ? "*" : "");
    status = write_type_like(repr, cpt_struct_u64(&s, at->alias.origin));
    cpt_repr_text(repr, "[");
    if (!status)
        status = write_each(repr, args, ", ", write_alias_argument);
    if (!status && !cpt_repr_peek(repr, args, at->var.ob_size))
        cpt_repr_text(repr, "()");
    cpt_repr_text(repr, "]");
    return status;
}

static cpt_status
write_union(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->uniontype.args);

    return status ? status : write_each(repr, cpt_struct_u64(&s, at->uniontype.args), " | ", write_union_member);
}

static cpt_status
write_placeholder(struct cpt_repr *repr, const struct cpt_object *object)
{
    (void)object;
    cpt_repr_text(repr, "Placeholder");
    return CPT_OK;
}

const struct cpt_kind cpt_kinds_generics[] = {
    {"functools.partial", write_partial},
    {"functools._PlaceholderType", write_placeholder},
    {"types.GenericAlias", write_alias},
    {"types.UnionType", write_union}, /* 3.10 to 3.13 */
    {"typing.Union", write_union},
    {NULL, NULL},
};

#include "coreanalyze/decode/repr_parts.h"

cpt_status
cpt_repr_fields(struct cpt_repr *repr, const struct cpt_object *object, const int32_t *fields, size_t count,
                struct cpt_struct *s)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i++) {
        cpt_status status = cpt_repr_needs(repr, fields[i]);

        if (status)
            return status;
        size = cpt_struct_cover(size, fields[i], 8);
    }
    return cpt_repr_struct(repr, object, size, s);
}

cpt_status
cpt_repr_name(struct cpt_repr *repr, uint64_t address)
{
    struct cpt_object name;
    cpt_status status = cpt_object_open(&repr->values->types, address, &name, &repr->error);

    if (status)
        return status;
    if (name.type->flags & CPT_TYPE_UNICODE)
        return cpt_repr_str_plain(repr, address);
    cpt_repr_text(repr, "?");
    return CPT_OK;
}

cpt_status
cpt_repr_c_string(struct cpt_repr *repr, uint64_t address, char text[256])
{
    const struct cpt_mapping *mapping;
    struct cpt_error ignored;
    size_t size = 0;

    if (address && !cpt_memory_read_string(repr->decode->memory, address, text, 256, &ignored)) {
        while (text[size] >= ' ' && text[size] < 0x7f)
            size++;
        if (size && !text[size])
            return CPT_OK;
    }
    mapping = cpt_memory_mapping(repr->decode->memory, address);
    if (mapping && mapping->path && !mapping->writable)
        return cpt_repr_fail(repr, CPT_ABSENT, address, "a name is missing");
    return cpt_repr_fail(repr, CPT_CORRUPT, address, "its name is none");
}

static struct cpt_type *
type_of(struct cpt_values *values, uint64_t address)
{
    struct cpt_object object;
    struct cpt_error ignored;

    return cpt_object_open(&values->types, address, &object, &ignored) ? NULL : object.type;
}

bool
cpt_is_none(struct cpt_values *values, uint64_t address)
{
    const struct cpt_type *type = type_of(values, address);

    return type && cpt_type_is(type, "NoneType");
}

bool
cpt_is_type(struct cpt_values *values, uint64_t address)
{
    const struct cpt_type *type = type_of(values, address);

    return type && (type->flags & CPT_TYPE_TYPE);
}

bool
cpt_is_str(struct cpt_values *values, uint64_t address)
{
    const struct cpt_type *type = type_of(values, address);

    return type && (type->flags & CPT_TYPE_UNICODE);
}

bool
cpt_is_instance(struct cpt_values *values, const struct cpt_object *object, const char *name)
{
    const struct cpt_type *entry = object->type;

    for (size_t i = 0; entry; entry = cpt_type_mro(&values->types, object->type, ++i)) {
        if (cpt_type_is(entry, name))
            return true;
    }
    return false;
}

uint64_t
cpt_repr_peek(struct cpt_repr *repr, uint64_t address, int32_t field)
{
    struct cpt_error ignored;
    uint64_t value;

    if (!CPT_HAS(field) ||
        cpt_memory_read_u64(repr->decode->memory, address + (uint64_t)field, &value, &ignored))
        return 0;
    return value;
}

cpt_status
cpt_repr_open_list(struct cpt_repr *repr, uint64_t address, struct cpt_sequence *sequence)
{
    uint64_t flags;
    cpt_status status = cpt_object_flags(repr->decode, address, &flags, &repr->error);

    if (!status && !(flags & (CPT_TYPE_LIST | CPT_TYPE_TUPLE)))
        status = cpt_repr_fail(repr, CPT_ABSENT, address, "it is no list");
    return status ? status : cpt_sequence_open(sequence, repr->decode, address, &repr->error);
}

cpt_status
cpt_repr_listed(struct cpt_repr *repr, struct cpt_sequence *sequence, const char *separator, bool before_first)
{
    uint64_t item;
    cpt_status status = CPT_OK;

    while (!repr->full && !(status = cpt_sequence_next(sequence, &item, &repr->error))) {
        if (before_first || sequence->next > 1)
            cpt_repr_text(repr, separator);
        status = cpt_repr_object(repr, item);
        if (status)
            return status;
    }
    return status == CPT_ABSENT ? CPT_OK : status;
}

cpt_status
cpt_repr_items(struct cpt_repr *repr, uint64_t address, const char *separator, bool before_first)
{
    struct cpt_sequence sequence;
    cpt_status status = cpt_sequence_open(&sequence, repr->decode, address, &repr->error);

    return status ? status : cpt_repr_listed(repr, &sequence, separator, before_first);
}

/* repr() of members of enumerations. */
#include "coreanalyze/base/vec.h"
#include "coreanalyze/decode/attribute.h"
#include "coreanalyze/decode/repr_items.h"
#include "coreanalyze/decode/repr_parts.h"
#include "coreanalyze/decode/repr_python.h"

#include <stdlib.h>

/* A class gives the repr() of its values with _value_repr_ (3.11+): NULL, or that of the type that it mixes in. */
static cpt_status
check_value_repr(struct cpt_repr *repr, uint64_t function, uint64_t value)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_object wrapper, object;
    uint64_t type;
    cpt_status status;

    if (cpt_is_none(repr->values, function))
        return CPT_OK;
    status = cpt_object_open(&repr->values->types, function, &wrapper, &repr->error);
    if (!status)
        status = cpt_object_open(&repr->values->types, value, &object, &repr->error);
    if (status)
        return status;
    if (!cpt_type_is(wrapper.type, "wrapper_descriptor") ||
        !CPT_HAS(at->descr.d_type))
        return cpt_repr_fail(repr, CPT_ABSENT, 0, "the values have a repr of their own");
    status = cpt_memory_read_u64(repr->decode->memory, function + (uint64_t)at->descr.d_type, &type, &repr->error);
    if (!status && type != object.type->address)
        return cpt_repr_fail(repr, CPT_ABSENT, 0, "the value is shown by another type's repr");
    return status;
}

struct flag {
    int64_t value;
    uint64_t name, number; /* objects: _name_, _value_ */
};

struct flags {
    CPT_VEC(struct flag) items;
};

static int
compare_flags(const void *a, const void *b)
{
    const struct flag *first = a, *second = b;

    return first->value > second->value ? -1 : first->value < second->value;
}

#define MAX_FLAGS 4096 /* members of one enumeration, those made of several among them */

static cpt_status
add_flag(struct cpt_repr *repr, struct flags *flags, uint64_t member, int64_t value, int64_t whole)
{
    struct cpt_object object;
    struct flag flag = {.value = value}, *added;
    bool power = value > 0 && !(value & (value - 1));
    cpt_status status = cpt_object_open(&repr->values->types, member, &object, &repr->error);

    if (!status)
        status = cpt_attribute_own(repr, &object, "_name_", &flag.name);
    if (!status)
        status = cpt_attribute_own(repr, &object, "_value_", &flag.number);
    if (status)
        return status;
    if (cpt_is_none(repr->values, flag.name)) {
        flag.name = 0;
        if (whole < 0 || !power)
            return CPT_OK;
    }
    if (!value || (value & whole) != value)
        return CPT_OK;
    added = flags->items.count < MAX_FLAGS ? cpt_vec_add(&flags->items) : NULL;
    if (!added)
        return cpt_repr_fail(repr, flags->items.count < MAX_FLAGS ? CPT_NOMEM : CPT_ABSENT, 0, "too many flags");
    *added = flag;
    return CPT_OK;
}

/* enum._decompose, to 3.10: the members that a value without a name is made of. */
static cpt_status
decompose(struct cpt_repr *repr, const struct cpt_object *object, int64_t whole, struct flags *flags)
{
    struct cpt_items_walk walk;
    uint64_t map, number, member;
    int64_t value;
    cpt_status status = cpt_class_attribute(repr, object->type, "_value2member_map_", &map);

    if (!status)
        status = cpt_items_open_dict(&walk, repr, map);
    if (status)
        return status;
    while (!(status = cpt_items_next(&walk, &number, &member))) {
        status = cpt_attribute_i64(repr, number, &value);
        if (!status)
            status = add_flag(repr, flags, member, value, whole);
        if (status)
            return status;
    }
    if (flags->items.count)
        qsort(flags->items.items, flags->items.count, sizeof(flags->items.items[0]), compare_flags);
    return status == CPT_ABSENT ? CPT_OK : status;
}

static cpt_status
write_flags(struct cpt_repr *repr, const struct flags *flags, int64_t whole, uint64_t value)
{
    size_t first = flags->items.count > 1 && flags->items.items[0].value == whole ? 1 : 0;
    cpt_status status = CPT_OK;

    /* Nothing within it has a name: it stands for itself. */
    if (!flags->items.count)
        return cpt_repr_object(repr, value);
    for (size_t i = first; !status && i < flags->items.count; i++) {
        const struct flag *flag = &flags->items.items[i];

        cpt_repr_text(repr, i > first ? "|" : "");
        status = flag->name ? cpt_repr_str_plain(repr, flag->name) : cpt_repr_object(repr, flag->number);
    }
    return status;
}

/* To 3.10, of a Flag without a name. */
static cpt_status
write_nameless(struct cpt_repr *repr, const struct cpt_object *object, uint64_t value)
{
    struct flags flags = {0};
    int64_t whole;
    cpt_status status = cpt_attribute_i64(repr, value, &whole);

    if (!status)
        status = decompose(repr, object, whole, &flags);
    if (!status) {
        cpt_repr_text(repr, ".");
        status = write_flags(repr, &flags, whole, value);
    }
    cpt_vec_free(&flags.items);
    return status;
}

static cpt_status
read_member(struct cpt_repr *repr, const struct cpt_object *object, uint64_t *name, uint64_t *value)
{
    cpt_status status = cpt_attribute_own(repr, object, "_name_", name);

    if (!status)
        status = cpt_attribute_own(repr, object, "_value_", value);
    if (!status && cpt_is_none(repr->values, *name))
        *name = 0;
    return status;
}

/* <Color.RED: 1> */
cpt_status
cpt_write_enum(struct cpt_repr *repr, const struct cpt_object *object)
{
    uint64_t name, value, function;
    bool modern;
    cpt_status status = read_member(repr, object, &name, &value);

    if (status)
        return status;
    modern = !cpt_class_attribute(repr, object->type, "_value_repr_", &function);
    status = modern ? check_value_repr(repr, function, value) : CPT_OK;
    if (status)
        return status;
    cpt_repr_text(repr, "<");
    cpt_repr_type_name(repr, object->type);
    if (name) {
        cpt_repr_text(repr, ".");
        status = cpt_repr_str_plain(repr, name);
    } else if (!modern) {
        status = write_nameless(repr, object, value);
    }
    cpt_repr_text(repr, ": ");
    if (!status)
        status = cpt_repr_object(repr, value);
    cpt_repr_text(repr, ">");
    return status;
}

static void
write_module(struct cpt_repr *repr, const struct cpt_type *type)
{
    size_t start = type->module.size;

    while (start && type->module.data[start - 1] != '.')
        start--;
    cpt_repr_bytes(repr, type->module.data + start, type->module.size - start);
    cpt_repr_text(repr, ".");
}

/* Of enumerations whose members are meant to be found in their module: re.IGNORECASE (3.11+). */
cpt_status
cpt_write_global_enum(struct cpt_repr *repr, const struct cpt_object *object)
{
    uint64_t name, value;
    cpt_status status = read_member(repr, object, &name, &value);

    if (!status && (!object->type->module.data || !name))
        status = cpt_repr_fail(repr, CPT_ABSENT, 0, "a member without a name");
    if (status)
        return status;
    write_module(repr, object->type);
    return cpt_repr_str_plain(repr, name);
}

/* re.IGNORECASE|re.MULTILINE. Parts that have no name are numbers. */
cpt_status
cpt_write_global_flag(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct cpt_text text;
    uint64_t name, value;
    cpt_status status = read_member(repr, object, &name, &value);

    if (!status && !object->type->module.data)
        status = cpt_repr_fail(repr, CPT_ABSENT, 0, "a class without a module");
    if (status)
        return status;
    if (!name) {
        write_module(repr, object->type);
        cpt_repr_type_name(repr, object->type);
        cpt_repr_text(repr, "(");
        status = cpt_repr_object(repr, value);
        cpt_repr_text(repr, ")");
        return status;
    }
    status = cpt_str_read(repr->decode, name, CPT_MAX_NAME, &text, &repr->error);
    for (const char *part = text.data; !status && *part;) {
        size_t size = strcspn(part, "|");

        if (*part < '0' || *part > '9')
            write_module(repr, object->type);
        cpt_repr_bytes(repr, part, size + (part[size] == '|'));
        part += size + (part[size] == '|');
    }
    return status;
}

/* RegexFlag of the re module has a __repr__ of its own from 3.8 to 3.10: re.IGNORECASE|re.MULTILINE|0x100000. */
static cpt_status
write_regex_members(struct cpt_repr *repr, const struct cpt_object *object, int64_t left, size_t *count)
{
    struct cpt_items_walk walk;
    struct cpt_object member;
    uint64_t map, key, address, name, value;
    int64_t bits;
    cpt_status status = cpt_class_attribute(repr, object->type, "_member_map_", &map);

    if (!status)
        status = cpt_items_open_dict(&walk, repr, map);
    if (status)
        return status;
    while (!(status = cpt_items_next(&walk, &key, &address))) {
        status = cpt_object_open(&repr->values->types, address, &member, &repr->error);
        if (!status)
            status = read_member(repr, &member, &name, &value);
        if (!status)
            status = cpt_attribute_i64(repr, value, &bits);
        if (status)
            return status;
        if (!(left & bits))
            continue;
        left &= ~bits;
        cpt_repr_text(repr, (*count)++ ? "|re." : "re.");
        status = cpt_repr_str_plain(repr, name);
        if (status)
            return status;
    }
    if (left)
        cpt_repr_printf(repr, "%s0x%" PRIx64, (*count)++ ? "|" : "", (uint64_t)left);
    return status == CPT_ABSENT ? CPT_OK : status;
}

cpt_status
cpt_write_regex_flag(struct cpt_repr *repr, const struct cpt_object *object)
{
    uint64_t name, value;
    int64_t number;
    size_t count = 0;
    cpt_status status = read_member(repr, object, &name, &value);

    if (!status)
        status = cpt_attribute_i64(repr, value, &number);
    /* An inverted one is in brackets where it is made of several, which only its end tells. */
    if (!status && !name && number < 0)
        status = cpt_repr_fail(repr, CPT_ABSENT, 0, "an inverted flag");
    if (status)
        return status;
    if (!name)
        return write_regex_members(repr, object, number, &count);
    cpt_repr_text(repr, "re.");
    return cpt_repr_str_plain(repr, name);
}

/* The name of a class as repr() of a str writes it. */
static cpt_status
write_class(struct cpt_repr *repr, const char *word, const struct cpt_type *type)
{
    const struct cpt_text *name = type->raw.data ? &type->raw : &type->qualname;
    size_t start = name->size;

    while (start && name->data[start - 1] != '.')
        start--;
    cpt_repr_printf(repr, "<%s ", word);
    cpt_repr_quoted(repr, name->data + start, name->size - start);
    cpt_repr_text(repr, ">");
    return CPT_OK;
}

static cpt_status
open_class(struct cpt_repr *repr, const struct cpt_object *object, struct cpt_type **type)
{
    *type = cpt_type_get(&repr->values->types, object->address);
    if (!*type)
        return cpt_repr_fail(repr, CPT_NOMEM, 0, "out of memory");
    if ((*type)->broken || (!(*type)->raw.data && !(*type)->qualname.data))
        return cpt_repr_fail(repr, CPT_CORRUPT, object->address, "the class is broken");
    return CPT_OK;
}

/* <enum 'Color'> */
cpt_status
cpt_write_enum_class(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct cpt_type *type;
    cpt_status status = open_class(repr, object, &type);

    return status ? status : write_class(repr, "enum", type);
}

/* From 3.11 enumerations of flags say so: <flag 'Permission'>. */
cpt_status
cpt_write_flag_class(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_type *entry;
    struct cpt_type *type;
    bool flag = false;
    cpt_status status = open_class(repr, object, &type);

    if (status)
        return status;
    for (size_t i = 0; !flag && (entry = cpt_type_mro(&repr->values->types, type, i)); i++)
        flag = cpt_text_is(&entry->name, "enum.Flag");
    return write_class(repr, flag ? "flag" : "enum", type);
}

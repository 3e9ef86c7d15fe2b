/* What is inside of objects: attributes, slots, items and the fields of built-in types. */
#include "coreanalyze/base/vec.h"
#include "coreanalyze/decode/members.h"
#include "coreanalyze/decode/repr_items.h"
#include "coreanalyze/decode/repr_parts.h"

#include <stdio.h>

#define MAX_MEMBER_NAME 512

struct entry {
    struct cpt_text label;
    uint64_t address;
};

/* The objects whose parts are being taken, from the innermost outwards. */
struct ancestor {
    uint64_t address;
    const struct ancestor *parent;
};

/* The parts of one object, being collected. */
struct parts {
    struct cpt_values *values;
    const struct cpt_object *object;
    struct cpt_repr repr; /* for the walks of repr_items.h: nothing is written to it */
    CPT_VEC(struct entry) entries;
    size_t max;
    bool more;
};

static cpt_status
no_memory(struct parts *parts)
{
    return cpt_repr_fail(&parts->repr, CPT_NOMEM, 0, "out of memory");
}

/* Adds BEFORE TEXT AFTER as the label of the object at ADDRESS. CPT_LIMIT where there are enough. */
static cpt_status
add(struct parts *parts, const char *before, const struct cpt_text *text, const char *after, uint64_t address)
{
    struct cpt_buffer label = {0};
    struct entry *entry;

    if (parts->entries.count >= parts->max) {
        parts->more = true;
        return cpt_repr_fail(&parts->repr, CPT_LIMIT, 0, "enough parts");
    }
    cpt_buffer_add_text(&label, before);
    cpt_buffer_add(&label, text->data, text->size);
    cpt_buffer_add_text(&label, after);
    entry = label.failed ? NULL : cpt_vec_add(&parts->entries);
    if (entry) {
        entry->address = address;
        entry->label.size = label.size;
        entry->label.data = cpt_arena_text(parts->values->decode->arena, label.data, label.size);
    }
    cpt_buffer_free(&label);
    return entry && entry->label.data ? CPT_OK : no_memory(parts);
}

static cpt_status
add_word(struct parts *parts, const char *word, uint64_t address)
{
    const struct cpt_text text = {.data = word, .size = strlen(word)};

    return address ? add(parts, ".", &text, "", address) : CPT_OK;
}

static cpt_status
add_index(struct parts *parts, const char *brackets, uint64_t index, uint64_t address)
{
    const char before[2] = {brackets[0]}, after[2] = {brackets[1]};
    char digits[24];
    struct cpt_text text = {.data = digits};

    text.size = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, index);
    return add(parts, before, &text, after, address);
}

/* Under its repr in brackets; as an attribute, where it is a name, with a dot. */
static cpt_status
add_key(struct parts *parts, uint64_t key, uint64_t address, bool attribute)
{
    struct cpt_text name = {0};
    struct cpt_value value;
    struct cpt_error ignored;
    cpt_status status;

    if (attribute && !cpt_str_read(parts->values->decode, key, CPT_MAX_NAME, &name, &ignored))
        return add(parts, ".", &name, "", address);
    if (parts->entries.count >= parts->max)
        return add(parts, "", &name, "", address);
    status = cpt_value_read(parts->values, key, &value, &parts->repr.error);
    return status ? status : add(parts, "[", &value.repr, "]", address);
}

/* --- items ----------------------------------------------------------------------------------- */

static cpt_status
add_items(struct parts *parts, cpt_status opened, struct cpt_items_walk *walk, bool attributes)
{
    uint64_t key, value, index = 0;
    cpt_status status = opened;

    while (!status && !(status = cpt_items_next(walk, &key, &value)))
        status = walk->kind == CPT_ITEMS_SET ? add_index(parts, "{}", index++, key)
                                             : add_key(parts, key, value, attributes);
    return status;
}

static cpt_status
add_dict(struct parts *parts, uint64_t address, bool attributes)
{
    struct cpt_items_walk walk;

    return add_items(parts, cpt_items_open(&walk, &parts->repr, address), &walk, attributes);
}

static cpt_status
add_set(struct parts *parts)
{
    struct cpt_items_walk walk;

    return add_items(parts, cpt_items_open_set(&walk, &parts->repr, parts->object->address), &walk, false);
}

static cpt_status
add_sequence(struct parts *parts)
{
    struct cpt_sequence walk;
    uint64_t item;
    cpt_status status = cpt_sequence_open(&walk, parts->values->decode, parts->object->address, &parts->repr.error);

    while (!status && !(status = cpt_sequence_next(&walk, &item, &parts->repr.error)))
        status = add_index(parts, "[]", walk.next - 1, item);
    return status;
}

static cpt_status
add_deque(struct parts *parts)
{
    struct cpt_deque_walk walk;
    uint64_t item, index = 0;
    cpt_status status = cpt_deque_open(&walk, &parts->repr, parts->object);

    while (!status && !(status = cpt_deque_next(&walk, &item)))
        status = add_index(parts, "[]", index++, item);
    return status;
}

/* The items of containers, in the order of their reprs. */
static cpt_status
add_contents(struct parts *parts)
{
    const struct cpt_layout_fields *at = parts->values->decode->at;
    const struct cpt_object *object = parts->object;
    uint64_t mapping;

    if (object->type->flags & (CPT_TYPE_LIST | CPT_TYPE_TUPLE))
        return add_sequence(parts);
    if ((object->type->flags & CPT_TYPE_DICT) || cpt_is_instance(parts->values, object, "frozendict"))
        return add_dict(parts, object->address, false);
    if (cpt_is_instance(parts->values, object, "set") || cpt_is_instance(parts->values, object, "frozenset"))
        return add_set(parts);
    if (cpt_is_instance(parts->values, object, "collections.deque"))
        return add_deque(parts);
    if (!cpt_is_instance(parts->values, object, "mappingproxy") || !CPT_HAS(at->proxy.mapping))
        return CPT_OK;
    mapping = cpt_repr_peek(&parts->repr, object->address, at->proxy.mapping);
    return add_dict(parts, mapping, false);
}

/* --- attributes ------------------------------------------------------------------------------ */

static cpt_status
add_members(struct parts *parts, bool python_only)
{
    struct cpt_members_walk walk;
    char name[MAX_MEMBER_NAME];
    uint64_t value;
    cpt_status status;

    cpt_members_open(&walk, &parts->values->types, parts->object, python_only);
    while (!(status = cpt_members_next(&walk, name, sizeof(name), &value, &parts->repr.error))) {
        /* What is in it follows. */
        if (strcmp(name, "__dict__") == 0)
            continue;
        status = add_word(parts, name, value);
        if (status)
            return status;
    }
    return status == CPT_ABSENT ? CPT_OK : status;
}

static cpt_status
add_attributes(struct parts *parts)
{
    struct cpt_items_walk walk = {.repr = &parts->repr, .address = parts->object->address, .kind = CPT_ITEMS_DICT};

    return add_items(parts,
                     cpt_instance_open(&walk.dict, parts->values->decode, parts->object->address, &parts->repr.error),
                     &walk, true);
}

/* Fields of built-in types that no PyMemberDef tells. */
static cpt_status
add_fields(struct parts *parts)
{
    const struct cpt_layout_fields *at = parts->values->decode->at;
    const struct {
        const char *type;
        const char *label;
        int32_t field;
    } fields[] = {
        {"BaseException", "args", at->exception.args},
        {"BaseException", "__cause__", at->exception.cause},
        {"BaseException", "__context__", at->exception.context},
        {"BaseException", "__traceback__", at->exception.traceback},
        {"function", "__name__", at->function.func_name},
        {"function", "__qualname__", at->function.func_qualname},
        {"function", "__code__", at->function.func_code},
        {"function", "__defaults__", at->function.func_defaults},
        {"function", "__kwdefaults__", at->function.func_kwdefaults},
        {"cell", "cell_contents", at->cell.ob_ref},
        {"builtin_function_or_method", "__self__", at->cfunction.m_self},
        {"generator", "gi_code", at->gen.gi_code},
        {"generator", "__qualname__", at->gen.gi_qualname},
        {"coroutine", "cr_code", at->gen.gi_code},
        {"coroutine", "__qualname__", at->gen.gi_qualname},
        {"traceback", "tb_next", at->traceback.tb_next},
        {"types.GenericAlias", "__origin__", at->alias.origin},
        {"types.GenericAlias", "__args__", at->alias.args},
    };
    cpt_status status = CPT_OK;

    for (size_t i = 0; !status && i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (CPT_HAS(fields[i].field) && cpt_is_instance(parts->values, parts->object, fields[i].type))
            status = add_word(parts, fields[i].label,
                              cpt_repr_peek(&parts->repr, parts->object->address, fields[i].field));
    }
    return status;
}

/* Modules and classes keep their attributes in a dict of their own kind. */
static cpt_status
add_namespace(struct parts *parts)
{
    const struct cpt_layout_fields *at = parts->values->decode->at;
    uint64_t dict = 0;

    if (parts->object->type->flags & CPT_TYPE_TYPE)
        dict = cpt_repr_peek(&parts->repr, parts->object->address, at->type.tp_dict);
    else if (cpt_is_instance(parts->values, parts->object, "module") && CPT_HAS(at->module.md_dict))
        dict = cpt_repr_peek(&parts->repr, parts->object->address, at->module.md_dict);
    return dict ? add_dict(parts, dict, true) : CPT_ABSENT;
}

/* --- both ------------------------------------------------------------------------------------ */

/* An end that is none of damage. */
static bool
goes_on(cpt_status status)
{
    return status == CPT_OK || status == CPT_ABSENT;
}

static cpt_status
collect_all(struct parts *parts)
{
    cpt_status status = add_contents(parts);

    if (goes_on(status))
        status = add_fields(parts);
    if (goes_on(status))
        status = add_members(parts, false);
    if (!goes_on(status))
        return status;
    status = add_namespace(parts);
    return status == CPT_ABSENT ? add_attributes(parts) : status;
}

static cpt_status
collect_attributes(struct parts *parts)
{
    const struct cpt_type *type = parts->object->type;
    cpt_status status;

    if ((type->flags & CPT_TYPE_TYPE) || (!cpt_type_is_python(type) && !(type->flags & CPT_TYPE_EXCEPTION)))
        return CPT_OK;
    status = add_members(parts, true);
    return status ? status : add_attributes(parts);
}

static void
tell(struct parts *parts)
{
    struct cpt_values *values = parts->values;
    uint64_t address = parts->object->address;

    if (cpt_hash_get(&values->told, address) || !cpt_hash_set(&values->told, address, values))
        return;
    cpt_holes_add_error(values->decode->holes, &parts->repr.error, "parts of the %s at 0x%" PRIx64,
                        parts->object->type->name.data, address);
}

static cpt_status read_parts(struct cpt_values *values, const struct ancestor *parent, enum cpt_value_parts which,
                             unsigned depth, size_t max, struct cpt_value *value, struct cpt_error *error);

/* Decodes what was collected. All parts of one result have a common bound. */
static cpt_status
take(struct parts *parts, const struct ancestor *self, enum cpt_value_parts which, unsigned depth,
     struct cpt_value *value, struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    value->more_parts = parts->more;
    value->parts = cpt_arena_array(parts->values->decode->arena, parts->entries.count, sizeof(value->parts[0]));
    if (!value->parts)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    for (size_t i = 0; !status && i < parts->entries.count; i++) {
        struct cpt_value_part *part = &value->parts[i];

        if (parts->values->parts_taken++ >= CPT_MAX_PARTS) {
            value->more_parts = true;
            break;
        }
        part->label = parts->entries.items[i].label;
        part->value.address = parts->entries.items[i].address;
        value->part_count = i + 1;
        status = read_parts(parts->values, self, which, depth - 1, parts->max, &part->value, error);
    }
    return status;
}

static bool
is_ancestor(const struct ancestor *ancestor, uint64_t address)
{
    for (; ancestor; ancestor = ancestor->parent) {
        if (ancestor->address == address)
            return true;
    }
    return false;
}

/* VALUE's address is set. Objects within themselves are not gone into again. */
static cpt_status
read_parts(struct cpt_values *values, const struct ancestor *parent, enum cpt_value_parts which, unsigned depth,
           size_t max, struct cpt_value *value, struct cpt_error *error)
{
    const struct ancestor self = {value->address, parent};
    struct parts parts = {.values = values, .max = max};
    struct cpt_object object;
    struct cpt_error ignored;
    cpt_status status = cpt_value_read(values, self.address, value, error);

    if (status || !depth || value->broken || is_ancestor(parent, self.address) ||
        cpt_object_open(&values->types, self.address, &object, &ignored))
        return status;
    parts.repr = (struct cpt_repr){.values = values, .decode = values->decode, .out = &values->buffer, .limit = SIZE_MAX};
    parts.object = &object;
    status = which == CPT_PARTS_ALL ? collect_all(&parts) : collect_attributes(&parts);
    if (status == CPT_NOMEM)
        *error = parts.repr.error;
    else if (!goes_on(status) && !parts.more)
        tell(&parts);
    if (status != CPT_NOMEM)
        status = take(&parts, &self, which, depth, value, error);
    cpt_vec_free(&parts.entries);
    return status;
}

cpt_status
cpt_value_read_parts(struct cpt_values *values, uint64_t address, enum cpt_value_parts which, unsigned depth, size_t max,
                     struct cpt_value *value, struct cpt_error *error)
{
    value->address = address;
    return read_parts(values, NULL, which, depth, max, value, error);
}

/* Which writer a type's repr() is: told by tp_repr, and for classes written in Python by the __repr__ they inherit. */
#include "coreanalyze/base/bytes.h"
#include "coreanalyze/decode/attribute.h"
#include "coreanalyze/decode/repr.h"
#include "coreanalyze/decode/str.h"

#include <string.h>

const struct cpt_kind cpt_kind_object = {"object", cpt_repr_plain_object};

static const struct cpt_kind *const families[] = {
    cpt_kinds_numbers, cpt_kinds_texts, cpt_kinds_containers, cpt_kinds_collections, cpt_kinds_callables,
    cpt_kinds_generics, cpt_kinds_references, cpt_kinds_misc, cpt_kinds_exceptions, cpt_kinds_times, cpt_kinds_buffers,
    cpt_kinds_decimal, cpt_kinds_numpy, cpt_kinds_library, cpt_kinds_files,
};

/* No class of the target's own is taken for one of C. */
static const struct cpt_kind *
find_by_name(const struct cpt_type *type)
{
    if (cpt_type_is_python(type) || type->foreign)
        return NULL;
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        for (const struct cpt_kind *kind = families[i]; kind->name; kind++) {
            if (cpt_text_is(&type->raw, kind->name))
                return kind;
        }
    }
    return NULL;
}

/* The type that TYPE has its tp_repr from: the last of its method resolution order with the same. */
static struct cpt_type *
defining_type(struct cpt_types *types, struct cpt_type *type)
{
    struct cpt_type *entry, *found = type;

    for (size_t i = 0; (entry = cpt_type_mro(types, type, i)); i++) {
        if (entry->repr == type->repr)
            found = entry;
    }
    return found;
}

/* What some reprs of C ask of their object, which a class written in Python may answer in its own way. */
static const struct {
    const char *name, *uses;
} asking[] = {
    {"set", "__iter__"},
    {"frozenset", "__iter__"},
    {"collections.deque", "__iter__"},
    {"collections.OrderedDict", "items"},
    {"_io.FileIO", "name"},
    {"_io.BufferedReader", "name"},
    {"_io.BufferedWriter", "name"},
    {"_io.BufferedRandom", "name"},
    {"_io.TextIOWrapper", "name mode"},
};

static const struct cpt_kind *
find_in_c(struct cpt_values *values, struct cpt_type *type)
{
    const struct cpt_type *definer = defining_type(&values->types, type);
    const struct cpt_kind *kind = find_by_name(definer);

    for (size_t i = 0; kind && type != definer && i < sizeof(asking) / sizeof(asking[0]); i++) {
        if (strcmp(asking[i].name, kind->name) == 0 && !cpt_class_is_faithful(values, type, "", asking[i].uses))
            return &cpt_kind_object;
    }
    return kind ? kind : cpt_kind_of_structseq(values, definer);
}

/* Any repr of Python's asks for attributes of its object. */
#define EVERY_REPR_USES "__getattribute__ __class__"

/* What the family tables know is told by the function's module and qualified name. */
static const struct cpt_kind *
find_by_function(struct cpt_values *values, struct cpt_type *type, uint64_t function)
{
    const struct cpt_layout_fields *at = values->decode->at;
    struct cpt_error ignored;
    uint64_t module, qualname;

    if (!cpt_class_is_faithful(values, type, "", EVERY_REPR_USES))
        return NULL;
    if (!CPT_HAS(at->function.func_module) || !CPT_HAS(at->function.func_qualname) ||
        cpt_memory_read_u64(values->decode->memory, function + (uint64_t)at->function.func_module, &module, &ignored) ||
        cpt_memory_read_u64(values->decode->memory, function + (uint64_t)at->function.func_qualname, &qualname,
                            &ignored))
        return NULL;
    for (const struct cpt_python_kind *kind = cpt_kinds_python; kind->module; kind++) {
        if (cpt_str_equals(values->decode, module, kind->module) &&
            cpt_str_equals(values->decode, qualname, kind->qualname))
            return cpt_function_is_of(values, function, kind->module) &&
                           cpt_class_is_faithful(values, type, kind->module, kind->uses)
                       ? &kind->kind
                       : NULL;
    }
    return cpt_kind_of_python(values, type, function);
}

/* What a heap type's own or inherited __repr__, a Python function, writes; NULL: it has none, C writes. */
static const struct cpt_kind *
find_python(struct cpt_values *values, struct cpt_type *type)
{
    const struct cpt_kind *kind;
    struct cpt_type *entry;
    struct cpt_error ignored;
    uint64_t function;
    cpt_status status;

    if (!(type->flags & CPT_TYPE_HEAP))
        return NULL;
    status = cpt_type_find(&values->types, type, "__repr__", &function, &entry, &ignored);
    if (status == CPT_ABSENT)
        return NULL;
    /* Damaged: not to be guessed. */
    if (status)
        return &cpt_kind_object;
    /* A static type that comes first in the method resolution order has its say first. */
    if (entry->repr && entry->repr != type->repr)
        return NULL;
    /* Types of C made by PyType_FromSpec have a slot wrapper there. */
    if (!cpt_object_is(&values->types, function, "function"))
        return NULL;
    kind = find_by_function(values, type, function);
    return kind ? kind : &cpt_kind_object;
}

const struct cpt_kind *
cpt_kind_of(struct cpt_values *values, struct cpt_type *type)
{
    if (type->kind)
        return type->kind;
    type->kind = find_python(values, type);
    if (!type->kind)
        type->kind = find_in_c(values, type);
    if (!type->kind)
        type->kind = &cpt_kind_object;
    return type->kind;
}

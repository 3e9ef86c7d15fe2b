#include "coreanalyze/decode/typename.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/dict.h"
#include "coreanalyze/decode/str.h"

#include <string.h>

/* Modules of the standard library that name types after their own fashion: those names, and what the types say of
   themselves. Looked into in this order, before all other modules. */
static const struct alias {
    const char *module, *word, *name;
} aliases[] = {
    {"types", "FunctionType", "function"},
    {"types", "CodeType", "code"},
    {"types", "MappingProxyType", "mappingproxy"},
    {"types", "SimpleNamespace", "types.SimpleNamespace"},
    {"types", "CellType", "cell"},
    {"types", "GeneratorType", "generator"},
    {"types", "CoroutineType", "coroutine"},
    {"types", "AsyncGeneratorType", "async_generator"},
    {"types", "MethodType", "method"},
    {"types", "BuiltinFunctionType", "builtin_function_or_method"},
    {"types", "WrapperDescriptorType", "wrapper_descriptor"},
    {"types", "MethodWrapperType", "method-wrapper"},
    {"types", "MethodDescriptorType", "method_descriptor"},
    {"types", "ClassMethodDescriptorType", "classmethod_descriptor"},
    {"types", "ModuleType", "module"},
    {"types", "TracebackType", "traceback"},
    {"types", "FrameType", "frame"},
    {"types", "GetSetDescriptorType", "getset_descriptor"},
    {"types", "MemberDescriptorType", "member_descriptor"},
    {"types", "GenericAlias", "types.GenericAlias"},
    {"types", "CapsuleType", "PyCapsule"},
    {"_collections_abc", "bytes_iterator", "bytes_iterator"},
    {"_collections_abc", "bytearray_iterator", "bytearray_iterator"},
    {"_collections_abc", "dict_keyiterator", "dict_keyiterator"},
    {"_collections_abc", "dict_valueiterator", "dict_valueiterator"},
    {"_collections_abc", "dict_itemiterator", "dict_itemiterator"},
    {"_collections_abc", "list_iterator", "list_iterator"},
    {"_collections_abc", "list_reverseiterator", "list_reverseiterator"},
    {"_collections_abc", "range_iterator", "range_iterator"},
    {"_collections_abc", "longrange_iterator", "longrange_iterator"},
    {"_collections_abc", "set_iterator", "set_iterator"},
    {"_collections_abc", "str_iterator", "str_iterator"},
    {"_collections_abc", "tuple_iterator", "tuple_iterator"},
    {"_collections_abc", "zip_iterator", "zip"},
    {"_collections_abc", "dict_keys", "dict_keys"},
    {"_collections_abc", "dict_values", "dict_values"},
    {"_collections_abc", "dict_items", "dict_items"},
    {"_weakref", "ref", "weakref.ReferenceType"},
    {"_weakref", "ReferenceType", "weakref.ReferenceType"},
    {"_weakref", "ProxyType", "weakref.ProxyType"},
    {"_weakref", "CallableProxyType", "weakref.CallableProxyType"},
};

void
cpt_type_split_raw(struct cpt_type *type)
{
    size_t dot = type->raw.size;

    if (!type->raw.data)
        return;
    while (dot && type->raw.data[dot - 1] != '.')
        dot--;
    type->qualname = (struct cpt_text){.data = type->raw.data + dot, .size = type->raw.size - dot};
    type->module = dot ? (struct cpt_text){.data = type->raw.data, .size = dot - 1} : cpt_text_of("builtins");
}

/* The name under which a module's dict has the type. */
static bool
find_in_dict(struct cpt_types *types, struct cpt_type *type, uint64_t dict)
{
    struct cpt_dict_walk walk;
    struct cpt_error ignored;
    uint64_t key, value;

    if (cpt_dict_open(&walk, types->decode, dict, &ignored))
        return false;
    while (!cpt_dict_next(&walk, &key, &value, &ignored)) {
        if (value == type->address &&
            !cpt_str_read(types->decode, key, CPT_MAX_NAME, &type->qualname, &ignored))
            return true;
    }
    return false;
}

static bool
read_field(struct cpt_types *types, uint64_t address, int32_t field, uint64_t *value)
{
    struct cpt_error ignored;

    return CPT_HAS(field) && !cpt_memory_read_u64(types->decode->memory, address + (uint64_t)field, value, &ignored);
}

/* The types of None and its like, which no name in builtins leads to. */
static bool
find_singleton(struct cpt_types *types, struct cpt_type *type)
{
    static const struct {
        const char *object, *type;
    } singletons[] = {
        {"None", "NoneType"}, {"Ellipsis", "ellipsis"}, {"NotImplemented", "NotImplementedType"}};
    struct cpt_error ignored;
    uint64_t object, its_type;

    for (size_t i = 0; i < sizeof(singletons) / sizeof(singletons[0]); i++) {
        if (cpt_dict_find(types->decode, types->builtins, singletons[i].object, &object, &ignored) ||
            !read_field(types, object, types->decode->at->object.ob_type, &its_type))
            continue;
        if (its_type == type->address) {
            type->qualname = cpt_text_of(singletons[i].type);
            return true;
        }
    }
    return false;
}

/* The dict of the module called WORD, or 0. */
static uint64_t
module_dict(struct cpt_types *types, const char *word)
{
    struct cpt_error ignored;
    uint64_t module, dict;

    if (cpt_dict_find(types->decode, types->modules, word, &module, &ignored) ||
        !read_field(types, module, types->decode->at->module.md_dict, &dict))
        return 0;
    return dict;
}

static const char *
alias_of(const char *module, const struct cpt_text *word)
{
    for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
        if (strcmp(aliases[i].module, module) == 0 && cpt_text_is(word, aliases[i].word))
            return aliases[i].name;
    }
    return NULL;
}

static bool
find_alias(struct cpt_types *types, struct cpt_type *type)
{
    static const char *const modules[] = {"types", "_collections_abc", "_weakref"};

    for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
        uint64_t dict = module_dict(types, modules[i]);
        const char *name;

        if (!dict || !find_in_dict(types, type, dict))
            continue;
        name = alias_of(modules[i], &type->qualname);
        type->qualname.data = NULL;
        if (!name)
            continue;
        type->raw = cpt_text_of(name);
        cpt_type_split_raw(type);
        return true;
    }
    return false;
}

/* "datetime.date": as tp_name would be, where the module is the one that the type is made for. */
static void
compose_raw(struct cpt_decode *decode, struct cpt_type *type)
{
    struct cpt_buffer *out = &decode->scratch;

    if (!type->module.data || !type->qualname.data)
        return;
    cpt_buffer_clear(out);
    cpt_buffer_add(out, type->module.data, type->module.size);
    cpt_buffer_add_char(out, '.');
    cpt_buffer_add(out, type->qualname.data, type->qualname.size);
    type->raw.data = out->failed ? NULL : cpt_arena_text(decode->arena, out->data, out->size);
    type->raw.size = out->size;
}

/* Whether the module whose name is at KEY has the type. */
static bool
find_in_module(struct cpt_types *types, struct cpt_type *type, uint64_t key, uint64_t module)
{
    struct cpt_error ignored;
    uint64_t dict;

    return read_field(types, module, types->decode->at->module.md_dict, &dict) && find_in_dict(types, type, dict) &&
           !cpt_str_read(types->decode, key, CPT_MAX_NAME, &type->module, &ignored);
}

/* _datetime has datetime's types. */
static bool
find_in_public(struct cpt_types *types, struct cpt_type *type)
{
    const char *module = type->module.data;
    uint64_t dict = module[0] == '_' && module[1] != '_' ? module_dict(types, module + 1) : 0;

    if (!dict || !find_in_dict(types, type, dict))
        return false;
    type->module.data++;
    type->module.size--;
    return true;
}

/* A module of the program may have imported the type by its name: the module that it is from, or was made for, has a
   public name and a private one. */
static void
find_in_modules(struct cpt_types *types, struct cpt_type *type)
{
    struct cpt_text module = {0}, qualname = {0};
    struct cpt_dict_walk walk;
    struct cpt_error ignored;
    uint64_t key, value;
    bool sure = false;

    if (cpt_dict_open(&walk, types->decode, types->modules, &ignored))
        return;
    while (!sure && !cpt_dict_next(&walk, &key, &value, &ignored)) {
        if (!find_in_module(types, type, key, value))
            continue;
        sure = find_in_public(types, type);
        if (sure || !module.data || strcmp(module.data, "__main__") == 0) {
            module = type->module;
            qualname = type->qualname;
        }
    }
    type->module = module;
    type->qualname = qualname;
    compose_raw(types->decode, type);
}

static void
search(struct cpt_types *types, struct cpt_type *type)
{
    if (types->builtins && (find_in_dict(types, type, types->builtins) || find_singleton(types, type))) {
        type->module = cpt_text_of("builtins");
        type->raw = type->qualname;
        return;
    }
    if (types->modules && !find_alias(types, type))
        find_in_modules(types, type);
}

/* Going through all modules takes nothing from the budget of other searches. */
void
cpt_type_search_name(struct cpt_types *types, struct cpt_type *type)
{
    uint64_t before = types->decode->dict_steps;

    if (types->search_steps >= CPT_MAX_SEARCH_STEPS)
        return;
    types->decode->dict_steps = 0;
    search(types, type);
    types->search_steps += types->decode->dict_steps;
    types->decode->dict_steps = before;
}

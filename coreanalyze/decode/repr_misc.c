/* repr() of modules. */
#include "coreanalyze/decode/instance.h"
#include "coreanalyze/decode/repr_parts.h"
#include "coreanalyze/decode/str.h"

#include <string.h>

/* The attribute WORD of a module, whose dict is at DICT; 0 where it has none. *DAMAGE is set where the dict is broken. */
static uint64_t
find_in(struct cpt_repr *repr, uint64_t dict, const char *word, cpt_status *damage)
{
    uint64_t value;
    cpt_status status = cpt_dict_find(repr->decode, dict, word, &value, &repr->error);

    if (status && status != CPT_ABSENT)
        *damage = status;
    return status ? 0 : value;
}

static uint64_t
find_attribute(struct cpt_repr *repr, uint64_t object, const char *word)
{
    struct cpt_error ignored;
    uint64_t value;

    return object && !cpt_instance_find(repr->decode, object, word, &value, &ignored) ? value : 0;
}

static bool
is_something(struct cpt_repr *repr, uint64_t address)
{
    return address && !cpt_is_none(repr->values, address);
}

/* repr() of a name, where there is one. */
static cpt_status
write_quoted_name(struct cpt_repr *repr, uint64_t name)
{
    if (is_something(repr, name))
        return cpt_repr_object(repr, name);
    cpt_repr_text(repr, "'?'");
    return CPT_OK;
}

/* Whether the class of LOADER, or LOADER itself where it is a class, is called QUALNAME, be it with a '_' before it. */
static bool
is_loader(struct cpt_repr *repr, uint64_t loader, const char *qualname)
{
    struct cpt_object object;
    struct cpt_error ignored;
    const struct cpt_type *type;

    if (!loader || cpt_object_open(&repr->values->types, loader, &object, &ignored))
        return false;
    type = object.type->flags & CPT_TYPE_TYPE ? cpt_type_get(&repr->values->types, loader) : object.type;
    if (!type || !type->module.data || strncmp(type->module.data, "_frozen_importlib", 17) != 0)
        return false;
    return cpt_text_is(&type->qualname, qualname) || (type->qualname.data && type->qualname.data[0] == '_' &&
                                                      strcmp(type->qualname.data + 1, qualname) == 0);
}

/* " (namespace) from ['/dir', …]" */
static cpt_status
write_namespace(struct cpt_repr *repr, uint64_t loader)
{
    uint64_t path = find_attribute(repr, find_attribute(repr, loader, "_path"), "_path");

    if (!path)
        return cpt_repr_fail(repr, CPT_ABSENT, loader, "the paths of a namespace are missing");
    cpt_repr_text(repr, " (namespace) from ");
    return cpt_repr_object(repr, path);
}

static cpt_status
write_by_loader(struct cpt_repr *repr, uint64_t loader)
{
    cpt_status status;

    if (!is_something(repr, loader))
        return CPT_OK;
    if (repr->values->dialect.namespace_paths && is_loader(repr, loader, "NamespaceLoader"))
        return write_namespace(repr, loader);
    cpt_repr_text(repr, " (");
    status = cpt_repr_object(repr, loader);
    cpt_repr_text(repr, ")");
    return status;
}

/* What follows the name, of a module with the spec at SPEC (_module_repr_from_spec in importlib/_bootstrap.py). */
static cpt_status
write_by_spec(struct cpt_repr *repr, uint64_t spec)
{
    uint64_t origin = find_attribute(repr, spec, "origin"), located = 0;
    struct cpt_error ignored;
    cpt_status status;

    if (!is_something(repr, origin))
        return write_by_loader(repr, find_attribute(repr, spec, "loader"));
    if (cpt_int_read_u64(repr->decode, find_attribute(repr, spec, "_set_fileattr"), &located, &ignored))
        located = 0;
    if (located) {
        cpt_repr_text(repr, " from ");
        return cpt_repr_object(repr, origin);
    }
    cpt_repr_text(repr, " (");
    status = cpt_is_str(repr->values, origin) ? cpt_repr_str_plain(repr, origin) : cpt_repr_object(repr, origin);
    cpt_repr_text(repr, ")");
    return status;
}

/* To 3.9 the loaders of importlib have a word of their own, and take the module's own name. */
static const char *
word_of_loader(struct cpt_repr *repr, uint64_t loader)
{
    static const char *const words[][2] = {
        {"BuiltinImporter", " (built-in)"}, {"FrozenImporter", " (frozen)"}, {"NamespaceLoader", " (namespace)"}};

    for (size_t i = 0; repr->values->dialect.loader_names_module && i < sizeof(words) / sizeof(words[0]); i++) {
        if (is_loader(repr, loader, words[i][0]))
            return words[i][1];
    }
    return NULL;
}

static cpt_status
write_content(struct cpt_repr *repr, uint64_t dict)
{
    cpt_status damage = CPT_OK;
    uint64_t spec = find_in(repr, dict, "__spec__", &damage), loader = find_in(repr, dict, "__loader__", &damage);
    uint64_t name = find_in(repr, dict, "__name__", &damage), file = find_in(repr, dict, "__file__", &damage);
    const char *word = word_of_loader(repr, loader);
    bool has_spec = !word && is_something(repr, spec);
    cpt_status status = damage ? damage : write_quoted_name(repr, has_spec ? find_attribute(repr, spec, "name") : name);

    if (status)
        return status;
    if (word) {
        cpt_repr_text(repr, word);
        return CPT_OK;
    }
    if (has_spec)
        return write_by_spec(repr, spec);
    if (!file)
        return write_by_loader(repr, loader);
    cpt_repr_text(repr, " from ");
    return cpt_repr_object(repr, file);
}

/* module_repr calls importlib's _module_repr. */
static cpt_status
write_module(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->module.md_dict);

    if (status)
        return status;
    cpt_repr_text(repr, "<module ");
    status = write_content(repr, cpt_struct_u64(&s, at->module.md_dict));
    cpt_repr_text(repr, ">");
    return status;
}

const struct cpt_kind cpt_kinds_misc[] = {
    {"module", write_module},
    {NULL, NULL},
};

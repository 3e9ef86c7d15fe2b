/* repr() of classes of the standard library that are written in Python: which they are, and those whose __repr__ is made
   for each class: named tuples, dataclasses, and the sequences with names of C. */
#include "coreanalyze/decode/attribute.h"
#include "coreanalyze/decode/members.h"
#include "coreanalyze/decode/repr_items.h"
#include "coreanalyze/decode/repr_parts.h"
#include "coreanalyze/decode/repr_python.h"

#include <stdio.h>

#define PATH_USES "__str__ as_posix drive root _tail _raw_path _parse_path _load_parts _format_parsed_parts"
#define ADDRESS_USES "__str__ _string_from_ip_int _compress_hextets prefixlen network"

const struct cpt_python_kind cpt_kinds_python[] = {
    {"collections", "Counter.__repr__", {"Counter", cpt_write_counter}, "most_common items keys __iter__ __len__ __bool__"},
    {"collections", "ChainMap.__repr__", {"ChainMap", cpt_write_chainmap}, NULL},
    {"collections", "UserDict.__repr__", {"UserDict", cpt_write_user_data}, NULL},
    {"collections", "UserList.__repr__", {"UserList", cpt_write_user_data}, NULL},
    {"collections", "UserString.__repr__", {"UserString", cpt_write_user_data}, NULL},
    {"fractions", "Fraction.__repr__", {"Fraction", cpt_write_fraction}, NULL},
    {"uuid", "UUID.__repr__", {"UUID", cpt_write_uuid}, "__str__ hex"},
    {"ipaddress", "_BaseAddress.__repr__", {"_BaseAddress", cpt_write_address}, ADDRESS_USES},
    {"ipaddress", "_BaseNetwork.__repr__", {"_BaseNetwork", cpt_write_network}, ADDRESS_USES},
    {"pathlib", "PurePath.__repr__", {"PurePath", cpt_write_path}, PATH_USES},
    {"pathlib._local", "PurePath.__repr__", {"PurePath", cpt_write_path}, PATH_USES},
    {"pathlib", "_PathParents.__repr__", {"_PathParents", cpt_write_parents}, NULL},
    {"pathlib._local", "_PathParents.__repr__", {"_PathParents", cpt_write_parents}, NULL},
    {"enum", "Enum.__repr__", {"Enum", cpt_write_enum}, NULL},
    {"enum", "Flag.__repr__", {"Flag", cpt_write_enum}, NULL},
    {"enum", "global_enum_repr", {"Enum", cpt_write_global_enum}, NULL},
    {"enum", "global_flag_repr", {"Flag", cpt_write_global_flag}, "name"},
    {"enum", "EnumMeta.__repr__", {"EnumMeta", cpt_write_enum_class}, NULL},
    {"enum", "EnumType.__repr__", {"EnumType", cpt_write_flag_class}, NULL},
    {"re", "RegexFlag.__repr__", {"RegexFlag", cpt_write_regex_flag}, NULL},
    {"threading", "Thread.__repr__", {"Thread", cpt_write_thread}, "is_alive"},
    {"threading", "Condition.__repr__", {"Condition", cpt_write_condition}, NULL},
    {"threading", "Event.__repr__", {"Event", cpt_write_event}, NULL},
    {"threading", "Semaphore.__repr__", {"Semaphore", cpt_write_semaphore}, NULL},
    {"threading", "BoundedSemaphore.__repr__", {"BoundedSemaphore", cpt_write_semaphore}, NULL},
    {"threading", "Barrier.__repr__", {"Barrier", cpt_write_barrier}, "broken n_waiting parties"},
    {NULL, NULL, {NULL, NULL}, NULL},
};

/* --- named tuples ---------------------------------------------------------------------------- */

/* NAME=value for each pair of an item of the tuple at NAMES and one of ITEMS. */
static cpt_status
write_fields(struct cpt_repr *repr, uint64_t names, struct cpt_sequence *items)
{
    struct cpt_sequence name_walk;
    uint64_t name, item;
    cpt_status status = cpt_sequence_open(&name_walk, repr->decode, names, &repr->error);

    if (!status && name_walk.count != items->count)
        status = cpt_repr_fail(repr, CPT_ABSENT, 0, "the tuple has not as many items as names");
    while (!status && !repr->full && items->next < items->count) {
        cpt_repr_text(repr, items->next ? ", " : "");
        status = cpt_sequence_next(&name_walk, &name, &repr->error);
        if (!status)
            status = cpt_sequence_next(items, &item, &repr->error);
        if (!status)
            status = cpt_repr_str_plain(repr, name);
        cpt_repr_text(repr, "=");
        if (!status)
            status = cpt_repr_object(repr, item);
    }
    return status;
}

/* The names are those of the class that has the __repr__, which may be a base. */
static cpt_status
write_named_tuple(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct cpt_type *owner;
    struct cpt_sequence items;
    uint64_t function, names;
    cpt_status status = cpt_type_find(&repr->values->types, object->type, "__repr__", &function, &owner, &repr->error);

    if (!status)
        status = cpt_dict_find(repr->decode, owner->dict, "_fields", &names, &repr->error);
    if (!status)
        status = cpt_sequence_open(&items, repr->decode, object->address, &repr->error);
    if (status)
        return status;
    cpt_repr_type_name(repr, object->type);
    cpt_repr_text(repr, "(");
    status = write_fields(repr, names, &items);
    cpt_repr_text(repr, ")");
    return status;
}

static const struct cpt_kind named_tuple = {"namedtuple", write_named_tuple};

/* --- dataclasses ----------------------------------------------------------------------------- */

/* Whether FIELD of a dataclass is to be shown, and the name of its kind. */
static cpt_status
read_field(struct cpt_repr *repr, uint64_t field, bool *shown, uint64_t *kind_name)
{
    struct cpt_object object, kind;
    uint64_t address;
    cpt_status status = cpt_object_open(&repr->values->types, field, &object, &repr->error);

    if (!status)
        status = cpt_attribute_bool(repr, &object, "repr", shown);
    if (!status)
        status = cpt_attribute_own(repr, &object, "_field_type", &address);
    if (!status)
        status = cpt_object_open(&repr->values->types, address, &kind, &repr->error);
    /* One of three markers: _FIELD, _FIELD_CLASSVAR, _FIELD_INITVAR. */
    if (!status)
        status = cpt_attribute_own(repr, &kind, "name", kind_name);
    return status;
}

static cpt_status
write_field(struct cpt_repr *repr, const struct cpt_object *object, uint64_t name, bool first)
{
    struct cpt_text text;
    uint64_t value;
    cpt_status status = cpt_str_read(repr->decode, name, CPT_MAX_NAME, &text, &repr->error);

    if (!status)
        status = cpt_attribute_get(repr, object, text.data, &value);
    if (status)
        return status;
    cpt_repr_text(repr, first ? "" : ", ");
    cpt_repr_bytes(repr, text.data, text.size);
    cpt_repr_text(repr, "=");
    return cpt_repr_object(repr, value);
}

static cpt_status
write_dataclass_fields(struct cpt_repr *repr, const struct cpt_object *object, uint64_t fields)
{
    struct cpt_items_walk walk;
    uint64_t name, field, kind;
    bool first = true, shown;
    cpt_status status = cpt_items_open_dict(&walk, repr, fields);

    if (status)
        return status;
    while (!(status = cpt_items_next(&walk, &name, &field))) {
        status = read_field(repr, field, &shown, &kind);
        if (!status && shown && cpt_str_equals(repr->decode, kind, "_FIELD")) {
            status = write_field(repr, object, name, first);
            first = false;
        }
        if (status)
            return status;
    }
    return status == CPT_ABSENT ? CPT_OK : status;
}

static cpt_status
write_dataclass(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_text *qualname = &object->type->qualname;
    struct cpt_type *owner;
    uint64_t function, fields;
    bool cycle;
    cpt_status status = cpt_type_find(&repr->values->types, object->type, "__repr__", &function, &owner, &repr->error);

    if (!status)
        status = cpt_dict_find(repr->decode, owner->dict, "__dataclass_fields__", &fields, &repr->error);
    if (status)
        return status;
    if (!cpt_repr_enter(repr, object->address, &cycle)) {
        cpt_repr_text(repr, "...");
        return CPT_OK;
    }
    cpt_repr_bytes(repr, qualname->data, qualname->size);
    cpt_repr_text(repr, "(");
    status = write_dataclass_fields(repr, object, fields);
    cpt_repr_text(repr, ")");
    cpt_repr_leave(repr);
    return status;
}

static const struct cpt_kind dataclass = {"dataclass", write_dataclass};

/* The name and the file of the code object of the Python function at FUNCTION. */
static bool
read_code(struct cpt_values *values, uint64_t function, uint64_t *name, struct cpt_text *file)
{
    const struct cpt_layout_fields *at = values->decode->at;
    struct cpt_memory *memory = values->decode->memory;
    struct cpt_error ignored;
    uint64_t code, its_file;

    return CPT_HAS(at->function.func_code) && CPT_HAS(at->code.co_name) && CPT_HAS(at->code.co_filename) &&
           !cpt_memory_read_u64(memory, function + (uint64_t)at->function.func_code, &code, &ignored) &&
           !cpt_memory_read_u64(memory, code + (uint64_t)at->code.co_name, name, &ignored) &&
           !cpt_memory_read_u64(memory, code + (uint64_t)at->code.co_filename, &its_file, &ignored) &&
           !cpt_str_read(values->decode, its_file, CPT_MAX_PATH_TEXT, file, &ignored);
}

/* Whether the path ends with the component or components at WORD. */
static bool
ends_with(const struct cpt_text *path, const char *word)
{
    size_t size = strlen(word);

    return path->size >= size && memcmp(path->data + path->size - size, word, size) == 0 &&
           (path->size == size || path->data[path->size - size - 1] == '/');
}

static bool
has_code(struct cpt_values *values, uint64_t function, const char *name, const char *file)
{
    struct cpt_text path;
    uint64_t its_name;

    return read_code(values, function, &its_name, &path) && cpt_str_equals(values->decode, its_name, name) &&
           ends_with(&path, file);
}

/* enum.py, collections/__init__.py, pathlib/_local.py, <frozen threading> */
bool
cpt_function_is_of(struct cpt_values *values, uint64_t function, const char *module)
{
    char file[64], package[80], frozen[80];
    struct cpt_text path;
    uint64_t name;
    char *dot;

    if (!read_code(values, function, &name, &path))
        return false;
    snprintf(frozen, sizeof(frozen), "<frozen %s>", module);
    snprintf(file, sizeof(file), "%s", module);
    while ((dot = strchr(file, '.')))
        *dot = '/';
    snprintf(package, sizeof(package), "%s/__init__.py", file);
    snprintf(file + strlen(file), sizeof(file) - strlen(file), ".py");
    return ends_with(&path, file) || ends_with(&path, package) || ends_with(&path, frozen) ||
           has_code(values, function, "wrapper", "reprlib.py");
}

/* A dataclass wraps a function that it made from a text in a guard against recursion: its own to 3.12, reprlib's since. */
static bool
is_generated(struct cpt_values *values, uint64_t function)
{
    const struct cpt_layout_fields *at = values->decode->at;
    struct cpt_error ignored;
    uint64_t dict, wrapped;

    if (!CPT_HAS(at->function.func_code) || !CPT_HAS(at->function.func_dict) || !CPT_HAS(at->code.co_name) ||
        (!has_code(values, function, "wrapper", "dataclasses.py") && !has_code(values, function, "wrapper", "reprlib.py")))
        return false;
    return !cpt_memory_read_u64(values->decode->memory, function + (uint64_t)at->function.func_dict, &dict, &ignored) &&
           dict && !cpt_dict_find(values->decode, dict, "__wrapped__", &wrapped, &ignored) &&
           has_code(values, wrapped, "__repr__", "<string>");
}

const struct cpt_kind *
cpt_kind_of_python(struct cpt_values *values, struct cpt_type *type, uint64_t function)
{
    const struct cpt_layout_fields *at = values->decode->at;
    struct cpt_type *owner;
    struct cpt_error ignored;
    uint64_t found, module, marks;

    if (cpt_type_find(&values->types, type, "__repr__", &found, &owner, &ignored) || found != function ||
        cpt_memory_read_u64(values->decode->memory, function + (uint64_t)at->function.func_module, &module, &ignored))
        return NULL;
    if ((type->flags & CPT_TYPE_TUPLE) && cpt_str_equals(values->decode, module, "collections") &&
        !cpt_dict_find(values->decode, owner->dict, "_fields", &marks, &ignored))
        return &named_tuple;
    if (!cpt_dict_find(values->decode, owner->dict, "__dataclass_fields__", &marks, &ignored) &&
        is_generated(values, function))
        return &dataclass;
    return NULL;
}

/* --- sequences with names -------------------------------------------------------------------- */

/* Objects/structseq.c: the items that count as the tuple's, with the names of the type's members in their order. */
static cpt_status
write_structseq(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_sequence walk;
    uint64_t item, name;
    char text[256];
    cpt_status status = cpt_sequence_open(&walk, repr->decode, object->address, &repr->error);

    if (!status)
        status = cpt_repr_needs(repr, at->memberdef.size);
    if (!status && !object->type->members)
        status = cpt_repr_fail(repr, CPT_ABSENT, 0, "the type has no members");
    if (status)
        return status;
    cpt_repr_bytes(repr, object->type->raw.data, object->type->raw.size);
    cpt_repr_text(repr, "(");
    for (uint64_t i = 0; i < walk.count && !repr->full; i++) {
        status = cpt_sequence_next(&walk, &item, &repr->error);
        if (!status)
            status = cpt_memory_read_u64(repr->decode->memory,
                                         object->type->members + i * (uint64_t)at->memberdef.size +
                                             (uint64_t)at->memberdef.name,
                                         &name, &repr->error);
        if (!status)
            status = cpt_repr_c_string(repr, name, text);
        if (status)
            return status;
        cpt_repr_printf(repr, "%s%s=", i ? ", " : "", text);
        status = cpt_repr_object(repr, item);
        if (status)
            return status;
    }
    cpt_repr_text(repr, ")");
    return CPT_OK;
}

static const struct cpt_kind structseq = {"structseq", write_structseq};

/* Types of C that are tuples and have their own tp_repr; all such types share it. Those of the interpreter itself have
   their dict elsewhere from 3.12 on, and one of the others tells it. */
const struct cpt_kind *
cpt_kind_of_structseq(struct cpt_values *values, const struct cpt_type *type)
{
    static const char *const known[] = {"sys.flags", "sys.version_info", "sys.float_info", "sys.int_info",
                                        "sys.hash_info", "sys.thread_info", "sys.asyncgen_hooks",
                                        "sys.UnraisableHookArgs", "UnraisableHookArgs", "_thread._ExceptHookArgs",
                                        "_thread.ExceptHookArgs"};
    struct cpt_error ignored;
    uint64_t mark;

    if (!(type->flags & CPT_TYPE_TUPLE) || !type->raw.data || cpt_type_is_python(type))
        return NULL;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(type->raw.data, known[i]) == 0)
            return &structseq;
    }
    if (type->dict && !cpt_dict_find(values->decode, type->dict, "n_sequence_fields", &mark, &ignored))
        return &structseq;
    return NULL;
}

#include "coreanalyze/decode/type.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/dict.h"
#include "coreanalyze/decode/str.h"
#include "coreanalyze/decode/typename.h"

#include <inttypes.h>
#include <string.h>

#define MAX_BASICSIZE (UINT64_C(1) << 24) /* of instances; a larger one is damage */
#define MAX_MRO 4096

static struct cpt_text
text_of(const char *word)
{
    return (struct cpt_text){.data = word, .size = strlen(word)};
}

static bool
equals(const struct cpt_text *text, const char *word)
{
    return text->data && text->size == strlen(word) && memcmp(text->data, word, text->size) == 0;
}

/* tp_name is a C string in the read-only data of a library, or belongs to the type. */
static void
read_raw_name(struct cpt_decode *decode, uint64_t address, struct cpt_text *raw)
{
    char name[512];
    struct cpt_error ignored;
    size_t size = 0;

    if (!address || cpt_memory_read_string(decode->memory, address, name, sizeof(name), &ignored))
        return;
    /* Only what can be a name, so that a stray pointer gives none. Those of C are ASCII. */
    while (name[size] > ' ' && name[size] < 0x7f)
        size++;
    if (!size || name[size])
        return;
    raw->data = cpt_arena_text(decode->arena, name, size);
    raw->size = raw->data ? size : 0;
}

/* Heap types carry their names as str, and __module__ in their dict. */
static void
read_heap_names(struct cpt_types *types, struct cpt_type *type)
{
    const struct cpt_layout_fields *at = types->decode->at;
    struct cpt_error ignored;
    uint64_t qualname, module;

    if (CPT_HAS(at->heaptype.ht_qualname) &&
        !cpt_memory_read_u64(types->decode->memory, type->address + (uint64_t)at->heaptype.ht_qualname, &qualname,
                             &ignored) &&
        cpt_str_read(types->decode, qualname, CPT_MAX_NAME, &type->qualname, &ignored))
        type->qualname.data = NULL;
    if (type->dict && !cpt_dict_find(types->decode, type->dict, "__module__", &module, &ignored) &&
        cpt_str_read(types->decode, module, CPT_MAX_NAME, &type->module, &ignored))
        type->module.data = NULL;
}

static void
compose_name(struct cpt_decode *decode, struct cpt_type *type)
{
    struct cpt_buffer *out = &decode->scratch;

    type->name = text_of("?");
    if (!type->qualname.data)
        return;
    type->name = type->qualname;
    if (!type->module.data || equals(&type->module, "builtins"))
        return;
    cpt_buffer_clear(out);
    cpt_buffer_add(out, type->module.data, type->module.size);
    cpt_buffer_add_char(out, '.');
    cpt_buffer_add(out, type->qualname.data, type->qualname.size);
    type->name.data = out->failed ? NULL : cpt_arena_text(decode->arena, out->data, out->size);
    type->name.size = out->size;
    if (!type->name.data)
        type->name = type->qualname;
}

static void
name_type(struct cpt_types *types, struct cpt_type *type, uint64_t tp_name)
{
    read_raw_name(types->decode, tp_name, &type->raw);
    if (type->flags & CPT_TYPE_HEAP)
        read_heap_names(types, type);
    if (!type->qualname.data)
        cpt_type_split_raw(type);
    if (!type->qualname.data)
        cpt_type_search_name(types, type);
    compose_name(types->decode, type);
}

static uint64_t
pointer_field(const struct cpt_struct *s, int32_t field)
{
    uint64_t pointer = cpt_struct_u64(s, field);

    return cpt_pointer_is_plausible(pointer) ? pointer : 0;
}

/* The type of a type is a subclass of `type`. */
static bool
is_metatype(struct cpt_decode *decode, uint64_t meta)
{
    struct cpt_error ignored;
    uint64_t flags;

    return !cpt_type_flags(decode, meta, &flags, &ignored) && (flags & CPT_TYPE_TYPE);
}

static void
read_type(struct cpt_types *types, struct cpt_type *type)
{
    const struct cpt_layout_fields *at = types->decode->at;
    size_t size = cpt_struct_cover((size_t)at->type.tp_flags + 8, at->type.tp_mro, 8);
    struct cpt_struct s;
    struct cpt_error ignored;

    type->broken = true;
    type->name = text_of("?");
    if (!cpt_pointer_is_plausible(type->address) ||
        cpt_struct_read(types->decode, &s, type->address, size, &ignored))
        return;
    type->meta = cpt_struct_u64(&s, at->object.ob_type);
    type->flags = cpt_struct_u64(&s, at->type.tp_flags);
    type->basicsize = cpt_struct_u64(&s, at->type.tp_basicsize);
    type->itemsize = cpt_struct_u64(&s, at->type.tp_itemsize);
    if (!(type->flags & CPT_TYPE_READY) || type->basicsize > MAX_BASICSIZE || type->itemsize > MAX_BASICSIZE ||
        !is_metatype(types->decode, type->meta))
        return;
    type->broken = false;
    type->dictoffset = (int64_t)cpt_struct_u64(&s, at->type.tp_dictoffset);
    type->repr = cpt_struct_u64(&s, at->type.tp_repr);
    type->base = pointer_field(&s, at->type.tp_base);
    type->bases = pointer_field(&s, at->type.tp_bases);
    type->mro = pointer_field(&s, at->type.tp_mro);
    type->dict = pointer_field(&s, at->type.tp_dict);
    type->members = pointer_field(&s, at->type.tp_members);
    type->slot_count = type->flags & CPT_TYPE_HEAP ? (int64_t)cpt_struct_u64(&s, at->var.ob_size) : 0;
    name_type(types, type, cpt_struct_u64(&s, at->type.tp_name));
}

struct cpt_type *
cpt_type_get(struct cpt_types *types, uint64_t address)
{
    struct cpt_type *type = cpt_hash_get(&types->known, address);

    if (type)
        return type;
    type = cpt_arena_alloc(types->decode->arena, sizeof(*type));
    if (!type || !cpt_hash_set(&types->known, address, type))
        return NULL;
    type->address = address;
    read_type(types, type);
    return type;
}

static cpt_status
no_object(uint64_t address, struct cpt_error *error)
{
    cpt_error_set(error, CPT_CORRUPT, "there is no object at 0x%" PRIx64, address);
    if (error)
        error->address = address;
    return CPT_CORRUPT;
}

cpt_status
cpt_object_open(struct cpt_types *types, uint64_t address, struct cpt_object *object, struct cpt_error *error)
{
    uint64_t type;
    cpt_status status;

    if (!cpt_pointer_is_plausible(address))
        return no_object(address, error);
    status = cpt_memory_read_u64(types->decode->memory, address + (uint64_t)types->decode->at->object.ob_type, &type,
                                 error);
    if (status)
        return status;
    object->address = address;
    object->type = cpt_type_get(types, type);
    if (!object->type)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    return object->type->broken ? no_object(address, error) : CPT_OK;
}

struct cpt_type *
cpt_type_mro(struct cpt_types *types, const struct cpt_type *type, size_t index)
{
    const struct cpt_layout_fields *at = types->decode->at;
    struct cpt_error ignored;
    struct cpt_type *entry;
    uint64_t count, address;

    if (!type->mro || !CPT_HAS(at->tuple.ob_item) ||
        cpt_memory_read_u64(types->decode->memory, type->mro + (uint64_t)at->var.ob_size, &count, &ignored) ||
        index >= count || index >= MAX_MRO ||
        cpt_memory_read_u64(types->decode->memory, type->mro + (uint64_t)at->tuple.ob_item + 8 * index, &address,
                            &ignored))
        return NULL;
    entry = cpt_type_get(types, address);
    return entry && !entry->broken ? entry : NULL;
}

bool
cpt_type_is_subclass(struct cpt_types *types, const struct cpt_type *type, uint64_t base)
{
    const struct cpt_type *entry = type;

    for (size_t i = 0; entry; entry = cpt_type_mro(types, type, ++i)) {
        if (entry->address == base)
            return true;
    }
    return false;
}

cpt_status
cpt_type_find(struct cpt_types *types, const struct cpt_type *type, const char *word, uint64_t *value,
              struct cpt_type **owner, struct cpt_error *error)
{
    struct cpt_type *entry;

    for (size_t i = 0; (entry = cpt_type_mro(types, type, i)); i++) {
        cpt_status status;

        if (!(entry->flags & CPT_TYPE_HEAP) || !entry->dict)
            continue;
        status = cpt_dict_find(types->decode, entry->dict, word, value, error);
        if (!status && owner)
            *owner = entry;
        if (status != CPT_ABSENT)
            return status;
    }
    return cpt_error_set(error, CPT_ABSENT, "no class has '%s'", word);
}

void
cpt_types_free(struct cpt_types *types)
{
    cpt_hash_free(&types->known);
}

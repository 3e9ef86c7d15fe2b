#include "coreanalyze/decode/type.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/dict.h"
#include "coreanalyze/decode/str.h"
#include "coreanalyze/decode/typename.h"

#include <inttypes.h>
#include <string.h>

#define MAX_BASICSIZE (UINT64_C(1) << 24) /* of instances; a larger one is damage */
#define MAX_MRO 1024
#define MAX_META 16 /* metaclasses of metaclasses */
#define MAX_BASES 1000

/* Between tp_repr and tp_str are tp_as_number, tp_as_sequence, tp_as_mapping, tp_hash and tp_call, in every version. */
#define STR_BEHIND_REPR 48

/* tp_descr_get and tp_descr_set follow tp_dict, in every version. */
#define GET_BEHIND_DICT 8
#define SET_BEHIND_DICT 16

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

    type->name = cpt_text_of("?");
    if (!type->qualname.data)
        return;
    type->name = type->qualname;
    if (!type->module.data || cpt_text_is(&type->module, "builtins"))
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

static const char *
file_of(struct cpt_decode *decode, uint64_t address)
{
    const struct cpt_mapping *mapping = cpt_memory_mapping(decode->memory, address);

    return mapping ? mapping->path : NULL;
}

/* Only the interpreter's own static types, which lie in one file with `type`, can do without a module in their names.
   Cython calls its generators "generator" too. Types that the file sets to zero are in no file, and belong to nobody. */
static bool
is_foreign(struct cpt_decode *decode, const struct cpt_type *type)
{
    const char *own = file_of(decode, type->address), *root;
    uint64_t meta = type->meta, next = meta;
    struct cpt_error ignored;

    for (int i = 0; i < MAX_META && !cpt_memory_read_u64(decode->memory, meta + (uint64_t)decode->at->object.ob_type,
                                                         &next, &ignored) && next != meta; i++)
        meta = next;
    root = file_of(decode, meta);
    return own && root && strcmp(own, root) != 0;
}

static void
name_type(struct cpt_types *types, struct cpt_type *type, uint64_t tp_name)
{
    read_raw_name(types->decode, tp_name, &type->raw);
    if (!(type->flags & CPT_TYPE_HEAP) && type->raw.data && !memchr(type->raw.data, '.', type->raw.size))
        type->foreign = is_foreign(types->decode, type);
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

/* As many entries of the tuple as can be read. */
static void
read_order(struct cpt_types *types, struct cpt_type *type)
{
    const struct cpt_layout_fields *at = types->decode->at;
    uint64_t entries[MAX_MRO], count = 0, *order;
    struct cpt_error ignored;

    if (!type->mro || !CPT_HAS(at->tuple.ob_item) ||
        cpt_memory_read_u64(types->decode->memory, type->mro + (uint64_t)at->var.ob_size, &count, &ignored))
        count = 0;
    if (count > MAX_MRO)
        count = MAX_MRO;
    if (count)
        count = cpt_memory_read_some(types->decode->memory, type->mro + (uint64_t)at->tuple.ob_item, entries,
                                     (size_t)count * 8) / 8;
    if (!cpt_decode_keeps(types->decode, (size_t)count * 8))
        count = 0;
    order = cpt_arena_array(types->decode->arena, (size_t)count, sizeof(*order));
    if (order && count)
        memcpy(order, entries, (size_t)count * 8);
    type->order = order;
    type->order_count = order ? (size_t)count : 0;
}

/* Types of C's own that nobody asked for an attribute yet need not have been made ready (functools._lru_list_elem to 3.9):
   of them only what stands in the source is there. */
static bool
is_unready(struct cpt_decode *decode, const struct cpt_type *type, const struct cpt_struct *s)
{
    const struct cpt_layout_fields *at = decode->at;

    return !(type->flags & (CPT_TYPE_READY | CPT_TYPE_HEAP)) && type->basicsize >= (uint64_t)at->object.size &&
           !cpt_struct_u64(s, at->type.tp_base) && !cpt_struct_u64(s, at->type.tp_mro) &&
           !cpt_struct_u64(s, at->type.tp_dict) && file_of(decode, type->address) &&
           file_of(decode, cpt_struct_u64(s, at->type.tp_name));
}

static void
read_type(struct cpt_types *types, struct cpt_type *type)
{
    const struct cpt_layout_fields *at = types->decode->at;
    size_t size = cpt_struct_cover((size_t)at->type.tp_flags + 8, at->type.tp_mro, 8); /* tp_str is before tp_flags */
    struct cpt_struct s;
    struct cpt_error ignored;

    type->broken = true;
    type->name = cpt_text_of("?");
    if (!cpt_pointer_is_plausible(type->address) ||
        cpt_struct_read(types->decode, &s, type->address, size, &ignored))
        return;
    type->meta = cpt_struct_u64(&s, at->object.ob_type);
    type->flags = cpt_struct_u64(&s, at->type.tp_flags);
    type->basicsize = cpt_struct_u64(&s, at->type.tp_basicsize);
    type->itemsize = cpt_struct_u64(&s, at->type.tp_itemsize);
    if (type->basicsize > MAX_BASICSIZE || type->itemsize > MAX_BASICSIZE || !is_metatype(types->decode, type->meta))
        return;
    type->unready = is_unready(types->decode, type, &s);
    if (!(type->flags & CPT_TYPE_READY) && !type->unready)
        return;
    type->broken = false;
    type->repr = cpt_struct_u64(&s, at->type.tp_repr);
    type->str = CPT_HAS(at->type.tp_repr) ? cpt_struct_u64(&s, at->type.tp_repr + STR_BEHIND_REPR) : 0;
    type->base = pointer_field(&s, at->type.tp_base);
    type->bases = pointer_field(&s, at->type.tp_bases);
    type->mro = pointer_field(&s, at->type.tp_mro);
    type->dict = pointer_field(&s, at->type.tp_dict);
    type->members = pointer_field(&s, at->type.tp_members);
    if (CPT_HAS(at->type.tp_dict)) {
        type->descriptor = cpt_struct_u64(&s, at->type.tp_dict + GET_BEHIND_DICT) != 0;
        type->data_descriptor = type->descriptor && cpt_struct_u64(&s, at->type.tp_dict + SET_BEHIND_DICT);
    }
    type->slot_count = type->flags & CPT_TYPE_HEAP ? (int64_t)cpt_struct_u64(&s, at->var.ob_size) : 0;
    read_order(types, type);
    name_type(types, type, cpt_struct_u64(&s, at->type.tp_name));
}

/* A healthy process has far fewer types: what is beyond stands for damage. */
static struct cpt_type *
no_more_types(struct cpt_types *types)
{
    if (types->none)
        return types->none;
    types->none = cpt_arena_alloc(types->decode->arena, sizeof(*types->none));
    if (!types->none)
        return NULL;
    types->none->broken = true;
    types->none->name = cpt_text_of("?");
    cpt_holes_add(types->decode->holes, cpt_status_code(CPT_LIMIT), 0, "more than %d types: further ones are left out",
                  CPT_MAX_TYPES);
    return types->none;
}

struct cpt_type *
cpt_type_get(struct cpt_types *types, uint64_t address)
{
    struct cpt_type *type = cpt_hash_get(&types->known, address);

    if (type)
        return type;
    if (types->known.count >= CPT_MAX_TYPES)
        return no_more_types(types);
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
    struct cpt_type *entry;

    entry = index < type->order_count ? cpt_type_get(types, type->order[index]) : NULL;
    return entry && !entry->broken ? entry : NULL;
}

/* The types of a type end with `type`, which is its own. */
static bool
has_sound_meta(struct cpt_types *types, const struct cpt_type *type)
{
    for (int i = 0; i < MAX_META && type && !type->broken; i++) {
        if (type->meta == type->address)
            return (type->flags & CPT_TYPE_TYPE) != 0;
        type = cpt_type_get(types, type->meta);
    }
    return false;
}

/* The bases of a type end with `object`, which has none; a base is no larger than what derives from it. */
static bool
has_sound_bases(struct cpt_types *types, const struct cpt_type *type)
{
    for (int i = 0; i < MAX_BASES; i++) {
        const struct cpt_type *base;

        if (!type->base)
            return type->unready || type->basicsize == (uint64_t)types->decode->at->object.size;
        base = cpt_type_get(types, type->base);
        if (!base || base->broken || base->basicsize > type->basicsize)
            return false;
        type = base;
    }
    return false;
}

/* Where one of the bases is damaged, the type's own order of them tells enough: it begins with the type, and has its
   base. */
static bool
has_sound_order(const struct cpt_type *type)
{
    if (!type->order_count || type->order[0] != type->address)
        return false;
    for (size_t i = 1; i < type->order_count; i++) {
        if (type->order[i] == type->base)
            return true;
    }
    return false;
}

bool
cpt_type_is_sound(struct cpt_types *types, const struct cpt_type *type)
{
    return has_sound_meta(types, type) && (has_sound_bases(types, type) || has_sound_order(type));
}

bool
cpt_type_is_python(const struct cpt_type *type)
{
    const struct cpt_text *raw = &type->raw;

    if (!(type->flags & CPT_TYPE_HEAP))
        return false;
    /* type("a.b", (), {}) has its whole name for __qualname__; one of C only what is behind the last dot. */
    return !raw->data || !memchr(raw->data, '.', raw->size) ||
           (type->qualname.size == raw->size && memcmp(type->qualname.data, raw->data, raw->size) == 0);
}

bool
cpt_type_is(const struct cpt_type *type, const char *name)
{
    return cpt_text_is(&type->name, name) && !type->foreign && !cpt_type_is_python(type);
}

bool
cpt_object_is(struct cpt_types *types, uint64_t address, const char *name)
{
    struct cpt_object object;
    struct cpt_error ignored;

    return !cpt_object_open(types, address, &object, &ignored) && cpt_type_is(object.type, name);
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

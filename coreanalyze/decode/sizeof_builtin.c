/* __sizeof__ of the types in Objects/. */
#include "coreanalyze/decode/sizeof_rules.h"

#define WCHAR 4

static uint64_t
size_int(struct cpt_sizing *z)
{
    const struct cpt_dialect *dialect = &z->values->dialect;
    int64_t count;

    if (CPT_HAS(z->at->integer.lv_tag))
        count = (int64_t)(word(z, z->at->integer.lv_tag) >> 3);
    else
        count = (int64_t)word(z, z->at->var.ob_size);
    if (count < 0 && count != INT64_MIN)
        count = -count;
    if (!count && dialect->int_has_digit)
        count = 1;
    return (dialect->int_size_by_type ? z->object->type->basicsize : structure(z, z->at->integer.ob_digit)) +
           items(z, (uint64_t)count, 4);
}

/* Where the characters of the str S are; 0: nowhere. *HEAD is the size of what is in front of them. */
static uint64_t
str_data(struct cpt_sizing *z, const struct cpt_struct *s, uint64_t *head)
{
    bool compact = cpt_struct_bits(s, z->at->ascii.compact);

    if (compact) {
        *head = structure(z, cpt_struct_bits(s, z->at->ascii.ascii) ? z->at->ascii.size : z->at->compact.size);
        return z->object->address + *head;
    }
    *head = structure(z, z->at->unicode.size);
    return cpt_struct_u64(s, z->at->unicode.data);
}

/* The second form that a str keeps: UTF-8, and to 3.11 wchar_t, where that is not the first. */
static uint64_t
size_str_caches(struct cpt_sizing *z, const struct cpt_struct *s, uint64_t data)
{
    bool ascii = cpt_struct_bits(s, z->at->ascii.compact) && cpt_struct_bits(s, z->at->ascii.ascii);
    bool ready = !CPT_HAS(z->at->ascii.ready) || cpt_struct_bits(s, z->at->ascii.ready);
    uint64_t wstr = cpt_struct_u64(s, z->at->ascii.wstr), utf8 = cpt_struct_u64(s, z->at->compact.utf8);
    uint64_t length = cpt_struct_u64(s, ascii ? z->at->ascii.length : z->at->compact.wstr_length), size = 0;

    if (wstr && (!ready || wstr != data))
        size += items(z, length + 1, WCHAR);
    if (!ascii && utf8 && utf8 != data)
        size += items(z, cpt_struct_u64(s, z->at->compact.utf8_length) + 1, 1);
    return size;
}

static uint64_t
size_str(struct cpt_sizing *z)
{
    struct cpt_struct s;
    uint64_t head, data, size;

    if (!CPT_HAS(z->at->unicode.size) || !CPT_HAS(z->at->ascii.size) || !CPT_HAS(z->at->ascii.kind)) {
        z->status = cpt_error_set(z->error, CPT_ABSENT, "the layout lacks str");
        return 0;
    }
    z->status = cpt_struct_read_some(z->decode, &s, z->object->address, (size_t)z->at->unicode.size,
                                     (size_t)z->at->ascii.size, z->error);
    if (z->status)
        return 0;
    data = str_data(z, &s, &head);
    size = head + size_str_caches(z, &s, data);
    if (data)
        size += items(z, cpt_struct_u64(&s, z->at->ascii.length) + 1, cpt_struct_bits(&s, z->at->ascii.kind));
    return size;
}

/* From 3.15 the bytes are those of a bytes object. */
static uint64_t
size_bytearray(struct cpt_sizing *z)
{
    uint64_t size = items(z, word(z, z->at->bytearray.ob_alloc), 1);

    if (size && CPT_HAS(z->at->bytearray.ob_bytes_object))
        size += structure(z, z->at->bytes.ob_sval) + 1;
    return z->object->type->basicsize + size;
}

static uint64_t
size_list(struct cpt_sizing *z)
{
    return z->object->type->basicsize + items(z, word(z, z->at->list.allocated), POINTER);
}

/* USABLE_FRACTION in Objects/dictobject.c. */
static uint64_t
usable(uint64_t size)
{
    return (size << 1) / 3;
}

static unsigned
index_width(uint64_t size)
{
    if (size <= 0xff)
        return 1;
    if (size <= 0xffff)
        return 2;
    return size <= 0xffffffff ? 4 : 8;
}

/* The table, at ADDRESS, of 3.10 and before; 24 bytes for an entry. */
static uint64_t
size_old_keys(struct cpt_sizing *z, uint64_t address)
{
    uint64_t size = word_of(z, address, z->at->keys.dk_size);

    return structure(z, z->at->keys.dk_indices) + items(z, size, index_width(size)) + items(z, usable(size), 24);
}

uint64_t
cpt_size_keys(struct cpt_sizing *z, uint64_t address)
{
    unsigned log2_size, log2_index_bytes, kind;

    if (CPT_HAS(z->at->keys.dk_size))
        return size_old_keys(z, address);
    log2_size = int_of(z, address, z->at->keys.dk_log2_size) & 0xff;
    log2_index_bytes = int_of(z, address, z->at->keys.dk_log2_index_bytes) & 0xff;
    kind = int_of(z, address, z->at->keys.dk_kind) & 0xff;
    if (log2_size > 44 || log2_index_bytes > 47)
        return items(z, UINT64_MAX, 1);
    return structure(z, z->at->keys.dk_indices) + (UINT64_C(1) << log2_index_bytes) +
           items(z, usable(UINT64_C(1) << log2_size), kind ? 16 : 24);
}

/* The values that a dict keeps apart from the keys that it shares. */
static uint64_t
size_split_values(struct cpt_sizing *z, uint64_t keys)
{
    if (CPT_HAS(z->at->keys.dk_size))
        return items(z, usable(word_of(z, keys, z->at->keys.dk_size)), POINTER);
    return items(z, word_of(z, keys, z->at->keys.dk_usable) + word_of(z, keys, z->at->keys.dk_nentries), POINTER);
}

uint64_t
cpt_size_dict(struct cpt_sizing *z)
{
    uint64_t size = z->object->type->basicsize, keys = word(z, z->at->dict.ma_keys);

    if (word(z, z->at->dict.ma_values))
        size += size_split_values(z, keys);
    if (word_of(z, keys, z->at->keys.dk_refcnt) == 1)
        size += cpt_size_keys(z, keys);
    return size;
}

static uint64_t
size_set(struct cpt_sizing *z)
{
    uint64_t size = z->object->type->basicsize;

    if (word(z, z->at->set.table) == z->object->address + structure(z, z->at->set.smalltable))
        return size;
    return size + items(z, word(z, z->at->set.mask) + 1, structure(z, z->at->setentry.size));
}

static uint64_t
size_type(struct cpt_sizing *z)
{
    uint64_t flags = word(z, z->at->type.tp_flags), keys;

    if (!(flags & CPT_TYPE_HEAP))
        return structure(z, z->at->type.size);
    keys = word(z, z->at->heaptype.ht_cached_keys);
    return structure(z, z->at->heaptype.size) + (keys ? cpt_size_keys(z, keys) : 0);
}

const struct cpt_sizer cpt_sizers_builtin[] = {
    {.name = "object", .size = cpt_size_default},
    {.name = "int", .size = size_int},
    {.name = "str", .size = size_str},
    {.name = "bytearray", .size = size_bytearray},
    {.name = "list", .size = size_list},
    {.name = "dict", .size = cpt_size_dict},
    {.name = "frozendict", .size = cpt_size_dict},
    {.name = "set", .size = size_set},
    {.name = "frozenset", .size = size_set},
    {.name = "type", .size = size_type},
    {.name = NULL},
};

#include "coreanalyze/heap/fields.h"

#include "coreanalyze/decode/decode.h"

#include <stddef.h>

#define MAX_HEAD 64 /* bytes of an object's header, of what is in front of it, of the fields in front of items */
#define POINTER 8

/* What an owner function reads of a structure, and how many bytes of it. What is OPTIONAL may be absent. */
static const struct {
    enum cpt_shape_kind kind;
    size_t field, size; /* offsets in cpt_layout_fields */
    uint8_t width;
    bool optional;
} reads[] = {
#define AT(structure, field) offsetof(struct cpt_layout_fields, structure.field)
#define NEEDS(kind, structure, field, width) {CPT_SHAPE_##kind, AT(structure, field), AT(structure, size), width, false}
#define READS(kind, structure, field, width) {CPT_SHAPE_##kind, AT(structure, field), AT(structure, size), width, true}
    NEEDS(STR, ascii, length, POINTER),
    READS(STR, ascii, wstr, POINTER),
    NEEDS(STR, compact, utf8, POINTER),
    NEEDS(STR, compact, utf8_length, POINTER),
    READS(STR, compact, wstr_length, POINTER),
    NEEDS(STR, unicode, data, POINTER),
    NEEDS(LIST, list, ob_item, POINTER),
    NEEDS(LIST, list, allocated, POINTER),
    NEEDS(DICT, dict, ma_used, POINTER),
    NEEDS(DICT, dict, ma_keys, POINTER),
    NEEDS(DICT, dict, ma_values, POINTER),
    NEEDS(ODICT, dict, ma_used, POINTER),
    NEEDS(ODICT, dict, ma_keys, POINTER),
    NEEDS(ODICT, dict, ma_values, POINTER),
    NEEDS(ODICT, odict, od_first, POINTER),
    NEEDS(ODICT, odict, od_fast_nodes, POINTER),
    NEEDS(ODICT, odict, od_fast_nodes_size, POINTER),
    NEEDS(ODICT, odictnode, next, POINTER),
    NEEDS(SET, set, table, POINTER),
    NEEDS(SET, set, mask, POINTER),
    NEEDS(SET, set, smalltable, POINTER),
    NEEDS(DEQUE, deque, leftblock, POINTER),
    NEEDS(DEQUE, deque, leftindex, POINTER),
    READS(DEQUE, deque, numfreeblocks, POINTER),
    READS(DEQUE, deque, freeblocks, 16 * POINTER),
    NEEDS(DEQUE, block, rightlink, POINTER),
    NEEDS(DEQUE, block, data, POINTER),
    NEEDS(BYTEARRAY, bytearray, ob_alloc, 2 * POINTER),
    READS(BYTEARRAY, bytearray, ob_bytes_object, POINTER),
    NEEDS(TYPE, heaptype, ht_cached_keys, POINTER),
    READS(TYPE, heaptype, ht_tpname, POINTER),
    READS(TYPE, type, tp_doc, POINTER),
    READS(ELEMENT, elementextra, children, POINTER),
    READS(ELEMENT, elementextra, allocated, POINTER),
#undef READS
#undef NEEDS
#undef AT
};

static int32_t
value_of(const struct cpt_layout_fields *at, size_t offset)
{
    return *(const int32_t *)(const void *)((const char *)at + offset);
}

/* Whether FIELD of WIDTH bytes is within the first SIZE bytes of its structure. */
static bool
is_within(int32_t field, int32_t width, int32_t size)
{
    return field >= 0 && field <= size - width;
}

static bool
bits_are_within(int32_t field, int32_t size)
{
    int32_t end = CPT_BITFIELD_FIRST(field) + CPT_BITFIELD_WIDTH(field);

    return CPT_HAS(field) && CPT_BITFIELD_FIRST(field) >= 0 && CPT_BITFIELD_WIDTH(field) <= 8 && end <= size * 8;
}

static bool
keys_are_usable(const struct cpt_layout_fields *at)
{
    int32_t size = at->keys.dk_indices;

    if (!CPT_HAS(size))
        return true;
    if (size > MAX_HEAD || !is_within(at->keys.dk_refcnt, POINTER, size) || !is_within(at->keys.dk_nentries, POINTER, size))
        return false;
    if (CPT_HAS(at->keys.dk_size))
        return is_within(at->keys.dk_size, POINTER, size);
    return is_within(at->keys.dk_log2_size, 1, size) && is_within(at->keys.dk_log2_index_bytes, 1, size) &&
           is_within(at->keys.dk_kind, 1, size) && is_within(at->keys.dk_usable, POINTER, size);
}

/* A pointer's bytes are read of them at least. */
static bool
values_are_usable(const struct cpt_layout_fields *at)
{
    if (!CPT_HAS(at->values.size))
        return true;
    return is_within(at->values.values, 0, MAX_HEAD) &&
           (!CPT_HAS(at->values.capacity) || (is_within(at->values.capacity, 1, at->values.values) &&
                                              is_within(at->values.embedded, 1, POINTER) &&
                                              at->values.capacity < POINTER));
}

/* Objects whose type does not follow their reference count (free threading, Py_TRACE_REFS) are not met. */
bool
cpt_fields_are_usable(const struct cpt_layout_fields *at)
{
    return at->object.size >= 2 * POINTER && at->object.size <= MAX_HEAD && at->object.ob_type == POINTER &&
           is_within(at->object.ob_refcnt, POINTER, 2 * POINTER) && at->var.ob_size >= 0 &&
           at->var.ob_size <= at->object.size && at->type.tp_flags >= 2 * POINTER &&
           is_within(at->type.tp_basicsize, 0, at->type.tp_flags) && is_within(at->tuple.ob_item, 0, MAX_HEAD) &&
           (!CPT_HAS(at->gchead.size) || (at->gchead.size >= 2 * POINTER && at->gchead.size <= MAX_HEAD)) &&
           keys_are_usable(at) && values_are_usable(at);
}

/* Beyond fields: digits, and how characters are stored. */
static bool
suits_text(const struct cpt_layout_fields *at)
{
    return bits_are_within(at->ascii.compact, at->ascii.size) && bits_are_within(at->ascii.ascii, at->ascii.size) &&
           bits_are_within(at->ascii.kind, at->ascii.size) && at->ascii.size <= at->compact.size &&
           at->compact.size <= at->unicode.size &&
           (!CPT_HAS(at->ascii.ready) || bits_are_within(at->ascii.ready, at->ascii.size));
}

bool
cpt_fields_suit(const struct cpt_layout_fields *at, enum cpt_shape_kind kind)
{
    for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
        int32_t field = value_of(at, reads[i].field);

        if (reads[i].kind == kind && !(reads[i].optional && !CPT_HAS(field)) &&
            !is_within(field, reads[i].width, value_of(at, reads[i].size)))
            return false;
    }
    if (kind == CPT_SHAPE_INT)
        return !CPT_HAS(at->integer.lv_tag) || is_within(at->integer.lv_tag, 0, at->object.size);
    if (kind == CPT_SHAPE_ARRAY) /* of the item's description a pointer's bytes are read */
        return !CPT_HAS(at->arraydescr.itemsize) || is_within(at->arraydescr.itemsize, sizeof(int32_t), POINTER);
    if (kind == CPT_SHAPE_DEQUE)
        return at->block.data <= 2 * POINTER;
    return kind != CPT_SHAPE_STR || suits_text(at);
}

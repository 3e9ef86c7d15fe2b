/* What objects own beside their own block, and what they refer to, by their kind.
 *
 * References are only looked at for what they find outside of pools: objects in pools are met anyway.
 */
#include "coreanalyze/heap/walk.h"

#define POINTER 8
#define WCHAR 4
#define ENTRY_GENERAL 24 /* PyDictKeyEntry: hash, key, value */
#define ENTRY_UNICODE 16 /* PyDictUnicodeEntry (3.11+): key, value */
#define MAX_ITEMS (UINT64_C(1) << 40)
#define SMALL_BLOCK 1024 /* of numbers and texts with attributes, that is looked through as a whole */

/* PyByteArrayObject: ob_bytes, the block, follows ob_alloc in every version. */
#define BYTES_BEHIND_ALLOC 8

/* 3.11+: managed dict and values in front of an object (pycore_object.h) */
#define DICT_WORD 24
#define VALUES_WORD 32

static uint64_t
word(const struct cpt_found_object *object, int32_t field)
{
    return CPT_HAS(field) ? cpt_load_u64(object->bytes + field) : 0;
}

/* COUNT items of SIZE bytes; a count that cannot be is none. */
static uint64_t
items(uint64_t count, uint64_t size)
{
    return count < MAX_ITEMS ? count * size : 0;
}

/* The COUNT references at ADDRESS, as far as they are there. */
static void
visit_items(struct cpt_walker *w, uint64_t address, uint64_t count)
{
    const uint8_t *bytes = cpt_region_bytes(w->regions, address, items(count, POINTER));

    if (bytes && cpt_walker_spend(w, items(count, POINTER)))
        cpt_walker_scan(w, bytes, items(count, POINTER), true);
}

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

bool
cpt_keys_read(const struct cpt_regions *regions, const struct cpt_layout_fields *at, uint64_t address,
              struct cpt_keys *keys)
{
    const uint8_t *bytes =
        CPT_HAS(at->keys.dk_indices) ? cpt_region_bytes(regions, address, (uint64_t)at->keys.dk_indices) : NULL;
    uint64_t slots, index_bytes;

    if (!bytes)
        return false;
    if (CPT_HAS(at->keys.dk_size)) {
        slots = cpt_load_u64(bytes + at->keys.dk_size);
        if (slots >= MAX_ITEMS || slots & (slots - 1))
            return false;
        index_bytes = slots * index_width(slots);
        keys->entry_size = ENTRY_GENERAL;
    } else {
        if (bytes[at->keys.dk_log2_size] > 40 || bytes[at->keys.dk_log2_index_bytes] > 43)
            return false;
        slots = UINT64_C(1) << bytes[at->keys.dk_log2_size];
        index_bytes = UINT64_C(1) << bytes[at->keys.dk_log2_index_bytes];
        keys->entry_size = bytes[at->keys.dk_kind] ? ENTRY_UNICODE : ENTRY_GENERAL;
    }
    keys->address = address;
    keys->usable = usable(slots);
    keys->references = cpt_load_u64(bytes + at->keys.dk_refcnt);
    keys->count = cpt_load_u64(bytes + at->keys.dk_nentries);
    keys->entries = (uint64_t)at->keys.dk_indices + index_bytes;
    keys->size = keys->entries + keys->usable * keys->entry_size;
    keys->shared_values = CPT_HAS(at->keys.dk_size)
                              ? keys->usable
                              : cpt_load_u64(bytes + at->keys.dk_usable) + keys->count;
    if (keys->count > keys->usable)
        keys->count = keys->usable;
    return true;
}

static void
visit_entries(struct cpt_walker *w, const struct cpt_keys *keys)
{
    const uint8_t *bytes = cpt_region_bytes(w->regions, keys->address, keys->entries + keys->count * keys->entry_size);
    uint64_t key_at = keys->entry_size - 2 * POINTER;

    if (!bytes || !cpt_walker_spend(w, keys->count * keys->entry_size))
        return;
    bytes += keys->entries + key_at;
    for (uint64_t i = 0; i < keys->count; i++, bytes += keys->entry_size) {
        cpt_walker_touch(w, cpt_load_u64(bytes), true);
        cpt_walker_touch(w, cpt_load_u64(bytes + POINTER), true);
    }
}

/* Values in a block of their own, for COUNT keys. In 3.11 and 3.12 bytes that tell their order stand in front of them, the
   last of which is how many they are; from 3.13 they are within the object, unless that has given them to a dict. */
static uint64_t
own_values(struct cpt_walker *w, uint64_t values, uint64_t count)
{
    const struct cpt_layout_fields *at = w->at;
    const uint8_t *bytes;

    if (count >= MAX_ITEMS)
        return 0;
    if (!CPT_HAS(at->values.size)) { /* to 3.10 */
        visit_items(w, values, count);
        return cpt_buffer_claim(w, values, count * POINTER);
    }
    bytes = cpt_region_bytes(w->regions, values - 1, 1 + POINTER);
    if (!bytes)
        return 0;
    if (CPT_HAS(at->values.capacity)) {
        uint64_t capacity = bytes[1 + at->values.capacity];

        visit_items(w, values + (uint64_t)at->values.values, capacity);
        if (bytes[1 + at->values.embedded])
            return 0;
        return cpt_buffer_claim(w, values, (uint64_t)at->values.values + capacity * (POINTER + 1));
    }
    visit_items(w, values, count);
    return cpt_buffer_claim(w, values - bytes[0], bytes[0] + count * POINTER);
}

static uint64_t
own_dict(struct cpt_walker *w, const struct cpt_found_object *object, uint64_t *size_of)
{
    uint64_t values = word(object, w->at->dict.ma_values), bytes = 0;
    struct cpt_keys keys;

    *size_of = object->shape->basicsize;
    if (!cpt_keys_read(w->regions, w->at, word(object, w->at->dict.ma_keys), &keys))
        return 0;
    if (values) {
        *size_of += cpt_walker_believe(w, values, items(keys.shared_values, POINTER));
        bytes += own_values(w, values, keys.shared_values);
    }
    if (keys.references == 1) {
        *size_of += cpt_walker_believe(w, keys.address, keys.size);
        bytes += cpt_buffer_claim(w, keys.address, keys.size);
    }
    visit_entries(w, &keys);
    return bytes;
}

/* Claims the block of SIZE bytes at POINTER, to which another one has led. False: it is no such block, and the chain may
   have left its own blocks for objects that are linked with each other. */
static bool
claim_link(struct cpt_walker *w, uint64_t pointer, uint64_t size, uint64_t *bytes)
{
    const uint8_t *there = cpt_region_bytes(w->regions, pointer - w->hooks, w->hooks + size);
    struct cpt_found_object object;
    uint64_t claimed;

    if (!there || cpt_block_classify(w, pointer - w->hooks, there, w->hooks + size, &object) == CPT_BLOCK_OBJECT)
        return false;
    claimed = cpt_buffer_claim(w, pointer, size);
    *bytes += claimed;
    return claimed;
}

static uint64_t
own_odict(struct cpt_walker *w, const struct cpt_found_object *object, uint64_t *size_of)
{
    uint64_t bytes = own_dict(w, object, size_of), fast = items(word(object, w->at->odict.od_fast_nodes_size), POINTER);
    uint64_t node = word(object, w->at->odict.od_first), size, used = word(object, w->at->dict.ma_used);

    if (!CPT_HAS(w->at->odictnode.size) || !CPT_HAS(w->at->odictnode.next))
        return bytes;
    size = (uint64_t)w->at->odictnode.size;
    *size_of += cpt_walker_believe(w, word(object, w->at->odict.od_fast_nodes), fast) +
                (used <= w->most / size ? used * size : 0);
    bytes += cpt_buffer_claim(w, word(object, w->at->odict.od_fast_nodes), fast);
    for (uint64_t i = 0; node && i <= used && claim_link(w, node, size, &bytes); i++)
        node = cpt_load_u64(cpt_region_bytes(w->regions, node, size) + w->at->odictnode.next);
    return bytes;
}

static uint64_t
own_list(struct cpt_walker *w, const struct cpt_found_object *object, uint64_t *size_of)
{
    uint64_t allocated = word(object, w->at->list.allocated), count = word(object, w->at->var.ob_size);
    uint64_t address = word(object, w->at->list.ob_item);

    *size_of = object->shape->basicsize + cpt_walker_believe(w, address, items(allocated, POINTER));
    if (!address || allocated >= MAX_ITEMS)
        return 0;
    visit_items(w, address, count < allocated ? count : allocated);
    return cpt_buffer_claim(w, address, allocated * POINTER);
}

static void
own_tuple(struct cpt_walker *w, const struct cpt_found_object *object)
{
    uint64_t count = word(object, w->at->var.ob_size), start = (uint64_t)w->at->tuple.ob_item;

    if (CPT_HAS(w->at->tuple.ob_item) && count < MAX_ITEMS && start + count * POINTER <= object->size)
        cpt_walker_scan(w, object->bytes + start, count * POINTER, true);
}

static uint64_t
own_set(struct cpt_walker *w, const struct cpt_found_object *object, uint64_t *size_of)
{
    uint64_t table = word(object, w->at->set.table), size = items(word(object, w->at->set.mask) + 1, 2 * POINTER);
    const uint8_t *bytes;

    *size_of = object->shape->basicsize;
    if (table == object->address + (uint64_t)w->at->set.smalltable)
        return 0; /* within the object, which is looked through as a whole */
    *size_of += cpt_walker_believe(w, table, size);
    bytes = size ? cpt_region_bytes(w->regions, table, size) : NULL;
    if (bytes && !cpt_walker_spend(w, size))
        bytes = NULL;
    for (uint64_t i = 0; bytes && i < size; i += (uint64_t)2 * POINTER)
        cpt_walker_touch(w, cpt_load_u64(bytes + i), true);
    return cpt_buffer_claim(w, table, size);
}

/* Blocks of 64 items, and up to 16 that wait to be used again (from 3.11 each deque keeps its own). */
static uint64_t
own_deque(struct cpt_walker *w, const struct cpt_found_object *object, uint64_t *size_of)
{
    const struct cpt_layout_fields *at = w->at;
    uint64_t count = word(object, at->var.ob_size), left = word(object, at->deque.leftindex), bytes = 0;
    uint64_t block = word(object, at->deque.leftblock), spare = word(object, at->deque.numfreeblocks), blocks, length;

    *size_of = object->shape->basicsize;
    if (!CPT_HAS(at->block.size) || at->block.size <= 2 * POINTER)
        return 0;
    length = (uint64_t)at->block.size / POINTER - 2;
    if (count >= w->most / POINTER || left >= length + 1)
        return 0;
    blocks = (left + count + length - 1) / length;
    *size_of += blocks * (uint64_t)at->block.size;
    for (uint64_t i = 0; block && i < (blocks ? blocks : 1) && claim_link(w, block, (uint64_t)at->block.size, &bytes); i++) {
        const uint8_t *there = cpt_region_bytes(w->regions, block, (uint64_t)at->block.size);
        uint64_t first = i ? 0 : left, end = left + count - i * length;

        if (end > length)
            end = length;
        if (first < end)
            cpt_walker_scan(w, there + at->block.data + first * POINTER, (end - first) * POINTER, true);
        block = cpt_load_u64(there + at->block.rightlink);
    }
    for (uint64_t i = 0; i < spare && i < 16 && CPT_HAS(at->deque.freeblocks); i++)
        bytes += cpt_buffer_claim(w, cpt_load_u64(object->bytes + at->deque.freeblocks + i * POINTER),
                                  (uint64_t)at->block.size);
    return bytes;
}

/* From 3.15 the block is a bytes object, which nobody else has: it counts as the bytearray's buffer. */
static uint64_t
own_bytearray(struct cpt_walker *w, const struct cpt_found_object *object, uint64_t *size_of)
{
    uint64_t allocated = word(object, w->at->bytearray.ob_alloc), head;

    *size_of = object->shape->basicsize;
    if (!allocated || allocated >= MAX_ITEMS)
        return 0;
    if (!CPT_HAS(w->at->bytearray.ob_bytes_object)) {
        uint64_t data = cpt_load_u64(object->bytes + w->at->bytearray.ob_alloc + BYTES_BEHIND_ALLOC);

        *size_of += cpt_walker_believe(w, data, allocated);
        return cpt_buffer_claim(w, data, allocated);
    }
    head = (uint64_t)w->at->bytes.ob_sval + 1;
    *size_of += cpt_walker_believe(w, word(object, w->at->bytearray.ob_bytes_object), allocated + head);
    return cpt_buffer_claim(w, word(object, w->at->bytearray.ob_bytes_object), allocated + head);
}

static void
size_int(const struct cpt_walker *w, const struct cpt_found_object *object, uint64_t *size_of)
{
    const struct cpt_dialect *dialect = &w->heap->values.dialect;
    uint64_t count;

    if (CPT_HAS(w->at->integer.lv_tag))
        count = word(object, w->at->integer.lv_tag) >> 3;
    else
        count = cpt_magnitude(word(object, w->at->var.ob_size));
    if (!count && dialect->int_has_digit)
        count = 1;
    *size_of = (dialect->int_size_by_type ? object->shape->basicsize : (uint64_t)w->at->integer.ob_digit) + items(count, 4);
}

/* Texts in a block of their own: those of subclasses; UTF-8, and to 3.11 wchar_t, that were asked for. */
static uint64_t
own_str(struct cpt_walker *w, const struct cpt_found_object *object, uint64_t *size_of)
{
    const struct cpt_layout_fields *at = w->at;
    bool compact = cpt_bitfield_get(object->bytes, at->ascii.compact);
    bool ascii = compact && cpt_bitfield_get(object->bytes, at->ascii.ascii);
    bool ready = !CPT_HAS(at->ascii.ready) || cpt_bitfield_get(object->bytes, at->ascii.ready);
    uint64_t length = word(object, at->ascii.length), kind = cpt_bitfield_get(object->bytes, at->ascii.kind);
    uint64_t head = (uint64_t)(ascii ? at->ascii.size : compact ? at->compact.size : at->unicode.size), bytes = 0;
    uint64_t data = compact ? object->address + head : word(object, at->unicode.data);
    uint64_t text = items(length + 1, kind), wstr = word(object, at->ascii.wstr);

    *size_of = head + (data ? cpt_walker_believe(w, data, text) : 0);
    if (!compact && data)
        bytes += cpt_buffer_claim(w, data, text);
    if (!ascii) {
        uint64_t utf8 = word(object, at->compact.utf8), utf8_size = items(word(object, at->compact.utf8_length) + 1, 1);

        if (utf8 && utf8 != data) {
            *size_of += cpt_walker_believe(w, utf8, utf8_size);
            bytes += cpt_buffer_claim(w, utf8, utf8_size);
        }
    }
    if (wstr && (!ready || wstr != data)) {
        uint64_t size = items((ascii ? length : word(object, at->compact.wstr_length)) + 1, WCHAR);

        *size_of += cpt_walker_believe(w, wstr, size);
        bytes += cpt_buffer_claim(w, wstr, size);
    }
    return bytes;
}

/* What a class keeps: the names that its instances share, and its documentation. */
static uint64_t
own_type(struct cpt_walker *w, const struct cpt_found_object *object)
{
    const struct cpt_layout_fields *at = w->at;
    struct cpt_keys keys;
    uint64_t bytes = 0;

    if (!CPT_HAS(at->heaptype.ht_cached_keys) || object->shape->basicsize < (uint32_t)at->heaptype.size)
        return 0;
    if (cpt_keys_read(w->regions, at, word(object, at->heaptype.ht_cached_keys), &keys)) {
        visit_entries(w, &keys);
        bytes += cpt_buffer_claim(w, keys.address, keys.size);
    }
    bytes += cpt_buffer_claim(w, word(object, at->type.tp_doc), 1);
    return bytes + cpt_buffer_claim(w, word(object, at->heaptype.ht_tpname), 1);
}

/* Attributes that are not in a dict: in front of the object a managed dict, or values in a block of their own; behind it
   values within its block. */
static uint64_t
own_attributes(struct cpt_walker *w, const struct cpt_found_object *object)
{
    const struct cpt_shape *shape = object->shape;
    uint64_t dict, values = 0;

    if (shape->inline_values && shape->basicsize + POINTER <= object->size) {
        const uint8_t *there = object->bytes + shape->basicsize;
        uint64_t start = shape->basicsize + (uint64_t)w->at->values.values;

        if (start + (uint64_t)there[w->at->values.capacity] * POINTER <= object->size)
            cpt_walker_scan(w, object->bytes + start, (uint64_t)there[w->at->values.capacity] * POINTER, true);
    }
    if (!shape->managed_dict)
        return 0;
    dict = cpt_load_u64(object->bytes - DICT_WORD);
    if (dict & 1)
        values = dict + 1; /* 3.12 */
    else
        cpt_walker_touch(w, dict, true);
    if (shape->apart_values && !values && !(shape->type->flags & CPT_TYPE_MANAGED_WEAKREF))
        values = cpt_load_u64(object->bytes - VALUES_WORD); /* 3.11 */
    return values ? own_values(w, values, shape->shared_values) : 0;
}

uint64_t
cpt_object_own(struct cpt_walker *w, const struct cpt_found_object *object, uint64_t *size_of)
{
    const struct cpt_shape *shape = object->shape;
    uint64_t bytes = shape->managed_dict || shape->inline_values ? own_attributes(w, object) : 0, end;

    switch (shape->kind) {
    case CPT_SHAPE_LEAF:
        return bytes;
    case CPT_SHAPE_INT:
        size_int(w, object, size_of);
        break;
    case CPT_SHAPE_STR:
        bytes += own_str(w, object, size_of);
        break;
    case CPT_SHAPE_BYTES:
        break;
    case CPT_SHAPE_TUPLE:
        own_tuple(w, object);
        break;
    case CPT_SHAPE_LIST:
        bytes += own_list(w, object, size_of);
        break;
    case CPT_SHAPE_DICT:
        bytes += own_dict(w, object, size_of);
        break;
    case CPT_SHAPE_ODICT:
        bytes += own_odict(w, object, size_of);
        break;
    case CPT_SHAPE_SET:
        bytes += own_set(w, object, size_of);
        break;
    case CPT_SHAPE_DEQUE:
        bytes += own_deque(w, object, size_of);
        break;
    case CPT_SHAPE_BYTEARRAY:
        bytes += own_bytearray(w, object, size_of);
        break;
    case CPT_SHAPE_TYPE:
        bytes += own_type(w, object);
        break;
    case CPT_SHAPE_PLAIN:
        break;
    default:
        bytes += cpt_library_own(w, object);
        break;
    }
    /* Numbers and texts refer to nothing, but subclasses of them can have attributes. */
    if (shape->kind == CPT_SHAPE_INT || shape->kind == CPT_SHAPE_STR || shape->kind == CPT_SHAPE_BYTES) {
        if (!shape->head || object->size > SMALL_BLOCK)
            return bytes;
        end = object->size;
    } else {
        end = shape->kind == CPT_SHAPE_PLAIN && shape->itemsize >= POINTER ? object->size : shape->basicsize;
    }
    if (end > object->size)
        end = object->size;
    cpt_walker_scan(w, object->bytes + 16, end - 16, true);
    return bytes;
}

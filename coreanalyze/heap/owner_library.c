/* What objects of library types own beside their own block. */
#include "coreanalyze/heap/walk.h"

#define POINTER 8
#define WCHAR 4
#define CHUNK_HEAD 16 /* what malloc takes of a block at most */

/* mpd_t.flags: the digits are not in a block of their own (libmpdec's MPD_DATAFLAGS). */
#define MPD_NOT_DYNAMIC 0xe0

/* numpy's PyArrayObject_fields, the same in numpy 1 and 2; an object that numpy made for itself owns its data. */
#define NUMPY_DATA 16
#define NUMPY_ND 24
#define NUMPY_DIMENSIONS 32
#define NUMPY_STRIDES 40
#define NUMPY_DESCR 56
#define NUMPY_FLAGS 64
#define NUMPY_OWNDATA 4
#define NUMPY_KIND 24 /* of PyArray_Descr */
#define NUMPY_MAX_DIMS 64

static uint64_t
word(const struct cpt_found_object *object, int32_t field)
{
    return CPT_HAS(field) && (uint64_t)field + POINTER <= object->size ? cpt_load_u64(object->bytes + field) : 0;
}

/* Claims what POINTER leads to, and looks through it: structures of C that hold references. */
static uint64_t
claim_and_scan(struct cpt_walker *w, uint64_t pointer, uint64_t need)
{
    uint64_t size = cpt_buffer_claim(w, pointer, need);
    const uint8_t *bytes;

    if (size > need + CHUNK_HEAD)
        need = size - CHUNK_HEAD;
    bytes = size ? cpt_region_bytes(w->regions, pointer, need) : NULL;
    if (bytes && cpt_walker_spend(w, need))
        cpt_walker_scan(w, bytes, need, false);
    return size;
}

static uint64_t
own_code(struct cpt_walker *w, const struct cpt_found_object *object)
{
    const struct cpt_layout_fields *at = w->at;
    const int32_t fields[] = {at->code.co_extra,      at->code.co_cached,    at->code.co_linearray,
                              at->code.co_monitoring, at->code.co_executors, at->code.co_opcache,
                              at->code.co_opcache_map, at->code.co_cell2arg};
    uint64_t bytes = 0;

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        bytes += claim_and_scan(w, word(object, fields[i]), 1);
    return bytes;
}

static uint64_t
own_decimal(struct cpt_walker *w, const struct cpt_found_object *object)
{
    uint64_t count = word(object, w->at->decimal.alloc);

    if (word(object, w->at->decimal.flags) & MPD_NOT_DYNAMIC || count >> 40)
        return 0;
    return cpt_buffer_claim(w, word(object, w->at->decimal.data), count * POINTER);
}

static uint64_t
own_buffer(struct cpt_walker *w, const struct cpt_found_object *object, int32_t pointer, int32_t count, uint64_t size)
{
    uint64_t items = word(object, count);

    return items >> 40 ? 0 : cpt_buffer_claim(w, word(object, pointer), items * size);
}

/* The size of an item is in the array's descriptor, which is constant data. */
static uint64_t
own_array(struct cpt_walker *w, const struct cpt_found_object *object)
{
    const uint8_t *descr = CPT_HAS(w->at->arraydescr.itemsize)
                               ? cpt_region_bytes(w->regions, word(object, w->at->array.ob_descr), 8)
                               : NULL;

    return own_buffer(w, object, w->at->array.ob_item, w->at->array.allocated,
                      descr ? cpt_load_u32(descr + w->at->arraydescr.itemsize) & 0xff : 1);
}

static uint64_t
own_cdata(struct cpt_walker *w, const struct cpt_found_object *object)
{
    if (!(uint32_t)word(object, w->at->cdata.b_needsfree))
        return 0;
    return own_buffer(w, object, w->at->cdata.b_ptr, w->at->cdata.b_size, 1);
}

/* An Element keeps attributes and children in a structure of its own, which has room for a few children. */
static uint64_t
own_element(struct cpt_walker *w, const struct cpt_found_object *object)
{
    const struct cpt_layout_fields *at = w->at;
    uint64_t extra = word(object, at->element.extra), bytes, children, allocated;
    const uint8_t *there = extra && CPT_HAS(at->elementextra.size)
                               ? cpt_region_bytes(w->regions, extra, (uint64_t)at->elementextra.size)
                               : NULL;

    if (!there)
        return 0;
    bytes = claim_and_scan(w, extra, (uint64_t)at->elementextra.size);
    children = cpt_load_u64(there + at->elementextra.children);
    allocated = cpt_load_u64(there + at->elementextra.allocated);
    if (children != extra + (uint64_t)at->elementextra.embedded && allocated >> 40 == 0)
        bytes += claim_and_scan(w, children, allocated * POINTER);
    return bytes;
}

/* Bytes from the first item of an array to its last one along its longest axis. */
static uint64_t
ndarray_extent(struct cpt_walker *w, const struct cpt_found_object *object, uint32_t dims)
{
    const uint8_t *shape = cpt_region_bytes(w->regions, word(object, NUMPY_DIMENSIONS), (uint64_t)dims * POINTER);
    const uint8_t *strides = cpt_region_bytes(w->regions, word(object, NUMPY_STRIDES), (uint64_t)dims * POINTER);
    uint64_t extent = 1;

    for (uint32_t i = 0; shape && strides && i < dims; i++) {
        uint64_t count = cpt_load_u64(shape + (uint64_t)i * POINTER), stride = cpt_load_u64(strides + (uint64_t)i * POINTER);
        uint64_t axis;

        if (!__builtin_mul_overflow(count, stride, &axis) && axis >> 46 == 0 && axis > extent)
            extent = axis;
    }
    return extent;
}

static bool
holds_objects(struct cpt_walker *w, const struct cpt_found_object *object)
{
    const uint8_t *descr = cpt_region_bytes(w->regions, word(object, NUMPY_DESCR), NUMPY_KIND + 1);

    return descr && descr[NUMPY_KIND] == 'O';
}

uint64_t
cpt_ndarray_objects(struct cpt_walker *w, const struct cpt_found_object *object, uint64_t *data)
{
    uint32_t dims = (uint32_t)word(object, NUMPY_ND);

    *data = word(object, NUMPY_DATA);
    if (dims > NUMPY_MAX_DIMS || !((uint32_t)word(object, NUMPY_FLAGS) & NUMPY_OWNDATA) || !holds_objects(w, object))
        return 0;
    return ndarray_extent(w, object, dims);
}

static uint64_t
own_ndarray(struct cpt_walker *w, const struct cpt_found_object *object)
{
    uint32_t dims = (uint32_t)word(object, NUMPY_ND);
    uint64_t bytes, extent;

    if (dims > NUMPY_MAX_DIMS)
        return 0;
    extent = ndarray_extent(w, object, dims);
    bytes = cpt_buffer_claim(w, word(object, NUMPY_DIMENSIONS), (uint64_t)2 * dims * POINTER);
    if (!((uint32_t)word(object, NUMPY_FLAGS) & NUMPY_OWNDATA))
        return bytes;
    if (holds_objects(w, object))
        return bytes + claim_and_scan(w, word(object, NUMPY_DATA), extent);
    return bytes + cpt_buffer_claim(w, word(object, NUMPY_DATA), extent);
}

uint64_t
cpt_library_own(struct cpt_walker *w, const struct cpt_found_object *object)
{
    const struct cpt_layout_fields *at = w->at;

    switch (object->shape->kind) {
    case CPT_SHAPE_CODE:
        return own_code(w, object);
    case CPT_SHAPE_MODULE:
        return claim_and_scan(w, word(object, at->module.md_state), 1);
    case CPT_SHAPE_DECIMAL:
        return own_decimal(w, object);
    case CPT_SHAPE_ARRAY:
        return own_array(w, object);
    case CPT_SHAPE_STRINGIO:
        return own_buffer(w, object, at->stringio.buf, at->stringio.buf_size, WCHAR);
    case CPT_SHAPE_BUFFERED:
        return own_buffer(w, object, at->buffered.buffer, at->buffered.buffer_size, 1);
    case CPT_SHAPE_PACKER:
        return cpt_buffer_claim(w, word(object, at->packer.s_codes), 1);
    case CPT_SHAPE_CDATA:
        return own_cdata(w, object);
    case CPT_SHAPE_ELEMENT:
        return own_element(w, object);
    case CPT_SHAPE_NDARRAY:
        return own_ndarray(w, object);
    default:
        return 0;
    }
}

#include "coreanalyze/decode/numpy.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/decode/dict.h"
#include "coreanalyze/decode/str.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* 100 * major + minor; 0 where not known. */
static unsigned
find_version(struct cpt_values *values)
{
    struct cpt_decode *decode = values->decode;
    struct cpt_error ignored;
    struct cpt_text text;
    uint64_t module, dict, version;
    char *rest;
    unsigned long major;

    if (!values->types.modules || !CPT_HAS(decode->at->module.md_dict) ||
        cpt_dict_find(decode, values->types.modules, "numpy", &module, &ignored) ||
        cpt_memory_read_u64(decode->memory, module + (uint64_t)decode->at->module.md_dict, &dict, &ignored) ||
        cpt_dict_find(decode, dict, "__version__", &version, &ignored) ||
        cpt_str_read(decode, version, 32, &text, &ignored))
        return 0;
    major = strtoul(text.data, &rest, 10);
    return *rest == '.' && major < 100 ? (unsigned)(major * 100 + strtoul(rest + 1, NULL, 10) % 100) : 0;
}

struct cpt_numpy_dialect
cpt_numpy_dialect(struct cpt_values *values)
{
    unsigned version;

    if (!values->numpy_known)
        values->numpy_version = find_version(values);
    values->numpy_known = true;
    version = values->numpy_version;
    return (struct cpt_numpy_dialect){
        .tells_order = version >= 125,
        .names_scalars = version >= 200,
        .rounds_limits = version >= 200,
        .tells_shape = version >= 202,
        .limits_by_type = version >= 203,
        .tells_unit_of_nat = version >= 204,
    };
}

/* PyArray_Descr behind its head: typeobj 0, kind 8, byteorder 10, type_num 12; then to 1.x elsize 16 (int) and
   c_metadata 64, from 2.0 on elsize 24 and c_metadata 96. */
static cpt_status
read_times_unit(struct cpt_repr *repr, uint64_t metadata, struct cpt_numpy_dtype *dtype)
{
    /* PyArray_DatetimeDTypeMetaData: NpyAuxData (four pointers), then the unit and its multiple. */
    uint64_t both;
    cpt_status status = cpt_memory_read_u64(repr->decode->memory, metadata + 32, &both, &repr->error);

    dtype->unit = (int)(uint32_t)both;
    dtype->multiple = (int)(both >> 32);
    return status;
}

static cpt_status
read_dtype(struct cpt_repr *repr, uint64_t address, struct cpt_numpy_dtype *dtype)
{
    const int32_t head = repr->decode->at->object.size;
    struct cpt_object object;
    struct cpt_struct s;
    bool since_2;
    cpt_status status = cpt_object_open(&repr->values->types, address, &object, &repr->error);

    if (!status)
        status = cpt_struct_read(repr->decode, &s, address, (size_t)head + 80, &repr->error);
    if (status)
        return status;
    since_2 = object.type->basicsize >= (uint64_t)head + 104;
    if (!since_2 && object.type->basicsize != (uint64_t)head + 80)
        return cpt_repr_fail(repr, CPT_ABSENT, 0, "a dtype of unknown layout");
    dtype->kind = (char)cpt_struct_u8(&s, head + 8);
    dtype->swapped = cpt_struct_u8(&s, head + 10) == '>';
    dtype->type_num = (int)cpt_struct_u32(&s, head + 12);
    dtype->itemsize = since_2 ? cpt_struct_u64(&s, head + 24) : cpt_struct_u32(&s, head + 16);
    if (dtype->itemsize > CPT_MAX_NUMPY_ITEM)
        return cpt_repr_fail(repr, CPT_CORRUPT, address, "a dtype of %" PRIu64 " bytes is not plausible",
                             dtype->itemsize);
    if (dtype->kind != 'M' && dtype->kind != 'm')
        return CPT_OK;
    status = cpt_memory_read_u64(repr->decode->memory, address + (uint64_t)head + (since_2 ? 96 : 64), &address,
                                 &repr->error);
    return status ? status : read_times_unit(repr, address, dtype);
}

static cpt_status
read_shape(struct cpt_numpy_array *array, uint64_t shape, uint64_t strides)
{
    struct cpt_repr *repr = array->repr;
    size_t size = array->dims * sizeof(uint64_t);
    cpt_status status = cpt_memory_read(repr->decode->memory, shape, array->shape, size, &repr->error);

    if (!status)
        status = cpt_memory_read(repr->decode->memory, strides, array->strides, size, &repr->error);
    if (status)
        return status;
    array->size = 1;
    for (unsigned i = 0; i < array->dims; i++) {
        if (array->shape[i] >> 56)
            return cpt_repr_fail(repr, CPT_CORRUPT, shape, "an array's shape is not plausible");
        if (__builtin_mul_overflow(array->size, array->shape[i], &array->size))
            array->size = UINT64_MAX;
    }
    for (unsigned i = 0; i < array->dims; i++) {
        if (!array->shape[i])
            array->size = 0;
    }
    return CPT_OK;
}

cpt_status
cpt_numpy_open(struct cpt_repr *repr, const struct cpt_object *object, struct cpt_numpy_array *array)
{
    const int32_t head = repr->decode->at->object.size;
    struct cpt_struct s;
    cpt_status status = cpt_repr_needs(repr, head);

    memset(array, 0, sizeof(*array));
    array->repr = repr;
    array->dialect = cpt_numpy_dialect(repr->values);
    /* PyArrayObject_fields: data, nd, dimensions, strides, base, descr. */
    if (!status)
        status = cpt_repr_struct(repr, object, (size_t)head + 48, &s);
    if (status)
        return status;
    array->data = cpt_struct_u64(&s, head);
    array->dims = cpt_struct_u32(&s, head + 8);
    if (array->dims > CPT_NUMPY_DIMS)
        return cpt_repr_fail(repr, CPT_CORRUPT, object->address, "an array of %u dimensions is not plausible",
                             array->dims);
    status = read_dtype(repr, cpt_struct_u64(&s, head + 40), &array->dtype);
    return status ? status : read_shape(array, cpt_struct_u64(&s, head + 16), cpt_struct_u64(&s, head + 24));
}

bool
cpt_numpy_is_number(const struct cpt_numpy_dtype *dtype)
{
    uint64_t size = dtype->itemsize;

    switch (dtype->kind) {
    case 'b':
        return size == 1;
    case 'i':
    case 'u':
        return size == 1 || size == 2 || size == 4 || size == 8;
    case 'f':
        return size == 2 || size == 4 || size == 8 || size == 16;
    case 'c':
        return size == 8 || size == 16 || size == 32;
    case 'M':
    case 'm':
        return size == 8;
    default:
        return false;
    }
}

/* Neighbours are mostly on the same page of the target: that is read once. */
static cpt_status
read_item(struct cpt_numpy_array *array, uint64_t address, void *item, size_t size)
{
    struct cpt_memory *memory = array->repr->decode->memory;
    uint64_t page = cpt_align_down(address, sizeof(array->bytes));

    if (address - page + size > sizeof(array->bytes))
        return cpt_memory_read(memory, address, item, size, &array->repr->error);
    if (!array->page_size || array->page != page) {
        array->page = page;
        array->page_size = cpt_memory_read_some(memory, page, array->bytes, sizeof(array->bytes));
    }
    if (address - page + size > array->page_size)
        return cpt_memory_read(memory, address, item, size, &array->repr->error);
    memcpy(item, array->bytes + (address - page), size);
    return CPT_OK;
}

static void
swap(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size / 2; i++) {
        uint8_t byte = bytes[i];

        bytes[i] = bytes[size - 1 - i];
        bytes[size - 1 - i] = byte;
    }
}

cpt_status
cpt_numpy_number(struct cpt_numpy_array *array, uint64_t address, uint8_t item[CPT_NUMPY_ITEM])
{
    size_t size = (size_t)array->dtype.itemsize, half = size / 2;
    cpt_status status = read_item(array, address, item, size);

    if (status || !array->dtype.swapped)
        return status;
    if (array->dtype.kind == 'c') {
        swap(item, half);
        swap(item + half, half);
    } else {
        swap(item, size);
    }
    return CPT_OK;
}

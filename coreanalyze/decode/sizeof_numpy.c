/* __sizeof__ of numpy's arrays and scalars, the same from numpy 1.17 to 2.5 (array_sizeof, gentype_sizeof). */
#include "coreanalyze/decode/numpy.h"
#include "coreanalyze/decode/sizeof_rules.h"

#include <string.h>

#define OWNS_DATA 4 /* NPY_ARRAY_OWNDATA */

/* Bytes of PyArray_Descr behind its head, of numpy 1.x and from 2.0 on at least. */
#define DESCR_1_SIZE 80
#define DESCR_2_SIZE 104

#define MAX_MRO 1024

/* elsize of the dtype at DESCR: numpy.c has where. */
static uint64_t
item_size(struct cpt_sizing *z, uint64_t descr)
{
    uint64_t head = structure(z, z->at->object.size);
    uint64_t type = word_of(z, descr, z->at->object.ob_type), size = word_of(z, type, z->at->type.tp_basicsize);

    if (size >= head + DESCR_2_SIZE)
        return word_of(z, descr, (int32_t)head + 24);
    if (size == head + DESCR_1_SIZE)
        return int_of(z, descr, (int32_t)head + 16);
    return cpt_size_unknown(z, "how a dtype of this numpy is laid out");
}

/* PyArrayObject_fields behind its head: data 0, nd 8, dimensions 16, strides 24, base 32, descr 40, flags 48. */
static uint64_t
size_array(struct cpt_sizing *z)
{
    int32_t head = (int32_t)structure(z, z->at->object.size);
    uint32_t dims = int_of(z, z->object->address, head + 8), flags = int_of(z, z->object->address, head + 48);
    uint64_t shape = word(z, head + 16), bytes, size = z->object->type->basicsize;

    if (dims > CPT_NUMPY_DIMS)
        return items(z, UINT64_MAX, 1);
    size += items(z, dims, 2 * POINTER);
    if (!(flags & OWNS_DATA))
        return size;
    bytes = item_size(z, word(z, head + 40));
    for (uint32_t i = 0; !z->status && i < dims; i++) {
        uint64_t count = word_of(z, shape + i * POINTER, 0);

        bytes = __builtin_mul_overflow(bytes, count, &bytes) ? UINT64_MAX : bytes;
    }
    return size + items(z, bytes, 1);
}

static uint64_t
size_with_item(struct cpt_sizing *z, uint64_t item)
{
    const struct cpt_type *type = z->object->type;

    return type->basicsize + item + (type->itemsize ? items(z, word(z, z->at->var.ob_size), type->itemsize) : 0);
}

static uint64_t
size_scalar(struct cpt_sizing *z)
{
    return size_with_item(z, z->sizer->item);
}

static uint64_t
size_bytes(struct cpt_sizing *z)
{
    return size_with_item(z, items(z, word(z, z->at->var.ob_size), 1));
}

/* PyVoidScalarObject behind its head (of variable size): obval, descr. */
static uint64_t
size_void(struct cpt_sizing *z)
{
    return size_with_item(z, items(z, item_size(z, word(z, z->at->var.ob_size + 2 * POINTER)), 1));
}

#define SCALAR(rule, bytes) {.name = "numpy.generic", .size = rule, .item = bytes}

static const struct {
    const char *type; /* what follows "numpy." */
    struct cpt_sizer sizer;
} scalars[] = {
    {"bool_", SCALAR(size_scalar, 1)}, {"bool", SCALAR(size_scalar, 1)}, {"int8", SCALAR(size_scalar, 1)},
    {"int16", SCALAR(size_scalar, 2)}, {"int32", SCALAR(size_scalar, 4)}, {"intc", SCALAR(size_scalar, 4)},
    {"int64", SCALAR(size_scalar, 8)}, {"longlong", SCALAR(size_scalar, 8)}, {"uint8", SCALAR(size_scalar, 1)},
    {"uint16", SCALAR(size_scalar, 2)}, {"uint32", SCALAR(size_scalar, 4)}, {"uintc", SCALAR(size_scalar, 4)},
    {"uint64", SCALAR(size_scalar, 8)}, {"ulonglong", SCALAR(size_scalar, 8)}, {"float16", SCALAR(size_scalar, 2)},
    {"float32", SCALAR(size_scalar, 4)}, {"float64", SCALAR(size_scalar, 8)}, {"longdouble", SCALAR(size_scalar, 16)},
    {"float128", SCALAR(size_scalar, 16)}, {"complex64", SCALAR(size_scalar, 8)},
    {"complex128", SCALAR(size_scalar, 16)}, {"clongdouble", SCALAR(size_scalar, 32)},
    {"complex256", SCALAR(size_scalar, 32)}, {"datetime64", SCALAR(size_scalar, 8)},
    {"timedelta64", SCALAR(size_scalar, 8)}, {"bytes_", SCALAR(size_bytes, 0)},
};

static const struct cpt_sizer void_sizer = SCALAR(size_void, 0);

/* Of what is no scalar numpy finds that it is an object. */
static const struct cpt_sizer object_sizer = SCALAR(size_scalar, POINTER);

static const struct cpt_sizer *
sizer_of_exactly(const struct cpt_type *type)
{
    if (type->raw.size < 6 || cpt_type_is_python(type) || memcmp(type->raw.data, "numpy.", 6) != 0)
        return NULL;
    for (size_t i = 0; i < sizeof(scalars) / sizeof(scalars[0]); i++) {
        if (strcmp(scalars[i].type, type->raw.data + 6) == 0)
            return &scalars[i].sizer;
    }
    return NULL;
}

/* PyArray_DescrFromTypeObject: a class is what the second one of its method resolution order is. */
const struct cpt_sizer *
cpt_sizer_of_scalar(struct cpt_values *values, const struct cpt_type *type)
{
    const struct cpt_type *entry;

    for (size_t i = 0; (entry = cpt_type_mro(&values->types, type, i)); i++) {
        if (cpt_type_is(entry, "numpy.void"))
            return &void_sizer;
    }
    for (int i = 0; i < MAX_MRO && type; i++) {
        const struct cpt_sizer *sizer = sizer_of_exactly(type);

        if (sizer)
            return sizer;
        type = cpt_type_mro(&values->types, type, 1);
    }
    return type ? NULL : &object_sizer;
}

const struct cpt_sizer cpt_sizers_numpy[] = {
    {.name = "numpy.ndarray", .size = size_array},
    {.name = "numpy.generic"},
    {.name = NULL},
};

/* repr() of numpy's arrays, with its default print options: as numpy's _core/arrayprint.py lays them out. */
#include "coreanalyze/base/bytes.h"
#include "coreanalyze/decode/numpy.h"
#include "coreanalyze/decode/numpy_scalar.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE 75       /* characters */
#define THRESHOLD 1000 /* items, beyond which EDGE of them at each end of each axis are shown */
#define EDGE 3

/* A walk over those items of an array that are shown, as lines. */
struct lines {
    struct cpt_numpy_array *array;
    unsigned prefix;           /* characters of "array(" */
    size_t column;             /* characters of the line so far, the blank behind a comma with them */
    size_t line_start;         /* of the whole repr, in characters */
};

/* Item or row SHOWN of axis AXIS, among those shown: its index. */
static uint64_t
index_of(const struct cpt_numpy_array *array, unsigned axis, uint64_t shown)
{
    uint64_t length = array->shape[axis];

    return array->summarized && length > 2 * EDGE && shown >= EDGE ? length - 2 * EDGE + shown : shown;
}

static uint64_t
shown_of(const struct cpt_numpy_array *array, unsigned axis)
{
    uint64_t length = array->shape[axis];

    return array->summarized && length > 2 * EDGE ? 2 * EDGE : length;
}

static uint64_t
step_to(const struct cpt_numpy_array *array, unsigned axis, uint64_t shown, uint64_t address)
{
    return address + index_of(array, axis, shown) * (uint64_t)array->strides[axis];
}

/* One round over the items that are shown; COUNT is how many that were. At most 64 deep. */
static cpt_status
measure(struct cpt_numpy_array *array, unsigned axis, uint64_t address, unsigned round, uint64_t *count)
{
    uint8_t item[CPT_NUMPY_ITEM];
    cpt_status status = CPT_OK;

    if (*count >= CPT_MAX_NUMPY_SHOWN || !cpt_repr_step(array->repr))
        return CPT_OK;
    if (axis == array->dims) {
        ++*count;
        status = cpt_numpy_number(array, address, item);
        if (!status)
            cpt_numpy_measure(array, item, round);
        return status;
    }
    for (uint64_t i = 0; i < shown_of(array, axis) && !status && !array->repr->full && *count < CPT_MAX_NUMPY_SHOWN; i++)
        status = measure(array, axis + 1, step_to(array, axis, i, address), round, count);
    return status;
}

static cpt_status
settle_widths(struct cpt_numpy_array *array)
{
    cpt_status status = CPT_OK;

    array->real.all_finite = array->imag.all_finite = true;
    array->imag.sign = true;
    for (unsigned round = 0; round < 2 && !status && array->size && cpt_numpy_is_number(&array->dtype); round++) {
        uint64_t count = 0;

        status = measure(array, 0, array->data, round, &count);
        cpt_numpy_settle(array, round);
    }
    return status;
}

/* How many of the COUNT characters at ADDRESS there are without the NULs at the end. */
static cpt_status
trim(struct cpt_repr *repr, uint64_t address, uint64_t count, unsigned width, uint64_t *used)
{
    uint8_t block[4096];

    *used = 0;
    for (uint64_t i = 0; i < count * width && cpt_repr_step(repr); i += sizeof(block)) {
        size_t size = count * width - i < sizeof(block) ? (size_t)(count * width - i) : sizeof(block);
        cpt_status status = cpt_memory_read(repr->decode->memory, address + i, block, size, &repr->error);

        if (status)
            return status;
        for (size_t j = 0; j < size; j++) {
            if (block[j])
                *used = (i + j) / width + 1;
        }
    }
    return CPT_OK;
}

/* An item of object arrays; numpy marks lists, which would look like more dimensions. */
static cpt_status
write_object(struct cpt_repr *repr, uint64_t address)
{
    uint64_t pointer;
    bool list;
    cpt_status status = cpt_memory_read_u64(repr->decode->memory, address, &pointer, &repr->error);

    if (status)
        return status;
    if (!pointer) { /* as np.empty leaves them */
        cpt_repr_text(repr, "None");
        return CPT_OK;
    }
    list = cpt_object_is(&repr->values->types, pointer, "list");
    cpt_repr_text(repr, list ? "list(" : "");
    status = cpt_repr_object(repr, pointer);
    cpt_repr_text(repr, list ? ")" : "");
    return status;
}

static cpt_status
write_item(struct cpt_numpy_array *array, struct cpt_repr *repr, uint64_t address)
{
    uint64_t size = array->dtype.itemsize, used;
    uint8_t item[CPT_NUMPY_ITEM];
    char word[CPT_NUMPY_WORD];
    cpt_status status;

    if (array->dtype.kind == 'O')
        return write_object(repr, address);
    if (array->dtype.kind == 'S') {
        status = trim(repr, address, size, 1, &used);
        return status ? status : cpt_repr_raw_bytes(repr, address, used);
    }
    if (array->dtype.kind == 'U') {
        status = trim(repr, address, size / 4, 4, &used);
        return status ? status : cpt_repr_characters(repr, address, used, 4);
    }
    status = cpt_numpy_number(array, address, item);
    if (!status)
        cpt_repr_bytes(repr, word, cpt_numpy_word(array, item, word));
    return status;
}

static void
new_line(struct lines *lines, unsigned indent, unsigned count)
{
    struct cpt_repr *repr = lines->array->repr;

    for (unsigned i = 0; i < count; i++)
        cpt_repr_text(repr, "\n");
    lines->line_start = repr->characters;
    for (unsigned i = 0; i < indent; i++)
        cpt_repr_text(repr, " ");
    lines->column = indent;
}

/* Writes a word of SIZE characters (its text is written by the caller), on a new line if this one is full. */
static void
make_room(struct lines *lines, size_t size, bool first, unsigned indent, unsigned width)
{
    struct cpt_repr *repr = lines->array->repr;

    if (!first) {
        cpt_repr_text(repr, ",");
        lines->column += 2;
    }
    if (lines->column + size > width && lines->column > indent)
        new_line(lines, indent, 1);
    else if (!first)
        cpt_repr_text(repr, " ");
    lines->column += size;
}

/* Items of arrays of objects in arrays of objects … would be written twice at each level. */
#define MAX_TRIALS 6

/* The item at ADDRESS behind others: its width has to be known first. */
static cpt_status
write_word(struct lines *lines, uint64_t address, bool first, unsigned indent, unsigned width)
{
    struct cpt_repr *repr = lines->array->repr, *trial;
    struct cpt_buffer text = {0};
    cpt_status status;

    if (repr->nesting > MAX_TRIALS) {
        make_room(lines, 1, first, indent, width);
        return write_item(lines->array, repr, address);
    }
    trial = malloc(sizeof(*trial));
    if (!trial)
        return cpt_repr_fail(repr, CPT_NOMEM, 0, "out of memory");
    *trial = *repr;
    trial->out = &text;
    trial->characters = 0;
    trial->limit = 2 * LINE;
    status = write_item(lines->array, trial, address);
    make_room(lines, trial->characters, first, indent, width);
    if (status)
        repr->error = trial->error;
    else if (trial->full)
        status = write_item(lines->array, repr, address);
    else
        cpt_repr_bytes(repr, text.data ? text.data : "", text.size);
    if (text.failed)
        status = cpt_repr_fail(repr, CPT_NOMEM, 0, "out of memory");
    cpt_buffer_free(&text);
    free(trial);
    return status;
}

static cpt_status
write_row(struct lines *lines, uint64_t address, unsigned indent)
{
    struct cpt_numpy_array *array = lines->array;
    unsigned axis = array->dims - 1, width = LINE - 2 - axis;
    uint64_t shown = shown_of(array, axis);
    cpt_status status = CPT_OK;

    lines->column = indent;
    for (uint64_t i = 0; i < shown && !status && !array->repr->full && cpt_repr_step(array->repr); i++) {
        if (i == EDGE && shown < array->shape[axis]) {
            make_room(lines, 3, false, indent, width);
            cpt_repr_text(array->repr, "...");
        }
        status = write_word(lines, step_to(array, axis, i, address), i == 0, indent, width);
    }
    return status;
}

/* The axes from AXIS on, at most 64; INDENT blanks stand before what continues a line. */
static cpt_status
write_axis(struct lines *lines, unsigned axis, uint64_t address, unsigned indent)
{
    struct cpt_numpy_array *array = lines->array;
    struct cpt_repr *repr = array->repr;
    uint64_t shown;
    cpt_status status = CPT_OK;

    if (axis == array->dims)
        return write_item(array, repr, address);
    cpt_repr_text(repr, "[");
    if (axis + 1 == array->dims)
        status = write_row(lines, address, indent);
    shown = axis + 1 < array->dims ? shown_of(array, axis) : 0;
    for (uint64_t i = 0; i < shown && !status && !repr->full && cpt_repr_step(repr); i++) {
        if (i) {
            cpt_repr_text(repr, ",");
            new_line(lines, indent, array->dims - axis - 1);
        }
        if (i == EDGE && shown < array->shape[axis]) {
            cpt_repr_text(repr, "...,");
            new_line(lines, indent, array->dims - axis - 1);
        }
        status = write_axis(lines, axis + 1, step_to(array, axis, i, address), indent + 1);
    }
    cpt_repr_text(repr, "]");
    return status;
}

/* The shape where it is not seen, and the type where it is not. */
static void
write_extras(struct lines *lines)
{
    const struct cpt_numpy_array *array = lines->array;
    struct cpt_repr *repr = array->repr;
    bool one_axis = array->dims == 1;
    char extras[CPT_NUMPY_SHAPE + 128] = "";
    size_t used = 0;

    if ((!array->size && !one_axis) || (array->summarized && array->dialect.tells_shape))
        used = cpt_numpy_shape_text(array, extras, sizeof(extras));
    if (!cpt_numpy_is_implied(array) || !array->size) {
        used += (size_t)snprintf(extras + used, sizeof(extras) - used, used ? ", " : "");
        used += cpt_numpy_dtype_text(array, extras + used, sizeof(extras) - used);
    }
    if (used) {
        cpt_repr_text(repr, ",");
        if (repr->characters - lines->line_start + used + 2 > LINE)
            new_line(lines, lines->prefix, 1);
        else
            cpt_repr_text(repr, " ");
        cpt_repr_bytes(repr, extras, used);
    }
    cpt_repr_text(repr, ")");
}

static bool
is_shown(const struct cpt_numpy_dtype *dtype)
{
    return cpt_numpy_is_number(dtype) || (dtype->kind == 'O' && dtype->itemsize == 8) || dtype->kind == 'S' ||
           (dtype->kind == 'U' && !dtype->swapped);
}

/* Structured and unknown types. */
static void
write_unknown(const struct cpt_numpy_array *array, const struct cpt_object *object)
{
    char shape[CPT_NUMPY_SHAPE];

    cpt_numpy_shape_text(array, shape, sizeof(shape));
    cpt_repr_text(array->repr, "<");
    cpt_repr_bytes(array->repr, object->type->name.data, object->type->name.size);
    cpt_repr_printf(array->repr, " object at 0x%" PRIx64 ", ", object->address);
    cpt_repr_text(array->repr, shape);
    cpt_repr_printf(array->repr, ", items of kind %c, %" PRIu64 " bytes>", array->dtype.kind, array->dtype.itemsize);
}

static cpt_status
write_open_array(struct cpt_numpy_array *array, const struct cpt_object *object)
{
    struct cpt_repr *repr = array->repr;
    struct lines lines = {.array = array, .line_start = repr->characters};
    bool cycle;
    cpt_status status;

    if (!is_shown(&array->dtype)) {
        write_unknown(array, object);
        return CPT_OK;
    }
    array->summarized = array->size > THRESHOLD;
    status = settle_widths(array);
    if (status)
        return status;
    if (!cpt_repr_enter(repr, object->address, &cycle)) {
        cpt_repr_text(repr, "array(...)");
        return CPT_OK;
    }
    if (object->type->flags & CPT_TYPE_HEAP)
        cpt_repr_type_name(repr, object->type);
    else
        cpt_repr_text(repr, "array");
    cpt_repr_text(repr, "(");
    lines.prefix = (unsigned)(repr->characters - lines.line_start);
    if (array->size)
        status = write_axis(&lines, 0, array->data, lines.prefix + 1);
    else
        cpt_repr_text(repr, "[]");
    write_extras(&lines);
    cpt_repr_leave(repr);
    return status;
}

static cpt_status
write_array(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct cpt_numpy_array *array = malloc(sizeof(*array));
    cpt_status status = array ? cpt_numpy_open(repr, object, array) : CPT_NOMEM;

    if (!status)
        status = write_open_array(array, object);
    free(array);
    return status;
}

const struct cpt_kind cpt_kinds_numpy[] = {
    {"numpy.ndarray", write_array},
    {"numpy.bool_", cpt_numpy_write_scalar},
    {"numpy.bool", cpt_numpy_write_scalar},
    {"numpy.int8", cpt_numpy_write_scalar},
    {"numpy.int16", cpt_numpy_write_scalar},
    {"numpy.int32", cpt_numpy_write_scalar},
    {"numpy.int64", cpt_numpy_write_scalar},
    {"numpy.intc", cpt_numpy_write_scalar},
    {"numpy.longlong", cpt_numpy_write_scalar},
    {"numpy.uint8", cpt_numpy_write_scalar},
    {"numpy.uint16", cpt_numpy_write_scalar},
    {"numpy.uint32", cpt_numpy_write_scalar},
    {"numpy.uint64", cpt_numpy_write_scalar},
    {"numpy.uintc", cpt_numpy_write_scalar},
    {"numpy.ulonglong", cpt_numpy_write_scalar},
    {"numpy.float16", cpt_numpy_write_scalar},
    {"numpy.float32", cpt_numpy_write_scalar},
    {"numpy.float64", cpt_numpy_write_scalar},
    {"numpy.longdouble", cpt_numpy_write_scalar},
    {"numpy.float128", cpt_numpy_write_scalar},
    {"numpy.complex64", cpt_numpy_write_scalar},
    {"numpy.complex128", cpt_numpy_write_scalar},
    {"numpy.clongdouble", cpt_numpy_write_scalar},
    {"numpy.complex256", cpt_numpy_write_scalar},
    {"numpy.datetime64", cpt_numpy_write_scalar},
    {"numpy.timedelta64", cpt_numpy_write_scalar},
    {"numpy.str_", cpt_numpy_write_scalar},
    {"numpy.bytes_", cpt_numpy_write_scalar},
    {NULL, NULL},
};

/* repr() of range, slice, memoryview and array.array. */
#include "coreanalyze/base/bytes.h"
#include "coreanalyze/decode/floattext.h"
#include "coreanalyze/decode/repr.h"

#include <inttypes.h>
#include <string.h>

static cpt_status
write_slice_parts(struct cpt_repr *repr, const struct cpt_struct *s, int32_t start, int32_t stop, int32_t step)
{
    cpt_status status = cpt_repr_object(repr, cpt_struct_u64(s, start));

    cpt_repr_text(repr, ", ");
    if (!status)
        status = cpt_repr_object(repr, cpt_struct_u64(s, stop));
    if (!status && CPT_HAS(step)) {
        cpt_repr_text(repr, ", ");
        status = cpt_repr_object(repr, cpt_struct_u64(s, step));
    }
    cpt_repr_text(repr, ")");
    return status;
}

/* Whether the object at ADDRESS is the int 1. */
static bool
is_one(struct cpt_repr *repr, uint64_t address)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    bool tagged = CPT_HAS(at->integer.lv_tag);
    int32_t head = tagged ? at->integer.lv_tag : at->var.ob_size;
    struct cpt_struct s;
    struct cpt_error ignored;

    if (cpt_struct_read(repr->decode, &s, address, (size_t)at->integer.ob_digit + 4, &ignored))
        return false;
    /* From 3.14 on bit 2 of the tag marks small ints. */
    return (tagged ? (cpt_struct_u64(&s, head) & ~UINT64_C(4)) == 1 << 3 : cpt_struct_u64(&s, head) == 1) &&
           cpt_struct_u32(&s, at->integer.ob_digit) == 1;
}

static cpt_status
write_range(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    cpt_status status = cpt_repr_needs(repr, at->range.step);

    if (!status)
        status = cpt_repr_struct(repr, object, (size_t)at->range.step + 8, &s);
    if (status)
        return status;
    cpt_repr_text(repr, "range(");
    return write_slice_parts(repr, &s, at->range.start, at->range.stop,
                             is_one(repr, cpt_struct_u64(&s, at->range.step)) ? CPT_NO_FIELD : at->range.step);
}

static cpt_status
write_slice(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    bool cycle;
    cpt_status status = cpt_repr_needs(repr, at->slice.step);

    if (!status)
        status = cpt_repr_struct(repr, object, (size_t)at->slice.step + 8, &s);
    if (status)
        return status;
    /* slice_repr knows no cycles: in Python it would end in a RecursionError. */
    if (!cpt_repr_enter(repr, object->address, &cycle)) {
        cpt_repr_text(repr, "slice(...)");
        return CPT_OK;
    }
    cpt_repr_text(repr, "slice(");
    status = write_slice_parts(repr, &s, at->slice.start, at->slice.stop, at->slice.step);
    cpt_repr_leave(repr);
    return status;
}

#define RELEASED 1 /* _Py_MEMORYVIEW_RELEASED, Include/cpython/memoryobject.h */

static cpt_status
write_memoryview(struct cpt_repr *repr, const struct cpt_object *object)
{
    uint32_t flags;
    cpt_status status = cpt_repr_needs(repr, repr->decode->at->memview.flags);

    if (!status)
        status = cpt_memory_read_u32(repr->decode->memory,
                                     object->address + (uint64_t)repr->decode->at->memview.flags, &flags,
                                     &repr->error);
    if (status)
        return status;
    cpt_repr_printf(repr, "<%smemory at 0x%" PRIx64 ">", flags & RELEASED ? "released " : "", object->address);
    return CPT_OK;
}

static void
write_signed(struct cpt_repr *repr, int64_t value)
{
    cpt_repr_printf(repr, "%" PRId64, value);
}

static void
write_unsigned(struct cpt_repr *repr, uint64_t value)
{
    cpt_repr_printf(repr, "%" PRIu64, value);
}

static void
write_double(struct cpt_repr *repr, double value)
{
    char text[CPT_FLOAT_TEXT];

    cpt_float_text(value, CPT_FLOAT_POINT, text);
    cpt_repr_text(repr, text);
}

static double
load_float(const uint8_t *p)
{
    float value;

    memcpy(&value, p, sizeof(value));
    return value;
}

static double
load_double(const uint8_t *p)
{
    double value;

    memcpy(&value, p, sizeof(value));
    return value;
}

static void
write_b(struct cpt_repr *repr, const uint8_t *p)
{
    write_signed(repr, (int8_t)*p);
}

static void
write_B(struct cpt_repr *repr, const uint8_t *p)
{
    write_unsigned(repr, *p);
}

static void
write_h(struct cpt_repr *repr, const uint8_t *p)
{
    write_signed(repr, (int16_t)cpt_load_u16(p));
}

static void
write_H(struct cpt_repr *repr, const uint8_t *p)
{
    write_unsigned(repr, cpt_load_u16(p));
}

static void
write_i(struct cpt_repr *repr, const uint8_t *p)
{
    write_signed(repr, (int32_t)cpt_load_u32(p));
}

static void
write_I(struct cpt_repr *repr, const uint8_t *p)
{
    write_unsigned(repr, cpt_load_u32(p));
}

static void
write_q(struct cpt_repr *repr, const uint8_t *p)
{
    write_signed(repr, (int64_t)cpt_load_u64(p));
}

static void
write_Q(struct cpt_repr *repr, const uint8_t *p)
{
    write_unsigned(repr, cpt_load_u64(p));
}

static void
write_e(struct cpt_repr *repr, const uint8_t *p)
{
    const struct cpt_float number = cpt_float_unpack(p, 2);

    write_double(repr, cpt_float_value(&number));
}

static void
write_f(struct cpt_repr *repr, const uint8_t *p)
{
    write_double(repr, load_float(p));
}

static void
write_d(struct cpt_repr *repr, const uint8_t *p)
{
    write_double(repr, load_double(p));
}

static void
write_Zf(struct cpt_repr *repr, const uint8_t *p)
{
    cpt_repr_complex(repr, load_float(p), load_float(p + 4));
}

static void
write_Zd(struct cpt_repr *repr, const uint8_t *p)
{
    cpt_repr_complex(repr, load_double(p), load_double(p + 8));
}

/* Modules/arraymodule.c's descriptors. WRITE NULL: characters. */
struct item {
    char typecode[3];
    unsigned size;
    void (*write)(struct cpt_repr *repr, const uint8_t *p);
};

static const struct item items[] = {
    {"b", 1, write_b},  {"B", 1, write_B},   {"h", 2, write_h}, {"H", 2, write_H}, {"i", 4, write_i},
    {"I", 4, write_I},  {"l", 8, write_q},   {"L", 8, write_Q}, {"q", 8, write_q}, {"Q", 8, write_Q},
    {"f", 4, write_f},  {"d", 8, write_d},   {"u", 4, NULL},    {"w", 4, NULL},    {"e", 2, write_e},
    {"Zf", 8, write_Zf}, {"Zd", 16, write_Zd},
};

/* To 3.14 the typecode is one char; from 3.15 on a C string of up to two. */
static cpt_status
find_item(struct cpt_repr *repr, uint64_t descr, const struct item **item)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    char typecode[3] = "";
    uint32_t size;
    cpt_status status = cpt_memory_read_u32(repr->decode->memory, descr + (uint64_t)at->arraydescr.itemsize, &size,
                                            &repr->error);

    if (!status)
        status = cpt_memory_read(repr->decode->memory, descr + (uint64_t)at->arraydescr.typecode, typecode, 2,
                                 &repr->error);
    if (status)
        return status;
    if (typecode[0] != 'Z')
        typecode[1] = '\0';
    for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
        if (strcmp(items[i].typecode, typecode) == 0 && items[i].size == size) {
            *item = &items[i];
            return CPT_OK;
        }
    }
    return cpt_repr_fail(repr, CPT_CORRUPT, descr, "an array has no type of items that is known");
}

static cpt_status
write_items(struct cpt_repr *repr, const struct item *item, uint64_t address, uint64_t count)
{
    uint8_t block[1024];
    const size_t most = sizeof(block) / item->size;

    cpt_repr_text(repr, "[");
    for (uint64_t i = 0; i < count && !repr->full && cpt_repr_step(repr); i++) {
        if (i % most == 0) {
            size_t size = (count - i < most ? (size_t)(count - i) : most) * item->size;
            cpt_status status = cpt_memory_read(repr->decode->memory, address + i * item->size, block, size,
                                                &repr->error);

            if (status)
                return status;
        }
        cpt_repr_text(repr, i ? ", " : "");
        item->write(repr, block + i % most * item->size);
    }
    cpt_repr_text(repr, "]");
    return CPT_OK;
}

static cpt_status
write_array(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    const struct item *item = NULL;
    struct cpt_struct s;
    uint64_t count, allocated, address;
    cpt_status status = cpt_repr_needs(repr, at->array.ob_descr);

    if (!status)
        status = cpt_repr_struct(repr, object, (size_t)at->array.ob_descr + 8, &s);
    if (!status)
        status = find_item(repr, cpt_struct_u64(&s, at->array.ob_descr), &item);
    if (status)
        return status;
    count = cpt_struct_u64(&s, at->var.ob_size);
    allocated = cpt_struct_u64(&s, at->array.allocated);
    address = cpt_struct_u64(&s, at->array.ob_item);
    if (count >> 56 || count > allocated)
        return cpt_repr_fail(repr, CPT_CORRUPT, object->address,
                             "an array of %" PRIu64 " items, for which room for %" PRIu64 " is allocated", count,
                             allocated);
    cpt_repr_type_name(repr, object->type);
    cpt_repr_printf(repr, "('%s'%s", item->typecode, count ? ", " : "");
    if (count)
        status = item->write ? write_items(repr, item, address, count) : cpt_repr_characters(repr, address, count, 4);
    cpt_repr_text(repr, ")");
    return status;
}

const struct cpt_kind cpt_kinds_buffers[] = {
    {"range", write_range},
    {"slice", write_slice},
    {"memoryview", write_memoryview},
    {"array.array", write_array},
    {NULL, NULL},
};

/* repr() of int, bool, float, complex and the singletons. */
#include "coreanalyze/base/bytes.h"
#include "coreanalyze/decode/floattext.h"
#include "coreanalyze/decode/inttext.h"
#include "coreanalyze/decode/repr.h"

#include <inttypes.h>
#include <stdlib.h>

static cpt_status
write_none(struct cpt_repr *repr, const struct cpt_object *object)
{
    (void)object;
    cpt_repr_text(repr, "None");
    return CPT_OK;
}

static cpt_status
write_ellipsis(struct cpt_repr *repr, const struct cpt_object *object)
{
    (void)object;
    cpt_repr_text(repr, "Ellipsis");
    return CPT_OK;
}

static cpt_status
write_not_implemented(struct cpt_repr *repr, const struct cpt_object *object)
{
    (void)object;
    cpt_repr_text(repr, "NotImplemented");
    return CPT_OK;
}

/* An int, but for its digits. */
struct integer {
    uint64_t count;
    bool negative;
};

/* To 3.11 ob_size is the count of digits with the sign; from 3.12 lv_tag has the sign in its low bits and the count
   above three. */
static cpt_status
read_head(struct cpt_repr *repr, const struct cpt_object *object, struct integer *integer)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    bool tagged = CPT_HAS(at->integer.lv_tag);
    int32_t field = tagged ? at->integer.lv_tag : at->var.ob_size;
    uint64_t head;
    cpt_status status = cpt_repr_needs(repr, at->integer.ob_digit);

    if (!status)
        status = cpt_memory_read_u64(repr->decode->memory, object->address + (uint64_t)field, &head, &repr->error);
    if (status)
        return status;
    if (tagged) {
        integer->negative = (head & 3) == 2;
        integer->count = head >> 3;
        if ((head & 3) == 3 || ((head & 3) == 1) != (integer->count == 0))
            return cpt_repr_fail(repr, CPT_CORRUPT, object->address, "an int's sign contradicts its digits");
    } else {
        integer->negative = head >> 63;
        integer->count = integer->negative ? -head : head;
    }
    /* The most that an allocation can hold. */
    if (integer->count > (UINT64_C(1) << 60))
        return cpt_repr_fail(repr, CPT_CORRUPT, object->address, "an int of %" PRIu64 " digits is not plausible",
                             integer->count);
    return CPT_OK;
}

static cpt_status
read_digits(struct cpt_repr *repr, const struct cpt_object *object, uint64_t first, uint32_t *digits, size_t count)
{
    uint64_t address = object->address + (uint64_t)repr->decode->at->integer.ob_digit + 4 * first;
    cpt_status status = cpt_memory_read(repr->decode->memory, address, digits, count * sizeof(*digits), &repr->error);

    for (size_t i = 0; i < count && !status; i++) {
        if (digits[i] >> CPT_INT_DIGIT_BITS)
            status = cpt_repr_fail(repr, CPT_CORRUPT, address + 4 * i, "an int has a digit of more than 30 bits");
    }
    return status;
}

/* Too many digits to be converted. */
static cpt_status
write_size(struct cpt_repr *repr, const struct cpt_object *object, const struct integer *integer)
{
    struct cpt_values *values = repr->values;
    uint32_t top;
    uint64_t bits;
    cpt_status status = read_digits(repr, object, integer->count - 1, &top, 1);

    if (status)
        return status;
    if (!top)
        return cpt_repr_fail(repr, CPT_CORRUPT, object->address, "an int begins with a digit 0");
    bits = CPT_INT_DIGIT_BITS * integer->count - (uint64_t)(__builtin_clz(top) - 2);
    if (!cpt_hash_get(&values->told, object->address)) {
        cpt_holes_add(repr->decode->holes, cpt_status_code(CPT_LIMIT), object->address,
                      "an int of %" PRIu64 " bits is not shown in full: more than %u digits of 30 bits", bits,
                      CPT_MAX_INT_DIGITS);
        if (!cpt_hash_set(&values->told, object->address, values))
            return CPT_NOMEM;
    }
    cpt_repr_printf(repr, "<int of %" PRIu64 " bits>", bits);
    return CPT_OK;
}

/* The conversion's time grows with the square. */
static bool
take_steps(struct cpt_repr *repr, uint64_t count)
{
    for (uint64_t i = 0; i < count * count / 32; i++) {
        if (!cpt_repr_step(repr))
            return false;
    }
    return true;
}

static cpt_status
write_digits(struct cpt_repr *repr, const struct cpt_object *object, const struct integer *integer)
{
    size_t count = (size_t)integer->count, size = cpt_int_text_size(count);
    uint32_t few[8], *digits = few;
    char small[128], *text = small;
    cpt_status status;

    if (count > sizeof(few) / sizeof(few[0])) {
        digits = malloc(count * sizeof(*digits));
        text = malloc(size);
    }
    status = digits && text ? read_digits(repr, object, 0, digits, count)
                            : cpt_repr_fail(repr, CPT_NOMEM, 0, "out of memory");
    if (!status) {
        if (integer->negative)
            cpt_repr_text(repr, "-");
        cpt_repr_text(repr, cpt_int_text(digits, count, text, size));
    }
    if (digits != few) {
        free(digits);
        free(text);
    }
    return status;
}

static cpt_status
write_int(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct integer integer;
    cpt_status status = read_head(repr, object, &integer);

    if (status)
        return status;
    if (integer.count > CPT_MAX_INT_DIGITS)
        return write_size(repr, object, &integer);
    return take_steps(repr, integer.count) ? write_digits(repr, object, &integer) : CPT_OK;
}

static cpt_status
write_bool(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct integer integer;
    uint32_t digit = 0;
    cpt_status status = read_head(repr, object, &integer);

    if (status)
        return status;
    if (integer.count > 1 || integer.negative)
        return cpt_repr_fail(repr, CPT_CORRUPT, object->address, "a bool is neither 0 nor 1");
    status = read_digits(repr, object, 0, &digit, (size_t)integer.count);
    if (status)
        return status;
    if (digit != integer.count)
        return cpt_repr_fail(repr, CPT_CORRUPT, object->address, "a bool is neither 0 nor 1");
    cpt_repr_text(repr, digit ? "True" : "False");
    return CPT_OK;
}

static cpt_status
read_double(struct cpt_repr *repr, const struct cpt_object *object, int32_t field, double *value)
{
    cpt_status status = cpt_repr_needs(repr, field);

    return status ? status : cpt_memory_read(repr->decode->memory, object->address + (uint64_t)field, value,
                                             sizeof(*value), &repr->error);
}

static cpt_status
write_float(struct cpt_repr *repr, const struct cpt_object *object)
{
    char text[CPT_FLOAT_TEXT];
    double value;
    cpt_status status = read_double(repr, object, repr->decode->at->floating.ob_fval, &value);

    if (status)
        return status;
    cpt_float_text(value, CPT_FLOAT_POINT, text);
    cpt_repr_text(repr, text);
    return CPT_OK;
}

void
cpt_repr_complex(struct cpt_repr *repr, double real, double imag)
{
    char text[CPT_FLOAT_TEXT];

    /* complex_repr: a real part of 0 (not -0) is left out, and the parentheses with it. */
    if (real == 0.0 && !__builtin_signbit(real)) {
        cpt_float_text(imag, 0, text);
        cpt_repr_text(repr, text);
        cpt_repr_text(repr, "j");
        return;
    }
    cpt_float_text(real, 0, text);
    cpt_repr_text(repr, "(");
    cpt_repr_text(repr, text);
    cpt_float_text(imag, CPT_FLOAT_SIGN, text);
    cpt_repr_text(repr, text);
    cpt_repr_text(repr, "j)");
}

static cpt_status
write_complex(struct cpt_repr *repr, const struct cpt_object *object)
{
    double real, imag;
    cpt_status status = read_double(repr, object, repr->decode->at->complexnum.real, &real);

    if (!status)
        status = read_double(repr, object, repr->decode->at->complexnum.imag, &imag);
    if (!status)
        cpt_repr_complex(repr, real, imag);
    return status;
}

const struct cpt_kind cpt_kinds_numbers[] = {
    {"NoneType", write_none},
    {"ellipsis", write_ellipsis},
    {"NotImplementedType", write_not_implemented},
    {"int", write_int},
    {"bool", write_bool},
    {"float", write_float},
    {"complex", write_complex},
    {NULL, NULL},
};

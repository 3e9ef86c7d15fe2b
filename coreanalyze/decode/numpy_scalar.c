#include "coreanalyze/decode/numpy_scalar.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/decode/numpy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Where each type's value is, obval of its struct in numpy's arrayscalars.h, and how it is written. */
static const struct scalar {
    const char *name; /* what follows "numpy." */
    const char *shown; /* by numpy 2 */
    char kind;        /* as a dtype's; 's' str, 'y' bytes */
    unsigned size;    /* bytes of the value; of a complex, of both parts */
} scalars[] = {
    {"bool_", "", 'b', 1},      {"bool", "", 'b', 1},
    {"int8", "int8", 'i', 1},   {"int16", "int16", 'i', 2},
    {"int32", "int32", 'i', 4}, {"intc", "intc", 'i', 4},
    {"int64", "int64", 'i', 8}, {"longlong", "int64", 'i', 8},
    {"uint8", "uint8", 'u', 1}, {"uint16", "uint16", 'u', 2},
    {"uint32", "uint32", 'u', 4}, {"uintc", "uintc", 'u', 4},
    {"uint64", "uint64", 'u', 8}, {"ulonglong", "uint64", 'u', 8},
    {"float16", "float16", 'f', 2}, {"float32", "float32", 'f', 4},
    {"float64", "float64", 'f', 8}, {"longdouble", "longdouble", 'f', 16},
    {"float128", "longdouble", 'f', 16}, {"complex64", "complex64", 'c', 8},
    {"complex128", "complex128", 'c', 16}, {"clongdouble", "clongdouble", 'c', 32},
    {"complex256", "clongdouble", 'c', 32}, {"datetime64", "datetime64", 'M', 8},
    {"timedelta64", "timedelta64", 'm', 8}, {"str_", "str_", 's', 0},
    {"bytes_", "bytes_", 'y', 0},
};

/* The type that a class of the target's inherits its repr from is told by the first of numpy's own. */
static const struct scalar *
find_scalar(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct cpt_type *type = object->type;

    for (size_t i = 0; type; type = cpt_type_mro(&repr->values->types, object->type, ++i)) {
        if (type->raw.size < 6 || !type->raw.data || memcmp(type->raw.data, "numpy.", 6) != 0)
            continue;
        for (size_t j = 0; j < sizeof(scalars) / sizeof(scalars[0]); j++) {
            if (strcmp(scalars[j].name, type->raw.data + 6) == 0)
                return &scalars[j];
        }
    }
    return NULL;
}

/* From which number on exponents are used. */
static double
exponent_limit(const struct cpt_numpy_dialect *dialect, size_t size)
{
    if (!dialect->limits_by_type || size >= 8)
        return 1e16;
    return size == 2 ? 1e3 : 1e6;
}

/* A float's text: positional where its value, not its shortest text, is within limits. DOT: ".0" behind whole numbers. */
static void
format_float(const uint8_t *value, size_t size, const struct cpt_numpy_dialect *dialect, bool dot, bool sign, char *text, size_t text_size)
{
    const struct cpt_float number = cpt_float_unpack(value, size);
    const char *before = number.negative && !number.nan ? "-" : sign ? "+" : "";
    double absolute = cpt_float_value(&number);
    struct cpt_decimal decimal;
    int whole, power;

    absolute = absolute < 0 ? -absolute : absolute;
    if (number.nan || number.infinite) {
        snprintf(text, text_size, "%s%s", before, number.nan ? "nan" : "inf");
        return;
    }
    cpt_float_shortest(&number, CPT_FLOAT_EXACT, CPT_FLOAT_EXACT, &decimal);
    whole = decimal.point;
    power = whole - 1;
    if (number.fraction && (absolute >= exponent_limit(dialect, size) || absolute < 1e-4))
        snprintf(text, text_size, "%s%c%s%se%c%02d", before, decimal.digits[0], decimal.count > 1 ? "." : "",
                 decimal.digits + 1, power < 0 ? '-' : '+', power < 0 ? -power : power);
    else if (whole <= 0)
        snprintf(text, text_size, "%s0.%.*s%s", before, -whole, "0000", decimal.digits);
    else if (decimal.count > whole)
        snprintf(text, text_size, "%s%.*s.%s", before, whole, decimal.digits, decimal.digits + whole);
    else
        snprintf(text, text_size, "%s%s%.*s%s", before, decimal.digits, whole - decimal.count, "00000000000000000000",
                 dot ? ".0" : "");
}

/* Without the parentheses of a complex number: true where it has a real part that is shown. */
static bool
format_number(const struct scalar *scalar, const uint8_t *value, const struct cpt_numpy_dialect *dialect, char *text,
              size_t size)
{
    struct cpt_numpy_array like = {.dtype = {.kind = scalar->kind, .itemsize = scalar->size}};
    size_t half = scalar->size / 2, used = 0;
    bool has_real = false;

    if (scalar->kind == 'f') {
        format_float(value, scalar->size, dialect, true, false, text, size);
    } else if (scalar->kind == 'c') {
        const struct cpt_float real = cpt_float_unpack(value, half);

        has_real = real.fraction || real.negative || real.nan || real.infinite;
        if (has_real) {
            format_float(value, half, dialect, false, false, text, size);
            used = strlen(text);
        }
        format_float(value + half, half, dialect, false, has_real, text + used, size - used);
        used += strlen(text + used);
        snprintf(text + used, size - used, "j");
    } else {
        text[cpt_numpy_word(&like, value, text)] = '\0';
    }
    return has_real;
}

static void
write_number(struct cpt_repr *repr, const struct scalar *scalar, const uint8_t *value)
{
    const struct cpt_numpy_dialect dialect = cpt_numpy_dialect(repr->values);
    bool both, old = !dialect.names_scalars;
    const char *quote = !old && scalar->size / (scalar->kind == 'c' ? 2 : 1) == 16 ? "'" : "";
    char text[2 * CPT_NUMPY_WORD];

    both = format_number(scalar, value, &dialect, text, sizeof(text));
    if (scalar->kind == 'b') {
        cpt_repr_printf(repr, "%s%s%s", old ? "" : "np.", text, old ? "" : "_");
        return;
    }
    if (!old)
        cpt_repr_printf(repr, "np.%s(%s%s%s)", scalar->shown, quote, text, quote);
    else
        cpt_repr_printf(repr, both ? "(%s)" : "%s", text);
}

/* Whether a datetime64's text does not tell its unit: enum NPY_DATETIMEUNIT has hours as 5. */
static bool
needs_unit(int64_t count, int unit, int multiple, const struct cpt_numpy_dialect *dialect)
{
    return multiple != 1 || unit == 5 || (count == CPT_NUMPY_NAT && dialect->tells_unit_of_nat);
}

/* The value of a datetime64 or timedelta64, with its unit behind it. */
static void
write_time(struct cpt_repr *repr, const struct scalar *scalar, const uint8_t *value)
{
    int64_t count = (int64_t)cpt_load_u64(value);
    int unit = (int)cpt_load_u32(value + 8), multiple = (int)cpt_load_u32(value + 12);
    const struct cpt_numpy_dialect dialect = cpt_numpy_dialect(repr->values);
    char text[64], units[32];

    cpt_repr_printf(repr, "%s.%s(", dialect.names_scalars ? "np" : "numpy", scalar->shown);
    cpt_numpy_unit(unit, multiple, units, sizeof(units));
    if (*units)
        units[strlen(units) - 1] = '\0';
    else if (scalar->kind == 'M' && count == CPT_NUMPY_NAT && dialect.tells_unit_of_nat)
        snprintf(units, sizeof(units), "[%s", cpt_numpy_unit_name(unit));
    cpt_numpy_datetime(count, unit, multiple, text, sizeof(text));
    if (count == CPT_NUMPY_NAT)
        cpt_repr_text(repr, "'NaT'");
    else if (scalar->kind == 'M')
        cpt_repr_printf(repr, "'%s'", text);
    else
        cpt_repr_printf(repr, "%" PRId64, count);
    if (*units && (scalar->kind == 'm' || needs_unit(count, unit, multiple, &dialect)))
        cpt_repr_printf(repr, ",'%s'", units + 1);
    cpt_repr_text(repr, ")");
}

/* numpy.str_ and numpy.bytes_ are subclasses of Python's own. */
static cpt_status
write_text(struct cpt_repr *repr, const struct cpt_object *object, const struct scalar *scalar)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    bool old = !cpt_numpy_dialect(repr->values).names_scalars;
    uint64_t size;
    cpt_status status;

    if (!old)
        cpt_repr_printf(repr, "np.%s(", scalar->shown);
    if (scalar->kind == 's') {
        status = cpt_repr_str(repr, object->address);
    } else {
        status = cpt_memory_read_u64(repr->decode->memory, object->address + (uint64_t)at->var.ob_size, &size,
                                     &repr->error);
        if (!status && size >> 56)
            status = cpt_repr_fail(repr, CPT_CORRUPT, object->address, "a length that is not plausible");
        if (!status)
            status = cpt_repr_raw_bytes(repr, object->address + (uint64_t)at->bytes.ob_sval, size);
    }
    cpt_repr_text(repr, old ? "" : ")");
    return status;
}

cpt_status
cpt_numpy_write_scalar(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct scalar *scalar = find_scalar(repr, object);
    uint8_t value[CPT_NUMPY_ITEM];
    uint64_t address = object->address + (uint64_t)repr->decode->at->object.size;
    bool is_time;
    cpt_status status = cpt_repr_needs(repr, repr->decode->at->object.size);

    if (status)
        return status;
    if (!scalar)
        return cpt_repr_fail(repr, CPT_ABSENT, 0, "an unknown scalar");
    if (!scalar->size)
        return write_text(repr, object, scalar);
    /* A long double is aligned to 16 bytes. */
    if (scalar->size / (scalar->kind == 'c' ? 2 : 1) == 16)
        address = object->address + (((uint64_t)repr->decode->at->object.size + 15) & ~UINT64_C(15));
    is_time = scalar->kind == 'M' || scalar->kind == 'm';
    status = cpt_memory_read(repr->decode->memory, address, value, scalar->size + (is_time ? 8 : 0), &repr->error);
    if (status)
        return status;
    if (is_time)
        write_time(repr, scalar, value);
    else
        write_number(repr, scalar, value);
    return CPT_OK;
}

/* repr() of decimal.Decimal as _decimal has it: libmpdec's mpd_t, whose coefficient is words of 19 decimal digits. */
#include "coreanalyze/base/bytes.h"
#include "coreanalyze/decode/repr.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WORD_DIGITS 19                         /* MPD_RDIGITS with words of 64 bits */
#define RADIX UINT64_C(10000000000000000000)   /* MPD_RADIX */
#define MAX_EXPONENT INT64_C(999999999999999999) /* MPD_MAX_EMAX; MPD_MIN_ETINY is no more than twice as far */
#define NEGATIVE 1
#define INFINITE 2
#define QUIET_NAN 4
#define SIGNALLING_NAN 8
#define SPECIAL (INFINITE | QUIET_NAN | SIGNALLING_NAN)

struct decimal {
    struct cpt_repr *repr;
    uint8_t flags;
    int64_t exponent;
    uint64_t digits, words, data;
    uint64_t block[32]; /* words [start, start + count) of the coefficient */
    uint64_t start, count;
};

static cpt_status
read_decimal(struct cpt_repr *repr, const struct cpt_object *object, struct decimal *decimal)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    cpt_status status = cpt_repr_needs(repr, at->decimal.data);

    if (!status)
        status = cpt_repr_struct(repr, object, (size_t)at->decimal.data + 8, &s);
    if (status)
        return status;
    decimal->flags = cpt_struct_u8(&s, at->decimal.flags);
    decimal->exponent = (int64_t)cpt_struct_u64(&s, at->decimal.exp);
    decimal->digits = cpt_struct_u64(&s, at->decimal.digits);
    decimal->words = cpt_struct_u64(&s, at->decimal.len);
    decimal->data = cpt_struct_u64(&s, at->decimal.data);
    if (decimal->flags & SPECIAL)
        return CPT_OK;
    if (!decimal->digits || decimal->digits >> 60 || decimal->words != (decimal->digits - 1) / WORD_DIGITS + 1 ||
        decimal->exponent > MAX_EXPONENT || decimal->exponent < -2 * MAX_EXPONENT)
        return cpt_repr_fail(repr, CPT_CORRUPT, object->address, "a Decimal is not plausible");
    return CPT_OK;
}

/* Word INDEX of the coefficient, least significant first; they are read from the most significant one down. */
static cpt_status
get_word(struct decimal *decimal, uint64_t index, uint64_t *word)
{
    const uint64_t most = sizeof(decimal->block) / sizeof(decimal->block[0]);
    cpt_status status = CPT_OK;

    if (index < decimal->start || index - decimal->start >= decimal->count) {
        decimal->start = index + 1 > most ? index + 1 - most : 0;
        decimal->count = index + 1 - decimal->start;
        status = cpt_memory_read(decimal->repr->decode->memory, decimal->data + 8 * decimal->start, decimal->block,
                                 8 * (size_t)decimal->count, &decimal->repr->error);
    }
    if (status)
        return status;
    *word = decimal->block[index - decimal->start];
    if (*word >= RADIX)
        return cpt_repr_fail(decimal->repr, CPT_CORRUPT, decimal->data + 8 * index, "a word of a Decimal is too large");
    return CPT_OK;
}

/* Digits [FIRST, LAST) of the coefficient, from the most significant one. */
static cpt_status
write_coefficient(struct decimal *decimal, uint64_t first, uint64_t last)
{
    /* The most significant word is not full. */
    const uint64_t missing = decimal->words * WORD_DIGITS - decimal->digits;

    for (uint64_t i = first; i < last && !decimal->repr->full;) {
        uint64_t place = i + missing, in_word = place % WORD_DIGITS, word;
        uint64_t count = last - i < WORD_DIGITS - in_word ? last - i : WORD_DIGITS - in_word;
        char text[24];
        cpt_status status = get_word(decimal, decimal->words - 1 - place / WORD_DIGITS, &word);

        if (status)
            return status;
        if (!cpt_repr_step(decimal->repr))
            break;
        snprintf(text, sizeof(text), "%019" PRIu64, word);
        cpt_repr_bytes(decimal->repr, text + in_word, (size_t)count);
        i += count;
    }
    return CPT_OK;
}

/* NaNs have a payload, mostly empty. */
static cpt_status
write_special(struct decimal *decimal)
{
    if (decimal->flags & INFINITE) {
        cpt_repr_text(decimal->repr, "Infinity");
        return CPT_OK;
    }
    cpt_repr_text(decimal->repr, decimal->flags & QUIET_NAN ? "NaN" : "sNaN");
    if (!decimal->words)
        return CPT_OK;
    if (!decimal->digits || decimal->words != (decimal->digits - 1) / WORD_DIGITS + 1)
        return cpt_repr_fail(decimal->repr, CPT_CORRUPT, decimal->data, "the payload of a NaN is not plausible");
    return write_coefficient(decimal, 0, decimal->digits);
}

/* The specification's to-scientific-string: an exponent where it is positive, or the number below 1E-6. POINT counts
   the digits before the decimal point. */
static cpt_status
write_number(struct decimal *decimal)
{
    struct cpt_repr *repr = decimal->repr;
    int64_t digits = (int64_t)decimal->digits, leading = decimal->exponent + digits - 1;
    bool scientific = decimal->exponent > 0 || leading < -6;
    int64_t point = scientific ? 1 : decimal->exponent + digits;
    cpt_status status;

    if (point <= 0)
        cpt_repr_printf(repr, "0.%.*s", (int)-point, "000000");
    status = write_coefficient(decimal, 0, point > 0 ? (uint64_t)point : 0);
    if (!status && point > 0 && point < digits)
        cpt_repr_text(repr, ".");
    if (!status)
        status = write_coefficient(decimal, point > 0 ? (uint64_t)point : 0, decimal->digits);
    if (scientific)
        cpt_repr_printf(repr, "E%+" PRId64, leading);
    return status;
}

static cpt_status
write_decimal(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct decimal decimal = {.repr = repr};
    cpt_status status = read_decimal(repr, object, &decimal);

    if (status)
        return status;
    cpt_repr_text(repr, "Decimal('");
    if (decimal.flags & NEGATIVE)
        cpt_repr_text(repr, "-");
    status = decimal.flags & SPECIAL ? write_special(&decimal) : write_number(&decimal);
    cpt_repr_text(repr, "')");
    return status;
}

const struct cpt_kind cpt_kinds_decimal[] = {
    {"decimal.Decimal", write_decimal},
    {NULL, NULL},
};

/* Floats of an array, written alike as numpy's FloatingFormat (_core/arrayprint.py) does with its default options: up to
 * 8 places behind the point, all in one notation, padded to the same width.
 */
#include "coreanalyze/decode/numpy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 8

static int
larger(int a, int b)
{
    return a > b ? a : b;
}

static bool
is_finite(const struct cpt_float *number)
{
    return !number->nan && !number->infinite;
}

static bool
has_sign(const struct cpt_numpy_floats *floats, const struct cpt_float *number)
{
    return number->negative || floats->sign;
}

/* Which numbers there are. */
static void
measure_range(struct cpt_numpy_floats *floats, const struct cpt_float *number)
{
    double value;

    if (!is_finite(number)) {
        floats->all_finite = false;
        floats->negative_infinite = floats->negative_infinite || (number->infinite && number->negative);
        return;
    }
    if (!number->fraction)
        return;
    value = cpt_float_value(number);
    value = value < 0 ? -value : value;
    if (!floats->any || value < floats->least)
        floats->least = value;
    if (!floats->any || value > floats->greatest)
        floats->greatest = value;
    floats->any = true;
}

static int
exponent_of(const struct cpt_float *number, const struct cpt_decimal *decimal)
{
    return number->fraction ? decimal->point - 1 : 0;
}

static void
take_digits(const struct cpt_numpy_floats *floats, const struct cpt_float *number, struct cpt_decimal *decimal)
{
    if (floats->with_exponent)
        cpt_float_shortest(number, PLACES + 1, CPT_FLOAT_EXACT, decimal);
    else
        cpt_float_shortest(number, CPT_FLOAT_EXACT, PLACES, decimal);
}

/* Where the shortest digits would have to be filled up with zeros, numpy writes the digits of the number itself. */
static void
take_all_digits(const struct cpt_numpy_floats *floats, const struct cpt_float *number, struct cpt_decimal *decimal)
{
    int least;

    take_digits(floats, number, decimal);
    least = floats->with_exponent ? floats->places + 1 : decimal->point;
    if (decimal->count < least && least < (int)sizeof(decimal->digits))
        cpt_float_round(number, least, decimal);
}

static int
places_of(const struct cpt_numpy_floats *floats, const struct cpt_float *number, const struct cpt_decimal *decimal)
{
    if (!number->fraction)
        return 0;
    return larger(0, decimal->count - (floats->with_exponent ? 1 : decimal->point));
}

/* How long they are. */
static void
measure_length(struct cpt_numpy_floats *floats, const struct cpt_float *number)
{
    struct cpt_decimal decimal;
    int whole, digits;

    if (!is_finite(number))
        return;
    take_digits(floats, number, &decimal);
    whole = floats->with_exponent ? 1 : larger(1, decimal.point);
    floats->left = larger(floats->left, whole + has_sign(floats, number));
    floats->places = larger(floats->places, places_of(floats, number, &decimal));
    digits = snprintf(NULL, 0, "%02d", abs(exponent_of(number, &decimal)));
    floats->exponent_digits = larger(floats->exponent_digits, digits);
}

void
cpt_numpy_float_measure(struct cpt_numpy_floats *floats, const struct cpt_float *number, unsigned round)
{
    if (round == 0)
        measure_range(floats, number);
    else
        measure_length(floats, number);
}

/* From which number on exponents are used. */
static double
exponent_limit(const struct cpt_numpy_dialect *dialect, uint64_t size)
{
    if (dialect->limits_by_type && size == 2)
        return 1e3;
    return dialect->limits_by_type && size == 4 ? 1e6 : 1e8;
}

/* And below which. */
static double
small_limit(const struct cpt_numpy_dialect *dialect, uint64_t size)
{
    if (dialect->rounds_limits && size == 2)
        return 0x1.a38p-14;
    return dialect->rounds_limits && size == 4 ? (double)1e-4f : 1e-4;
}

void
cpt_numpy_float_settle(struct cpt_numpy_floats *floats, unsigned round, const struct cpt_numpy_dialect *dialect,
                       uint64_t size)
{
    if (round == 0) {
        floats->with_exponent = floats->any && (floats->greatest >= exponent_limit(dialect, size) ||
                                                floats->least < small_limit(dialect, size) || floats->greatest / floats->least > 1000);
        return;
    }
    floats->right = floats->places + (floats->with_exponent ? floats->exponent_digits + 2 : 0);
    if (!floats->all_finite)
        floats->left = larger(floats->left, 3 + (floats->negative_infinite || floats->sign) - floats->right - 1);
}

static size_t
write_special(const struct cpt_numpy_floats *floats, const struct cpt_float *number, char *word, size_t size)
{
    char text[8];
    const char *sign = number->infinite && number->negative ? "-" : floats->sign ? "+" : "";

    snprintf(text, sizeof(text), "%s%s", sign, number->nan ? "nan" : "inf");
    snprintf(word, size, "%*s", floats->left + floats->right + 1, text);
    return strlen(word);
}

static void
write_exponent(const struct cpt_numpy_floats *floats, const struct cpt_float *number,
               const struct cpt_decimal *decimal, const char *sign, char *text, size_t size)
{
    int exponent = exponent_of(number, decimal), zeros = floats->places - places_of(floats, number, decimal);

    snprintf(text, size, "%*s%c.%s%.*se%c%0*d", floats->left - 1, sign, decimal->digits[0], decimal->digits + 1, zeros,
             "00000000", exponent < 0 ? '-' : '+', floats->exponent_digits, abs(exponent));
}

static void
write_point(const struct cpt_numpy_floats *floats, const struct cpt_decimal *decimal, const char *sign, char *text,
            size_t size)
{
    char whole[40], places[40];
    int zeros = larger(0, decimal->point - decimal->count), before = larger(0, decimal->point);

    if (before)
        snprintf(whole, sizeof(whole), "%s%.*s%.*s", sign, before, decimal->digits, zeros > 20 ? 20 : zeros,
                 "00000000000000000000");
    else
        snprintf(whole, sizeof(whole), "%s0", sign);
    snprintf(places, sizeof(places), "%.*s%s", decimal->point < 0 ? (decimal->point < -8 ? 8 : -decimal->point) : 0,
             "00000000", before < decimal->count ? decimal->digits + before : "");
    snprintf(text, size, "%*s.%-*s", floats->left, whole, floats->right, places);
}

size_t
cpt_numpy_float_word(const struct cpt_numpy_floats *floats, const struct cpt_float *number, char *word, size_t size)
{
    struct cpt_decimal decimal;
    const char *sign = number->negative ? "-" : floats->sign ? "+" : "";

    if (!is_finite(number))
        return write_special(floats, number, word, size);
    take_all_digits(floats, number, &decimal);
    /* A number that was not there when widths were measured can be of any size. */
    if (floats->with_exponent || decimal.point > 20)
        write_exponent(floats, number, &decimal, sign, word, size);
    else
        write_point(floats, &decimal, sign, word, size);
    return strlen(word);
}

/* The digits come from exact integer arithmetic as Steele and White ("How to Print Floating-Point Numbers Accurately",
 * 1990) describe it, with the choices that mode 0 of David Gay's dtoa, CPython's Python/dtoa.c, makes at ties.
 */
#include "coreanalyze/decode/floattext.h"

#include "coreanalyze/base/bytes.h"

#include <stdio.h>
#include <string.h>

/* Room for the numbers of 80 bits with the greatest and the smallest exponent: 2**16384 * 2**66, 2**16446. */
#define WORDS 520

struct big {
    uint32_t words[WORDS]; /* least significant first */
    int count;             /* none but zeros above */
};

static void
big_set(struct big *big, uint64_t value)
{
    big->words[0] = (uint32_t)value;
    big->words[1] = (uint32_t)(value >> 32);
    big->count = value >> 32 ? 2 : value ? 1 : 0;
}

static void
big_push(struct big *big, uint32_t word)
{
    if (word && big->count < WORDS)
        big->words[big->count++] = word;
}

static void
big_multiply(struct big *big, uint32_t factor)
{
    uint64_t carry = 0;

    for (int i = 0; i < big->count; i++) {
        carry += (uint64_t)big->words[i] * factor;
        big->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    big_push(big, (uint32_t)carry);
}

static void
big_multiply_power(struct big *big, int power_of_ten)
{
    for (; power_of_ten >= 9; power_of_ten -= 9)
        big_multiply(big, 1000000000);
    for (; power_of_ten > 0; power_of_ten--)
        big_multiply(big, 10);
}

static void
big_shift(struct big *big, int bits)
{
    int words = bits / 32;

    big_multiply(big, (uint32_t)1 << bits % 32);
    if (!big->count || big->count + words > WORDS)
        return;
    memmove(big->words + words, big->words, (size_t)big->count * sizeof(uint32_t));
    memset(big->words, 0, (size_t)words * sizeof(uint32_t));
    big->count += words;
}

static int
big_compare(const struct big *a, const struct big *b)
{
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    for (int i = a->count; i-- > 0;) {
        if (a->words[i] != b->words[i])
            return a->words[i] < b->words[i] ? -1 : 1;
    }
    return 0;
}

/* BIG -= OTHER, which is not greater. */
static void
big_subtract(struct big *big, const struct big *other)
{
    uint32_t borrow = 0;

    for (int i = 0; i < big->count; i++) {
        uint64_t take = (uint64_t)(i < other->count ? other->words[i] : 0) + borrow;

        borrow = big->words[i] < take;
        big->words[i] -= (uint32_t)take;
    }
    while (big->count && !big->words[big->count - 1])
        big->count--;
}

/* A + B compared with C. */
static int
big_compare_sum(const struct big *a, const struct big *b, const struct big *c)
{
    struct big sum = {.count = a->count > b->count ? a->count : b->count};
    uint64_t carry = 0;

    for (int i = 0; i < sum.count; i++) {
        carry += (uint64_t)(i < a->count ? a->words[i] : 0) + (i < b->count ? b->words[i] : 0);
        sum.words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    big_push(&sum, (uint32_t)carry);
    return big_compare(&sum, c);
}

/* The value is REST / SCALE; half of the way to its neighbours BELOW / SCALE and ABOVE / SCALE. */
struct fraction {
    struct big rest, scale, below, above;
};

static void
set_up(const struct cpt_float *value, struct fraction *f)
{
    int up = value->exponent > 0 ? value->exponent : 0, down = value->exponent < 0 ? -value->exponent : 0;
    int more = value->closer_below;

    big_set(&f->rest, value->fraction);
    big_shift(&f->rest, up + 1 + more);
    big_set(&f->scale, 1);
    big_shift(&f->scale, down + 1 + more);
    big_set(&f->below, 1);
    big_shift(&f->below, up);
    big_set(&f->above, 1);
    big_shift(&f->above, up + more);
}

static void
times_ten(struct fraction *f)
{
    big_multiply(&f->rest, 10);
    big_multiply(&f->below, 10);
    big_multiply(&f->above, 10);
}

/* Scales the fraction to 1 <= value < 10 and returns the exponent of ten. */
static int
normalize(const struct cpt_float *value, struct fraction *f)
{
    int bits = 64 - __builtin_clzll(value->fraction) + value->exponent - 1;
    /* floor(log10(2**bits)), with log10(2) * 2**32: right for the value itself, or one too small. */
    int power = (int)(((int64_t)bits * 1292913986) >> 32);
    struct big ten;

    if (power > 0) {
        big_multiply_power(&f->scale, power);
    } else {
        big_multiply_power(&f->rest, -power);
        big_multiply_power(&f->below, -power);
        big_multiply_power(&f->above, -power);
    }
    ten = f->scale;
    big_multiply(&ten, 10);
    if (big_compare(&f->rest, &ten) < 0)
        return power;
    f->scale = ten;
    return power + 1;
}

static int
take_digit(struct fraction *f)
{
    int digit = 0;

    while (big_compare(&f->rest, &f->scale) >= 0) {
        big_subtract(&f->rest, &f->scale);
        digit++;
    }
    return digit;
}

/* The last digit, rounded to the nearer side, and to even in the middle. */
static int
round_digit(struct fraction *f, int digit)
{
    int half;

    big_multiply(&f->rest, 2);
    half = big_compare(&f->rest, &f->scale);
    return digit + (half > 0 || (half == 0 && digit % 2));
}

/* Whether DIGIT, the next one, is the last one; then *DIGIT may have been rounded up, to 10 at most. */
static bool
is_last(struct fraction *f, bool even, int *digit)
{
    int low = big_compare(&f->rest, &f->below), high = big_compare_sum(&f->rest, &f->above, &f->scale);

    if (high == 0 && even) {
        *digit += low > 0;
        return true;
    }
    if (low < 0 || (low == 0 && even)) {
        if (f->rest.count && high > 0)
            *digit = round_digit(f, *digit);
        return true;
    }
    *digit += high > 0;
    return high > 0;
}

/* A last digit of 10 carries into those before it. */
static void
carry(struct cpt_decimal *s)
{
    while (s->count && s->digits[s->count - 1] > '9') {
        if (--s->count)
            s->digits[s->count - 1]++;
        else
            s->point++;
    }
    if (!s->count)
        s->digits[s->count++] = '1';
}

static void
drop_zeros(struct cpt_decimal *s)
{
    while (s->count > 1 && s->digits[s->count - 1] == '0')
        s->count--;
    s->digits[s->count] = '\0';
}

static void
make_digits(const struct cpt_float *number, bool shortest, int digits, int places, struct cpt_decimal *decimal)
{
    bool even = number->fraction % 2 == 0, last = false;
    struct fraction f;

    *decimal = (struct cpt_decimal){.digits = "0", .count = 1, .point = 1};
    if (!number->fraction)
        return;
    set_up(number, &f);
    decimal->count = 0;
    decimal->point = normalize(number, &f) + 1;
    while (!last && decimal->count < (int)sizeof(decimal->digits) - 1) {
        int digit = take_digit(&f), taken = decimal->count + 1;

        last = shortest && is_last(&f, even, &digit);
        if (!last && (taken >= digits || taken - decimal->point >= places)) {
            digit = round_digit(&f, digit);
            last = true;
        }
        decimal->digits[decimal->count++] = (char)('0' + digit);
        times_ten(&f);
    }
    carry(decimal);
    drop_zeros(decimal);
}

void
cpt_float_shortest(const struct cpt_float *number, int digits, int places, struct cpt_decimal *decimal)
{
    make_digits(number, true, digits, places, decimal);
}

void
cpt_float_round(const struct cpt_float *number, int digits, struct cpt_decimal *decimal)
{
    make_digits(number, false, digits, CPT_FLOAT_EXACT, decimal);
}

/* PyOS_double_to_string with 'r': an exponent below 1e-4 and from 1e16 on. */
static void
write_digits(const struct cpt_decimal *s, unsigned format, char *p, size_t size)
{
    const char *tail = format & CPT_FLOAT_POINT ? ".0" : "";

    if (s->point > 16 || s->point < -3) {
        int power = s->point - 1;

        snprintf(p, size, "%c%s%se%c%02d", s->digits[0], s->count > 1 ? "." : "", s->digits + 1,
                 power < 0 ? '-' : '+', power < 0 ? -power : power);
    } else if (s->point <= 0) {
        snprintf(p, size, "0.%.*s%s", -s->point, "000", s->digits);
    } else if (s->count > s->point) {
        snprintf(p, size, "%.*s.%s", s->point, s->digits, s->digits + s->point);
    } else {
        /* No more than 16 digits, as POINT is: the compiler cannot know. */
        snprintf(p, size, "%.16s%.*s%s", s->digits, s->point - s->count, "0000000000000000", tail);
    }
}

void
cpt_float_write(const struct cpt_float *number, unsigned format, char text[CPT_FLOAT_TEXT])
{
    struct cpt_decimal decimal;
    char *p = text;

    if (number->negative && !number->nan)
        *p++ = '-';
    else if (format & CPT_FLOAT_SIGN)
        *p++ = '+';
    if (number->nan || number->infinite) {
        memcpy(p, number->nan ? "nan" : "inf", 4);
        return;
    }
    cpt_float_shortest(number, CPT_FLOAT_EXACT, CPT_FLOAT_EXACT, &decimal);
    write_digits(&decimal, format, p, (size_t)(text + CPT_FLOAT_TEXT - p));
}

void
cpt_float_text(double value, unsigned format, char text[CPT_FLOAT_TEXT])
{
    const struct cpt_float number = cpt_float_unpack(&value, sizeof(value));

    cpt_float_write(&number, format, text);
}

/* BITS: sign, EXPONENT_BITS of exponent, FRACTION_BITS of fraction without its leading one. */
static struct cpt_float
take_apart(uint64_t bits, int exponent_bits, int fraction_bits)
{
    const int most = (1 << exponent_bits) - 1, bias = most / 2;
    int exponent = (int)(bits >> fraction_bits) & most;
    struct cpt_float number = {.fraction = bits & ((UINT64_C(1) << fraction_bits) - 1),
                               .negative = bits >> (fraction_bits + exponent_bits) & 1};

    number.infinite = exponent == most && !number.fraction;
    number.nan = exponent == most && number.fraction;
    number.closer_below = !number.fraction && exponent > 1;
    if (exponent)
        number.fraction |= UINT64_C(1) << fraction_bits;
    number.exponent = (exponent ? exponent : 1) - bias - fraction_bits;
    return number;
}

/* x87's has the leading one in its fraction. */
static struct cpt_float
take_extended_apart(uint64_t fraction, uint16_t head)
{
    int exponent = head & 0x7fff;
    struct cpt_float number = {.fraction = fraction, .negative = head >> 15};

    number.infinite = exponent == 0x7fff && !(fraction << 1);
    number.nan = exponent == 0x7fff && fraction << 1;
    number.closer_below = fraction == UINT64_C(1) << 63 && exponent > 1;
    number.exponent = (exponent ? exponent : 1) - 16383 - 63;
    return number;
}

struct cpt_float
cpt_float_unpack(const void *bytes, size_t size)
{
    const uint8_t *p = bytes;

    switch (size) {
    case 2:
        return take_apart(cpt_load_u16(p), 5, 10);
    case 4:
        return take_apart(cpt_load_u32(p), 8, 23);
    case 8:
        return take_apart(cpt_load_u64(p), 11, 52);
    case 16:
        return take_extended_apart(cpt_load_u64(p), cpt_load_u16(p + 8));
    default:
        return (struct cpt_float){.nan = true};
    }
}

double
cpt_float_value(const struct cpt_float *number)
{
    double value = number->nan ? __builtin_nan("") : number->infinite ? __builtin_inf() : 0;
    int exponent = number->exponent;

    if (!number->nan && !number->infinite) {
        uint64_t fraction = number->fraction;

        for (; fraction >> 53; fraction >>= 1)
            exponent++;
        value = (double)fraction;
        for (; exponent < 0 && value != 0; exponent++)
            value /= 2;
        for (; exponent > 0 && value != 0 && value < __builtin_inf(); exponent--)
            value *= 2;
    }
    return number->negative ? -value : value;
}

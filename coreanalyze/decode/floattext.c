/* The digits come from exact integer arithmetic as Steele and White ("How to Print Floating-Point Numbers Accurately",
 * 1990) describe it, with the choices that mode 0 of David Gay's dtoa, CPython's Python/dtoa.c, makes at ties.
 */
#include "coreanalyze/decode/floattext.h"

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
set_up(const struct cpt_binary *value, struct fraction *f)
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
normalize(const struct cpt_binary *value, struct fraction *f)
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
carry(struct cpt_shortest *s)
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

void
cpt_float_shortest(const struct cpt_binary *value, struct cpt_shortest *shortest)
{
    bool even = value->fraction % 2 == 0, last;
    struct fraction f;

    set_up(value, &f);
    shortest->count = 0;
    shortest->point = normalize(value, &f) + 1;
    do {
        int digit = take_digit(&f);

        last = is_last(&f, even, &digit);
        shortest->digits[shortest->count++] = (char)('0' + digit);
        times_ten(&f);
    } while (!last && shortest->count < (int)sizeof(shortest->digits) - 1);
    carry(shortest);
    shortest->digits[shortest->count] = '\0';
}

/* PyOS_double_to_string with 'r': an exponent below 1e-4 and from 1e16 on. */
static void
write_digits(const struct cpt_shortest *s, unsigned format, char *p)
{
    const char *tail = format & CPT_FLOAT_POINT ? ".0" : format & CPT_FLOAT_DOT ? "." : "";

    if (s->point > 16 || s->point < -3) {
        int power = s->point - 1;

        sprintf(p, "%c%s%se%c%02d", s->digits[0], s->count > 1 ? "." : "", s->digits + 1, power < 0 ? '-' : '+',
                power < 0 ? -power : power);
    } else if (s->point <= 0) {
        sprintf(p, "0.%.*s%s", -s->point, "000", s->digits);
    } else if (s->count > s->point) {
        sprintf(p, "%.*s.%s", s->point, s->digits, s->digits + s->point);
    } else {
        sprintf(p, "%s%.*s%s", s->digits, s->point - s->count, "0000000000000000", tail);
    }
}

/* One of IEEE's numbers, taken apart. */
struct parts {
    uint64_t fraction; /* with the leading one */
    int exponent;
    bool negative, infinite, nan, closer_below;
};

static void
write_parts(const struct parts *parts, unsigned format, char text[CPT_FLOAT_TEXT])
{
    const struct cpt_binary binary = {parts->fraction, parts->exponent, parts->closer_below};
    struct cpt_shortest shortest = {.digits = "0", .count = 1, .point = 1};
    char *p = text;

    if (parts->negative && !parts->nan)
        *p++ = '-';
    else if (format & CPT_FLOAT_SIGN)
        *p++ = '+';
    if (parts->nan || parts->infinite) {
        strcpy(p, parts->nan ? "nan" : "inf");
        return;
    }
    if (parts->fraction)
        cpt_float_shortest(&binary, &shortest);
    write_digits(&shortest, format, p);
}

/* BITS: sign, EXPONENT_BITS of exponent, FRACTION_BITS of fraction without its leading one. */
static struct parts
take_apart(uint64_t bits, int exponent_bits, int fraction_bits)
{
    const int most = (1 << exponent_bits) - 1, bias = most / 2;
    int exponent = (int)(bits >> fraction_bits) & most;
    struct parts parts = {.fraction = bits & ((UINT64_C(1) << fraction_bits) - 1),
                          .negative = bits >> (fraction_bits + exponent_bits) & 1};

    parts.infinite = exponent == most && !parts.fraction;
    parts.nan = exponent == most && parts.fraction;
    parts.closer_below = !parts.fraction && exponent > 1;
    if (exponent)
        parts.fraction |= UINT64_C(1) << fraction_bits;
    parts.exponent = (exponent ? exponent : 1) - bias - fraction_bits;
    return parts;
}

void
cpt_float_text(double value, unsigned format, char text[CPT_FLOAT_TEXT])
{
    struct parts parts;
    uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    parts = take_apart(bits, 11, 52);
    write_parts(&parts, format, text);
}

void
cpt_float_text_half(uint16_t bits, unsigned format, char text[CPT_FLOAT_TEXT])
{
    const struct parts parts = take_apart(bits, 5, 10);

    write_parts(&parts, format, text);
}

void
cpt_float_text_single(uint32_t bits, unsigned format, char text[CPT_FLOAT_TEXT])
{
    const struct parts parts = take_apart(bits, 8, 23);

    write_parts(&parts, format, text);
}

void
cpt_float_text_extended(uint64_t fraction, uint16_t head, unsigned format, char text[CPT_FLOAT_TEXT])
{
    int exponent = head & 0x7fff;
    struct parts parts = {.fraction = fraction, .negative = head >> 15};

    /* The leading one is explicit. */
    parts.infinite = exponent == 0x7fff && !(fraction << 1);
    parts.nan = exponent == 0x7fff && fraction << 1;
    parts.closer_below = fraction == UINT64_C(1) << 63 && exponent > 1;
    parts.exponent = (exponent ? exponent : 1) - 16383 - 63;
    write_parts(&parts, format, text);
}

double
cpt_half_to_double(uint16_t bits)
{
    const struct parts parts = take_apart(bits, 5, 10);
    double value = parts.nan ? __builtin_nan("") : parts.infinite ? __builtin_inf() : (double)parts.fraction;

    for (int i = parts.exponent; i < 0 && !parts.nan && !parts.infinite; i++)
        value /= 2;
    for (int i = parts.exponent; i > 0 && !parts.nan && !parts.infinite; i--)
        value *= 2;
    return parts.negative ? -value : value;
}

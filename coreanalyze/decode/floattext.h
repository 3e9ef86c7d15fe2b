/* Binary floating-point numbers as the shortest decimal text that reads back as the same number: what repr() of a float
   writes. Exact, and without the C library's printf and strtod, whose texts depend on the locale. */
#ifndef CPT_DECODE_FLOATTEXT_H
#define CPT_DECODE_FLOATTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One number: FRACTION * 2**EXPONENT, or none. */
struct cpt_float {
    uint64_t fraction; /* 0: zero */
    int exponent;      /* within ±16600 */
    bool negative, infinite, nan;
    bool closer_below; /* FRACTION is the smallest with its exponent, so the next number below is half as far */
};

/* The number of IEEE 754 in SIZE bytes: 2, 4, 8; or 16 for x87's of 80 bits. Any other SIZE: a NaN. */
struct cpt_float cpt_float_unpack(const void *bytes, size_t size);

/* The same as a double, rounded toward zero where it is one of 80 bits. */
double cpt_float_value(const struct cpt_float *number);

/* The number 0.D1D2D3… * 10**POINT. */
struct cpt_decimal {
    char digits[24]; /* '1' … '9' first, without trailing zeros, with a final NUL; "0" for zero */
    int count;
    int point;
};

#define CPT_FLOAT_EXACT 1000000 /* for DIGITS and PLACES: as many as it takes */

/* The shortest decimal that is nearer to the finite NUMBER than to its neighbours, and of those of that length the
   nearest one. Neighbours' middles count as NUMBER's own when its fraction is even, as reading them rounds. Where that
   would take more than DIGITS digits, or more than PLACES behind the decimal point: rounded to so many, but one. */
void cpt_float_shortest(const struct cpt_float *number, int digits, int places, struct cpt_decimal *decimal);

/* NUMBER, finite, rounded to DIGITS digits (1 … 23), to even in the middle. */
void cpt_float_round(const struct cpt_float *number, int digits, struct cpt_decimal *decimal);

enum cpt_float_format {
    CPT_FLOAT_POINT = 1,  /* ".0" behind whole numbers: float's own repr */
    CPT_FLOAT_SIGN = 2,   /* a sign in any case: the imaginary part of a complex */
};

#define CPT_FLOAT_TEXT 40 /* enough for any */

/* NUMBER as repr() writes it: "0.1", "1e+16", "-0.0", "inf", "nan". FORMAT: of enum cpt_float_format. */
void cpt_float_write(const struct cpt_float *number, unsigned format, char text[CPT_FLOAT_TEXT]);
void cpt_float_text(double value, unsigned format, char text[CPT_FLOAT_TEXT]);

#endif

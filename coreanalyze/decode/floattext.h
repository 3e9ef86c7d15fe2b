/* Binary floating-point numbers as the shortest decimal text that reads back as the same number: what repr() of a float
   writes. Exact, and without the C library's printf and strtod, whose texts depend on the locale. */
#ifndef CPT_DECODE_FLOATTEXT_H
#define CPT_DECODE_FLOATTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One finite number that is not 0: FRACTION * 2**EXPONENT. */
struct cpt_binary {
    uint64_t fraction;
    int exponent;
    bool closer_below; /* FRACTION is the smallest with its exponent, so the next number below is half as far */
};

/* The number 0.D1D2D3… * 10**POINT. */
struct cpt_shortest {
    char digits[24]; /* '1' … '9' first, without trailing zeros, with a final NUL */
    int count;
    int point;
};

/* The shortest decimal that is nearer to VALUE than to its neighbours, and of those of that length the nearest one.
   Neighbours' middles count as VALUE's own when its fraction is even, as reading them rounds. EXPONENT is within
   ±16600. */
void cpt_float_shortest(const struct cpt_binary *value, struct cpt_shortest *shortest);

enum cpt_float_format {
    CPT_FLOAT_POINT = 1,  /* ".0" behind whole numbers: float's own repr */
    CPT_FLOAT_SIGN = 2,   /* a sign in any case: the imaginary part of a complex */
    CPT_FLOAT_DOT = 4,    /* "." behind whole numbers: as elements of numpy's arrays */
};

#define CPT_FLOAT_TEXT 40 /* enough for any */

/* VALUE as repr() writes it: "0.1", "1e+16", "-0.0", "inf", "nan". FORMAT: of enum cpt_float_format. */
void cpt_float_text(double value, unsigned format, char text[CPT_FLOAT_TEXT]);

/* The value of 16 bits of IEEE 754. */
double cpt_half_to_double(uint16_t bits);

/* The number of 16 bits (IEEE 754), 32 bits, or 80 bits (x87: fraction in 64 bits, sign and exponent in 16) instead; as
   short as its own precision allows. */
void cpt_float_text_half(uint16_t bits, unsigned format, char text[CPT_FLOAT_TEXT]);
void cpt_float_text_single(uint32_t bits, unsigned format, char text[CPT_FLOAT_TEXT]);
void cpt_float_text_extended(uint64_t fraction, uint16_t head, unsigned format, char text[CPT_FLOAT_TEXT]);

#endif

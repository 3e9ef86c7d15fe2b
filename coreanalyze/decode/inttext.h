/* ints as decimal text. */
#ifndef CPT_DECODE_INTTEXT_H
#define CPT_DECODE_INTTEXT_H

#include <stddef.h>
#include <stdint.h>

#define CPT_INT_DIGIT_BITS 30 /* of CPython's digits: in every build since 3.11, and in all 64-bit ones before */

/* The most characters that COUNT digits of 30 bits make, with a sign and a final NUL. */
size_t cpt_int_text_size(size_t count);

/* Writes the number of COUNT digits of 30 bits at DIGITS (least significant first, each below 2**30) in decimal, with a
   final NUL, to the end of the SIZE bytes at TEXT, cpt_int_text_size(COUNT) or more; returns where it begins. DIGITS are
   used up. Takes time with the square of COUNT. */
char *cpt_int_text(uint32_t *digits, size_t count, char *text, size_t size);

#endif

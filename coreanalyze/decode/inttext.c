#include "coreanalyze/decode/inttext.h"

#define GROUP 1000000000u /* so many decimal digits are split off at a time */
#define GROUP_DIGITS 9

size_t
cpt_int_text_size(size_t count)
{
    /* 30 bits are 9.03 decimal digits. */
    return count * 10 + GROUP_DIGITS + 2;
}

/* Divides the number by GROUP and returns the remainder. */
static uint32_t
split_off(uint32_t *digits, size_t count)
{
    uint64_t remainder = 0;

    for (size_t i = count; i-- > 0;) {
        uint64_t value = remainder << CPT_INT_DIGIT_BITS | digits[i];

        digits[i] = (uint32_t)(value / GROUP);
        remainder = value % GROUP;
    }
    return (uint32_t)remainder;
}

char *
cpt_int_text(uint32_t *digits, size_t count, char *text, size_t size)
{
    char *p = text + size;

    *--p = '\0';
    do {
        uint32_t group;

        while (count && !digits[count - 1])
            count--;
        group = split_off(digits, count);
        while (count && !digits[count - 1])
            count--;
        for (int i = 0; i < GROUP_DIGITS && (i == 0 || group || count); i++, group /= 10)
            *--p = (char)('0' + group % 10);
    } while (count);
    return p;
}

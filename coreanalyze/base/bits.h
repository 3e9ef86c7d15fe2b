/* Sets of nodes: a bit for each, 64 in a word. */
#ifndef CPT_BASE_BITS_H
#define CPT_BASE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* An empty set of numbers below COUNT, to be freed with free(); NULL when memory is out. */
static inline uint64_t *
cpt_set_make(uint32_t count)
{
    return calloc(((size_t)count >> 6) + 1, sizeof(uint64_t));
}

static inline bool
cpt_set_has(const uint64_t *set, uint32_t number)
{
    return set[number >> 6] >> (number & 63) & 1;
}

static inline void
cpt_set_put(uint64_t *set, uint32_t number)
{
    set[number >> 6] |= UINT64_C(1) << (number & 63);
}

/* The least number of SET from NUMBER on; COUNT: there is none. */
static inline uint32_t
cpt_set_next(const uint64_t *set, uint32_t number, uint32_t count)
{
    while (number < count) {
        uint64_t word = set[number >> 6] >> (number & 63);

        if (word) {
            number += (uint32_t)__builtin_ctzll(word);
            return number < count ? number : count;
        }
        if (number >= UINT32_MAX - 64)
            return count;
        number = (number | 63) + 1;
    }
    return count;
}

#endif

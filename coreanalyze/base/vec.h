/* Growable arrays: `struct { T *items; size_t count, capacity; }` and one call that makes room. */
#ifndef CPT_BASE_VEC_H
#define CPT_BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define CPT_VEC(type)                                                                              \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t count, capacity;                                                                    \
    }

static inline void *
cpt_vec_grow(void *items, size_t *capacity, size_t element)
{
    size_t larger = *capacity ? *capacity * 2 : 8;
    void *grown;

    if (larger > SIZE_MAX / 2 / element)
        return NULL;
    grown = realloc(items, larger * element);
    if (grown)
        *capacity = larger;
    return grown;
}

/* Room for one more item, zeroed by nobody: a pointer to it, counted already; NULL when memory is out. */
#define cpt_vec_add(vec)                                                                           \
    ({                                                                                             \
        __typeof__((vec)->items) grown_ = (vec)->items;                                            \
        if ((vec)->count == (vec)->capacity)                                                       \
            grown_ = cpt_vec_grow(grown_, &(vec)->capacity, sizeof(*grown_));                      \
        if (grown_)                                                                                \
            (vec)->items = grown_;                                                                 \
        grown_ ? &(vec)->items[(vec)->count++] : NULL;                                             \
    })

#define cpt_vec_free(vec)                                                                          \
    do {                                                                                           \
        free((vec)->items);                                                                        \
        (vec)->items = NULL;                                                                       \
        (vec)->count = (vec)->capacity = 0;                                                        \
    } while (0)

#endif

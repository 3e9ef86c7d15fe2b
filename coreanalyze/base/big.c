#include "coreanalyze/base/big.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LARGE_PAGE ((size_t)2 << 20)
#define LARGE (8 * LARGE_PAGE)

void *
cpt_big_alloc(size_t count, size_t size)
{
    size_t bytes;
    void *array;

    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - LARGE_PAGE)
        return NULL;
    if (bytes < LARGE)
        return malloc(bytes ? bytes : 1);
    bytes = (bytes + LARGE_PAGE - 1) & ~(LARGE_PAGE - 1);
    array = aligned_alloc(LARGE_PAGE, bytes);
    if (array)
        (void)madvise(array, bytes, MADV_HUGEPAGE);
    return array;
}

void *
cpt_big_zeroed(size_t count, size_t size)
{
    void *array = cpt_big_alloc(count, size);

    if (array)
        memset(array, 0, count * size);
    return array;
}

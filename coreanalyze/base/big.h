/* Arrays with an entry for each node of a large graph, which are read in no order. */
#ifndef CPT_BASE_BIG_H
#define CPT_BASE_BIG_H

#include <stddef.h>

/* COUNT entries of SIZE bytes with anything in them (whole large ones begin as zeros that take no memory yet), in large pages
   where the system has them. NULL when memory is out; free() gives it back. Never NULL for COUNT 0. */
void *cpt_big_alloc(size_t count, size_t size);

/* The same, all zeros. */
void *cpt_big_zeroed(size_t count, size_t size);

#endif

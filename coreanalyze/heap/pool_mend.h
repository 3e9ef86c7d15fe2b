/* What can still be told of a pool whose head or free list is damaged. */
#ifndef CPT_HEAP_POOL_MEND_H
#define CPT_HEAP_POOL_MEND_H

#include "coreanalyze/heap/pool.h"

/* POOL is as far as the free list of the pool at BYTES (of HEAD) could be followed; ENDED: that list came to its end.
   What the head still says is used to tell more of the free blocks. Allocates nothing. */
void cpt_pool_mend(const uint8_t *bytes, uint64_t address, const struct cpt_pool_head *head, bool ended,
                   struct cpt_pool *pool);

#endif

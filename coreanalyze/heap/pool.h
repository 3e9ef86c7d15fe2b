/* The head of one pool of pymalloc, and whether it makes sense (Objects/obmalloc.c: struct pool_header). */
#ifndef CPT_HEAP_POOL_H
#define CPT_HEAP_POOL_H

#include "coreanalyze/heap/obmalloc.h"

#define CPT_POOL_CLASSES 32 /* sizes of blocks: 16, 32, … 512 */

struct cpt_pool_head {
    uint64_t freeblock;
    uint32_t count, arenaindex;
    uint32_t size;     /* of a block; 0: nothing can be told about the pool */
    uint32_t capacity; /* blocks that have room */
    uint32_t carved;   /* as nextoffset says; CAPACITY where that is no beginning of a block */
    bool sound;        /* all fields agree with one another */
    bool carved_known;
};

/* Whether all fields that this needs are where a head of CPT_POOL_HEAD bytes has room for them. */
bool cpt_pool_layout_is_usable(const struct cpt_layout_fields *at);

/* log2 of the POOL_SIZE that the head at BYTES was made for: 12, 14; 0: it is no head. */
unsigned cpt_pool_head_shift(const struct cpt_layout_fields *at, const uint8_t *bytes);

/* Reads the head of the pool at ADDRESS, all of which is at BYTES. Where szidx and maxnextoffset say different sizes, the
   one that the free list agrees with is taken. */
void cpt_pool_head_read(const struct cpt_layout_fields *at, const uint8_t *bytes, uint64_t address, unsigned shift,
                        struct cpt_pool_head *head);

/* Follows the free list of the pool at ADDRESS, whose POOL_SIZE bytes are at BYTES and whose head is HEAD, into POOL:
   all but ADDRESS and BYTES is filled in. */
void cpt_pool_follow(const uint8_t *bytes, uint64_t address, const struct cpt_pool_head *head, struct cpt_pool *pool);

/* 2^32 / size, rounded up: OFFSET * reciprocal >> 32 is OFFSET / size for all offsets within a pool. */
extern const uint32_t cpt_pool_reciprocals[CPT_POOL_CLASSES];

#endif

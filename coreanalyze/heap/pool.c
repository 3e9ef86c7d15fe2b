#include "coreanalyze/heap/pool.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/heap/pool_mend.h"

#include <string.h>

#define LINE 64 /* bytes that the processor fetches at a time */

#define RECIPROCAL(szidx) (uint32_t)(((UINT64_C(1) << 32) + ((szidx) + 1) * 16 - 1) / (((szidx) + 1) * 16))
#define RECIPROCALS4(i) RECIPROCAL(i), RECIPROCAL((i) + 1), RECIPROCAL((i) + 2), RECIPROCAL((i) + 3)

const uint32_t cpt_pool_reciprocals[CPT_POOL_CLASSES] = {
    RECIPROCALS4(0),  RECIPROCALS4(4),  RECIPROCALS4(8),  RECIPROCALS4(12),
    RECIPROCALS4(16), RECIPROCALS4(20), RECIPROCALS4(24), RECIPROCALS4(28),
};

static bool
fits_head(int32_t field, int32_t width)
{
    return field >= 0 && field <= CPT_POOL_HEAD - width;
}

bool
cpt_pool_layout_is_usable(const struct cpt_layout_fields *at)
{
    return fits_head(at->pool.count, 4) && fits_head(at->pool.freeblock, 8) && fits_head(at->pool.arenaindex, 4) &&
           fits_head(at->pool.szidx, 4) && fits_head(at->pool.nextoffset, 4) && fits_head(at->pool.maxnextoffset, 4);
}

unsigned
cpt_pool_head_shift(const struct cpt_layout_fields *at, const uint8_t *bytes)
{
    uint32_t szidx = cpt_load_u32(bytes + at->pool.szidx);
    uint64_t end = (uint64_t)cpt_load_u32(bytes + at->pool.maxnextoffset) + ((uint64_t)szidx + 1) * CPT_POOL_ALIGNMENT;

    if (szidx >= CPT_POOL_CLASSES)
        return 0;
    return end == 1 << 12 ? 12 : end == 1 << 14 ? 14 : 0;
}

/* OFFSET (of a byte behind the head) in blocks of SIZE; false where no block begins there. */
static inline bool
divide(uint64_t offset, uint32_t size, uint32_t *blocks)
{
    *blocks = (uint32_t)(offset * cpt_pool_reciprocals[size / CPT_POOL_ALIGNMENT - 1] >> 32);
    return (uint64_t)*blocks * size == offset;
}

/* What follows from the size of the blocks, and whether the head agrees with it. */
static void
set_size(const struct cpt_layout_fields *at, const uint8_t *bytes, uint64_t address, unsigned shift, uint32_t size,
         struct cpt_pool_head *head)
{
    uint32_t nextoffset = cpt_load_u32(bytes + at->pool.nextoffset), pool_size = UINT32_C(1) << shift, block;
    uint64_t free_offset = head->freeblock - address - CPT_POOL_HEAD;

    head->size = size;
    divide(pool_size - CPT_POOL_HEAD, size, &head->capacity);
    head->carved_known = nextoffset > CPT_POOL_HEAD && nextoffset <= pool_size &&
                         divide(nextoffset - CPT_POOL_HEAD, size, &head->carved);
    if (!head->carved_known)
        head->carved = head->capacity;
    /* A pool whose list is empty gets one more block at once, unless it is full. */
    head->sound = head->carved_known && head->count <= head->carved &&
                  (head->freeblock ? free_offset < (uint64_t)head->carved * size && head->count < head->carved &&
                                         divide(free_offset, size, &block)
                                   : head->count == head->capacity && head->carved == head->capacity);
}

/* Two fields say the size of the blocks independently of each other, and one is damaged: takes the size with which the free
   list leads to as many blocks as it should. */
static void
choose_size(const struct cpt_layout_fields *at, const uint8_t *bytes, uint64_t address, unsigned shift,
            const uint32_t *sizes, struct cpt_pool_head *head)
{
    struct cpt_pool_head best = {.size = 0};

    for (unsigned i = 0; i < 2; i++) {
        struct cpt_pool pool;

        if (!sizes[i])
            continue;
        set_size(at, bytes, address, shift, sizes[i], head);
        cpt_pool_follow(bytes, address, head, &pool);
        if (!pool.damaged || !best.size)
            best = *head;
    }
    *head = best;
    head->sound = false;
}

void
cpt_pool_head_read(const struct cpt_layout_fields *at, const uint8_t *bytes, uint64_t address, unsigned shift,
                   struct cpt_pool_head *head)
{
    uint32_t szidx = cpt_load_u32(bytes + at->pool.szidx);
    uint32_t left = (UINT32_C(1) << shift) - cpt_load_u32(bytes + at->pool.maxnextoffset);
    uint32_t sizes[] = {szidx < CPT_POOL_CLASSES ? (szidx + 1) * CPT_POOL_ALIGNMENT : 0,
                        left <= CPT_POOL_CLASSES * CPT_POOL_ALIGNMENT && left % CPT_POOL_ALIGNMENT == 0 ? left : 0};

    head->freeblock = cpt_load_u64(bytes + at->pool.freeblock);
    head->count = cpt_load_u32(bytes + at->pool.count);
    head->arenaindex = cpt_load_u32(bytes + at->pool.arenaindex);
    if (sizes[0] && sizes[0] == sizes[1])
        set_size(at, bytes, address, shift, sizes[0], head);
    else
        choose_size(at, bytes, address, shift, sizes, head);
}

static void
set_first(uint64_t *bits, uint32_t count)
{
    memset(bits, 0xff, count / 64 * 8);
    if (count % 64)
        bits[count / 64] = (UINT64_C(1) << count % 64) - 1;
}

/* Clears the bits of the free blocks. False: the list leaves the blocks, or comes back to one of them; FREED tells how
   many it led to before. */
static inline bool
follow(const uint8_t *blocks, uint64_t base, uint64_t next, uint32_t size, uint32_t carved, uint64_t *bits,
       uint32_t *freed)
{
    uint64_t reciprocal = cpt_pool_reciprocals[size / CPT_POOL_ALIGNMENT - 1];
    uint64_t end = (uint64_t)carved * size;
    uint32_t count = 0;
    bool good = true;

    while (next) {
        uint64_t offset = next - base, block, bit;

        if (offset >= end) {
            good = false;
            break;
        }
        block = offset * reciprocal >> 32;
        bit = UINT64_C(1) << (block & 63);
        if (block * size != offset || !(bits[block >> 6] & bit)) {
            good = false;
            break;
        }
        bits[block >> 6] &= ~bit;
        count++;
        next = cpt_load_u64(blocks + offset);
    }
    *freed = count;
    return good;
}

/* Free blocks are linked in no order, so that each of them would wait for the memory of the one before; and whoever asks
   what is in use looks at the beginnings of the blocks next. */
static inline void
fetch_ahead(const uint8_t *blocks, const struct cpt_pool_head *head)
{
    uint32_t step = head->size > LINE ? head->size : LINE;
    const uint8_t *end = blocks + (uint64_t)head->carved * head->size;

    for (; blocks < end; blocks += step)
        __builtin_prefetch(blocks);
}

void
cpt_pool_follow(const uint8_t *bytes, uint64_t address, const struct cpt_pool_head *head, struct cpt_pool *pool)
{
    uint32_t freed;
    bool good;

    fetch_ahead(bytes + CPT_POOL_HEAD, head);
    memset(pool->used_blocks, 0, sizeof(pool->used_blocks));
    pool->size = head->size;
    pool->capacity = head->capacity;
    pool->carved = head->carved;
    pool->count = head->count;
    set_first(pool->used_blocks, head->carved);
    good = follow(bytes + CPT_POOL_HEAD, address + CPT_POOL_HEAD, head->freeblock, head->size, head->carved,
                  pool->used_blocks, &freed);
    pool->used = head->carved - freed;
    pool->damaged = !head->sound || !good || pool->used != head->count;
    if (pool->damaged)
        cpt_pool_mend(bytes, address, head, good, pool);
}

bool
cpt_pool_read(const struct cpt_obmalloc *obmalloc, const struct cpt_arena_object *arena, uint64_t address,
              struct cpt_pool *pool)
{
    const struct cpt_region *region = cpt_region_find(obmalloc->regions, address);
    struct cpt_pool_head head;
    unsigned entry = region ? cpt_region_pool(obmalloc->regions, region, address) : 0;

    if (!entry)
        return false;
    pool->address = address;
    pool->bytes = region->bytes + (address - region->start);
    cpt_pool_head_read(obmalloc->at, pool->bytes, address, obmalloc->pool_shift, &head);
    if (head.size != entry * CPT_POOL_ALIGNMENT)
        return false;
    __builtin_prefetch(pool->bytes + (UINT64_C(1) << obmalloc->pool_shift)); /* the next pool's head */
    cpt_pool_follow(pool->bytes, address, &head, pool);
    pool->damaged |= head.arenaindex != arena->index;
    return pool->used;
}

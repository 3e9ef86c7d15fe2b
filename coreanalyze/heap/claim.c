/* Blocks that objects own: which they are, and how large the allocator has made them. */
#include "coreanalyze/heap/walk.h"

/* glibc's malloc: the word in front of a block is the size of its chunk, a multiple of 16, with three bits of flags. */
#define CHUNK_FLAGS 7
#define CHUNK_MMAPPED 2
#define CHUNK_LEAST 32
#define CHUNK_WORD 8
#define PAGE 4096

/* Smaller blocks are taken to be in memory as a whole. */
#define LARGE (UINT64_C(16) << 10)

/* Chunks are 16 bytes longer than asked for at most but for what was left when one was cut: below 32 bytes; ones that
   were made smaller or are mapped for themselves can be longer by a page and more. */
static bool
is_chunk(const struct cpt_region *region, uint64_t block, uint64_t size, uint64_t need)
{
    uint64_t whole = size & ~(uint64_t)CHUNK_FLAGS;

    if (whole & 15 || whole < CHUNK_LEAST || whole < need + CHUNK_WORD)
        return false;
    if (size & CHUNK_MMAPPED)
        return (whole & (PAGE - 1)) == 0 || (block & (PAGE - 1)) == 16;
    return whole <= region->end - (block - 16);
}

uint64_t
cpt_native_size(const struct cpt_regions *regions, const struct cpt_region *region, uint64_t block, uint64_t need,
                bool *chunk)
{
    const uint8_t *bytes = block - CHUNK_WORD >= region->start ? region->bytes + (block - CHUNK_WORD - region->start)
                                                               : cpt_region_bytes(regions, block - CHUNK_WORD, 8);
    uint64_t size = bytes ? cpt_load_u64(bytes) : 0;

    *chunk = block % 16 == 0 && is_chunk(region, block, size, need);
    return *chunk ? size & ~(uint64_t)CHUNK_FLAGS : (need + 15) & ~UINT64_C(15);
}

uint64_t
cpt_native_resident(const struct cpt_walker *w, uint64_t block, uint64_t size)
{
    return size < LARGE ? size : cpt_memory_resident(w->regions->memory, block - 16, block - 16 + size);
}

/* Sets or clears the bit of the block at ADDRESS; false where it was set before, by another owner. */
static bool
mark(struct cpt_walker *w, const struct cpt_region *region, uint64_t address)
{
    size_t granule = cpt_region_granule(region, address);

    if (w->sign < 0) {
        __atomic_fetch_and(&region->buffers[granule >> 6], ~(UINT64_C(1) << (granule & 63)), __ATOMIC_RELAXED);
        return true;
    }
    if (!cpt_bits_set(region->buffers, granule))
        return true;
    w->shared_buffers++;
    return false;
}

static uint64_t
claim_in_pool(struct cpt_walker *w, const struct cpt_region *region, unsigned szidx, uint64_t block, uint64_t need)
{
    uint64_t pool = block >> w->regions->pool_shift << w->regions->pool_shift;
    uint32_t size = (szidx + 1) * CPT_POOL_ALIGNMENT, offset = (uint32_t)(block - pool);

    if (offset < CPT_POOL_HEAD || (offset - CPT_POOL_HEAD) % size || need + w->hooks > size || !mark(w, region, block))
        return 0;
    w->classes[szidx].buffers += (uint64_t)w->sign;
    w->buffer_bytes += (uint64_t)w->sign * size;
    return size;
}

uint64_t
cpt_buffer_claim(struct cpt_walker *w, uint64_t pointer, uint64_t need)
{
    const struct cpt_region *region;
    struct cpt_heap_native *native;
    uint64_t size, block = pointer - w->hooks;
    unsigned pool;
    bool chunk;

    if (!pointer || pointer & 15)
        return 0;
    region = cpt_region_find(w->regions, block);
    if (!region || !region->buffers)
        return 0;
    pool = cpt_region_pool(w->regions, region, block);
    if (pool)
        return claim_in_pool(w, region, pool - 1, block, need);
    size = cpt_native_size(w->regions, region, block, need + w->hooks, &chunk);
    if (!chunk && need > region->end - pointer)
        return 0;
    if (!mark(w, region, block))
        return 0;
    native = &w->native[region - w->regions->items];
    native->buffers += (uint64_t)w->sign;
    native->buffer_bytes += (uint64_t)w->sign * cpt_native_resident(w, block, size);
    return size;
}

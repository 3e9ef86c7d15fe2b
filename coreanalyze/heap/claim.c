/* Blocks that objects own: which they are, and how large the allocator has made them. */
#include "coreanalyze/heap/walk.h"

/* glibc's malloc: the word in front of a block is the size of its chunk, a multiple of 16, with three bits of flags. */
#define CHUNK_FLAGS 7
#define CHUNK_PREVIOUS_USED 1
#define CHUNK_MMAPPED 2
#define CHUNK_LEAST 32
#define FENCE 16 /* ends a part of a heap behind which another one begins elsewhere */
#define CHUNK_WORD 8
#define PAGE 4096
#define DOUBTFUL_REST 128

/* Smaller blocks are taken to be in memory as a whole. */
#define LARGE (UINT64_C(16) << 10)

/* Debug hooks: a size, the letter of the domain, and seven bytes of a pattern stand in front of what was asked for; the
   pattern of 3.7.4 and before is another one (FORBIDDENBYTE). */
#define HOOK_SIZE 16
#define PATTERN UINT64_C(0xfdfdfdfdfdfdfd)
#define OLD_PATTERN UINT64_C(0xfbfbfbfbfbfbfb)
#define MOST_HOOKS 2 /* of objects or memory, and of raw memory beneath */

static uint64_t
word_before(const struct cpt_regions *regions, const struct cpt_region *region, uint64_t address)
{
    const uint8_t *bytes = address > region->start && address - region->start >= 8
                               ? region->bytes + (address - region->start - 8)
                               : cpt_region_bytes(regions, address - 8, 8);

    return bytes ? cpt_load_u64(bytes) : 0;
}

/* Whether a chunk with a mapping of its own, whose block is at START, begins a page: what memalign left free in front of it
   is in the word before the size. */
static bool
begins_page(const struct cpt_region *region, uint64_t start)
{
    uint64_t lead = cpt_load_u64(region->bytes + (start - 16 - region->start));

    return lead < start && ((start - 16 - lead) & (PAGE - 1)) == 0;
}

/* Whether SIZE can be the size word of the chunk whose block is at START in REGION. */
static bool
may_be_chunk(const struct cpt_region *region, uint64_t start, uint64_t size)
{
    uint64_t whole = size & ~(uint64_t)CHUNK_FLAGS;

    if (start & 15 || start < region->start || start - region->start < 16 || start >= region->end || whole & 15 ||
        whole < CHUNK_LEAST || whole > region->end - (start - 16))
        return false;
    return !(size & CHUNK_MMAPPED) || ((whole & (PAGE - 1)) == 0 && begins_page(region, start));
}

/* Whether what follows such a chunk can be its neighbour, which knows that the chunk is in use. Of mapped ones nothing
   follows, and of a region's last one nothing is known. */
static bool
has_neighbour(const struct cpt_region *region, uint64_t start, uint64_t size)
{
    uint64_t next = start + (size & ~(uint64_t)CHUNK_FLAGS), word;

    if (size & CHUNK_MMAPPED || next >= region->end || region->end - next < CHUNK_LEAST)
        return true;
    word = cpt_load_u64(region->bytes + (next - 8 - region->start));
    return word & CHUNK_PREVIOUS_USED && ((word & ~(uint64_t)CHUNK_FLAGS) == FENCE || may_be_chunk(region, next, word));
}

/* Chunks are 16 bytes longer than asked for at most but for what was left when one was cut: below 32 bytes; ones that
   were made smaller or are mapped for themselves can be longer by a page and more: those are looked at twice. */
static bool
is_chunk(const struct cpt_region *region, uint64_t start, uint64_t size, uint64_t need)
{
    uint64_t whole = size & ~(uint64_t)CHUNK_FLAGS;

    return may_be_chunk(region, start, size) && need <= whole - CHUNK_WORD &&
           (whole - need < DOUBTFUL_REST || has_neighbour(region, start, size));
}

/* mimalloc's sizes: multiples of 16 up to 64 bytes, from there on four of them to each power of two (_mi_bin in
   Objects/mimalloc/page-queue.c; large ones begin a page of its own, 64 KiB, which is not looked for). */
static uint64_t
mimalloc_size(uint64_t need)
{
    uint64_t words = (need + 7) / 8, step;

    if (words <= 8)
        return (words + 1) / 2 * 16;
    words--;
    step = (UINT64_C(1) << (63 - __builtin_clzll(words))) / 4;
    return (words / step + 1) * step * 8;
}

static uint64_t
foreign_size(const struct cpt_regions *regions, uint64_t need)
{
    return regions->mimalloc && need < UINT64_C(1) << 60 ? mimalloc_size(need) : (need + 15) & ~UINT64_C(15);
}

struct cpt_native_block
cpt_native_block(const struct cpt_regions *regions, const struct cpt_region *region, uint64_t data, uint64_t need)
{
    struct cpt_native_block block = {.start = data};
    uint64_t word = word_before(regions, region, data);

    for (int i = 0; i < MOST_HOOKS && (word >> 8 == PATTERN || word >> 8 == OLD_PATTERN); i++) {
        block.start -= HOOK_SIZE;
        word = word_before(regions, region, block.start);
    }
    need += data - block.start;
    block.is_chunk = !(regions->mimalloc && region->kind == CPT_REGION_ANONYMOUS) &&
                     is_chunk(region, block.start, word, need);
    block.size = block.is_chunk ? word & ~(uint64_t)CHUNK_FLAGS : foreign_size(regions, need);
    return block;
}

uint64_t
cpt_native_resident(const struct cpt_walker *w, const struct cpt_native_block *block)
{
    return block->size < LARGE ? block->size
                               : cpt_memory_resident(w->regions->memory, block->start - 16, block->start - 16 + block->size);
}

/* Sets or clears the bit of the block at ADDRESS; false where it was set before, by another owner, or is clear already. */
static bool
mark(struct cpt_walker *w, const struct cpt_region *region, uint64_t address)
{
    size_t granule = cpt_region_granule(region, address);
    uint64_t bit = UINT64_C(1) << (granule & 63);

    if (w->sign < 0)
        return __atomic_fetch_and(&region->buffers[granule >> 6], ~bit, __ATOMIC_RELAXED) & bit;
    if (!cpt_bits_set(region->buffers, granule))
        return true;
    w->shared_buffers++;
    return false;
}

static uint64_t
claim_in_pool(struct cpt_walker *w, const struct cpt_region *region, unsigned szidx, uint64_t pointer, uint64_t need)
{
    uint64_t pool = pointer >> w->regions->pool_shift << w->regions->pool_shift;
    uint32_t size = (szidx + 1) * CPT_POOL_ALIGNMENT, offset = (uint32_t)(pointer - pool);

    if (offset < CPT_POOL_HEAD + w->hooks || (offset - CPT_POOL_HEAD - w->hooks) % size || need > size - w->hooks ||
        !mark(w, region, pointer - w->hooks))
        return 0;
    w->classes[szidx].buffers += (uint64_t)w->sign;
    w->buffer_bytes += (uint64_t)w->sign * size;
    return size;
}

/* Whether malloc has less at START than its owner says: then the owner lies. */
static bool
is_smaller_chunk(const struct cpt_regions *regions, const struct cpt_region *region, uint64_t start)
{
    uint64_t word = word_before(regions, region, start);

    return may_be_chunk(region, start, word) && has_neighbour(region, start, word);
}

static uint64_t
claim_outside(struct cpt_walker *w, const struct cpt_region *region, uint64_t pointer, uint64_t need)
{
    struct cpt_native_block block = cpt_native_block(w->regions, region, pointer, need);
    struct cpt_heap_native *native = &w->native[region - w->regions->items];

    if (!block.is_chunk && (need > region->end - pointer || is_smaller_chunk(w->regions, region, block.start)))
        return 0;
    if (!mark(w, region, pointer))
        return 0;
    if (region->covered)
        cpt_bits_cover(region->covered, region, block.start, block.start + block.size);
    native->buffers += (uint64_t)w->sign;
    native->buffer_bytes += (uint64_t)w->sign * cpt_native_resident(w, &block);
    return block.size;
}

uint64_t
cpt_buffer_claim(struct cpt_walker *w, uint64_t pointer, uint64_t need)
{
    const struct cpt_region *region = pointer & 15 ? NULL : cpt_region_find(w->regions, pointer);
    unsigned pool;

    if (!region || !region->buffers)
        return 0;
    pool = cpt_region_pool(w->regions, region, pointer);
    return pool ? claim_in_pool(w, region, pool - 1, pointer, need) : claim_outside(w, region, pointer, need);
}

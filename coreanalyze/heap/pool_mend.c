#include "coreanalyze/heap/pool_mend.h"

#include "coreanalyze/base/bytes.h"

#define MAX_BLOCKS 1024 /* that a pool can have: (16 KiB - CPT_POOL_HEAD) / 16, and a bit to spare */

/* Lengths of chains: how many blocks there are from one to the end of its list, which is NULL or a block that is known to
   be free. */
#define NO_CHAIN 0 /* it leads to no end */
#define BEING_FOLLOWED UINT16_MAX

struct chains {
    const uint8_t *blocks;
    uint64_t base;
    const struct cpt_pool *pool;
    uint16_t lengths[MAX_BLOCKS];
    bool known[MAX_BLOCKS];
};

static bool
is_used(const struct cpt_pool *pool, uint32_t block)
{
    return pool->used_blocks[block / 64] >> block % 64 & 1;
}

/* The block that the first word of BLOCK points to: false where it is no block that still counts as used. *END: a list can
   end so. */
static bool
next_of(const struct chains *chains, uint32_t block, uint32_t *next, bool *end)
{
    uint32_t size = chains->pool->size;
    uint64_t word = cpt_load_u64(chains->blocks + (uint64_t)block * size), offset = word - chains->base;

    *end = !word;
    if (offset >= (uint64_t)chains->pool->carved * size || offset % size)
        return false;
    *next = (uint32_t)(offset / size);
    *end = !is_used(chains->pool, *next);
    return !*end;
}

/* Finds out the length of the chain from BLOCK on and of all blocks on it: each block is visited once altogether. */
static void
measure_chain(struct chains *chains, uint32_t block)
{
    uint32_t path = 0, at = block, next = 0;
    uint16_t length = 0; /* of what follows the blocks of this path */
    bool end = false, leads_on = true;

    while (leads_on && !chains->known[at]) {
        chains->known[at] = true;
        chains->lengths[at] = BEING_FOLLOWED;
        path++;
        leads_on = next_of(chains, at, &next, &end);
        if (leads_on)
            at = next;
    }
    if (leads_on && chains->lengths[at] != BEING_FOLLOWED)
        length = chains->lengths[at];
    if (leads_on ? !length : !end)
        path = 0;
    for (at = block; chains->lengths[at] == BEING_FOLLOWED; at = next) {
        chains->lengths[at] = path ? (uint16_t)(length + path--) : NO_CHAIN;
        if (!next_of(chains, at, &next, &end))
            break;
    }
}

/* The damaged link of the list hides a part of it, LOST blocks that lead from one to the next. A single block that begins
   with NULL may as well be an object that the collector does not track. */
static void
clear_lost_chain(struct chains *chains, uint32_t lost, struct cpt_pool *pool)
{
    uint32_t found = MAX_BLOCKS, next;
    bool end;

    for (uint32_t block = 0; block < pool->carved; block++) {
        if (is_used(pool, block) && !chains->known[block])
            measure_chain(chains, block);
        if (is_used(pool, block) && chains->lengths[block] == lost && found == MAX_BLOCKS)
            found = block;
    }
    if (lost < 2 || found == MAX_BLOCKS)
        return;
    for (bool leads_on = true; leads_on; found = next) {
        leads_on = next_of(chains, found, &next, &end);
        pool->used_blocks[found / 64] &= ~(UINT64_C(1) << found % 64);
        pool->used--;
    }
}

/* Blocks from CARVED on were never handed out. */
static void
cut_carved(struct cpt_pool *pool, uint32_t carved)
{
    for (uint32_t block = carved; block < pool->carved; block++) {
        if (is_used(pool, block)) {
            pool->used_blocks[block / 64] &= ~(UINT64_C(1) << block % 64);
            pool->used--;
        }
    }
    pool->carved = carved;
}

void
cpt_pool_mend(const uint8_t *bytes, uint64_t address, const struct cpt_pool_head *head, bool ended, struct cpt_pool *pool)
{
    struct chains chains = {.blocks = bytes + CPT_POOL_HEAD, .base = address + CPT_POOL_HEAD, .pool = pool};
    uint32_t freed = pool->carved - pool->used;

    if (ended && !head->carved_known && head->count <= pool->capacity - freed)
        cut_carved(pool, head->count + freed);
    else if (head->carved_known && head->count < pool->used)
        clear_lost_chain(&chains, pool->used - head->count, pool);
}

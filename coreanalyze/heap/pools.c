/* Walking the pools of arenas. */
#include "coreanalyze/heap/walk.h"

#include "coreanalyze/base/limits.h"

/* Bits of the objects of one pool, for all granules of the largest pool. */
#define POOL_WORDS (16384 / 16 / 64)

/* Pools begin at multiples of their size, regions of a page: a pool has words of the region's bitmap for itself, if it has
   not to share the first and the last. */
static void
enter_objects(struct cpt_region *region, uint64_t address, const uint64_t *bits, unsigned words)
{
    size_t granule = cpt_region_granule(region, address);
    unsigned shift = granule & 63;

    for (unsigned i = 0; i < words; i++) {
        if (!bits[i])
            continue;
        __atomic_fetch_or(&region->objects[(granule >> 6) + i], bits[i] << shift, __ATOMIC_RELAXED);
        if (shift && bits[i] >> (64 - shift))
            __atomic_fetch_or(&region->objects[(granule >> 6) + i + 1], bits[i] >> (64 - shift), __ATOMIC_RELAXED);
    }
}

/* More free lists than any interpreter has stay unexplained. */
static void
remember(struct cpt_walker *w, uint64_t address, bool dead)
{
    uint64_t *place;

    if (dead && w->dead.count >= CPT_MAX_DEAD)
        return;
    place = dead ? cpt_vec_add(&w->dead) : cpt_vec_add(&w->damaged);

    if (place)
        *place = address;
    else
        w->out_of_memory = true;
}

/* What has been claimed by its owner already is no object, whatever it looks like. */
static void
walk_block(struct cpt_walker *w, const struct cpt_region *region, const struct cpt_pool *pool, uint32_t offset,
           uint64_t *bits)
{
    unsigned szidx = pool->size / CPT_POOL_ALIGNMENT - 1;
    struct cpt_found_object found;

    if (cpt_bits_get(region->buffers, cpt_region_granule(region, pool->address + offset)))
        return;
    switch (cpt_block_classify(w, pool->address + offset, pool->bytes + offset, pool->size, &found)) {
    case CPT_BLOCK_OBJECT:
        bits[offset >> 10] |= UINT64_C(1) << (offset >> 4 & 63);
        w->classes[szidx].objects++;
        w->object_bytes += pool->size;
        cpt_object_count(w, &found, pool->size);
        cpt_walker_neighbours(w, &found);
        break;
    case CPT_BLOCK_DEAD:
        remember(w, pool->address + offset, true);
        break;
    case CPT_BLOCK_OTHER:
        break;
    }
}

static void
walk_pool(struct cpt_walker *w, const struct cpt_arena_object *arena, uint64_t address)
{
    const struct cpt_obmalloc *obmalloc = &w->heap->obmalloc;
    struct cpt_region *region = cpt_region_find(w->regions, address);
    uint64_t bits[POOL_WORDS] = {0};
    struct cpt_pool pool;
    unsigned szidx;

    if (!region || !cpt_pool_read(obmalloc, arena, address, &pool))
        return;
    szidx = pool.size / CPT_POOL_ALIGNMENT - 1;
    w->classes[szidx].pools++;
    w->classes[szidx].used += pool.used;
    w->classes[szidx].free += pool.capacity - pool.used;
    if (pool.damaged)
        remember(w, address, false);
    for (unsigned i = 0; i * 64 < pool.carved; i++) {
        for (uint64_t blocks = pool.used_blocks[i]; blocks; blocks &= blocks - 1)
            walk_block(w, region, &pool, CPT_POOL_HEAD + (i * 64 + (uint32_t)__builtin_ctzll(blocks)) * pool.size,
                       bits);
    }
    enter_objects(region, address, bits, 1u << (obmalloc->pool_shift - 10));
}

/* Arenas are sorted. Those next to each other are one piece of memory in which nothing is but pools. */
static void
find_neighbours(struct cpt_walker *w, const struct cpt_arena_object *arena)
{
    const struct cpt_obmalloc *obmalloc = &w->heap->obmalloc;
    const struct cpt_arena_object *first = arena, *last = arena, *end = obmalloc->arenas + obmalloc->arena_count;

    if (arena->address - w->arenas < w->arenas_size)
        return;
    while (first > obmalloc->arenas && first[-1].end == first->address)
        first--;
    while (last + 1 < end && last->end == last[1].address)
        last++;
    w->arenas = first->address;
    w->arenas_size = last->end - first->address;
}

static void
walk_arena(struct cpt_walker *w, const struct cpt_arena_object *arena)
{
    const struct cpt_obmalloc *obmalloc = &w->heap->obmalloc;

    find_neighbours(w, arena);
    for (uint64_t address = cpt_arena_first_pool(obmalloc, arena); address < arena->pool_address && address < arena->end;
         address += UINT64_C(1) << obmalloc->pool_shift) {
        if (cpt_progress_is_cancelled(w->heap->progress))
            return;
        walk_pool(w, arena, address);
        if (w->pending.count)
            cpt_outside_drain(w);
    }
}

void
cpt_walker_run(struct cpt_heap_walk *walk, struct cpt_walker *w)
{
    const struct cpt_obmalloc *obmalloc = &walk->heap->obmalloc;
    size_t number;

    while (!cpt_progress_is_cancelled(walk->progress) &&
           (number = __atomic_fetch_add(&walk->next_arena, 1, __ATOMIC_RELAXED)) < obmalloc->arena_count) {
        const struct cpt_arena_object *arena = &obmalloc->arenas[number];

        walk_arena(w, arena);
        cpt_regions_walked(&walk->heap->regions, arena->end - arena->address);
        if (w == &walk->walkers[0])
            cpt_progress_update(walk->progress, number, obmalloc->arena_count);
    }
}

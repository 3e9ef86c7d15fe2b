/* Arenas that a table or the scan tells of, held against their pools. */
#include "coreanalyze/heap/obmalloc_search.h"

#include <inttypes.h>

/* What an arena's pools are, as their heads say it. */
struct tally {
    uint64_t used, free, odd, strange, missing; /* STRANGE: of USED and FREE, with the index of another arena */
    uint64_t missing_at;
};

/* Enters the pool at ADDRESS, with blocks of SIZE in use, into REGION. */
static cpt_status
enter_pool(struct cpt_arena_search *search, struct cpt_region *region, uint64_t address, uint32_t size,
           struct cpt_error *error)
{
    unsigned shift = search->shift;
    cpt_status status = CPT_OK;

    if (!region->pools)
        status = cpt_region_add_pools(search->regions, region, shift, error);
    if (!status)
        region->pools[(address >> shift) - (region->start >> shift)] = (uint8_t)(size / CPT_POOL_ALIGNMENT);
    return status;
}

static void
pool_is_odd(struct cpt_arena_search *search, uint64_t address)
{
    search->obmalloc->damaged++;
    cpt_holes_add(search->decode->holes, cpt_status_code(CPT_CORRUPT), address,
                  "the head of the allocator's pool at 0x%" PRIx64 " makes no sense", address);
}

/* Whether no block of a pool is in use whose head says so: DOUBT, where the arena's own number of them is another one, goes
   by the free list. */
static bool
is_free(const uint8_t *bytes, uint64_t address, const struct cpt_pool_head *head, bool doubt)
{
    struct cpt_pool pool;

    if (head->count)
        return false;
    if (head->sound && !doubt)
        return true;
    cpt_pool_follow(bytes, address, head, &pool);
    return !pool.used;
}

/* Counts the pool at ADDRESS into TALLY and, if ENTER, enters it where it is in use. */
static cpt_status
look_at_pool(struct cpt_arena_search *search, const struct cpt_arena_object *arena, uint64_t address, bool enter,
             bool doubt, struct tally *tally, struct cpt_error *error)
{
    struct cpt_region *region = cpt_region_find(search->regions, address);
    const uint8_t *bytes;
    struct cpt_pool_head head;

    if (!region || region->end - address < UINT64_C(1) << search->shift) {
        if (!tally->missing++)
            tally->missing_at = address;
        return CPT_OK;
    }
    bytes = region->bytes + (address - region->start);
    cpt_pool_head_read(search->decode->at, bytes, address, search->shift, &head);
    if (!head.size) {
        tally->odd++;
        if (enter)
            pool_is_odd(search, address);
        return CPT_OK;
    }
    tally->strange += head.arenaindex != arena->index;
    if (is_free(bytes, address, &head, doubt)) {
        tally->free++;
        return CPT_OK;
    }
    tally->used++;
    return enter ? enter_pool(search, region, address, head.size, error) : CPT_OK;
}

static cpt_status
look_at_pools(struct cpt_arena_search *search, const struct cpt_arena_object *arena, bool enter, bool doubt,
              struct tally *tally, struct cpt_error *error)
{
    cpt_status status = CPT_OK;
    uint64_t pool = cpt_first_pool(arena->address, search->shift);

    *tally = (struct tally){0};
    for (; !status && pool < arena->pool_address; pool += UINT64_C(1) << search->shift)
        status = look_at_pool(search, arena, pool, enter, doubt, tally, error);
    return status;
}

/* Whether ARENA is what its pools, counted in TALLY, belong to. */
static bool
is_arena(struct cpt_arena_search *search, const struct cpt_arena_object *arena, const struct tally *tally)
{
    uint64_t sensible = tally->used + tally->free;

    if (!sensible && tally->missing) {
        cpt_holes_add(search->decode->holes, "truncated", arena->address,
                      "the allocator's arena at 0x%" PRIx64 " is missing", arena->address);
        return false;
    }
    if (sensible && sensible >= tally->odd && tally->strange * 2 <= sensible)
        return true;
    search->doubtful = true;
    cpt_holes_add(search->decode->holes, cpt_status_code(CPT_CORRUPT), arena->address,
                  "what the allocator's table calls the arena at 0x%" PRIx64 " has no pools of it", arena->address);
    return false;
}

/* Where the last of the arena's memory ends, if that is before its end. */
static void
cut_end(const struct cpt_arena_search *search, struct cpt_arena_object *arena)
{
    uint64_t end = arena->end, last = UINT64_C(1) << search->shift;
    const struct cpt_region *region = cpt_region_find(search->regions, end - 1);

    while (!region && end - arena->address > last) {
        end -= last;
        region = cpt_region_find(search->regions, end - 1);
    }
    if (region && end < arena->end)
        arena->end = region->end < arena->end ? region->end : arena->end;
}

static void
count_missing(struct cpt_arena_search *search, const struct cpt_arena_object *arena, const struct tally *tally)
{
    if (tally->missing)
        cpt_holes_add(search->decode->holes, "truncated", tally->missing_at,
                      "%" PRIu64 " pools of the allocator's arena at 0x%" PRIx64 " are missing", tally->missing,
                      arena->address);
}

/* How many pools in use the arena's number of free ones tells of that TALLY has not; where heads are damaged or missing, none
   is missed. */
static int64_t
missed_pools(const struct cpt_arena_object *arena, const struct tally *tally)
{
    int64_t said = (int64_t)arena->ntotalpools - arena->nfreepools, most = (int64_t)tally->used;

    if (said < most)
        return said - most;
    most += (int64_t)(tally->odd + tally->missing);
    return said > most ? said - most : 0;
}

/* The numbers contradict each other, other than for a moment while a pool is being taken. */
static void
counts_are_odd(struct cpt_arena_search *search, const struct cpt_arena_object *arena, const struct tally *tally)
{
    cpt_holes_add(search->decode->holes, cpt_status_code(CPT_CORRUPT), arena->address,
                  "the arena at 0x%" PRIx64 " has %" PRIu64 " pools in use, where %" PRIu32 " of %" PRIu32
                  " are said to be free",
                  arena->address, tally->used, arena->nfreepools, arena->ntotalpools);
}

/* Checks ARENA against its pools and enters those. *GOOD: it is one. */
static cpt_status
settle_arena(struct cpt_arena_search *search, struct cpt_arena_object *arena, bool by_pools, bool *good,
             struct cpt_error *error)
{
    struct tally tally;
    cpt_status status = look_at_pools(search, arena, false, false, &tally, error);
    bool doubt = !status && !by_pools && missed_pools(arena, &tally) != 0, odd = false;

    *good = !status && is_arena(search, arena, &tally);
    if (!*good)
        return status;
    status = look_at_pools(search, arena, true, doubt, &tally, error);
    if (status)
        return status;
    if (doubt) {
        int64_t missed = missed_pools(arena, &tally);

        odd = missed < 0 || missed > 1;
        search->doubtful |= missed != 0;
    }
    if (odd)
        counts_are_odd(search, arena, &tally);
    if (odd || by_pools)
        arena->nfreepools = arena->ntotalpools - (uint32_t)(tally.used + tally.odd + tally.missing);
    count_missing(search, arena, &tally);
    cpt_regions_walked(search->regions, arena->end - arena->address);
    cut_end(search, arena);
    search->obmalloc->pools += tally.used;
    search->obmalloc->free_pools += arena->nfreepools;
    return CPT_OK;
}

cpt_status
cpt_arenas_settle(struct cpt_arena_search *search, size_t from, bool by_pools, struct cpt_error *error)
{
    struct cpt_arena_object *arenas = search->arenas.items;
    size_t kept = from, count = search->arenas.count;
    cpt_status status = CPT_OK;

    for (size_t i = from; !status && i < count; i++) {
        bool good;

        if (kept > from && arenas[i].address < arenas[kept - 1].pool_address) {
            cpt_holes_add(search->decode->holes, cpt_status_code(CPT_CORRUPT), arenas[i].address,
                          "two of the allocator's arenas overlap at 0x%" PRIx64, arenas[i].address);
            search->doubtful = true;
            continue;
        }
        status = cpt_progress_check(search->regions->memory->progress, error);
        if (status)
            break;
        status = settle_arena(search, &arenas[i], by_pools, &good, error);
        if (good)
            arenas[kept++] = arenas[i];
    }
    search->arenas.count = kept;
    return status;
}

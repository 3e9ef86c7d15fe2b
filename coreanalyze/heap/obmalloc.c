#include "coreanalyze/heap/obmalloc.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/limits.h"
#include "coreanalyze/heap/obmalloc_search.h"

#include <inttypes.h>
#include <stdlib.h>

const char *
cpt_obmalloc_way_name(enum cpt_obmalloc_way way)
{
    static const char *const names[] = {"none", "state", "table", "pools"};

    return names[way];
}

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

/* The arena's number of free pools is one too low for a moment while a pool is being taken. */
static bool
counts_agree(const struct cpt_arena_object *arena, const struct tally *tally)
{
    uint64_t used = tally->used + tally->odd + tally->missing, said = arena->ntotalpools - arena->nfreepools;

    return said == used || said == used + 1;
}

/* Checks ARENA against its pools and enters those. *GOOD: it is one. */
static cpt_status
settle_arena(struct cpt_arena_search *search, struct cpt_arena_object *arena, bool by_pools, bool *good,
             struct cpt_error *error)
{
    struct tally tally;
    cpt_status status = look_at_pools(search, arena, false, false, &tally, error);
    bool doubt = !status && !by_pools && !counts_agree(arena, &tally);

    *good = !status && is_arena(search, arena, &tally);
    if (!*good)
        return status;
    status = look_at_pools(search, arena, true, doubt, &tally, error);
    if (status)
        return status;
    if (doubt && !counts_agree(arena, &tally))
        cpt_holes_add(search->decode->holes, cpt_status_code(CPT_CORRUPT), arena->address,
                      "the arena at 0x%" PRIx64 " has %" PRIu64 " pools in use, where %" PRIu32 " are said to be free",
                      arena->address, tally.used, arena->nfreepools);
    if (by_pools || (doubt && !counts_agree(arena, &tally)))
        arena->nfreepools = arena->ntotalpools - (uint32_t)(tally.used + tally.odd + tally.missing);
    count_missing(search, arena, &tally);
    cpt_regions_walked(search->regions, arena->end - arena->address);
    cut_end(search, arena);
    search->obmalloc->pools += tally.used;
    search->obmalloc->free_pools += arena->nfreepools;
    return CPT_OK;
}

static int
compare_addresses(const void *a, const void *b)
{
    const struct cpt_arena_object *left = a, *right = b;

    return left->address < right->address ? -1 : left->address > right->address;
}

/* Checks the arenas from FROM on (by address) and keeps those that are. */
static cpt_status
settle_arenas(struct cpt_arena_search *search, size_t from, bool by_pools, struct cpt_error *error)
{
    struct cpt_arena_object *arenas = search->arenas.items;
    size_t kept = from, count = search->arenas.count;
    cpt_status status = CPT_OK;

    for (size_t i = from; !status && i < count; i++) {
        bool good;

        if (kept > from && arenas[i].address < arenas[kept - 1].end) {
            cpt_holes_add(search->decode->holes, cpt_status_code(CPT_CORRUPT), arenas[i].address,
                          "two of the allocator's arenas overlap at 0x%" PRIx64, arenas[i].address);
            search->doubtful = true;
            continue;
        }
        status = settle_arena(search, &arenas[i], by_pools, &good, error);
        if (good)
            arenas[kept++] = arenas[i];
    }
    search->arenas.count = kept;
    return status;
}

/* All arenas are of one size, that of most of them: another one comes from a damaged entry, and would overlap others. */
static void
drop_odd_sizes(struct cpt_arena_search *search)
{
    struct cpt_arena_object *arenas = search->arenas.items;
    size_t counts[64] = {0}, kept = 0, most = 0;

    for (size_t i = 0; i < search->arenas.count; i++)
        counts[63 - __builtin_clzll(arenas[i].end - arenas[i].address)]++;
    for (size_t i = 0; i < 64; i++)
        most = counts[i] > counts[most] ? i : most;
    for (size_t i = 0; i < search->arenas.count; i++) {
        if (arenas[i].end - arenas[i].address == UINT64_C(1) << most) {
            arenas[kept++] = arenas[i];
            continue;
        }
        search->doubtful = true;
        cpt_holes_add(search->decode->holes, cpt_status_code(CPT_CORRUPT), arenas[i].address,
                      "the arena at 0x%" PRIx64 " cannot have %" PRIu32 " pools", arenas[i].address,
                      arenas[i].ntotalpools);
    }
    search->arenas.count = kept;
}

static void
sort_arenas(struct cpt_arena_search *search)
{
    if (search->arenas.count)
        qsort(search->arenas.items, search->arenas.count, sizeof(*search->arenas.items), compare_addresses);
}

/* By their tables, as far as these make sense. */
static cpt_status
find_by_tables(struct cpt_arena_search *search, const struct cpt_interpreter *interpreters, size_t count, unsigned ways,
               struct cpt_error *error)
{
    const struct cpt_layout_fields *at = search->decode->at;
    bool has_state = CPT_HAS(at->interp.obmalloc_arenas) || CPT_HAS(at->interp.obmalloc);
    cpt_status status = CPT_OK;

    if (has_state && ways & 1u << CPT_OBMALLOC_STATE)
        status = cpt_arena_states_take(search, interpreters, count, error);
    else if (!has_state && ways & 1u << CPT_OBMALLOC_TABLE)
        status = cpt_arena_table_search(search, error);
    if (status)
        return status;
    drop_odd_sizes(search);
    sort_arenas(search);
    return settle_arenas(search, 0, false, error);
}

static cpt_status
find_by_pools(struct cpt_arena_search *search, struct cpt_error *error)
{
    size_t known = search->arenas.count;
    cpt_status status = cpt_arena_scan(search, error);

    if (!status)
        status = settle_arenas(search, known, true, error);
    sort_arenas(search);
    return status;
}

/* --- debug hooks ----------------------------------------------------------------------------- */

#define HOOK_BYTES 16        /* 2 * SST: the size of the block that was asked for, the domain, forbidden bytes */
#define SAMPLED_ARENAS 16
#define SAMPLED_BLOCKS 256

/* Whether BLOCK of SIZE bytes begins as debug hooks have it. */
static bool
has_hook(const uint8_t *block, uint32_t size)
{
    uint64_t asked = __builtin_bswap64(cpt_load_u64(block));

    if (asked + HOOK_BYTES > size || (block[8] != 'o' && block[8] != 'm' && block[8] != 'r'))
        return false;
    for (unsigned i = 10; i < HOOK_BYTES; i++) {
        if (block[i] != block[9])
            return false;
    }
    return block[9] == 0xfd || block[9] == 0xfb;
}

static void
sample_pool(const struct cpt_pool *pool, unsigned *sampled, unsigned *hooked)
{
    for (uint32_t i = 0; i < pool->carved && *sampled < SAMPLED_BLOCKS; i++) {
        if (!(pool->used_blocks[i / 64] >> i % 64 & 1))
            continue;
        ++*sampled;
        *hooked += has_hook(pool->bytes + CPT_POOL_HEAD + (uint64_t)i * pool->size, pool->size);
    }
}

/* Blocks that were allocated before the hooks were there have none. */
static uint64_t
find_hooks(const struct cpt_obmalloc *obmalloc)
{
    size_t step = obmalloc->arena_count / SAMPLED_ARENAS + 1;
    unsigned sampled = 0, hooked = 0;

    for (size_t i = 0; i < obmalloc->arena_count; i += step) {
        const struct cpt_arena_object *arena = &obmalloc->arenas[i];
        uint64_t address = cpt_arena_first_pool(obmalloc, arena);
        unsigned of_arena = 0;

        for (; address < arena->pool_address && of_arena < SAMPLED_BLOCKS; address += UINT64_C(1) << obmalloc->pool_shift) {
            struct cpt_pool pool;

            if (cpt_pool_read(obmalloc, arena, address, &pool))
                sample_pool(&pool, &of_arena, &hooked);
        }
        sampled += of_arena;
    }
    return hooked * 2 > sampled ? HOOK_BYTES : 0;
}

/* --- all of it ------------------------------------------------------------------------------- */

static bool
fits_entry(const struct cpt_layout_fields *at, int32_t field, int32_t width)
{
    return field >= 0 && field <= at->arena.size - width;
}

/* Whether the layout, which may lie, describes what is needed. */
static bool
layout_is_usable(const struct cpt_layout_fields *at)
{
    return cpt_pool_layout_is_usable(at) && at->arena.size >= 40 && at->arena.size <= 512 &&
           fits_entry(at, at->arena.address, 8) && fits_entry(at, at->arena.pool_address, 8) &&
           fits_entry(at, at->arena.freepools, 8) && fits_entry(at, at->arena.nextarena, 8) &&
           fits_entry(at, at->arena.nfreepools, 4) && fits_entry(at, at->arena.ntotalpools, 4);
}

static void
take_result(struct cpt_arena_search *search)
{
    struct cpt_obmalloc *obmalloc = search->obmalloc;

    obmalloc->arenas = search->arenas.items;
    obmalloc->arena_count = search->arenas.count;
    obmalloc->pool_shift = search->shift;
    for (size_t i = 0; i < obmalloc->arena_count; i++) {
        const struct cpt_arena_object *arena = &obmalloc->arenas[i];
        uint64_t size = UINT64_C(1) << search->shift;

        while (size < (uint64_t)arena->ntotalpools << search->shift)
            size *= 2;
        if (size > obmalloc->arena_size)
            obmalloc->arena_size = size;
    }
    if (!obmalloc->arena_count)
        obmalloc->way = CPT_OBMALLOC_NONE;
    else
        obmalloc->hooks = find_hooks(obmalloc);
}

cpt_status
cpt_obmalloc_open(struct cpt_obmalloc *obmalloc, struct cpt_decode *decode, struct cpt_regions *regions,
                  const struct cpt_interpreter *interpreters, size_t interpreter_count, struct cpt_run image,
                  unsigned ways, struct cpt_error *error)
{
    struct cpt_arena_search search = {.obmalloc = obmalloc, .decode = decode, .regions = regions, .image = image};
    cpt_status status;

    *obmalloc = (struct cpt_obmalloc){.regions = regions, .at = decode->at};
    if (!layout_is_usable(decode->at)) {
        cpt_holes_add(decode->holes, cpt_status_code(CPT_ABSENT), 0, "the layout does not describe the allocator");
        return CPT_OK;
    }
    if (!ways)
        ways = ~0u;
    status = find_by_tables(&search, interpreters, interpreter_count, ways, error);
    if (!status && ways & 1u << CPT_OBMALLOC_POOLS && (search.doubtful || (!search.settled && !search.arenas.count)))
        status = find_by_pools(&search, error);
    take_result(&search);
    return status;
}

void
cpt_obmalloc_close(struct cpt_obmalloc *obmalloc)
{
    free(obmalloc->arenas);
    *obmalloc = (struct cpt_obmalloc){0};
}

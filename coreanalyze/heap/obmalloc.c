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

static int
compare_addresses(const void *a, const void *b)
{
    const struct cpt_arena_object *left = a, *right = b;

    return left->address < right->address ? -1 : left->address > right->address;
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
    return cpt_arenas_settle(search, 0, false, error);
}

static cpt_status
find_by_pools(struct cpt_arena_search *search, struct cpt_error *error)
{
    size_t known = search->arenas.count;
    cpt_status status = cpt_arena_scan(search, error);

    if (!status)
        status = cpt_arenas_settle(search, known, true, error);
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

/* No arena goes into the next one, wherever a damaged table has its beginning. */
static void
cut_overlaps(struct cpt_arena_search *search)
{
    for (size_t i = 1; i < search->arenas.count; i++) {
        struct cpt_arena_object *arena = &search->arenas.items[i - 1];

        if (arena->end > arena[1].address)
            arena->end = arena[1].address;
    }
}

static void
take_result(struct cpt_arena_search *search)
{
    struct cpt_obmalloc *obmalloc = search->obmalloc;

    cut_overlaps(search);
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
    if (!status && ways & 1u << CPT_OBMALLOC_POOLS && (search.doubtful || !search.arenas.count))
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

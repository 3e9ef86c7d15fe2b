#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/limits.h"
#include "coreanalyze/heap/obmalloc_search.h"

#include <inttypes.h>

/* INITIAL_ARENA_OBJECTS: tables begin with so many entries and double from there. */
#define FIRST_ENTRIES 16

/* POOL_SIZE at most; an arena begins at most so far before its first pool. */
#define MAX_POOL_SIZE (UINT64_C(1) << 14)

#define RATED_BYTES (UINT64_C(1) << 18) /* that a look at an arena brings into our memory at most */
#define SAMPLED_POOLS 4 /* of an arena, to see whether it is the one that they tell of */

bool
cpt_arena_record_read(const struct cpt_arena_search *search, uint64_t address, struct cpt_arena_record *record)
{
    const struct cpt_layout_fields *at = search->decode->at;
    const uint8_t *bytes = cpt_region_bytes(search->regions, address, (uint64_t)at->arena.size);

    if (!bytes)
        return false;
    record->address = cpt_load_u64(bytes + at->arena.address);
    record->pool_address = cpt_load_u64(bytes + at->arena.pool_address);
    record->freepools = cpt_load_u64(bytes + at->arena.freepools);
    record->nextarena = cpt_load_u64(bytes + at->arena.nextarena);
    record->nfreepools = cpt_load_u32(bytes + at->arena.nfreepools);
    record->ntotalpools = cpt_load_u32(bytes + at->arena.ntotalpools);
    return true;
}

bool
cpt_arena_record_is_plausible(const struct cpt_arena_record *record)
{
    uint64_t carved = record->pool_address - record->address;

    return cpt_pointer_is_plausible(record->address) && record->ntotalpools > 1 &&
           record->ntotalpools <= CPT_MAX_ARENA_POOLS && record->nfreepools <= record->ntotalpools &&
           record->pool_address % CPT_POOL_ALIGNMENT == 0 && record->pool_address >= record->address &&
           carved <= (record->ntotalpools + 1) * MAX_POOL_SIZE &&
           (!record->freepools || record->freepools - record->address < carved);
}

/* --- how long a table is --------------------------------------------------------------------- */

/* Whether RECORD can be an entry of the table at ADDRESS. Of those not in use NEXTARENA alone is known: it leads to
   another entry, or for one of them (*LASTS counts them) to none. */
static bool
is_entry(const struct cpt_arena_search *search, const struct cpt_arena_record *record, uint64_t address,
         unsigned *lasts)
{
    uint64_t entry = (uint64_t)search->decode->at->arena.size;

    if (record->address)
        return cpt_arena_record_is_plausible(record);
    if (!record->nextarena)
        return ++*lasts == 1;
    return record->nextarena >= address && (record->nextarena - address) % entry == 0 &&
           (record->nextarena - address) / entry < CPT_MAX_ARENAS;
}

/* How many of the entries [FROM, TO) make sense. */
static uint32_t
count_entries(struct cpt_arena_search *search, uint64_t address, uint32_t from, uint32_t to, unsigned *lasts)
{
    uint64_t entry = (uint64_t)search->decode->at->arena.size;
    uint32_t good = 0;

    for (uint32_t i = from; i < to; i++) {
        struct cpt_arena_record record;

        search->steps++;
        if (!cpt_arena_record_read(search, address + i * entry, &record))
            break;
        good += is_entry(search, &record, address, lasts);
        if (i - from >= FIRST_ENTRIES - 1 && good < (i - from) / 2)
            break;
    }
    return good;
}

/* A few damaged entries do not end a table: of those that it would double by, three quarters have to make sense. */
uint32_t
cpt_arena_table_measure(struct cpt_arena_search *search, uint64_t address)
{
    unsigned lasts = 0;
    uint32_t count = 0, more = FIRST_ENTRIES;

    while (count + more <= CPT_MAX_ARENAS && search->steps < CPT_MAX_ARENA_STEPS) {
        if (count_entries(search, address, count, count + more, &lasts) < more / 4 * 3)
            break;
        count += more;
        more = count;
    }
    return count;
}

/* --- taking a table -------------------------------------------------------------------------- */

/* Arenas are as large as a power of two; where they are not aligned as pools are, they hold a pool less. */
static uint64_t
arena_size(uint32_t pools, unsigned shift)
{
    uint64_t size = UINT64_C(1) << shift;

    while (size < (uint64_t)pools << shift)
        size *= 2;
    return size;
}

/* POOL_SIZE as the first pools of the table's arenas have it; 0: they cannot tell. */
static unsigned
vote_for_shift(struct cpt_arena_search *search, uint64_t address, uint32_t count)
{
    const struct cpt_layout_fields *at = search->decode->at;
    unsigned small = 0, large = 0;

    for (uint32_t i = 0; i < count && small + large < 64; i++) {
        struct cpt_arena_record record;
        const uint8_t *head;

        if (!cpt_arena_record_read(search, address + (uint64_t)i * (uint64_t)at->arena.size, &record) ||
            !record.address || !cpt_arena_record_is_plausible(&record))
            continue;
        head = cpt_search_head(search, cpt_first_pool(record.address, 12));
        small += head && cpt_pool_head_shift(at, head) == 12;
        head = cpt_search_head(search, cpt_first_pool(record.address, 14));
        large += head && cpt_pool_head_shift(at, head) == 14;
    }
    return small > large ? 12 : large ? 14 : 0;
}

static void
entry_is_odd(struct cpt_arena_search *search, uint64_t address, uint32_t index)
{
    search->doubtful = true;
    cpt_holes_add(search->decode->holes, cpt_status_code(CPT_CORRUPT), address,
                  "entry %" PRIu32 " of the allocator's table of arenas makes no sense", index);
}

static bool
fits_shift(const struct cpt_arena_record *record, unsigned shift)
{
    uint64_t first = cpt_first_pool(record->address, shift), mask = (UINT64_C(1) << shift) - 1;

    return !(record->pool_address & mask) && record->pool_address >= first &&
           record->pool_address - first <= (uint64_t)record->ntotalpools << shift;
}

static cpt_status
take_record(struct cpt_arena_search *search, const struct cpt_arena_record *record, uint32_t index,
            struct cpt_error *error)
{
    struct cpt_arena_object *arena = cpt_vec_add(&search->arenas);

    if (!arena)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    *arena = (struct cpt_arena_object){
        .address = record->address,
        .end = record->address + arena_size(record->ntotalpools, search->shift),
        .pool_address = record->pool_address,
        .nfreepools = record->nfreepools,
        .ntotalpools = record->ntotalpools,
        .index = index,
        .state = search->states,
    };
    return CPT_OK;
}

cpt_status
cpt_arena_table_take(struct cpt_arena_search *search, uint64_t address, uint32_t count, struct cpt_error *error)
{
    uint64_t entry = (uint64_t)search->decode->at->arena.size;
    cpt_status status = CPT_OK;
    unsigned lasts = 0;

    if (!search->shift)
        search->shift = vote_for_shift(search, address, count);
    for (uint32_t i = 0; !status && i < count; i++) {
        struct cpt_arena_record record;

        if (!cpt_arena_record_read(search, address + i * entry, &record)) {
            search->doubtful = true;
            cpt_holes_add(search->decode->holes, cpt_status_code(CPT_FAULT), address + i * entry,
                          "the allocator's table of arenas cannot be read from entry %" PRIu32 " of %" PRIu32 " on", i,
                          count);
            break;
        }
        if (!record.address) {
            if (!is_entry(search, &record, address, &lasts))
                entry_is_odd(search, address + i * entry, i);
            continue;
        }
        if (!search->shift || !cpt_arena_record_is_plausible(&record) || !fits_shift(&record, search->shift))
            entry_is_odd(search, address + i * entry, i);
        else
            status = take_record(search, &record, i, error);
    }
    search->states++;
    return status;
}

/* --- finding the table ----------------------------------------------------------------------- */

/* Whether a few pools of the arena of RECORD say that it has INDEX: 1, -1: they say something else, 0: nothing. */
static int
pools_agree(const struct cpt_arena_search *search, const struct cpt_arena_record *record, uint32_t index)
{
    const struct cpt_layout_fields *at = search->decode->at;
    int votes = 0;

    for (unsigned shift = 12; shift <= 14; shift += 2) {
        uint64_t pool = cpt_first_pool(record->address, shift);

        for (unsigned i = 0; i < SAMPLED_POOLS && pool < record->pool_address; i++, pool += UINT64_C(1) << shift) {
            const uint8_t *head = cpt_search_head(search, pool);

            if (head && cpt_pool_head_shift(at, head) == shift)
                votes += cpt_load_u32(head + at->pool.arenaindex) == index ? 1 : -1;
        }
    }
    return votes > 0 ? 1 : votes < 0 ? -1 : 0;
}

/* How many arenas the table of COUNT entries at ADDRESS has whose pools belong to them, less those that do not. */
static int64_t
rate_table(struct cpt_arena_search *search, uint64_t address, uint32_t count)
{
    int64_t score = 0;

    for (uint32_t i = 0; i < count; i++) {
        struct cpt_arena_record record;

        search->steps++;
        if (cpt_arena_record_read(search, address + (uint64_t)i * (uint64_t)search->decode->at->arena.size, &record) &&
            record.address && cpt_arena_record_is_plausible(&record))
            score += pools_agree(search, &record, i);
        cpt_regions_walked(search->regions, RATED_BYTES);
    }
    return score;
}

struct best_table {
    uint64_t address;
    uint32_t count;
    int64_t score;
};

/* The first entry is in use as long as the oldest arena is, which is nearly always so; it is quickly seen. */
static void
try_table(struct cpt_arena_search *search, uint64_t address, struct best_table *best)
{
    struct cpt_arena_record first;
    uint32_t count;
    int64_t score;

    if (address == best->address || !cpt_arena_record_read(search, address, &first))
        return;
    if (first.address && !cpt_arena_record_is_plausible(&first))
        return;
    count = cpt_arena_table_measure(search, address);
    score = count ? rate_table(search, address, count) : 0;
    if (score > best->score)
        *best = (struct best_table){.address = address, .count = count, .score = score};
}

/* All words of [START, END) of REGION that may be `arenas`: the table is malloc's. */
static void
search_region(struct cpt_arena_search *search, const struct cpt_region *region, uint64_t start, uint64_t end,
              struct best_table *best)
{
    const uint8_t *bytes = region->bytes + (start - region->start);

    for (uint64_t i = 0; i + 8 <= end - start && search->steps < CPT_MAX_ARENA_STEPS &&
                         !cpt_progress_stops(search->regions->memory->progress, i >> 3); i += 8) {
        uint64_t word = cpt_load_u64(bytes + i);
        const struct cpt_region *target;

        if (word < 4096 || word % CPT_POOL_ALIGNMENT)
            continue;
        target = cpt_region_find(search->regions, word);
        if (target && (target->kind == CPT_REGION_ANONYMOUS || target->kind == CPT_REGION_BRK))
            try_table(search, word, best);
    }
}

cpt_status
cpt_arena_table_search(struct cpt_arena_search *search, struct cpt_error *error)
{
    struct best_table best = {0};

    for (size_t i = 0; i < search->regions->count; i++) {
        const struct cpt_region *region = &search->regions->items[i];
        uint64_t start = region->start, end = region->end;

        if (region->kind != CPT_REGION_IMAGE)
            continue;
        if (search->image.end && start < search->image.start)
            start = (search->image.start + 7) & ~UINT64_C(7);
        if (search->image.end && end > search->image.end)
            end = search->image.end;
        if (start < end)
            search_region(search, region, start, end, &best);
    }
    if (best.score <= 0)
        return CPT_OK;
    search->obmalloc->way = CPT_OBMALLOC_TABLE;
    return cpt_arena_table_take(search, best.address, best.count, error);
}

/* Arenas without a table: a pool's head has five fields that determine each other, so that what looks like one is one. */
#include "coreanalyze/base/bytes.h"
#include "coreanalyze/heap/obmalloc_search.h"

#define POOLS_IN_ARENA 64 /* of an arena that is aligned as pools are; twice as many in large ones */
#define PAGE 4096

/* What is known of the arena that the scan is in. */
struct group {
    uint64_t first, last; /* its pools that make sense */
    uint32_t index;
};

struct scan {
    struct cpt_arena_search *search;
    unsigned shift;
    size_t known;      /* arenas of a table: the scan keeps off them */
    size_t next_known; /* the first of them with pools above the place of the scan */
    uint64_t halves;   /* of groups: such as follow another one at once and have its index */
    uint64_t groups;
    uint64_t small;    /* heads of small pools that were met */
    bool joined;       /* groups go over 2 * POOLS_IN_ARENA */
    struct group group;
    bool has_group;
    cpt_status status;
    struct cpt_error *error;
};

/* Whether the pool at ADDRESS (its bytes at BYTES) is one without doubt, in use or not. */
static bool
is_pool(const struct scan *scan, const uint8_t *bytes, uint64_t address, uint32_t *index)
{
    struct cpt_pool_head head;
    struct cpt_pool pool;

    if (cpt_pool_head_shift(scan->search->decode->at, bytes) != scan->shift)
        return false;
    cpt_pool_head_read(scan->search->decode->at, bytes, address, scan->shift, &head);
    if (!head.sound)
        return false;
    cpt_pool_follow(bytes, address, &head, &pool);
    *index = head.arenaindex;
    return !pool.damaged;
}

static void
end_group(struct scan *scan)
{
    const struct group *group = &scan->group;
    struct cpt_arena_object *arena;

    if (!scan->has_group)
        return;
    scan->has_group = false;
    arena = cpt_vec_add(&scan->search->arenas);
    if (!arena) {
        scan->status = cpt_error_set(scan->error, CPT_NOMEM, "out of memory");
        return;
    }
    *arena = (struct cpt_arena_object){
        .address = group->first,
        .pool_address = group->last + (UINT64_C(1) << scan->shift),
        .index = group->index,
        .state = scan->search->states,
    };
}

static uint64_t
group_size(const struct scan *scan)
{
    return (uint64_t)(scan->joined ? 2 * POOLS_IN_ARENA : POOLS_IN_ARENA) << scan->shift;
}

static void
add_pool(struct scan *scan, uint64_t address, uint32_t index)
{
    struct group *group = &scan->group;

    if (scan->has_group && group->index == index && address - group->first < group_size(scan)) {
        group->last = address;
        return;
    }
    scan->groups++;
    scan->halves += scan->has_group && group->index == index && address - group->first == group_size(scan);
    end_group(scan);
    *group = (struct group){.first = address, .last = address, .index = index};
    scan->has_group = true;
}

/* The next address for a pool at or above ADDRESS that is in no arena of a table. */
static uint64_t
skip_known(struct scan *scan, uint64_t address)
{
    const struct cpt_arena_object *arenas = scan->search->arenas.items;

    while (scan->next_known < scan->known && arenas[scan->next_known].pool_address <= address)
        scan->next_known++;
    if (scan->next_known < scan->known && arenas[scan->next_known].address <= address)
        return cpt_first_pool(arenas[scan->next_known].pool_address, scan->shift);
    return address;
}

static void
scan_region(struct scan *scan, const struct cpt_region *region)
{
    uint64_t pool_size = UINT64_C(1) << scan->shift, address = cpt_first_pool(region->start, scan->shift);

    while (!scan->status && address < region->end && region->end - address >= pool_size) {
        const uint8_t *bytes = region->bytes + (address - region->start);
        uint64_t free_place = skip_known(scan, address);
        uint32_t index;

        if (free_place != address) {
            address = free_place;
            continue;
        }
        if (is_pool(scan, bytes, address, &index))
            add_pool(scan, address, index);
        else if (scan->shift == 14)
            scan->small += cpt_pool_head_shift(scan->search->decode->at, bytes) == 12;
        address += pool_size;
        if (cpt_progress_stops(scan->search->regions->memory->progress, address >> scan->shift))
            scan->status = cpt_progress_check(scan->search->regions->memory->progress, scan->error);
        cpt_regions_walked(scan->search->regions, pool_size);
    }
    end_group(scan);
}

/* Adds to the arenas what pools of 1 << SHIFT bytes tell of. */
static cpt_status
scan_all(struct scan *scan, unsigned shift, bool joined)
{
    const struct cpt_regions *regions = scan->search->regions;

    *scan = (struct scan){
        .search = scan->search, .shift = shift, .known = scan->known, .joined = joined, .error = scan->error};
    scan->search->arenas.count = scan->known;
    for (size_t i = 0; !scan->status && i < regions->count; i++) {
        if (regions->items[i].kind == CPT_REGION_ANONYMOUS || regions->items[i].kind == CPT_REGION_BRK)
            scan_region(scan, &regions->items[i]);
    }
    return scan->status;
}

/* --- where the arenas begin ------------------------------------------------------------------ */

/* How far in front of their first pools the arenas of a row begin, which is the same for all of them: arenas are mapped
   one beside the other, and only as pages are aligned. */
static uint64_t
lead_of_row(const struct scan *scan, const struct cpt_arena_object *row, size_t count, uint64_t size)
{
    const struct cpt_region *region = cpt_region_find(scan->search->regions, row->address);
    const struct cpt_arena_object *last = &row[count - 1];
    uint64_t pool_size = UINT64_C(1) << scan->shift, pools = size >> scan->shift, most = 0;

    for (size_t i = 0; i < count; i++) {
        uint64_t carved = (row[i].pool_address - row[i].address) >> scan->shift;

        if (carved == pools)
            return 0;
        most = carved > most ? carved : most;
    }
    if (row->address - region->start < pool_size)
        return row->address - region->start;
    if (last->address + size > region->end && last->address + size - region->end < pool_size)
        return last->address + size - region->end;
    return most == pools - 1 ? PAGE : 0;
}

static void
set_row(const struct scan *scan, struct cpt_arena_object *row, size_t count, uint64_t size)
{
    uint64_t lead = lead_of_row(scan, row, count, size);

    for (size_t i = 0; i < count; i++) {
        row[i].address -= lead;
        row[i].end = row[i].address + size;
        row[i].ntotalpools = (uint32_t)((size - lead) >> scan->shift);
        row[i].nfreepools = row[i].ntotalpools;
    }
}

/* Which arenas lie beside each other without a gap. */
static void
set_bounds(struct scan *scan)
{
    struct cpt_arena_object *arenas = scan->search->arenas.items;
    uint64_t size = group_size(scan);
    size_t row = scan->known, count = scan->search->arenas.count;

    for (size_t i = row + 1; row < count && i <= count; i++) {
        if (i < count && arenas[i].address == arenas[i - 1].address + size)
            continue;
        set_row(scan, &arenas[row], i - row, size);
        row = i;
    }
}

/* Large pools are looked for first, since small ones are met on the way; arenas that come in two halves of one index
   are large ones (2 MiB, with huge pages). */
cpt_status
cpt_arena_scan(struct cpt_arena_search *search, struct cpt_error *error)
{
    struct scan scan = {.search = search, .known = search->arenas.count, .error = error};
    unsigned shift = search->shift ? search->shift : 14;
    cpt_status status = scan_all(&scan, shift, false);

    if (!status && !search->shift && scan.small > scan.groups)
        status = scan_all(&scan, shift = 12, false);
    if (!status && scan.halves * 3 > scan.groups)
        status = scan_all(&scan, shift, true);
    if (status)
        return status;
    if (search->arenas.count > scan.known)
        search->shift = shift;
    set_bounds(&scan);
    if (search->obmalloc->way == CPT_OBMALLOC_NONE && search->arenas.count)
        search->obmalloc->way = CPT_OBMALLOC_POOLS;
    return CPT_OK;
}

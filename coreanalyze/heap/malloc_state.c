#include "coreanalyze/heap/malloc_state.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"

/* Offsets in struct malloc_state: mutex, flags; to 2.42 have_fastchunks and fastbinsY; top, last_remainder, bins. */
#define FLAGS 4
#define FAST_BINS 16
#define BINS_WITH_FAST 112
#define BINS_WITHOUT 24

/* From bins on: top is in front of them and of last_remainder; binmap follows, then next, next_free, attached_threads,
   system_mem, max_system_mem. */
#define TOP_BEFORE 16
#define NEXT_BEHIND (BIN_COUNT * 16 + 16)
#define SIZE_BEHIND (NEXT_BEHIND + 40)
#define BIN_COUNT 127

#define NONCONTIGUOUS 2

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "no memory for the list of malloc's arenas");
}

static uint64_t
word_at(const struct cpt_regions *regions, uint64_t address)
{
    const uint8_t *bytes = cpt_region_bytes(regions, address, 8);

    return bytes ? cpt_load_u64(bytes) : 0;
}

/* Whether an arena of a thread is at ADDRESS: behind the heap_info of its first heap, which leads to it. */
static bool
is_in_heap(const struct cpt_regions *regions, uint64_t address)
{
    uint64_t behind = address & (CPT_HEAP_RESERVE - 1);

    return behind >= 32 && behind <= 64 && word_at(regions, address - behind) == address;
}

/* How many bins of the arena at ADDRESS are empty, if they begin BINS bytes from there: an empty one leads to itself,
   as a chunk whose fd is in the bin. */
static unsigned
count_empty(const struct cpt_regions *regions, uint64_t address, uint64_t bins)
{
    const uint8_t *bytes = cpt_region_bytes(regions, address + bins, BIN_COUNT * 16);
    unsigned count = 0;

    for (unsigned i = 0; bytes && i < BIN_COUNT; i++)
        count += cpt_load_u64(bytes + i * 16) == address + bins + i * 16 - 16;
    return count;
}

static cpt_status
add_state(struct cpt_malloc_states *states, const struct cpt_regions *regions, uint64_t address, bool is_main,
          uint64_t bins, struct cpt_error *error)
{
    const uint8_t *bytes = cpt_region_bytes(regions, address, bins + SIZE_BEHIND);
    struct cpt_malloc_state *state;
    uint64_t top;

    if (!bytes)
        return CPT_OK;
    state = cpt_vec_add(states);
    if (!state)
        return out_of_memory(error);
    top = cpt_load_u64(bytes + bins - TOP_BEFORE);
    *state = (struct cpt_malloc_state){
        .address = address,
        .end = address + bins + SIZE_BEHIND,
        .top = top & 15 || !cpt_region_find(regions, top) || top - address < bins + SIZE_BEHIND ? 0 : top,
        .fast_bins = bins == BINS_WITH_FAST ? address + FAST_BINS : 0,
        .is_main = is_main,
        .is_contiguous = !(cpt_load_u32(bytes + FLAGS) & NONCONTIGUOUS),
    };
    return CPT_OK;
}

/* An arena in a heap may be of either layout. */
static cpt_status
add_in_heap(struct cpt_malloc_states *states, const struct cpt_regions *regions, uint64_t address,
            struct cpt_error *error)
{
    unsigned fast = count_empty(regions, address, BINS_WITH_FAST);
    unsigned without = count_empty(regions, address, BINS_WITHOUT);

    return add_state(states, regions, address, false, without > fast ? BINS_WITHOUT : BINS_WITH_FAST, error);
}

/* All arenas are in a ring; main_arena is the only one outside of heaps. */
static cpt_status
add_ring(struct cpt_malloc_states *states, const struct cpt_regions *regions, uint64_t address, uint64_t bins,
         struct cpt_error *error)
{
    uint64_t next = word_at(regions, address + bins + NEXT_BEHIND);
    cpt_status status = add_state(states, regions, address, true, bins, error);

    for (unsigned i = 0; !status && i < CPT_MAX_MALLOC_STATES && next != address && is_in_heap(regions, next); i++) {
        status = add_state(states, regions, next, false, bins, error);
        next = word_at(regions, next + bins + NEXT_BEHIND);
    }
    return status;
}

/* How far before BINS main_arena begins, if its bins are there: its neighbour is itself, or an arena in a heap. 0: they
   are not. */
static uint64_t
main_arena_before(const struct cpt_regions *regions, const struct cpt_region *region, uint64_t bins)
{
    uint64_t next, top;

    if (bins - region->start < BINS_WITH_FAST || region->end - bins < SIZE_BEHIND)
        return 0;
    next = cpt_load_u64(region->bytes + (bins + NEXT_BEHIND - region->start));
    if (next == bins - BINS_WITH_FAST || next == bins - BINS_WITHOUT)
        return bins - next;
    top = cpt_load_u64(region->bytes + (bins - TOP_BEFORE - region->start));
    if (next & 15 || !is_in_heap(regions, next) || top & 15 || !cpt_region_find(regions, top))
        return 0;
    return count_empty(regions, next, BINS_WITHOUT) > count_empty(regions, next, BINS_WITH_FAST) ? BINS_WITHOUT
                                                                                                 : BINS_WITH_FAST;
}

/* main_arena, if the bin at FOUND, which is empty, is one of its. */
static cpt_status
try_bin(struct cpt_malloc_states *states, const struct cpt_regions *regions, const struct cpt_region *region,
        uint64_t found, struct cpt_error *error)
{
    for (uint64_t i = 0; i < BIN_COUNT && i * 16 <= found - region->start; i++) {
        uint64_t bins = found - i * 16, before = main_arena_before(regions, region, bins);

        if (before)
            return add_ring(states, regions, bins - before, before, error);
    }
    return CPT_OK;
}

/* Looks for empty bins in REGION; each copy of the C library (there are namespaces of the linker) has an arena. */
static cpt_status
search_region(struct cpt_malloc_states *states, const struct cpt_regions *regions, const struct cpt_region *region,
              unsigned *tries, struct cpt_error *error)
{
    uint64_t size = region->end - region->start;
    cpt_status status = CPT_OK;

    if (size > CPT_MAX_SCAN)
        size = CPT_MAX_SCAN;
    for (uint64_t i = 0; !status && *tries && i + 16 <= size; i += 8) {
        size_t before = states->count;

        if (cpt_load_u64(region->bytes + i) != region->start + i - 16 ||
            cpt_load_u64(region->bytes + i + 8) != region->start + i - 16)
            continue;
        status = try_bin(states, regions, region, region->start + i, error);
        if (states->count > before)
            i += BIN_COUNT * 16;
        else
            --*tries;
    }
    return status;
}

static cpt_status
search_kind(struct cpt_malloc_states *states, const struct cpt_regions *regions, enum cpt_region_kind kind,
            struct cpt_error *error)
{
    unsigned tries = CPT_MAX_CANDIDATES;
    cpt_status status = CPT_OK;

    for (size_t i = 0; !status && tries && i < regions->count; i++) {
        if (regions->items[i].kind == kind)
            status = search_region(states, regions, &regions->items[i], &tries, error);
    }
    return status;
}

static int
compare(const void *left, const void *right)
{
    const struct cpt_malloc_state *a = left, *b = right;

    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    return b->is_main - a->is_main;
}

static void
sort(struct cpt_malloc_states *states)
{
    size_t kept = 0;

    if (states->count)
        qsort(states->items, states->count, sizeof(*states->items), compare);
    for (size_t i = 0; i < states->count; i++) {
        if (!kept || states->items[kept - 1].address != states->items[i].address)
            states->items[kept++] = states->items[i];
    }
    states->count = kept;
}

cpt_status
cpt_malloc_states_find(struct cpt_malloc_states *states, const struct cpt_regions *regions,
                       const struct cpt_area_runs *areas, struct cpt_error *error)
{
    cpt_status status;

    *states = (struct cpt_malloc_states){0};
    status = search_kind(states, regions, CPT_REGION_IMAGE, error);
    if (!status && !states->count) /* where the image's beginning is missing, its data are a file's */
        status = search_kind(states, regions, CPT_REGION_FILE, error);
    for (size_t i = 0; !status && i < areas->count; i++) {
        uint64_t address = areas->items[i].kind == CPT_AREA_HEAP ? word_at(regions, areas->items[i].start) : 0;

        if (address && is_in_heap(regions, address))
            status = add_in_heap(states, regions, address, error);
    }
    sort(states);
    return status;
}

void
cpt_malloc_states_free(struct cpt_malloc_states *states)
{
    cpt_vec_free(states);
}

const struct cpt_malloc_state *
cpt_malloc_state_at(const struct cpt_malloc_states *states, uint64_t address)
{
    size_t low = 0, high = states->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (states->items[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low < states->count && states->items[low].address == address ? &states->items[low] : NULL;
}

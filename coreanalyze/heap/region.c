#include "coreanalyze/heap/region.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"
#include "coreanalyze/heap/glibc.h"
#include "coreanalyze/heap/images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096
#define FORGET_EVERY (UINT64_C(4) << 20) /* bytes walked, at least; letting go costs (before Linux 6.14) in proportion to */
#define FORGET_PARTS 64                  /* all that was ever touched: so often it is done at most for one walk */
#define FORGET_ABOVE (UINT64_C(10) << 20) /* bytes of files in our memory */
#define WINDOWS (1u << 17) /* of 1 GiB: the user's half of the address space */
#define WINDOW_ENTRIES 1024 /* of 1 MiB */
#define SEARCHED_ONE_BY_ONE 4 /* regions of one window */

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "out of memory");
}

void
cpt_bits_cover(uint64_t *bits, const struct cpt_region *region, uint64_t start, uint64_t end)
{
    size_t first, last;

    if (start < region->start)
        start = region->start;
    if (end > region->end)
        end = region->end;
    if (start >= end)
        return;
    first = cpt_region_granule(region, start);
    last = cpt_region_granule(region, end - 1);
    for (size_t i = first >> 6; i <= last >> 6; i++) {
        uint64_t mask = UINT64_MAX;

        if (i == first >> 6)
            mask &= UINT64_MAX << (first & 63);
        if (i == last >> 6)
            mask &= UINT64_MAX >> (63 - (last & 63));
        __atomic_fetch_or(&bits[i], mask, __ATOMIC_RELAXED);
    }
}

/* The first image that ends above ADDRESS, or NULL. */
static const struct cpt_run *
image_above(const struct cpt_regions *regions, uint64_t address)
{
    size_t low = 0, high = regions->image_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (regions->images[middle].end > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low < regions->image_count ? &regions->images[low] : NULL;
}

/* The program break, where no mapping is named so. */
static void
find_brk(struct cpt_regions *regions)
{
    const struct cpt_memory *memory = regions->memory;

    for (size_t i = 0; i < memory->mapping_count; i++) {
        if (memory->mappings[i].path && strcmp(memory->mappings[i].path, "[heap]") == 0)
            return;
    }
    if (!cpt_brk_find(regions->memory, regions->images, regions->image_count, &regions->brk))
        regions->brk = (struct cpt_run){0};
}

/* Whether START is in RUN; *END is lowered to where that begins or ends. */
static bool
is_within(const struct cpt_run *run, uint64_t start, uint64_t *end)
{
    if (!run || run->end <= start)
        return false;
    if (run->start > start) {
        if (run->start < *end)
            *end = run->start;
        return false;
    }
    if (run->end < *end)
        *end = run->end;
    return true;
}

/* What the writable memory at START is, and up to where (*END, which is lowered). */
static enum cpt_region_kind
kind_at(const struct cpt_regions *regions, const struct cpt_mapping *mapping, uint64_t start, uint64_t *end)
{
    const char *path = mapping->path;

    if (is_within(image_above(regions, start), start, end))
        return CPT_REGION_IMAGE;
    if (path && path[0] == '/')
        return CPT_REGION_FILE;
    if (path && strcmp(path, "[stack]") == 0)
        return CPT_REGION_STACK;
    if ((path && strcmp(path, "[heap]") == 0) || is_within(&regions->brk, start, end))
        return CPT_REGION_BRK;
    if (is_within(cpt_stacks_above(&regions->stacks, start), start, end))
        return CPT_REGION_STACK;
    return CPT_REGION_ANONYMOUS;
}

static bool
continues(const struct cpt_region *before, uint64_t start, const uint8_t *bytes, enum cpt_region_kind kind)
{
    return before->end == start && before->bytes + (before->end - before->start) == bytes && before->kind == kind;
}

static cpt_status
add_region(struct cpt_regions *regions, uint64_t start, uint64_t end, const uint8_t *bytes, enum cpt_region_kind kind,
           struct cpt_error *error)
{
    struct cpt_region *region = regions->count ? &regions->items[regions->count - 1] : NULL;

    if (region && continues(region, start, bytes, kind)) {
        region->end = end;
        return CPT_OK;
    }
    region = cpt_vec_add(regions);
    if (!region)
        return out_of_memory(error);
    *region = (struct cpt_region){.start = start, .end = end, .bytes = bytes, .kind = kind};
    return CPT_OK;
}

/* Where the source has bytes again behind ADDRESS; END where it has none before that. */
static uint64_t
next_run(const struct cpt_memory *memory, uint64_t address, uint64_t end)
{
    size_t low = 0, high = memory->run_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (memory->runs[middle].start > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low < memory->run_count && memory->runs[low].start < end ? memory->runs[low].start : end;
}

static cpt_status
add_mapping(struct cpt_regions *regions, const struct cpt_mapping *mapping, struct cpt_error *error)
{
    cpt_status status = CPT_OK;
    uint64_t address = mapping->start;

    while (!status && address < mapping->end) {
        uint64_t size, end = mapping->end;
        const uint8_t *bytes = cpt_memory_piece(regions->memory, address, &size);
        enum cpt_region_kind kind;

        if (!bytes) {
            address = (next_run(regions->memory, address, mapping->end) + 15) & ~UINT64_C(15);
            continue;
        }
        if (size < end - address)
            end = address + size;
        kind = kind_at(regions, mapping, address, &end);
        size = (end - address) & ~UINT64_C(15);
        if (size)
            status = add_region(regions, address, address + size, bytes, kind, error);
        address = end;
        if (end & 15)
            address = (end + 15) & ~UINT64_C(15);
    }
    return status;
}

static size_t
bitmap_words(const struct cpt_region *region)
{
    return (size_t)((region->end - region->start) >> (CPT_GRANULE_SHIFT + 6)) + 1;
}

static bool
has_bitmaps(const struct cpt_region *region)
{
    return region->kind != CPT_REGION_STACK && region->kind != CPT_REGION_IMAGE;
}

/* All bitmaps in one reservation, of which only the pages that are written to take memory. */
static cpt_status
add_bitmaps(struct cpt_regions *regions, struct cpt_error *error)
{
    size_t words = 1;
    uint64_t *bits;

    for (size_t i = 0; i < regions->count; i++)
        words += has_bitmaps(&regions->items[i]) ? 2 * bitmap_words(&regions->items[i]) : 0;
    bits = mmap(NULL, words * 8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bits == MAP_FAILED)
        return out_of_memory(error);
    regions->bits = bits;
    regions->bits_size = words * 8;
    for (size_t i = 0; i < regions->count; i++) {
        struct cpt_region *region = &regions->items[i];

        if (!has_bitmaps(region))
            continue;
        region->objects = bits;
        bits += bitmap_words(region);
        region->buffers = bits;
        bits += bitmap_words(region);
    }
    return CPT_OK;
}

/* Enters region NUMBER into the window that begins at WINDOW. */
static cpt_status
enter_window(struct cpt_regions *regions, size_t number, uint64_t window, struct cpt_error *error)
{
    const struct cpt_region *region = &regions->items[number];
    uint32_t **table = &regions->windows[window >> 30], *entry;

    if (!*table)
        *table = calloc(WINDOW_ENTRIES, sizeof(**table));
    if (!*table)
        return out_of_memory(error);
    entry = &(*table)[window >> 20 & (WINDOW_ENTRIES - 1)];
    if (*entry)
        return CPT_OK;
    if (region->start <= window && region->end - window >= 1 << 20)
        *entry = (uint32_t)number << 1 | 1;
    else
        *entry = ((uint32_t)number + 1) << 1;
    return CPT_OK;
}

static cpt_status
enter_windows(struct cpt_regions *regions, struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    regions->windows = calloc(WINDOWS, sizeof(*regions->windows));
    if (!regions->windows)
        return out_of_memory(error);
    for (size_t i = 0; !status && i < regions->count; i++) {
        const struct cpt_region *region = &regions->items[i];

        for (uint64_t window = region->start >> 20 << 20; !status && window < region->end && !(window >> 47);
             window += 1 << 20)
            status = enter_window(regions, i, window, error);
    }
    return status;
}

/* Nearly always it is one of the first few. */
struct cpt_region *
cpt_region_search(const struct cpt_regions *regions, uint64_t address, uint32_t entry)
{
    size_t low = (entry >> 1) - 1, high = regions->count;

    for (int i = 0; i < SEARCHED_ONE_BY_ONE && low < high && regions->items[low].start <= address; i++, low++) {
        if (address < regions->items[low].end)
            return &regions->items[low];
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (regions->items[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low < regions->count && regions->items[low].start <= address ? &regions->items[low] : NULL;
}

static void
set_forgetting(struct cpt_regions *regions)
{
    uint64_t total = 0;

    for (size_t i = 0; i < regions->count; i++)
        total += regions->items[i].end - regions->items[i].start;
    regions->forget_every = total / FORGET_PARTS > FORGET_EVERY ? total / FORGET_PARTS : FORGET_EVERY;
}

cpt_status
cpt_regions_open(struct cpt_regions *regions, struct cpt_memory *memory, struct cpt_error *error)
{
    return cpt_regions_open_running(regions, memory, NULL, 0, error);
}

cpt_status
cpt_regions_open_running(struct cpt_regions *regions, struct cpt_memory *memory, const uint64_t *idents,
                         size_t ident_count, struct cpt_error *error)
{
    cpt_status status;

    *regions = (struct cpt_regions){.memory = memory};
    if (!memory->ops->piece)
        return cpt_error_set(error, CPT_ABSENT, "the heap can only be walked in a core or in a copy of a process");
    status = cpt_images_list(memory, &regions->images, &regions->image_count, error);
    if (!status)
        status = cpt_stacks_list(&regions->stacks, memory, idents, ident_count, error);
    if (!status)
        find_brk(regions);
    for (size_t i = 0; !status && i < memory->mapping_count; i++) {
        if (memory->mappings[i].writable)
            status = add_mapping(regions, &memory->mappings[i], error);
    }
    set_forgetting(regions);
    if (!status)
        status = add_bitmaps(regions, error);
    if (!status)
        status = enter_windows(regions, error);
    return status;
}

cpt_status
cpt_region_add_pools(struct cpt_regions *regions, struct cpt_region *region, unsigned shift, struct cpt_error *error)
{
    regions->pool_shift = shift;
    if (region->pools)
        return CPT_OK;
    region->pools = calloc((size_t)(((region->end - 1) >> shift) - (region->start >> shift)) + 1, 1);
    return region->pools ? CPT_OK : out_of_memory(error);
}

void
cpt_regions_walked(struct cpt_regions *regions, uint64_t bytes)
{
    uint64_t before = __atomic_fetch_add(&regions->walked, bytes, __ATOMIC_RELAXED);
    unsigned long total, resident, shared;
    FILE *file;

    if (before / regions->forget_every == (before + bytes) / regions->forget_every || !regions->memory->ops->forget)
        return;
    file = fopen("/proc/self/statm", "re");
    if (!file)
        return;
    if (fscanf(file, "%lu %lu %lu", &total, &resident, &shared) == 3 && (uint64_t)shared * PAGE > FORGET_ABOVE)
        cpt_memory_forget(regions->memory);
    fclose(file);
}

/* Those of REGION, that no region before it had: most others were never touched. */
static void
free_windows(struct cpt_regions *regions, const struct cpt_region *region)
{
    for (uint64_t i = region->start >> 30; regions->windows && i < WINDOWS && i <= (region->end - 1) >> 30; i++) {
        free(regions->windows[i]);
        regions->windows[i] = NULL;
    }
}

void
cpt_regions_close(struct cpt_regions *regions)
{
    for (size_t i = 0; i < regions->count; i++) {
        free(regions->items[i].pools);
        free_windows(regions, &regions->items[i]);
    }
    if (regions->bits)
        munmap(regions->bits, regions->bits_size);
    free(regions->windows);
    free(regions->images);
    cpt_stacks_free(&regions->stacks);
    cpt_vec_free(regions);
    *regions = (struct cpt_regions){0};
}

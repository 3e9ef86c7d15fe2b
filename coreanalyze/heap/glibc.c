#include "coreanalyze/heap/glibc.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/vec.h"

#define PAGE 4096

/* Bits of a chunk's size word, which follows the word that has its predecessor's size. */
#define PREV_INUSE 1
#define IS_MMAPPED 2
#define NON_MAIN_ARENA 4
#define LEAST_CHUNK 32

#define CHUNKS_CHECKED 64
#define CHUNKS_ENOUGH 8

/* malloc maps from 128 KiB on, unless it was told otherwise (M_MMAP_THRESHOLD). */
#define LEAST_MAPPED (UINT64_C(64) << 10)

/* The kernel puts the break up to 1 GiB above the executable, and libraries far away from both. */
#define BREAK_DISTANCE (UINT64_C(1) << 30)

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "no memory for the list of malloc's areas");
}

static uint64_t
page_up(uint64_t address)
{
    return (address + PAGE - 1) & ~(uint64_t)(PAGE - 1);
}

/* The size of the chunk at ADDRESS, of the main arena, or 0; *BEFORE_USED is its PREV_INUSE. */
static uint64_t
chunk_size(struct cpt_memory *memory, uint64_t address, uint64_t end, uint64_t *before, bool *before_used)
{
    struct cpt_error ignored;
    uint8_t words[16];
    uint64_t size;

    if (cpt_memory_read(memory, address, words, sizeof(words), &ignored))
        return 0;
    *before = cpt_load_u64(words);
    size = cpt_load_u64(words + 8);
    *before_used = size & PREV_INUSE;
    if (size & (15 & ~PREV_INUSE))
        return 0;
    size &= ~UINT64_C(15);
    return size >= LEAST_CHUNK && size <= end - address ? size : 0;
}

bool
cpt_malloc_chunks(struct cpt_memory *memory, uint64_t address, uint64_t end)
{
    uint64_t last = 0;
    unsigned count = 0;

    for (; count < CHUNKS_CHECKED && address < end && end - address >= LEAST_CHUNK; count++) {
        uint64_t before, size;
        bool before_used;

        size = chunk_size(memory, address, end, &before, &before_used);
        if (!size || (!before_used && before != last))
            return false;
        if (!count && !before_used)
            return false;
        last = size;
        address += size;
    }
    return count >= CHUNKS_ENOUGH;
}

/* What follows one another without a gap from MAPPING on. */
static struct cpt_run
anonymous_run(const struct cpt_memory *memory, const struct cpt_mapping *mapping, uint64_t start)
{
    const struct cpt_mapping *end = memory->mappings + memory->mapping_count, *next = mapping + 1;
    struct cpt_run run = {.start = start, .end = mapping->end};

    for (; next < end && next->start == run.end && next->writable && !next->path; next++)
        run.end = next->end;
    return run;
}

/* The anonymous writable memory that begins behind IMAGE, and before LIMIT. */
static bool
behind_image(const struct cpt_memory *memory, const struct cpt_run *image, uint64_t limit, struct cpt_run *run)
{
    size_t low = 0, high = memory->mapping_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memory->mappings[middle].end <= image->end)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < memory->mapping_count && memory->mappings[low].start < limit; low++) {
        const struct cpt_mapping *mapping = &memory->mappings[low];

        if (!mapping->writable || mapping->path)
            continue;
        *run = anonymous_run(memory, mapping, mapping->start < image->end ? image->end : mapping->start);
        return true;
    }
    return false;
}

/* Whether IMAGE is away from all others, as an executable is that the kernel itself mapped. */
static bool
is_alone(const struct cpt_run *images, size_t count, size_t i)
{
    return (!i || images[i].start - images[i - 1].end > BREAK_DISTANCE) &&
           (i + 1 == count || images[i + 1].start - images[i].end > BREAK_DISTANCE);
}

/* A program that was started by naming the dynamic linker has its break far from all images. */
static bool
anywhere(struct cpt_memory *memory, struct cpt_run *brk)
{
    for (size_t i = 0; i < memory->mapping_count; i++) {
        const struct cpt_mapping *mapping = &memory->mappings[i];

        if (!mapping->writable || mapping->path || !cpt_malloc_chunks(memory, mapping->start, mapping->end))
            continue;
        *brk = anonymous_run(memory, mapping, mapping->start);
        return true;
    }
    return false;
}

bool
cpt_brk_find(struct cpt_memory *memory, const struct cpt_run *images, size_t image_count, struct cpt_run *brk)
{
    struct cpt_run by_place = {0};

    for (size_t i = 0; i < image_count; i++) {
        uint64_t limit = images[i].end + BREAK_DISTANCE;
        struct cpt_run run;

        if (i + 1 < image_count && images[i + 1].start < limit)
            limit = images[i + 1].start;
        if (!behind_image(memory, &images[i], limit, &run))
            continue;
        if (cpt_malloc_chunks(memory, run.start, run.end)) {
            *brk = run;
            return true;
        }
        if (!by_place.end && is_alone(images, image_count, i))
            by_place = run;
    }
    if (anywhere(memory, brk))
        return true;
    *brk = by_place;
    return by_place.end != 0;
}

/* One pass over the anonymous regions, the runs of the source and the arenas, which are all sorted. */
struct scan {
    const struct cpt_regions *regions;
    const struct cpt_obmalloc *obmalloc;
    const struct cpt_memory *memory;
    size_t run, arena;
    struct cpt_area_runs *areas;
    uint64_t floor; /* from where on no area or arena has been met yet */
};

/* struct _heap_info: ar_ptr, prev, size, mprotect_size; from 2.35 on pagesize. ar_ptr points behind the heap_info of
   the arena's first heap. Returns how much of it can be used. */
static uint64_t
heap_at(const uint8_t *bytes, uint64_t address)
{
    uint64_t arena = cpt_load_u64(bytes), previous = cpt_load_u64(bytes + 8), size = cpt_load_u64(bytes + 16),
             usable = cpt_load_u64(bytes + 24), behind = arena & (CPT_HEAP_RESERVE - 1);

    if (address & (CPT_HEAP_RESERVE - 1) || !cpt_pointer_is_plausible(arena) || behind < 32 || behind > 64)
        return 0;
    if (previous & (CPT_HEAP_RESERVE - 1) || !previous != (arena - behind == address))
        return 0;
    if (!size || size > usable || usable > CPT_HEAP_RESERVE || size & (PAGE - 1) || usable & (PAGE - 1))
        return 0;
    return usable;
}

/* A chunk with a mapping of its own, whose header is AT bytes into the page at ADDRESS. What lies between the
   beginning of the mapping and the header (memalign) is in the word before the size; with 2.43 the size leaves the
   header out. */
static bool
mapped_chunk(const uint8_t *page, unsigned at, uint64_t address, struct cpt_run *run)
{
    uint64_t lead = cpt_load_u64(page + at), size = cpt_load_u64(page + at + 8), length;

    if ((size & 15) != IS_MMAPPED || (lead & 15) > 2 || size >> 47)
        return false;
    lead &= ~UINT64_C(15);
    size &= ~UINT64_C(15);
    if (lead > address + at || (address + at - lead) & (PAGE - 1) || (at + 16 < PAGE && lead != at))
        return false;
    length = lead + size;
    if (length & (PAGE - 1))
        length += 16;
    if (length & (PAGE - 1) || size < LEAST_MAPPED)
        return false;
    run->start = address + at - lead;
    run->end = run->start + length;
    return true;
}

/* Where the header of such a chunk can be: at the beginning, or 16 bytes before what was aligned. */
static bool
find_chunk(const uint8_t *page, uint64_t address, uint64_t floor, uint64_t limit, struct cpt_run *run, uint64_t *chunk)
{
    static const uint16_t places[] = {0, 48, 112, 240, 496, 1008, 2032, 4080};

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (mapped_chunk(page, places[i], address, run) && run->start >= floor && run->end <= limit) {
            *chunk = address + places[i];
            return true;
        }
    }
    return false;
}

/* All pthreads of a process have the same place in a page. */
static bool
find_stack(const struct scan *scan, const uint8_t *page, uint64_t address, struct cpt_run *run)
{
    uint64_t at = scan->regions->stacks.pointer_bits;

    return at < PAGE - 16 && cpt_load_u64(page + at) == address + at &&
           cpt_stack_read(scan->regions->memory, address + at, run);
}

/* What begins at the page at ADDRESS, or has its head there. */
static bool
find_area(const struct scan *scan, const struct cpt_region *region, uint64_t address, uint64_t limit,
          struct cpt_area_run *area)
{
    const uint8_t *page = region->bytes + (address - region->start);
    struct cpt_run run;
    uint64_t usable = heap_at(page, address);

    area->chunk = 0;
    if (usable) {
        run = (struct cpt_run){.start = address, .end = usable < limit - address ? address + usable : limit};
        area->kind = CPT_AREA_HEAP;
    } else if (find_chunk(page, address, scan->floor, limit, &run, &area->chunk)) {
        area->kind = CPT_AREA_CHUNK;
    } else if (find_stack(scan, page, address, &run)) {
        area->kind = CPT_AREA_STACK;
    } else {
        return false;
    }
    area->start = run.start > scan->floor ? run.start : scan->floor;
    area->end = run.end < limit ? run.end : limit;
    return area->start < area->end;
}

/* The first page from ADDRESS on that the source has and no arena. */
static uint64_t
next_page(struct scan *scan, uint64_t address, uint64_t *limit)
{
    const struct cpt_memory *memory = scan->memory;
    const struct cpt_obmalloc *obmalloc = scan->obmalloc;

    for (;;) {
        while (scan->run < memory->run_count && memory->runs[scan->run].end <= address)
            scan->run++;
        if (scan->run == memory->run_count)
            return UINT64_MAX;
        if (memory->runs[scan->run].start > address)
            address = page_up(memory->runs[scan->run].start);
        while (scan->arena < obmalloc->arena_count && obmalloc->arenas[scan->arena].end <= address)
            scan->floor = obmalloc->arenas[scan->arena++].end;
        if (scan->arena == obmalloc->arena_count)
            return address;
        if (obmalloc->arenas[scan->arena].address > address) {
            if (obmalloc->arenas[scan->arena].address < *limit)
                *limit = obmalloc->arenas[scan->arena].address;
            return address;
        }
        address = page_up(obmalloc->arenas[scan->arena].end);
    }
}

static cpt_status
scan_region(struct scan *scan, const struct cpt_region *region, struct cpt_error *error)
{
    uint64_t address = page_up(region->start);

    scan->floor = region->start;
    for (;;) {
        uint64_t limit = region->end;
        struct cpt_area_run area, *added;

        address = next_page(scan, address, &limit);
        if (address >= region->end || region->end - address < PAGE)
            return CPT_OK;
        if (!find_area(scan, region, address, limit, &area)) {
            address += PAGE;
            continue;
        }
        added = cpt_vec_add(scan->areas);
        if (!added)
            return out_of_memory(error);
        *added = area;
        scan->floor = area.end;
        address = page_up(area.end > address ? area.end : address + 1);
    }
}

cpt_status
cpt_areas_list(struct cpt_area_runs *areas, const struct cpt_regions *regions, const struct cpt_obmalloc *obmalloc,
               struct cpt_error *error)
{
    struct scan scan = {.regions = regions, .obmalloc = obmalloc, .memory = regions->memory, .areas = areas};
    cpt_status status = CPT_OK;

    *areas = (struct cpt_area_runs){0};
    for (size_t i = 0; !status && i < regions->count; i++) {
        if (regions->items[i].kind == CPT_REGION_ANONYMOUS)
            status = scan_region(&scan, &regions->items[i], error);
    }
    return status;
}

void
cpt_areas_free(struct cpt_area_runs *areas)
{
    cpt_vec_free(areas);
}

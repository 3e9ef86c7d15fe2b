#include "coreanalyze/memory/synthetic.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct region {
    uint64_t start, end;
    uint8_t *bytes; /* ends where the guard page begins; NULL: unreadable */
    void *area;     /* what was mapped for it */
    size_t area_size;
};

struct synthetic {
    struct cpt_memory memory;
    struct region *regions; /* one for each mapping */
    struct cpt_mapping *mappings;
    size_t count;
};

/* memory is the first member of the source it belongs to. */
static struct synthetic *
self(struct cpt_memory *memory)
{
    return (struct synthetic *)memory;
}

static const struct region *
find_region(struct cpt_memory *memory, uint64_t address)
{
    const struct cpt_mapping *mapping = cpt_memory_mapping(memory, address);
    const struct region *region;

    if (!mapping)
        return NULL;
    region = &self(memory)->regions[mapping - memory->mappings];
    return region->bytes ? region : NULL;
}

static size_t
synthetic_read(struct cpt_memory *memory, uint64_t address, void *buffer, size_t size)
{
    size_t done = 0;

    while (done < size) {
        const struct region *region = find_region(memory, address + done);
        uint64_t chunk;

        if (!region)
            break;
        chunk = region->end - (address + done);
        if (chunk > size - done)
            chunk = size - done;
        memcpy((char *)buffer + done, region->bytes + (address + done - region->start), chunk);
        done += chunk;
    }
    return done;
}

static const void *
synthetic_view(struct cpt_memory *memory, uint64_t address, size_t size)
{
    return cpt_synthetic_bytes(memory, address, size);
}

void *
cpt_synthetic_bytes(struct cpt_memory *memory, uint64_t address, size_t size)
{
    const struct region *region = find_region(memory, address);

    if (!region || size > region->end - address)
        return NULL;
    return region->bytes + (address - region->start);
}

static const void *
synthetic_piece(struct cpt_memory *memory, uint64_t address, uint64_t *size)
{
    const struct region *region = find_region(memory, address);

    if (!region)
        return NULL;
    *size = region->end - address;
    return region->bytes + (address - region->start);
}

static const struct cpt_memory_ops viewing_ops = {
    .read = synthetic_read, .view = synthetic_view, .piece = synthetic_piece};
static const struct cpt_memory_ops copying_ops = {.read = synthetic_read};

/* Maps room for the region and a guard page behind it, and copies its bytes to the very end of
   the room. */
static bool
place_region(struct region *region, const struct cpt_synthetic_region *from)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t room = (from->size + page - 1) / page * page;
    uint8_t *area;

    region->start = from->address;
    region->end = from->address + from->size;
    if (from->unreadable)
        return true;
    region->area_size = room + page;
    area = mmap(NULL, region->area_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0);
    if (area == MAP_FAILED)
        return false;
    region->area = area;
    region->bytes = area + room - from->size;
    if (from->bytes)
        memcpy(region->bytes, from->bytes, from->size);
    return mprotect(area + room, page, PROT_NONE) == 0;
}

static int
by_address(const void *a, const void *b)
{
    const struct cpt_synthetic_region *x = a, *y = b;

    return (x->address > y->address) - (x->address < y->address);
}

static cpt_status
add_regions(struct synthetic *synthetic, const struct cpt_synthetic_region *sorted,
            struct cpt_error *error)
{
    uint64_t last = 0, end;

    for (size_t i = 0; i < synthetic->count; i++) {
        const struct cpt_synthetic_region *from = &sorted[i];

        if (!from->size || from->address < last ||
            __builtin_add_overflow(from->address, from->size, &end))
            return cpt_error_set(error, CPT_CORRUPT, "regions overlap, wrap or are empty");
        if (!place_region(&synthetic->regions[i], from))
            return cpt_error_set(error, CPT_NOMEM, "no memory for a test's region");
        synthetic->mappings[i] = (struct cpt_mapping){
            .start = from->address,
            .end = end,
            .offset = from->offset,
            .path = from->path,
            .readable = !from->unreadable,
            .writable = from->writable,
            .executable = from->executable,
        };
        last = end;
    }
    return CPT_OK;
}

static struct synthetic *
allocate(size_t count)
{
    struct synthetic *synthetic = calloc(1, sizeof(*synthetic));

    if (!synthetic)
        return NULL;
    synthetic->count = count;
    synthetic->regions = calloc(count + 1, sizeof(*synthetic->regions));
    synthetic->mappings = calloc(count + 1, sizeof(*synthetic->mappings));
    if (synthetic->regions && synthetic->mappings)
        return synthetic;
    cpt_synthetic_close(&synthetic->memory);
    return NULL;
}

cpt_status
cpt_synthetic_open(struct cpt_memory **memory, const struct cpt_synthetic_region *regions,
                   size_t count, bool views, struct cpt_error *error)
{
    struct cpt_synthetic_region *sorted = calloc(count + 1, sizeof(*sorted));
    struct synthetic *synthetic = sorted ? allocate(count) : NULL;
    cpt_status status;

    if (!synthetic) {
        free(sorted);
        return cpt_error_set(error, CPT_NOMEM, "no memory for a test's source");
    }
    if (count)
        memcpy(sorted, regions, count * sizeof(*sorted));
    qsort(sorted, count, sizeof(*sorted), by_address);
    status = add_regions(synthetic, sorted, error);
    free(sorted);
    if (status != CPT_OK) {
        cpt_synthetic_close(&synthetic->memory);
        return status;
    }
    synthetic->memory.ops = views ? &viewing_ops : &copying_ops;
    synthetic->memory.kind = CPT_MEMORY_SYNTHETIC;
    synthetic->memory.mappings = synthetic->mappings;
    synthetic->memory.mapping_count = count;
    *memory = &synthetic->memory;
    return CPT_OK;
}

void
cpt_synthetic_close(struct cpt_memory *memory)
{
    struct synthetic *synthetic = self(memory);

    if (!memory)
        return;
    for (size_t i = 0; synthetic->regions && i < synthetic->count; i++) {
        if (synthetic->regions[i].area)
            munmap(synthetic->regions[i].area, synthetic->regions[i].area_size);
    }
    free(synthetic->regions);
    free(synthetic->mappings);
    free(synthetic);
}

void
cpt_synthetic_set_tasks(struct cpt_memory *memory, int32_t pid, const struct cpt_task *tasks,
                        size_t count)
{
    memory->pid = memory->ns_pid = pid;
    memory->tasks = tasks;
    memory->task_count = count;
}

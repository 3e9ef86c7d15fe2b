#include "coreanalyze/analyses/ledger_parts.h"

#include "coreanalyze/base/bytes.h"

#include <stdlib.h>
#include <string.h>

/* A sorted array of structures that begin with [start, end), gone through once. */
struct cursor {
    const char *items;
    size_t count, stride, at;
};

struct sweep {
    struct cursor arenas, areas, reserves, regions, images, mappings;
    const struct cpt_heap *heap;
};

#define CURSOR(array, number) {.items = (const char *)(array), .count = (number), .stride = sizeof(*(array))}

enum cpt_ledger_category
cpt_ledger_region_category(enum cpt_region_kind kind)
{
    switch (kind) {
    case CPT_REGION_BRK:
        return CPT_LEDGER_NATIVE_HEAP;
    case CPT_REGION_STACK:
        return CPT_LEDGER_STACKS;
    case CPT_REGION_IMAGE:
    case CPT_REGION_FILE:
        return CPT_LEDGER_FILES;
    case CPT_REGION_ANONYMOUS:
        break;
    }
    return CPT_LEDGER_ANONYMOUS;
}

/* The item that holds ADDRESS, which never goes back, or NULL; *END is lowered to where the answer changes. */
static const void *
find(struct cursor *cursor, uint64_t address, uint64_t *end)
{
    const char *item = NULL;
    struct cpt_run run = {0};

    for (; cursor->at < cursor->count; cursor->at++) {
        item = cursor->items + cursor->at * cursor->stride;
        memcpy(&run, item, sizeof(run));
        if (run.end > address)
            break;
    }
    if (cursor->at == cursor->count)
        return NULL;
    if (run.start > address) {
        if (run.start < *end)
            *end = run.start;
        return NULL;
    }
    if (run.end < *end)
        *end = run.end;
    return item;
}

/* What is in no region: it cannot be written to, as the code and constants of a file that were read or relocated. */
static enum cpt_ledger_category
category_of(const struct cpt_mapping *mapping, bool in_image)
{
    const char *path = mapping ? mapping->path : NULL;

    if (in_image || (path && path[0] == '/'))
        return CPT_LEDGER_FILES;
    if (path && strcmp(path, "[stack]") == 0)
        return CPT_LEDGER_STACKS;
    if (path && strcmp(path, "[heap]") == 0)
        return CPT_LEDGER_NATIVE_HEAP;
    return CPT_LEDGER_ANONYMOUS;
}

static void
add_region(struct cpt_ledger_parts *parts, const struct sweep *sweep, const struct cpt_region *region,
           const struct cpt_area_run *area, uint64_t bytes)
{
    struct cpt_ledger_region *sum = &parts->regions[region - sweep->heap->regions.items];

    if (area && area->kind == CPT_AREA_STACK)
        parts->others[CPT_LEDGER_STACKS] += bytes;
    else if (area || region->kind == CPT_REGION_BRK)
        sum->malloc += bytes;
    else
        sum->rest += bytes;
}

static void
add_reserve(struct cpt_ledger_parts *parts, uint64_t bytes)
{
    parts->reserved += bytes;
    parts->others[CPT_LEDGER_NATIVE_HEAP] += bytes;
}

/* Counts what begins at ADDRESS and is of one kind; returns where that ends, at END at the latest. */
static uint64_t
add_piece(struct cpt_ledger_parts *parts, struct sweep *sweep, uint64_t address, uint64_t end)
{
    const void *arena = find(&sweep->arenas, address, &end), *area = find(&sweep->areas, address, &end),
               *reserve = find(&sweep->reserves, address, &end), *region = find(&sweep->regions, address, &end),
               *image = find(&sweep->images, address, &end);
    const struct cpt_mapping *mapping = find(&sweep->mappings, address, &end);
    uint64_t bytes = end - address;

    if (arena)
        parts->arenas += bytes;
    else if (region)
        add_region(parts, sweep, region, area, bytes);
    else if (reserve && mapping && !mapping->writable && !mapping->path)
        add_reserve(parts, bytes);
    else
        parts->others[category_of(mapping, image != NULL)] += bytes;
    return end;
}

/* The rest of what was reserved for each of malloc's further heaps. */
static struct cpt_run *
list_reserves(const struct cpt_area_runs *areas, size_t *count)
{
    struct cpt_run *reserves = calloc(areas->count + 1, sizeof(*reserves));

    *count = 0;
    for (size_t i = 0; reserves && i < areas->count; i++) {
        const struct cpt_area_run *area = &areas->items[i];

        if (area->kind == CPT_AREA_HEAP)
            reserves[(*count)++] = (struct cpt_run){
                .start = area->end, .end = cpt_align_down(area->start, CPT_HEAP_RESERVE) + CPT_HEAP_RESERVE};
    }
    return reserves;
}

static cpt_status
sweep_runs(struct cpt_ledger_parts *parts, const struct cpt_heap *heap, const struct cpt_area_runs *areas,
           struct cpt_error *error)
{
    const struct cpt_memory *memory = heap->regions.memory;
    size_t reserve_count;
    struct cpt_run *reserves = list_reserves(areas, &reserve_count);
    struct sweep sweep = {
        .arenas = CURSOR(heap->obmalloc.arenas, heap->obmalloc.arena_count),
        .areas = CURSOR(areas->items, areas->count),
        .reserves = CURSOR(reserves, reserve_count),
        .regions = CURSOR(heap->regions.items, heap->regions.count),
        .images = CURSOR(heap->regions.images, heap->regions.image_count),
        .mappings = CURSOR(memory->mappings, memory->mapping_count),
        .heap = heap,
    };

    if (!reserves)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    for (size_t i = 0; i < memory->run_count; i++) {
        parts->total += memory->runs[i].end - memory->runs[i].start;
        for (uint64_t address = memory->runs[i].start; address < memory->runs[i].end;)
            address = add_piece(parts, &sweep, address, memory->runs[i].end);
    }
    free(reserves);
    return CPT_OK;
}

cpt_status
cpt_ledger_parts_take(struct cpt_ledger_parts *parts, const struct cpt_heap *heap, struct cpt_error *error)
{
    struct cpt_area_runs areas;
    cpt_status status;

    *parts = (struct cpt_ledger_parts){.regions = calloc(heap->regions.count + 1, sizeof(*parts->regions))};
    if (!parts->regions)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    status = cpt_areas_list(&areas, &heap->regions, &heap->obmalloc, error);
    if (!status)
        status = sweep_runs(parts, heap, &areas, error);
    cpt_areas_free(&areas);
    return status;
}

void
cpt_ledger_parts_free(struct cpt_ledger_parts *parts)
{
    free(parts->regions);
    *parts = (struct cpt_ledger_parts){0};
}

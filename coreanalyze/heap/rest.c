/* Memory that nobody knows. */
#include "coreanalyze/heap/nodes.h"

typedef void (*rest_visit)(void *arg, uint64_t start, const uint8_t *bytes, uint64_t size);

/* The pieces of [START, END) in REGION that are not covered. */
static void
uncovered(const struct cpt_region *region, uint64_t start, uint64_t end, rest_visit each, void *arg)
{
    uint64_t piece = 0;

    for (uint64_t address = start; address < end;) {
        size_t granule = cpt_region_granule(region, address);
        uint64_t word = region->covered[granule >> 6];

        if ((granule & 63) == 0 && word == (piece ? 0 : UINT64_MAX) && end - address >= 1024) {
            address += 1024;
            continue;
        }
        if (word >> (granule & 63) & 1) {
            if (piece)
                each(arg, piece, region->bytes + (piece - region->start), address - piece);
            piece = 0;
        } else if (!piece) {
            piece = address;
        }
        address += 16;
    }
    if (piece)
        each(arg, piece, region->bytes + (piece - region->start), end - piece);
}

/* Where the next piece of memory that an allocator explains begins, at or behind ADDRESS, and its end. */
static struct cpt_run
next_known(const struct cpt_graph *graph, uint64_t address)
{
    const struct cpt_obmalloc *obmalloc = &graph->heap->obmalloc;
    const struct cpt_chunks *chunks = &graph->table->chunks;
    struct cpt_run known = {UINT64_MAX, UINT64_MAX};
    size_t low = 0, high = obmalloc->arena_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (obmalloc->arenas[middle].end > address)
            high = middle;
        else
            low = middle + 1;
    }
    if (low < obmalloc->arena_count)
        known = (struct cpt_run){obmalloc->arenas[low].address, obmalloc->arenas[low].end};
    for (low = 0, high = chunks->count; low < high;) {
        size_t middle = (low + high) / 2;

        if (chunks->items[middle].end > address)
            high = middle;
        else
            low = middle + 1;
    }
    if (low < chunks->count && chunks->items[low].start < known.start)
        known = (struct cpt_run){chunks->items[low].start, chunks->items[low].end};
    return known;
}

void
cpt_graph_rest(const struct cpt_graph *graph, rest_visit each, void *arg)
{
    for (size_t i = 0; i < graph->heap->regions.count; i++) {
        const struct cpt_region *region = &graph->heap->regions.items[i];
        uint64_t address = region->start;

        while (region->covered && address < region->end && !cpt_progress_is_cancelled(graph->heap->progress)) {
            struct cpt_run known = next_known(graph, address);
            uint64_t end = known.start < region->end ? known.start : region->end;

            if (address < end)
                uncovered(region, address, end, each, arg);
            if (known.start >= region->end)
                break;
            address = (known.end + 15) & ~UINT64_C(15);
        }
    }
}

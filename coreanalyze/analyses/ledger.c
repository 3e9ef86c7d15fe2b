#include "coreanalyze/analyses/ledger_parts.h"

#include <inttypes.h>
#include <string.h>

const char *
cpt_ledger_category_name(enum cpt_ledger_category category)
{
    static const char *const names[CPT_LEDGER_CATEGORIES] = {
        [CPT_LEDGER_OBJECTS] = "objects",
        [CPT_LEDGER_OBJECT_BUFFERS] = "object-buffers",
        [CPT_LEDGER_PYMALLOC_FREE] = "pymalloc-free",
        [CPT_LEDGER_PYMALLOC_OTHER] = "pymalloc-other",
        [CPT_LEDGER_NATIVE_HEAP] = "native-heap",
        [CPT_LEDGER_STACKS] = "stacks",
        [CPT_LEDGER_FILES] = "files",
        [CPT_LEDGER_ANONYMOUS] = "anonymous",
    };

    return (unsigned)category < CPT_LEDGER_CATEGORIES ? names[category] : "?";
}

/* Takes BYTES, or as many as there are, out of *LEFT. */
static uint64_t
take(uint64_t *left, uint64_t bytes)
{
    uint64_t taken = bytes < *left ? bytes : *left;

    *left -= taken;
    return taken;
}

/* The blocks of a pool that fit into it, and with them what is left over at its end. */
static uint64_t
unusable(const struct cpt_obmalloc *obmalloc, uint32_t size)
{
    uint64_t room = (UINT64_C(1) << obmalloc->pool_shift) - CPT_POOL_HEAD;

    return CPT_POOL_HEAD + room % size;
}

/* Arenas need not be aligned as pools are: what is left over at both ends. */
static uint64_t
clippings(const struct cpt_heap *heap, const struct cpt_arena_object *arena)
{
    const struct cpt_memory *memory = heap->regions.memory;
    uint64_t first = cpt_arena_first_pool(&heap->obmalloc, arena), last;

    if (first >= arena->end)
        return 0;
    last = arena->end - ((arena->end - first) & ((UINT64_C(1) << heap->obmalloc.pool_shift) - 1));
    return cpt_memory_resident(memory, arena->address, first) + cpt_memory_resident(memory, last, arena->end);
}

/* Of the arenas' bytes: blocks that are no object nor an object's, heads of pools, and what cannot become a block. */
static uint64_t
other_bytes(const struct cpt_ledger *ledger)
{
    const struct cpt_heap *heap = ledger->heap;
    uint64_t explained = heap->object_bytes + heap->buffer_bytes,
             bytes = ledger->used_bytes > explained ? ledger->used_bytes - explained : 0;

    for (size_t i = 0; i < sizeof(heap->classes) / sizeof(heap->classes[0]); i++) {
        if (heap->classes[i].pools)
            bytes += heap->classes[i].pools * unusable(&heap->obmalloc, heap->classes[i].size);
    }
    for (size_t i = 0; i < heap->obmalloc.arena_count; i++)
        bytes += clippings(heap, &heap->obmalloc.arenas[i]);
    return bytes;
}

/* Free is what remains of the pages that are there: others were never touched, or given back to the system. */
static void
share_arenas(struct cpt_ledger *ledger, uint64_t bytes)
{
    uint64_t *categories = ledger->categories;

    categories[CPT_LEDGER_OBJECTS] += take(&bytes, ledger->heap->object_bytes);
    categories[CPT_LEDGER_OBJECT_BUFFERS] += take(&bytes, ledger->heap->buffer_bytes);
    categories[CPT_LEDGER_PYMALLOC_OTHER] += take(&bytes, other_bytes(ledger));
    categories[CPT_LEDGER_PYMALLOC_FREE] += bytes;
}

/* Objects and buffers outside of pools are malloc's, where it is glibc's. */
static void
share_region(struct cpt_ledger *ledger, enum cpt_region_kind kind, struct cpt_ledger_region left,
             const struct cpt_heap_native *native)
{
    uint64_t objects = take(&left.malloc, native->object_bytes), buffers;

    objects += take(&left.rest, native->object_bytes - objects);
    buffers = take(&left.malloc, native->buffer_bytes);
    buffers += take(&left.rest, native->buffer_bytes - buffers);
    ledger->categories[CPT_LEDGER_OBJECTS] += objects;
    ledger->categories[CPT_LEDGER_OBJECT_BUFFERS] += buffers;
    ledger->categories[CPT_LEDGER_NATIVE_HEAP] += left.malloc;
    ledger->categories[cpt_ledger_region_category(kind)] += left.rest;
}

/* gdb writes address space without access as zeros: tens of megabytes for each thread that uses malloc. */
static void
note_reserve(const struct cpt_ledger *ledger, uint64_t bytes)
{
    if (bytes)
        cpt_holes_note(ledger->heap->decode.holes, "reserved",
                       "%" PRIu64 " bytes of native-heap are what malloc has reserved and does not use: the core has "
                       "them as zeros, and the process had no memory there", bytes);
}

static cpt_status
share_all(struct cpt_ledger *ledger, struct cpt_error *error)
{
    static const struct cpt_heap_native none;
    const struct cpt_heap *heap = ledger->heap;
    struct cpt_ledger_parts parts;
    cpt_status status = cpt_ledger_parts_take(&parts, heap, error);

    if (!status) {
        ledger->total = parts.total;
        note_reserve(ledger, parts.reserved);
        for (size_t i = 0; i < CPT_LEDGER_CATEGORIES; i++)
            ledger->categories[i] = parts.others[i];
        share_arenas(ledger, parts.arenas);
        for (size_t i = 0; i < heap->regions.count; i++)
            share_region(ledger, heap->regions.items[i].kind, parts.regions[i],
                         heap->native ? &heap->native[i] : &none);
    }
    cpt_ledger_parts_free(&parts);
    return status;
}

static void
sum_pymalloc(struct cpt_ledger *ledger)
{
    const struct cpt_heap *heap = ledger->heap;

    ledger->found_by = cpt_obmalloc_way_name(heap->obmalloc.way);
    ledger->has_pymalloc = heap->obmalloc.way != CPT_OBMALLOC_NONE;
    ledger->arenas = heap->obmalloc.arena_count;
    ledger->arena_bytes = heap->obmalloc.arena_count * heap->obmalloc.arena_size;
    ledger->pools = heap->obmalloc.pools;
    ledger->free_pools = heap->obmalloc.free_pools;
    for (size_t i = 0; i < sizeof(heap->classes) / sizeof(heap->classes[0]); i++) {
        const struct cpt_heap_class *class = &heap->classes[i];

        ledger->used_blocks += class->used;
        ledger->free_blocks += class->free;
        ledger->used_bytes += class->used * class->size;
        ledger->object_blocks += class->objects;
        ledger->buffer_blocks += class->buffers;
        ledger->dead_blocks += class->dead;
        ledger->unexplained_blocks += class->unexplained;
    }
}

cpt_status
cpt_ledger_take(struct cpt_ledger *ledger, struct cpt_heap *heap, struct cpt_error *error)
{
    cpt_status status;

    memset(ledger, 0, sizeof(*ledger));
    ledger->heap = heap;
    sum_pymalloc(ledger);
    status = share_all(ledger, error);
    if (!status)
        status = cpt_ledger_find_sparse(ledger, error);
    return status;
}

/* Arenas that cannot be given back to the system for the sake of a few objects. */
#include "coreanalyze/analyses/ledger_parts.h"
#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/vec.h"

#include <stdlib.h>
#include <string.h>

#define SPARSE_PART 4 /* one part in that many of an arena's pools is in use, at most */

struct candidate {
    const struct cpt_arena_object *arena;
    uint64_t used; /* bytes */
};

struct candidates {
    struct candidate *items;
    size_t count, capacity;
};

/* What its pools' heads say. */
static uint64_t
used_bytes(const struct cpt_heap *heap, const struct cpt_arena_object *arena)
{
    const struct cpt_obmalloc *obmalloc = &heap->obmalloc;
    uint64_t pool = cpt_arena_first_pool(obmalloc, arena), size = UINT64_C(1) << obmalloc->pool_shift, used = 0;
    size_t at = CPT_HAS(obmalloc->at->pool.count) ? (size_t)obmalloc->at->pool.count : 0;

    for (; pool < arena->pool_address && pool < arena->end && arena->end - pool >= size; pool += size) {
        const struct cpt_region *region = cpt_region_find(&heap->regions, pool);
        unsigned number = region && region->end - pool >= size ? cpt_region_pool(&heap->regions, region, pool) : 0;
        uint64_t block = 16 * number, count, capacity;

        if (!number)
            continue;
        count = cpt_load_u32(region->bytes + (pool - region->start) + at);
        capacity = (size - CPT_POOL_HEAD) / block;
        used += (count < capacity ? count : capacity) * block;
    }
    return used;
}

/* An arena that has been cut into pools only in part is a new one: the rest of it was never touched. */
static bool
is_sparse(const struct cpt_arena_object *arena, uint64_t used)
{
    uint64_t carved = arena->pool_address > arena->address ? arena->pool_address - arena->address : 0;

    return carved && used && used <= carved / SPARSE_PART;
}

static int
by_use(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;

    if (x->used != y->used)
        return x->used < y->used ? -1 : 1;
    return (x->arena->address > y->arena->address) - (x->arena->address < y->arena->address);
}

/* Objects of an arena, in three classes: instances of classes written in Python, which say most of where they come
   from; one of each other type; all else. */
struct pinned {
    struct cpt_types *types;
    uint64_t count;
    struct {
        uint64_t items[CPT_LEDGER_PINNED];
        size_t count;
    } own, first, rest;
    const struct cpt_type *seen[CPT_LEDGER_PINNED];
};

static bool
is_first(const struct pinned *pinned, const struct cpt_type *type)
{
    for (size_t i = 0; i < pinned->first.count; i++) {
        if (pinned->seen[i] == type)
            return false;
    }
    return pinned->first.count < CPT_LEDGER_PINNED;
}

static bool
add_pinned(void *arg, uint64_t object, uint64_t block, uint64_t size)
{
    struct pinned *pinned = arg;
    struct cpt_object found;
    struct cpt_error ignored;

    (void)block;
    (void)size;
    pinned->count++;
    if (cpt_object_open(pinned->types, object, &found, &ignored))
        return true;
    if (cpt_type_is_python(found.type)) {
        if (pinned->own.count < CPT_LEDGER_PINNED)
            pinned->own.items[pinned->own.count++] = object;
    } else if (is_first(pinned, found.type)) {
        pinned->seen[pinned->first.count] = found.type;
        pinned->first.items[pinned->first.count++] = object;
    } else if (pinned->rest.count < CPT_LEDGER_PINNED) {
        pinned->rest.items[pinned->rest.count++] = object;
    }
    return true;
}

static cpt_status
show(struct cpt_ledger *ledger, struct cpt_ledger_arena *arena, const uint64_t *objects, size_t count,
     struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    for (size_t i = 0; !status && i < count && arena->pinned_count < CPT_LEDGER_PINNED; i++)
        status = cpt_value_read(&ledger->heap->values, objects[i], &arena->pinned_by[arena->pinned_count++], error);
    return status;
}

static cpt_status
describe(struct cpt_ledger *ledger, const struct candidate *candidate, struct cpt_ledger_arena *arena,
         struct cpt_error *error)
{
    struct pinned pinned = {.types = &ledger->heap->values.types};
    cpt_status status;

    *arena = (struct cpt_ledger_arena){.address = candidate->arena->address, .used_bytes = candidate->used};
    cpt_heap_each(ledger->heap, candidate->arena->address, candidate->arena->end, add_pinned, &pinned);
    arena->objects = pinned.count;
    status = show(ledger, arena, pinned.own.items, pinned.own.count, error);
    if (!status)
        status = show(ledger, arena, pinned.first.items, pinned.first.count, error);
    if (!status)
        status = show(ledger, arena, pinned.rest.items, pinned.rest.count, error);
    return status;
}

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "no memory for the sparse arenas");
}

static cpt_status
keep(struct cpt_ledger *ledger, struct candidates *candidates, struct cpt_error *error)
{
    size_t count = candidates->count < CPT_LEDGER_SPARSE ? candidates->count : CPT_LEDGER_SPARSE;
    cpt_status status = CPT_OK;

    if (!count)
        return CPT_OK;
    qsort(candidates->items, candidates->count, sizeof(*candidates->items), by_use);
    ledger->sparse_total = candidates->count;
    ledger->sparse = cpt_arena_array(&ledger->heap->arena, count, sizeof(*ledger->sparse));
    if (!ledger->sparse)
        return out_of_memory(error);
    for (size_t i = 0; !status && i < count; i++)
        status = describe(ledger, &candidates->items[i], &ledger->sparse[ledger->sparse_count++], error);
    return status;
}

cpt_status
cpt_ledger_find_sparse(struct cpt_ledger *ledger, struct cpt_error *error)
{
    const struct cpt_obmalloc *obmalloc = &ledger->heap->obmalloc;
    struct candidates candidates = {0};
    cpt_status status = CPT_OK;

    for (size_t i = 0; !status && i < obmalloc->arena_count; i++) {
        uint64_t used = used_bytes(ledger->heap, &obmalloc->arenas[i]);
        struct candidate *candidate;

        if (!is_sparse(&obmalloc->arenas[i], used))
            continue;
        candidate = cpt_vec_add(&candidates);
        if (candidate)
            *candidate = (struct candidate){.arena = &obmalloc->arenas[i], .used = used};
        else
            status = out_of_memory(error);
    }
    if (!status)
        status = keep(ledger, &candidates, error);
    cpt_vec_free(&candidates);
    return status;
}

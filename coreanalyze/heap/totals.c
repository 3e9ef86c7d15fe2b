/* What all walkers have counted, put together. */
#include "coreanalyze/heap/walk.h"

#include <inttypes.h>
#include <stdlib.h>

/* Bytearrays' bytes objects (3.15), and what else looks like an object but is somebody's buffer, are taken back. */
static void
take_back(struct cpt_walker *w, struct cpt_region *region, uint64_t address)
{
    unsigned pool = cpt_region_pool(w->regions, region, address);
    uint32_t size = pool * CPT_POOL_ALIGNMENT;
    struct cpt_found_object found;

    if (!pool) {
        cpt_outside_count(w, address);
        return;
    }
    if (cpt_block_classify(w, address, region->bytes + (address - region->start), size, &found) != CPT_BLOCK_OBJECT)
        return;
    w->classes[pool - 1].objects--;
    w->object_bytes -= size;
    cpt_object_count(w, &found, size);
}

static void
settle_region(struct cpt_walker *w, struct cpt_region *region)
{
    size_t words = (size_t)((region->end - region->start) >> (CPT_GRANULE_SHIFT + 6)) + 1;

    for (size_t i = 0; region->objects && i < words && !cpt_progress_stops(w->heap->progress, i); i++) {
        uint64_t both = region->objects[i] & region->buffers[i];

        for (; both; both &= both - 1) {
            size_t granule = i * 64 + (size_t)__builtin_ctzll(both);

            w->sign = -1;
            take_back(w, region, region->start + ((uint64_t)granule << CPT_GRANULE_SHIFT));
            w->sign = 1;
            region->objects[i] &= ~(UINT64_C(1) << (granule & 63));
        }
    }
}

static void
settle_dead(struct cpt_walker *w)
{
    for (size_t i = 0; i < w->dead.count && !cpt_progress_stops(w->heap->progress, i); i++) {
        const struct cpt_region *region = cpt_region_find(w->regions, w->dead.items[i]);
        unsigned pool = cpt_region_pool(w->regions, region, w->dead.items[i]);

        if (!pool || cpt_bits_get(region->buffers, cpt_region_granule(region, w->dead.items[i])))
            continue;
        w->classes[pool - 1].dead++;
        w->dead_bytes += (uint64_t)pool * CPT_POOL_ALIGNMENT;
    }
}

static void
name_damage(struct cpt_heap *heap, const struct cpt_walker *w)
{
    if (!w->budget)
        cpt_holes_add(heap->decode.holes, cpt_status_code(CPT_LIMIT), 0,
                      "what objects say to own overlaps: some of it was not looked through");
    for (size_t i = 0; i < w->damaged.count; i++)
        cpt_holes_add(heap->decode.holes, "corrupt", w->damaged.items[i],
                      "the pool at 0x%" PRIx64 " is damaged: which of its blocks are in use is not sure",
                      w->damaged.items[i]);
}

/* Few buffers look like objects of a type, and of some types only few objects do not. */
#define MISFITS_ENOUGH 4

/* A type with hardly an object that fits it is damaged, or one that it derives from. */
static void
name_spoilt(const struct cpt_heap_walk *walk, const struct cpt_shape *shape)
{
    uint64_t objects = 0, misfits = 0;

    for (unsigned i = 0; i < walk->count; i++) {
        if (shape->index >= walk->walkers[i].tallies.count)
            continue;
        objects += walk->walkers[i].tallies.items[shape->index].objects;
        misfits += walk->walkers[i].tallies.items[shape->index].misfits;
    }
    if (misfits >= MISFITS_ENOUGH && misfits > objects)
        cpt_holes_add(walk->heap->decode.holes, cpt_status_code(CPT_CORRUPT), shape->address,
                      "the type at 0x%" PRIx64 " is damaged: %" PRIu64 " blocks that may be its objects are left out",
                      shape->address, misfits);
}

static void
merge_walker(struct cpt_heap *heap, struct cpt_heap_type *types, const struct cpt_walker *w)
{
    for (size_t i = 0; i < w->tallies.count; i++) {
        types[i].objects += w->tallies.items[i].objects;
        types[i].bytes += w->tallies.items[i].bytes;
        types[i].buffer_bytes += w->tallies.items[i].buffer_bytes;
        types[i].size_of += w->tallies.items[i].size_of;
        types[i].size_of_guessed |= w->tallies.items[i].guessed;
    }
    for (unsigned i = 0; i < CPT_SIZE_BINS; i++) {
        heap->bins[i].objects += w->bins[i].objects;
        heap->bins[i].bytes += w->bins[i].bytes;
        heap->bins[i].size_of += w->bins[i].size_of;
    }
    for (unsigned i = 0; i < 32; i++) {
        heap->classes[i].pools += w->classes[i].pools;
        heap->classes[i].used += w->classes[i].used;
        heap->classes[i].free += w->classes[i].free;
        heap->classes[i].objects += w->classes[i].objects;
        heap->classes[i].buffers += w->classes[i].buffers;
        heap->classes[i].dead += w->classes[i].dead;
    }
    for (size_t i = 0; i < heap->regions.count; i++) {
        heap->native[i].object_bytes += w->native[i].object_bytes;
        heap->native[i].buffer_bytes += w->native[i].buffer_bytes;
        heap->native[i].objects += w->native[i].objects;
        heap->native[i].buffers += w->native[i].buffers;
    }
    heap->object_bytes += w->object_bytes;
    heap->buffer_bytes += w->buffer_bytes;
    heap->dead_bytes += w->dead_bytes;
    heap->shared_buffers += w->shared_buffers;
}

static int
compare_types(const void *a, const void *b)
{
    const struct cpt_heap_type *left = a, *right = b;

    if (left->bytes != right->bytes)
        return left->bytes < right->bytes ? 1 : -1;
    return left->type->address < right->type->address ? -1 : left->type->address > right->type->address;
}

/* Two that own one buffer make the sum of a type whose object is taken back too small. */
static void
saturate(uint64_t *sum)
{
    if (*sum >> 63)
        *sum = 0;
}

/* Drops types without objects, and adds the rest up. */
static void
finish_types(struct cpt_heap *heap, struct cpt_heap_type *types, struct cpt_shapes *shapes)
{
    size_t kept = 0;

    for (size_t i = 0; i < shapes->count; i++) {
        types[i].type = shapes->items[i]->type;
        types[i].size_of_guessed |= shapes->items[i]->sizing == CPT_SIZING_GUESS;
        saturate(&types[i].objects);
        saturate(&types[i].bytes);
        saturate(&types[i].buffer_bytes);
        saturate(&types[i].size_of);
        if (!types[i].objects)
            continue;
        heap->objects += types[i].objects;
        heap->bytes += types[i].bytes;
        heap->size_of += types[i].size_of;
        types[kept++] = types[i];
    }
    qsort(types, kept, sizeof(*types), compare_types);
    heap->types = types;
    heap->type_count = kept;
    for (unsigned i = 0; i < 32; i++) {
        struct cpt_heap_class *class = &heap->classes[i];
        uint64_t explained = class->objects + class->buffers + class->dead;

        class->size = (i + 1) * CPT_POOL_ALIGNMENT;
        class->unexplained = class->used > explained ? class->used - explained : 0;
    }
}

cpt_status
cpt_walk_settle(struct cpt_heap_walk *walk, struct cpt_error *error)
{
    struct cpt_heap *heap = walk->heap;
    struct cpt_heap_type *types;
    bool out_of_memory = false;

    for (size_t i = 0; i < heap->regions.count; i++)
        settle_region(&walk->walkers[0], &heap->regions.items[i]);
    types = cpt_arena_array(&heap->arena, walk->shapes.count + 1, sizeof(*types));
    heap->native = cpt_arena_array(&heap->arena, heap->regions.count + 1, sizeof(*heap->native));
    for (unsigned i = 0; i < walk->count; i++)
        out_of_memory |= walk->walkers[i].out_of_memory;
    if (!types || !heap->native || out_of_memory)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    for (unsigned i = 0; i < walk->count; i++) {
        settle_dead(&walk->walkers[i]);
        merge_walker(heap, types, &walk->walkers[i]);
        name_damage(heap, &walk->walkers[i]);
    }
    for (size_t i = 0; i < walk->shapes.count; i++)
        name_spoilt(walk, walk->shapes.items[i]);
    finish_types(heap, types, &walk->shapes);
    return cpt_progress_check(heap->progress, error);
}

/* Objects outside of pools: larger than 512 bytes, or all where another allocator is in use. */
#include "coreanalyze/heap/walk.h"

/* Whether an object that begins nearer to DATA, the beginning of a block, than PREFIX bytes has it already: the count of a
   tuple and its first item, a class, look like an instance of that behind a longer prefix. */
static bool
has_earlier(struct cpt_walker *w, const struct cpt_region *region, uint64_t data, uint32_t prefix)
{
    for (unsigned i = 0; i < w->prefix_count && w->prefixes[i] < prefix; i++) {
        uint64_t address = data + w->prefixes[i];
        const uint8_t *bytes = region->bytes + (address - region->start);
        struct cpt_found_object found = {.shape = cpt_walker_shape(w, cpt_load_u64(bytes + 8))};

        if (found.shape && found.shape->prefix == w->prefixes[i] &&
            cpt_object_classify(w, address, bytes, region->end - address, &found) == CPT_BLOCK_OBJECT)
            return true;
    }
    return false;
}

/* What may be an object at POINTER in REGION, and the block that it is in. */
static bool
find_object(struct cpt_walker *w, const struct cpt_region *region, uint64_t pointer, bool certain,
            struct cpt_found_object *found, struct cpt_native_block *block)
{
    uint64_t offset = pointer - region->start, size = region->end - pointer, data;
    const struct cpt_shape *shape;

    if (size < 16)
        return false;
    shape = cpt_walker_shape(w, cpt_load_u64(region->bytes + offset + 8));
    if (!shape)
        return false;
    if (offset < shape->prefix) {
        cpt_misfit_count(w, shape);
        return false;
    }
    data = pointer - shape->prefix;
    *block = cpt_native_block(w->regions, region, data, shape->prefix + shape->least);
    if (!block->is_chunk && !certain)
        return false;
    /* A chunk ends with the word in front of the next one's size, but for those that are mapped for themselves. */
    if (block->is_chunk && block->start + block->size - 8 - pointer < size)
        size = block->start + block->size - 8 - pointer;
    found->shape = shape;
    if (cpt_object_classify(w, pointer, region->bytes + offset, size, found) != CPT_BLOCK_OBJECT ||
        has_earlier(w, region, data, shape->prefix))
        return false;
    if (!block->is_chunk)
        *block = cpt_native_block(w->regions, region, data, shape->prefix + cpt_object_needed(w, found));
    return true;
}

static void
count_found(struct cpt_walker *w, const struct cpt_region *region, const struct cpt_found_object *found,
            const struct cpt_native_block *block)
{
    struct cpt_heap_native *native = &w->native[region - w->regions->items];

    native->objects += (uint64_t)w->sign;
    native->object_bytes += (uint64_t)w->sign * cpt_native_resident(w, block);
    cpt_object_count(w, found, block->size);
    cpt_walker_neighbours(w, found);
}

/* Whether instances lead to nothing else. */
static bool
is_end(const struct cpt_shape *shape)
{
    return !shape->head && (shape->kind == CPT_SHAPE_LEAF || shape->kind == CPT_SHAPE_INT ||
                            shape->kind == CPT_SHAPE_STR || shape->kind == CPT_SHAPE_BYTES);
}

void
cpt_outside_visit(struct cpt_walker *w, uint64_t pointer, bool certain)
{
    struct cpt_region *region = cpt_region_find(w->regions, pointer);
    struct cpt_found_object found;
    struct cpt_native_block block;
    uint64_t *place;

    if (w->sign < 0 || !region || !region->objects || cpt_bits_get(region->objects, cpt_region_granule(region, pointer)) ||
        !find_object(w, region, pointer, certain, &found, &block) ||
        cpt_bits_set(region->objects, cpt_region_granule(region, pointer)))
        return;
    if (is_end(found.shape)) {
        count_found(w, region, &found, &block);
        return;
    }
    place = cpt_vec_add(&w->pending);
    if (place)
        *place = pointer;
    else
        w->out_of_memory = true;
}

bool
cpt_outside_open(struct cpt_walker *w, uint64_t pointer, struct cpt_found_object *found, struct cpt_native_block *block)
{
    const struct cpt_region *region = cpt_region_find(w->regions, pointer);

    return region && find_object(w, region, pointer, true, found, block);
}

void
cpt_outside_count(struct cpt_walker *w, uint64_t pointer)
{
    struct cpt_found_object found;
    struct cpt_native_block block;

    if (cpt_outside_open(w, pointer, &found, &block))
        count_found(w, cpt_region_find(w->regions, pointer), &found, &block);
}

void
cpt_outside_drain(struct cpt_walker *w)
{
    for (uint64_t done = 0; w->pending.count && !cpt_progress_stops(w->heap->progress, done); done++)
        cpt_outside_count(w, w->pending.items[--w->pending.count]);
}

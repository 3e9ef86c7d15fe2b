/* Is there an object? And what of it counts. */
#include "coreanalyze/heap/walk.h"

/* A count of more is no count: an address read as one. */
#define MAX_REFERENCES (UINT64_C(1) << 40)

/* Counts from here on might be an address, of a program that is linked to a low one. */
#define LARGE_COUNT 0x10000

enum count_state { COUNT_NONE, COUNT_LIVE, COUNT_DEAD };

uint64_t
cpt_count_forbidden(const struct cpt_heap *heap)
{
    if (CPT_HAS(heap->decode.at->object.ob_flags))
        return UINT64_C(0xff00ffff00000000);
    return heap->values.dialect.immortals ? ~((UINT64_C(1) << 33) - 1) : ~(MAX_REFERENCES - 1);
}

/* From 3.14 flags and an overflow, which is 0 with the GIL, share the word with a count of 32 bits; what is on a free list
   has a pointer there. From 3.12 only immortal objects have bits beyond 32. A count is never as large as the
   address of an object: that is an entry of a table. */
static enum count_state
count_state(struct cpt_walker *w, uint64_t word)
{
    bool flags = CPT_HAS(w->at->object.ob_flags);
    const uint8_t *bytes;

    if (word & w->no_count)
        return flags ? COUNT_DEAD : COUNT_NONE;
    if (!(flags ? (uint32_t)word : word))
        return COUNT_DEAD;
    if ((uint32_t)word < LARGE_COUNT || (w->heap->values.dialect.immortals && (int32_t)(uint32_t)word < 0))
        return COUNT_LIVE;
    bytes = cpt_region_bytes(w->regions, word, 16);
    return bytes && cpt_walker_shape(w, cpt_load_u64(bytes + 8)) ? COUNT_NONE : COUNT_LIVE;
}

/* What the items, digits or characters of an object take from its beginning on; 0: no such object can be. */
static uint64_t
needed(const struct cpt_walker *w, const struct cpt_shape *shape, const uint8_t *bytes)
{
    uint64_t count;

    switch (shape->kind) {
    case CPT_SHAPE_INT:
        if (CPT_HAS(w->at->integer.lv_tag))
            count = cpt_load_u64(bytes + w->at->integer.lv_tag) >> 3;
        else
            count = cpt_magnitude(cpt_load_u64(bytes + w->at->var.ob_size));
        return count >> 40 ? 0 : (uint64_t)w->at->object.size + 8 + 4 * count;
    case CPT_SHAPE_STR:
        count = cpt_load_u64(bytes + w->at->ascii.length);
        if (count >> 44)
            return 0;
        if (!cpt_bitfield_get(bytes, w->at->ascii.compact))
            return (uint64_t)w->at->unicode.size;
        if (cpt_bitfield_get(bytes, w->at->ascii.ascii))
            return (uint64_t)w->at->ascii.size + count + 1;
        return (uint64_t)w->at->compact.size + (count + 1) * cpt_bitfield_get(bytes, w->at->ascii.kind);
    case CPT_SHAPE_BYTES:
    case CPT_SHAPE_TUPLE:
        count = cpt_load_u64(bytes + w->at->var.ob_size);
        return count >> 44 ? 0 : shape->basicsize + shape->itemsize * count;
    default:
        if (!shape->inline_values)
            return shape->least;
        /* The values' head, the values, and a byte for each of them: their order. */
        count = bytes[shape->basicsize + (uint32_t)w->at->values.capacity];
        return shape->basicsize + (uint64_t)w->at->values.values + count * 8 + ((count + 7) & ~UINT64_C(7));
    }
}

uint64_t
cpt_object_needed(const struct cpt_walker *w, const struct cpt_found_object *object)
{
    return needed(w, object->shape, object->bytes);
}

/* The collector's head of an object links to another one or to a list's head, which can be anywhere, or is 0; its low bits
   are flags, and lists' heads at odd multiples of 4 in some patch releases of 3.13. 3.7 leaves it as it was when the object
   is in no list. What only looks like an object has anything there: the text that a class's address is left behind. */
static bool
has_sound_head(const struct cpt_walker *w, const struct cpt_shape *shape, const uint8_t *bytes)
{
    uint64_t next;

    if (!shape->head || CPT_HAS(w->at->gchead.gc_refs))
        return true;
    /* Types that a library allocated itself have none: PyType_Type.tp_is_gc says so of all but heap types. */
    if (shape->kind == CPT_SHAPE_TYPE && !(cpt_load_u64(bytes + w->at->type.tp_flags) & CPT_TYPE_HEAP))
        return true;
    next = cpt_load_u64(bytes - shape->head) & ~UINT64_C(3);
    return next - w->arenas < w->arenas_size || !next || cpt_region_find(w->regions, next);
}

enum cpt_block_kind
cpt_object_classify(struct cpt_walker *w, uint64_t address, const uint8_t *bytes, uint64_t size,
                    struct cpt_found_object *found)
{
    const struct cpt_shape *shape = found->shape;
    enum count_state state = count_state(w, cpt_load_u64(bytes + w->at->object.ob_refcnt));
    uint64_t need;

    if (state == COUNT_NONE || shape->least > size)
        return CPT_BLOCK_OTHER;
    if (state == COUNT_DEAD)
        return CPT_BLOCK_DEAD;
    need = needed(w, shape, bytes);
    if (!need || need > size || !has_sound_head(w, shape, bytes))
        return CPT_BLOCK_OTHER;
    found->address = address;
    found->bytes = bytes;
    found->size = size;
    return CPT_BLOCK_OBJECT;
}

/* Whether the neighbour of an object in the collector's list leads back to it, or it is in none. What is left in dead blocks can
   look like an object behind a head: an int on a free list whose value is the address of a class (3.14+). 3.7 leaves the head of
   an object that is in no list as it was. */
static bool
is_linked(const struct cpt_walker *w, const struct cpt_found_object *object)
{
    const uint8_t *head = object->bytes - object->shape->head, *there;
    uint64_t next = cpt_load_u64(head) & ~UINT64_C(3), previous = cpt_load_u64(head + 8) & ~UINT64_C(3);

    if (!object->shape->head || CPT_HAS(w->at->gchead.gc_refs))
        return object->shape->head;
    if (!next)
        return !previous;
    there = cpt_region_bytes(w->regions, next, 16);
    return there && (cpt_load_u64(there + 8) & ~UINT64_C(3)) == object->address - object->shape->head;
}

enum cpt_block_kind
cpt_block_classify(struct cpt_walker *w, uint64_t address, const uint8_t *bytes, uint64_t size,
                   struct cpt_found_object *found)
{
    const struct cpt_shape *misfit = NULL;
    enum cpt_block_kind kind = CPT_BLOCK_OTHER, there;

    for (unsigned i = 0; i < w->prefix_count; i++) {
        uint64_t at = w->hooks + w->prefixes[i];

        if (at + 16 > size)
            break;
        found->shape = cpt_walker_shape(w, cpt_load_u64(bytes + at + 8));
        if (!found->shape)
            continue;
        if (found->shape->prefix == w->prefixes[i]) {
            there = cpt_object_classify(w, address + at, bytes + at, size - at, found);
            if (there == CPT_BLOCK_OBJECT && (kind != CPT_BLOCK_DEAD || is_linked(w, found)))
                return there;
            if (there == CPT_BLOCK_DEAD)
                kind = there; /* or what was in the block before, and the collector's header has not overwritten (3.7) */
        }
        if (count_state(w, cpt_load_u64(bytes + at)) == COUNT_LIVE)
            misfit = found->shape;
    }
    if (misfit && kind == CPT_BLOCK_OTHER)
        cpt_misfit_count(w, misfit);
    return kind;
}

static unsigned
size_bin(uint64_t bytes)
{
    unsigned bin;

    if (bytes <= 512)
        return bytes ? (unsigned)((bytes - 1) / 16) : 0;
    bin = 32 + (54 - (unsigned)__builtin_clzll(bytes - 1));
    return bin < CPT_SIZE_BINS ? bin : CPT_SIZE_BINS - 1;
}

void
cpt_size_bin_bounds(unsigned bin, uint64_t *above, uint64_t *to)
{
    *above = bin < 32 ? (uint64_t)bin * 16 : UINT64_C(512) << (bin - 32);
    *to = bin < 32 ? *above + 16 : *above * 2;
}

static struct cpt_tally *
tally_of(struct cpt_walker *w, const struct cpt_shape *shape)
{
    while (w->tallies.count <= shape->index) {
        struct cpt_tally *tally = cpt_vec_add(&w->tallies);

        if (!tally) {
            w->out_of_memory = true;
            return NULL;
        }
        *tally = (struct cpt_tally){0};
    }
    return &w->tallies.items[shape->index];
}

void
cpt_misfit_count(struct cpt_walker *w, const struct cpt_shape *shape)
{
    struct cpt_tally *tally = tally_of(w, shape);

    if (tally)
        tally->misfits++;
}

/* object.__sizeof__, and what is in front of the object. */
static uint64_t
default_size(const struct cpt_walker *w, const struct cpt_found_object *object)
{
    const struct cpt_shape *shape = object->shape;
    uint64_t size = shape->basicsize + shape->in_front;
    int64_t count;

    if (!shape->itemsize)
        return size;
    count = (int64_t)cpt_load_u64(object->bytes + w->at->var.ob_size);
    /* Types of variable size that keep something else than a count there: a frame or generator, whose sizers are known. */
    return size + (count > 0 && (uint64_t)count <= object->size / shape->itemsize ? (uint64_t)count * shape->itemsize : 0);
}

void
cpt_object_count(struct cpt_walker *w, const struct cpt_found_object *object, uint64_t block)
{
    const struct cpt_shape *shape = object->shape;
    uint64_t size_of = 0, buffers, sign = (uint64_t)w->sign;
    struct cpt_tally *tally;
    struct cpt_heap_bin *bin;
    bool guessed = false;

    buffers = shape->kind == CPT_SHAPE_LEAF && !shape->managed_dict ? 0 : cpt_object_own(w, object, &size_of);
    if (shape->sizing == CPT_SIZING_KIND) {
        size_of += shape->in_front;
    } else if (shape->sizing != CPT_SIZING_ASK) {
        size_of = default_size(w, object);
    } else if (!cpt_shape_size_of(w->shapes, shape, object->address, &size_of) || size_of > w->most) {
        size_of = default_size(w, object);
        guessed = true;
    }
    /* Not before: what the object refers to may have been counted meanwhile, and the tallies have moved for its type. */
    tally = tally_of(w, shape);
    if (!tally)
        return;
    tally->guessed |= guessed;
    tally->objects += sign;
    tally->bytes += sign * (block + buffers);
    tally->buffer_bytes += sign * buffers;
    tally->size_of += sign * size_of;
    bin = &w->bins[size_bin(block + buffers)];
    bin->objects += sign;
    bin->bytes += sign * (block + buffers);
    bin->size_of += sign * size_of;
}

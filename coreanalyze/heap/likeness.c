#include "coreanalyze/heap/likeness.h"

#include "coreanalyze/base/bytes.h"

#define MAX_SIZE (UINT64_C(1) << 24) /* of instances, and of types */
#define MAX_ORDER 4096

/* The beginning of what may be a type: those made at run time are larger than what pymalloc hands out, all others are in
   data of images. */
static const uint8_t *
type_bytes(const struct cpt_shapes *shapes, uint64_t address)
{
    uint64_t size = (uint64_t)shapes->values->decode->at->type.tp_flags + 8;
    const struct cpt_region *region = address & 7 ? NULL : cpt_region_find(shapes->regions, address);

    if (!region || size > region->end - address || cpt_region_pool(shapes->regions, region, address))
        return NULL;
    return region->bytes + (address - region->start);
}

/* Whether the type of what lies at BYTES says that its instances are types. */
static bool
has_metatype(const struct cpt_shapes *shapes, const uint8_t *bytes)
{
    const struct cpt_layout_fields *at = shapes->values->decode->at;
    const uint8_t *meta = type_bytes(shapes, cpt_load_u64(bytes + at->object.ob_type));

    return meta && cpt_load_u64(meta + at->type.tp_flags) & CPT_TYPE_READY &&
           cpt_load_u64(meta + at->type.tp_flags) & CPT_TYPE_TYPE;
}

/* The word at FIELD of what lies at ADDRESS, or 0. */
static uint64_t
word_at(const struct cpt_shapes *shapes, uint64_t address, int32_t field)
{
    const uint8_t *bytes = CPT_HAS(field) ? cpt_region_bytes(shapes->regions, address + (uint64_t)field, 8) : NULL;

    return bytes ? cpt_load_u64(bytes) : 0;
}

/* The same, and what says so has a sensible size: malloc's bins, which all lead to each other, do not. */
static bool
has_sensible_metatype(const struct cpt_shapes *shapes, const uint8_t *bytes)
{
    const struct cpt_layout_fields *at = shapes->values->decode->at;
    uint64_t size = word_at(shapes, cpt_load_u64(bytes + at->object.ob_type), at->type.tp_basicsize);

    return size > (uint64_t)at->type.tp_flags && size <= MAX_SIZE && has_metatype(shapes, bytes);
}

/* Whether the method resolution order at ORDER begins with the type at ADDRESS. */
static bool
is_order_of(const struct cpt_shapes *shapes, uint64_t order, uint64_t address)
{
    const struct cpt_layout_fields *at = shapes->values->decode->at;
    uint64_t count = word_at(shapes, order, at->var.ob_size);

    return count && count <= MAX_ORDER && word_at(shapes, order, at->tuple.ob_item) == address;
}

/* A type is in several ways known to be one. IS_READY: what it says of itself is as it has to be. */
static bool
is_spoilt(const struct cpt_shapes *shapes, uint64_t address, const uint8_t *bytes, bool is_ready)
{
    const struct cpt_layout_fields *at = shapes->values->decode->at;
    const uint8_t *base = type_bytes(shapes, word_at(shapes, address, at->type.tp_base));
    bool leads_order = is_order_of(shapes, word_at(shapes, address, at->type.tp_mro), address);
    bool has_meta = has_sensible_metatype(shapes, bytes), has_base = base && has_sensible_metatype(shapes, base);

    return leads_order ? has_meta || is_ready || has_base : has_meta && has_base;
}

/* A static type that nobody made ready, as far as that can be told here: see struct cpt_type. */
static bool
may_be_unready(const struct cpt_shapes *shapes, uint64_t address, const uint8_t *bytes)
{
    const struct cpt_layout_fields *at = shapes->values->decode->at;

    return !(cpt_load_u64(bytes + at->type.tp_flags) & (CPT_TYPE_READY | CPT_TYPE_HEAP)) &&
           !word_at(shapes, address, at->type.tp_base) && !word_at(shapes, address, at->type.tp_mro) &&
           cpt_region_find(shapes->regions, address)->kind == CPT_REGION_IMAGE && has_metatype(shapes, bytes);
}

enum cpt_likeness
cpt_type_likeness(const struct cpt_shapes *shapes, uint64_t address)
{
    const struct cpt_layout_fields *at = shapes->values->decode->at;
    const uint8_t *bytes = type_bytes(shapes, address);
    bool is_ready;

    if (!bytes)
        return CPT_NO_TYPE;
    is_ready = cpt_load_u64(bytes + at->type.tp_flags) & CPT_TYPE_READY &&
               cpt_load_u64(bytes + at->type.tp_basicsize) <= MAX_SIZE;
    if (is_ready && has_metatype(shapes, bytes))
        return CPT_LIKE_A_TYPE;
    if (may_be_unready(shapes, address, bytes))
        return CPT_LIKE_A_TYPE;
    return is_spoilt(shapes, address, bytes, is_ready) ? CPT_SPOILT_TYPE : CPT_NO_TYPE;
}

bool
cpt_type_is_spoilt(const struct cpt_shapes *shapes, uint64_t address)
{
    const uint8_t *bytes = type_bytes(shapes, address);

    return bytes && is_spoilt(shapes, address, bytes, true);
}

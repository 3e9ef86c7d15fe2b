#include "coreanalyze/base/limits.h"
#include "coreanalyze/heap/fields.h"
#include "coreanalyze/heap/likeness.h"
#include "coreanalyze/heap/walk.h"

#include <string.h>

#define PRE_HEADER 16 /* managed weak references and dict (3.11+) */
#define NDARRAY_SIZE 80 /* sizeof(PyArrayObject_fields) to numpy 1.21; longer since */

/* Built-in types whose instances own blocks or refer to objects in their own ways, by name, and the size of the structure
   that is read. What derives from several of them is the first in its method resolution order. */
static const struct {
    const char *name;
    enum cpt_shape_kind kind;
    size_t size; /* offset of the size in cpt_layout_fields; 0: none is needed */
} kinds[] = {
#define SIZE(structure) offsetof(struct cpt_layout_fields, structure.size)
    {"int", CPT_SHAPE_INT, 0},
    {"str", CPT_SHAPE_STR, SIZE(ascii)},
    {"bytes", CPT_SHAPE_BYTES, 0},
    {"float", CPT_SHAPE_LEAF, 0},
    {"complex", CPT_SHAPE_LEAF, 0},
    {"tuple", CPT_SHAPE_TUPLE, 0},
    {"list", CPT_SHAPE_LIST, SIZE(list)},
    {"dict", CPT_SHAPE_DICT, SIZE(dict)},
    {"frozendict", CPT_SHAPE_DICT, SIZE(dict)},
    {"collections.OrderedDict", CPT_SHAPE_ODICT, SIZE(odict)},
    {"set", CPT_SHAPE_SET, SIZE(set)},
    {"frozenset", CPT_SHAPE_SET, SIZE(set)},
    {"collections.deque", CPT_SHAPE_DEQUE, SIZE(deque)},
    {"bytearray", CPT_SHAPE_BYTEARRAY, SIZE(bytearray)},
    {"array.array", CPT_SHAPE_ARRAY, SIZE(array)},
    {"type", CPT_SHAPE_TYPE, 0},
    {"code", CPT_SHAPE_CODE, 0}, /* from 3.11 on its instances end where the bytecode begins, before its sizeof */
    {"module", CPT_SHAPE_MODULE, 0},
    {"decimal.Decimal", CPT_SHAPE_DECIMAL, SIZE(decimal)},
    {"_io.StringIO", CPT_SHAPE_STRINGIO, 0},
    {"_io.BufferedReader", CPT_SHAPE_BUFFERED, 0},
    {"_io.BufferedWriter", CPT_SHAPE_BUFFERED, 0},
    {"_io.BufferedRandom", CPT_SHAPE_BUFFERED, 0},
    {"_struct.Struct", CPT_SHAPE_PACKER, 0},
    {"_ctypes._CData", CPT_SHAPE_CDATA, 0},
    {"xml.etree.ElementTree.Element", CPT_SHAPE_ELEMENT, 0},
    {"numpy.ndarray", CPT_SHAPE_NDARRAY, 0},
#undef SIZE
};

static int32_t
kind_size(const struct cpt_layout_fields *at, size_t offset)
{
    return offset ? *(const int32_t *)((const char *)at + offset) : 0;
}

/* The kind of instances of ENTRY itself, where they have one of their own; and NAME it by. */
static bool
own_kind(const struct cpt_shapes *shapes, const struct cpt_type *entry, struct cpt_shape *shape, const char **name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (!cpt_type_is(entry, kinds[i].name))
            continue;
        if (kinds[i].size && (!CPT_HAS(kind_size(shapes->values->decode->at, kinds[i].size)) ||
                              shape->basicsize < (uint32_t)kind_size(shapes->values->decode->at, kinds[i].size)))
            return false;
        if (!cpt_fields_suit(shapes->values->decode->at, kinds[i].kind))
            return false;
        if (kinds[i].kind == CPT_SHAPE_NDARRAY && shape->basicsize < NDARRAY_SIZE)
            return false;
        shape->kind = kinds[i].kind;
        *name = kinds[i].name;
        return true;
    }
    return false;
}

/* A subclass in Python of numbers can have attributes. */
static void
find_kind(struct cpt_shapes *shapes, struct cpt_shape *shape, const char **name)
{
    const struct cpt_type *entry;

    shape->kind = CPT_SHAPE_PLAIN;
    for (size_t i = 0; (entry = cpt_type_mro(&shapes->values->types, shape->type, i)); i++) {
        if (own_kind(shapes, entry, shape, name))
            break;
    }
    if (shape->kind == CPT_SHAPE_LEAF && entry && entry->basicsize != shape->type->basicsize)
        shape->kind = CPT_SHAPE_PLAIN;
    /* A static type has no method resolution order that can be read while it is not ready. */
    if (!entry && !shape->type->order_count)
        own_kind(shapes, shape->type, shape, name);
}

/* The kinds whose owner functions tell sys.getsizeof() too, because they read what it takes anyway. */
static bool
knows_size(enum cpt_shape_kind kind)
{
    switch (kind) {
    case CPT_SHAPE_INT:
    case CPT_SHAPE_STR:
    case CPT_SHAPE_LIST:
    case CPT_SHAPE_DICT:
    case CPT_SHAPE_ODICT:
    case CPT_SHAPE_SET:
    case CPT_SHAPE_DEQUE:
        return true;
    default:
        return false;
    }
}

static void
find_sizing(struct cpt_shapes *shapes, struct cpt_shape *shape, const char *kind_name)
{
    const char *name;

    shape->sizer = cpt_sizer_find(shapes->values, shape->type);
    if (!shape->sizer) {
        shape->sizing = shape->type->unready ? CPT_SIZING_DEFAULT : CPT_SIZING_GUESS;
        return;
    }
    name = cpt_sizer_name(shape->sizer);
    if (strcmp(name, "object") == 0)
        shape->sizing = CPT_SIZING_DEFAULT;
    else if (kind_name && knows_size(shape->kind) && strcmp(name, kind_name) == 0)
        shape->sizing = CPT_SIZING_KIND;
    else
        shape->sizing = CPT_SIZING_ASK;
}

static void
read_shared_values(const struct cpt_shapes *shapes, struct cpt_shape *shape)
{
    const struct cpt_layout_fields *at = shapes->values->decode->at;
    const uint8_t *bytes = cpt_region_bytes(shapes->regions, shape->address, (uint64_t)at->heaptype.ht_cached_keys + 8);
    struct cpt_keys keys;

    if (bytes && cpt_keys_read(shapes->regions, at, cpt_load_u64(bytes + at->heaptype.ht_cached_keys), &keys))
        shape->shared_values = keys.shared_values;
}

static void
measure(struct cpt_shapes *shapes, struct cpt_shape *shape)
{
    const struct cpt_layout_fields *at = shapes->values->decode->at;
    uint64_t flags = shape->type->flags;

    shape->basicsize = (uint32_t)shape->type->basicsize;
    shape->itemsize = (uint32_t)shape->type->itemsize;
    shape->least = shape->basicsize;
    if ((flags & CPT_TYPE_GC) && CPT_HAS(at->gchead.size))
        shape->head = (uint32_t)at->gchead.size;
    shape->prefix = shape->head;
    if (flags & (CPT_TYPE_MANAGED_DICT | CPT_TYPE_MANAGED_WEAKREF))
        shape->prefix += PRE_HEADER;
    shape->in_front = shape->prefix;
    shape->managed_dict = (flags & CPT_TYPE_MANAGED_DICT) && shape->head;
    shape->inline_values = (flags & CPT_TYPE_INLINE_VALUES) && CPT_HAS(at->values.capacity);
    if (shape->inline_values)
        shape->least += (uint32_t)at->values.values;
    shape->apart_values = shape->managed_dict && !CPT_HAS(at->values.capacity);
    if (shape->apart_values && flags & CPT_TYPE_HEAP && CPT_HAS(at->heaptype.ht_cached_keys))
        read_shared_values(shapes, shape);
}

/* Objects of these types leave out their last fields, or have fewer items than tp_basicsize has room for. */
static void
find_least(const struct cpt_shapes *shapes, struct cpt_shape *shape)
{
    const struct cpt_layout_fields *at = shapes->values->decode->at;

    if (cpt_type_is(shape->type, "datetime.datetime") && CPT_HAS(at->datetime.tzinfo))
        shape->least = (uint32_t)at->datetime.tzinfo;
    else if (cpt_type_is(shape->type, "datetime.time") && CPT_HAS(at->time.tzinfo))
        shape->least = (uint32_t)at->time.tzinfo;
    else if (shape->kind == CPT_SHAPE_STR)
        shape->least = (uint32_t)at->ascii.size;
    else if (shape->kind == CPT_SHAPE_INT || (shape->itemsize && shape->least < (uint32_t)at->object.size + 8))
        shape->least = (uint32_t)at->object.size + 8;
}

static struct cpt_shape *
make_shape(struct cpt_shapes *shapes, struct cpt_type *type)
{
    struct cpt_shape *shape = cpt_arena_alloc(shapes->values->decode->arena, sizeof(*shape)), **place;
    const char *name = NULL;

    if (!shape)
        return NULL;
    shape->address = type->address;
    shape->type = type;
    measure(shapes, shape);
    find_kind(shapes, shape, &name);
    find_sizing(shapes, shape, name);
    find_least(shapes, shape);
    place = cpt_vec_add(shapes);
    if (!place)
        return NULL;
    shape->index = shapes->count - 1;
    *place = shape;
    return shape;
}

/* No block fits it, but those that would are counted. */
static struct cpt_shape *
make_spoilt(struct cpt_shapes *shapes, struct cpt_type *type, uint64_t address)
{
    struct cpt_shape *shape = cpt_arena_alloc(shapes->values->decode->arena, sizeof(*shape)), **place;

    place = shape ? cpt_vec_add(shapes) : NULL;
    if (!place)
        return NULL;
    *shape = (struct cpt_shape){.address = address,
                                .type = type,
                                .index = shapes->count - 1,
                                .prefix = UINT32_MAX,
                                .least = UINT32_MAX};
    *place = shape;
    return shape;
}

static const struct cpt_shape *
find_shape(struct cpt_shapes *shapes, uint64_t address, bool is_spoilt_type)
{
    struct cpt_shape *shape = cpt_hash_get(&shapes->known, address);
    struct cpt_type *type;

    if (shape)
        return shape == &shapes->nothing ? NULL : shape;
    if (shapes->known.count >= CPT_MAX_TYPES)
        return NULL;
    type = cpt_type_get(&shapes->values->types, address);
    if (!type)
        return NULL;
    if (!is_spoilt_type && !type->broken && type->basicsize >= (uint64_t)shapes->values->decode->at->object.size &&
        cpt_type_is_sound(&shapes->values->types, type))
        shape = make_shape(shapes, type);
    else if (is_spoilt_type || cpt_type_is_spoilt(shapes, address))
        shape = make_spoilt(shapes, type, address);
    else
        shape = &shapes->nothing;
    if (!shape || !cpt_hash_set(&shapes->known, address, shape))
        return NULL;
    return shape == &shapes->nothing ? NULL : shape;
}

const struct cpt_shape *
cpt_shape_ask(struct cpt_shapes *shapes, uint64_t address)
{
    enum cpt_likeness likeness = shapes->usable ? cpt_type_likeness(shapes, address) : CPT_NO_TYPE;
    const struct cpt_shape *shape;

    if (likeness == CPT_NO_TYPE)
        return NULL;
    pthread_mutex_lock(&shapes->lock);
    shape = find_shape(shapes, address, likeness == CPT_SPOILT_TYPE);
    pthread_mutex_unlock(&shapes->lock);
    return shape;
}

bool
cpt_shape_size_of(struct cpt_shapes *shapes, const struct cpt_shape *shape, uint64_t object, uint64_t *size)
{
    const struct cpt_object what = {.address = object, .type = shape->type};
    struct cpt_header header;
    struct cpt_error ignored;
    bool known;

    pthread_mutex_lock(&shapes->lock);
    known = !cpt_header_read(shapes->values, &what, &header, &ignored) &&
            !cpt_sizer_size(shapes->values, shape->sizer, &what, &header, size, &ignored);
    pthread_mutex_unlock(&shapes->lock);
    return known;
}

void
cpt_shapes_init(struct cpt_shapes *shapes, struct cpt_values *values, const struct cpt_regions *regions)
{
    *shapes = (struct cpt_shapes){.values = values, .regions = regions};
    pthread_mutex_init(&shapes->lock, NULL);
    shapes->usable = cpt_fields_are_usable(values->decode->at);
    if (!shapes->usable)
        cpt_holes_add(values->decode->holes, cpt_status_code(CPT_ABSENT), 0,
                      "the layout does not describe objects as the heap has them");
}

void
cpt_shapes_free(struct cpt_shapes *shapes)
{
    pthread_mutex_destroy(&shapes->lock);
    cpt_hash_free(&shapes->known);
    cpt_vec_free(shapes);
}

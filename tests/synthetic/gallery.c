#include "tests/synthetic/gallery_build.h"

#include "coreanalyze/decode/type.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_REPR UINT64_C(0x400000) /* of functions that are never looked at */

static const struct {
    const char *name;
    uint64_t flags;
    enum gallery_type base;
    bool inherits; /* its tp_repr from its base */
} specs[GALLERY_TYPES] = {
    [G_TYPE] = {"type", CPT_TYPE_TYPE, G_OBJECT, false},
    [G_TUPLE] = {"tuple", CPT_TYPE_TUPLE, G_OBJECT, false},
    [G_OBJECT] = {"object", 0, G_OBJECT, false},
    [G_STR] = {"str", CPT_TYPE_UNICODE, G_OBJECT, false},
    [G_BYTES] = {"bytes", CPT_TYPE_BYTES, G_OBJECT, false},
    [G_INT] = {"int", CPT_TYPE_LONG, G_OBJECT, false},
    [G_DICT] = {"dict", CPT_TYPE_DICT, G_OBJECT, false},
    [G_BOOL] = {"bool", CPT_TYPE_LONG, G_INT, false},
    [G_FLOAT] = {"float", 0, G_OBJECT, false},
    [G_COMPLEX] = {"complex", 0, G_OBJECT, false},
    [G_NONE] = {"NoneType", 0, G_OBJECT, false},
    [G_ELLIPSIS] = {"ellipsis", 0, G_OBJECT, false},
    [G_LIST] = {"list", CPT_TYPE_LIST, G_OBJECT, false},
    [G_BYTEARRAY] = {"bytearray", 0, G_OBJECT, false},
    [G_SET] = {"set", 0, G_OBJECT, false},
    [G_FROZENSET] = {"frozenset", 0, G_OBJECT, false},
    [G_RANGE] = {"range", 0, G_OBJECT, false},
    [G_SLICE] = {"slice", 0, G_OBJECT, false},
    [G_DICT_KEYS] = {"dict_keys", 0, G_OBJECT, false},
    [G_DICT_VALUES] = {"dict_values", 0, G_OBJECT, false},
    [G_DICT_ITEMS] = {"dict_items", 0, G_OBJECT, false},
    [G_MAPPINGPROXY] = {"mappingproxy", 0, G_OBJECT, false},
    [G_DEQUE] = {"collections.deque", 0, G_OBJECT, false},
    [G_DEFAULTDICT] = {"collections.defaultdict", CPT_TYPE_DICT, G_DICT, false},
    [G_ORDEREDDICT] = {"collections.OrderedDict", CPT_TYPE_DICT, G_DICT, false},
    [G_FUNCTION] = {"function", 0, G_OBJECT, false},
    [G_METHOD] = {"method", 0, G_OBJECT, false},
    [G_CFUNCTION] = {"builtin_function_or_method", 0, G_OBJECT, false},
    [G_CODE] = {"code", 0, G_OBJECT, false},
    [G_CELL] = {"cell", 0, G_OBJECT, false},
    [G_PARTIAL] = {"functools.partial", 0, G_OBJECT, false},
    [G_MODULE] = {"module", 0, G_OBJECT, false},
    [G_WEAKREF] = {"weakref", 0, G_OBJECT, false},
    [G_GENERATOR] = {"generator", 0, G_OBJECT, false},
    [G_NAMESPACE] = {"types.SimpleNamespace", 0, G_OBJECT, false},
    [G_ALIAS] = {"types.GenericAlias", 0, G_OBJECT, false},
    [G_UNION] = {"types.UnionType", 0, G_OBJECT, false},
    [G_BASEEXCEPTION] = {"BaseException", CPT_TYPE_EXCEPTION, G_OBJECT, false},
    [G_VALUEERROR] = {"ValueError", CPT_TYPE_EXCEPTION, G_BASEEXCEPTION, true},
    [G_DATE] = {"datetime.date", 0, G_OBJECT, false},
    [G_DATETIME] = {"datetime.datetime", 0, G_DATE, false},
    [G_TIME] = {"datetime.time", 0, G_OBJECT, false},
    [G_DELTA] = {"datetime.timedelta", 0, G_OBJECT, false},
    [G_TIMEZONE] = {"datetime.timezone", 0, G_OBJECT, false},
    [G_DECIMAL] = {"decimal.Decimal", 0, G_OBJECT, false},
    [G_ARRAY] = {"array.array", 0, G_OBJECT, false},
    [G_MEMORYVIEW] = {"memoryview", 0, G_OBJECT, false},
    [G_UNKNOWN] = {"some.extension.Type", 0, G_OBJECT, false},
};

void
gallery_point(struct gallery_maker *maker, const char *name, uint64_t address, int32_t field, uint64_t value)
{
    /* Another object may be there as well. */
    world_point(maker->world, name, address, field, value, WORLD_RAW);
}

void
gallery_put(struct gallery_maker *maker, const char *name, uint64_t address, int32_t field, unsigned width,
            uint64_t value)
{
    world_put(maker->world, name, address, field, width, value, WORLD_DATA);
}

uint64_t
gallery_words(struct gallery_maker *maker, const char *name, const uint64_t *words, size_t count)
{
    uint64_t address = world_add(maker->world, name, 8 * count);

    for (size_t i = 0; i < count; i++)
        gallery_point(maker, name, address, (int32_t)(8 * i), words[i]);
    return address;
}

void
gallery_point_words(struct gallery_maker *maker, const char *name, uint64_t address, int32_t field,
                    const uint64_t *words, size_t count)
{
    gallery_point(maker, name, address, field, gallery_words(maker, name, words, count));
}

uint64_t
gallery_object(struct gallery_maker *maker, const char *name, enum gallery_type type, int32_t size)
{
    uint64_t object = world_add(maker->world, name, (size_t)size);

    *world_bytes(maker->world, object, 1) = 1;
    gallery_point(maker, "ob_type", object, maker->at->object.ob_type, maker->types[type]);
    return object;
}

uint64_t
gallery_tuple(struct gallery_maker *maker, const uint64_t *items, size_t count)
{
    uint64_t tuple = gallery_object(maker, "tuple", G_TUPLE, maker->at->tuple.ob_item + (int32_t)(8 * count));

    gallery_put(maker, "tuple.ob_size", tuple, maker->at->var.ob_size, 8, count);
    for (size_t i = 0; i < count; i++)
        gallery_point(maker, "tuple.ob_item[]", tuple, maker->at->tuple.ob_item + (int32_t)(8 * i), items[i]);
    return tuple;
}

void
gallery_add(struct gallery_maker *maker, const char *name, uint64_t address, const char *format, ...)
{
    struct gallery *gallery = maker->gallery;
    struct gallery_value *value = &gallery->values[gallery->count];
    va_list ap;

    if (gallery->count == GALLERY_MAX)
        abort();
    value->name = name;
    value->address = address;
    value->first = gallery->count ? gallery->values[gallery->count - 1].end : gallery->shared;
    value->end = maker->world->structures.count;
    va_start(ap, format);
    vsnprintf(value->repr, sizeof(value->repr), format, ap);
    va_end(ap);
    gallery->count++;
}

/* --- types ----------------------------------------------------------------------------------- */

static uint64_t
c_string(struct gallery_maker *maker, const char *text)
{
    uint64_t address = world_add(maker->world, "C string", strlen(text) + 1);

    memcpy(world_bytes(maker->world, address, strlen(text)), text, strlen(text));
    return address;
}

static void
fill_type(struct gallery_maker *maker, enum gallery_type i)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t type = maker->types[i], order[4], repr = FIRST_REPR + 16 * i;
    size_t count = 0;

    for (enum gallery_type entry = i;; entry = specs[entry].base) {
        order[count++] = maker->types[entry];
        if (entry == G_OBJECT)
            break;
    }
    if (specs[i].inherits)
        repr = FIRST_REPR + 16 * specs[i].base;
    gallery_point(maker, "type.ob_type", type, at->object.ob_type, maker->types[G_TYPE]);
    gallery_point(maker, "type.tp_name", type, at->type.tp_name, c_string(maker, specs[i].name));
    gallery_put(maker, "type.tp_flags", type, at->type.tp_flags, 8, specs[i].flags | CPT_TYPE_READY);
    gallery_put(maker, "type.tp_basicsize", type, at->type.tp_basicsize, 8, 64);
    gallery_put(maker, "type.tp_repr", type, at->type.tp_repr, 8, repr);
    gallery_point(maker, "type.tp_base", type, at->type.tp_base, i == G_OBJECT ? 0 : maker->types[specs[i].base]);
    gallery_point(maker, "type.tp_mro", type, at->type.tp_mro, gallery_tuple(maker, order, count));
}

static void
make_types(struct gallery_maker *maker)
{
    struct world *world = maker->world;

    for (size_t i = 0; i < GALLERY_TYPES; i++)
        maker->types[i] = world_add(world, specs[i].name, (size_t)maker->at->type.size);
    for (enum gallery_type i = 0; i < GALLERY_TYPES; i++)
        fill_type(maker, i);
    world->type_type = maker->types[G_TYPE];
    world->str_type = maker->types[G_STR];
    world->bytes_type = maker->types[G_BYTES];
    world->int_type = maker->types[G_INT];
    world->dict_type = maker->types[G_DICT];
    world->module_type = maker->types[G_MODULE];
    world->code_type = maker->types[G_CODE];
}

static void
make_constants(struct gallery_maker *maker)
{
    maker->none = maker->world->none = gallery_object(maker, "None", G_NONE, 16);
    maker->ellipsis = gallery_object(maker, "Ellipsis", G_ELLIPSIS, 16);
    maker->one = object_int(maker->world, 1);
    maker->two = object_int(maker->world, 2);
    maker->text = object_str(maker->world, "text", STR_SMALLEST);
}

static void
make_list_of_all(struct gallery_maker *maker)
{
    struct gallery *gallery = maker->gallery;
    uint64_t words[GALLERY_MAX];
    uint64_t list = gallery_object(maker, "list", G_LIST, maker->at->list.size);

    for (size_t i = 0; i < gallery->count; i++)
        words[i] = gallery->values[i].address;
    gallery_point_words(maker, "list.ob_item", list, maker->at->list.ob_item, words, gallery->count);
    gallery_put(maker, "list.ob_size", list, maker->at->var.ob_size, 8, gallery->count);
    gallery_put(maker, "list.allocated", list, maker->at->list.allocated, 8, gallery->count);
    gallery->list = list;
}

void
gallery_build(struct gallery *gallery, const struct cpt_layout *layout)
{
    struct gallery_maker maker = {.gallery = gallery, .world = &gallery->world, .at = &layout->at};

    memset(gallery, 0, sizeof(*gallery));
    world_init(&gallery->world, layout);
    make_types(&maker);
    make_constants(&maker);
    gallery->shared = gallery->world.structures.count;
    gallery_make_simple(&maker);
    gallery_make_containers(&maker);
    gallery_make_others(&maker);
    make_list_of_all(&maker);
}

void
gallery_free(struct gallery *gallery)
{
    world_free(&gallery->world);
}

/* --- reading --------------------------------------------------------------------------------- */

bool
gallery_read(const struct gallery *gallery, struct cpt_memory *memory, const struct cpt_layout *layout, size_t limit,
             size_t only, struct gallery_reading *reading)
{
    struct cpt_values values;
    struct cpt_decode decode;
    struct cpt_error error;
    bool done = true;

    memset(reading, 0, sizeof(*reading));
    cpt_decode_init(&decode, memory, &layout->at, &reading->arena, &reading->holes);
    cpt_values_init(&values, &decode, layout, limit, 0, 0);
    for (size_t i = 0; i < gallery->count; i++) {
        if (only == i || only == GALLERY_ALL)
            done = done && !cpt_value_read(&values, gallery->values[i].address, &reading->values[i], &error);
        reading->told[i] = reading->holes.count + reading->holes.left_out;
    }
    done = done && !cpt_value_read(&values, gallery->list, &reading->list, &error);
    cpt_values_free(&values);
    cpt_decode_free(&decode);
    return done;
}

void
gallery_reading_free(struct gallery_reading *reading)
{
    cpt_arena_free(&reading->arena);
    cpt_holes_free(&reading->holes);
}

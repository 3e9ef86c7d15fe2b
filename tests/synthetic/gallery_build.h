/* What the files that build a gallery share. */
#ifndef CPT_TESTS_GALLERY_BUILD_H
#define CPT_TESTS_GALLERY_BUILD_H

#include "coreanalyze/base/error.h"
#include "tests/synthetic/gallery.h"

#define GALLERY_AT(g) (&(g)->world.layout->at)

/* Types, in the order in which they are made: those that others are instances of come first. */
enum gallery_type {
    G_TYPE, G_TUPLE, G_OBJECT, G_STR, G_BYTES, G_INT, G_DICT, G_BOOL, G_FLOAT, G_COMPLEX, G_NONE, G_ELLIPSIS, G_LIST,
    G_BYTEARRAY, G_SET, G_FROZENSET, G_RANGE, G_SLICE, G_DICT_KEYS, G_DICT_VALUES, G_DICT_ITEMS, G_MAPPINGPROXY, G_DEQUE,
    G_DEFAULTDICT, G_ORDEREDDICT, G_FUNCTION, G_METHOD, G_CFUNCTION, G_CODE, G_CELL, G_PARTIAL, G_MODULE, G_WEAKREF,
    G_GENERATOR, G_NAMESPACE, G_ALIAS, G_UNION, G_BASEEXCEPTION, G_VALUEERROR, G_DATE, G_DATETIME, G_TIME, G_DELTA,
    G_TIMEZONE, G_DECIMAL, G_ARRAY, G_MEMORYVIEW, G_UNKNOWN, GALLERY_TYPES,
};

struct gallery_maker {
    struct gallery *gallery;
    struct world *world;
    const struct cpt_layout_fields *at;
    uint64_t types[GALLERY_TYPES];
    uint64_t none, ellipsis, one, two, text; /* shared: None, ..., 1, 2, 'text' */
};

/* An object of SIZE bytes. */
uint64_t gallery_object(struct gallery_maker *maker, const char *name, enum gallery_type type, int32_t size);

/* A pointer and a number in the object at ADDRESS. */
void gallery_point(struct gallery_maker *maker, const char *name, uint64_t address, int32_t field, uint64_t value);
void gallery_put(struct gallery_maker *maker, const char *name, uint64_t address, int32_t field, unsigned width,
                 uint64_t value);

/* COUNT eight-byte words that a field NAME of the object at ADDRESS points at. */
void gallery_point_words(struct gallery_maker *maker, const char *name, uint64_t address, int32_t field,
                         const uint64_t *words, size_t count);

uint64_t gallery_tuple(struct gallery_maker *maker, const uint64_t *items, size_t count);
uint64_t gallery_words(struct gallery_maker *maker, const char *name, const uint64_t *words, size_t count);

/* Takes the value at ADDRESS, whose repr() FORMAT makes ("%1$" PRIx64 is its address). Everything that was made since
   the last one is its own. */
void gallery_add(struct gallery_maker *maker, const char *name, uint64_t address, const char *format, ...)
    CPT_PRINTF(4, 5);

void gallery_make_simple(struct gallery_maker *maker);  /* gallery_simple.c: numbers, texts, times */
void gallery_make_containers(struct gallery_maker *maker);
void gallery_make_others(struct gallery_maker *maker);

#endif

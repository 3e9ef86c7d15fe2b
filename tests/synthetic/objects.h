/* Python objects in a fake target, by any layout. */
#ifndef CPT_TESTS_OBJECTS_H
#define CPT_TESTS_OBJECTS_H

#include "tests/synthetic/world.h"

/* How a str keeps its characters. */
enum object_str {
    STR_SMALLEST,    /* compact: ASCII, Latin-1, UCS-2 or UCS-4, the smallest that will do */
    STR_NOT_COMPACT, /* the same, but apart from the object: instances of subclasses of str */
    STR_LEGACY,      /* wchar_t, not ready (to 3.11; later as STR_NOT_COMPACT) */
};

uint64_t object_str(struct world *world, const char *utf8, enum object_str form);
uint64_t object_bytes(struct world *world, const void *bytes, size_t size);
uint64_t object_int(struct world *world, uint64_t value);

struct object_item {
    uint64_t key, value;
};

/* A dict with these items; STR_KEYS: all keys are str (which from 3.11 has entries without a hash).
   A deleted entry stands before the last. */
uint64_t object_dict(struct world *world, const struct object_item *items, size_t count,
                     bool str_keys);

/* The same in a zeroed object whose structure begins with that of a dict. */
void object_fill_dict(struct world *world, uint64_t dict, const struct object_item *items, size_t count, bool str_keys);

/* Likewise; keys are in a table that it shares with others, values apart from them. */
void object_fill_split_dict(struct world *world, uint64_t dict, const struct object_item *items, size_t count);

uint64_t object_module(struct world *world, uint64_t dict);

/* A class whose instances have the attributes KEYS (str objects). */
uint64_t object_class(struct world *world, const uint64_t *keys, size_t count);

/* Where an instance has its attributes. */
enum object_attributes {
    ATTRIBUTES_SHARED, /* apart from their names: split dict (to 3.10), values, inline (3.13+) */
    ATTRIBUTES_DICT,   /* a dict of its own */
};

/* An instance of the class TYPE with VALUES for its KEYS. */
uint64_t object_instance(struct world *world, uint64_t type, const uint64_t *keys,
                         const uint64_t *values, size_t count, enum object_attributes where);

struct object_code {
    uint64_t name, qualname, file; /* str objects */
    int32_t first_line;
    unsigned units;        /* instructions; each two of them make a line, from FIRST_LINE on */
    unsigned traceable_at; /* the first unit in which a frame is complete (3.11+) */
};

uint64_t object_code(struct world *world, const struct object_code *code);

/* The place of the instruction at byte LASTI in such a code object. */
struct object_place {
    int32_t line, end_line, column, end_column;
};
struct object_place object_code_place(const struct cpt_layout *layout,
                                      const struct object_code *code, int lasti);

/* Any object that is no str, dict, code, bytes. */
uint64_t object_none(struct world *world);

#endif

/* One value of each kind, as far as a layout has it, all in one list. */
#ifndef CPT_TESTS_GALLERY_H
#define CPT_TESTS_GALLERY_H

#include "coreanalyze/decode/value.h"
#include "tests/synthetic/layouts.h"
#include "tests/synthetic/objects.h"

#define GALLERY_MAX 96

struct gallery_value {
    const char *name;
    uint64_t address;
    char repr[160];       /* what is to be said of it */
    size_t first, end;    /* indices of the structures that are its own */
};

struct gallery {
    struct world world;
    struct gallery_value values[GALLERY_MAX];
    size_t count;
    uint64_t list;        /* holds all of them, in their order */
    size_t shared;        /* the structures below are types and constants, which many share */
};

void gallery_build(struct gallery *gallery, const struct cpt_layout *layout);
void gallery_free(struct gallery *gallery);

/* What a decoder says of the values: each by itself, and the list. */
struct gallery_reading {
    struct cpt_arena arena;
    struct cpt_holes holes;
    struct cpt_value values[GALLERY_MAX];
    size_t told[GALLERY_MAX]; /* how many holes there were after each */
    struct cpt_value list;
};

#define GALLERY_ALL SIZE_MAX

/* Reads value number ONLY, or all, and the list, by LAYOUT out of MEMORY, at most LIMIT characters of each. False: the
   decoder itself ran out of memory. */
bool gallery_read(const struct gallery *gallery, struct cpt_memory *memory, const struct cpt_layout *layout,
                  size_t limit, size_t only, struct gallery_reading *reading);
void gallery_reading_free(struct gallery_reading *reading);

#endif

/* What can happen to a field. */
#ifndef CPT_TESTS_DAMAGES_H
#define CPT_TESTS_DAMAGES_H

#include "tests/synthetic/world.h"

struct damage_place {
    const struct world *world;
    const struct world_field *field;
    const struct world_structure *structure;
    uint64_t value; /* what the field holds */
};

struct damage {
    const char *name;
    uint64_t (*make)(const struct damage_place *place);
    bool far; /* nothing is there, and nothing is so large */
};

extern const struct damage damages[];
extern const size_t damage_count;

/* Whether a result that differs where FIELD holds VALUE must come with a hole. */
bool damage_must_be_told(const struct world_field *field, const struct damage *damage, uint64_t value);

#endif

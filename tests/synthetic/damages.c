#include "tests/synthetic/damages.h"

static uint64_t
make_null(const struct damage_place *place)
{
    (void)place;
    return 0;
}

static uint64_t
make_hole(const struct damage_place *place)
{
    (void)place;
    return WORLD_HOLE + 0x100;
}

static uint64_t
make_unmapped(const struct damage_place *place)
{
    (void)place;
    return UINT64_C(0x100000);
}

static uint64_t
make_odd(const struct damage_place *place)
{
    return place->value ^ 5;
}

/* The structure itself: a circle of one step. */
static uint64_t
make_self(const struct damage_place *place)
{
    return place->structure->object;
}

/* What points at the structure: a circle of two steps. */
static uint64_t
make_holder(const struct damage_place *place)
{
    return place->structure->holder ? place->structure->holder : place->structure->object;
}

/* The field's own address: whatever is read there begins with this pointer. */
static uint64_t
make_field(const struct damage_place *place)
{
    return place->field->address;
}

/* Something else: an object that is no str, dict, code, bytes or anything that is looked for. */
static uint64_t
make_other(const struct damage_place *place)
{
    return place->world->none ? place->world->none : place->world->type_type;
}

static uint64_t
make_type(const struct damage_place *place)
{
    return place->world->type_type;
}

/* The last bytes that can be read of the structure. */
static uint64_t
make_end(const struct damage_place *place)
{
    return place->structure->address + ((place->structure->size - 1) & ~UINT64_C(7));
}

static uint64_t
make_ones(const struct damage_place *place)
{
    (void)place;
    return UINT64_MAX;
}

static uint64_t
make_negative(const struct damage_place *place)
{
    (void)place;
    return (uint64_t)-8;
}

static uint64_t
make_largest(const struct damage_place *place)
{
    (void)place;
    return INT64_MAX;
}

static uint64_t
make_large(const struct damage_place *place)
{
    (void)place;
    return UINT64_C(1) << 24;
}

static uint64_t
make_32_bits(const struct damage_place *place)
{
    (void)place;
    return UINT64_C(1) << 32;
}

static uint64_t
make_top(const struct damage_place *place)
{
    (void)place;
    return UINT64_C(0xfffffffffffff0);
}

const struct damage damages[] = {
    {"NULL", make_null, false},
    {"a hole", make_hole, true},
    {"an unmapped address", make_unmapped, true},
    {"an odd value", make_odd, false},
    {"the structure itself", make_self, false},
    {"what leads to it", make_holder, false},
    {"the field's own address", make_field, false},
    {"another object", make_other, false},
    {"a type", make_type, false},
    {"the structure's end", make_end, false},
    {"all ones", make_ones, true},
    {"minus eight", make_negative, true},
    {"the largest number", make_largest, true},
    {"2 to the power of 24", make_large, true},
    {"2 to the power of 32", make_32_bits, true},
    {"the top of user space", make_top, true},
};

const size_t damage_count = sizeof(damages) / sizeof(damages[0]);

bool
damage_must_be_told(const struct world_field *field, const struct damage *damage, uint64_t value)
{
    switch (field->kind) {
    case WORLD_POINTER:
        return true;
    case WORLD_LINK:
        return value != 0;
    case WORLD_PLACE:
        return damage->make != make_odd;
    case WORLD_RAW:
        return damage->far;
    case WORLD_DATA:
    case WORLD_HINT:
        break;
    }
    return false;
}

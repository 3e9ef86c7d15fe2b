#include "tests/fuzz/change.h"

#include <string.h>

uint64_t
fuzz_take(struct fuzz_input *input, unsigned width)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < width && input->size; i++, input->data++, input->size--)
        value |= (uint64_t)*input->data << 8 * i;
    return value;
}

static uint64_t
any_object(const struct world *world, struct fuzz_input *input)
{
    return world->structures.items[fuzz_take(input, 2) % world->structures.count].object;
}

static void
take_bytes(struct fuzz_input *input, uint8_t *bytes, size_t room)
{
    size_t count = fuzz_take(input, 1);

    for (size_t i = 0; i < count && i < room && input->size; i++)
        bytes[i] = (uint8_t)fuzz_take(input, 1);
}

enum { SET_VALUE, SET_OBJECT, SET_NEAR, SET_SMALL, SET_BYTES, SET_ONES, ACTIONS };

/* Makes one change; returns the structure that has it. */
static const struct world_structure *
change(const struct world *world, struct cpt_memory *memory, struct fuzz_input *input)
{
    const struct world_field *field = &world->fields.items[fuzz_take(input, 2) % world->fields.count];
    const struct world_structure *structure = &world->structures.items[field->structure];
    uint8_t *bytes = cpt_synthetic_bytes(memory, field->address, field->width);
    size_t room = structure->size - (field->address - structure->address);
    uint64_t value = 0;

    switch (fuzz_take(input, 1) % ACTIONS) {
    case SET_VALUE:
        value = fuzz_take(input, field->width);
        break;
    case SET_OBJECT:
        value = any_object(world, input);
        break;
    case SET_NEAR:
        memcpy(&value, bytes, field->width);
        value += (uint64_t)(int64_t)(int8_t)fuzz_take(input, 1);
        break;
    case SET_SMALL:
        value = fuzz_take(input, 1);
        break;
    case SET_BYTES:
        take_bytes(input, bytes, room);
        return structure;
    default:
        value = UINT64_MAX;
    }
    memcpy(bytes, &value, field->width);
    return structure;
}

void
fuzz_change(const struct world *world, struct cpt_memory *memory, struct fuzz_input *input,
            struct fuzz_changes *changes)
{
    changes->count = 0;
    while (input->size && changes->count < FUZZ_MAX_CHANGES)
        changes->structures[changes->count++] = change(world, memory, input);
}

void
fuzz_restore(struct cpt_memory *memory, const struct fuzz_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        const struct world_structure *structure = changes->structures[i];

        memcpy(cpt_synthetic_bytes(memory, structure->address, structure->size), structure->bytes, structure->size);
    }
}

/* Stacks of a damaged target. Input: the number of a layout (with the topmost bit: a collection is
   under way), then changes to the sound scene of that layout: the field (2 bytes), what is done (1
   byte), and what that takes. */
#include "coreanalyze/base/bytes.h"
#include "tests/fuzz/target.h"
#include "tests/synthetic/scene.h"

#include <stdlib.h>
#include <string.h>

#define MAX_CHANGES 64

struct opened {
    struct cpt_layout layout;
    struct scene scene;
    struct cpt_memory *memory; /* NULL: not made yet */
};

static struct opened *
scene_of(size_t number, bool collecting)
{
    static struct opened all[LAYOUT_COUNT][2];
    struct opened *opened = &all[number][collecting];

    if (!opened->memory) {
        layout_make(number, &opened->layout);
        scene_build(
            &opened->scene, &opened->layout,
            &(struct scene_options){.collecting = collecting, .collector_stack = collecting});
        opened->memory = world_open(&opened->scene.world, number % 2);
    }
    return opened;
}

/* What is left of the input; it ends in zeros. */
struct input {
    const uint8_t *data;
    size_t size;
};

static uint64_t
take(struct input *input, unsigned width)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < width && input->size; i++, input->data++, input->size--)
        value |= (uint64_t)*input->data << 8 * i;
    return value;
}

static uint64_t
any_object(const struct world *world, struct input *input)
{
    return world->structures.items[take(input, 2) % world->structures.count].object;
}

static void
take_bytes(struct input *input, uint8_t *bytes, size_t room)
{
    size_t count = take(input, 1);

    for (size_t i = 0; i < count && i < room && input->size; i++)
        bytes[i] = (uint8_t)take(input, 1);
}

enum { SET_VALUE, SET_OBJECT, SET_NEAR, SET_SMALL, SET_BYTES, SET_ONES, ACTIONS };

/* Makes one change; returns the structure that has it. */
static const struct world_structure *
change(struct opened *opened, struct input *input)
{
    const struct world *world = &opened->scene.world;
    const struct world_field *field = &world->fields.items[take(input, 2) % world->fields.count];
    const struct world_structure *structure = &world->structures.items[field->structure];
    uint8_t *bytes = cpt_synthetic_bytes(opened->memory, field->address, field->width);
    size_t room = structure->size - (field->address - structure->address);
    uint64_t value = 0;

    switch (take(input, 1) % ACTIONS) {
    case SET_VALUE:
        value = take(input, field->width);
        break;
    case SET_OBJECT:
        value = any_object(world, input);
        break;
    case SET_NEAR:
        memcpy(&value, bytes, field->width);
        value += (uint64_t)(int64_t)(int8_t)take(input, 1);
        break;
    case SET_SMALL:
        value = take(input, 1);
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
fuzz_stack(const uint8_t *data, size_t size)
{
    const struct world_structure *changed[MAX_CHANGES];
    struct input input = {data, size};
    size_t kind = take(&input, 1);
    struct opened *opened = scene_of(kind % LAYOUT_COUNT, kind >= 0x80);
    struct scene_result result;
    size_t count = 0;

    while (input.size && count < MAX_CHANGES)
        changed[count++] = change(opened, &input);
    scene_analyse(&opened->scene, opened->memory, &opened->layout, &result);
    scene_result_free(&result);
    while (count--)
        memcpy(cpt_synthetic_bytes(opened->memory, changed[count]->address, changed[count]->size),
               changed[count]->bytes, changed[count]->size);
}

CPT_FUZZ_ENTRY(fuzz_stack)

#include "tests/synthetic/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ADDRESS UINT64_C(0x550000000000)
#define ROOM 64 /* at least so many bytes between two structures cannot be read */

static void
give_up(const char *what)
{
    fprintf(stderr, "tests/synthetic: %s\n", what);
    abort();
}

void
world_init(struct world *world, const struct cpt_layout *layout)
{
    memset(world, 0, sizeof(*world));
    world->layout = layout;
    world->next = FIRST_ADDRESS;
    world->least = WORLD_POINTER;
}

void
world_free(struct world *world)
{
    for (size_t i = 0; i < world->structures.count; i++)
        free(world->structures.items[i].bytes);
    cpt_vec_free(&world->structures);
    cpt_vec_free(&world->fields);
}

static uint64_t
add(struct world *world, const char *name, uint64_t address, size_t before, size_t size)
{
    struct world_structure *structure = cpt_vec_add(&world->structures);

    if (!structure || address < world->next)
        give_up(name);
    *structure = (struct world_structure){.name = name,
                                          .address = address,
                                          .object = address + before,
                                          .size = before + size,
                                          .bytes = calloc(1, before + size),
                                          .touches = world->touches};
    if (!structure->bytes)
        give_up("out of memory");
    world->next = (address + before + size + ROOM + 15) & ~UINT64_C(15);
    return structure->object;
}

uint64_t
world_add_behind(struct world *world, const char *name, size_t before, size_t size)
{
    return add(world, name, world->next, before, size);
}

uint64_t
world_add(struct world *world, const char *name, size_t size)
{
    return add(world, name, world->next, 0, size);
}

uint64_t
world_add_at(struct world *world, const char *name, uint64_t address, size_t size)
{
    return add(world, name, address, 0, size);
}

static struct world_structure *
structure_at(struct world *world, uint64_t address)
{
    size_t low = 0, high = world->structures.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (world->structures.items[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low ||
        address - world->structures.items[low - 1].address >= world->structures.items[low - 1].size)
        return NULL;
    return &world->structures.items[low - 1];
}

uint8_t *
world_bytes(struct world *world, uint64_t address, size_t size)
{
    struct world_structure *structure = structure_at(world, address);

    if (!structure || size > structure->size - (address - structure->address))
        give_up("a field outside of its structure");
    return structure->bytes + (address - structure->address);
}

void
world_put(struct world *world, const char *name, uint64_t object, int32_t field, unsigned width,
          uint64_t value, enum world_kind kind)
{
    uint64_t address = object + (uint64_t)(int64_t)field;
    struct world_structure *structure;
    struct world_field *record;

    if (!CPT_HAS(field))
        return;
    memcpy(world_bytes(world, address, width), &value, width);
    structure = structure_at(world, address);
    record = cpt_vec_add(&world->fields);
    if (!record)
        give_up("out of memory");
    if (world->least == WORLD_HINT && kind != WORLD_DATA)
        kind = WORLD_HINT;
    *record = (struct world_field){.name = name,
                                   .structure = (size_t)(structure - world->structures.items),
                                   .address = address,
                                   .width = width,
                                   .kind = kind,
                                   .touches = world->touches};
    structure->touches |= world->touches;
    structure->matters = structure->matters || (kind != WORLD_DATA && kind != WORLD_HINT);
}

void
world_point(struct world *world, const char *name, uint64_t object, int32_t field, uint64_t value,
            enum world_kind kind)
{
    struct world_structure *to = value ? structure_at(world, value) : NULL;

    if (to && !to->holder)
        to->holder = object;
    world_put(world, name, object, field, 8, value, kind);
}

/* Adds the bytes of STRUCTURE from FROM up to TO. */
static void
add_region(struct cpt_synthetic_region *regions, size_t *count,
           const struct world_structure *structure, size_t from, size_t to, bool unreadable)
{
    if (from < to)
        regions[(*count)++] = (struct cpt_synthetic_region){.address = structure->address + from,
                                                            .bytes = structure->bytes + from,
                                                            .size = to - from,
                                                            .unreadable = unreadable,
                                                            .writable = true};
}

struct cpt_memory *
world_open_without(const struct world *world, uint64_t address, size_t size, bool views)
{
    size_t count = 0, structures = world->structures.count;
    struct cpt_synthetic_region *regions = calloc(structures + 3, sizeof(*regions));
    struct cpt_memory *memory = NULL;
    struct cpt_error error;

    if (!regions)
        give_up("out of memory");
    for (size_t i = 0; i < structures; i++) {
        const struct world_structure *structure = &world->structures.items[i];
        bool cut = size && address - structure->address < structure->size;
        size_t from = cut ? address - structure->address : structure->size;
        size_t to = cut ? from + size : structure->size;

        add_region(regions, &count, structure, 0, from, false);
        add_region(regions, &count, structure, from, to, true);
        add_region(regions, &count, structure, to, structure->size, false);
    }
    regions[count++] = (struct cpt_synthetic_region){
        .address = WORLD_HOLE, .size = 0x1000, .unreadable = true, .writable = true};
    if (cpt_synthetic_open(&memory, regions, count, views, &error))
        give_up(error.what);
    free(regions);
    return memory;
}

struct cpt_memory *
world_open(const struct world *world, bool views)
{
    return world_open_without(world, 0, 0, views);
}

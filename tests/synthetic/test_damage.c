/* Every field and every structure damaged, one at a time: the analysis ends soon, says that
   something is wrong, and what the damage does not touch is as before. */
#include "tests/synthetic/damages.h"
#include "tests/synthetic/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PATIENCE 2.0 /* seconds for one analysis, under sanitizers too */

/* --- judging --------------------------------------------------------------------------------- */

static double
now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool
is_told(const struct scene_result *result)
{
    return result->checked || result->status || result->holes.count || result->holes.left_out;
}

/* One damage, in words, for messages. */
static const char *
damage_name(const struct scene *scene, const char *structure, const char *field, const char *damage)
{
    static char name[256];

    snprintf(name, sizeof(name), "%s: %s %s: %s", scene->world.layout->table, structure, field,
             damage);
    return name;
}

/* Analyses MEMORY, damaged as NAME says; TOUCHES: bits of the threads that may have changed. TELL:
   a change must be told. */
static void
judge(const struct scene *scene, struct cpt_memory *memory, unsigned touches, bool tell,
      const char *name)
{
    double start = now();
    struct scene_result result;
    char why[256];

    scene_analyse(scene, memory, scene->world.layout, &result);
    if (now() - start > PATIENCE)
        fail_msg("%s: takes %.1f s", name, now() - start);
    for (size_t i = 0; i < SCENE_THREADS; i++) {
        bool touched = touches >> i & 1;

        if (scene_agrees(scene, &result, i, true, why) || (touched && (!tell || is_told(&result))))
            continue;
        fail_msg("%s: thread %zu%s: %s", name, i, touched ? " changes in silence" : "", why);
    }
    scene_result_free(&result);
}

/* Threads 1, 3 and 4 are made as others are; what belongs to them alone would only show the same
   again. */
static bool
is_repeated(unsigned touches)
{
    return touches == 1u << 1 || touches == 1u << 3 || touches == 1u << 4;
}

static void
damage_field(const struct scene *scene, struct cpt_memory *memory, const struct world_field *field)
{
    const struct world_structure *structure = &scene->world.structures.items[field->structure];
    struct damage_place place = {&scene->world, field, structure, 0};
    void *bytes = cpt_synthetic_bytes(memory, field->address, field->width);

    assert_non_null(bytes);
    memcpy(&place.value, bytes, field->width);
    for (size_t d = 0; d < damage_count; d++) {
        uint64_t value = damages[d].make(&place), cut = 0;

        memcpy(&cut, &value, field->width);
        if (cut == place.value)
            continue;
        memcpy(bytes, &value, field->width);
        judge(scene, memory, field->touches, damage_must_be_told(field, &damages[d], cut),
              damage_name(scene, structure->name, field->name, damages[d].name));
    }
    memcpy(bytes, &place.value, field->width);
}

/* --- structures ------------------------------------------------------------------------------ */

static void
fill_words(uint8_t *bytes, size_t size, uint64_t word)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(word >> i % 8 * 8);
}

/* Overwrites all of a structure with one word or another, which may look like something sound. */
static void
overwrite_structure(const struct scene *scene, struct cpt_memory *memory,
                    const struct world_structure *structure)
{
    const uint64_t words[] = {0,
                              UINT64_MAX,
                              UINT64_C(0x4141414141414141),
                              structure->object,
                              WORLD_HOLE,
                              UINT64_C(0x0101010101010101)};
    uint8_t *bytes = cpt_synthetic_bytes(memory, structure->address, structure->size);

    assert_non_null(bytes);
    for (size_t i = 0; i < COUNT(words); i++) {
        char word[32];

        snprintf(word, sizeof(word), "0x%llx", (unsigned long long)words[i]);
        fill_words(bytes, structure->size, words[i]);
        judge(scene, memory, structure->touches, false,
              damage_name(scene, structure->name, "all", word));
    }
    memcpy(bytes, structure->bytes, structure->size);
}

static void
remove_structure(const struct scene *scene, const struct world_structure *structure, bool views)
{
    struct cpt_memory *memory = world_open_without(&scene->world, structure->address,
                                                   structure->size, views);

    judge(scene, memory, structure->touches, structure->matters,
          damage_name(scene, structure->name, "all", "unreadable"));
    cpt_synthetic_close(memory);
}

/* Walks over the layouts: one for each generation of frames when there is little time. */
static bool
next_layout(size_t *i, struct cpt_layout *layout)
{
    static const size_t few[] = {1, 4, 6, 14};
    const char *quick = getenv("CPT_TEST_QUICK");
    bool is_quick = quick && *quick;

    if (*i >= (is_quick ? COUNT(few) : LAYOUT_COUNT))
        return false;
    layout_make(is_quick ? few[*i] : *i, layout);
    ++*i;
    return true;
}

static void
damaged_fields(void **state)
{
    struct cpt_layout layout;

    (void)state;
    for (size_t i = 0; next_layout(&i, &layout);) {
        struct cpt_memory *memory;
        struct scene scene;

        scene_build(&scene, &layout, &(struct scene_options){.finalizing = true});
        memory = world_open(&scene.world, i % 2);
        judge(&scene, memory, 0, true, layout.table);
        for (size_t f = 0; f < scene.world.fields.count; f++) {
            if (!is_repeated(scene.world.fields.items[f].touches))
                damage_field(&scene, memory, &scene.world.fields.items[f]);
        }
        judge(&scene, memory, 0, true, layout.table);
        cpt_synthetic_close(memory);
        scene_free(&scene);
    }
}

static void
overwritten_structures(void **state)
{
    struct cpt_layout layout;

    (void)state;
    for (size_t i = 0; next_layout(&i, &layout);) {
        struct cpt_memory *memory;
        struct scene scene;

        scene_build(&scene, &layout, &(struct scene_options){.collecting = true});
        memory = world_open(&scene.world, i % 2);
        for (size_t s = 0; s < scene.world.structures.count; s++) {
            if (!is_repeated(scene.world.structures.items[s].touches))
                overwrite_structure(&scene, memory, &scene.world.structures.items[s]);
        }
        judge(&scene, memory, 0, true, layout.table);
        cpt_synthetic_close(memory);
        scene_free(&scene);
    }
}

static void
unreadable_structures(void **state)
{
    struct cpt_layout layout;

    (void)state;
    for (size_t i = 0; next_layout(&i, &layout);) {
        struct scene scene;

        scene_build(&scene, &layout, &(struct scene_options){0});
        for (size_t s = 0; s < scene.world.structures.count; s++) {
            if (!is_repeated(scene.world.structures.items[s].touches))
                remove_structure(&scene, &scene.world.structures.items[s], s % 2);
        }
        scene_free(&scene);
    }
}

/* The runtime and the interpreters are large: holes may leave most of them. One in an interpreter
   takes those behind it in the list along. */
static void
check_holes_in(const struct scene *scene, uint64_t object, unsigned touches)
{
    for (size_t f = 0; f < scene->world.fields.count; f++) {
        const struct world_field *field = &scene->world.fields.items[f];
        const struct world_structure *structure = &scene->world.structures.items[field->structure];
        struct cpt_memory *memory;

        if (structure->object != object)
            continue;
        memory = world_open_without(&scene->world, field->address, field->width, f % 2);
        judge(scene, memory, touches, true,
              damage_name(scene, structure->name, field->name, "unreadable"));
        cpt_synthetic_close(memory);
    }
}

static void
holes_in_large_structures(void **state)
{
    struct cpt_layout layout;

    (void)state;
    for (size_t i = 0; next_layout(&i, &layout);) {
        struct scene scene;

        scene_build(&scene, &layout, &(struct scene_options){.collecting = true});
        check_holes_in(&scene, scene.runtime, ~0u);
        check_holes_in(&scene, scene.interp[0], (1u << SCENE_FIRST_OF_SUB) - 1);
        check_holes_in(&scene, scene.interp[1], ~0u);
        scene_free(&scene);
    }
}

/* A layout can lie too: debug offsets and debug information come from the target. Whatever a field says, nothing is
   read beyond our own buffers, and it ends. */
static void
lying_layouts(void **state)
{
    static const int32_t lies[] = {60000, 504, 1 << 20, CPT_BITFIELD(60000, 7, 8)};
    struct cpt_layout layout;

    (void)state;
    for (size_t i = 0; next_layout(&i, &layout);) {
        struct cpt_memory *memory;
        struct scene scene;

        scene_build(&scene, &layout, &(struct scene_options){.finalizing = true});
        memory = world_open(&scene.world, i % 2);
        for (size_t f = 0; f < CPT_LAYOUT_FIELD_COUNT * COUNT(lies); f++) {
            struct cpt_layout lying = layout;
            struct scene_result result;

            cpt_layout_set(&lying.at, f / COUNT(lies), lies[f % COUNT(lies)]);
            scene_analyse(&scene, memory, &lying, &result);
            scene_result_free(&result);
        }
        cpt_synthetic_close(memory);
        scene_free(&scene);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_fields),
        cmocka_unit_test(overwritten_structures),
        cmocka_unit_test(unreadable_structures),
        cmocka_unit_test(holes_in_large_structures),
        cmocka_unit_test(lying_layouts),
    };

    return cmocka_run_group_tests_name("synthetic damage", tests, NULL, NULL);
}

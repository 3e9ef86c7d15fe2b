/* Census and ledger of heaps made by hand, whose numbers are then anything: whatever a field holds, the walk ends, reads
   nothing that is not there (the regions end at guard pages), and its sums are sums. */
#include "tests/synthetic/heapscene.h"
#include "tests/synthetic/layouts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MAX_SECONDS 2.0

static struct cpt_layout layout;
static struct heapscene scene;
static struct cpt_memory *memory;

static void
open_scene(size_t number)
{
    layout_make(number, &layout);
    heapscene_build(&scene, &layout);
    memory = world_open(&scene.gallery.world, true);
}

static void
close_scene(void)
{
    cpt_synthetic_close(memory);
    heapscene_free(&scene);
}

static double
now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Reads all of it; the number of objects. */
static uint64_t
read_scene(unsigned threads, const struct cpt_layout *by, size_t *holes)
{
    struct heapscene_reading reading;
    double began = now();
    uint64_t objects;

    heapscene_read(&scene, memory, by, threads, 0, &reading);
    assert_true(now() - began < MAX_SECONDS);
    assert_true(heapscene_adds_up(memory, &reading));
    objects = reading.heap.objects;
    if (holes)
        *holes = reading.holes.count + reading.holes.left_out;
    heapscene_reading_free(&reading);
    return objects;
}

static void
test_sound(void **state)
{
    (void)state;
    for (size_t number = 0; number < LAYOUT_COUNT; number++) {
        uint64_t objects, again;

        open_scene(number);
        objects = read_scene(1, &layout, NULL);
        again = read_scene(2, &layout, NULL);
        /* All values, and copies of most of them in pools and in chunks. */
        assert_true(objects > scene.gallery.count * 2);
        assert_int_equal(objects, again);
        close_scene();
    }
}

static const uint64_t odd_values[] = {
    0,
    1,
    7,
    0x7fffffff,
    0xffffffff,
    UINT64_C(1) << 39,
    (UINT64_C(1) << 40) - 1,
    (UINT64_C(1) << 44) - 1,
    UINT64_C(1) << 60,
    INT64_MAX,
    UINT64_C(1) << 63,
    UINT64_MAX,
    UINT64_MAX - 6,
    UINT64_MAX - 47,
};

static size_t
odd_value_count(void)
{
    return COUNT(odd_values);
}

/* Fields of all objects, pools, chunks, tables and types, one after the other: each with some layout and some value. */
static void
test_every_field(void **state)
{
    (void)state;
    for (size_t number = 0; number < LAYOUT_COUNT; number++) {
        open_scene(number);
        for (size_t i = number; i < scene.gallery.world.fields.count; i += LAYOUT_COUNT) {
            const struct world_field *field = &scene.gallery.world.fields.items[i];
            uint8_t *bytes = cpt_synthetic_bytes(memory, field->address, field->width), kept[8];
            uint64_t value = odd_values[(i + number) % odd_value_count()];

            memcpy(kept, bytes, field->width);
            memcpy(bytes, &value, field->width);
            read_scene(1, &layout, NULL);
            memcpy(bytes, kept, field->width);
        }
        close_scene();
    }
}

/* All words of all copies of objects at once: each is huge, or leads to the last bytes of its region. */
static void
test_all_fields_at_once(void **state)
{
    (void)state;
    for (size_t number = 0; number < LAYOUT_COUNT; number++) {
        open_scene(number);
        for (size_t k = 0; k < odd_value_count(); k++) {
            for (size_t i = 0; i < scene.gallery.world.fields.count; i++) {
                const struct world_field *field = &scene.gallery.world.fields.items[i];
                uint8_t *bytes = cpt_synthetic_bytes(memory, field->address, field->width);

                /* Not the words that make it an object. */
                if (strcmp(field->name, "copy") == 0 && field->address % 512 / 8 % 4 > 1)
                    memcpy(bytes, &odd_values[k], field->width);
            }
            read_scene(1 + k % 2, &layout, NULL);
        }
        close_scene();
    }
}

/* Everything points at one table, again and again: the walk does not go through it each time. */
static void
test_shared_tables(void **state)
{
    (void)state;
    open_scene(LAYOUT_COUNT - 1);
    for (size_t i = 0; i < scene.gallery.world.fields.count; i++) {
        const struct world_field *field = &scene.gallery.world.fields.items[i];
        uint8_t *bytes = cpt_synthetic_bytes(memory, field->address, 8);
        uint64_t value = scene.chunks;

        if (bytes && strcmp(field->name, "copy") == 0 && field->address % 64 > 16)
            memcpy(bytes, &value, 8);
    }
    read_scene(2, &layout, NULL);
    close_scene();
}

/* A layout that the target itself tells can be anything below the size of each structure. */
static void
test_lying_layout(void **state)
{
    (void)state;
    for (size_t number = 0; number < LAYOUT_COUNT; number += 5) {
        open_scene(number);
        for (size_t i = 0; i < CPT_LAYOUT_FIELD_COUNT; i++) {
            static const int32_t values[] = {CPT_NO_FIELD, 0, 1, 7, 60, 4095, 65535};
            struct cpt_layout lying = layout;

            if (cpt_layout_field(i)->is_bits)
                continue;
            cpt_layout_set(&lying.at, i, values[(i * 3 + number) % COUNT(values)]);
            read_scene(1, &lying, NULL);
        }
        close_scene();
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound),          cmocka_unit_test(test_every_field), cmocka_unit_test(test_all_fields_at_once),
        cmocka_unit_test(test_shared_tables),  cmocka_unit_test(test_lying_layout),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The census of a heap whose types and sizes are made by hand. */
#include "coreanalyze/analyses/census.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TEXT(words) {words, sizeof(words) - 1}

static const struct cpt_type dict = {.address = 0x1000, .module = TEXT("builtins"), .name = TEXT("dict")};
static const struct cpt_type node = {.address = 0x2000, .module = TEXT("app"), .name = TEXT("app.Node")};
static const struct cpt_type other_node = {.address = 0x3000, .module = TEXT("app"), .name = TEXT("app.Node")};
static const struct cpt_type str = {.address = 0x4000, .module = TEXT("builtins"), .name = TEXT("str")};
static const struct cpt_type lost = {.address = 0x5000, .name = TEXT("?")};
static const struct cpt_type app_model = {.address = 0x6000, .module = TEXT("app.models"), .name = TEXT("app.models.A")};
static const struct cpt_type unused = {.address = 0x7000, .module = TEXT("app"), .name = TEXT("app.Unused")};

static struct cpt_heap_type types[] = {
    {.type = &dict, .objects = 10, .bytes = 1000, .size_of = 900},
    {.type = &node, .objects = 5, .bytes = 240, .size_of = 200, .size_of_guessed = true},
    {.type = &other_node, .objects = 5, .bytes = 240, .size_of = 200},
    {.type = &str, .objects = 7, .bytes = 240, .size_of = 210},
    {.type = &lost, .objects = 1, .bytes = 48, .size_of = 40},
    {.type = &app_model, .objects = 1, .bytes = 32, .size_of = 32},
    {.type = &unused},
};

static struct cpt_heap *
sample(void)
{
    static struct cpt_heap heap;

    heap = (struct cpt_heap){
        .types = types, .type_count = COUNT(types), .objects = 29, .bytes = 1800, .size_of = 1582};
    heap.classes[1] = (struct cpt_heap_class){.size = 32, .pools = 1, .used = 20, .objects = 10, .unexplained = 2};
    heap.classes[4] = (struct cpt_heap_class){.size = 80, .pools = 1, .used = 15, .objects = 14, .unexplained = 1};
    heap.bins[0] = (struct cpt_heap_bin){.objects = 3, .bytes = 48, .size_of = 48};
    heap.bins[4] = (struct cpt_heap_bin){.objects = 20, .bytes = 1600, .size_of = 1400};
    heap.bins[31] = (struct cpt_heap_bin){.objects = 1, .bytes = 512, .size_of = 500};
    heap.bins[32] = (struct cpt_heap_bin){.objects = 1, .bytes = 1000, .size_of = 900};
    heap.bins[33] = (struct cpt_heap_bin){.objects = 2, .bytes = 4096, .size_of = 4000};
    heap.bins[42] = (struct cpt_heap_bin){.objects = 2, .bytes = 1 << 20, .size_of = 1 << 20};
    return &heap;
}

static struct cpt_census
census_of(struct cpt_heap *heap, enum cpt_census_by by)
{
    struct cpt_census census;
    struct cpt_error error;

    assert_int_equal(cpt_census_take(&census, heap, by, &error), CPT_OK);
    assert_int_equal(census.objects, heap->objects);
    assert_int_equal(census.bytes, heap->bytes);
    assert_int_equal(census.size_of, heap->size_of);
    assert_int_equal(census.used_blocks, 35);
    assert_int_equal(census.unexplained_blocks, 3);
    assert_int_equal(census.by, by);
    return census;
}

static void
check_row(const struct cpt_census_row *row, const char *name, uint64_t type, uint64_t objects, uint64_t bytes,
          uint64_t size_of, bool guessed)
{
    assert_string_equal(row->name.data, name);
    assert_int_equal(row->name.size, strlen(name));
    assert_int_equal(row->type_address, type);
    assert_int_equal(row->objects, objects);
    assert_int_equal(row->bytes, bytes);
    assert_int_equal(row->size_of, size_of);
    assert_int_equal(row->size_of_guessed, guessed);
}

static void
test_by_type(void **state)
{
    struct cpt_heap *heap = sample();
    struct cpt_census census = census_of(heap, CPT_CENSUS_TYPE);

    (void)state;
    assert_int_equal(census.row_count, 6);
    check_row(&census.rows[0], "dict", 0x1000, 10, 1000, 900, false);
    check_row(&census.rows[1], "str", 0x4000, 7, 240, 210, false);
    /* Two types of one name stay two rows. */
    check_row(&census.rows[2], "app.Node", 0x2000, 5, 240, 200, true);
    check_row(&census.rows[3], "app.Node", 0x3000, 5, 240, 200, false);
    check_row(&census.rows[4], "?", 0x5000, 1, 48, 40, false);
    check_row(&census.rows[5], "app.models.A", 0x6000, 1, 32, 32, false);
    cpt_arena_free(&heap->arena);
}

static void
test_by_module(void **state)
{
    struct cpt_heap *heap = sample();
    struct cpt_census census = census_of(heap, CPT_CENSUS_MODULE);

    (void)state;
    assert_int_equal(census.row_count, 4);
    check_row(&census.rows[0], "builtins", 0, 17, 1240, 1110, false);
    check_row(&census.rows[1], "app", 0, 10, 480, 400, true); /* one guess makes the sum one */
    check_row(&census.rows[2], "?", 0, 1, 48, 40, false);
    check_row(&census.rows[3], "app.models", 0, 1, 32, 32, false);
    cpt_arena_free(&heap->arena);
}

static void
check_range(const struct cpt_census_row *row, const char *name, uint64_t above, uint64_t to, uint64_t objects)
{
    assert_string_equal(row->name.data, name);
    assert_int_equal(row->name.size, strlen(name));
    assert_int_equal(row->above, above);
    assert_int_equal(row->to, to);
    assert_int_equal(row->objects, objects);
    assert_int_equal(row->type_address, 0);
    assert_true(row->size_of_guessed); /* one type's is, and may be anywhere */
}

static void
test_by_size(void **state)
{
    struct cpt_heap *heap = sample();
    struct cpt_census census = census_of(heap, CPT_CENSUS_SIZE);

    (void)state;
    assert_int_equal(census.row_count, 6);
    check_range(&census.rows[0], "512 KiB-1 MiB", 512 << 10, 1 << 20, 2);
    check_range(&census.rows[1], "1-2 KiB", 1024, 2048, 2);
    check_range(&census.rows[2], "65-80 bytes", 64, 80, 20);
    check_range(&census.rows[3], "513-1024 bytes", 512, 1024, 1);
    check_range(&census.rows[4], "497-512 bytes", 496, 512, 1);
    check_range(&census.rows[5], "1-16 bytes", 0, 16, 3);
    cpt_arena_free(&heap->arena);
}

static void
test_sizes_without_guesses(void **state)
{
    struct cpt_heap *heap = sample();
    struct cpt_census census;

    (void)state;
    heap->type_count = 1;
    census = census_of(heap, CPT_CENSUS_SIZE);
    assert_int_equal(census.row_count, 6);
    for (size_t i = 0; i < census.row_count; i++)
        assert_false(census.rows[i].size_of_guessed);
    cpt_arena_free(&heap->arena);
}

static void
test_nothing(void **state)
{
    static struct cpt_heap none;
    struct cpt_census census;
    struct cpt_error error;

    (void)state;
    for (int by = CPT_CENSUS_TYPE; by <= CPT_CENSUS_SIZE; by++) {
        assert_int_equal(cpt_census_take(&census, &none, (enum cpt_census_by)by, &error), CPT_OK);
        assert_int_equal(census.row_count, 0);
        assert_int_equal(census.used_blocks, 0);
    }
    cpt_arena_free(&none.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_type),
        cmocka_unit_test(test_by_module),
        cmocka_unit_test(test_by_size),
        cmocka_unit_test(test_sizes_without_guesses),
        cmocka_unit_test(test_nothing),
    };

    return cmocka_run_group_tests_name("census", tests, NULL, NULL);
}

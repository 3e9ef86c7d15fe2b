/* Stacks, the program break and malloc's areas, told by structures of the C library that are written here by hand. */
#include "coreanalyze/heap/glibc.h"
#include "coreanalyze/memory/synthetic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PAGE UINT64_C(4096)
#define HEAP (UINT64_C(64) << 20)
#define BASE (UINT64_C(0x7f00) << 32) /* a multiple of HEAP */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct cpt_memory *
open_anonymous(uint64_t address, size_t size)
{
    const struct cpt_synthetic_region region = {.address = address, .size = size, .writable = true};
    struct cpt_memory *memory = NULL;

    assert_int_equal(cpt_synthetic_open(&memory, &region, 1, true, NULL), CPT_OK);
    return memory;
}

static void
put(struct cpt_memory *memory, uint64_t address, uint64_t value)
{
    void *place = cpt_synthetic_bytes(memory, address, 8);

    assert_non_null(place);
    memcpy(place, &value, 8);
}

/* glibc's struct pthread: its own address twice, and at 0x690 (2.36) stackblock, stackblock_size and guardsize. */
static void
put_pthread(struct cpt_memory *memory, uint64_t start, uint64_t end)
{
    uint64_t address = end - 0x940;

    put(memory, address, address);
    put(memory, address + 8, BASE + 0x123);
    put(memory, address + 16, address);
    put(memory, address + 0x690, start);
    put(memory, address + 0x698, end - start);
    put(memory, address + 0x6a0, PAGE);
}

static void
check_stacks_by(struct cpt_memory *memory, const uint64_t *idents, size_t ident_count, const struct cpt_run *expected,
                size_t count)
{
    struct cpt_stacks stacks;
    struct cpt_error error;

    assert_int_equal(cpt_stacks_list(&stacks, memory, idents, ident_count, &error), CPT_OK);
    assert_int_equal(stacks.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(stacks.items[i].start, expected[i].start);
        assert_int_equal(stacks.items[i].end, expected[i].end);
    }
    cpt_stacks_free(&stacks);
}

static void
check_stacks(struct cpt_memory *memory, const struct cpt_run *expected, size_t count)
{
    check_stacks_by(memory, NULL, 0, expected, count);
}

/* Three stacks in one mapping, with other memory above them. */
static void
stacks_in_one_mapping(void **state)
{
    const struct cpt_run stacks[] = {
        {BASE, BASE + 8 * PAGE}, {BASE + 8 * PAGE, BASE + 16 * PAGE}, {BASE + 16 * PAGE, BASE + 24 * PAGE}};
    struct cpt_memory *memory = open_anonymous(BASE, 40 * PAGE);
    struct cpt_task tasks[3] = {{0}, {.has_registers = true, .sp = BASE + 23 * PAGE}};

    (void)state;
    for (size_t i = 0; i < 3; i++)
        put_pthread(memory, stacks[i].start, stacks[i].end);
    check_stacks(memory, NULL, 0); /* nothing leads to them, and they are not at the top */
    tasks[1].thread_pointer = stacks[2].end - 0x940;
    tasks[2] = (struct cpt_task){
        .has_registers = true, .sp = 0x1234, .thread_pointer = stacks[0].end - 0x940}; /* on a signal's stack, say */
    cpt_synthetic_set_tasks(memory, 1, tasks, 3);
    check_stacks(memory, (const struct cpt_run[]){stacks[0], stacks[2]}, 2);
    check_stacks_by(memory, (const uint64_t[]){1, 0, stacks[0].end - 0x940, stacks[1].end - 0x940}, 4, stacks, 3);
    cpt_synthetic_close(memory);
}

/* Without registers: from the top of the mapping down. */
static void
stacks_at_the_top(void **state)
{
    const struct cpt_run stacks[] = {{BASE + 8 * PAGE, BASE + 16 * PAGE}, {BASE + 16 * PAGE, BASE + 24 * PAGE}};
    struct cpt_memory *memory = open_anonymous(BASE, 24 * PAGE);

    (void)state;
    for (size_t i = 0; i < 2; i++)
        put_pthread(memory, stacks[i].start, stacks[i].end);
    check_stacks(memory, stacks, 2);
    put(memory, stacks[1].end - 0x940 + 0x698, 9 * PAGE); /* ends beyond the mapping: no such stack */
    check_stacks(memory, NULL, 0);
    cpt_synthetic_close(memory);
}

/* In front of the stack the structure notes the thread's id, and a list of mutexes that is empty. */
static void
stack_of_a_small_id(void **state)
{
    struct cpt_memory *memory = open_anonymous(BASE, 24 * PAGE);
    uint64_t address = BASE + 16 * PAGE - 0x940;
    struct cpt_run stack;

    (void)state;
    put_pthread(memory, BASE + 8 * PAGE, BASE + 16 * PAGE);
    put(memory, address + 0x2d0, 4711);
    put(memory, address + 0x2d8, address + 0x2e0);
    assert_true(cpt_stack_read(memory, address, &stack));
    assert_int_equal(stack.start, BASE + 8 * PAGE);
    assert_int_equal(stack.end, BASE + 16 * PAGE);
    cpt_synthetic_close(memory);
}

/* Where struct pthread is damaged, the stack pointer's mapping is the best that can be said. */
static void
stacks_without_structure(void **state)
{
    struct cpt_memory *memory = open_anonymous(BASE, 64 * PAGE);
    struct cpt_task task = {.has_registers = true, .sp = BASE + 20 * PAGE, .thread_pointer = BASE + 32 * PAGE - 0x940};

    (void)state;
    cpt_synthetic_set_tasks(memory, 1, &task, 1);
    check_stacks(memory, (const struct cpt_run[]){{BASE, BASE + 32 * PAGE}}, 1);
    task.sp = 0;
    check_stacks(memory, NULL, 0);
    task.sp = task.thread_pointer = UINT64_MAX;
    check_stacks(memory, NULL, 0);
    cpt_synthetic_close(memory);
}

/* A structure that claims what belongs to a file, or the whole address space. */
static void
stacks_beyond_reason(void **state)
{
    const struct cpt_synthetic_region regions[] = {
        {.address = BASE, .size = 8 * PAGE, .writable = true, .path = "/lib/x.so"},
        {.address = BASE + 8 * PAGE, .size = 8 * PAGE, .writable = true},
    };
    struct cpt_memory *memory = NULL;
    struct cpt_run stack;

    (void)state;
    assert_int_equal(cpt_synthetic_open(&memory, regions, 2, true, NULL), CPT_OK);
    put_pthread(memory, BASE + 8 * PAGE, BASE + 16 * PAGE);
    assert_true(cpt_stack_read(memory, BASE + 16 * PAGE - 0x940, &stack));
    put_pthread(memory, BASE + 4 * PAGE, BASE + 16 * PAGE);
    assert_false(cpt_stack_read(memory, BASE + 16 * PAGE - 0x940, &stack));
    put_pthread(memory, PAGE, BASE + 16 * PAGE);
    assert_false(cpt_stack_read(memory, BASE + 16 * PAGE - 0x940, &stack));
    cpt_synthetic_close(memory);
}

/* Chunks of the main arena: 40 of 48 bytes, then what is left. */
static void
put_chunks(struct cpt_memory *memory, uint64_t start, uint64_t end)
{
    uint64_t at = start;

    for (int i = 0; i < 40; i++, at += 48)
        put(memory, at + 8, 48 | 1);
    put(memory, at + 8, (end - at) | 1);
}

static void
chunks_follow_one_another(void **state)
{
    struct cpt_memory *memory = open_anonymous(BASE, 4 * PAGE);
    uint64_t end = BASE + 4 * PAGE;

    (void)state;
    assert_false(cpt_malloc_chunks(memory, BASE, end));
    put_chunks(memory, BASE, end);
    assert_true(cpt_malloc_chunks(memory, BASE, end));
    put(memory, BASE + 3 * 48 + 8, 48); /* its predecessor is free: its size is noted in front */
    assert_false(cpt_malloc_chunks(memory, BASE, end));
    put(memory, BASE + 3 * 48, 48);
    assert_true(cpt_malloc_chunks(memory, BASE, end));
    put(memory, BASE + 5 * 48 + 8, 16 | 1);
    assert_false(cpt_malloc_chunks(memory, BASE, end));
    put(memory, BASE + 5 * 48 + 8, UINT64_MAX & ~UINT64_C(14));
    assert_false(cpt_malloc_chunks(memory, BASE, end));
    cpt_synthetic_close(memory);
}

/* An executable with .bss, the break some way behind it, and a library far away. */
static void
break_is_found(void **state)
{
    const uint64_t exe = UINT64_C(0x555500000000), brk = exe + 100 * PAGE;
    const struct cpt_synthetic_region regions[] = {
        {.address = exe, .size = 8 * PAGE, .writable = true, .path = "/bin/x"},
        {.address = exe + 8 * PAGE, .size = 2 * PAGE, .writable = true}, /* .bss */
        {.address = brk, .size = 4 * PAGE, .writable = true},
        {.address = brk + 4 * PAGE, .size = 2 * PAGE, .writable = true},
        {.address = BASE, .size = 4 * PAGE, .writable = true, .path = "/lib/x.so"},
        {.address = BASE + 6 * PAGE, .size = 4 * PAGE, .writable = true},
    };
    struct cpt_run images[] = {{exe, exe + 10 * PAGE}, {BASE, BASE + 4 * PAGE}}, found;
    struct cpt_memory *memory = NULL;

    (void)state;
    assert_int_equal(cpt_synthetic_open(&memory, regions, COUNT(regions), true, NULL), CPT_OK);
    assert_true(cpt_brk_find(memory, images, 2, &found)); /* by its place */
    assert_int_equal(found.start, brk);
    assert_int_equal(found.end, brk + 6 * PAGE);
    put_chunks(memory, BASE + 6 * PAGE, BASE + 10 * PAGE);
    assert_true(cpt_brk_find(memory, images, 2, &found)); /* by what is in it */
    assert_int_equal(found.start, BASE + 6 * PAGE);
    images[0].end = exe + 9 * PAGE; /* the break right behind .bss, in one mapping with it */
    put_chunks(memory, exe + 9 * PAGE, exe + 10 * PAGE);
    assert_true(cpt_brk_find(memory, images, 2, &found));
    assert_int_equal(found.start, exe + 9 * PAGE);
    assert_int_equal(found.end, exe + 10 * PAGE);
    assert_true(cpt_brk_find(memory, images, 0, &found)); /* behind none of them */
    assert_int_equal(found.start, BASE + 6 * PAGE);
    put(memory, BASE + 6 * PAGE + 8, 0);
    assert_false(cpt_brk_find(memory, images, 0, &found));
    cpt_synthetic_close(memory);
}

/* The areas of one anonymous region from BASE on, of which RUNS are there. */
static void
check_areas(struct cpt_memory *memory, const struct cpt_run *runs, size_t run_count,
            const struct cpt_obmalloc *obmalloc, const struct cpt_area_run *expected, size_t count)
{
    struct cpt_regions regions;
    struct cpt_area_runs areas;
    struct cpt_error error;

    memory->runs = runs;
    memory->run_count = run_count;
    assert_int_equal(cpt_regions_open(&regions, memory, &error), CPT_OK);
    assert_int_equal(regions.count, 1);
    regions.stacks.pointer_bits = PAGE - 0x940;
    assert_int_equal(cpt_areas_list(&areas, &regions, obmalloc, &error), CPT_OK);
    assert_int_equal(areas.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(areas.items[i].start, expected[i].start);
        assert_int_equal(areas.items[i].end, expected[i].end);
        assert_int_equal(areas.items[i].kind, expected[i].kind);
        assert_int_equal(areas.items[i].chunk, expected[i].chunk);
    }
    cpt_areas_free(&areas);
    cpt_regions_close(&regions);
}

static void
put_heap(struct cpt_memory *memory, uint64_t address, uint64_t arena, uint64_t previous, uint64_t size)
{
    put(memory, address, arena);
    put(memory, address + 8, previous);
    put(memory, address + 16, size);
    put(memory, address + 24, size);
}

/* Large allocations as glibc makes them: plain, aligned to 64 and to 64 KiB, and as 2.43 notes their sizes. */
static void
areas_of_malloc(void **state)
{
    const uint64_t plain = BASE + PAGE, aligned = plain + 33 * PAGE, far = aligned + 40 * PAGE, newer = far + 50 * PAGE,
                   stack = newer + 33 * PAGE, end = stack + 32 * PAGE;
    const struct cpt_area_run expected[] = {
        {plain, aligned, CPT_AREA_CHUNK, plain},
        {aligned, far, CPT_AREA_CHUNK, aligned + 48},
        {far, newer, CPT_AREA_CHUNK, far + 16 * PAGE - 16},
        {newer, stack, CPT_AREA_CHUNK, newer},
        {stack, stack + 16 * PAGE, CPT_AREA_STACK, 0},
    };
    const struct cpt_run runs[] = {{BASE, end}}, parts[] = {{plain + PAGE, plain + 2 * PAGE}, {stack, end}};
    const struct cpt_obmalloc none = {0};
    struct cpt_arena_object arena = {.address = plain + 20 * PAGE, .end = plain + 21 * PAGE};
    const struct cpt_obmalloc one = {.arenas = &arena, .arena_count = 1};
    struct cpt_memory *memory = open_anonymous(BASE, (size_t)(end - BASE));

    (void)state;
    put(memory, plain + 8, (33 * PAGE) | 2);
    put(memory, aligned + 48, 48);
    put(memory, aligned + 56, (40 * PAGE - 48) | 2);
    put(memory, far + 16 * PAGE - 16, 16 * PAGE - 16);
    put(memory, far + 16 * PAGE - 8, (34 * PAGE + 16) | 2);
    put(memory, newer + 8, (33 * PAGE - 16) | 2);
    put_pthread(memory, stack, stack + 16 * PAGE);
    check_areas(memory, runs, 1, &none, expected, COUNT(expected));
    check_areas(memory, parts, 2, &none, expected + 4, 1); /* the pages with the heads are not there */
    check_areas(memory, runs, 1, &one, expected + 1, 4);   /* what reaches into an arena is no chunk */
    put(memory, plain + 8, (end - plain + PAGE) | 2);      /* nor what goes beyond the region */
    put(memory, aligned + 48, 64);
    put(memory, newer + 8, (33 * PAGE - 16) | 3);
    check_areas(memory, runs, 1, &none, (const struct cpt_area_run[]){expected[2], expected[4]}, 2);
    cpt_synthetic_close(memory);
}

static void
heaps_of_threads(void **state)
{
    const uint64_t first = BASE + HEAP, second = BASE + 2 * HEAP, end = second + 8 * PAGE;
    const struct cpt_run runs[] = {{first - PAGE, end}};
    const struct cpt_obmalloc none = {0};
    const struct cpt_area_run expected[] = {{first, first + 16 * PAGE, CPT_AREA_HEAP, 0},
                                            {second, end, CPT_AREA_HEAP, 0}};
    struct cpt_memory *memory = open_anonymous(first - PAGE, (size_t)(end - first + PAGE));

    (void)state;
    put_heap(memory, first, first + 48, 0, 16 * PAGE);
    put_heap(memory, second, first + 48, first, 32 * PAGE); /* of which a part is mapped */
    check_areas(memory, runs, 1, &none, expected, 2);
    put_heap(memory, second, first + 48, 0, 8 * PAGE); /* not the first of its arena */
    check_areas(memory, runs, 1, &none, expected, 1);
    put_heap(memory, first, first + 48, 0, 2 * HEAP);
    check_areas(memory, runs, 1, &none, NULL, 0);
    put_heap(memory, first, first + 4096, 0, 16 * PAGE);
    check_areas(memory, runs, 1, &none, NULL, 0);
    cpt_synthetic_close(memory);
}

/* Whatever stands in memory: areas are in order, do not overlap, and stay within their region. */
static void
areas_of_noise(void **state)
{
    const size_t pages = 64;
    struct cpt_memory *memory = open_anonymous(BASE, pages * PAGE);
    const struct cpt_run run = {BASE, BASE + pages * PAGE};
    const struct cpt_obmalloc none = {0};

    (void)state;
    memory->runs = &run;
    memory->run_count = 1;
    srand(4711);
    for (int round = 0; round < 2000; round++) {
        struct cpt_regions regions;
        struct cpt_area_runs areas;
        struct cpt_error error;
        uint64_t last = BASE, page = BASE + (uint64_t)rand() % pages * PAGE, places[] = {0, 48, 112, 4080},
                 at = places[rand() % 4];

        put(memory, page + at, (uint64_t)(rand() % 40) * PAGE + at);
        put(memory, page + at + 8, ((uint64_t)(rand() % 64) * PAGE - at) | 2);
        put_pthread(memory, BASE + (uint64_t)rand() % pages * PAGE, page + PAGE);
        assert_int_equal(cpt_regions_open(&regions, memory, &error), CPT_OK);
        regions.stacks.pointer_bits = PAGE - 0x940;
        assert_int_equal(cpt_areas_list(&areas, &regions, &none, &error), CPT_OK);
        for (size_t i = 0; i < areas.count; i++) {
            assert_true(last <= areas.items[i].start && areas.items[i].start < areas.items[i].end);
            last = areas.items[i].end;
        }
        assert_true(last <= BASE + pages * PAGE);
        cpt_areas_free(&areas);
        cpt_regions_close(&regions);
    }
    cpt_synthetic_close(memory);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stacks_in_one_mapping), cmocka_unit_test(stacks_at_the_top),
        cmocka_unit_test(stack_of_a_small_id), cmocka_unit_test(stacks_without_structure),
        cmocka_unit_test(stacks_beyond_reason),
        cmocka_unit_test(chunks_follow_one_another), cmocka_unit_test(break_is_found),
        cmocka_unit_test(areas_of_malloc), cmocka_unit_test(heaps_of_threads), cmocka_unit_test(areas_of_noise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

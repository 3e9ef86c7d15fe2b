/* The ledger of a heap made by hand: whatever overlaps, each byte is counted once and all are counted. */
#include "coreanalyze/analyses/ledger_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BASE UINT64_C(0x500000)
#define SPACE 65536 /* bytes of address space, each of which is looked at by itself */
#define MANY 12

static uint8_t zeros[SPACE];
static uint64_t seed;

static uint64_t
chance(uint64_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (seed >> 33) % below;
}

/* Up to MANY pieces of the space, in order: multiples of STEP. */
static size_t
cut(struct cpt_run *runs, uint64_t step)
{
    uint64_t at = 0, places = SPACE / step;
    size_t count = 0;

    while (count < MANY) {
        uint64_t start = at + chance(places / 6) * chance(2), end = start + 1 + chance(places / 5);

        if (end > places)
            break;
        runs[count++] = (struct cpt_run){.start = BASE + start * step, .end = BASE + end * step};
        at = end;
    }
    return count;
}

/* A heap and all that it is made of. */
struct scene {
    struct cpt_memory memory;
    struct cpt_mapping mappings[MANY];
    struct cpt_run runs[MANY], images[MANY];
    struct cpt_region regions[MANY];
    struct cpt_arena_object arenas[MANY];
    struct cpt_heap_native native[MANY];
    struct cpt_heap heap;
};

static void
make_memory(struct scene *scene)
{
    static const char *const paths[] = {"/lib/x.so", "[stack]", "[heap]", "[vdso]", "[anon: x]", NULL, NULL};
    struct cpt_run pieces[MANY];

    scene->memory.mapping_count = cut(pieces, 256);
    for (size_t i = 0; i < scene->memory.mapping_count; i++)
        scene->mappings[i] = (struct cpt_mapping){
            .start = pieces[i].start, .end = pieces[i].end, .path = paths[chance(COUNT(paths))]};
    scene->memory.mappings = scene->mappings;
    scene->memory.run_count = cut(scene->runs, chance(3) ? 1 : 4096);
    scene->memory.runs = scene->runs;
}

static void
make_heap(struct scene *scene)
{
    struct cpt_heap *heap = &scene->heap;
    struct cpt_run pieces[MANY];

    heap->regions = (struct cpt_regions){.memory = &scene->memory, .items = scene->regions, .images = scene->images,
                                         .stacks.pointer_bits = UINT64_MAX};
    heap->regions.count = cut(pieces, 16);
    for (size_t i = 0; i < heap->regions.count; i++)
        scene->regions[i] = (struct cpt_region){.start = pieces[i].start, .end = pieces[i].end,
                                                .bytes = zeros + (pieces[i].start - BASE),
                                                .kind = (enum cpt_region_kind)chance(CPT_REGION_KINDS)};
    heap->regions.image_count = cut(scene->images, 512);
    heap->obmalloc = (struct cpt_obmalloc){.way = CPT_OBMALLOC_TABLE, .pool_shift = 12, .arenas = scene->arenas};
    heap->obmalloc.arena_count = chance(4) ? cut(pieces, 1024) : 0;
    for (size_t i = 0; i < heap->obmalloc.arena_count; i++)
        scene->arenas[i] = (struct cpt_arena_object){
            .address = pieces[i].start, .end = pieces[i].end, .pool_address = pieces[i].start};
    heap->native = scene->native;
}

/* What each byte is, asked for it alone. */
static uint64_t
holder(const void *items, size_t count, size_t stride, uint64_t address)
{
    for (size_t i = 0; i < count; i++) {
        struct cpt_run run;

        memcpy(&run, (const char *)items + i * stride, sizeof(run));
        if (run.start <= address && address < run.end)
            return i + 1;
    }
    return 0;
}

#define HOLDER(array, count, address) holder(array, count, sizeof(*(array)), address)

static void
count_byte(const struct scene *scene, uint64_t address, struct cpt_ledger_parts *parts)
{
    const struct cpt_heap *heap = &scene->heap;
    uint64_t region = HOLDER(scene->regions, heap->regions.count, address),
             mapping = HOLDER(scene->mappings, scene->memory.mapping_count, address);
    const char *path = mapping ? scene->mappings[mapping - 1].path : NULL;

    parts->total++;
    if (HOLDER(scene->arenas, heap->obmalloc.arena_count, address))
        parts->arenas++;
    else if (region && scene->regions[region - 1].kind == CPT_REGION_BRK)
        parts->regions[region - 1].malloc++;
    else if (region)
        parts->regions[region - 1].rest++;
    else if (HOLDER(scene->images, heap->regions.image_count, address) || (path && path[0] == '/'))
        parts->others[CPT_LEDGER_FILES]++;
    else if (path && strcmp(path, "[stack]") == 0)
        parts->others[CPT_LEDGER_STACKS]++;
    else if (path && strcmp(path, "[heap]") == 0)
        parts->others[CPT_LEDGER_NATIVE_HEAP]++;
    else
        parts->others[CPT_LEDGER_ANONYMOUS]++;
}

static void
check_parts(const struct scene *scene)
{
    struct cpt_ledger_region regions[MANY] = {0};
    struct cpt_ledger_parts expected = {.regions = regions}, parts;
    struct cpt_error error;

    for (uint64_t address = BASE; address < BASE + SPACE; address++) {
        if (HOLDER(scene->runs, scene->memory.run_count, address))
            count_byte(scene, address, &expected);
    }
    assert_int_equal(cpt_ledger_parts_take(&parts, &scene->heap, &error), CPT_OK);
    assert_int_equal(parts.total, expected.total);
    assert_int_equal(parts.arenas, expected.arenas);
    assert_memory_equal(parts.others, expected.others, sizeof(parts.others));
    assert_memory_equal(parts.regions, regions, scene->heap.regions.count * sizeof(*regions));
    cpt_ledger_parts_free(&parts);
}

static void
each_byte_is_counted_once(void **state)
{
    (void)state;
    for (seed = 1; seed < 400; seed++) {
        uint64_t before = seed;
        struct scene scene = {0};

        make_memory(&scene);
        make_heap(&scene);
        check_parts(&scene);
        seed = before;
    }
}

static uint64_t
sum(const struct cpt_ledger *ledger)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < CPT_LEDGER_CATEGORIES; i++)
        bytes += ledger->categories[i];
    return bytes;
}

/* What the walk says of the heap need not fit to what there is: a damaged one, or one cut short. */
static void
make_counts(struct scene *scene)
{
    struct cpt_heap *heap = &scene->heap;
    uint64_t most = chance(4) ? 4096 : UINT64_MAX / 1024;

    for (size_t i = 0; i < heap->regions.count; i++)
        scene->native[i] = (struct cpt_heap_native){.object_bytes = chance(most), .buffer_bytes = chance(most)};
    heap->object_bytes = chance(most);
    heap->buffer_bytes = chance(most);
    for (size_t i = 0; i < 32; i++) {
        heap->classes[i].size = (uint32_t)(i + 1) * 16;
        heap->classes[i].pools = chance(3);
        heap->classes[i].used = chance(most / 64);
    }
}

static void
categories_add_up(void **state)
{
    static const struct cpt_layout_fields fields;

    (void)state;
    for (seed = 1; seed < 2000; seed++) {
        uint64_t before = seed, total = 0;
        struct scene scene = {0};
        struct cpt_ledger ledger;
        struct cpt_error error;

        make_memory(&scene);
        make_heap(&scene);
        make_counts(&scene);
        scene.heap.obmalloc.at = &fields;
        assert_int_equal(cpt_ledger_take(&ledger, &scene.heap, &error), CPT_OK);
        for (size_t i = 0; i < scene.memory.run_count; i++)
            total += scene.runs[i].end - scene.runs[i].start;
        assert_int_equal(ledger.total, total);
        assert_int_equal(sum(&ledger), total);
        for (size_t i = 0; i < CPT_LEDGER_CATEGORIES; i++)
            assert_true(ledger.categories[i] <= total);
        seed = before;
    }
}

/* One arena of which half is in memory, and the program break with an object and a buffer in it. */
static struct scene
small_scene(void)
{
    struct scene scene = {
        .memory = {.mapping_count = 2, .run_count = 2},
        .mappings = {{.start = BASE, .end = BASE + 0x4000}, {.start = BASE + 0x8000, .end = BASE + 0xc000}},
        .runs = {{BASE, BASE + 0x2000}, {BASE + 0x8000, BASE + 0xc000}},
        .regions = {{.start = BASE, .end = BASE + 0x4000, .bytes = zeros},
                    {.start = BASE + 0x8000, .end = BASE + 0xc000, .bytes = zeros, .kind = CPT_REGION_BRK}},
        .arenas = {{.address = BASE, .end = BASE + 0x4000, .pool_address = BASE}},
        .native = {{0}, {.object_bytes = 0x1000, .buffer_bytes = 0x800}},
    };

    scene.heap.object_bytes = 0x600;
    scene.heap.buffer_bytes = 0x100;
    scene.heap.classes[15] = (struct cpt_heap_class){
        .size = 256, .pools = 1, .used = 9, .free = 6, .objects = 6, .buffers = 1, .dead = 1, .unexplained = 1};
    return scene;
}

static void
shares_are_right(void **state)
{
    static const uint64_t expected[CPT_LEDGER_CATEGORIES] = {
        [CPT_LEDGER_OBJECTS] = 0x1600,
        [CPT_LEDGER_OBJECT_BUFFERS] = 0x900,
        [CPT_LEDGER_PYMALLOC_OTHER] = 0x200 + 256, /* two blocks; of 4,096 bytes 15 blocks of 256 leave 256 */
        [CPT_LEDGER_PYMALLOC_FREE] = 0x2000 - 0x600 - 0x100 - 0x200 - 256,
        [CPT_LEDGER_NATIVE_HEAP] = 0x4000 - 0x1800,
    };
    static const struct cpt_layout_fields fields;
    struct scene scene = small_scene();
    struct cpt_ledger ledger;
    struct cpt_error error;

    (void)state;
    scene.memory.mappings = scene.mappings;
    scene.memory.runs = scene.runs;
    scene.heap.native = scene.native;
    scene.heap.regions = (struct cpt_regions){
        .memory = &scene.memory, .items = scene.regions, .count = 2, .stacks.pointer_bits = UINT64_MAX};
    scene.heap.obmalloc = (struct cpt_obmalloc){.way = CPT_OBMALLOC_STATE, .pool_shift = 12, .arena_size = 0x4000,
                                                .arenas = scene.arenas, .arena_count = 1, .pools = 1, .free_pools = 3,
                                                .at = &fields};
    assert_int_equal(cpt_ledger_take(&ledger, &scene.heap, &error), CPT_OK);
    assert_int_equal(ledger.total, 0x6000);
    for (size_t i = 0; i < CPT_LEDGER_CATEGORIES; i++)
        assert_int_equal(ledger.categories[i], expected[i]);
    assert_true(ledger.has_pymalloc);
    assert_int_equal(ledger.arenas, 1);
    assert_int_equal(ledger.arena_bytes, 0x4000);
    assert_int_equal(ledger.used_blocks, 9);
    assert_int_equal(ledger.free_blocks, 6);
    assert_int_equal(ledger.used_bytes, 9 * 256);
    assert_int_equal(ledger.unexplained_blocks, 1);
    assert_string_equal(ledger.found_by, "state");
}

/* One of malloc's further heaps, of which gdb dumped also what cannot be accessed. */
static void
reserve_is_malloc_s(void **state)
{
    const uint64_t start = 16 * CPT_HEAP_RESERVE, used = start + 0x4000, end = start + CPT_HEAP_RESERVE;
    const struct cpt_mapping mappings[] = {
        {.start = start, .end = used, .writable = true}, {.start = used, .end = end + 1}};
    const struct cpt_run runs[] = {{start, end + 1}};
    const struct cpt_memory memory = {.mappings = mappings, .mapping_count = 2, .runs = runs, .run_count = 1};
    const uint64_t heap_info[] = {start + 48, 0, 0x4000, 0x4000};
    uint8_t bytes[0x4000] = {0};
    struct cpt_region region = {.start = start, .end = used, .bytes = bytes};
    struct cpt_memory copy = memory;
    const struct cpt_heap heap = {
        .regions = {.memory = &copy, .items = &region, .count = 1, .stacks.pointer_bits = UINT64_MAX}};
    struct cpt_ledger_parts parts;
    struct cpt_error error;

    (void)state;
    assert_int_equal(cpt_ledger_parts_take(&parts, &heap, &error), CPT_OK);
    assert_int_equal(parts.others[CPT_LEDGER_ANONYMOUS], end + 1 - used);
    cpt_ledger_parts_free(&parts);
    memcpy(bytes, heap_info, sizeof(heap_info));
    assert_int_equal(cpt_ledger_parts_take(&parts, &heap, &error), CPT_OK);
    assert_int_equal(parts.regions[0].malloc, 0x4000);
    assert_int_equal(parts.others[CPT_LEDGER_NATIVE_HEAP], end - used);
    assert_int_equal(parts.reserved, end - used);
    assert_int_equal(parts.others[CPT_LEDGER_ANONYMOUS], 1);
    cpt_ledger_parts_free(&parts);
}

static void
resident_bytes(void **state)
{
    static const struct cpt_run runs[] = {{100, 200}, {200, 250}, {1000, 1001}};
    const struct cpt_memory memory = {.runs = runs, .run_count = 3}, none = {0};

    (void)state;
    assert_int_equal(cpt_memory_resident(&memory, 0, UINT64_MAX), 151);
    assert_int_equal(cpt_memory_resident(&memory, 150, 210), 60);
    assert_int_equal(cpt_memory_resident(&memory, 250, 1000), 0);
    assert_int_equal(cpt_memory_resident(&memory, 1000, 1001), 1);
    assert_int_equal(cpt_memory_resident(&memory, 180, 120), 0);
    assert_int_equal(cpt_memory_resident(&none, 0, UINT64_MAX), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_byte_is_counted_once),
        cmocka_unit_test(categories_add_up),
        cmocka_unit_test(shares_are_right),
        cmocka_unit_test(reserve_is_malloc_s),
        cmocka_unit_test(resident_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

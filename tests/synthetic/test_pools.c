/* Arenas and pools that are made by hand: sound ones read exactly; damaged ones without a crash, the others as before, and
   never other than they were in silence. */
#include "tests/synthetic/layouts.h"
#include "tests/synthetic/poolheap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct result {
    enum cpt_obmalloc_way way;
    uint64_t hooks, pools, free_pools, arenas, arena_size;
    unsigned shift;
    bool told;         /* a hole, or a pool that is said to be damaged */
    size_t wrong;      /* pools that are not as they were made */
    size_t wrong_pool; /* one of them */
    uint64_t blocks;   /* that are used in one and free in the other */
};

static void
clear_pools(struct cpt_regions *regions, unsigned shift)
{
    for (size_t i = 0; i < regions->count; i++) {
        struct cpt_region *region = &regions->items[i];

        if (region->pools)
            memset(region->pools, 0, (size_t)(((region->end - 1) >> shift) - (region->start >> shift)) + 1);
    }
}

static size_t
pool_number(const struct poolheap *heap, uint64_t address)
{
    size_t low = 0, high = heap->pool_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (heap->pools[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low < heap->pool_count && heap->pools[low].address == address ? low : SIZE_MAX;
}

static void
compare_pool(const struct poolheap *heap, size_t number, const struct cpt_pool *pool, struct result *result)
{
    const struct poolheap_pool *made = &heap->pools[number];
    uint64_t blocks = 0;

    for (size_t i = 0; i < 16; i++)
        blocks += (uint64_t)__builtin_popcountll(made->used[i] ^ pool->used_blocks[i]);
    result->told |= pool->damaged;
    if (blocks || (made->count && pool->size != made->size)) {
        result->wrong++;
        result->wrong_pool = number;
        result->blocks += blocks;
    }
}

static void
compare(const struct poolheap *heap, const struct cpt_obmalloc *obmalloc, struct result *result)
{
    bool seen[POOLHEAP_POOLS] = {false};

    for (size_t i = 0; i < obmalloc->arena_count; i++) {
        const struct cpt_arena_object *arena = &obmalloc->arenas[i];
        uint64_t pool_size = UINT64_C(1) << obmalloc->pool_shift;

        for (uint64_t at = cpt_arena_first_pool(obmalloc, arena); at < arena->pool_address; at += pool_size) {
            size_t number = pool_number(heap, at);
            struct cpt_pool pool;

            if (!cpt_pool_read(obmalloc, arena, at, &pool))
                continue;
            if (number == SIZE_MAX || seen[number])
                fail_msg("no pool at 0x%llx", (unsigned long long)at);
            seen[number] = true;
            compare_pool(heap, number, &pool, result);
        }
    }
    for (size_t i = 0; i < heap->pool_count; i++) {
        if (!seen[i])
            compare_pool(heap, i, &(struct cpt_pool){.size = 0}, result);
    }
}

static struct result
read_heap(const struct poolheap *heap, const struct cpt_layout_fields *at, unsigned ways)
{
    struct cpt_holes holes = {0};
    struct cpt_arena arena = {0};
    struct cpt_regions regions;
    struct cpt_obmalloc obmalloc;
    struct cpt_decode decode;
    struct cpt_error error;
    struct result result = {0};

    cpt_decode_init(&decode, heap->memory, at, &arena, &holes);
    assert_int_equal(cpt_regions_open(&regions, heap->memory, &error), CPT_OK);
    clear_pools(&regions, heap->shift);
    assert_int_equal(cpt_obmalloc_open(&obmalloc, &decode, &regions, &heap->interpreter, 1, heap->image, ways, &error),
                     CPT_OK);
    result = (struct result){.way = obmalloc.way,
                             .hooks = obmalloc.hooks,
                             .pools = obmalloc.pools,
                             .free_pools = obmalloc.free_pools,
                             .arenas = obmalloc.arena_count,
                             .arena_size = obmalloc.arena_size,
                             .shift = obmalloc.pool_shift,
                             .told = holes.count};
    compare(heap, &obmalloc, &result);
    cpt_obmalloc_close(&obmalloc);
    cpt_regions_close(&regions);
    cpt_holes_free(&holes);
    cpt_decode_free(&decode);
    cpt_arena_free(&arena);
    return result;
}

static unsigned
table_way(const struct poolheap *heap)
{
    const struct cpt_layout_fields *at = &heap->layout.at;

    return CPT_HAS(at->interp.obmalloc) || CPT_HAS(at->interp.obmalloc_arenas) ? CPT_OBMALLOC_STATE
                                                                               : CPT_OBMALLOC_TABLE;
}

/* --- sound heaps ----------------------------------------------------------------------------- */

static void
expect_sound(const struct poolheap *heap, unsigned ways, unsigned way, uint64_t hooks)
{
    struct result result = read_heap(heap, &heap->layout.at, ways);

    if (result.wrong || result.told)
        fail_msg("%s, ways %u: %zu pools wrong%s", heap->layout.table, ways, result.wrong, result.told ? ", told" : "");
    assert_int_equal(result.way, way);
    assert_int_equal(result.hooks, hooks);
    assert_int_equal(result.arenas, POOLHEAP_ARENAS);
    assert_int_equal(result.pools, heap->used_pools);
    assert_int_equal(result.free_pools, heap->free_pools);
    assert_int_equal(result.arena_size, heap->arena_size);
    assert_int_equal(result.shift, heap->shift);
}

static void
sound_heaps(void **state)
{
    (void)state;
    for (size_t i = 0; i < 8 * LAYOUT_COUNT; i++) {
        struct poolheap_options options = {
            .lead = i & 1 ? 4096 : 0, .hooks = i & 2, .large = i & 4, .seed = i + 1};
        struct poolheap heap;

        poolheap_build(&heap, i / 8, &options);
        if (heap.shift == 14 || !options.lead) {
            expect_sound(&heap, 0, table_way(&heap), options.hooks ? 16 : 0);
            expect_sound(&heap, 1u << table_way(&heap), table_way(&heap), options.hooks ? 16 : 0);
            expect_sound(&heap, 1u << CPT_OBMALLOC_POOLS, CPT_OBMALLOC_POOLS, options.hooks ? 16 : 0);
        }
        poolheap_free(&heap);
    }
}

/* --- damaged ones ---------------------------------------------------------------------------- */

/* One layout for each place of the table and size of pools. */
static const size_t some_layouts[] = {1, 4, 6, 9, 14};

struct change {
    uint64_t address;
    size_t width;
    uint64_t kept;
};

static struct change
make_change(struct poolheap *heap, uint64_t address, size_t width, uint64_t value)
{
    struct change change = {.address = address, .width = width};
    void *bytes = cpt_synthetic_bytes(heap->memory, address, width);

    assert_non_null(bytes);
    memcpy(&change.kept, bytes, width);
    memcpy(bytes, &value, width);
    return change;
}

static void
undo_change(struct poolheap *heap, const struct change *change)
{
    memcpy(cpt_synthetic_bytes(heap->memory, change->address, change->width), &change->kept, change->width);
}

/* Whatever stands at ADDRESS, no other pool than ONE (SIZE_MAX: none at all) differs, by MOST blocks, and not in
   silence. */
static void
damage(struct poolheap *heap, uint64_t address, size_t width, uint64_t value, size_t one, uint64_t most, const char *name)
{
    struct change change = make_change(heap, address, width, value);
    struct result result = read_heap(heap, &heap->layout.at, 0);

    if (result.wrong > (one != SIZE_MAX) || (result.wrong && result.wrong_pool != one))
        fail_msg("%s: %s = 0x%llx: %zu pools wrong", heap->layout.table, name, (unsigned long long)value, result.wrong);
    if (result.wrong && !result.told)
        fail_msg("%s: %s = 0x%llx: wrong in silence", heap->layout.table, name, (unsigned long long)value);
    if (result.blocks > most)
        fail_msg("%s: %s = 0x%llx: %llu blocks wrong, with %u in use", heap->layout.table, name,
                 (unsigned long long)value, (unsigned long long)result.blocks, heap->pools[one].count);
    undo_change(heap, &change);
}

static void
damage_all(struct poolheap *heap, uint64_t address, size_t width, size_t one, uint64_t most, const char *name)
{
    uint64_t kept = 0;

    memcpy(&kept, cpt_synthetic_bytes(heap->memory, address, width), width);
    const uint64_t values[] = {0,           1,         UINT64_MAX, UINT64_C(0x4141414141414141), kept + 1, kept - 1,
                               kept + 16,   kept - 16, kept ^ 256, kept ^ UINT64_C(1) << 31,     kept / 2, kept * 2,
                               address & 0xfff0, address, heap->pools[5].address, heap->table, UINT64_C(0x7e0000000000)};

    for (size_t i = 0; i < COUNT(values); i++)
        damage(heap, address, width, values[i], one, most, name);
}

static void
damaged_heads(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(some_layouts); i++) {
        struct poolheap heap;

        poolheap_build(&heap, some_layouts[i], &(struct poolheap_options){.seed = i + 5});
        for (size_t p = 3; p < 9; p++) {
            const struct cpt_layout_fields *at = &heap.layout.at;
            uint64_t pool = heap.pools[p].address;

            damage_all(&heap, pool + (uint64_t)at->pool.count, 4, p, 0, "count");
            damage_all(&heap, pool + (uint64_t)at->pool.szidx, 4, p, 0, "szidx");
            damage_all(&heap, pool + (uint64_t)at->pool.maxnextoffset, 4, p, 0, "maxnextoffset");
            damage_all(&heap, pool + (uint64_t)at->pool.arenaindex, 4, p, 0, "arenaindex");
            damage_all(&heap, pool + (uint64_t)at->pool.nextpool, 8, p, 0, "nextpool");
            damage_all(&heap, pool + (uint64_t)at->pool.prevpool, 8, p, 0, "prevpool");
            damage_all(&heap, pool + (uint64_t)at->pool.nextoffset, 4, p, UINT64_MAX, "nextoffset");
            damage_all(&heap, pool + (uint64_t)at->pool.freeblock, 8, p, 3, "freeblock");
        }
        poolheap_free(&heap);
    }
}

static void
damaged_lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(some_layouts); i++) {
        struct poolheap heap;

        poolheap_build(&heap, some_layouts[i], &(struct poolheap_options){.seed = i + 7});
        for (size_t p = 0; p < 10; p++) {
            const struct poolheap_pool *pool = &heap.pools[p];

            if (!pool->free_next)
                continue;
            damage_all(&heap, pool->address + pool->free_head, 8, p, 3, "link of a free block");
            damage_all(&heap, pool->address + pool->free_next, 8, p, 3, "link of the next free block");
            damage(&heap, pool->address + pool->free_next, 8, pool->address + pool->free_head, p, 3, "a circle of two");
        }
        poolheap_free(&heap);
    }
}

/* What tables hold too much or too little, pools tell. */
static void
damaged_tables(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(some_layouts); i++) {
        const struct cpt_layout_fields *at;
        struct poolheap heap;

        poolheap_build(&heap, some_layouts[i], &(struct poolheap_options){.seed = i + 9});
        at = &heap.layout.at;
        for (size_t a = 0; a < POOLHEAP_ARENAS; a++) {
            uint64_t entry = heap.arenas[a].entry;

            damage_all(&heap, entry + (uint64_t)at->arena.address, 8, SIZE_MAX, 0, "address");
            damage_all(&heap, entry + (uint64_t)at->arena.pool_address, 8, SIZE_MAX, 0, "pool_address");
            damage_all(&heap, entry + (uint64_t)at->arena.nfreepools, 4, SIZE_MAX, 0, "nfreepools");
            damage_all(&heap, entry + (uint64_t)at->arena.ntotalpools, 4, SIZE_MAX, 0, "ntotalpools");
            damage_all(&heap, entry + (uint64_t)at->arena.freepools, 8, SIZE_MAX, 0, "freepools");
            damage_all(&heap, entry + (uint64_t)at->arena.nextarena, 8, SIZE_MAX, 0, "nextarena");
        }
        damage_all(&heap, heap.root, 8, SIZE_MAX, 0, "arenas");
        if (heap.count)
            damage_all(&heap, heap.count, 4, SIZE_MAX, 0, "maxarenas");
        if (CPT_HAS(at->interp.obmalloc) && !CPT_HAS(at->interp.obmalloc_arenas))
            damage_all(&heap, heap.interpreter.address + (uint64_t)at->interp.obmalloc, 8, SIZE_MAX, 0, "obmalloc");
        poolheap_free(&heap);
    }
}

/* Memory that a truncated core has not: the arena's other pools are read. */
static void
missing_memory(void **state)
{
    static const uint64_t gaps[][2] = {{4096, 8192}, {4096, 65536}, {40960, 45056}, {102400, 200704}};

    (void)state;
    for (size_t i = 0; i < COUNT(some_layouts) * COUNT(gaps) * 2; i++) {
        const uint64_t *gap = gaps[i / 2 % COUNT(gaps)];
        struct poolheap heap;
        struct result result;
        size_t touched;

        poolheap_build(&heap, some_layouts[i / 2 / COUNT(gaps)],
                       &(struct poolheap_options){.gap_start = gap[0], .gap_end = gap[1], .seed = i + 11});
        touched = (size_t)((gap[1] - 1) >> heap.shift) - (size_t)(gap[0] >> heap.shift) + 1;
        result = read_heap(&heap, &heap.layout.at, i & 1 ? 0 : 1u << CPT_OBMALLOC_POOLS);
        if (result.wrong > touched)
            fail_msg("%s: 0x%llx to 0x%llx missing, %s: %zu pools wrong", heap.layout.table, (unsigned long long)gap[0],
                     (unsigned long long)gap[1], i & 1 ? "all ways" : "by pools", result.wrong);
        assert_true(result.told || !(i & 1));
        assert_int_equal(result.shift, heap.shift);
        poolheap_free(&heap);
    }
}

#define VARIANTS 400 /* of each layout */

static void
random_bytes(void **state)
{
    uint64_t seed = 0x2545f4914f6cdd1d;

    (void)state;
    for (size_t i = 0; i < COUNT(some_layouts); i++) {
        struct poolheap heap;

        poolheap_build(&heap, some_layouts[i], &(struct poolheap_options){.seed = i + 13});
        for (size_t n = 0; n < VARIANTS; n++) {
            size_t one = poolheap_random(&seed) % heap.pool_count;
            bool of_head = poolheap_random(&seed) % 2;
            uint64_t offset = poolheap_random(&seed) % (of_head ? CPT_POOL_HEAD : 1u << heap.shift);

            damage(&heap, heap.pools[one].address + offset, 1, poolheap_random(&seed) & 0xff, one, UINT64_MAX,
                   of_head ? "a byte of a head" : "a byte of a pool");
        }
        poolheap_free(&heap);
    }
}

/* A layout that lies: nothing is read beyond our own buffers, and it ends. */
static void
lying_layouts(void **state)
{
    static const int32_t lies[] = {CPT_NO_FIELD, 60000, 504, 44, 3, 1 << 20, INT32_MAX};

    (void)state;
    for (size_t i = 0; i < COUNT(some_layouts); i++) {
        const size_t first = CPT_LAYOUT_INDEX(obmalloc.size), last = CPT_LAYOUT_INDEX(pool.maxnextoffset);
        struct poolheap heap;

        poolheap_build(&heap, some_layouts[i], &(struct poolheap_options){.seed = i + 17});
        for (size_t f = first; f <= last; f++) {
            for (size_t l = 0; l < COUNT(lies); l++) {
                struct cpt_layout lying = heap.layout;

                cpt_layout_set(&lying.at, f, lies[l]);
                read_heap(&heap, &lying.at, 0);
                read_heap(&heap, &lying.at, 1u << CPT_OBMALLOC_POOLS);
            }
        }
        poolheap_free(&heap);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_heaps),    cmocka_unit_test(damaged_heads), cmocka_unit_test(damaged_lists),
        cmocka_unit_test(damaged_tables), cmocka_unit_test(missing_memory), cmocka_unit_test(random_bytes),
        cmocka_unit_test(lying_layouts),
    };

    return cmocka_run_group_tests_name("synthetic pools", tests, NULL, NULL);
}

/* Runs of malloc's chunks and which of them are free, in heaps that are written here by hand as several versions of the
   C library do, and damaged. */
#include "coreanalyze/heap/chunks.h"
#include "coreanalyze/memory/synthetic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PAGE UINT64_C(4096)
#define LIBC (UINT64_C(0x7f12) << 32)
#define ARENA (LIBC + 0x140)
#define BRK UINT64_C(0x555500021000)
#define BRK_SIZE (32 * PAGE)
#define HEAP (UINT64_C(0x7f10) << 32) /* a multiple of 64 MiB */
#define HEAP_SIZE (16 * PAGE)
#define BINS 127
#define CHUNKS 240
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What differs between versions. */
struct version {
    const char *name;
    uint64_t bins;        /* offset in struct malloc_state */
    uint64_t tcache_size; /* of the chunk */
    unsigned number, tcache_bins;
    unsigned room;        /* numbers in the cache tell how much room there is */
    bool mangled;
    uint64_t heap_info;
};

static const struct version versions[] = {
    {"2.27", 112, 0x250, 1, 64, 0, false, 32}, {"2.31", 112, 0x290, 2, 64, 0, false, 32},
    {"2.36", 112, 0x290, 2, 64, 0, true, 48},  {"2.42", 112, 0x300, 2, 76, 7, true, 48},
    {"2.43", 24, 0x310, 2, 76, 16, true, 48},
};

/* A chunk as it was made. */
struct made {
    uint64_t block, size;
    bool used;
};

struct scene {
    const struct version *version;
    struct cpt_memory *memory;
    uint64_t tcache; /* block */
    struct made made[8 * CHUNKS];
    size_t count;
};

static void
put(struct scene *scene, uint64_t address, uint64_t value)
{
    void *place = cpt_synthetic_bytes(scene->memory, address, 8);

    assert_non_null(place);
    memcpy(place, &value, 8);
}

static uint64_t
get(struct scene *scene, uint64_t address)
{
    uint64_t value;

    memcpy(&value, cpt_synthetic_bytes(scene->memory, address, 8), 8);
    return value;
}

static void
put_arena(struct scene *scene, uint64_t address, uint64_t top, uint64_t next, bool contiguous)
{
    uint64_t bins = address + scene->version->bins;

    put(scene, address, contiguous ? 0 : UINT64_C(2) << 32);
    put(scene, bins - 16, top);
    for (unsigned i = 0; i < BINS; i++) {
        put(scene, bins + i * 16, bins + i * 16 - 16);
        put(scene, bins + i * 16 + 8, bins + i * 16 - 16);
    }
    put(scene, bins + BINS * 16 + 16, next);
}

/* Puts BLOCK before what the word at HEAD leads to; LEAD bytes before blocks. */
static void
push(struct scene *scene, uint64_t head, uint64_t block, uint64_t lead)
{
    put(scene, block, get(scene, head) ^ (scene->version->mangled ? block >> 12 : 0));
    put(scene, head, block - lead);
}

static void
push_cached(struct scene *scene, uint64_t block, uint64_t size)
{
    const struct version *version = scene->version;
    uint64_t bin = (size - 32) / 16;
    uint8_t *number = cpt_synthetic_bytes(scene->memory, scene->tcache + bin * version->number, 1);

    *number = (uint8_t)(*number + (version->room ? -1 : 1));
    push(scene, scene->tcache + version->number * version->tcache_bins + bin * 8, block, 0);
}

static void
add(struct scene *scene, uint64_t at, uint64_t size, bool used)
{
    scene->made[scene->count++] = (struct made){at + 16, size, used};
}

static uint64_t
put_tcache(struct scene *scene, uint64_t at, uint64_t flags)
{
    const struct version *version = scene->version;

    scene->tcache = at + 16;
    put(scene, at + 8, version->tcache_size | 1 | flags);
    for (unsigned i = 0; i < version->tcache_bins && version->room; i++)
        *(uint8_t *)cpt_synthetic_bytes(scene->memory, scene->tcache + 2 * i, 1) = (uint8_t)version->room;
    add(scene, at, version->tcache_size, true);
    return at + version->tcache_size;
}

/* From AT on in turns: used, in the cache, in a fast bin, free, used; then what is left up to END. */
static uint64_t
put_chunks(struct scene *scene, uint64_t arena, uint64_t at, uint64_t end, uint64_t flags)
{
    uint64_t before_used = 1, cached = 0;

    at = put_tcache(scene, at, flags);
    for (unsigned i = 0; i < CHUNKS; i++) {
        uint64_t size = 32 + 16 * ((i / 5) % 7);
        unsigned kind = i % 5;

        if ((kind == 1 && cached++ >= 40) || (kind == 2 && scene->version->bins < 112))
            kind = 0;
        put(scene, at + 8, size | before_used | flags);
        if (kind == 1)
            push_cached(scene, at + 16, size);
        else if (kind == 2)
            push(scene, arena + 16 + (size - 32) / 16 * 8, at + 16, 16);
        else if (kind == 3)
            put(scene, at + size, size);
        before_used = kind != 3;
        add(scene, at, size, kind == 0 || kind == 4);
        at += size;
    }
    put(scene, at + 8, (end - at) | 1);
    add(scene, at, end - at, false);
    return at;
}

static void
open_scene(struct scene *scene, const struct version *version)
{
    const struct cpt_synthetic_region regions[] = {
        {.address = LIBC, .size = 2 * PAGE, .writable = true, .path = "/lib/libc.so.6"},
        {.address = BRK, .size = BRK_SIZE, .writable = true, .path = "[heap]"},
        {.address = HEAP, .size = HEAP_SIZE, .writable = true},
        {.address = HEAP + 2 * HEAP_SIZE, .size = 64 * PAGE, .writable = true},
    };
    static const struct cpt_run runs[] = {
        {LIBC - 1, LIBC}, {HEAP, HEAP + HEAP_SIZE}, {HEAP + 2 * HEAP_SIZE, HEAP + 2 * HEAP_SIZE + 64 * PAGE}};

    *scene = (struct scene){.version = version};
    assert_int_equal(cpt_synthetic_open(&scene->memory, regions, COUNT(regions), true, NULL), CPT_OK);
    scene->memory->runs = runs + 1;
    scene->memory->run_count = 2;
}

/* The break, the heap of a thread, and a large block. */
static void
make_scene(struct scene *scene, const struct version *version)
{
    uint64_t arena = HEAP + version->heap_info, mapped = HEAP + 2 * HEAP_SIZE, top;

    open_scene(scene, version);
    put_arena(scene, ARENA, 0, arena, true);
    top = put_chunks(scene, ARENA, BRK, BRK + BRK_SIZE, 0);
    put(scene, ARENA + version->bins - 16, top);

    put(scene, HEAP, arena);
    put(scene, HEAP + 16, HEAP_SIZE);
    put(scene, HEAP + 24, HEAP_SIZE);
    put_arena(scene, arena, 0, ARENA, false);
    top = put_chunks(scene, arena, (arena + version->bins + BINS * 16 + 56 + 15) & ~UINT64_C(15), HEAP + HEAP_SIZE, 4);
    put(scene, arena + version->bins - 16, top);

    put(scene, mapped + 8, (64 * PAGE - (version->bins < 112 ? 16 : 0)) | 2);
    add(scene, mapped, 64 * PAGE, true);
}

/* What a walk gives. */
struct walked {
    struct made items[8 * CHUNKS];
    size_t count;
    uint64_t last;
    unsigned damaged;
};

static void
note_chunk(void *arg, uint64_t block, uint64_t size, bool used)
{
    struct walked *walked = arg;

    assert_true(block >= walked->last && size >= 16);
    walked->last = block + size;
    if (walked->count < COUNT(walked->items))
        walked->items[walked->count++] = (struct made){block, size, used};
}

static void
walk(struct scene *scene, struct walked *walked)
{
    struct cpt_obmalloc none = {0};
    struct cpt_regions regions;
    struct cpt_chunks chunks;
    struct cpt_error error;

    *walked = (struct walked){0};
    assert_int_equal(cpt_regions_open(&regions, scene->memory, &error), CPT_OK);
    assert_int_equal(cpt_chunks_open(&chunks, &regions, &none, &error), CPT_OK);
    for (size_t i = 0; i < chunks.count; i++) {
        assert_true(chunks.items[i].start < chunks.items[i].end);
        assert_non_null(cpt_region_bytes(&regions, chunks.items[i].start, chunks.items[i].end - chunks.items[i].start));
        walked->damaged += !cpt_chunks_each(&chunks, i, note_chunk, walked);
    }
    cpt_chunks_close(&chunks);
    cpt_regions_close(&regions);
}

static const struct made *
find(const struct walked *walked, uint64_t block)
{
    for (size_t i = 0; i < walked->count; i++) {
        if (walked->items[i].block == block)
            return &walked->items[i];
    }
    return NULL;
}

/* How many of what was made were found: with their sizes and rightly told. */
static size_t
count_right(const struct scene *scene, const struct walked *walked)
{
    size_t right = 0;

    for (size_t i = 0; i < scene->count; i++) {
        const struct made *made = &scene->made[i], *found = find(walked, made->block);
        bool at_end = found && (found->size == made->size - 16);

        right += found && (found->size == made->size || at_end) && found->used == made->used;
    }
    return right;
}

static void
all_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(versions); i++) {
        struct scene scene;
        struct walked walked;

        make_scene(&scene, &versions[i]);
        walk(&scene, &walked);
        print_message("glibc %s: %zu chunks\n", versions[i].name, walked.count);
        assert_int_equal(walked.count, scene.count);
        assert_int_equal(count_right(&scene, &walked), scene.count);
        assert_int_equal(walked.damaged, 0);
        cpt_synthetic_close(scene.memory);
    }
}

/* Somebody else has moved the break: fences, what is theirs, and chunks again. */
static void
break_with_a_gap(void **state)
{
    const uint64_t gap = BRK + 10 * PAGE + 64, again = gap + PAGE + 0x230;
    struct scene scene;
    struct walked walked;
    uint64_t at = BRK, top;

    (void)state;
    open_scene(&scene, &versions[2]);
    for (; at < gap - 64; at += 64) {
        put(&scene, at + 8, 64 | 1);
        add(&scene, at, 64, true);
    }
    put(&scene, at + 8, 16 | 1);
    put(&scene, at + 24, 16 | 1);
    for (at += 32; at < again; at += 8)
        put(&scene, at, UINT64_C(0x4141414141414141));
    top = put_chunks(&scene, ARENA, again, BRK + BRK_SIZE - 2 * PAGE, 0);
    put_arena(&scene, ARENA, top, ARENA, true);
    for (at = BRK + BRK_SIZE - 2 * PAGE; at < BRK + BRK_SIZE; at += 64)
        put(&scene, at + 8, 64 | 1); /* behind the topmost chunk nothing is malloc's */
    walk(&scene, &walked);
    assert_int_equal(walked.count, scene.count);
    assert_true(count_right(&scene, &walked) >= scene.count - 34); /* put_arena has emptied the fast bins */
    assert_int_equal(walked.damaged, 0);
    cpt_synthetic_close(scene.memory);
}

/* Where the break cannot be moved, main_arena has mappings. */
static void
main_arena_elsewhere(void **state)
{
    const uint64_t part = HEAP + 2 * HEAP_SIZE, first = part + 8 * PAGE;
    struct scene scene;
    struct walked walked;
    uint64_t top, at;

    (void)state;
    open_scene(&scene, &versions[4]);
    for (at = part + 3 * PAGE; at < part + 4 * PAGE - 32; at += 96) {
        put(&scene, at + 8, 96 | 1);
        add(&scene, at, 96, true);
    }
    put(&scene, at + 8, 16 | 1);
    put(&scene, at + 24, 16 | 1);
    top = put_chunks(&scene, ARENA, first, part + 64 * PAGE, 0);
    put_arena(&scene, ARENA, top, ARENA, false);
    walk(&scene, &walked);
    assert_int_equal(walked.count, scene.count);
    assert_int_equal(count_right(&scene, &walked), scene.count);
    put_arena(&scene, ARENA, top, ARENA, true); /* it says that it has none */
    walk(&scene, &walked);
    assert_int_equal(walked.count, 0);
    cpt_synthetic_close(scene.memory);
}

static void
another_malloc(void **state)
{
    struct scene scene;
    struct walked walked;

    (void)state;
    make_scene(&scene, &versions[2]);
    memset(cpt_synthetic_bytes(scene.memory, LIBC, 2 * PAGE), 0, 2 * PAGE);
    memset(cpt_synthetic_bytes(scene.memory, BRK, PAGE), 0x11, PAGE);
    memset(cpt_synthetic_bytes(scene.memory, HEAP, PAGE), 0, PAGE);
    walk(&scene, &walked);
    assert_int_equal(walked.count, 0);
    cpt_synthetic_close(scene.memory);
}

/* Without main_arena the break is still walked; only its fast bins are not known. */
static void
no_main_arena(void **state)
{
    struct scene scene;
    struct walked walked;

    (void)state;
    make_scene(&scene, &versions[2]);
    memset(cpt_synthetic_bytes(scene.memory, LIBC, 2 * PAGE), 0, 2 * PAGE);
    walk(&scene, &walked);
    assert_int_equal(walked.count, scene.count);
    assert_int_equal(count_right(&scene, &walked), scene.count - CHUNKS / 5);
    cpt_synthetic_close(scene.memory);
}

/* One word is overwritten: at most its own chunk, and the one before, are told wrong or lost; of a list what comes
   after. */
static void
damage_stays_where_it_is(void **state)
{
    static const uint64_t words[] = {0, 1, 2, 8, 16, 0x31, 0x10000001, UINT64_MAX, UINT64_MAX - 14, BRK, BRK + 0x40};
    const size_t lost = CHUNKS / 5 / 7 + 3;

    (void)state;
    for (size_t i = 0; i < COUNT(versions) * COUNT(words); i++) {
        for (size_t chunk = 7; chunk < 200; chunk += 19) {
            struct scene scene;
            struct walked walked;
            const struct made *hit;

            make_scene(&scene, &versions[i / COUNT(words)]);
            hit = &scene.made[chunk];
            put(&scene, hit->block - 8, words[i % COUNT(words)]);
            walk(&scene, &walked);
            assert_in_range(count_right(&scene, &walked), scene.count - lost, scene.count);
            put(&scene, hit->block - 8, hit->size | 1);
            put(&scene, hit->block, words[i % COUNT(words)]);
            walk(&scene, &walked);
            assert_in_range(count_right(&scene, &walked), scene.count - lost, scene.count);
            cpt_synthetic_close(scene.memory);
        }
    }
}

/* Lists without an end. */
static void
lists_in_circles(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(versions); i++) {
        const struct version *version = &versions[i];
        struct scene scene;
        struct walked walked;

        make_scene(&scene, version);
        for (size_t j = 0; j < scene.count - 1; j++) {
            uint64_t block = scene.made[j].block;

            if (!scene.made[j].used)
                put(&scene, block, block ^ (version->mangled ? block >> 12 : 0));
        }
        walk(&scene, &walked);
        assert_int_equal(walked.count, scene.count);
        for (size_t j = 0; j < walked.count; j++) /* nothing that is used is taken for free */
            assert_false(scene.made[j].used && find(&walked, scene.made[j].block) &&
                         !find(&walked, scene.made[j].block)->used);
        cpt_synthetic_close(scene.memory);
    }
}

/* Whatever stands there: chunks are in order, within their runs (walk and note_chunk see to that), and it ends. */
static void
noise(void **state)
{
    static const uint64_t places[] = {LIBC, BRK, HEAP, HEAP + 2 * HEAP_SIZE};
    static const uint64_t sizes[] = {2 * PAGE, BRK_SIZE, HEAP_SIZE, 64 * PAGE};

    (void)state;
    srand(4711);
    for (int round = 0; round < 600; round++) {
        struct scene scene;
        struct walked walked;

        make_scene(&scene, &versions[round % (int)COUNT(versions)]);
        for (int i = 0; i < 1 << (round % 10); i++) {
            int place = rand() % 4, other = rand() % 4;
            uint64_t at = places[place] + ((uint64_t)rand() % (sizes[place] / (place == 3 ? 256 : 8))) * 8, value;

            switch (rand() % 4) {
            case 0: value = (uint64_t)rand() % 512; break;
            case 1: value = places[other] + ((uint64_t)rand() % (sizes[other] / 16)) * 16; break;
            case 2: value = get(&scene, at) ^ UINT64_C(1) << (rand() % 64); break;
            default: value = (uint64_t)rand() << 33 ^ (uint64_t)rand();
            }
            put(&scene, at, value);
        }
        walk(&scene, &walked);
        assert_int_equal(walked.damaged, 0);
        cpt_synthetic_close(scene.memory);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_told),     cmocka_unit_test(break_with_a_gap),
        cmocka_unit_test(main_arena_elsewhere), cmocka_unit_test(another_malloc),
        cmocka_unit_test(no_main_arena),    cmocka_unit_test(damage_stays_where_it_is),
        cmocka_unit_test(lists_in_circles), cmocka_unit_test(noise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

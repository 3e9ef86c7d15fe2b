/* What a walk over a whole core uses: its pieces, from several threads; its runs; letting go of what was read. */
#include "coreanalyze/memory/core.h"
#include "coreanalyze/memory/synthetic.h"
#include "tests/unit/corefile.h"

#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PAGE 0x1000
#define READERS 4

static uint8_t pattern[8 * PAGE];

static int
make_pattern(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(pattern); i++)
        pattern[i] = (uint8_t)(i * 7 + i / 256 + 1);
    return 0;
}

static struct cpt_core *
open_bytes(const void *bytes, size_t size)
{
    struct cpt_core *core = NULL;
    struct cpt_error error = {0};

    if (cpt_core_open(&core, corefile_path(bytes, size), &error) != CPT_OK)
        fail_msg("%s", error.what);
    return core;
}

static struct cpt_core *
open_built(struct corefile *file)
{
    corefile_build(file);
    return open_bytes(file->file.data, file->file.size);
}

/* Two segments that are neighbours in memory and in the file, one that is a neighbour in memory alone, one by itself,
   and one that was left out. */
static void
fill(struct corefile *file)
{
    corefile_load(file, 0x10000, PAGE, pattern, PAGE, PF_R | PF_W);
    corefile_load(file, 0x11000, PAGE, pattern + PAGE, PAGE, PF_R);
    corefile_load(file, 0x20000, PAGE, pattern + 2 * PAGE, PAGE, PF_R | PF_W);
    corefile_load(file, 0x12000, PAGE, pattern + 3 * PAGE, PAGE, PF_R | PF_W);
    corefile_load(file, 0x30000, 3 * PAGE, pattern + 4 * PAGE, PAGE, PF_R | PF_W);
    corefile_load(file, 0x40000, PAGE, NULL, 0, PF_R | PF_X);
}

static void
expect_piece(struct cpt_memory *memory, uint64_t address, uint64_t size, const uint8_t *bytes)
{
    uint64_t there = 0;
    const uint8_t *piece = cpt_memory_piece(memory, address, &there);

    assert_non_null(piece);
    assert_int_equal(there, size);
    assert_memory_equal(piece, bytes, size);
}

static void
expect_no_piece(struct cpt_memory *memory, uint64_t address)
{
    uint64_t there;

    assert_null(cpt_memory_piece(memory, address, &there));
}

static void
pieces_are_what_was_dumped(void **state)
{
    struct corefile file = {0};
    struct cpt_core *core;
    struct cpt_memory *memory;

    (void)state;
    fill(&file);
    core = open_built(&file);
    memory = cpt_core_memory(core);
    expect_piece(memory, 0x10000, 2 * PAGE, pattern);
    expect_piece(memory, 0x11ff0, 16, pattern + 2 * PAGE - 16);
    expect_piece(memory, 0x12000, PAGE, pattern + 3 * PAGE);
    expect_piece(memory, 0x20008, PAGE - 8, pattern + 2 * PAGE + 8);
    expect_piece(memory, 0x30000, PAGE, pattern + 4 * PAGE);
    expect_no_piece(memory, 0xffff);
    expect_no_piece(memory, 0x13000);
    expect_no_piece(memory, 0x31000);
    expect_no_piece(memory, 0x40000);
    expect_no_piece(memory, UINT64_MAX);
    cpt_core_close(core);
    corefile_free(&file);
}

/* Bytes that a file adds are read, and viewed, but they are no pieces. */
static void
pieces_leave_files_out(void **state)
{
    struct corefile file = {0};
    struct cpt_core *core;
    uint8_t byte;

    (void)state;
    fill(&file);
    core = open_built(&file);
    assert_int_equal(cpt_core_add_file(core, 0x40000, PAGE, pattern + 5 * PAGE, NULL), CPT_OK);
    assert_int_equal(cpt_memory_read(cpt_core_memory(core), 0x40000, &byte, 1, NULL), CPT_OK);
    assert_int_equal(byte, pattern[5 * PAGE]);
    expect_no_piece(cpt_core_memory(core), 0x40000);
    expect_piece(cpt_core_memory(core), 0x12000, PAGE, pattern + 3 * PAGE);
    cpt_core_close(core);
    corefile_free(&file);
}

static void
a_core_of_nothing_has_no_pieces(void **state)
{
    struct corefile file = {0};
    struct cpt_core *core;

    (void)state;
    corefile_load(&file, 0x40000, PAGE, NULL, 0, PF_R | PF_X);
    core = open_built(&file);
    expect_no_piece(cpt_core_memory(core), 0x40000);
    assert_int_equal(cpt_core_memory(core)->run_count, 0);
    cpt_core_close(core);
    corefile_free(&file);
}

static void
synthetic_memory_has_pieces_too(void **state)
{
    const struct cpt_synthetic_region regions[] = {
        {.address = 0x2000, .bytes = pattern, .size = PAGE},
        {.address = 0x3000, .size = PAGE, .unreadable = true},
    };
    struct cpt_memory *memory = NULL;

    (void)state;
    assert_int_equal(cpt_synthetic_open(&memory, regions, 2, true, NULL), CPT_OK);
    expect_piece(memory, 0x2010, PAGE - 0x10, pattern + 0x10);
    expect_no_piece(memory, 0x3000);
    cpt_memory_forget(memory);
    cpt_synthetic_close(memory);
    assert_int_equal(cpt_synthetic_open(&memory, regions, 2, false, NULL), CPT_OK);
    expect_no_piece(memory, 0x2010);
    cpt_synthetic_close(memory);
}

static void
expect_runs(struct cpt_core *core, const struct cpt_run *runs, size_t count)
{
    const struct cpt_memory *memory = cpt_core_memory(core);

    assert_int_equal(memory->run_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(memory->runs[i].start, runs[i].start);
        assert_int_equal(memory->runs[i].end, runs[i].end);
    }
}

static void
runs_are_what_the_file_has(void **state)
{
    static const struct cpt_run runs[] = {{0x10000, 0x13000}, {0x20000, 0x21000}, {0x30000, 0x31000}};
    struct corefile file = {0};
    struct cpt_core *core;

    (void)state;
    fill(&file);
    core = open_built(&file);
    expect_runs(core, runs, 3);
    cpt_core_close(core);
    corefile_free(&file);
}

/* What a cut took is no run; where two segments overlap, it counts once. */
static void
runs_of_a_cut_core_end_with_it(void **state)
{
    static const struct cpt_run runs[] = {{0x10000, 0x12800}};
    struct corefile file = {0};
    struct cpt_core *core;

    (void)state;
    corefile_load(&file, 0x10000, 2 * PAGE, pattern, 2 * PAGE, PF_R | PF_W);
    corefile_load(&file, 0x11000, 3 * PAGE, pattern + PAGE, 3 * PAGE, PF_R | PF_W);
    corefile_load(&file, 0x20000, PAGE, pattern, PAGE, PF_R | PF_W);
    corefile_build(&file);
    core = open_bytes(file.file.data, file.file.size - PAGE - PAGE - 0x800);
    expect_runs(core, runs, 1);
    expect_no_piece(cpt_core_memory(core), 0x12800);
    cpt_core_close(core);
    corefile_free(&file);
}

/* Bytes of the mapping that begins at BYTES' page, or before, that are in memory (Rss of /proc/self/smaps). */
static long
resident(const void *bytes)
{
    FILE *smaps = fopen("/proc/self/smaps", "r");
    uintptr_t start, end, address = (uintptr_t)bytes;
    char line[512];
    bool inside = false;
    long kilobytes = -1;

    assert_non_null(smaps);
    while (kilobytes < 0 && fgets(line, sizeof(line), smaps)) {
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &start, &end) == 2)
            inside = start <= address && address < end;
        else if (inside)
            (void)sscanf(line, "Rss: %ld kB", &kilobytes);
    }
    fclose(smaps);
    return kilobytes * 1024;
}

#define LARGE (8u << 20)

/* A core with LARGE bytes of pattern, in a file of its own. */
static struct cpt_core *
open_large(struct corefile *file)
{
    static uint8_t *bytes;

    if (!bytes)
        bytes = malloc(LARGE);
    assert_non_null(bytes);
    for (size_t i = 0; i < LARGE; i += sizeof(pattern))
        memcpy(bytes + i, pattern, sizeof(pattern));
    corefile_load(file, 0x100000, LARGE, bytes, LARGE, PF_R | PF_W);
    return open_built(file);
}

static uint64_t
sum_of(const uint8_t *bytes, size_t size)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < size; i++)
        sum += bytes[i];
    return sum;
}

static void
what_is_forgotten_leaves_memory_and_stays_readable(void **state)
{
    struct corefile file = {0};
    struct cpt_core *core = open_large(&file);
    struct cpt_memory *memory = cpt_core_memory(core);
    uint64_t size = 0, sum;
    const uint8_t *bytes = cpt_memory_piece(memory, 0x100000, &size);

    (void)state;
    assert_int_equal(size, LARGE);
    sum = sum_of(bytes, size);
    assert_true(resident(bytes) >= (long)LARGE);
    cpt_memory_forget(memory);
    assert_int_equal(resident(bytes), 0);
    assert_int_equal(sum_of(bytes, size), sum);
    assert_memory_equal(bytes, pattern, sizeof(pattern));
    cpt_core_close(core);
    corefile_free(&file);
}

struct reader {
    pthread_t thread;
    struct cpt_memory *memory;
    pthread_barrier_t *together;
    bool forgets;
    uint64_t sum;
};

/* All of the core by pieces that begin at each page. */
static void *
walk(void *arg)
{
    struct reader *reader = arg;

    pthread_barrier_wait(reader->together);
    for (uint64_t address = 0x100000; address < 0x100000 + LARGE; address += PAGE) {
        uint64_t size = 0;
        const uint8_t *bytes = cpt_memory_piece(reader->memory, address, &size);

        if (!bytes || size != 0x100000 + LARGE - address)
            return NULL;
        reader->sum += sum_of(bytes, PAGE);
        if (reader->forgets && address % (1u << 20) == 0)
            cpt_memory_forget(reader->memory);
    }
    return NULL;
}

static uint64_t
walk_by_all(struct cpt_memory *memory, bool forgetting, uint64_t sums[READERS])
{
    struct reader readers[READERS] = {{0}};
    pthread_barrier_t together;
    uint64_t sum = 0;

    pthread_barrier_init(&together, NULL, READERS);
    for (int i = 0; i < READERS; i++) {
        readers[i].memory = memory;
        readers[i].together = &together;
        readers[i].forgets = forgetting;
        assert_int_equal(pthread_create(&readers[i].thread, NULL, walk, &readers[i]), 0);
    }
    for (int i = 0; i < READERS; i++) {
        pthread_join(readers[i].thread, NULL);
        sums[i] = readers[i].sum;
        sum += sums[i];
    }
    pthread_barrier_destroy(&together);
    return sum;
}

static void
threads_read_and_forget_at_once(void **state)
{
    struct corefile file = {0};
    struct cpt_core *core = open_large(&file);
    uint64_t sums[READERS], expected = sum_of(pattern, sizeof(pattern)) * (LARGE / sizeof(pattern));

    (void)state;
    for (int round = 0; round < 8; round++)
        assert_int_equal(walk_by_all(cpt_core_memory(core), round % 2, sums), READERS * expected);
    assert_null(cpt_core_changed(core));
    cpt_core_close(core);
    corefile_free(&file);
}

/* All threads run into the pages that are gone at the same moment, again and again. */
static void
threads_read_a_core_that_is_cut(void **state)
{
    struct corefile file = {0};
    struct cpt_core *core = open_large(&file);
    uint64_t sums[READERS];
    const char *path;

    (void)state;
    path = corefile_path(file.file.data, file.file.size);
    assert_int_equal(truncate(path, PAGE), 0);
    walk_by_all(cpt_core_memory(core), false, sums);
    for (int i = 1; i < READERS; i++)
        assert_int_equal(sums[i], sums[0]);
    assert_in_range(sums[0], 1, 255 * PAGE); /* the rest of the first page, and zeros */
    assert_string_equal(cpt_core_changed(core), "it was cut while it was read");
    cpt_core_close(core);
    corefile_free(&file);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_what_was_dumped),
        cmocka_unit_test(pieces_leave_files_out),
        cmocka_unit_test(a_core_of_nothing_has_no_pieces),
        cmocka_unit_test(synthetic_memory_has_pieces_too),
        cmocka_unit_test(runs_are_what_the_file_has),
        cmocka_unit_test(runs_of_a_cut_core_end_with_it),
        cmocka_unit_test(what_is_forgotten_leaves_memory_and_stays_readable),
        cmocka_unit_test(threads_read_and_forget_at_once),
        cmocka_unit_test(threads_read_a_core_that_is_cut),
    };

    return cmocka_run_group_tests_name("core pieces", tests, make_pattern, NULL);
}

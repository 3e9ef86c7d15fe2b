/* The memory interface over synthetic regions, the page cache and the parser of /proc/PID/maps. */
#include "coreanalyze/base/vec.h"
#include "coreanalyze/memory/cache.h"
#include "coreanalyze/memory/maps.h"
#include "coreanalyze/memory/pieces.h"
#include "coreanalyze/memory/registers.h"
#include "coreanalyze/memory/synthetic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct cpt_memory *
open_regions(const struct cpt_synthetic_region *regions, size_t count, bool views)
{
    struct cpt_memory *memory = NULL;

    assert_int_equal(cpt_synthetic_open(&memory, regions, count, views, NULL), CPT_OK);
    return memory;
}

static const struct cpt_synthetic_region neighbours[] = {
    {.address = 0x2000, .bytes = "world", .size = 6},
    {.address = 0x1ffa, .bytes = "hello ", .size = 6, .path = "/x", .offset = 0x40},
    {.address = 0x3000, .size = 0x1000, .unreadable = true},
};

static void
reads_are_exact(void **state)
{
    struct cpt_memory *memory = open_regions(neighbours, 3, true);
    struct cpt_error error = {0};
    char text[64];

    (void)state;
    assert_int_equal(cpt_memory_read(memory, 0x1ffa, text, 12, &error), CPT_OK);
    assert_string_equal(text, "hello world");
    assert_int_equal(cpt_memory_read(memory, 0x1ffa, text, 13, &error), CPT_FAULT);
    assert_int_equal(error.address, 0x2006);
    assert_int_equal(cpt_memory_read(memory, 0x10, text, 0, &error), CPT_OK);
    assert_int_equal(cpt_memory_read_some(memory, 0x2003, text, 64), 3);
    assert_int_equal(cpt_memory_read_some(memory, 0x1ff9, text, 64), 0);
    assert_int_equal(cpt_memory_read_some(memory, 0x3000, text, 64), 0);
    cpt_synthetic_close(memory);
}

static void
views_stay_in_one_region(void **state)
{
    struct cpt_memory *memory = open_regions(neighbours, 3, true);
    struct cpt_memory *copied = open_regions(neighbours, 3, false);

    (void)state;
    assert_memory_equal(cpt_memory_view(memory, 0x2000, 6), "world", 6);
    assert_null(cpt_memory_view(memory, 0x2000, 7));
    assert_null(cpt_memory_view(memory, 0x1ffa, 7));
    assert_null(cpt_memory_view(memory, 0x3000, 1));
    assert_null(cpt_memory_view(memory, 0x2000, 0));
    assert_null(cpt_memory_view(copied, 0x2000, 6));
    memcpy(cpt_synthetic_bytes(copied, 0x2001, 1), "0", 1);
    cpt_synthetic_close(memory);
    cpt_synthetic_close(copied);
}

static void
the_last_address_is_no_trap(void **state)
{
    static const struct cpt_synthetic_region top[] = {
        {.address = UINT64_MAX - 8, .bytes = "abcdefgh", .size = 8},
    };
    struct cpt_memory *memory = open_regions(top, 1, true);
    struct cpt_error error = {0};
    uint64_t word;
    char text[64];

    (void)state;
    assert_int_equal(cpt_memory_read_u64(memory, UINT64_MAX - 8, &word, &error), CPT_OK);
    assert_int_equal(word, UINT64_C(0x6867666564636261));
    assert_int_equal(cpt_memory_read_u64(memory, UINT64_MAX - 7, &word, &error), CPT_FAULT);
    assert_int_equal(cpt_memory_read_some(memory, UINT64_MAX - 3, text, SIZE_MAX), 3);
    assert_null(cpt_memory_view(memory, UINT64_MAX - 3, SIZE_MAX));
    assert_int_equal(cpt_memory_read_string(memory, UINT64_MAX - 8, text, sizeof(text), &error),
                     CPT_FAULT);
    assert_string_equal(text, "abcdefgh");
    cpt_synthetic_close(memory);
}

static void
strings_end_before_holes(void **state)
{
    static const char long_text[6000] = {[0 ... 5998] = 'x'};
    const struct cpt_synthetic_region regions[] = {
        {.address = 0x1ffc, .bytes = "end", .size = 4},
        {.address = 0x5ffd, .bytes = "end", .size = 3},
        {.address = 0x8800, .bytes = long_text, .size = 6000},
    };
    struct cpt_memory *memory = open_regions(regions, 3, false);
    struct cpt_error error = {0};
    static char text[8192];

    (void)state;
    assert_int_equal(cpt_memory_read_string(memory, 0x1ffc, text, 64, &error), CPT_OK);
    assert_string_equal(text, "end");
    assert_int_equal(cpt_memory_read_string(memory, 0x5ffd, text, 64, &error), CPT_FAULT);
    assert_int_equal(error.address, 0x6000);
    assert_string_equal(text, "end");
    assert_int_equal(cpt_memory_read_string(memory, 0x1ffc, text, 4, &error), CPT_LIMIT);
    assert_string_equal(text, "end");
    assert_int_equal(cpt_memory_read_string(memory, 0x8800, text, sizeof(text), &error), CPT_OK);
    assert_string_equal(text, long_text);
    assert_int_equal(cpt_memory_read_string(memory, 0, text, 64, &error), CPT_FAULT);
    assert_int_equal(cpt_memory_read_string(memory, 0x1ffc, text, 0, &error), CPT_LIMIT);
    cpt_synthetic_close(memory);
}

static void
mappings_are_found(void **state)
{
    struct cpt_memory *memory = open_regions(neighbours, 3, true);

    (void)state;
    assert_null(cpt_memory_mapping(memory, 0x1ff9));
    assert_string_equal(cpt_memory_mapping(memory, 0x1ffa)->path, "/x");
    assert_int_equal(cpt_memory_mapping(memory, 0x2005)->start, 0x2000);
    assert_null(cpt_memory_mapping(memory, 0x2006));
    assert_false(cpt_memory_mapping(memory, 0x3fff)->readable);
    assert_null(cpt_memory_mapping(memory, UINT64_MAX));
    cpt_synthetic_close(memory);
    memory = open_regions(NULL, 0, true);
    assert_null(cpt_memory_mapping(memory, 0));
    cpt_synthetic_close(memory);
}

static void
bad_regions_are_refused(void **state)
{
    const struct cpt_synthetic_region overlap[] = {{.address = 0, .size = 2},
                                                   {.address = 1, .size = 1}};
    const struct cpt_synthetic_region wrap[] = {{.address = UINT64_MAX - 1, .size = 4}};
    struct cpt_memory *memory;

    (void)state;
    assert_int_equal(cpt_synthetic_open(&memory, overlap, 2, true, NULL), CPT_CORRUPT);
    assert_int_equal(cpt_synthetic_open(&memory, wrap, 1, true, NULL), CPT_CORRUPT);
}

/* ---- the page cache ---- */

struct source {
    unsigned calls;
    uint8_t version;
};

/* Pages with an odd number are unreadable; the others hold their number. */
static size_t
fill_page(void *arg, uint64_t address, void *buffer, size_t size)
{
    struct source *source = arg;

    source->calls++;
    memset(buffer, (int)(address / CPT_CACHE_PAGE) + source->version, size);
    return address / CPT_CACHE_PAGE % 2 ? 0 : size;
}

static void
pages_are_read_once(void **state)
{
    struct cpt_cache cache = {0};
    struct source source = {0};
    uint8_t bytes[64];

    (void)state;
    assert_true(cpt_cache_init(&cache));
    for (int i = 0; i < 5; i++) {
        assert_int_equal(cpt_cache_read(&cache, 0x2ff0, bytes, 64, fill_page, &source), 16);
        assert_int_equal(bytes[15], 2);
        assert_int_equal(cpt_cache_read(&cache, 0x4000, bytes, 64, fill_page, &source), 64);
        assert_int_equal(cpt_cache_read(&cache, 0x5000, bytes, 64, fill_page, &source), 0);
    }
    assert_int_equal(source.calls, 4);
    source.version = 1;
    cpt_cache_clear(&cache);
    assert_int_equal(cpt_cache_read(&cache, 0x4000, bytes, 64, fill_page, &source), 64);
    assert_int_equal(bytes[0], 5);
    cpt_cache_free(&cache);
}

static void
a_full_cache_starts_again(void **state)
{
    struct cpt_cache cache = {0};
    struct source source = {0};
    uint8_t byte;

    (void)state;
    assert_true(cpt_cache_init(&cache));
    for (uint64_t page = 0; page < 20000; page++) {
        size_t got = cpt_cache_read(&cache, page * CPT_CACHE_PAGE + 7, &byte, 1, fill_page,
                                    &source);

        assert_int_equal(got, page % 2 ? 0 : 1);
        if (got)
            assert_int_equal(byte, page & 0xff);
    }
    assert_int_equal(source.calls, 20000);
    cache.generation = UINT32_MAX; /* wraps around without old pages coming back */
    cpt_cache_clear(&cache);
    assert_int_equal(cpt_cache_read(&cache, 0, &byte, 1, fill_page, &source), 1);
    assert_int_equal(source.calls, 20001);
    cpt_cache_free(&cache);
}

/* ---- /proc/PID/maps ---- */

static char maps_text[] =
    "55d0c0a00000-55d0c0a02000 r--p 00000000 fe:00 247026                     /usr/bin/py thon\n"
    "55d0c0a02000-55d0c0a07000 r-xp 00002000 fe:00 247026                     /a\\012b (deleted)\n"
    "rubbish\n"
    "55d0c0a08000-55d0c0a07000 r-xp 00002000 fe:00 1 /backwards\n"
    "55d0c0a01000-55d0c0a07000 r-xp 00002000 fe:00 1 /again\n"
    "10000000000000000-20000000000000000 r-xp 00002000 fe:00 1 /too-far\n"
    "7fcd3a250000-7fcd3a272000 rw-s 00000000 00:00 0 \n"
    "7fcd3a272000-7fcd3a273000 ---p 00000000 00:00 0\n"
    "7ffe3a272000-7ffe3a273000 rw-p 00000000 00:00 0                          [stack]\n"
    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n"
    "unfinished";

static void
maps_are_parsed(void **state)
{
    struct cpt_mapping_list list = {0};
    const struct cpt_mapping *m;

    (void)state;
    assert_int_equal(cpt_maps_parse(&list, maps_text, sizeof(maps_text) - 1, NULL), CPT_OK);
    assert_int_equal(list.count, 6);
    m = list.items;
    assert_string_equal(m[0].path, "/usr/bin/py thon");
    assert_int_equal(m[0].start, UINT64_C(0x55d0c0a00000));
    assert_int_equal(m[0].inode, 247026);
    assert_true(m[0].readable && !m[0].writable && !m[0].executable && !m[0].deleted);
    assert_string_equal(m[1].path, "/a\nb");
    assert_int_equal(m[1].offset, 0x2000);
    assert_true(m[1].deleted && m[1].executable);
    assert_null(m[2].path);
    assert_true(m[2].writable);
    assert_null(m[3].path);
    assert_false(m[3].readable);
    assert_string_equal(m[4].path, "[stack]");
    assert_int_equal(m[5].end, UINT64_C(0xffffffffff601000));
    cpt_vec_free(&list);
}

/* ---- pieces and registers ---- */

static void
neighbouring_pieces_become_one(void **state)
{
    static const uint8_t bytes[64];
    struct cpt_pieces pieces = {0};
    uint64_t size;

    (void)state;
    assert_true(cpt_pieces_add(&pieces, 16, 32, 16, bytes + 16));
    assert_true(cpt_pieces_add(&pieces, 0, 16, 16, bytes));
    assert_true(cpt_pieces_add(&pieces, 32, 48, 8, bytes + 32)); /* cut: claims 16, has 8 */
    assert_true(cpt_pieces_add(&pieces, 48, 56, 8, bytes + 48));
    assert_true(cpt_pieces_add(&pieces, 50, 70, 20, bytes)); /* overlaps: the rest of it stays */
    cpt_pieces_settle(&pieces);
    assert_int_equal(pieces.count, 3);
    assert_ptr_equal(cpt_pieces_bytes(&pieces, 3, &size), bytes + 3);
    assert_int_equal(size, 37);
    assert_null(cpt_pieces_bytes(&pieces, 40, &size));
    assert_non_null(cpt_pieces_find(&pieces, 47));
    assert_ptr_equal(cpt_pieces_bytes(&pieces, 60, &size), bytes + 10);
    assert_int_equal(size, 10);
    assert_null(cpt_pieces_find(&pieces, 70));
    cpt_pieces_free(&pieces);
}

static void
waiting_calls_are_told(void **state)
{
    uint64_t registers[27] = {[10] = (uint64_t)-512, [14] = 77, [15] = 202};
    struct cpt_task task = {0};

    (void)state;
    cpt_task_set_registers(&task, registers, sizeof(registers));
    assert_true(task.has_registers && task.in_syscall);
    assert_int_equal(task.syscall, 202);
    assert_int_equal(task.syscall_argument, 77);
    registers[10] = 0;
    task = (struct cpt_task){0};
    cpt_task_set_registers(&task, registers, sizeof(registers));
    assert_false(task.in_syscall);
    assert_int_equal(task.syscall, 202);
    registers[10] = (uint64_t)-512;
    registers[15] = UINT64_MAX;
    task = (struct cpt_task){0};
    cpt_task_set_registers(&task, registers, sizeof(registers));
    assert_false(task.in_syscall);
    task = (struct cpt_task){0};
    cpt_task_set_registers(&task, registers, sizeof(registers) - 1);
    assert_false(task.has_registers);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_are_exact),
        cmocka_unit_test(views_stay_in_one_region),
        cmocka_unit_test(the_last_address_is_no_trap),
        cmocka_unit_test(strings_end_before_holes),
        cmocka_unit_test(mappings_are_found),
        cmocka_unit_test(bad_regions_are_refused),
        cmocka_unit_test(pages_are_read_once),
        cmocka_unit_test(a_full_cache_starts_again),
        cmocka_unit_test(maps_are_parsed),
        cmocka_unit_test(neighbouring_pieces_become_one),
        cmocka_unit_test(waiting_calls_are_told),
    };

    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}

#include "coreanalyze/base/arena.h"
#include "coreanalyze/base/buffer.h"
#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/hash.h"
#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/log.h"
#include "coreanalyze/base/text.h"
#include "coreanalyze/base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Arena */

static void
test_arena_pieces(void **state)
{
    static const size_t sizes[] = {0, 1, 7, 16, 17, 4096, 16384, 100000, 3 << 20};
    struct cpt_arena arena = {0};
    unsigned char *pieces[64];

    (void)state;
    for (size_t i = 0; i < 64; i++) {
        size_t size = sizes[i % 9];

        pieces[i] = cpt_arena_alloc(&arena, size);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        for (size_t j = 0; j < size; j++)
            assert_int_equal(pieces[i][j], 0);
        memset(pieces[i], (int)i + 1, size);
    }
    for (size_t i = 0; i < 64; i++) {
        for (size_t j = 0; j < sizes[i % 9]; j += 997)
            assert_int_equal(pieces[i][j], i + 1);
    }
    cpt_arena_free(&arena);
    assert_non_null(cpt_arena_alloc(&arena, 10));
    cpt_arena_free(&arena);
    cpt_arena_free(&arena);
}

static void
test_arena_overflow(void **state)
{
    struct cpt_arena arena = {0};

    (void)state;
    assert_null(cpt_arena_array(&arena, SIZE_MAX / 2, 3));
    assert_null(cpt_arena_alloc(&arena, SIZE_MAX));
    assert_null(cpt_arena_text(&arena, "", SIZE_MAX));
    assert_non_null(cpt_arena_array(&arena, 0, 8));
    cpt_arena_free(&arena);
}

static void
test_arena_text(void **state)
{
    struct cpt_arena arena = {0};
    char *copy;

    (void)state;
    copy = cpt_arena_text(&arena, "a\0bc", 3);
    assert_memory_equal(copy, "a\0b", 4);
    assert_string_equal(cpt_arena_text(&arena, NULL, 0), "");
    cpt_arena_free(&arena);
}

/* Buffer */

static void
test_buffer_adds(void **state)
{
    struct cpt_buffer buffer = {0};

    (void)state;
    cpt_buffer_add(&buffer, "", 0);
    assert_null(buffer.data);
    cpt_buffer_add_text(&buffer, "abc");
    cpt_buffer_add_char(&buffer, '-');
    cpt_buffer_printf(&buffer, "%d:%s", 42, "x");
    cpt_buffer_printf(&buffer, "%s", "");
    assert_string_equal(buffer.data, "abc-42:x");
    assert_int_equal(buffer.size, 8);
    cpt_buffer_clear(&buffer);
    assert_string_equal(buffer.data, "");
    cpt_buffer_free(&buffer);
    assert_null(buffer.data);
}

/* Across every growth, with all ways of adding. */
static void
test_buffer_grows(void **state)
{
    struct cpt_buffer buffer = {0};

    (void)state;
    for (int i = 0; i < 100000; i++) {
        cpt_buffer_printf(&buffer, "%05d", i);
        cpt_buffer_add_char(&buffer, ' ');
        if (buffer.data[buffer.size])
            fail();
    }
    assert_int_equal(buffer.size, 600000);
    assert_memory_equal(buffer.data + 6 * 54321, "54321 ", 6);
    cpt_buffer_free(&buffer);
}

static void
test_buffer_failure(void **state)
{
    struct cpt_buffer buffer = {0};

    (void)state;
    cpt_buffer_add_text(&buffer, "kept");
    cpt_buffer_add(&buffer, "x", SIZE_MAX - 2);
    assert_true(buffer.failed);
    cpt_buffer_add_text(&buffer, "more");
    assert_string_equal(buffer.data, "kept");
    cpt_buffer_clear(&buffer);
    assert_false(buffer.failed);
    cpt_buffer_free(&buffer);
}

static void
test_buffer_codepoints(void **state)
{
    static const struct {
        uint32_t codepoint;
        const char *utf8;
    } cases[] = {
        {'a', "a"},
        {0x7f, "\x7f"},
        {0x80, "\xc2\x80"},
        {0x7ff, "\xdf\xbf"},
        {0x800, "\xe0\xa0\x80"},
        {0xd7ff, "\xed\x9f\xbf"},
        {0xd800, "\\ud800"},
        {0xdfff, "\\udfff"},
        {0xe000, "\xee\x80\x80"},
        {0xffff, "\xef\xbf\xbf"},
        {0x10000, "\xf0\x90\x80\x80"},
        {0x10ffff, "\xf4\x8f\xbf\xbf"},
        {0x110000, "\\U00110000"},
        {UINT32_MAX, "\\Uffffffff"},
    };
    struct cpt_buffer buffer = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cpt_buffer_clear(&buffer);
        cpt_buffer_add_codepoint(&buffer, cases[i].codepoint);
        assert_string_equal(buffer.data, cases[i].utf8);
    }
    cpt_buffer_clear(&buffer);
    cpt_buffer_add_codepoint(&buffer, 0);
    assert_int_equal(buffer.size, 1);
    cpt_buffer_free(&buffer);
}

/* Hash */

static void
test_hash(void **state)
{
    struct cpt_hash hash = {0};
    char *values = test_malloc(50000);

    (void)state;
    assert_null(cpt_hash_get(&hash, 0));
    for (size_t i = 0; i < 50000; i++)
        assert_true(cpt_hash_set(&hash, i * 64, &values[i]));
    assert_int_equal(hash.count, 50000);
    for (size_t i = 0; i < 50000; i++)
        assert_ptr_equal(cpt_hash_get(&hash, i * 64), &values[i]);
    assert_null(cpt_hash_get(&hash, 1));
    assert_null(cpt_hash_get(&hash, UINT64_MAX));
    assert_true(cpt_hash_set(&hash, 64, values));
    assert_true(cpt_hash_set(&hash, UINT64_MAX, values));
    assert_int_equal(hash.count, 50001);
    assert_ptr_equal(cpt_hash_get(&hash, 64), values);
    assert_ptr_equal(cpt_hash_get(&hash, UINT64_MAX), values);
    cpt_hash_free(&hash);
    assert_null(cpt_hash_get(&hash, 64));
    test_free(values);
}

/* Holes */

static void
test_holes(void **state)
{
    struct cpt_holes holes = {0};
    struct cpt_error error;

    (void)state;
    cpt_holes_add(&holes, "corrupt", 0x10, "frame %d of %s", 3, "t");
    (void)cpt_error_fault(&error, 0xabc);
    cpt_holes_add_error(&holes, &error, "thread %d", 7);
    cpt_holes_note(&holes, "file-differs", "%s", "lib");
    assert_int_equal(holes.count, 3);
    assert_int_equal(holes.notes, 1);
    assert_string_equal(holes.items[0].code, "corrupt");
    assert_string_equal(holes.items[0].message, "frame 3 of t");
    assert_int_equal(holes.items[0].address, 0x10);
    assert_string_equal(holes.items[1].code, "unreadable");
    assert_string_equal(holes.items[1].message, "thread 7: memory at 0xabc cannot be read");
    assert_int_equal(holes.items[1].address, 0xabc);
    cpt_holes_free(&holes);
    assert_int_equal(holes.count + holes.notes + holes.left_out, 0);
}

static void
test_holes_bounded(void **state)
{
    struct cpt_holes holes = {0};
    char wide[2000];

    (void)state;
    memset(wide, 'w', sizeof(wide) - 1);
    wide[sizeof(wide) - 1] = '\0';
    for (int i = 0; i < CPT_MAX_WARNINGS + 5; i++)
        cpt_holes_add(&holes, "corrupt", 0, "%s", wide);
    cpt_holes_note(&holes, "note", "late");
    assert_int_equal(holes.count, CPT_MAX_WARNINGS);
    assert_int_equal(holes.left_out, 5);
    assert_int_equal(holes.notes, 0);
    assert_int_equal(holes.notes_left_out, 1);
    assert_true(strlen(holes.items[0].message) < sizeof(wide) - 1);
    cpt_holes_free(&holes);
}

/* Errors, log, the small helpers */

static void
test_error(void **state)
{
    struct cpt_error error;

    (void)state;
    assert_int_equal(cpt_error_set(&error, CPT_IO, "cannot open %s", "x"), CPT_IO);
    assert_string_equal(error.what, "cannot open x");
    assert_string_equal(error.hint, "");
    assert_int_equal(cpt_error_hint(&error, "try %d", 1), CPT_IO);
    assert_string_equal(error.hint, "try 1");
    assert_int_equal(cpt_error_set(NULL, CPT_LIMIT, "nobody listens"), CPT_LIMIT);
    assert_int_equal(cpt_error_hint(NULL, "nobody listens"), CPT_OK);
    assert_int_equal(cpt_error_fault(NULL, 1), CPT_FAULT);
    for (int status = CPT_OK; status <= CPT_IO; status++)
        assert_string_not_equal(cpt_status_code((cpt_status)status), "unknown");
}

static void
keep_line(void *arg, const char *line)
{
    snprintf(arg, 100, "%s", line);
}

static void
test_log(void **state)
{
    char last[100] = "";
    struct cpt_log log = {.level = CPT_LOG_VERBOSE, .write = keep_line, .arg = last};

    (void)state;
    cpt_log_printf(&log, CPT_LOG_DEBUG, "unheard");
    assert_string_equal(last, "");
    cpt_log_printf(&log, CPT_LOG_VERBOSE, "heard %d", 2);
    assert_string_equal(last, "heard 2");
    cpt_log_printf(NULL, CPT_LOG_NOTICE, "nobody listens");
}

static void
test_vec(void **state)
{
    CPT_VEC(int) numbers = {0};

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int *item = cpt_vec_add(&numbers);

        assert_non_null(item);
        *item = i;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers.items[i], i);
    cpt_vec_free(&numbers);
    assert_int_equal(numbers.capacity, 0);
}

static void
test_bytes(void **state)
{
    static const uint8_t bytes[] = {0xff, 1, 2, 3, 4, 5, 6, 7, 8};
    uint64_t sum;

    (void)state;
    assert_int_equal(cpt_load_u16(bytes + 1), 0x201);
    assert_int_equal(cpt_load_u32(bytes + 1), 0x4030201);
    assert_int_equal(cpt_load_u64(bytes + 1), 0x807060504030201);
    assert_true(cpt_add_u64(UINT64_MAX - 1, 1, &sum));
    assert_false(cpt_add_u64(UINT64_MAX, 1, &sum));
    assert_int_equal(cpt_align_down(0x1fff, 0x1000), 0x1000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena_pieces),
        cmocka_unit_test(test_arena_overflow),
        cmocka_unit_test(test_arena_text),
        cmocka_unit_test(test_buffer_adds),
        cmocka_unit_test(test_buffer_grows),
        cmocka_unit_test(test_buffer_failure),
        cmocka_unit_test(test_buffer_codepoints),
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_holes),
        cmocka_unit_test(test_holes_bounded),
        cmocka_unit_test(test_error),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_vec),
        cmocka_unit_test(test_bytes),
    };

    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}

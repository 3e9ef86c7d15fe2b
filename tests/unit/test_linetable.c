/* Line tables of all formats. What is expected was written by hand from CPython's descriptions of
   them (Objects/lnotab_notes.txt, PEP 626, InternalDocs/code_objects.md) and agrees with
   PyCode_Addr2Line and PyCode_Addr2Location of 3.8 to 3.13 over the same bytes. */
#include "coreanalyze/decode/linetable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})
#define NO CPT_NO_POSITION
#define MAX_EXPECTED 16

struct expected {
    int64_t lasti;
    struct cpt_position position;
};

struct table_case {
    const char *name;
    int32_t first_line;
    const uint8_t *bytes;
    size_t size;
    struct expected
        expected[MAX_EXPECTED]; /* to the first one that is all zeros, but for the first */
};

#define LINE(lasti, line)                                                                          \
    {                                                                                              \
        lasti,                                                                                     \
        {                                                                                          \
            line, NO, NO, NO                                                                       \
        }                                                                                          \
    }
#define AT(lasti, line, end_line, column, end_column)                                              \
    {                                                                                              \
        lasti,                                                                                     \
        {                                                                                          \
            line, end_line, column, end_column                                                     \
        }                                                                                          \
    }
#define NOWHERE(lasti)                                                                             \
    {                                                                                              \
        lasti,                                                                                     \
        {                                                                                          \
            NO, NO, NO, NO                                                                         \
        }                                                                                          \
    }
#define BEYOND(lasti) NOWHERE(lasti) /* where CPython, which never asks, repeats the last entry */

/* CPython 3.8 */
static const struct table_case lnotabs[] = {
    {"the example of lnotab_notes.txt",
     0,
     BYTES(0, 1, 6, 1, 44, 5, 255, 0, 45, 127, 0, 73, 11, 1),
     {LINE(0, 1), LINE(5, 1), LINE(6, 2), LINE(49, 2), LINE(50, 7), LINE(304, 7), LINE(305, 7),
      LINE(349, 7), LINE(350, 207), LINE(360, 207), LINE(361, 208), LINE(100000, 208)}},
    {"the first line goes on until the first address is passed",
     40,
     BYTES(2, 1),
     {LINE(-1, 40), LINE(0, 40), LINE(1, 40), LINE(2, 41), LINE(3, 41)}},
    {"lines go back",
     100,
     BYTES(0, 5, 8, 0xf6, 4, 0x80, 4, 3),
     {LINE(0, 105), LINE(7, 105), LINE(8, 95), LINE(11, 95), LINE(12, -33), LINE(16, -30)}},
    {"a long jump back takes two pairs",
     300,
     BYTES(2, 0x80, 0, 0x9c),
     {LINE(0, 300), LINE(2, 72), LINE(4, 72)}},
    {"an address of 255 and more of it",
     1,
     BYTES(255, 0, 255, 0, 2, 9),
     {LINE(510, 1), LINE(511, 1), LINE(512, 10)}},
};

/* CPython 3.10 */
static const struct table_case deltas[] = {
    {"ranges",
     10,
     BYTES(6, 0, 4, 1, 2, 5),
     {LINE(0, 10), LINE(5, 10), LINE(6, 11), LINE(9, 11), LINE(10, 16), LINE(11, 16), NOWHERE(12),
      NOWHERE(100000)}},
    {"a range without a line leaves the next deltas alone",
     10,
     BYTES(4, 1, 4, 0x80, 4, 2),
     {LINE(0, 11), NOWHERE(4), NOWHERE(7), LINE(8, 13)}},
    {"empty ranges carry large deltas",
     1,
     BYTES(0, 127, 0, 127, 2, 46, 0, 0x81, 2, 0xfe),
     {LINE(0, 301), LINE(1, 301), LINE(2, 172)}},
    {"ranges of more than 254 bytes",
     7,
     BYTES(254, 3, 254, 0, 4, 0, 2, 1),
     {LINE(253, 10), LINE(254, 10), LINE(511, 10), LINE(512, 11), NOWHERE(514)}},
    {"begins without a line", 5, BYTES(2, 0x80, 2, 0), {NOWHERE(0), LINE(2, 5), LINE(-1, 5)}},
};

/* CPython 3.11 and later */
static const struct table_case locations[] = {
    {"the short forms",
     10,
     BYTES(0x80, 0x25, 0x8a, 0x70, 0xcf, 0x7f),
     {AT(0, 10, 10, 2, 7), AT(1, 10, 10, 2, 7), AT(2, 10, 10, 15, 15), AT(7, 10, 10, 15, 15),
      AT(8, 10, 10, 79, 94), AT(23, 10, 10, 79, 94), BEYOND(24)}},
    {"one line, none to two further down",
     10,
     BYTES(0xd0, 4, 9, 0xd8, 0, 127, 0xe0, 127, 0),
     {AT(0, 10, 10, 4, 9), AT(2, 11, 11, 0, 127), AT(4, 13, 13, 127, 0), BEYOND(6)}},
    {"no columns, down and up",
     100,
     BYTES(0xe8, 0x02, 0xe9, 0x03, 0xe8, 0x40, 0x03, 0xe8, 0x41, 0x03),
     {AT(0, 101, 101, NO, NO), AT(2, 100, 100, NO, NO), AT(5, 100, 100, NO, NO),
      AT(6, 196, 196, NO, NO), AT(8, 100, 100, NO, NO)}},
    {"the long form",
     10,
     BYTES(0xf0, 0x04, 0x03, 0x05, 0x48, 0x03, 0xf1, 0x05, 0x00, 0x00, 0x00),
     {AT(0, 12, 15, 4, 199), AT(2, 10, 10, NO, NO), AT(5, 10, 10, NO, NO), BEYOND(6)}},
    {"no location leaves the line alone",
     3,
     BYTES(0xf9, 0xd8, 1, 2, 0xf8, 0xd0, 5, 6),
     {NOWHERE(0), NOWHERE(3), AT(4, 4, 4, 1, 2), NOWHERE(6), AT(8, 4, 4, 5, 6)}},
    {"every length of one entry",
     1,
     BYTES(0xd8, 0, 1, 0xd9, 0, 1, 0xda, 0, 1, 0xdb, 0, 1, 0xdc, 0, 1, 0xdd, 0, 1, 0xde, 0, 1, 0xdf,
           0, 1),
     {AT(0, 2, 2, 0, 1), AT(5, 3, 3, 0, 1), AT(11, 4, 4, 0, 1), AT(19, 5, 5, 0, 1),
      AT(29, 6, 6, 0, 1), AT(41, 7, 7, 0, 1), AT(55, 8, 8, 0, 1), AT(71, 9, 9, 0, 1), BEYOND(72)}},
    {"a line below the first one and a large one",
     1000000,
     BYTES(0xe8, 0x4d, 0x49, 0x7a, 0x01, 0xf0, 0x54, 0x6b, 0x50, 0x3b, 0x01, 0x00, 0x00),
     {AT(0, 749850, 749850, NO, NO), AT(2, 8517252, 8517253, NO, NO), BEYOND(4)}},
};

/* Looks LASTI up in a copy of exactly SIZE bytes, so that a sanitizer sees a read beyond them. */
static struct cpt_position
find(enum cpt_linetable_format format, int32_t first_line, const uint8_t *bytes, size_t size,
     int64_t lasti)
{
    uint8_t *exact = malloc(size ? size : 1);
    struct cpt_linetable table = {format, size ? exact : NULL, size, first_line};
    struct cpt_position position;

    assert_non_null(exact);
    if (size)
        memcpy(exact, bytes, size);
    position = cpt_linetable_find(&table, lasti);
    free(exact);
    return position;
}

static bool
same(struct cpt_position a, struct cpt_position b)
{
    return a.line == b.line && a.end_line == b.end_line && a.column == b.column &&
           a.end_column == b.end_column;
}

static const struct cpt_position nowhere = {NO, NO, NO, NO};

/* A line below zero is none. */
static struct cpt_position
as_told(struct cpt_position position)
{
    return position.line < 0 ? nowhere : position;
}

static size_t
expected_count(const struct table_case *c)
{
    static const struct expected end;
    size_t count = 1;

    while (count < MAX_EXPECTED && memcmp(&c->expected[count], &end, sizeof(end)))
        count++;
    return count;
}

static void
check_cases(enum cpt_linetable_format format, const struct table_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t n = expected_count(&cases[i]); n-- > 0;) {
            const struct expected *e = &cases[i].expected[n];
            struct cpt_position got = find(format, cases[i].first_line, cases[i].bytes,
                                           cases[i].size, e->lasti);

            if (!same(got, as_told(e->position)))
                fail_msg("%s, at %d: %d-%d:%d-%d", cases[i].name, (int)e->lasti, got.line,
                         got.end_line, got.column, got.end_column);
        }
    }
}

static void
lnotabs_are_read(void **state)
{
    (void)state;
    check_cases(CPT_LINES_LNOTAB, lnotabs, COUNT(lnotabs));
}

static void
deltas_are_read(void **state)
{
    (void)state;
    check_cases(CPT_LINES_DELTAS, deltas, COUNT(deltas));
}

static void
locations_are_read(void **state)
{
    (void)state;
    check_cases(CPT_LINES_LOCATIONS, locations, COUNT(locations));
}

/* A table cut short gives the right position or none, never another one. */
static void
check_cuts(enum cpt_linetable_format format, const struct table_case *c)
{
    for (size_t size = 0; size < c->size; size++) {
        for (int64_t lasti = 0; lasti < 600; lasti++) {
            struct cpt_position whole = find(format, c->first_line, c->bytes, c->size, lasti);
            struct cpt_position cut = find(format, c->first_line, c->bytes, size, lasti);

            if (!same(cut, whole) && !same(cut, nowhere))
                fail_msg("%s, cut to %zu bytes, at %d: %d-%d:%d-%d", c->name, size, (int)lasti,
                         cut.line, cut.end_line, cut.column, cut.end_column);
        }
    }
}

static void
cut_tables_do_not_lie(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(deltas); i++)
        check_cuts(CPT_LINES_DELTAS, &deltas[i]);
    for (size_t i = 0; i < COUNT(locations); i++)
        check_cuts(CPT_LINES_LOCATIONS, &locations[i]);
}

/* The last line of an lnotab goes on without end, so that a cut one is right up to the cut. */
static void
cut_lnotabs_are_right_to_the_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lnotabs); i++) {
        const struct table_case *c = &lnotabs[i];

        for (size_t size = 0, end = 0; size < c->size;
             end += size % 2 ? 0 : c->bytes[size], size++) {
            for (int64_t lasti = 0; lasti < (int64_t)end; lasti++)
                assert_true(
                    same(find(CPT_LINES_LNOTAB, c->first_line, c->bytes, size & ~(size_t)1, lasti),
                         find(CPT_LINES_LNOTAB, c->first_line, c->bytes, c->size, lasti)));
        }
    }
}

static void
empty_tables(void **state)
{
    (void)state;
    for (int64_t lasti = -2; lasti < 4; lasti++) {
        struct cpt_position first = {7, NO, NO, NO};

        assert_true(same(find(CPT_LINES_LNOTAB, 7, NULL, 0, lasti), first));
        assert_true(same(find(CPT_LINES_DELTAS, 7, NULL, 0, lasti), lasti < 0 ? first : nowhere));
        assert_true(
            same(find(CPT_LINES_LOCATIONS, 7, NULL, 0, lasti), lasti < 0 ? first : nowhere));
    }
}

/* Every table of one repeated byte, at every length up to 64: an answer, and a sane one. */
static void
repeated_bytes(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        uint8_t bytes[64];

        memset(bytes, (int)byte, sizeof(bytes));
        for (size_t size = 0; size <= sizeof(bytes); size++) {
            for (int format = CPT_LINES_LNOTAB; format <= CPT_LINES_LOCATIONS; format++) {
                struct cpt_position p = find((enum cpt_linetable_format)format, 1, bytes, size,
                                             (int64_t)(byte % 9));

                assert_true(p.line >= NO && p.end_line >= NO && p.column >= NO);
                assert_true(p.end_column >= NO);
                assert_true(p.line != NO || same(p, nowhere));
            }
        }
    }
}

/* Varints that overflow, lines that leave the 32 bits, instructions as far away as can be. */
static void
extreme_values(void **state)
{
    static const uint8_t endless[] = {0xf0, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f};
    static const uint8_t huge[] = {0xf0, 0x00, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x03, 0x7f, 0x7f,
                                   0x7f, 0x7f, 0x7f, 0x03, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x03};
    static const uint8_t up[] = {0xe8, 0x02};
    static const uint8_t columns[] = {0x80, 0x25};
    struct cpt_position p;

    (void)state;
    assert_true(same(find(CPT_LINES_LOCATIONS, 1, endless, sizeof(endless), 0), nowhere));
    p = find(CPT_LINES_LOCATIONS, 5, huge, sizeof(huge), 0);
    assert_int_equal(p.line, 5);
    assert_true(p.end_line >= 5 && p.column >= NO && p.end_column >= NO);
    assert_true(same(find(CPT_LINES_LOCATIONS, INT32_MAX, up, sizeof(up), 0), nowhere));
    assert_true(same(find(CPT_LINES_LOCATIONS, -1, columns, sizeof(columns), 0), nowhere));
    for (int format = CPT_LINES_LNOTAB; format <= CPT_LINES_LOCATIONS; format++) {
        p = find((enum cpt_linetable_format)format, INT32_MIN, up, sizeof(up), INT64_MAX);
        assert_true(same(p, nowhere));
        p = find((enum cpt_linetable_format)format, INT32_MAX, up, sizeof(up), INT64_MIN);
        assert_int_equal(p.line, INT32_MAX);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lnotabs_are_read),
        cmocka_unit_test(deltas_are_read),
        cmocka_unit_test(locations_are_read),
        cmocka_unit_test(cut_tables_do_not_lie),
        cmocka_unit_test(cut_lnotabs_are_right_to_the_cut),
        cmocka_unit_test(empty_tables),
        cmocka_unit_test(repeated_bytes),
        cmocka_unit_test(extreme_values),
    };

    return cmocka_run_group_tests_name("linetable", tests, NULL, NULL);
}

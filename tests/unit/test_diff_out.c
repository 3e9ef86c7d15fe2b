/* Growth as text and JSON, of results made by hand. */
#include "coreanalyze/output/output.h"
#include "tests/unit/jsoncheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TEXT(words) {words, sizeof(words) - 1}

static const struct cpt_text_options plain;

static const struct cpt_diff_end before = {
    .envelope = {.is_core = true, .pid = 4711, .path = "old core", .version = "3.11.7"}, .objects = 1005, .bytes = 66560};
static const struct cpt_diff_end after = {
    .envelope = {.command = "diff", .is_core = true, .pid = 4711, .path = "core.2", .version = "3.11.7", .layout = "table"},
    .objects = 2003,
    .bytes = 131072};

static struct cpt_diff_row rows[] = {
    {.name = TEXT("__main__.Node"), .objects_before = 1000, .objects_after = 2000, .bytes_before = 64000,
     .bytes_after = 128000, .survived = 990, .new_objects = 1010,
     .examples = {{0x7f10, TEXT("app.nodes[7]"), true}, {0x7f20, {NULL, 0}, false}}, .example_count = 2},
    {.name = TEXT("list"), .objects_before = 1, .objects_after = 1, .bytes_before = 500, .bytes_after = 3000, .survived = 1},
    {.name = TEXT("int"), .objects_before = 2, .objects_after = 2, .bytes_before = 60, .bytes_after = 60, .survived = 2},
    {.name = TEXT("a\x1b[31m"), .objects_before = 1, .bytes_before = 500},
    {.name = TEXT("bytes"), .objects_before = 1, .bytes_before = 1500},
};

static const struct cpt_diff of_one_process = {.objects = 998, .bytes = 64512, .rows = rows, .count = COUNT(rows),
                                               .has_survivors = true, .survived = 993, .new_objects = 1010};

static char *
json_of(const struct cpt_diff *diff, const struct cpt_diff_end *from, size_t top)
{
    struct cpt_buffer out = {0};

    cpt_diff_write_json(&out, &after.envelope, from, &after, diff, top);
    assert_true(json_is_valid(out.data, out.size));
    return out.data;
}

static char *
text_of(const struct cpt_diff *diff, size_t top, const struct cpt_text_options *options)
{
    struct cpt_buffer out = {0};

    cpt_diff_write_text(&out, &after.envelope, &before, &after, diff, top, options);
    return out.data;
}

static void
test_json(void **state)
{
    char *text = json_of(&of_one_process, &before, 0);

    (void)state;
    assert_string_equal(
        strstr(text, "\"result\""),
        "\"result\": {\"objects\": 998, \"bytes\": 64512, \"same_process\": true, \"survived\": 993, \"new\": 1010,\n"
        " \"before\": {\"kind\": \"core\", \"path\": \"old core\", \"pid\": 4711, \"objects\": 1005, \"bytes\": 66560},\n"
        " \"after\": {\"kind\": \"core\", \"path\": \"core.2\", \"pid\": 4711, \"objects\": 2003, \"bytes\": 131072},\n"
        " \"types_total\": 5, \"types\": [\n"
        "  {\"type\": \"__main__.Node\", \"objects_before\": 1000, \"objects_after\": 2000, \"bytes_before\": 64000, "
        "\"bytes_after\": 128000, \"survived\": 990, \"new\": 1010, \"examples\": [{\"address\": \"0x7f10\", \"path\": "
        "\"app.nodes[7]\", \"exact\": true}, {\"address\": \"0x7f20\", \"path\": null, \"exact\": false}]},\n"
        "  {\"type\": \"list\", \"objects_before\": 1, \"objects_after\": 1, \"bytes_before\": 500, \"bytes_after\": 3000, "
        "\"survived\": 1, \"new\": 0},\n"
        "  {\"type\": \"int\", \"objects_before\": 2, \"objects_after\": 2, \"bytes_before\": 60, \"bytes_after\": 60, "
        "\"survived\": 2, \"new\": 0},\n"
        "  {\"type\": \"a\\u001b[31m\", \"objects_before\": 1, \"objects_after\": 0, \"bytes_before\": 500, \"bytes_after\": 0, "
        "\"survived\": 0, \"new\": 0},\n"
        "  {\"type\": \"bytes\", \"objects_before\": 1, \"objects_after\": 0, \"bytes_before\": 1500, \"bytes_after\": 0, "
        "\"survived\": 0, \"new\": 0}]}}\n");
    free(text);
}

/* Of two processes nothing can survive; one side may be a file. */
static void
test_json_of_two(void **state)
{
    static const struct cpt_diff_end saved = {.envelope = {.pid = 12, .executable = "/usr/bin/python3"}, .saved = "a.json",
                                              .objects = 1005, .bytes = 66560};
    struct cpt_diff diff = {.objects = -3, .bytes = -2000, .rows = &rows[4], .count = 1};
    char *text = json_of(&diff, &saved, 0);

    (void)state;
    assert_non_null(strstr(text, "{\"objects\": -3, \"bytes\": -2000, \"same_process\": false,\n"));
    assert_non_null(strstr(text, "\"before\": {\"kind\": \"census\", \"path\": \"a.json\", \"pid\": 12,"));
    assert_non_null(strstr(text, "\"bytes_after\": 0}]}}"));
    assert_null(strstr(text, "survived"));
    free(text);
}

static void
test_top(void **state)
{
    char *text = json_of(&of_one_process, &before, 1);

    (void)state;
    assert_non_null(strstr(text, "\"types_total\": 5, \"types\": [\n  {\"type\": \"__main__.Node\""));
    assert_null(strstr(text, "list"));
    free(text);
    text = text_of(&of_one_process, 1, &plain);
    assert_non_null(strstr(text,
                           "  __main__.Node\n"
                           "    +2.4 KiB      500 B    2.9 KiB           0          1          1  (1 more type that grew)\n"
                           "    -2.0 KiB    2.0 KiB        0 B          -2          2          0  (2 more types that shrank)\n"));
    free(text);
}

static void
test_text(void **state)
{
    char *text = text_of(&of_one_process, 0, &plain);

    (void)state;
    assert_string_equal(
        text, "Before: core of process 4711: old core, Python 3.11.7\n"
              "        1,005 objects, 65.0 KiB\n"
              "After:  core of process 4711: core.2, Python 3.11.7\n"
              "        2,003 objects, 128.0 KiB\n"
              "Growth: +998 objects, +63.0 KiB\n"
              "One process: 993 objects of before are still there, 1,010 are new\n"
              "\n"
              "      growth     before      after     objects     before      after  type\n"
              "   +62.5 KiB   62.5 KiB  125.0 KiB      +1,000      1,000      2,000  __main__.Node\n"
              "    +2.4 KiB      500 B    2.9 KiB           0          1          1  list\n"
              "      -500 B      500 B        0 B          -1          1          0  a\\x1b[31m\n"
              "    -1.5 KiB    1.5 KiB        0 B          -1          1          0  bytes\n"
              "\n"
              "What is new, of the types that grew most, with some examples:\n"
              "  __main__.Node: 1,010 new, 990 of before still there\n"
              "    0x7f10  app.nodes[7]\n"
              "    0x7f20  nothing found keeps it alive\n"
              "What keeps another one alive: coreptile path core.2 ADDRESS\n"
              "What nothing keeps alive is garbage, or lost: coreptile leaks core.2\n");
    free(text);
}

static void
test_no_change(void **state)
{
    struct cpt_diff diff = {.rows = &rows[2], .count = 1};
    char *text = text_of(&diff, 0, &plain);

    (void)state;
    assert_non_null(strstr(text, "\nNo type grew or shrank.\n"));
    assert_null(strstr(text, "int"));
    assert_null(strstr(text, "One process"));
    free(text);
}

/* Counts of a file may be anything. */
static void
test_absurd(void **state)
{
    struct cpt_diff_row row = {.name = TEXT("x"), .objects_after = UINT64_MAX, .bytes_before = UINT64_MAX};
    struct cpt_diff diff = {.objects = INT64_MIN, .bytes = INT64_MAX, .rows = &row, .count = 1};

    (void)state;
    free(text_of(&diff, 0, &plain));
    free(json_of(&diff, &before, 0));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json), cmocka_unit_test(test_json_of_two), cmocka_unit_test(test_top),
        cmocka_unit_test(test_text), cmocka_unit_test(test_no_change), cmocka_unit_test(test_absurd),
    };

    return cmocka_run_group_tests_name("diff_out", tests, NULL, NULL);
}

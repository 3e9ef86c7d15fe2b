/* The census as text and JSON, of a result made by hand, and the numbers for people that it is written with. */
#include "coreanalyze/output/output.h"
#include "coreanalyze/output/text.h"
#include "tests/unit/jsoncheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TEXT(words) {words, sizeof(words) - 1}

static const struct cpt_envelope process = {.command = "census",
                                            .pid = 4711,
                                            .executable = "/usr/bin/python3.11",
                                            .version = "3.11.7",
                                            .layout = "table"};

static struct cpt_census_row types[] = {
    {.name = TEXT("dict"), .type_address = 0x1000, .objects = 1000000, .bytes = 150000000, .size_of = 140000000},
    {.name = TEXT("__main__.Node"), .type_address = 0x2000, .objects = 3, .bytes = 144, .size_of = 120,
     .size_of_guessed = true},
    {.name = TEXT("a\x1b[31m\xe6\x97\xa5\xe6\x9c\xac"), .type_address = 0x3000, .objects = 1, .bytes = 64, .size_of = 56},
    {.name = TEXT("?"), .objects = 1, .bytes = 48, .size_of = 40},
};

static const struct cpt_census by_type = {
    .objects = 1000005,
    .bytes = 150000256,
    .size_of = 140000216,
    .rows = types,
    .row_count = COUNT(types),
    .used_blocks = 2000000,
    .unexplained_blocks = 4100,
};

static const struct cpt_text_options plain;

static char *
json_of(const struct cpt_census *census, size_t top)
{
    struct cpt_buffer out = {0};

    cpt_census_write_json(&out, &process, census, top);
    assert_true(json_is_valid(out.data, out.size));
    return out.data;
}

static char *
text_of(const struct cpt_census *census, size_t top, const struct cpt_text_options *options)
{
    struct cpt_buffer out = {0};

    cpt_census_write_text(&out, &process, census, top, options);
    return out.data;
}

static void
test_json(void **state)
{
    char *text = json_of(&by_type, 0);

    (void)state;
    assert_string_equal(
        strstr(text, "\"result\""),
        "\"result\": {\"by\": \"type\", \"objects\": 1000005, \"bytes\": 150000256, \"sizeof\": 140000216, "
        "\"used_blocks\": 2000000, \"unexplained_blocks\": 4100,\n"
        " \"types_total\": 4, \"types\": [\n"
        "  {\"type\": \"dict\", \"type_address\": \"0x1000\", \"objects\": 1000000, \"bytes\": 150000000, "
        "\"sizeof\": 140000000, \"sizeof_exact\": true},\n"
        "  {\"type\": \"__main__.Node\", \"type_address\": \"0x2000\", \"objects\": 3, \"bytes\": 144, "
        "\"sizeof\": 120, \"sizeof_exact\": false},\n"
        "  {\"type\": \"a\\u001b[31m\xe6\x97\xa5\xe6\x9c\xac\", \"type_address\": \"0x3000\", \"objects\": 1, "
        "\"bytes\": 64, \"sizeof\": 56, \"sizeof_exact\": true},\n"
        "  {\"type\": \"?\", \"type_address\": null, \"objects\": 1, \"bytes\": 48, \"sizeof\": 40, "
        "\"sizeof_exact\": true}]}}\n");
    free(text);
}

static void
test_top_cuts_json(void **state)
{
    char *text = json_of(&by_type, 1);

    (void)state;
    assert_non_null(strstr(text, "\"objects\": 1000005, \"bytes\": 150000256,")); /* of all, whatever is shown */
    assert_non_null(strstr(text, "\"types_total\": 4, \"types\": [\n  {\"type\": \"dict\""));
    assert_null(strstr(text, "Node"));
    free(text);
    text = json_of(&by_type, 4);
    assert_non_null(strstr(text, "{\"type\": \"?\""));
    free(text);
    text = json_of(&by_type, 1000000000);
    assert_non_null(strstr(text, "{\"type\": \"?\""));
    free(text);
}

static void
test_text(void **state)
{
    char *text = text_of(&by_type, 0, &plain);

    (void)state;
    assert_string_equal(text,
                        "Process 4711: /usr/bin/python3.11\n"
                        "Python 3.11.7\n"
                        "1,000,005 objects, 143.1 MiB (sys.getsizeof() says about 133.5 MiB)\n"
                        "Unexplained: 0.2 % of pymalloc's used blocks, 4,100 of 2,000,000\n"
                        "\n"
                        "     %       bytes   objects     average  type\n"
                        " >99.9   143.1 MiB 1,000,000       150 B  dict\n"
                        "  <0.1       144 B         3        48 B  __main__.Node\n"
                        "  <0.1        64 B         1        64 B  a\\x1b[31m\xe6\x97\xa5\xe6\x9c\xac\n"
                        "  <0.1        48 B         1        48 B  ?\n");
    free(text);
}

static void
test_top_cuts_text(void **state)
{
    char *text = text_of(&by_type, 2, &plain);

    (void)state;
    assert_non_null(strstr(text, "1,000,005 objects, 143.1 MiB"));
    assert_non_null(strstr(text, "         3        48 B  __main__.Node\n"
                                 "  <0.1       112 B         2        56 B  (2 more types)\n"));
    assert_null(strstr(text, "?"));
    free(text);
    text = text_of(&by_type, 3, &plain);
    assert_non_null(strstr(text, "(1 more type)\n"));
    free(text);
    text = text_of(&by_type, 4, &plain);
    assert_null(strstr(text, "more type"));
    free(text);
}

/* Unless told, a terminal full of rows as text, and all as JSON. */
static void
test_default_top(void **state)
{
    struct cpt_census_row rows[40];
    struct cpt_census many = {.objects = 40, .bytes = 40 * 64, .size_of = 40 * 50, .rows = rows, .row_count = COUNT(rows)};
    char *text, *rest;
    int found;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        rows[i] = (struct cpt_census_row){.name = cpt_text_of("Row"), .objects = 1, .bytes = 64, .size_of = 50};
    text = text_of(&many, 0, &plain);
    assert_non_null(strstr(text, "  25.0       640 B        10        64 B  (10 more types)\n"));
    assert_null(strstr(text, "about")); /* no type's sizeof was guessed */
    assert_null(strstr(text, "Unexplained")); /* there is no pymalloc */
    free(text);
    text = text_of(&many, 40, &plain);
    assert_null(strstr(text, "more type"));
    free(text);
    text = json_of(&many, 0);
    rest = text;
    for (found = 0; (rest = strstr(rest, "\"Row\"")); found++)
        rest++;
    assert_int_equal(found, 40);
    free(text);
}

static void
test_by_module(void **state)
{
    struct cpt_census_row rows[] = {{.name = TEXT("builtins"), .objects = 2, .bytes = 96, .size_of = 90},
                                    {.name = TEXT("decimal"), .objects = 1, .bytes = 32, .size_of = 30}};
    struct cpt_census census = {.by = CPT_CENSUS_MODULE, .objects = 3, .bytes = 128, .size_of = 120, .rows = rows,
                                .row_count = COUNT(rows)};
    char *text = json_of(&census, 0);

    (void)state;
    assert_non_null(strstr(text, "{\"by\": \"module\","));
    assert_non_null(strstr(text, "{\"type\": \"builtins\", \"type_address\": null, \"objects\": 2,"));
    assert_null(strstr(text, "above"));
    free(text);
    text = text_of(&census, 1, &plain);
    assert_non_null(strstr(text, "average  module\n  75.0        96 B         2        48 B  builtins\n"
                                 "  25.0        32 B         1        32 B  (1 more module)\n"));
    free(text);
}

/* Chosen and, as JSON, listed by bytes; as text from small to large. */
static void
test_by_size(void **state)
{
    struct cpt_census_row rows[] = {
        {.name = TEXT("1-2 KiB"), .objects = 1, .bytes = 1040, .size_of = 1030, .above = 1024, .to = 2048},
        {.name = TEXT("1-16 bytes"), .objects = 4, .bytes = 64, .size_of = 64, .above = 0, .to = 16},
        {.name = TEXT("65-80 bytes"), .objects = 1, .bytes = 80, .size_of = 70, .above = 64, .to = 80},
    };
    struct cpt_census census = {.by = CPT_CENSUS_SIZE, .objects = 6, .bytes = 1184, .size_of = 1164, .rows = rows,
                                .row_count = COUNT(rows)};
    char *text = json_of(&census, 2);

    (void)state;
    assert_non_null(strstr(text, "{\"by\": \"size\","));
    assert_non_null(strstr(text, "[\n  {\"type\": \"1-2 KiB\", \"type_address\": null, \"objects\": 1, \"bytes\": 1040, "
                                 "\"sizeof\": 1030, \"sizeof_exact\": true, \"above\": 1024, \"to\": 2048},\n"
                                 "  {\"type\": \"1-16 bytes\""));
    assert_null(strstr(text, "65-80"));
    free(text);
    text = text_of(&census, 0, &plain);
    assert_non_null(strstr(text, "average  size of each\n"
                                 "   5.4        64 B         4        16 B  1-16 bytes\n"
                                 "   6.8        80 B         1        80 B  65-80 bytes\n"
                                 "  87.8     1.0 KiB         1     1.0 KiB  1-2 KiB\n"));
    free(text);
    text = text_of(&census, 2, &plain);
    assert_non_null(strstr(text, "1-16 bytes\n  87.8     1.0 KiB         1     1.0 KiB  1-2 KiB\n"
                                 "   6.8        80 B         1        80 B  (1 more range)\n"));
    free(text);
}

/* Names give way on a narrow terminal, numbers do not; colours are no columns. */
static void
test_width(void **state)
{
    struct cpt_census_row row = {.name = TEXT("package.module.Outer.Inner"), .objects = 1, .bytes = 64, .size_of = 56};
    struct cpt_census census = {.objects = 1, .bytes = 64, .size_of = 56, .rows = &row, .row_count = 1};
    struct cpt_text_options narrow = {.width = 62}, tiny = {.width = 5}, wide = {.width = 68}, lit = {.width = 62, .color = true};
    char *text = text_of(&census, 0, &narrow);

    (void)state;
    assert_non_null(strstr(text, "        64 B  package.module.Oute…\n"));
    free(text);
    text = text_of(&census, 0, &tiny);
    assert_non_null(strstr(text, "        64 B  package.module.…\n"));
    free(text);
    text = text_of(&census, 0, &wide);
    assert_non_null(strstr(text, "        64 B  package.module.Outer.Inner\n"));
    free(text);
    text = text_of(&census, 0, &lit);
    assert_non_null(strstr(text, "\033[36mpackage.module.Oute…\033[0m\n"));
    free(text);
}

static void
test_empty(void **state)
{
    static const struct cpt_census none;
    char *text = json_of(&none, 0);

    (void)state;
    assert_non_null(strstr(text, "\"types_total\": 0, \"types\": []}}\n"));
    free(text);
    text = text_of(&none, 5, &plain);
    assert_non_null(strstr(text, "0 objects, 0 B (sys.getsizeof() says 0 B)\n\n     %       bytes   objects     average  type\n"));
    free(text);
}

static void
test_numbers(void **state)
{
    static const struct {
        uint64_t number;
        const char *counted, *sized;
    } cases[] = {
        {0, "0", "0 B"},
        {999, "999", "999 B"},
        {1000, "1,000", "1000 B"},
        {1023, "1,023", "1023 B"},
        {1024, "1,024", "1.0 KiB"},
        {1536, "1,536", "1.5 KiB"},
        {1048524, "1,048,524", "1023.9 KiB"},
        {1048525, "1,048,525", "1.0 MiB"}, /* not 1024.0 KiB */
        {UINT64_C(3) << 40, "3,298,534,883,328", "3.0 TiB"},
        {UINT64_MAX, "18,446,744,073,709,551,615", "16.0 EiB"},
    };
    char text[CPT_NUMBER_TEXT];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_string_equal(cpt_text_number(cases[i].number, text), cases[i].counted);
        assert_string_equal(cpt_text_size(cases[i].number, text), cases[i].sized);
    }
}

static void
test_shares(void **state)
{
    static const struct {
        uint64_t part, whole;
        const char *shown;
    } cases[] = {
        {0, 0, "0.0"},     {0, 10, "0.0"},        {1, 8, "12.5"},           {1, 2000, "0.1"},
        {1, 2001, "<0.1"}, {9995, 10000, ">99.9"}, {99949, 100000, "99.9"}, {10, 10, "100.0"},
        {UINT64_MAX, UINT64_MAX, "100.0"},
    };
    char text[CPT_NUMBER_TEXT];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(cpt_text_share(cases[i].part, cases[i].whole, text), cases[i].shown);
}

static void
test_clipped(void **state)
{
    static const struct {
        const char *text;
        size_t width;
        const char *shown;
    } cases[] = {
        {"abcdef", 0, "abcdef"},
        {"abcdef", 6, "abcdef"},
        {"abcdef", 5, "abcd…"},
        {"abcdef", 1, "…"},
        {"", 1, ""},
        {"\xe6\x97\xa5\xe6\x9c\xac", 4, "\xe6\x97\xa5\xe6\x9c\xac"}, /* two columns each */
        {"\xe6\x97\xa5\xe6\x9c\xac", 3, "\xe6\x97\xa5…"},
        {"\xe6\x97\xa5\xe6\x9c\xac", 2, "…"},
        {"e\xcc\x81te\xcc\x81", 3, "e\xcc\x81te\xcc\x81"}, /* accents of their own take none */
        {"ab\x1b", 6, "ab\\x1b"},
        {"ab\x1b", 5, "ab…"}, /* an escape is not torn */
        {"ab\xff", 6, "ab\\xff"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cpt_text text = cpt_text_of(cases[i].text);
        struct cpt_buffer out = {0};

        cpt_buffer_add_text(&out, "");
        cpt_text_add_clipped(&out, &text, cases[i].width);
        assert_string_equal(out.data ? out.data : "", cases[i].shown);
        cpt_buffer_free(&out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_top_cuts_json),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_top_cuts_text),
        cmocka_unit_test(test_default_top),
        cmocka_unit_test(test_by_module),
        cmocka_unit_test(test_by_size),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_clipped),
    };

    return cmocka_run_group_tests_name("census_out", tests, NULL, NULL);
}

#include "coreanalyze/output/json.h"
#include "tests/unit/jsoncheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LITERAL(text)          \
    {                          \
        text, sizeof(text) - 1 \
    }
#define TEXT(text) (&(struct cpt_text)LITERAL(text))

static void
assert_document(struct cpt_buffer *out, const char *expected)
{
    assert_false(out->failed);
    assert_string_equal(out->data, expected);
    assert_true(json_is_valid(out->data, out->size));
    cpt_buffer_free(out);
}

static void
test_structure(void **state)
{
    struct cpt_buffer out = {0};
    struct cpt_json json;

    (void)state;
    cpt_json_init(&json, &out);
    cpt_json_object_open(&json);
    cpt_json_member_int(&json, "a", -5);
    cpt_json_key(&json, "b");
    cpt_json_array_open(&json);
    cpt_json_array_open(&json);
    cpt_json_array_close(&json);
    cpt_json_object_open(&json);
    cpt_json_object_close(&json);
    cpt_json_bool(&json, true);
    cpt_json_null(&json);
    cpt_json_array_close(&json);
    cpt_json_member_bool(&json, "c", false);
    cpt_json_member_null(&json, "d");
    cpt_json_object_close(&json);
    assert_document(&out, "{\"a\": -5, \"b\": [[], {}, true, null], \"c\": false, \"d\": null}");
}

static void
test_lines(void **state)
{
    struct cpt_buffer out = {0};
    struct cpt_json json;

    (void)state;
    cpt_json_init(&json, &out);
    cpt_json_array_open(&json);
    for (int i = 0; i < 3; i++) {
        cpt_json_line(&json, 2);
        cpt_json_int(&json, i);
    }
    cpt_json_array_close(&json);
    assert_document(&out, "[\n  0,\n  1,\n  2]");

    /* A line asked for before the end of an empty array is none of the next item's. */
    cpt_json_init(&json, &out);
    cpt_json_array_open(&json);
    cpt_json_array_open(&json);
    cpt_json_line(&json, 1);
    cpt_json_array_close(&json);
    cpt_json_int(&json, 1);
    cpt_json_array_close(&json);
    assert_document(&out, "[[], 1]");
}

static void
test_numbers(void **state)
{
    struct cpt_buffer out = {0};
    struct cpt_json json;

    (void)state;
    cpt_json_init(&json, &out);
    cpt_json_array_open(&json);
    cpt_json_int(&json, INT64_MIN);
    cpt_json_int(&json, INT64_MAX);
    cpt_json_uint(&json, UINT64_MAX);
    cpt_json_uint(&json, 0);
    cpt_json_address(&json, 0);
    cpt_json_address(&json, UINT64_C(0x7f00deadbeef));
    cpt_json_address(&json, UINT64_MAX);
    cpt_json_array_close(&json);
    assert_document(&out, "[-9223372036854775808, 9223372036854775807, 18446744073709551615, 0, "
                          "\"0x0\", \"0x7f00deadbeef\", \"0xffffffffffffffff\"]");
}

static void
test_escapes(void **state)
{
    static const struct {
        struct cpt_text text;
        const char *expected;
    } cases[] = {
        {LITERAL(""), "\"\""},
        {LITERAL("plain text"), "\"plain text\""},
        {LITERAL("a\"b\\c/"), "\"a\\\"b\\\\c/\""},
        {LITERAL("\b\f\n\r\t\x1b\x01"), "\"\\b\\f\\n\\r\\t\\u001b\\u0001\""},
        {LITERAL("a\0b"), "\"a\\u0000b\""},
        {LITERAL("\x7f"), "\"\\u007f\""},
        {LITERAL("größe 数 😀"), "\"größe 数 😀\""},
        {LITERAL("\xc2\x9b\xe2\x80\xae"), "\"\\u009b\\u202e\""},
        {LITERAL("\xf3\xa0\x80\x81"), "\"\\udb40\\udc01\""},
        {LITERAL("a\xff"
                 "b\xc3"),
         "\"a\\\\xffb\\\\xc3\""},
        {LITERAL("\xed\xa0\x80"), "\"\\\\xed\\\\xa0\\\\x80\""},
        {LITERAL("\xc0\x80\xf4\x90\x80\x80"), "\"\\\\xc0\\\\x80\\\\xf4\\\\x90\\\\x80\\\\x80\""},
        {LITERAL("\\udcff"), "\"\\\\udcff\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct cpt_buffer out = {0};
        struct cpt_json json;

        cpt_json_init(&json, &out);
        cpt_json_text(&json, &cases[i].text);
        assert_document(&out, cases[i].expected);
    }
}

static void
test_none(void **state)
{
    struct cpt_buffer out = {0};
    struct cpt_json json;

    (void)state;
    cpt_json_init(&json, &out);
    cpt_json_object_open(&json);
    cpt_json_member_text(&json, "none", &(struct cpt_text){0});
    cpt_json_member_text(&json, "empty", TEXT(""));
    cpt_json_member_cstring(&json, "cnone", NULL);
    cpt_json_member_cstring(&json, "c", "x");
    cpt_json_object_close(&json);
    assert_document(&out, "{\"none\": null, \"empty\": \"\", \"cnone\": null, \"c\": \"x\"}");
}

/* Whatever bytes a target has, the document parses. */
static void
test_any_bytes(void **state)
{
    static const unsigned char heads[] = {0x00, 0x1b, '"',  '\\', 0x7f, 0x80, 0xc0, 0xc2,
                                          0xe0, 0xed, 0xef, 0xf0, 0xf3, 0xf4, 0xf5, 0xff};
    char bytes[64];
    unsigned seed = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct cpt_buffer out = {0};
        struct cpt_json json;
        size_t size = (size_t)rand_r(&seed) % sizeof(bytes);

        for (size_t i = 0; i < size; i++)
            bytes[i] = (char)(rand_r(&seed) % 2 ? heads[rand_r(&seed) % sizeof(heads)]
                                                : rand_r(&seed) % 256);
        cpt_json_init(&json, &out);
        cpt_json_string(&json, bytes, size);
        assert_true(json_is_valid(out.data, out.size));
        cpt_buffer_free(&out);
    }
}

/* The judge of the other tests is itself strict. */
static void
test_judge(void **state)
{
    static const char *const good[] = {"0", " [1.5e+3, -0] ", "{\"a\": {\"b\": []}}",
                                       "\"\\ud83d\\ude00\"", "null"};
    static const char *const bad[] = {"",          "[1,]",   "{\"a\":1,}",       "[1 2]",
                                      "01",        "\"\t\"", "\"\\x41\"",        "\"\\ud83d\"",
                                      "\"\xff\"",  "[1]]",   "{a: 1}",           "tru",
                                      "\"\\u12\"", "+1",     "\"\xed\xa0\x80\"", "nul",
                                      "-",         "1.",     "{\"a\" 1}",        "\"open",
                                      ",",         "[,]"};

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(json_is_valid(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(json_is_valid(bad[i], strlen(bad[i])));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judge),     cmocka_unit_test(test_structure),
        cmocka_unit_test(test_lines),     cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_escapes),   cmocka_unit_test(test_none),
        cmocka_unit_test(test_any_bytes),
    };

    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}

/* Reading JSON: what is a document and what is none, and that what the writer writes comes back. */
#include "coreanalyze/output/json.h"
#include "coreanalyze/output/json_in.h"
#include "tests/unit/jsoncheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool
is_document(const char *bytes, size_t size)
{
    struct cpt_json_in in;
    bool good;

    cpt_json_in_init(&in, bytes, size);
    cpt_json_in_skip(&in);
    cpt_json_in_finish(&in);
    good = !in.wrong;
    cpt_json_in_free(&in);
    return good;
}

/* As RFC 8259 has it; jsoncheck, which other tests rely on, has to agree. */
static void
test_documents(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        {"{}", true}, {"[]", true}, {" [ 1 , 2.5e-3 , -0 , \"x\" , true, false, null ] \n", true},
        {"{\"a\": {\"b\": [{}, [[]]]}, \"\": 0}", true}, {"\"\\u00e9\\ud83d\\ude00\\\"\\/\\b\"", true}, {"0", true},
        {"1E+5", true}, {"\"\xc3\xa9\"", true}, {"{\"a\":1,\"a\":2}", true},
        {"", false}, {" ", false}, {"{", false}, {"}", false}, {"[", false}, {"[1", false}, {"[1,]", false},
        {"[,1]", false}, {"[1 2]", false}, {"{,}", false}, {"{\"a\"}", false}, {"{\"a\":}", false},
        {"{\"a\":1,}", false}, {"{\"a\" 1}", false}, {"{a:1}", false}, {"{1:1}", false}, {"[1}", false}, {"{\"a\":1]", false},
        {"[]]", false}, {"[] x", false}, {"{}{}", false}, {"01", false}, {"-", false}, {"1.", false}, {".5", false},
        {"1e", false}, {"+1", false}, {"0x10", false}, {"NaN", false}, {"tru", false}, {"nulll", false}, {"True", false},
        {"'a'", false}, {"\"a", false}, {"\"\\x41\"", false}, {"\"\\u12\"", false}, {"\"\\u12g4\"", false},
        {"\"\\ud83d\"", false}, {"\"\\ude00\"", false}, {"\"\\ud83d\\u0041\"", false}, {"\"\\\"", false},
        {"\"\n\"", false}, {"\"\x80\"", false}, {"\"\xc0\x80\"", false}, {"\"\xed\xa0\x80\"", false}, {"\xef\xbb\xbf{}", false},
        {"/**/1", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *copy = malloc(strlen(cases[i].text) + 1); /* sanitizers see a read beyond it */
        size_t size = strlen(cases[i].text);

        memcpy(copy, cases[i].text, size);
        if (is_document(copy, size) != cases[i].good)
            fail_msg("'%s' is %s", cases[i].text, cases[i].good ? "refused" : "taken");
        free(copy);
    }
    assert_false(is_document("[\0]", 3));
    assert_false(is_document("\"\0\"", 3));
    assert_false(is_document("[]\0", 3));
}

static void
test_depth(void **state)
{
    char text[2 * (CPT_JSON_DEPTH + 1)];

    (void)state;
    memset(text, '[', CPT_JSON_DEPTH);
    memset(text + CPT_JSON_DEPTH, ']', CPT_JSON_DEPTH);
    assert_true(is_document(text, 2 * CPT_JSON_DEPTH));
    memset(text, '[', CPT_JSON_DEPTH + 1);
    memset(text + CPT_JSON_DEPTH + 1, ']', CPT_JSON_DEPTH + 1);
    assert_false(is_document(text, sizeof(text)));
}

static void
test_counts(void **state)
{
    static const struct {
        const char *text;
        uint64_t value;
        bool good;
    } cases[] = {
        {"0", 0, true}, {" 12 ", 12, true}, {"18446744073709551615", UINT64_MAX, true},
        {"18446744073709551616", 0, false}, {"99999999999999999999999", 0, false}, {"-1", 0, false}, {"1.0", 0, false},
        {"1e3", 0, false}, {"\"1\"", 0, false}, {"null", 0, false}, {"", 0, false}, {"{}", 0, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cpt_json_in in;
        uint64_t value;

        cpt_json_in_init(&in, cases[i].text, strlen(cases[i].text));
        value = cpt_json_in_uint(&in);
        if (!in.wrong != cases[i].good || value != cases[i].value)
            fail_msg("'%s' gives %llu, %s", cases[i].text, (unsigned long long)value, in.wrong ? in.wrong : "good");
        cpt_json_in_free(&in);
    }
}

/* What the writer writes, escapes and all, comes back as it was. */
static void
test_round_trip(void **state)
{
    static const char text[] = "a\"\\\n\t\x01\x1b\x7f\xc3\xa9\xe2\x80\xae\xf0\x9f\x98\x80\0z";
    struct cpt_buffer out = {0};
    struct cpt_text key = {text, sizeof(text) - 1};
    struct cpt_json json;
    struct cpt_json_in in;

    (void)state;
    cpt_json_init(&json, &out);
    cpt_json_object_open(&json);
    cpt_json_key_text(&json, &key);
    cpt_json_array_open(&json);
    cpt_json_uint(&json, UINT64_MAX);
    cpt_json_bool(&json, true);
    cpt_json_text(&json, &key);
    cpt_json_array_close(&json);
    cpt_json_object_close(&json);
    assert_true(json_is_valid(out.data, out.size));
    cpt_json_in_init(&in, out.data, out.size);
    cpt_json_in_object(&in);
    assert_true(cpt_json_in_key(&in));
    assert_int_equal(in.text.size, sizeof(text) - 1);
    assert_memory_equal(in.text.data, text, sizeof(text) - 1);
    cpt_json_in_array(&in);
    assert_true(cpt_json_in_item(&in));
    assert_true(cpt_json_in_uint(&in) == UINT64_MAX);
    assert_true(cpt_json_in_item(&in) && cpt_json_in_peek(&in) == 't' && cpt_json_in_bool(&in));
    assert_true(cpt_json_in_item(&in));
    cpt_json_in_string(&in);
    assert_memory_equal(in.text.data, text, sizeof(text) - 1);
    assert_false(cpt_json_in_item(&in));
    assert_false(cpt_json_in_key(&in));
    cpt_json_in_finish(&in);
    assert_null(in.wrong);
    cpt_json_in_free(&in);
    cpt_buffer_free(&out);
}

/* Once something is wrong, loops over it end. */
static void
test_failed_reader(void **state)
{
    struct cpt_json_in in;

    (void)state;
    cpt_json_in_init(&in, "[1, x]", 6);
    cpt_json_in_array(&in);
    assert_true(cpt_json_in_item(&in));
    cpt_json_in_string(&in);
    assert_non_null(in.wrong);
    assert_false(cpt_json_in_item(&in));
    assert_false(cpt_json_in_key(&in));
    assert_int_equal(cpt_json_in_peek(&in), '\0');
    assert_int_equal(cpt_json_in_uint(&in), 0);
    cpt_json_in_free(&in);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents), cmocka_unit_test(test_depth), cmocka_unit_test(test_counts),
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_failed_reader),
    };

    return cmocka_run_group_tests_name("reading JSON", tests, NULL, NULL);
}

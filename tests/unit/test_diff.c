/* Growth by type, of censuses made by hand and of those that were saved. */
#include "coreanalyze/analyses/diff.h"
#include "coreanalyze/output/census_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TEXT(words) {words, sizeof(words) - 1}

static struct cpt_census_row old_rows[] = {
    {.name = TEXT("dict"), .type_address = 0x10, .objects = 10, .bytes = 1000},
    {.name = TEXT("a.Gone"), .type_address = 0x20, .objects = 5, .bytes = 500},
    {.name = TEXT("b.Twin"), .type_address = 0x30, .objects = 1, .bytes = 10},
    {.name = TEXT("same"), .type_address = 0x40, .objects = 7, .bytes = 70},
    {.name = TEXT("b.Twin"), .type_address = 0x50, .objects = 2, .bytes = 20},
};

static struct cpt_census_row new_rows[] = {
    {.name = TEXT("same"), .type_address = 0x40, .objects = 7, .bytes = 70},
    {.name = TEXT("a.New"), .type_address = 0x60, .objects = 3, .bytes = 300},
    {.name = TEXT("b.Twin"), .type_address = 0x70, .objects = 9, .bytes = 100},
    {.name = TEXT("dict"), .type_address = 0x10, .objects = 9, .bytes = 1200},
};

static const struct cpt_census old_census = {.objects = 25, .bytes = 1600, .rows = old_rows, .row_count = COUNT(old_rows)};
static const struct cpt_census new_census = {.objects = 28, .bytes = 1670, .rows = new_rows, .row_count = COUNT(new_rows)};

static void
check_row(const struct cpt_diff_row *row, const char *name, uint64_t objects_before, uint64_t objects_after,
          uint64_t bytes_before, uint64_t bytes_after)
{
    assert_true(cpt_text_is(&row->name, name));
    assert_int_equal(row->objects_before, objects_before);
    assert_int_equal(row->objects_after, objects_after);
    assert_int_equal(row->bytes_before, bytes_before);
    assert_int_equal(row->bytes_after, bytes_after);
}

static void
test_rows(void **state)
{
    struct cpt_diff_side before, after;
    struct cpt_diff diff;

    (void)state;
    assert_int_equal(cpt_diff_side_take(&before, &old_census, NULL), CPT_OK);
    assert_int_equal(cpt_diff_side_take(&after, &new_census, NULL), CPT_OK);
    assert_int_equal(before.count, 4);
    assert_int_equal(cpt_diff_take(&diff, &before, &after, NULL), CPT_OK);
    assert_int_equal(diff.objects, 3);
    assert_int_equal(diff.bytes, 70);
    assert_int_equal(diff.count, 5);
    check_row(&diff.rows[0], "a.New", 0, 3, 0, 300);
    check_row(&diff.rows[1], "dict", 10, 9, 1000, 1200);
    check_row(&diff.rows[2], "b.Twin", 3, 9, 30, 100); /* two types of one name */
    check_row(&diff.rows[3], "same", 7, 7, 70, 70);
    check_row(&diff.rows[4], "a.Gone", 5, 0, 500, 0);
    assert_false(diff.has_survivors);
    cpt_diff_free(&diff);
    cpt_diff_side_free(&before);
    cpt_diff_side_free(&after);
}

static void
test_nothing(void **state)
{
    static const struct cpt_census none;
    struct cpt_diff_side before, after;
    struct cpt_diff diff;

    (void)state;
    assert_int_equal(cpt_diff_side_take(&before, &none, NULL), CPT_OK);
    assert_int_equal(cpt_diff_side_take(&after, &none, NULL), CPT_OK);
    assert_int_equal(cpt_diff_take(&diff, &before, &after, NULL), CPT_OK);
    assert_int_equal(diff.count, 0);
    cpt_diff_free(&diff);
    cpt_diff_side_free(&before);
    cpt_diff_side_free(&after);
}

/* Saved censuses */

static cpt_status
read_text(const char *text, size_t size, struct cpt_saved_census *saved, struct cpt_error *error)
{
    char *copy = malloc(size + 1); /* sanitizers see a read beyond it */
    cpt_status status;

    memcpy(copy, text, size);
    copy = realloc(copy, size ? size : 1);
    status = cpt_census_read(saved, copy, size, "a.json", error);
    free(copy);
    return status;
}

static void
test_saved(void **state)
{
    static const struct cpt_envelope envelope = {.command = "census", .is_core = true, .pid = 4711, .path = "core \"x\"",
                                                 .executable = "/usr/bin/python3.11", .version = "3.11.7",
                                                 .debug_build = true, .layout = "table",
                                                 .signal = {.number = 11, .thread = 4712}};
    struct cpt_buffer out = {0};
    struct cpt_saved_census saved;
    struct cpt_diff_side taken;

    (void)state;
    cpt_census_write_json(&out, &envelope, &old_census, 0);
    assert_int_equal(read_text(out.data, out.size, &saved, NULL), CPT_OK);
    assert_true(saved.complete && saved.envelope.is_core && saved.envelope.debug_build);
    assert_int_equal(saved.envelope.pid, 4711);
    assert_int_equal(saved.envelope.signal.number, 11);
    assert_int_equal(saved.envelope.signal.thread, 4712);
    assert_string_equal(saved.envelope.path, "core \"x\"");
    assert_string_equal(saved.envelope.executable, "/usr/bin/python3.11");
    assert_string_equal(saved.envelope.version, "3.11.7");
    assert_string_equal(saved.envelope.layout, "table");
    assert_int_equal(saved.types_total, 5);
    assert_int_equal(saved.row_count, 5);
    assert_int_equal(cpt_diff_side_take(&taken, &old_census, NULL), CPT_OK);
    assert_int_equal(saved.side.count, taken.count);
    assert_int_equal(saved.side.objects, 25);
    assert_int_equal(saved.side.bytes, 1600);
    for (size_t i = 0; i < taken.count; i++) {
        assert_string_equal(saved.side.types[i].name.data, taken.types[i].name.data);
        assert_int_equal(saved.side.types[i].type_address, taken.types[i].type_address);
        assert_int_equal(saved.side.types[i].objects, taken.types[i].objects);
        assert_int_equal(saved.side.types[i].bytes, taken.types[i].bytes);
    }
    cpt_diff_side_free(&taken);
    cpt_saved_census_free(&saved);
    cpt_buffer_free(&out);
}

#define HEAD "{\"schema\": 1, \"command\": \"census\", \"complete\": true, \"result\": "

static void
test_other_documents(void **state)
{
    static const struct {
        const char *text;
        cpt_status status;
    } cases[] = {
        {HEAD "{\"by\": \"type\", \"objects\": 0, \"bytes\": 0, \"types\": []}}", CPT_OK},
        {HEAD "{\"by\": \"type\", \"types\": [{}]}}", CPT_OK},
        {HEAD "{\"by\": \"type\", \"types\": [{\"type\": \"a\", \"more\": {\"deep\": [1, {}]}}]}, \"later\": [null]}", CPT_OK},
        {"{}", CPT_UNSUPPORTED},
        {"{\"schema\": 2, \"command\": \"census\", \"result\": {\"by\": \"type\", \"types\": []}}", CPT_UNSUPPORTED},
        {"{\"schema\": 1, \"command\": \"stack\", \"result\": {\"threads\": []}}", CPT_UNSUPPORTED},
        {HEAD "{\"by\": \"module\", \"types\": []}}", CPT_UNSUPPORTED},
        {HEAD "{\"by\": \"type\"}}", CPT_UNSUPPORTED},
        {"", CPT_CORRUPT}, {"[]", CPT_CORRUPT}, {"{\"schema\": 1", CPT_CORRUPT},
        {HEAD "{\"by\": \"type\", \"types\": [{\"objects\": -1}]}}", CPT_CORRUPT},
        {HEAD "{\"by\": \"type\", \"types\": [{\"objects\": 1.5}]}}", CPT_CORRUPT},
        {HEAD "{\"by\": \"type\", \"types\": [{\"type\": 5}]}}", CPT_CORRUPT},
        {HEAD "{\"by\": \"type\", \"types\": {}}}", CPT_CORRUPT},
        {HEAD "{\"by\": \"type\", \"types\": [[]]}}", CPT_CORRUPT},
        {HEAD "{\"by\": \"type\", \"types\": []}} x", CPT_CORRUPT},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cpt_saved_census saved;
        struct cpt_error error = {0};
        cpt_status status = read_text(cases[i].text, strlen(cases[i].text), &saved, &error);

        if (status != cases[i].status)
            fail_msg("'%s' gives %d: %s", cases[i].text, (int)status, error.what);
        assert_true(!status || strstr(error.what, "a.json"));
        cpt_saved_census_free(&saved);
    }
}

/* Cut anywhere, it is refused; with any byte changed it is read or refused. */
static void
test_damaged_document(void **state)
{
    static const struct cpt_envelope envelope = {.command = "census", .pid = 4711, .version = "3.11.7", .layout = "table"};
    struct cpt_buffer out = {0};
    struct cpt_saved_census saved;

    (void)state;
    cpt_census_write_json(&out, &envelope, &old_census, 0);
    for (size_t i = 0; i + 1 < out.size; i++) {
        char byte = out.data[i];

        assert_int_equal(read_text(out.data, i, &saved, NULL), CPT_CORRUPT);
        cpt_saved_census_free(&saved);
        for (unsigned j = 0; j < 8; j++) {
            out.data[i] = (char)(byte ^ 1 << j);
            (void)!read_text(out.data, out.size, &saved, NULL);
            cpt_saved_census_free(&saved);
        }
        out.data[i] = byte;
    }
    cpt_buffer_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows), cmocka_unit_test(test_nothing), cmocka_unit_test(test_saved),
        cmocka_unit_test(test_other_documents), cmocka_unit_test(test_damaged_document),
    };

    return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}

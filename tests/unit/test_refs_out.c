/* References and paths as text and JSON, of results made by hand. */
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
static const struct cpt_envelope process = {.command = "refs", .pid = 4711, .executable = "/usr/bin/python3.11",
                                            .version = "3.11.7", .layout = "table"};

#define NODE {.address = 0x7f10, .type = TEXT("__main__.Node"), .repr = TEXT("<__main__.Node object at 0x7f10>")}
#define DICT {.address = 0x7f20, .type = TEXT("dict"), .repr = TEXT("{'k\\n': 1}")}

static struct cpt_reference references[] = {
    {.other = DICT, .edge = TEXT("['k\\n']"), .exact = true},
    {.other = {0}, .edge = TEXT("worker.run:local buf"), .exact = true},
    {.other = {.address = 0x5510}, .edge = TEXT("<+16>")},
};

static const struct cpt_refs refs = {.object = NODE, .items = references, .count = 3, .total = 5, .references = 6};

static char *
refs_json(const struct cpt_refs *of, bool to)
{
    struct cpt_buffer out = {0};

    cpt_refs_write_json(&out, &process, of, to);
    assert_true(json_is_valid(out.data, out.size));
    return out.data;
}

static char *
refs_text(const struct cpt_refs *of, bool to)
{
    struct cpt_buffer out = {0};

    cpt_refs_write_text(&out, &process, of, to, &plain);
    return out.data;
}

#define NODE_JSON "{\"type\": \"__main__.Node\", \"address\": \"0x7f10\", \"repr\": \"<__main__.Node object at 0x7f10>\"}"
#define DICT_JSON "{\"type\": \"dict\", \"address\": \"0x7f20\", \"repr\": \"{'k\\\\n': 1}\"}"

static void
test_refs_json(void **state)
{
    char *text = refs_json(&refs, false);

    (void)state;
    assert_string_equal(strstr(text, "\"result\""),
                        "\"result\": {\n \"object\": " NODE_JSON ",\n"
                        " \"reference_count\": 6, \"immortal\": false, \"references_total\": 5, \"references\": [\n"
                        "  {\"from\": " DICT_JSON ", \"edge\": \"['k\\\\n']\", \"exact\": true, \"kind\": \"object\"},\n"
                        "  {\"from\": null, \"edge\": \"worker.run:local buf\", \"exact\": true, \"kind\": \"root\"},\n"
                        "  {\"from\": null, \"edge\": \"<+16>\", \"exact\": false, \"kind\": \"block\", "
                        "\"address\": \"0x5510\"}]}}\n");
    free(text);
}

/* From the object itself, and to whom. */
static void
test_refs_to_json(void **state)
{
    struct cpt_refs of = {.object = NODE, .items = references, .count = 1, .total = 1, .references = UINT64_MAX};
    char *text = refs_json(&of, true);

    (void)state;
    assert_non_null(strstr(text, "\"reference_count\": null, \"immortal\": true, \"references_total\": 1,"));
    assert_non_null(strstr(text, "{\"from\": " NODE_JSON ", \"to\": " DICT_JSON ", \"edge\": "));
    free(text);
}

static void
test_refs_text(void **state)
{
    char *text = refs_text(&refs, false);

    (void)state;
    assert_string_equal(text, "Process 4711: /usr/bin/python3.11\n"
                              "Python 3.11.7\n"
                              "\n"
                              "__main__.Node at 0x7f10: <__main__.Node object at 0x7f10>\n"
                              "5 references to it were found; its reference count is 6:\n"
                              "  ['k\\n']               dict at 0x7f20: {'k\\n': 1}\n"
                              "  worker.run:local buf\n"
                              "  <+16>                 native memory at 0x5510 (found by scanning)\n"
                              "  … 2 more (--limit)\n"
                              "What keeps it alive: coreptile path 4711 0x7f10\n");
    free(text);
    text = refs_text(&refs, true);
    assert_non_null(strstr(text, "\nIt has 5 references:\n  ['k\\n']"));
    assert_null(strstr(text, "What keeps"));
    free(text);
}

static void
test_no_refs(void **state)
{
    struct cpt_refs none = {.object = NODE, .references = UINT64_MAX};
    char *text = refs_text(&none, false);

    (void)state;
    assert_non_null(strstr(text, "\n0 references to it were found; it is immortal, and counts none\n"));
    free(text);
    text = refs_text(&none, true);
    assert_non_null(strstr(text, "\nIt has 0 references to others.\n"));
    free(text);
    text = refs_json(&none, false);
    assert_non_null(strstr(text, "\"references_total\": 0, \"references\": []}}\n"));
    free(text);
}

/* Paths */

static struct cpt_path_step steps[] = {
    {.object = {.address = 0x7f00, .type = TEXT("module"), .repr = TEXT("<module 'app'>")}, .edge = TEXT("app"), .exact = true},
    {.object = DICT, .edge = TEXT(".cache"), .exact = true},
    {.object = NODE, .edge = TEXT("['k\\n']"), .exact = true},
};

static const struct cpt_path path = {.object = NODE, .path = TEXT("app.cache['k\\n']"), .steps = steps, .count = 3,
                                     .exact = true};

static char *
path_text(const struct cpt_path *of, const struct cpt_envelope *envelope)
{
    struct cpt_buffer out = {0};

    cpt_path_write_text(&out, envelope, of, &plain);
    return out.data;
}

static char *
path_json(const struct cpt_path *of)
{
    struct cpt_buffer out = {0};

    cpt_path_write_json(&out, &process, of);
    assert_true(json_is_valid(out.data, out.size));
    return out.data;
}

static void
test_path(void **state)
{
    char *text = path_text(&path, &process);

    (void)state;
    assert_string_equal(strstr(text, "\n\n"), "\n\n"
                                              "app.cache['k\\n']\n"
                                              "\n"
                                              "  app      module at 0x7f00: <module 'app'>\n"
                                              "  .cache   dict at 0x7f20: {'k\\n': 1}\n"
                                              "  ['k\\n']  __main__.Node at 0x7f10: <__main__.Node object at 0x7f10>\n");
    free(text);
    text = path_json(&path);
    assert_string_equal(
        strstr(text, "\"result\""),
        "\"result\": {\n \"object\": " NODE_JSON ",\n"
        " \"path\": \"app.cache['k\\\\n']\", \"exact\": true, \"steps\": [\n"
        "  {\"object\": {\"type\": \"module\", \"address\": \"0x7f00\", \"repr\": \"<module 'app'>\"}, \"edge\": \"app\", "
        "\"exact\": true},\n"
        "  {\"object\": " DICT_JSON ", \"edge\": \".cache\", \"exact\": true},\n"
        "  {\"object\": " NODE_JSON ", \"edge\": \"['k\\\\n']\", \"exact\": true}]}}\n");
    free(text);
}

/* A step through memory of C; the core's name needs quotes. */
static void
test_scanned_path(void **state)
{
    struct cpt_path_step scanned[] = {{.object = {.address = 0x5510}, .edge = TEXT("data of libx.so"), .exact = false},
                                      {.object = NODE, .edge = TEXT("<+16>"), .exact = false}};
    struct cpt_path of = {.object = NODE, .path = TEXT("data of libx.so<+16>"), .steps = scanned, .count = 2};
    char *text = path_text(&of, &process);

    (void)state;
    assert_non_null(strstr(text, "  data of libx.so  native memory at 0x5510 (found by scanning)\n"));
    assert_non_null(strstr(text, "\nIt has steps that were found by scanning memory, which may be wrong.\n"));
    free(text);
    text = path_json(&of);
    assert_non_null(strstr(text, "{\"object\": null, \"edge\": \"data of libx.so\", \"exact\": false, \"address\": \"0x5510\"}"));
    free(text);
}

static void
test_no_path(void **state)
{
    static const struct {
        const char *path, *shown;
    } cores[] = {{"core.4711", "core.4711"}, {"my core", "'my core'"}, {"it's", "'it'\\''s'"},
                 {"4711", "--core 4711"}, {"-", "--core -"}};
    struct cpt_path none = {.object = NODE};
    char *text = path_text(&none, &process), line[80];

    (void)state;
    assert_non_null(strstr(text, "\n\nNothing found keeps <__main__.Node object at 0x7f10> (0x7f10) alive"));
    assert_non_null(strstr(text, ": coreptile refs 4711 0x7f10\n"));
    free(text);
    for (size_t i = 0; i < COUNT(cores); i++) {
        struct cpt_envelope core = {.is_core = true, .path = cores[i].path};

        text = path_text(&none, &core);
        snprintf(line, sizeof(line), ": coreptile refs %s 0x7f10\n", cores[i].shown);
        assert_non_null(strstr(text, line));
        free(text);
    }
    text = path_json(&none);
    assert_non_null(strstr(text, "\"path\": null, \"exact\": null, \"steps\": []}}\n"));
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refs_json), cmocka_unit_test(test_refs_to_json), cmocka_unit_test(test_refs_text),
        cmocka_unit_test(test_no_refs), cmocka_unit_test(test_path), cmocka_unit_test(test_scanned_path),
        cmocka_unit_test(test_no_path),
    };

    return cmocka_run_group_tests_name("refs_out", tests, NULL, NULL);
}

/* Retainers and the leak report as text and JSON, of results made by hand. */
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
static const struct cpt_envelope process = {.command = "leaks", .pid = 4711, .executable = "/usr/bin/python3.11",
                                            .version = "3.11.7", .layout = "table"};

#define NODE {.address = 0x7f10, .type = TEXT("__main__.Node"), .repr = TEXT("<__main__.Node object at 0x7f10>")}

static struct cpt_retainer retainers[] = {
    {.object = {.address = 0x7f20, .type = TEXT("dict"), .repr = TEXT("{…}")}, .path = TEXT("app.cache"), .exact = true,
     .objects = 1000, .bytes = 600000},
    {.object = {.address = 0x5510}, .path = TEXT("data of libx.so"), .link = true, .objects = 5, .bytes = 400},
    {.object = NODE, .objects = 1, .bytes = 64},
};

static const struct cpt_retained retained = {.objects = 2000, .bytes = 1000000, .items = retainers, .count = 3};

static struct cpt_type_count pair[] = {{TEXT("__main__.Node"), 2}, {TEXT("dict"), 1}, {TEXT("__main__.Node"), 1}};
static struct cpt_type_count many[] = {{TEXT("a"), 9}, {TEXT("b"), 8}, {TEXT("c"), 7}, {TEXT("d"), 6}, {TEXT("e"), 5}, {TEXT("f\n"), 4}};
static struct cpt_garbage_group groups[] = {
    {.types = pair, .type_count = 2, .components = 6000, .objects = 18000, .bytes = 1200000, .example = NODE},
    {.types = many, .type_count = 6, .components = 1, .objects = 39, .bytes = 2000, .example = NODE},
};
static struct cpt_type_count old[] = {{TEXT("__main__.Old"), 3}};
static struct cpt_value examples[] = {NODE, {.address = 0x7f30, .type = TEXT("__main__.Node"), .repr = TEXT("…")}};
static struct cpt_leak_type surplus[] = {
    {.type = TEXT("__main__.Node"), .objects = 3, .references = 4, .bytes = 144, .examples = examples, .example_count = 2},
    {.type = TEXT("list"), .objects = 1, .references = 1, .bytes = 56, .examples = examples, .example_count = 1},
    {.type = TEXT("bytes"), .objects = 1, .references = 1, .bytes = 40, .examples = examples, .example_count = 1},
    {.type = TEXT("set"), .objects = 5, .references = 5, .bytes = 35, .examples = examples, .example_count = 1},
};
static struct cpt_leak_type lost[] = {
    {.type = TEXT("bytes"), .objects = 1, .references = 1, .bytes = 40, .examples = examples, .example_count = 1,
     .kept_objects = 2, .kept_bytes = 4096},
    {.type = TEXT("set"), .objects = 2, .references = 2, .bytes = 14, .examples = examples},
};
static struct cpt_type_count scanned[] = {{TEXT("x.Array"), 12}};

static const struct cpt_leaks all = {
    .garbage_objects = 18039, .garbage_bytes = 1202000, .groups = groups, .group_count = 2,
    .uncollectable_objects = 3, .uncollectable_bytes = 300, .uncollectable = old, .uncollectable_count = 1,
    .surplus = surplus, .surplus_count = 4, .lost = lost, .lost_count = 2,
    .retained = {.objects = 2000, .bytes = 1000000, .items = retainers, .count = 1},
    .heap_objects = 50000, .heap_bytes = 4000000, .has_threads_running = true, .scanned = scanned, .scanned_count = 1,
};

static char *
retained_text(const struct cpt_text_options *options)
{
    struct cpt_buffer out = {0};

    cpt_retained_write_text(&out, &process, &retained, options);
    return out.data;
}

static void
test_retained(void **state)
{
    static const struct cpt_text_options narrow = {.width = 50};
    struct cpt_buffer out = {0};
    char *text = retained_text(&plain);

    (void)state;
    assert_string_equal(text, "Process 4711: /usr/bin/python3.11\n"
                              "Python 3.11.7\n"
                              "2,000 objects, 976.6 KiB can be reached\n"
                              "\n"
                              "     % keeps bytes     objects  what\n"
                              "  60.0   585.9 KiB       1,000  app.cache\n"
                              "                                  dict at 0x7f20\n"
                              "  <0.1       400 B           5  data of libx.so (found by scanning)\n"
                              "                                  native memory at 0x5510\n"
                              "  <0.1        64 B           1  (no path)\n"
                              "                                  __main__.Node at 0x7f10\n");
    free(text);
    text = retained_text(&narrow);
    assert_non_null(strstr(text, "  data of libx.so (found …\n"));
    free(text);
    cpt_retained_write_json(&out, &process, &retained);
    assert_true(json_is_valid(out.data, out.size));
    assert_string_equal(
        strstr(out.data, "\"result\""),
        "\"result\": {\"reachable_objects\": 2000, \"reachable_bytes\": 1000000,\n \"retainers\": [\n"
        "  {\"object\": {\"type\": \"dict\", \"address\": \"0x7f20\", \"repr\": \"{…}\"}, \"path\": \"app.cache\", "
        "\"exact\": true, \"link\": false, \"retained_objects\": 1000, \"retained_bytes\": 600000},\n"
        "  {\"object\": null, \"path\": \"data of libx.so\", \"exact\": false, \"link\": true, \"retained_objects\": 5, "
        "\"retained_bytes\": 400},\n"
        "  {\"object\": {\"type\": \"__main__.Node\", \"address\": \"0x7f10\", \"repr\": "
        "\"<__main__.Node object at 0x7f10>\"}, \"path\": null, \"exact\": false, \"link\": false, \"retained_objects\": 1, "
        "\"retained_bytes\": 64}]}}\n");
    cpt_buffer_free(&out);
}

static char *
leaks_json(const struct cpt_leaks *leaks, size_t top)
{
    struct cpt_buffer out = {0};

    cpt_leaks_write_json(&out, &process, leaks, top);
    assert_true(json_is_valid(out.data, out.size));
    return out.data;
}

static char *
leaks_text(const struct cpt_leaks *leaks, const struct cpt_envelope *envelope, size_t top)
{
    struct cpt_buffer out = {0};

    cpt_leaks_write_text(&out, envelope, leaks, top, &plain);
    return out.data;
}

static void
test_json(void **state)
{
    char *text = leaks_json(&all, 0), *end = strstr(text, " \"retainers\"");

    (void)state;
    *end = '\0';
    assert_string_equal(
        strstr(text, "\"result\""),
        "\"result\": {\"objects\": 50000, \"bytes\": 4000000,\n"
        " \"garbage\": {\"objects\": 18039, \"bytes\": 1202000, \"groups_total\": 2, \"groups\": [\n"
        "  {\"types\": {\"__main__.Node\": 2, \"dict\": 1}, \"components\": 6000, \"objects\": 18000, \"bytes\": 1200000, "
        "\"example\": \"0x7f10\"},\n"
        "  {\"types\": {\"a\": 9, \"b\": 8, \"c\": 7, \"d\": 6, \"e\": 5, \"f\\n\": 4}, \"components\": 1, \"objects\": 39, "
        "\"bytes\": 2000, \"example\": \"0x7f10\"}]},\n"
        " \"uncollectable\": {\"objects\": 3, \"bytes\": 300, \"types\": [{\"type\": \"__main__.Old\", \"objects\": 3}]},\n"
        " \"surplus_references\": [\n"
        "  {\"type\": \"__main__.Node\", \"objects\": 3, \"references\": 4, \"bytes\": 144, \"examples\": [\"0x7f10\", "
        "\"0x7f30\"]},\n"
        "  {\"type\": \"list\", \"objects\": 1, \"references\": 1, \"bytes\": 56, \"examples\": [\"0x7f10\"]},\n"
        "  {\"type\": \"bytes\", \"objects\": 1, \"references\": 1, \"bytes\": 40, \"examples\": [\"0x7f10\"]},\n"
        "  {\"type\": \"set\", \"objects\": 5, \"references\": 5, \"bytes\": 35, \"examples\": [\"0x7f10\"]}],\n"
        " \"lost\": [\n"
        "  {\"type\": \"bytes\", \"objects\": 1, \"references\": 1, \"bytes\": 40, \"kept_objects\": 2, \"kept_bytes\": 4096, "
        "\"examples\": [\"0x7f10\"]},\n"
        "  {\"type\": \"set\", \"objects\": 2, \"references\": 2, \"bytes\": 14, \"kept_objects\": 0, \"kept_bytes\": 0, "
        "\"examples\": []}],\n");
    assert_non_null(strstr(end + 1, "\"scanned_types\": [{\"type\": \"x.Array\", \"objects\": 12}]}}\n"));
    free(text);
}

/* Types of one name in one group are one key, whose number is that of all. */
static void
test_names_that_are_alike(void **state)
{
    struct cpt_garbage_group group = {.types = pair, .type_count = 3, .components = 1, .objects = 4, .bytes = 9, .example = NODE};
    struct cpt_leaks leaks = {.groups = &group, .group_count = 1};
    char *text = leaks_json(&leaks, 0);

    (void)state;
    assert_non_null(strstr(text, "{\"types\": {\"__main__.Node\": 3, \"dict\": 1},"));
    free(text);
}

static void
test_text(void **state)
{
    char *text = leaks_text(&all, &process, 0);

    (void)state;
    assert_string_equal(
        text,
        "Process 4711: /usr/bin/python3.11\n"
        "Python 3.11.7\n"
        "Found: 18,039 objects of cyclic garbage, 3 objects in gc.garbage, 10 objects with surplus references, 3 objects lost\n"
        "\n"
        "Surplus references: 10 objects (275 B, <0.1 % of the heap)\n"
        "  They count more references than can be found anywhere, the mark of a missing Py_DECREF in\n"
        "  native code: such objects stay for ever.\n"
        "  3 __main__.Node objects (144 B, <0.1 % of the heap) have 4 references too many\n"
        "    such as <__main__.Node object at 0x7f10>: coreptile refs 4711 0x7f10\n"
        "  1 list object (56 B, <0.1 % of the heap) has 1 reference too many\n"
        "    such as <__main__.Node object at 0x7f10>: coreptile refs 4711 0x7f10\n"
        "  1 bytes object (40 B, <0.1 % of the heap) has 1 reference too many; it is lost\n"
        "  5 set objects (35 B, <0.1 % of the heap) have 5 references too many; 2 of them are lost\n"
        "    such as <__main__.Node object at 0x7f10>: coreptile refs 4711 0x7f10\n"
        "\n"
        "Lost: 3 objects (54 B, <0.1 % of the heap)\n"
        "  They are alive by their count, but nothing leads to them any more, not even native memory:\n"
        "  whoever had them forgot them without Py_DECREF.\n"
        "  1 bytes object (40 B, <0.1 % of the heap), which keeps 2 more objects (4.0 KiB) alive\n"
        "    such as <__main__.Node object at 0x7f10>: coreptile object 4711 0x7f10\n"
        "  2 set objects (14 B, <0.1 % of the heap)\n"
        "\n"
        "Uncollectable: 3 objects (300 B, <0.1 % of the heap) in gc.garbage\n"
        "  The collector puts there what it cannot free, and with gc.DEBUG_SAVEALL all that it finds.\n"
        "  3 __main__.Old\n"
        "\n"
        "Cyclic garbage: 18,039 objects (1.1 MiB, 30.1 % of the heap)\n"
        "  They refer to each other, and nothing else to them: gc.collect() would free them now.\n"
        "  1.1 MiB in 6,000 alike groups of 2 __main__.Node, 1 dict\n"
        "    such as <__main__.Node object at 0x7f10>: coreptile refs 4711 0x7f10\n"
        "  2.0 KiB in 1 group of 9 a, 8 b, 7 c, 6 d and 2 more types\n"
        "    such as <__main__.Node object at 0x7f10>: coreptile refs 4711 0x7f10\n"
        "  Some of it is normal between two runs of the collector. When it only grows, something keeps the\n"
        "  collector from running: gc.disable(), gc.freeze(), a high threshold.\n"
        "\n"
        "What keeps most memory alive\n"
        "  No leak by itself, but where to look when the program grows. More of it: coreptile retained 4711\n"
        "     % keeps bytes     objects  what\n"
        "  60.0   585.9 KiB       1,000  app.cache\n"
        "                                  dict at 0x7f20\n"
        "\n"
        "How sure this is\n"
        "  The references of 12 objects are not known exactly, and were looked for in their memory:\n"
        "  12 x.Array\n"
        "  The process ran on while it was copied (--no-pause): an object whose references changed\n"
        "  meanwhile can seem to have too many, or none.\n");
    free(text);
}

static void
test_top(void **state)
{
    char *text = leaks_text(&all, &process, 1);

    (void)state;
    assert_non_null(strstr(text, "  2.0 KiB in 1 more kind of groups (--top)\n"));
    assert_non_null(strstr(text, "\n  3 more types (--top)\n"));
    assert_null(strstr(text, "list object"));
    free(text);
    text = leaks_json(&all, 1);
    assert_non_null(strstr(text, "\"groups_total\": 2, \"groups\": [\n  {\"types\": {\"__main__.Node\": 2"));
    assert_null(strstr(text, "\"list\""));
    free(text);
}

static void
test_none(void **state)
{
    static const struct cpt_leaks none;
    struct cpt_holes holes = {0};
    struct cpt_envelope damaged = process;
    char *text = leaks_text(&none, &process, 0);

    (void)state;
    assert_string_equal(strstr(text, "Python"), "Python 3.11.7\n"
                                                "No leak found: no cyclic garbage, no surplus references, nothing lost.\n");
    free(text);
    text = leaks_json(&none, 0);
    assert_non_null(strstr(text, "\"garbage\": {\"objects\": 0, \"bytes\": 0, \"groups_total\": 0, \"groups\": []},\n"));
    free(text);
    cpt_holes_add(&holes, "unreadable", 0x10, "a hole");
    damaged.holes = &holes;
    text = leaks_text(&none, &damaged, 0);
    assert_non_null(strstr(text, "\nNo leak found in what could be read.\n"));
    assert_non_null(strstr(text, "\nHow sure this is\n  Some memory could not be read, see below:"));
    free(text);
    cpt_holes_free(&holes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_retained), cmocka_unit_test(test_json), cmocka_unit_test(test_names_that_are_alike),
        cmocka_unit_test(test_text), cmocka_unit_test(test_top), cmocka_unit_test(test_none),
    };

    return cmocka_run_group_tests_name("leaks_out", tests, NULL, NULL);
}

/* The ledger of memory as text and JSON, of a result made by hand. */
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
#define MIB (UINT64_C(1) << 20)

static const struct cpt_envelope process = {.command = "memory",
                                            .pid = 4711,
                                            .executable = "/usr/bin/python3.11",
                                            .version = "3.11.7",
                                            .layout = "table"};

static struct cpt_heap heap;

static struct cpt_ledger_arena sparse[] = {
    {.address = 0x7f0000000000,
     .used_bytes = 96,
     .objects = 3,
     .pinned_by = {{.address = 0x7f0000000040, .type = TEXT("str"), .repr = TEXT("'a\x1b'")},
                   {.address = 0x7f0000000080, .type = TEXT("list"), .repr = TEXT("<broken list object at 0x7f0000000080>"),
                    .broken = true},
                   {.address = 0x7f00000000c0}}, /* not even its type can be read */
     .pinned_count = 3},
    {.address = 0x7f0000100000, .used_bytes = 2048},
    {.address = 0x7f0000200000,
     .used_bytes = 4096,
     .objects = 2,
     .pinned_by = {{.address = 0x7f0000200040, .type = TEXT("dict"), .repr = TEXT("{}")}},
     .pinned_count = 1},
};

static struct cpt_ledger
sample(void)
{
    memset(&heap, 0, sizeof(heap));
    heap.classes[0] = (struct cpt_heap_class){.size = 16};
    heap.classes[1] = (struct cpt_heap_class){.size = 32, .pools = 2, .used = 1000, .free = 20, .objects = 990};
    heap.classes[31] = (struct cpt_heap_class){.size = 512, .pools = 1, .used = 1, .free = 30, .buffers = 1};
    return (struct cpt_ledger){
        .heap = &heap,
        .total = 100 * MIB,
        .categories = {20 * MIB, 10 * MIB, 5 * MIB, MIB, 51 * MIB, 3 * MIB, 8 * MIB, 2 * MIB},
        .has_pymalloc = true,
        .arenas = 36,
        .arena_bytes = 36 * MIB,
        .pools = 2200,
        .free_pools = 12,
        .used_blocks = 300100,
        .free_blocks = 4000,
        .used_bytes = 27 * MIB,
        .object_blocks = 250000,
        .buffer_blocks = 50000,
        .dead_blocks = 60,
        .unexplained_blocks = 40,
        .found_by = "table",
        .sparse = sparse,
        .sparse_count = COUNT(sparse),
        .sparse_total = COUNT(sparse),
    };
}

static const struct cpt_text_options plain;

static char *
json_of(const struct cpt_ledger *ledger)
{
    struct cpt_buffer out = {0};

    cpt_memory_write_json(&out, &process, ledger);
    assert_true(json_is_valid(out.data, out.size));
    return out.data;
}

static char *
text_of(const struct cpt_ledger *ledger, const struct cpt_text_options *options)
{
    struct cpt_buffer out = {0};

    cpt_memory_write_text(&out, &process, ledger, options);
    return out.data;
}

static void
test_json(void **state)
{
    struct cpt_ledger ledger = sample();
    char *text = json_of(&ledger);

    (void)state;
    assert_string_equal(
        strstr(text, "\"result\""),
        "\"result\": {\"total_bytes\": 104857600, \"categories\": [\n"
        "  {\"name\": \"objects\", \"bytes\": 20971520},\n"
        "  {\"name\": \"object-buffers\", \"bytes\": 10485760},\n"
        "  {\"name\": \"pymalloc-free\", \"bytes\": 5242880},\n"
        "  {\"name\": \"pymalloc-other\", \"bytes\": 1048576},\n"
        "  {\"name\": \"native-heap\", \"bytes\": 53477376},\n"
        "  {\"name\": \"stacks\", \"bytes\": 3145728},\n"
        "  {\"name\": \"files\", \"bytes\": 8388608},\n"
        "  {\"name\": \"anonymous\", \"bytes\": 2097152}],\n"
        " \"pymalloc\": {\"found_by\": \"table\", \"arenas\": 36, \"arena_bytes\": 37748736, \"pools\": 2200, "
        "\"free_pools\": 12,\n"
        "  \"used_blocks\": 300100, \"free_blocks\": 4000, \"used_bytes\": 28311552,\n"
        "  \"object_blocks\": 250000, \"buffer_blocks\": 50000, \"dead_blocks\": 60, \"unexplained_blocks\": 40,\n"
        "  \"size_classes\": [\n"
        "   {\"size\": 32, \"pools\": 2, \"used_blocks\": 1000, \"free_blocks\": 20},\n"
        "   {\"size\": 512, \"pools\": 1, \"used_blocks\": 1, \"free_blocks\": 30}],\n"
        "  \"sparse_arenas_total\": 3, \"sparse_arenas\": [\n"
        "   {\"address\": \"0x7f0000000000\", \"used_bytes\": 96, \"objects\": 3, \"pinned_by\": [\n"
        "    {\"type\": \"str\", \"address\": \"0x7f0000000040\", \"repr\": \"'a\\u001b'\"},\n"
        "    {\"type\": \"list\", \"address\": \"0x7f0000000080\", "
        "\"repr\": \"<broken list object at 0x7f0000000080>\"}]},\n"
        "   {\"address\": \"0x7f0000100000\", \"used_bytes\": 2048, \"objects\": 0, \"pinned_by\": []},\n"
        "   {\"address\": \"0x7f0000200000\", \"used_bytes\": 4096, \"objects\": 2, \"pinned_by\": [\n"
        "    {\"type\": \"dict\", \"address\": \"0x7f0000200040\", \"repr\": \"{}\"}]}]}}}\n");
    free(text);
}

static void
test_json_without_pymalloc(void **state)
{
    struct cpt_ledger ledger = sample();
    char *text;

    (void)state;
    ledger.has_pymalloc = false;
    text = json_of(&ledger);
    assert_non_null(strstr(text, "{\"name\": \"anonymous\", \"bytes\": 2097152}],\n \"pymalloc\": null}}\n"));
    free(text);
}

static void
test_text(void **state)
{
    struct cpt_ledger ledger = sample();
    char *text = text_of(&ledger, &plain);

    (void)state;
    assert_string_equal(
        text,
        "Process 4711: /usr/bin/python3.11\n"
        "Python 3.11.7\n"
        "100.0 MiB private and resident, most of it native-heap: 51.0 %\n"
        "\n"
        "  objects             20.0 MiB   20.0  ####                  Python objects\n"
        "  object-buffers      10.0 MiB   10.0  ##                    what they own: list items, dict tables …\n"
        "  pymalloc-free        5.0 MiB    5.0  #                     free, but kept by pymalloc: fragmentation\n"
        "  pymalloc-other       1.0 MiB    1.0                        pymalloc's own, and what is unexplained\n"
        "  native-heap         51.0 MiB   51.0  ##########            malloc's rest: C libraries, extensions\n"
        "  stacks               3.0 MiB    3.0  #                     stacks of threads\n"
        "  files                8.0 MiB    8.0  ##                    executables, libraries, mapped files\n"
        "  anonymous            2.0 MiB    2.0                        all else that was mapped without a file\n"
        "\n"
        "pymalloc: arenas 36.0 MiB, 75.0 % in use\n"
        "  arenas  36, found by their table\n"
        "  sparse  3 arenas (3.0 MiB) are kept by 0.2 % of their memory: 6.1 KiB\n"
        "  pools   2,200 in use, 12 free\n"
        "  blocks  300,100 in use (27.0 MiB), 4,000 free\n"
        "  in use  250,000 objects, 50,000 buffers, 60 on free lists, 40 unexplained (<0.1 %)\n"
        "\n"
        "  size     pools   used blocks   free blocks  % in use        free\n"
        "    32         2         1,000            20      98.0       640 B\n"
        "   512         1             1            30       3.2    15.0 KiB\n"
        "\n"
        "Sparse arenas, least used first, and objects that keep them:\n"
        "  0x7f0000000000: 96 B in use, 3 objects\n"
        "    str at 0x7f0000000040: 'a\\x1b'\n"
        "    list at 0x7f0000000080: <broken list object at 0x7f0000000080>\n"
        "    ? at 0x7f00000000c0: ?\n"
        "  0x7f0000100000: 2.0 KiB in use, by no object: buffers, or what is dead or not explained\n"
        "  0x7f0000200000: 4.0 KiB in use, 2 objects\n"
        "    dict at 0x7f0000200040: {}\n"
        "    … 1 more\n");
    free(text);
}

static void
test_text_without_pymalloc(void **state)
{
    struct cpt_ledger ledger = sample();
    struct cpt_envelope core = process;
    struct cpt_buffer out = {0};

    (void)state;
    ledger.has_pymalloc = false;
    ledger.categories[CPT_LEDGER_NATIVE_HEAP] = 21 * MIB;
    ledger.categories[CPT_LEDGER_ANONYMOUS] = 32 * MIB;
    core.is_core = true;
    core.path = "core";
    cpt_memory_write_text(&out, &core, &ledger, &plain);
    assert_non_null(strstr(out.data, "\n100.0 MiB dumped, the largest part anonymous: 32.0 %\n\n"));
    assert_non_null(strstr(out.data, "\npymalloc: none; objects are in memory of malloc or another allocator\n"));
    assert_null(strstr(out.data, "arenas"));
    assert_null(strstr(out.data, "size "));
    cpt_buffer_free(&out);
}

static void
test_more_sparse_arenas_than_listed(void **state)
{
    struct cpt_ledger ledger = sample();
    char *text;

    (void)state;
    ledger.sparse_total = 1234;
    text = text_of(&ledger, &plain);
    assert_non_null(strstr(text, "  sparse  1,234 arenas; the 3 least used (3.0 MiB) are kept by 0.2 % of their memory: 6.1 KiB\n"));
    free(text);
    ledger.sparse_total = ledger.sparse_count = 1;
    text = text_of(&ledger, &plain);
    assert_non_null(strstr(text, "  sparse  1 arena (1.0 MiB) is kept by <0.1 % of its memory: 96 B\n"));
    free(text);
    ledger.sparse_total = ledger.sparse_count = 0;
    text = text_of(&ledger, &plain);
    assert_null(strstr(text, "parse"));
    free(text);
    text = json_of(&ledger);
    assert_non_null(strstr(text, "\"sparse_arenas_total\": 0, \"sparse_arenas\": []}}}\n"));
    free(text);
}

/* The longest of the ledger's lines, in columns. */
static size_t
widest(const char *text)
{
    size_t most = 0;

    for (const char *line = strstr(text, "  objects "); line && *line == ' '; line = strchr(line, '\n') + 1) {
        size_t columns = 0;

        for (const char *c = line; *c != '\n'; c++)
            columns += ((unsigned char)*c & 0xc0) != 0x80;
        most = columns > most ? columns : most;
    }
    return most;
}

static void
test_width(void **state)
{
    struct cpt_ledger ledger = sample();
    const int widths[] = {200, 102, 101, 90, 87, 86, 80, 60, 45};

    (void)state;
    for (size_t i = 0; i < COUNT(widths); i++) {
        struct cpt_text_options options = {.width = widths[i]};
        char *text = text_of(&ledger, &options);

        if (widest(text) > (size_t)widths[i])
            fail_msg("%zu columns on a terminal of %d:\n%s", widest(text), widths[i], text);
        /* Where there is room for the words, they are whole; the bar gives way. */
        assert_int_equal(!strstr(text, "pymalloc: fragmentation\n"), widths[i] < 80);
        assert_int_equal(!strstr(text, "#"), widths[i] < 87);
        free(text);
    }
}

static void
test_color(void **state)
{
    struct cpt_ledger ledger = sample();
    struct cpt_text_options lit = {.color = true};
    char *text = text_of(&ledger, &lit);

    (void)state;
    assert_non_null(strstr(text, "\033[1m  native-heap         51.0 MiB")); /* the largest */
    assert_non_null(strstr(text, "\n  objects             20.0 MiB"));
    assert_non_null(strstr(text, "\033[1;31m<broken list"));
    free(text);
}

static void
test_empty(void **state)
{
    struct cpt_ledger ledger = {.heap = &heap, .has_pymalloc = true};
    char *text;

    (void)state;
    memset(&heap, 0, sizeof(heap));
    text = text_of(&ledger, &plain);
    assert_non_null(strstr(text, "\n0 B private and resident\n\n  objects                  0 B    0.0 "));
    assert_non_null(strstr(text, "pymalloc: arenas 0 B, 0.0 % in use\n"));
    free(text);
    text = json_of(&ledger);
    assert_non_null(strstr(text, "{\"found_by\": null, \"arenas\": 0,"));
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_without_pymalloc),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_text_without_pymalloc),
        cmocka_unit_test(test_more_sparse_arenas_than_listed),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_color),
        cmocka_unit_test(test_empty),
    };

    return cmocka_run_group_tests_name("memory_out", tests, NULL, NULL);
}

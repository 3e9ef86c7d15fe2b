#include "coreanalyze/output/output.h"
#include "tests/unit/jsoncheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct cpt_envelope process = {.command = "info",
                                            .pid = 4711,
                                            .executable = "/usr/bin/python3.11",
                                            .version = "3.11.7",
                                            .layout = "table"};

static const char *arguments[] = {"python3", "app.py", "two words", "it's", "", "\x1b[31m"};

static struct cpt_info_module modules[] = {
    {.path = "/usr/bin/python3.11",
     .found = "/usr/bin/python3.11",
     .build_id = "ab12",
     .match = 1,
     .python = true},
    {.path = "/lib/libc.so.6", .found = "/sysroot/lib/libc.so.6", .build_id = "", .match = 0},
    {.path = "/gone.so", .build_id = "cd34", .match = -1},
    {.path = "/old.so", .found = "/old.so", .match = -1},
};

static const struct cpt_info info = {.arguments = arguments,
                                     .argument_count = COUNT(arguments),
                                     .interpreters = 1,
                                     .threads = 3,
                                     .native_threads = 5,
                                     .allocator = "pymalloc",
                                     .modules = modules,
                                     .module_count = COUNT(modules),
                                     .found_by = "dynsym",
                                     .table = "3.11.7, gcc 12"};

static const struct cpt_text_options plain;

static void
test_json(void **state)
{
    struct cpt_buffer out = {0};
    const char *result;

    (void)state;
    cpt_info_write_json(&out, &process, &info);
    assert_true(json_is_valid(out.data, out.size));
    result = strstr(out.data, "\"result\"");
    assert_string_equal(
        result,
        "\"result\": {\"argv\": [\"python3\", \"app.py\", \"two words\", \"it's\", \"\", "
        "\"\\u001b[31m\"],\n"
        " \"interpreters\": 1, \"threads\": 3, \"native_threads\": 5, "
        "\"allocator\": \"pymalloc\", \"found_by\": \"dynsym\", \"table\": \"3.11.7, gcc 12\",\n"
        " \"core\": null,\n"
        " \"modules\": [\n"
        "  {\"path\": \"/usr/bin/python3.11\", \"build_id\": \"ab12\", \"match\": true, "
        "\"found\": \"/usr/bin/python3.11\", \"python\": true},\n"
        "  {\"path\": \"/lib/libc.so.6\", \"build_id\": null, \"match\": false, "
        "\"found\": \"/sysroot/lib/libc.so.6\", \"python\": false},\n"
        "  {\"path\": \"/gone.so\", \"build_id\": \"cd34\", \"match\": null, \"found\": null, "
        "\"python\": false},\n"
        "  {\"path\": \"/old.so\", \"build_id\": null, \"match\": null, \"found\": \"/old.so\", "
        "\"python\": false}]}}\n");
    cpt_buffer_free(&out);
}

static void
test_json_core(void **state)
{
    struct cpt_info core = {
        .is_core = true, .truncated = true, .missing_bytes = 4096, .left_out_bytes = UINT64_MAX};
    struct cpt_buffer out = {0};

    (void)state;
    cpt_info_write_json(&out, &process, &core);
    assert_true(json_is_valid(out.data, out.size));
    assert_non_null(strstr(out.data, "\"allocator\": null, \"found_by\": null, \"table\": null,\n"
                                     " \"core\": {\"truncated\": true, \"missing_bytes\": 4096, "
                                     "\"left_out_bytes\": 18446744073709551615},\n"
                                     " \"modules\": []}}\n"));
    cpt_buffer_free(&out);
}

static void
test_text(void **state)
{
    struct cpt_buffer out = {0};

    (void)state;
    cpt_info_write_text(&out, &process, &info, &plain);
    assert_string_equal(out.data,
                        "Process 4711: /usr/bin/python3.11\n"
                        "Python 3.11.7\n"
                        "\n"
                        "Arguments     python3 app.py 'two words' \"it's\" '' \\x1b[31m\n"
                        "Threads       3 Python threads in 1 interpreter, 5 threads in all\n"
                        "Allocator     pymalloc\n"
                        "Offsets       from a built-in table, made from 3.11.7, gcc 12\n"
                        "Found by      dynamic symbols\n"
                        "\n"
                        "Modules: is the file on this machine the same build?\n"
                        "  ok       ab12  /usr/bin/python3.11 [Python]\n"
                        "  DIFFERS  -     /lib/libc.so.6, here /sysroot/lib/libc.so.6\n"
                        "  missing  cd34  /gone.so\n"
                        "  ?        -     /old.so\n");
    cpt_buffer_free(&out);
}

static void
test_text_core(void **state)
{
    struct cpt_envelope envelope = process;
    struct cpt_info core = {.is_core = true, .interpreters = 2, .threads = 1};
    struct cpt_buffer out = {0};

    (void)state;
    envelope.is_core = true;
    envelope.layout = "self";
    cpt_info_write_text(&out, &envelope, &core, &plain);
    assert_non_null(strstr(out.data, "\nThreads       1 Python thread in 2 interpreters\n"
                                     "Allocator     not known\n"
                                     "Offsets       from the target itself\n"
                                     "Core          complete\n"));
    cpt_buffer_clear(&out);
    core.truncated = true;
    core.missing_bytes = 1234567;
    core.left_out_bytes = 4096;
    cpt_info_write_text(&out, &envelope, &core, &plain);
    assert_non_null(strstr(out.data, "Core          TRUNCATED: 1,234,567 bytes are missing at its "
                                     "end; 4,096 bytes of files were not dumped\n"));
    cpt_buffer_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_core),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_text_core),
    };

    return cmocka_run_group_tests_name("info_out", tests, NULL, NULL);
}

/* The command line: addresses in every form, what a command takes after its target, and the bounds of numbers. */
#include "coreanalyze/commands/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MAX_WORDS 12

struct address_case {
    const char *text;
    bool good;
    uint64_t address;
};

static const struct address_case addresses[] = {
    {"0x7f1234567890", true, 0x7f1234567890},
    {"0X7F1234567890", true, 0x7f1234567890},
    {"0x00007f1234567890", true, 0x7f1234567890},
    {"140022", true, 140022}, /* as id() gives it */
    {"7f1234567890", true, 0x7f1234567890},
    {"f", true, 15},
    {"0", true, 0},
    {"0x0", true, 0},
    {"010", true, 10}, /* not octal */
    {"18446744073709551615", true, UINT64_MAX},
    {"0xffffffffffffffff", true, UINT64_MAX},
    {"ffffffffffffffff", true, UINT64_MAX},
    {"18446744073709551616", false, 0},
    {"0x10000000000000000", false, 0},
    {"10000000000000000f", false, 0},
    {"", false, 0},
    {"0x", false, 0},
    {"x10", false, 0},
    {"0x0x10", false, 0},
    {"+5", false, 0},
    {"-5", false, 0},
    {" 5", false, 0},
    {"5 ", false, 0},
    {"0x12g", false, 0},
    {"7f12_3456", false, 0},
    {"1e5", true, 0x1e5}, /* a letter makes it hexadecimal, no number with an exponent */
};

static void
test_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(addresses); i++) {
        struct cpt_error error = {0};
        uint64_t address = 1;
        cpt_status status = cpt_address_parse(addresses[i].text, &address, &error);

        if ((status == CPT_OK) != addresses[i].good || (!status && address != addresses[i].address))
            fail_msg("'%s' gives status %d, 0x%llx", addresses[i].text, (int)status, (unsigned long long)address);
        if (status) {
            assert_int_equal(status, CPT_ABSENT);
            assert_true(error.what[0]);
        }
    }
}

/* Parses LINE, words separated by single blanks, the first of them the command. */
static cpt_status
parse(const char *line, char *copy, struct cpt_options *options, struct cpt_error *error)
{
    char *argv[MAX_WORDS + 1] = {0}, *rest = strcpy(copy, line), *word;
    const struct cpt_command *command;
    int argc = 0;

    while ((word = strsep(&rest, " ")) && argc < MAX_WORDS)
        argv[argc++] = word;
    command = cpt_command_find(argv[0]);
    assert_non_null(command);
    return cpt_options_parse(options, command, false, argc, argv, error);
}

struct line_case {
    const char *line;
    int32_t pid;      /* 0: wrong usage, or a core */
    const char *core; /* NULL: none */
    uint64_t address;
};

static const struct line_case lines[] = {
    {"object 4711 0x10", 4711, NULL, 0x10},
    {"object --pid 4711 0x10", 4711, NULL, 0x10},
    {"object 16 --pid 4711", 4711, NULL, 16},
    {"object --core 4711 0x10", 0, "4711", 0x10},
    {"object core.4711 1f", 0, "core.4711", 0x1f},
    {"object -- 4711 16", 4711, NULL, 16},
    {"object 4711 --depth 3 -- 16", 4711, NULL, 16},
    {"stack 4711", 4711, NULL, 0},
    {"stack --core x", 0, "x", 0},
    {"object", 0, NULL, 0},
    {"object 4711", 0, NULL, 0},
    {"object --pid 4711", 0, NULL, 0},
    {"object 4711 16 17", 0, NULL, 0},
    {"object --pid 4711 16 17", 0, NULL, 0},
    {"object 4711 sixteen", 0, NULL, 0},
    {"object 4711 ", 0, NULL, 0},
    {"object --pid 1 --pid 2 16", 0, NULL, 0},
    {"stack 4711 16", 0, NULL, 0},
    {"stack --pid 4711 16", 0, NULL, 0},
    {"stack 16 --pid 4711", 0, NULL, 0},
    {"stack 4711 --depth 3", 0, NULL, 0},
    {"info 4711 --repr-limit 3", 0, NULL, 0},
    {"object 4711 16 --thread 4711", 0, NULL, 0},
    {"census 4711 --top 5 --by type", 4711, NULL, 0},
    {"census --by=module core", 0, "core", 0},
    {"census --by size --core 4711", 0, "4711", 0},
    {"census 4711 --by", 0, NULL, 0},
    {"census 4711 --by ", 0, NULL, 0},
    {"census 4711 --by sizes", 0, NULL, 0},
    {"census 4711 --by Type", 0, NULL, 0},
    {"census 4711 --top", 0, NULL, 0},
    {"census 4711 --repr-limit 5", 0, NULL, 0},
    {"census 4711 16", 0, NULL, 0},
    {"census", 0, NULL, 0},
    {"memory 4711", 4711, NULL, 0},
    {"memory core --repr-limit 5", 0, "core", 0},
    {"memory 4711 --top 5", 0, NULL, 0},
    {"memory 4711 --by type", 0, NULL, 0},
    {"memory 4711 16", 0, NULL, 0},
    {"stack 4711 --top 5", 0, NULL, 0},
    {"refs 4711 0x10", 4711, NULL, 0x10},
    {"refs --to --limit 5 core 1f --repr-limit 9", 0, "core", 0x1f},
    {"refs --pid=4711 --to 16", 4711, NULL, 16},
    {"refs 4711", 0, NULL, 0},
    {"refs 4711 16 17", 0, NULL, 0},
    {"refs 4711 here", 0, NULL, 0},
    {"refs --to=yes 4711 16", 0, NULL, 0},
    {"refs --top 5 4711 16", 0, NULL, 0},
    {"refs --depth 1 4711 16", 0, NULL, 0},
    {"path core 0x10 --repr-limit 9", 0, "core", 0x10},
    {"path 4711", 0, NULL, 0},
    {"path 4711 16 --to", 0, NULL, 0},
    {"path 4711 16 --limit 5", 0, NULL, 0},
    {"retained --top 5 --repr-limit 9 4711", 4711, NULL, 0},
    {"retained 4711 16", 0, NULL, 0},
    {"retained 4711 --fail", 0, NULL, 0},
    {"leaks --fail --top 5 --repr-limit 9 core", 0, "core", 0},
    {"leaks 4711 16", 0, NULL, 0},
    {"leaks 4711 --fail=yes", 0, NULL, 0},
    {"leaks 4711 --to", 0, NULL, 0},
    {"leaks 4711 --interval 5", 0, NULL, 0},
    {"census 4711 --fail", 0, NULL, 0},
    {"object 4711 16 --to", 0, NULL, 0},
    {"diff 4711 --interval 5 --top 3", 4711, NULL, 0},
    {"diff core --interval 5", 0, NULL, 0},
    {"diff 4711 4712 --interval 5", 0, NULL, 0},
    {"diff 4711", 0, NULL, 0},
    {"diff", 0, NULL, 0},
    {"diff 4711 4712 4713", 0, NULL, 0},
    {"diff --interval 5", 0, NULL, 0},
    {"diff 4711 4712 --fail", 0, NULL, 0},
    {"diff 4711 4712 --repr-limit 9", 0, NULL, 0},
    {"diff 4711 4712 --by size", 0, NULL, 0},
};

static void
test_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct cpt_error error = {0};
        struct cpt_options options;
        char copy[128];
        bool good = lines[i].pid || lines[i].core;
        cpt_status status = parse(lines[i].line, copy, &options, &error);

        if ((status == CPT_OK) != good)
            fail_msg("'%s': status %d (%s)", lines[i].line, (int)status, error.what);
        if (status) {
            assert_int_equal(status, CPT_ABSENT);
            assert_non_null(strstr(error.hint, "--help"));
            continue;
        }
        assert_int_equal(options.pid, lines[i].pid);
        assert_int_equal(options.address, lines[i].address);
        if (lines[i].core)
            assert_string_equal(options.core, lines[i].core);
        else
            assert_null(options.core);
    }
}

struct pair_case {
    const char *line;
    int32_t pid;
    const char *core;
    int32_t after_pid;
    const char *after_core;
};

/* Of two targets, however each is named, the one that stands first is the first. */
static const struct pair_case pairs[] = {
    {"diff 4711 4712", 4711, NULL, 4712, NULL},
    {"diff a.json 4712", 0, "a.json", 4712, NULL},
    {"diff 4711 b --top 3", 4711, NULL, 0, "b"},
    {"diff a b", 0, "a", 0, "b"},
    {"diff a a", 0, "a", 0, "a"},
    {"diff --core 4711 4712", 0, "4711", 4712, NULL},
    {"diff 4712 --core 4711", 4712, NULL, 0, "4711"},
    {"diff --pid 4711 --pid 4712", 4711, NULL, 4712, NULL},
    {"diff --pid 4711 --core b", 4711, NULL, 0, "b"},
    {"diff --exe x -- 4711 b", 4711, NULL, 0, "b"},
};

static void
assert_text(const char *text, const char *expected)
{
    if (expected)
        assert_string_equal(text, expected);
    else
        assert_null(text);
}

static void
test_pairs(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct cpt_error error = {0};
        struct cpt_options options;
        char copy[128];
        cpt_status status = parse(pairs[i].line, copy, &options, &error);

        if (status)
            fail_msg("'%s': status %d (%s)", pairs[i].line, (int)status, error.what);
        assert_int_equal(options.pid, pairs[i].pid);
        assert_int_equal(options.after_pid, pairs[i].after_pid);
        assert_text(options.core, pairs[i].core);
        assert_text(options.after_core, pairs[i].after_core);
    }
}

struct seconds_case {
    const char *text;
    uint32_t milliseconds; /* 0: wrong usage */
};

static const struct seconds_case seconds[] = {
    {"1", 1000},   {"0.5", 500},     {"2.75", 2750},   {"0.001", 1},     {"00.010", 10}, {"1000000", 1000000000},
    {"0", 0},      {"0.000", 0},     {"0.0005", 0},    {"1.2345", 0},    {".5", 0},      {"5.", 0},
    {"1e3", 0},    {"-1", 0},        {"+1", 0},        {"1s", 0},        {"", 0},        {"1000000.001", 0},
    {"1000001", 0}, {"0x10", 0},     {"1,5", 0},       {"1.-5", 0},      {"inf", 0},     {"18446744073709551617", 0},
};

static void
test_intervals(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(seconds); i++) {
        struct cpt_error error = {0};
        struct cpt_options options;
        char line[128], copy[128];
        cpt_status status;

        snprintf(line, sizeof(line), "diff 4711 --interval=%s", seconds[i].text);
        status = parse(line, copy, &options, &error);
        if ((status == CPT_OK) != (seconds[i].milliseconds > 0))
            fail_msg("%s: status %d", line, (int)status);
        if (status)
            assert_non_null(strstr(error.what, "--interval"));
        else
            assert_int_equal(options.interval, seconds[i].milliseconds);
    }
}

struct number_case {
    const char *option, *value;
    bool good;
};

static const struct number_case numbers[] = {
    {"repr-limit", "1", true},       {"repr-limit", "1000000", true}, {"repr-limit", "0", false},
    {"repr-limit", "1000001", false}, {"repr-limit", "-1", false},     {"repr-limit", "0x10", false},
    {"repr-limit", "8.5", false},    {"repr-limit", "", false},       {"repr-limit", "4294967297", false},
    {"repr-limit", "18446744073709551617", false},
    {"depth", "0", true},            {"depth", "100", true},          {"depth", "101", false},
    {"depth", "all", false},         {"limit", "1", true},            {"limit", "0", false},
    {"limit", "1000000", true},      {"limit", "1000001", false},
    {"top", "1", true},              {"top", "1000000000", true},     {"top", "0", false},
    {"top", "1000000001", false},    {"top", "-1", false},            {"top", "all", false},
    {"top", "", false},
};

static uint32_t
number_of(const struct cpt_options *options, const char *option)
{
    if (strcmp(option, "depth") == 0)
        return options->depth;
    if (strcmp(option, "top") == 0)
        return options->top;
    return strcmp(option, "limit") == 0 ? options->limit : options->repr_limit;
}

static void
test_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        struct cpt_error error = {0};
        struct cpt_options options;
        char line[128], copy[128];
        cpt_status status;

        snprintf(line, sizeof(line), "%s --%s=%s",
                 strcmp(numbers[i].option, "top") ? "object 4711 16" : "census 4711", numbers[i].option, numbers[i].value);
        status = parse(line, copy, &options, &error);
        if ((status == CPT_OK) != numbers[i].good)
            fail_msg("%s: status %d", line, (int)status);
        if (status)
            assert_non_null(strstr(error.what, numbers[i].option));
        else
            assert_int_equal(number_of(&options, numbers[i].option), atoi(numbers[i].value));
    }
}

static void
test_defaults(void **state)
{
    struct cpt_error error;
    struct cpt_options options;
    char copy[128];

    (void)state;
    assert_int_equal(parse("object 4711 16", copy, &options, &error), CPT_OK);
    assert_int_equal(options.depth, 1);
    assert_int_equal(options.limit, 100);
    assert_int_equal(options.repr_limit, 80);
    assert_int_equal(options.thread, 0);
    assert_int_equal(parse("census 4711", copy, &options, &error), CPT_OK);
    assert_int_equal(options.top, 0);
    assert_int_equal(options.by, CPT_CENSUS_TYPE);
    assert_int_equal(parse("census 4711 --by size --by module", copy, &options, &error), CPT_OK);
    assert_int_equal(options.by, CPT_CENSUS_MODULE);
    assert_int_equal(parse("census 4711 --by size", copy, &options, &error), CPT_OK);
    assert_int_equal(options.by, CPT_CENSUS_SIZE);
    assert_int_equal(parse("refs 4711 16", copy, &options, &error), CPT_OK);
    assert_false(options.to);
    assert_int_equal(options.limit, 100);
    assert_int_equal(parse("refs 4711 16 --to", copy, &options, &error), CPT_OK);
    assert_true(options.to);
    assert_int_equal(parse("leaks 4711", copy, &options, &error), CPT_OK);
    assert_false(options.fail);
    assert_int_equal(parse("leaks 4711 --fail", copy, &options, &error), CPT_OK);
    assert_true(options.fail);
    assert_int_equal(parse("diff 4711 4712", copy, &options, &error), CPT_OK);
    assert_int_equal(options.interval, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_intervals),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_defaults),
    };

    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}

#include "coreanalyze/output/source.h"
#include "coreanalyze/output/text.h"
#include "tests/unit/scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define LITERAL(text)          \
    {                          \
        text, sizeof(text) - 1 \
    }

static struct cpt_text
text_of(const char *string)
{
    return (struct cpt_text){string, strlen(string)};
}

/* Line NUMBER of NAME is EXPECTED (NULL: none to show) behind INDENT bytes. */
static void
assert_line(struct cpt_sources *sources, const char *name, int32_t number, const char *expected,
            size_t indent)
{
    struct cpt_text text = text_of(name);
    struct cpt_source_line line;

    if (!expected) {
        assert_false(cpt_sources_line(sources, &text, number, &line));
        return;
    }
    assert_true(cpt_sources_line(sources, &text, number, &line));
    assert_int_equal(line.size, strlen(expected));
    assert_memory_equal(line.text, expected, line.size);
    assert_int_equal(line.indent, indent);
}

static void
test_lines(void **state)
{
    struct cpt_source_options options = {0};
    struct cpt_sources sources;
    const char *path = scratch_path("lines.py");

    (void)state;
    scratch_text("lines.py", "one\n\ttwo  \r\n\f    three\r\rfive\n   \n\n  last");
    cpt_sources_init(&sources, &options);
    assert_line(&sources, path, 1, "one", 0);
    assert_line(&sources, path, 2, "two", 1);
    assert_line(&sources, path, 3, "three", 5);
    assert_line(&sources, path, 4, NULL, 0);
    assert_line(&sources, path, 5, "five", 0);
    assert_line(&sources, path, 6, NULL, 0);
    assert_line(&sources, path, 7, NULL, 0);
    assert_line(&sources, path, 8, "last", 2);
    assert_line(&sources, path, 9, NULL, 0);
    assert_line(&sources, path, INT32_MAX, NULL, 0);
    assert_line(&sources, path, 0, NULL, 0);
    assert_line(&sources, path, -1, NULL, 0);
    assert_int_equal(sources.files, 1);
    cpt_sources_free(&sources);
}

static void
test_many_lines(void **state)
{
    struct cpt_source_options options = {0};
    struct cpt_buffer content = {0};
    struct cpt_sources sources;
    const char *path = scratch_path("many.py");
    char expected[32];

    (void)state;
    for (int i = 1; i <= 1000; i++)
        cpt_buffer_printf(&content, "%*sline %d\n", i % 7, "", i);
    scratch_file("many.py", content.data, content.size);
    cpt_buffer_free(&content);
    cpt_sources_init(&sources, &options);
    for (int i = 1000; i >= 1; i--) {
        snprintf(expected, sizeof(expected), "line %d", i);
        assert_line(&sources, path, i, expected, (size_t)i % 7);
    }
    assert_line(&sources, path, 1001, NULL, 0);
    cpt_sources_free(&sources);
}

/* What the compiler made of a file is what its columns count. */
static void
test_encodings(void **state)
{
    static const struct {
        struct cpt_text content;
        const char *line2;
        bool has_columns;
    } cases[] = {
        {LITERAL("\xef\xbb\xbf"
                 "first\n gr\xc3\xb6\xc3\x9f"
                 "e\n"),
         "gr\xc3\xb6\xc3\x9f"
         "e",
         true},
        {LITERAL("# -*- coding: latin-1 -*-\n x = '\xe4'\n"), "x = '\xc3\xa4'", true},
        {LITERAL("#!/usr/bin/python3\n x = '\xe4' \n"), "x = '\xe4'", false},
        {LITERAL("\n# vim: set fileencoding=ISO-8859-1 : \xe4\n"),
         "# vim: set fileencoding=ISO-8859-1 : \xc3\xa4", true},
        {LITERAL("# coding: iso-8859-15\n x = '\xe4'\n"), "x = '\xe4'", false},
        {LITERAL("x = 'coding: latin-1'\n x = '\xe4'\n"), "x = '\xe4'", false},
        {LITERAL("# coding \n coding:\xe4"), "coding:\xe4", false},
        {LITERAL("a\0b\nc\0d"), NULL, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct cpt_source_options options = {0};
        struct cpt_text name = text_of(scratch_path("encoded.py"));
        const char *expected = cases[i].line2 ? cases[i].line2 : "c";
        struct cpt_source_line line;
        struct cpt_sources sources;

        scratch_file("encoded.py", cases[i].content.data, cases[i].content.size);
        cpt_sources_init(&sources, &options);
        assert_true(cpt_sources_line(&sources, &name, 2, &line));
        assert_memory_equal(line.text, expected, strlen(expected));
        assert_int_equal(line.size, cases[i].line2 ? strlen(expected) : 3);
        assert_int_equal(line.has_columns, cases[i].has_columns);
        assert_true(cpt_sources_line(&sources, &name, 1, &line) ||
                    cases[i].content.data[0] == '\n');
        assert_true(line.text[0] != '\xef');
        cpt_sources_free(&sources);
    }
}

static void
test_names(void **state)
{
    static const struct cpt_text never[] = {
        LITERAL("<string>"), LITERAL("<frozen importlib._bootstrap>"),
        LITERAL(""),         {NULL, 0},
        LITERAL("odd\0.py"), LITERAL("missing.py"),
        LITERAL("fifo"),     LITERAL("."),
    };
    struct cpt_source_options options = {.cwd = scratch_root};
    struct cpt_source_line line;
    struct cpt_sources sources;

    (void)state;
    scratch_text("<string>", "shown\n");
    scratch_text("odd", "shown\n");
    scratch_text("<half", "shown\n");
    assert_int_equal(mkfifo(scratch_path("fifo"), 0600), 0);
    cpt_sources_init(&sources, &options);
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
        assert_false(cpt_sources_line(&sources, &never[i], 1, &line));
    assert_line(&sources, "<half", 1, "shown", 0);
    assert_line(&sources, "./odd", 1, "shown", 0);
    assert_line(&sources, "/proc/self/status", 1, NULL, 0);
    assert_line(&sources, "/dev/null", 1, NULL, 0);
    cpt_sources_free(&sources);
}

static void
test_long_name(void **state)
{
    static char name[5000];
    struct cpt_source_options options = {.cwd = scratch_root};
    struct cpt_sources sources;

    (void)state;
    memset(name, 'n', sizeof(name) - 1);
    cpt_sources_init(&sources, &options);
    assert_line(&sources, name, 1, NULL, 0);
    name[4090] = '\0';
    assert_line(&sources, name, 1, NULL, 0);
    cpt_sources_free(&sources);
}

static void
test_places(void **state)
{
    struct cpt_source_options options = {0};
    struct cpt_sources sources;

    (void)state;
    scratch_text("root/app/x.py", "in the root\n");
    cpt_sources_init(&sources, &options);
    assert_line(&sources, "x.py", 1, NULL, 0);
    assert_line(&sources, "/app/x.py", 1, NULL, 0);
    cpt_sources_free(&sources);

    options.root = scratch_path("root");
    options.cwd = "/app";
    cpt_sources_init(&sources, &options);
    assert_line(&sources, "/app/x.py", 1, "in the root", 0);
    assert_line(&sources, "x.py", 1, "in the root", 0);
    assert_line(&sources, "../app/x.py", 1, "in the root", 0);
    assert_line(&sources, scratch_path("root/app/x.py"), 1, NULL, 0);
    cpt_sources_free(&sources);

    options.refused = "another machine";
    cpt_sources_init(&sources, &options);
    assert_line(&sources, "/app/x.py", 1, NULL, 0);
    assert_int_equal(sources.files, 0);
    cpt_sources_free(&sources);
}

static void
set_time(const char *path, int64_t seconds)
{
    struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds, .tv_nsec = 999}};

    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void
test_changed(void **state)
{
    struct cpt_source_options options = {.newest = 1000000000};
    const char *path = scratch_path("changed.py"), *other = scratch_path("other.py");
    struct cpt_sources sources;

    (void)state;
    scratch_text("changed.py", "text\n");
    scratch_text("other.py", "text\n");
    set_time(path, options.newest + 1);
    set_time(other, options.newest);
    cpt_sources_init(&sources, &options);
    for (int i = 0; i < 3; i++) {
        assert_line(&sources, path, 1, NULL, 0);
        assert_line(&sources, other, 1, "text", 0);
    }
    assert_int_equal(sources.changed.count, 1);
    assert_string_equal(sources.changed.items[0].data, path);
    assert_int_equal(sources.files, 2);
    cpt_sources_free(&sources);

    /* Its date is old, but it came just now. */
    options.by_ctime = true;
    cpt_sources_init(&sources, &options);
    assert_line(&sources, other, 1, NULL, 0);
    assert_int_equal(sources.changed.count, 1);
    cpt_sources_free(&sources);
}

/* A file is taken whole or not at all; this one has holes and costs nothing. */
static void
test_large(void **state)
{
    struct cpt_source_options options = {0};
    const char *path = scratch_path("large.py");
    struct cpt_sources sources;

    (void)state;
    scratch_text("large.py", "text\n");
    assert_int_equal(truncate(path, (32 << 20) + 1), 0);
    cpt_sources_init(&sources, &options);
    assert_line(&sources, path, 1, NULL, 0);
    assert_int_equal(sources.bytes, 0);
    cpt_sources_free(&sources);
    assert_int_equal(truncate(path, 32 << 20), 0);
    cpt_sources_init(&sources, &options);
    assert_line(&sources, path, 1, "text", 0);
    cpt_sources_free(&sources);
}

/* Text helpers: what a line looks like in the end. */

static void
assert_marked(bool color, struct cpt_text line, size_t start, size_t end, const char *expected)
{
    struct cpt_buffer out = {0};

    cpt_text_add_marked(&out, color, "  ", line.data, line.size, start, end);
    assert_string_equal(out.data, expected);
    cpt_buffer_free(&out);
}

static void
test_marked(void **state)
{
    (void)state;
    assert_marked(false, text_of("a = b(c)"), 4, 8, "  a = b(c)\n      ^^^^\n");
    assert_marked(true, text_of("a = b(c)"), 4, 8, "  a = \033[1;31mb(c)\033[0m\n");
    assert_marked(true, text_of("a = b(c)"), 4, 5, "  a = \033[1;31mb\033[0m(c)\n");
    assert_marked(false, text_of("abc"), 0, 0, "  abc\n");
    assert_marked(true, text_of("abc"), 0, 0, "  abc\n");
    assert_marked(false, text_of("a\tb"), 2, 3, "  a b\n    ^\n");
    /* Columns count bytes, carets count columns of the terminal. */
    assert_marked(false, text_of("ä = 数(x)"), 5, 11, "  ä = 数(x)\n      ^^^^^\n");
    assert_marked(false, text_of("数 = f"), 6, 7, "  数 = f\n       ^\n");
    assert_marked(false, text_of("e\xcc\x81 = f"), 6, 7, "  e\xcc\x81 = f\n      ^\n");
    /* What is shown as an escape is marked in its whole length. */
    assert_marked(false, text_of("\x1b[31mx"), 0, 1, "  \\x1b[31mx\n  ^^^^\n");
    assert_marked(false,
                  text_of("\xff"
                          "x"),
                  1, 2, "  \\xffx\n      ^\n");
    /* A mark within a character is one of the characters that begin in it. */
    assert_marked(true, text_of("äb"), 1, 3, "  ä\033[1;31mb\033[0m\n");
    assert_marked(false, text_of("ab"), 1, 99, "  ab\n   ^\n");
}

static void
test_marked_long(void **state)
{
    static char line[2000];
    struct cpt_buffer out = {0};

    (void)state;
    memset(line, 'x', sizeof(line));
    cpt_text_add_marked(&out, true, "", line, sizeof(line), 10, 1990);
    assert_true(out.size < 450);
    assert_non_null(strstr(out.data, "…\033[0m\n"));
    cpt_buffer_clear(&out);
    cpt_text_add_marked(&out, false, "", line, sizeof(line), 1900, 1990);
    assert_null(strchr(out.data, '^'));
    cpt_buffer_clear(&out);
    cpt_text_add_marked(&out, true, "", line, sizeof(line), 400, 1990);
    assert_string_equal(out.data + 400, "\033[1;31m…\033[0m\n");
    cpt_buffer_clear(&out);
    cpt_text_add_marked(&out, false, "", line, 400, 0, 0);
    assert_null(strstr(out.data, "…"));
    cpt_buffer_free(&out);
}

static void
test_safe(void **state)
{
    static const struct {
        struct cpt_text text;
        const char *expected;
    } cases[] = {
        {LITERAL("plain, größe, 数, 😀"), "plain, größe, 数, 😀"},
        {LITERAL("\x1b[2J\x1b]0;t\x07"), "\\x1b[2J\\x1b]0;t\\x07"},
        {LITERAL("a\nb\rc\td\0e"), "a\\nb\\rc\\td\\x00e"},
        {LITERAL("\xc2\x9b"
                 "31m\x7f"),
         "\\x9b31m\\x7f"},
        {LITERAL("\xe2\x80\xae"
                 "txt\xe2\x81\xa6"),
         "\\u202etxt\\u2066"},
        {LITERAL("\xf3\xa0\x81\x81"), "\\U000e0041"},
        {LITERAL("\xff\xc3"), "\\xff\\xc3"},
        {LITERAL("\xe2\x80\x8d"), "\xe2\x80\x8d"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct cpt_buffer out = {0};

        cpt_text_add(&out, &cases[i].text);
        assert_string_equal(out.data, cases[i].expected);
        cpt_buffer_free(&out);
    }
}

static void
test_count(void **state)
{
    struct cpt_buffer out = {0};

    (void)state;
    cpt_text_add_count(&out, 1, "thread");
    cpt_buffer_add_char(&out, ' ');
    cpt_text_add_count(&out, 999, "byte");
    cpt_buffer_add_char(&out, ' ');
    cpt_text_add_count(&out, UINT64_MAX, "byte");
    assert_string_equal(out.data, "1 thread 999 bytes 18,446,744,073,709,551,615 bytes");
    cpt_buffer_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),     cmocka_unit_test(test_many_lines),
        cmocka_unit_test(test_encodings), cmocka_unit_test(test_names),
        cmocka_unit_test(test_long_name), cmocka_unit_test(test_places),
        cmocka_unit_test(test_changed),   cmocka_unit_test(test_large),
        cmocka_unit_test(test_marked),    cmocka_unit_test(test_marked_long),
        cmocka_unit_test(test_safe),      cmocka_unit_test(test_count),
    };

    return cmocka_run_group_tests_name("source", tests, scratch_setup, scratch_teardown);
}

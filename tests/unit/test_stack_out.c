#include "coreanalyze/output/output.h"
#include "coreanalyze/output/stack_fold.h"
#include "tests/unit/jsoncheck.h"
#include "tests/unit/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define LITERAL(text)          \
    {                          \
        text, sizeof(text) - 1 \
    }
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct cpt_code main_code = {.name = LITERAL("<module>"),
                                          .qualname = LITERAL("<module>"),
                                          .file = LITERAL("/nowhere/app.py")};
static struct cpt_code serve_code = {.name = LITERAL("serve"),
                                           .qualname = LITERAL("Server.serve"),
                                           .file = LITERAL("/nowhere/app.py")};
static struct cpt_code old_code = {.name = LITERAL("walk"),
                                         .file = LITERAL("/nowhere/tree.py")};
static struct cpt_code nameless_code;

static const struct cpt_envelope process = {.command = "stack",
                                            .pid = 4711,
                                            .executable = "/usr/bin/python3.11",
                                            .version = "3.11.7",
                                            .layout = "table"};

/* A frame without columns. */
static struct cpt_frame
frame_at(struct cpt_code *code, int32_t line)
{
    return (struct cpt_frame){.code = code, .address = 0x1000, .position = {line, line, -1, -1}};
}

static struct cpt_stack_thread
thread_of(struct cpt_frame *frames, size_t count)
{
    return (struct cpt_stack_thread){.native_id = 4711,
                                     .ident = 0x7f0000001000,
                                     .name = LITERAL("MainThread"),
                                     .main = true,
                                     .frames = frames,
                                     .frame_count = count,
                                     .frames_complete = true};
}

/* The JSON of STACK's result is EXPECTED, and the whole document parses. */
static void
assert_json(const struct cpt_stack *stack, const char *expected)
{
    struct cpt_buffer out = {0};
    const char *result;

    cpt_stack_write_json(&out, &process, stack);
    assert_true(json_is_valid(out.data, out.size));
    result = strstr(out.data, "\"result\": ");
    assert_non_null(result);
    assert_string_equal(result + strlen("\"result\": "), expected);
    cpt_buffer_free(&out);
}

static struct cpt_buffer
text_with(const struct cpt_envelope *envelope, const struct cpt_stack *stack,
          const struct cpt_text_options *options)
{
    static const struct cpt_text_options plain;
    struct cpt_buffer out = {0};

    cpt_stack_write_text(&out, envelope, stack, options ? options : &plain);
    assert_false(out.failed);
    return out;
}

/* The text behind the head lines of a process is EXPECTED. */
static void
assert_text(const struct cpt_stack *stack, const struct cpt_text_options *options,
            const char *expected)
{
    struct cpt_buffer out = text_with(&process, stack, options);
    const char *body = strstr(out.data, "\n\n");

    assert_non_null(body);
    assert_string_equal(body + 2, expected);
    cpt_buffer_free(&out);
}

static void
test_json_thread(void **state)
{
    struct cpt_frame frames[] = {
        {.code = &serve_code, .position = {12, 13, 4, 9}},
        {.code = &main_code, .position = {0, 0, 0, 0}},
        {.code = &old_code, .position = {7, -1, -1, -1}},
        {.code = NULL, .position = {-1, -1, -1, -1}},
    };
    struct cpt_stack_thread thread = thread_of(frames, COUNT(frames));
    struct cpt_stack stack = {.threads = &thread, .thread_count = 1};

    (void)state;
    thread.status = ~0u;
    assert_json(&stack,
                "{\"threads\": [\n"
                "  {\"interpreter\": 0, \"native_id\": 4711, \"ident\": \"0x7f0000001000\", "
                "\"name\": \"MainThread\", \"main\": true, \"status\": [\"holds-gil\", "
                "\"waiting-for-gil\", \"garbage-collecting\", \"finalizing\", \"idle\", "
                "\"crashed\"], \"exception\": null, \"frames\": [\n"
                "   {\"function\": \"serve\", \"qualname\": \"Server.serve\", "
                "\"file\": \"/nowhere/app.py\", \"line\": 12, \"column\": 4, \"end_line\": 13, "
                "\"end_column\": 9},\n"
                "   {\"function\": \"<module>\", \"qualname\": \"<module>\", "
                "\"file\": \"/nowhere/app.py\", \"line\": 0, \"column\": 0, \"end_line\": 0, "
                "\"end_column\": 0},\n"
                "   {\"function\": \"walk\", \"qualname\": null, \"file\": \"/nowhere/tree.py\", "
                "\"line\": 7, \"column\": null, \"end_line\": null, \"end_column\": null},\n"
                "   {\"function\": null, \"qualname\": null, \"file\": null, \"line\": null, "
                "\"column\": null, \"end_line\": null, \"end_column\": null}], "
                "\"waiting_for\": null}], \"deadlocks\": []}}\n");
}

static void
test_json_bare(void **state)
{
    struct cpt_stack_thread thread = {.interpreter = 3, .ident = 0, .frames_complete = true};
    struct cpt_stack stack = {.threads = &thread, .thread_count = 1};

    (void)state;
    assert_json(&stack, "{\"threads\": [\n"
                        "  {\"interpreter\": 3, \"native_id\": null, \"ident\": \"0x0\", "
                        "\"name\": null, \"main\": false, \"status\": [], \"exception\": null, "
                        "\"frames\": [], \"waiting_for\": null}], \"deadlocks\": []}}\n");
    stack.thread_count = 0;
    assert_json(&stack, "{\"threads\": [], \"deadlocks\": []}}\n");
}

static void
test_json_envelope(void **state)
{
    struct cpt_holes holes = {0};
    struct cpt_envelope core = {.command = "stack",
                                .is_core = true,
                                .pid = 7,
                                .path = "/c\n",
                                .version = "3.8.18",
                                .debug_build = true,
                                .layout = "dwarf",
                                .holes = &holes};
    struct cpt_stack stack = {0};
    struct cpt_buffer out = {0};

    (void)state;
    core.signal.number = 11;
    core.signal.has_address = true;
    core.signal.thread = 8;
    cpt_holes_add(&holes, "corrupt", 0x20, "bad");
    holes.left_out = 2;
    cpt_stack_write_json(&out, &core, &stack);
    assert_true(json_is_valid(out.data, out.size));
    assert_string_equal(
        out.data,
        "{\"schema\": 1, \"command\": \"stack\",\n"
        " \"target\": {\"kind\": \"core\", \"pid\": 7, \"path\": \"/c\\n\", \"executable\": null, "
        "\"signal\": {\"number\": 11, \"name\": \"SIGSEGV\", \"address\": \"0x0\", \"thread\": 8, "
        "\"sender_pid\": null}},\n"
        " \"python\": {\"version\": \"3.8.18\", \"debug_build\": true, \"free_threaded\": false, "
        "\"layout\": \"dwarf\"},\n"
        " \"complete\": false,\n"
        " \"warnings\": [\n"
        "  {\"code\": \"corrupt\", \"message\": \"bad\", \"address\": \"0x20\"},\n"
        "  {\"code\": \"limit\", \"message\": \"2 more warnings are not listed\", "
        "\"address\": null}],\n"
        " \"result\": {\"threads\": [], \"deadlocks\": []}}\n");
    cpt_buffer_free(&out);
    cpt_holes_free(&holes);
}

/* A note takes nothing from completeness, in JSON and in text. */
static void
test_notes(void **state)
{
    struct cpt_holes holes = {0};
    struct cpt_envelope noted = process;
    struct cpt_stack stack = {0};
    struct cpt_buffer out = {0};

    (void)state;
    noted.holes = &holes;
    cpt_holes_note(&holes, "file-differs", "another build");
    cpt_stack_write_json(&out, &noted, &stack);
    assert_non_null(
        strstr(out.data, "\"complete\": true,\n \"warnings\": [\n  {\"code\": \"file-"));
    cpt_buffer_free(&out);
    out = text_with(&noted, &stack, NULL);
    assert_non_null(strstr(out.data, "\nwarning: another build\n"));
    assert_null(strstr(out.data, "incomplete"));
    cpt_buffer_free(&out);
    cpt_holes_add(&holes, "corrupt", 0xabc, "broken");
    cpt_holes_add(&holes, "unreadable", 0xdef, "memory at 0xdef cannot be read");
    out = text_with(&noted, &stack, NULL);
    assert_non_null(strstr(out.data, "warning: broken (at 0xabc)\n"
                                     "warning: memory at 0xdef cannot be read\n"
                                     "The result is incomplete: 2 holes\n"));
    cpt_buffer_free(&out);
    cpt_holes_free(&holes);
}

static void
test_text_head(void **state)
{
    struct cpt_envelope core = {.command = "stack",
                                .is_core = true,
                                .pid = 7,
                                .path = "/tmp/core",
                                .executable = "/bin/py",
                                .version = "3.13.0",
                                .free_threaded = true,
                                .debug_build = true};
    static const struct {
        int32_t number;
        bool has_address, has_sender;
        int32_t thread, sender;
        const char *line;
    } cases[] = {
        {0, false, false, 0, 0, "Core made on demand: no signal ended the process\n"},
        {11, true, false, 9, 0, "Killed by SIGSEGV at 0xbad, thread 9\n"},
        {15, false, true, 9, 12, "Killed by SIGTERM, sent by pid 12, thread 9\n"},
        {6, false, true, 0, 7, "Killed by SIGABRT, sent by the process itself\n"},
        {34, false, false, 0, 0, "Killed by SIGRTMIN\n"},
        {64, false, false, 0, 0, "Killed by SIGRTMIN+30\n"},
        {31, false, false, 0, 0, "Killed by SIGSYS\n"},
        {32, false, false, 0, 0, "Killed by SIG32\n"},
        {-5, false, false, 0, 0, "Killed by SIG-5\n"},
    };
    struct cpt_stack stack = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char expected[300];
        struct cpt_buffer out;

        core.signal.number = cases[i].number;
        core.signal.has_address = cases[i].has_address;
        core.signal.address = 0xbad;
        core.signal.has_sender = cases[i].has_sender;
        core.signal.sender_pid = cases[i].sender;
        core.signal.thread = cases[i].thread;
        out = text_with(&core, &stack, NULL);
        snprintf(expected, sizeof(expected),
                 "Core of process 7: /tmp/core\nExecutable: /bin/py\n"
                 "Python 3.13.0, debug build, free-threaded\n%s0 threads\n",
                 cases[i].line);
        assert_string_equal(out.data, expected);
        cpt_buffer_free(&out);
    }
}

static void
test_text_threads(void **state)
{
    struct cpt_frame frames[] = {frame_at(&serve_code, 12), frame_at(&old_code, -1),
                                 frame_at(NULL, 3), frame_at(&nameless_code, 0)};
    struct cpt_stack_thread threads[] = {thread_of(frames, 4), thread_of(frames, 1),
                                         thread_of(frames, 0), thread_of(NULL, 0)};
    struct cpt_stack stack = {.threads = threads, .thread_count = 4, .native_only = 3};

    (void)state;
    threads[0].status = CPT_THREAD_HOLDS_GIL | CPT_THREAD_CRASHED;
    threads[1].interpreter = 2;
    threads[1].main = false;
    threads[1].name = (struct cpt_text)LITERAL("odd\x1b[31m");
    threads[1].frames_complete = false;
    threads[2].native_id = 0;
    threads[2].name.data = NULL;
    threads[3].frames_complete = false;
    assert_text(&stack, NULL,
                "Thread 4711 \"MainThread\" [main], interpreter 0, crashed, holds the GIL\n"
                "  File \"?\", line 0, in ?\n"
                "  (the frame at 0x1000 cannot be read)\n"
                "  File \"/nowhere/tree.py\", line ?, in walk\n"
                "  File \"/nowhere/app.py\", line 12, in Server.serve\n"
                "\n"
                "Thread 4711 \"odd\\x1b[31m\", interpreter 2\n"
                "  (cut here: the calls that led to this cannot be read)\n"
                "  File \"/nowhere/app.py\", line 12, in Server.serve\n"
                "\n"
                "Thread 0x7f0000001000 [main], interpreter 0\n"
                "  (no Python frames)\n"
                "\n"
                "Thread 4711 \"MainThread\" [main], interpreter 0\n"
                "  (no Python frame can be read)\n"
                "\n"
                "3 more threads without Python state\n");
}

static void
test_text_groups(void **state)
{
    struct cpt_frame here[] = {frame_at(&serve_code, 12), frame_at(&main_code, 1)};
    struct cpt_frame there[] = {frame_at(&serve_code, 13), frame_at(&main_code, 1)};
    struct cpt_stack_thread threads[] = {thread_of(here, 2), thread_of(there, 2),
                                         thread_of(here, 2), thread_of(here, 2),
                                         thread_of(here, 1), thread_of(here, 2)};
    struct cpt_stack stack = {.threads = threads, .thread_count = COUNT(threads)};

    (void)state;
    for (size_t i = 0; i < COUNT(threads); i++) {
        threads[i].native_id = (int32_t)i + 1;
        threads[i].main = i == 0;
    }
    threads[3].status = CPT_THREAD_IDLE;
    threads[5].status = CPT_THREAD_CRASHED;
    assert_text(&stack, NULL,
                "Thread 1 \"MainThread\" [main]\n"
                "Thread 3 \"MainThread\"\n"
                "Thread 4 \"MainThread\", idle\n"
                "  (these 3 threads have the same stack)\n"
                "  File \"/nowhere/app.py\", line 1, in <module>\n"
                "  File \"/nowhere/app.py\", line 12, in Server.serve\n"
                "\n"
                "Thread 2 \"MainThread\"\n"
                "  File \"/nowhere/app.py\", line 1, in <module>\n"
                "  File \"/nowhere/app.py\", line 13, in Server.serve\n"
                "\n"
                "Thread 5 \"MainThread\"\n"
                "  File \"/nowhere/app.py\", line 12, in Server.serve\n"
                "\n"
                "Thread 6 \"MainThread\", crashed\n"
                "  File \"/nowhere/app.py\", line 1, in <module>\n"
                "  File \"/nowhere/app.py\", line 12, in Server.serve\n");
}

/* Recursion */

/* Folds a stack given by letters, the outermost call first; upper case is the same code at another
   line. EXPECTED is what the text shows: letters, and "[PERIODxTIMES]" for what is left out. */
static void
assert_folded(const char *calls, const char *expected)
{
    static struct cpt_code codes[26];
    static struct cpt_frame frames[100000];
    size_t count = strlen(calls);
    char shown[1024] = "";

    for (size_t i = 0; i < count; i++) {
        bool upper = calls[i] < 'a';

        frames[count - 1 - i] = frame_at(&codes[calls[i] - (upper ? 'A' : 'a')], upper ? 2 : 1);
    }
    while (count) {
        struct cpt_stack_run run = cpt_stack_run_find(frames, count);
        size_t length = strlen(shown), letters = run.period ? run.shown * run.period : 1;

        assert_true(length + letters + 40 < sizeof(shown));
        snprintf(shown + length, sizeof(shown) - length, "%.*s", (int)letters,
                 calls + strlen(calls) - count);
        count -= run.period ? run.turns * run.period : 1;
        length = strlen(shown);
        if (run.period)
            snprintf(shown + length, sizeof(shown) - length, "[%zux%zu]", run.period,
                     run.turns - run.shown);
    }
    assert_string_equal(shown, expected);
}

static void
test_recursion(void **state)
{
    (void)state;
    assert_folded("", "");
    assert_folded("a", "a");
    assert_folded("aaa", "aaa");
    assert_folded("aaaa", "aaa[1x1]");
    assert_folded("maaaaaab", "maaa[1x3]b");
    assert_folded("aaaA", "aaaA");
    assert_folded("mababab", "mababab");
    assert_folded("mabababab", "mabab[2x2]");
    assert_folded("mababababa", "mabab[2x2]a");
    assert_folded("mababababaz", "mabab[2x2]az");
    assert_folded("xaAaAaAaAaAaAaAyaaaaa", "xaAaA[2x5]yaaa[1x2]");
    assert_folded("abcdefghabcdefghabcdefghabcdefgh", "abcdefghabcdefgh[8x2]");
    assert_folded("abcdefghiabcdefghiabcdefghiabcdefghi", "abcdefghiabcdefghiabcdefghiabcdefghi");
    /* The period that explains most wins over the one inside it. */
    assert_folded("aaaabaaaabaaaabaaaabaaaab", "aaaabaaaab[5x3]");
}

/* Frames that cannot be read are never taken for one another. */
static void
test_recursion_unreadable(void **state)
{
    struct cpt_frame frames[20];

    (void)state;
    for (size_t i = 0; i < COUNT(frames); i++)
        frames[i] = frame_at(NULL, 1);
    assert_int_equal(cpt_stack_run_find(frames, COUNT(frames)).period, 0);
}

static void
test_recursion_deep(void **state)
{
    static struct cpt_frame frames[50001];
    struct cpt_stack_thread thread = thread_of(frames, COUNT(frames));
    struct cpt_stack stack = {.threads = &thread, .thread_count = 1};
    struct cpt_buffer out = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(frames) - 1; i++)
        frames[i] = frame_at(&old_code, i % 2 ? 5 : 6);
    frames[COUNT(frames) - 1] = frame_at(&main_code, 1);
    assert_text(&stack, NULL,
                "Thread 4711 \"MainThread\" [main]\n"
                "  File \"/nowhere/app.py\", line 1, in <module>\n"
                "  File \"/nowhere/tree.py\", line 5, in walk\n"
                "  File \"/nowhere/tree.py\", line 6, in walk\n"
                "  File \"/nowhere/tree.py\", line 5, in walk\n"
                "  File \"/nowhere/tree.py\", line 6, in walk\n"
                "  [Previous 2 frames repeated 24998 more times]\n");
    cpt_stack_write_json(&out, &process, &stack);
    assert_true(json_is_valid(out.data, out.size));
    cpt_buffer_free(&out);
}

/* Source lines */

static void
write_sources(void)
{
    scratch_text("app.py", "import time\n\tvalue = compute(1,\n  \t\t2)\n\n    wait()\n");
    scratch_text("late.py", "one\ntwo\n");
}

static void
test_source_lines(void **state)
{
    char path[300];
    struct cpt_code code = {.name = LITERAL("f")};
    struct cpt_frame frames[] = {
        {.code = &code, .position = {5, 5, 4, 10}},  {.code = &code, .position = {5, 5, 4, 8}},
        {.code = &code, .position = {3, 3, 4, 5}},   {.code = &code, .position = {2, 3, 9, 6}},
        {.code = &code, .position = {2, 3, 1, 6}},   {.code = &code, .position = {4, 4, 0, 1}},
        {.code = &code, .position = {1, 1, -1, -1}}, {.code = &code, .position = {1, 1, 90, 99}},
        {.code = &code, .position = {99, 99, 1, 2}}};
    struct cpt_stack_thread thread = thread_of(frames, COUNT(frames));
    struct cpt_stack stack = {.threads = &thread, .thread_count = 1};
    struct cpt_text_options options = {.source = {.cwd = "/", .root = scratch_root}};

    (void)state;
    write_sources();
    snprintf(path, sizeof(path), "app.py");
    code.file = (struct cpt_text){path, strlen(path)};
    assert_text(&stack, &options,
                "Thread 4711 \"MainThread\" [main]\n"
                "  File \"app.py\", line 99, in f\n"
                "  File \"app.py\", line 1, in f\n"
                "    import time\n"
                "  File \"app.py\", line 1, in f\n"
                "    import time\n"
                "  File \"app.py\", line 4, in f\n"
                "  File \"app.py\", line 2, in f\n"
                "    value = compute(1,\n"
                "  File \"app.py\", line 2, in f\n"
                "    value = compute(1,\n"
                "            ^^^^^^^^^^\n"
                "  File \"app.py\", line 3, in f\n"
                "    2)\n"
                "    ^\n"
                "  File \"app.py\", line 5, in f\n"
                "    wait()\n"
                "    ^^^^\n"
                "  File \"app.py\", line 5, in f\n"
                "    wait()\n");
}

static void
test_source_changed(void **state)
{
    struct cpt_code code = {.name = LITERAL("f"), .file = LITERAL("late.py")};
    struct cpt_frame frames[] = {frame_at(&code, 1), frame_at(&code, 2)};
    struct cpt_stack_thread thread = thread_of(frames, COUNT(frames));
    struct cpt_stack stack = {.threads = &thread, .thread_count = 1};
    struct cpt_text_options options = {.source = {.cwd = "/", .root = scratch_root, .newest = 1}};

    (void)state;
    write_sources();
    assert_text(&stack, &options,
                "Thread 4711 \"MainThread\" [main]\n"
                "  File \"late.py\", line 2, in f\n"
                "  File \"late.py\", line 1, in f\n"
                "\n"
                "late.py was changed after the process started: its lines are not shown\n");
}

static void
test_source_refused(void **state)
{
    struct cpt_stack stack = {0};
    struct cpt_text_options options = {.source = {.refused = "another machine"}};
    struct cpt_buffer out = text_with(&process, &stack, &options);

    (void)state;
    assert_string_equal(out.data, "Process 4711: /usr/bin/python3.11\nPython 3.11.7\n"
                                  "Source lines are not shown: another machine\n0 threads\n");
    cpt_buffer_free(&out);
}

/* Whatever the target's names hold, only the tool's own colours reach the terminal. */
static void
test_colors(void **state)
{
    struct cpt_code code = {.name = LITERAL("f\x1b[5m"),
                            .file = LITERAL("a\xc2\x9b"
                                            "5m.py")};
    struct cpt_frame frame = frame_at(&code, 1);
    struct cpt_stack_thread thread = thread_of(&frame, 1);
    struct cpt_stack stack = {.threads = &thread, .thread_count = 1};
    struct cpt_text_options options = {.color = true};
    struct cpt_buffer out;

    (void)state;
    thread.status = CPT_THREAD_CRASHED;
    out = text_with(&process, &stack, &options);
    assert_non_null(strstr(out.data, "\033[1mThread 4711 \"MainThread\"\033[0m [main], "
                                     "\033[1;31mcrashed\033[0m\n"));
    assert_non_null(strstr(out.data,
                           "  File \"\033[35ma\\x9b5m.py\033[0m\", line \033[35m1\033[0m, "
                           "in \033[36mf\\x1b[5m\033[0m\n"));
    cpt_buffer_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_thread),
        cmocka_unit_test(test_json_bare),
        cmocka_unit_test(test_json_envelope),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_text_head),
        cmocka_unit_test(test_text_threads),
        cmocka_unit_test(test_text_groups),
        cmocka_unit_test(test_recursion),
        cmocka_unit_test(test_recursion_unreadable),
        cmocka_unit_test(test_recursion_deep),
        cmocka_unit_test(test_source_lines),
        cmocka_unit_test(test_source_changed),
        cmocka_unit_test(test_source_refused),
        cmocka_unit_test(test_colors),
    };

    return cmocka_run_group_tests_name("stack_out", tests, scratch_setup, scratch_teardown);
}

/* Requests as gdb 13 and 18 fill them, and what else may come. */
#include "plugin/gdb/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECTION(name) "coreptile-section " name "\n"
#define COMMAND SECTION("command") "py-census\n"
#define INFERIORS(description, connection) \
    SECTION("inferiors") \
    "  Num  Description       Connection           Executable        \n" \
    "  1    <null>                                 /usr/bin/other \n" \
    "* 2    " description connection "/usr/bin/python3.11 \n"
#define LIVE INFERIORS("process 4711      ", "1 (native)           ")
#define REGISTERS "registers f e d c bp b a 9 8 ax cx dx si di ffffffffffffffff 401000 33 246 7ffe00 2b fb 0 0 0 0 0\n"
#define NUMBERS "registers 1 2 3 4 5 6 7 8 9 a b c d e f 10 401000 12 13 7ffe00 15 16 17 18 19 1a 1b\n"
#define THREADS \
    SECTION("selected") "\nThread 2 (Thread 0x7f01 (LWP 4712) \"worker\"):\npc 401000 7ffe00\nframe 402000 7fff00\n" \
    SECTION("threads") "\nThread 1 (Thread 0x7f00 (LWP 4711) \"python3\"):\npc 1 2\n" REGISTERS \
    "\nThread 2 (Thread 0x7f01 (LWP 4712) \"worker\"):\npc 401000 7ffe00\n" NUMBERS

static bool
parse(struct cpt_gdb_request *request, const char *text)
{
    char *copy = strdup(text);
    bool fine;

    assert_non_null(copy);
    fine = cpt_gdb_request_parse(request, copy);
    free(copy);
    return fine;
}

static void
reads_a_process(void **state)
{
    struct cpt_gdb_request request;
    const struct cpt_debugger *debugger = &request.debugger;

    (void)state;
    assert_true(parse(&request, COMMAND SECTION("sysroot") "The current system root is \"target:\".\n" LIVE THREADS));
    assert_int_equal(debugger->target, CPT_DEBUGGER_PROCESS);
    assert_false(debugger->remote || debugger->running);
    assert_int_equal(debugger->pid, 4711);
    assert_string_equal(debugger->executable, "/usr/bin/python3.11");
    assert_null(debugger->sysroot);
    assert_null(debugger->core);
    assert_int_equal(debugger->selected, 4712);
    assert_int_equal(debugger->start_pc, 0x401000);
    assert_int_equal(debugger->sp, 0x7fff00);
    assert_int_equal(debugger->thread_count, 2);
    assert_false(debugger->threads[0].has_registers); /* what is no number */
    assert_true(debugger->threads[1].has_registers);
    assert_int_equal(debugger->threads[1].registers[16], 0x401000);
    assert_int_equal(debugger->threads[1].registers[26], 0x1b);
    cpt_gdb_request_free(&request);
}

static void
reads_connections(void **state)
{
    static const struct {
        const char *text;
        enum cpt_debugger_target target;
        bool remote;
    } each[] = {
        {COMMAND INFERIORS("process 4711      ", "1 (remote :1234)     ") THREADS, CPT_DEBUGGER_PROCESS, true},
        {COMMAND INFERIORS("process 4711      ", "1 (core)             ") THREADS, CPT_DEBUGGER_CORE, false},
        {COMMAND LIVE, CPT_DEBUGGER_NOTHING, false}, /* it has no threads any more */
        {COMMAND INFERIORS("<null>            ", "                     "), CPT_DEBUGGER_NOTHING, false},
    };
    struct cpt_gdb_request request;

    (void)state;
    for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
        assert_true(parse(&request, each[i].text));
        assert_int_equal(request.debugger.target, each[i].target);
        assert_int_equal(request.debugger.remote, each[i].remote);
        cpt_gdb_request_free(&request);
    }
}

static void
reads_a_core(void **state)
{
    struct cpt_gdb_request request;

    (void)state;
    assert_true(parse(&request, COMMAND INFERIORS("process 4711      ", "1 (core)             ") THREADS
                      SECTION("files") "Local core dump file:\n\t`/tmp/a core', file type elf64-x86-64.\n"
                      SECTION("architecture") "The target architecture is set to \"auto\" (currently \"i386\").\n"));
    assert_string_equal(request.debugger.core, "/tmp/a core");
    assert_string_equal(request.foreign, "i386");
    cpt_gdb_request_free(&request);
}

static void
tells_that_a_thread_runs(void **state)
{
    struct cpt_gdb_request request;

    (void)state;
    assert_true(parse(&request, COMMAND LIVE THREADS "\nThread 3 (Thread 0x7f02 (LWP 4713) \"late\"):\n(running)\n"));
    assert_true(request.debugger.running);
    assert_int_equal(request.debugger.thread_count, 3);
    cpt_gdb_request_free(&request);
}

/* In whatever order gdb lists them, with its quotes; the command may be told twice. */
static void
reads_arguments(void **state)
{
    struct cpt_gdb_request request;

    (void)state;
    assert_true(parse(&request, COMMAND SECTION("arguments") "macro define ARRAY(x) x\n"
                      "macro define coreptile_argument_1 'a \"b'\\'c\nmacro define coreptile_argument_0 --top\n"
                      "macro define coreptile_argument_2 \"\\\"\"\n" COMMAND COMMAND));
    assert_int_equal(request.argc, 5);
    assert_string_equal(request.argv[1], "py-census");
    assert_string_equal(request.argv[2], "--top");
    assert_string_equal(request.argv[3], "a \"b'c");
    assert_string_equal(request.argv[4], "\"");
    assert_null(request.argv[5]);
    cpt_gdb_request_free(&request);
    assert_false(parse(&request, COMMAND SECTION("arguments") "macro define coreptile_argument_1 x\n")); /* one lacks */
    cpt_gdb_request_free(&request);
    assert_false(parse(&request, COMMAND SECTION("arguments") "macro define coreptile_argument_99999 x\n"));
    cpt_gdb_request_free(&request);
}

static void
reads_mappings(void **state)
{
    struct cpt_gdb_request request;

    (void)state;
    assert_true(parse(&request, COMMAND LIVE THREADS SECTION("mappings") "process 4711\nMapped address spaces:\n"
                      "          Start Addr           End Addr       Size     Offset  Perms  objfile\n"
                      "            0x400000           0x401000     0x1000        0x0  r--p   /usr/bin/a b\n"
                      "            0x401000           0x402000     0x1000     0x1000  rw-p   \n"
                      "            0x402000           0x403000     0x1000     0x2000         /of/a/core\n"));
    assert_string_equal(request.debugger.maps, "400000-401000 r--p 00000000 00:00 0 /usr/bin/a b\n"
                                               "401000-402000 rw-p 00001000 00:00 0 \n"
                                               "402000-403000 rw-p 00002000 00:00 0 /of/a/core\n");
    cpt_gdb_request_free(&request);
}

/* Cut anywhere it makes sense or does not, and is freed. */
static void
survives_cuts(void **state)
{
    static const char whole[] = COMMAND SECTION("arguments") "macro define coreptile_argument_0 'x'\n" LIVE THREADS
        SECTION("mappings") " 0x400000 0x401000 0x1000 0x0 r--p /usr/bin/a b\n";
    char text[sizeof(whole)];

    (void)state;
    for (size_t size = 0; size < sizeof(whole); size++) {
        struct cpt_gdb_request request;
        bool fine;

        memcpy(text, whole, size);
        text[size] = '\0';
        fine = parse(&request, text);
        assert_int_equal(fine, request.argc >= 2 && request.argv[1]);
        assert_true(request.debugger.thread_count <= 2);
        cpt_gdb_request_free(&request);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_process),          cmocka_unit_test(reads_connections),
        cmocka_unit_test(reads_a_core),             cmocka_unit_test(tells_that_a_thread_runs),
        cmocka_unit_test(reads_arguments),          cmocka_unit_test(reads_mappings),
        cmocka_unit_test(survives_cuts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

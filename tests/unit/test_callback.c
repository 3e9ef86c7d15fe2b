/* A process that only a debugger can read: what is asked for, and what comes of short reads and holes. */
#include "coreanalyze/memory/callback.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define PAGE UINT64_C(4096)
#define DATA UINT64_C(0x10000)     /* 8 pages, of which the fourth cannot be read */
#define BAD (DATA + 3 * PAGE)
#define LARGE UINT64_C(0x40000000) /* 3 MiB and a page, of which the second MiB cannot be read */
#define LARGE_END (LARGE + (UINT64_C(3) << 20) + PAGE)
#define LARGE_BAD (LARGE + (UINT64_C(1) << 20))
#define TEXT UINT64_C(0x20000)
#define SHARED UINT64_C(0x30000)
#define STACK UINT64_C(0x7ffd00000000)
#define STACK_END (STACK + 33 * PAGE)

static const char maps[] = "00010000-00018000 rw-p 00000000 00:00 0 \n"
                           "00020000-00022000 r-xp 00000000 08:01 7 /usr/bin/program\n"
                           "00030000-00031000 rw-s 00000000 00:01 9 /dev/shm/shared\n"
                           "40000000-40301000 rw-p 00000000 00:00 0 \n"
                           "7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0 [stack]";

struct debugger {
    size_t calls, largest, most; /* MOST: bytes that one call gives; 0: all */
    uint8_t stack[33 * 4096];
};

static uint8_t
byte_at(uint64_t address)
{
    return (uint8_t)(address * 7 + (address >> 12));
}

static bool
is_there(uint64_t address)
{
    if (address >= LARGE && address < LARGE_END)
        return address < LARGE_BAD || address >= LARGE_BAD + (UINT64_C(1) << 20);
    if (address >= DATA && address < DATA + 8 * PAGE)
        return address < BAD || address >= BAD + PAGE;
    return (address >= TEXT && address < TEXT + 2 * PAGE) || (address >= SHARED && address < SHARED + PAGE) ||
           (address >= STACK && address < STACK_END);
}

static size_t
read_target(void *arg, uint64_t address, void *buffer, size_t size)
{
    struct debugger *debugger = arg;
    uint8_t *bytes = buffer;
    size_t got = 0;

    debugger->calls++;
    if (size > debugger->largest)
        debugger->largest = size;
    if (debugger->most && size > debugger->most)
        size = debugger->most;
    for (; got < size && is_there(address + got); got++)
        bytes[got] = address >= STACK ? debugger->stack[address + got - STACK] : byte_at(address + got);
    return got;
}

static struct cpt_callback *
open_target(struct debugger *debugger, const struct cpt_task *tasks, size_t count)
{
    const struct cpt_callback_source source = {
        .read = read_target, .arg = debugger, .pid = 42, .maps = maps, .tasks = tasks, .task_count = count};
    struct cpt_callback *callback = NULL;
    struct cpt_error error;

    assert_int_equal(cpt_callback_open(&callback, &source, &error), CPT_OK);
    return callback;
}

static void
check_bytes(const uint8_t *bytes, uint64_t address, size_t size)
{
    for (size_t i = 0; i < size; i++)
        assert_int_equal(bytes[i], byte_at(address + i));
}

static void
small_reads_are_cached(void **state)
{
    struct debugger debugger = {0};
    struct cpt_callback *callback = open_target(&debugger, NULL, 0);
    struct cpt_memory *memory = cpt_callback_memory(callback);
    uint8_t bytes[4 * 4096];

    (void)state;
    for (uint64_t at = 0; at < PAGE; at += 64) {
        assert_int_equal(cpt_memory_read_some(memory, TEXT + at, bytes, 8), 8);
        check_bytes(bytes, TEXT + at, 8);
    }
    assert_int_equal(debugger.calls, 1);
    /* What cannot be read is remembered too, and nobody asks for what is not mapped. */
    for (int i = 0; i < 10; i++)
        assert_int_equal(cpt_memory_read_some(memory, BAD + 8, bytes, 8), 0);
    assert_int_equal(debugger.calls, 2);
    assert_int_equal(cpt_memory_read_some(memory, 0, bytes, 8), 0);
    assert_int_equal(cpt_memory_read_some(memory, DATA + 8 * PAGE, bytes, 8), 0);
    assert_int_equal(debugger.calls, 2);
    /* Up to the hole, from the middle of a page; and from cached pages into others. */
    assert_int_equal(cpt_memory_read_some(memory, BAD - 100, bytes, 200), 100);
    check_bytes(bytes, BAD - 100, 100);
    assert_int_equal(cpt_memory_read_some(memory, BAD - PAGE - 100, bytes, 3 * PAGE), PAGE + 100);
    check_bytes(bytes, BAD - PAGE - 100, PAGE + 100);
    assert_null(cpt_memory_view(memory, TEXT, 8));
    cpt_callback_close(callback);
}

static void
check_runs(struct cpt_memory *memory)
{
    const struct cpt_run expected[] = {{DATA, BAD},
                                       {BAD + PAGE, DATA + 8 * PAGE},
                                       {LARGE, LARGE_BAD},
                                       {LARGE_BAD + (UINT64_C(1) << 20), LARGE_END},
                                       {STACK, STACK_END}};

    assert_int_equal(memory->run_count, sizeof(expected) / sizeof(expected[0]));
    for (size_t i = 0; i < memory->run_count; i++) {
        uint64_t size = 0;
        const uint8_t *bytes = cpt_memory_piece(memory, expected[i].start, &size);

        assert_int_equal(memory->runs[i].start, expected[i].start);
        assert_int_equal(memory->runs[i].end, expected[i].end);
        assert_non_null(bytes);
        assert_int_equal(size, expected[i].end - expected[i].start);
        if (expected[i].start < STACK)
            check_bytes(bytes, expected[i].start, size);
    }
}

static size_t
copy_with(size_t most)
{
    struct debugger debugger = {.most = most};
    struct cpt_callback *callback = open_target(&debugger, NULL, 0);
    struct cpt_memory *memory = cpt_callback_memory(callback);
    struct cpt_holes holes = {0};
    struct cpt_error error;
    uint8_t bytes[64];
    size_t calls;

    assert_int_equal(cpt_callback_copy(callback, NULL, &holes, &error), CPT_OK);
    calls = debugger.calls;
    assert_true(debugger.largest <= UINT64_C(1) << 20);
    check_runs(memory);
    assert_int_equal(holes.count - holes.notes, 1); /* the single page is a guard */
    assert_int_equal(holes.items[holes.count - 1].address, LARGE_BAD);
    assert_int_equal(cpt_callback_copy(callback, NULL, &holes, &error), CPT_OK);
    assert_int_equal(cpt_memory_read_some(memory, LARGE + 100, bytes, 64), 64);
    check_bytes(bytes, LARGE + 100, 64);
    assert_int_equal(debugger.calls, calls);
    /* What is not copied is still read; across what cannot be read nothing is. */
    assert_int_equal(cpt_memory_read_some(memory, TEXT, bytes, 64), 64);
    check_bytes(bytes, TEXT, 64);
    assert_int_equal(cpt_memory_read_some(memory, BAD - 32, bytes, 64), 32);
    assert_null(cpt_memory_view(memory, BAD - 32, 64));
    assert_non_null(cpt_memory_view(memory, BAD - 32, 32));
    cpt_holes_free(&holes);
    cpt_callback_close(callback);
    return calls;
}

/* Large reads, and few more for what cannot be read. */
static void
copy_is_made_of_large_reads(void **state)
{
    (void)state;
    assert_in_range(copy_with(0), 6, 24);
}

/* A debugger may give less than it was asked for although there is more. */
static void
copy_takes_short_reads(void **state)
{
    (void)state;
    copy_with(PAGE);
    copy_with(100000);
}

static bool
is_third(void *arg)
{
    return ++*(int *)arg >= 3;
}

/* Nothing is left of a copy that was given up; the next one is whole. */
static void
copy_can_be_given_up(void **state)
{
    struct debugger debugger = {0};
    struct cpt_callback *callback = open_target(&debugger, NULL, 0);
    struct cpt_memory *memory = cpt_callback_memory(callback);
    int asked = 0;
    struct cpt_progress progress = {.cancelled = is_third, .arg = &asked};
    struct cpt_holes holes = {0};
    struct cpt_error error;

    (void)state;
    assert_int_equal(cpt_callback_copy(callback, &progress, &holes, &error), CPT_CANCELLED);
    assert_true(debugger.calls > 0);
    assert_null(memory->runs);
    assert_null(cpt_memory_view(memory, LARGE, 64));
    assert_int_equal(cpt_callback_copy(callback, NULL, &holes, &error), CPT_OK);
    check_runs(memory);
    cpt_holes_free(&holes);
    cpt_callback_close(callback);
}

static void
put(struct debugger *debugger, uint64_t address, uint64_t value)
{
    memcpy(debugger->stack + (address - STACK), &value, 8);
}

/* As execve leaves it: argc, argv, envp, the auxiliary vector, and strings above. */
static void
build_start(struct debugger *debugger, uint64_t at)
{
    const uint64_t words[] = {3, STACK_END - 64, STACK_END - 48, STACK_END - 32, 0, STACK_END - 16, 0,
                              AT_SYSINFO_EHDR, STACK, AT_PHDR, TEXT + 64, AT_PHENT, sizeof(Elf64_Phdr), AT_PHNUM, 9,
                              AT_RANDOM, STACK_END - 80, AT_NULL, 0};

    memset(debugger->stack, 0x77, sizeof(debugger->stack));
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        put(debugger, at + 8 * i, words[i]);
    strcpy((char *)debugger->stack + sizeof(debugger->stack) - 64, "program");
    strcpy((char *)debugger->stack + sizeof(debugger->stack) - 48, "");
    strcpy((char *)debugger->stack + sizeof(debugger->stack) - 32, "two words");
    strcpy((char *)debugger->stack + sizeof(debugger->stack) - 16, "LANG=C");
}

static void
tells_what_it_was_started_with(void **state)
{
    const uint64_t places[] = {STACK_END - 512, STACK + 64}; /* the second is far below a large environment */
    static const char expected[] = "program\0\0two words";

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct debugger debugger = {0};
        struct cpt_callback *callback;
        size_t size = 0;

        build_start(&debugger, places[i]);
        callback = open_target(&debugger, NULL, 0);
        assert_string_equal(cpt_callback_executable(callback), "/usr/bin/program");
        assert_memory_equal(cpt_callback_command_line(callback, &size), expected, sizeof(expected));
        assert_int_equal(size, sizeof(expected));
        cpt_callback_close(callback);
    }
}

static void
tells_nothing_of_another_stack(void **state)
{
    struct debugger debugger = {0};
    struct cpt_callback *callback = open_target(&debugger, NULL, 0);
    size_t size = 1;

    (void)state;
    assert_string_equal(cpt_callback_executable(callback), "");
    assert_string_equal(cpt_callback_command_line(callback, &size), "");
    assert_int_equal(size, 0);
    cpt_callback_close(callback);
}

static void
main_thread_comes_first(void **state)
{
    const struct cpt_task tasks[] = {{.tid = 44}, {.tid = 42}, {.tid = 43}};
    const int32_t expected[] = {42, 44, 43};
    struct debugger debugger = {0};
    struct cpt_callback *callback = open_target(&debugger, tasks, 3);

    (void)state;
    assert_int_equal(cpt_callback_memory(callback)->task_count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(cpt_callback_memory(callback)->tasks[i].tid, expected[i]);
    cpt_callback_close(callback);
    callback = open_target(&debugger, tasks + 2, 1); /* without the main thread */
    assert_int_equal(cpt_callback_memory(callback)->task_count, 1);
    assert_int_equal(cpt_callback_memory(callback)->tasks[0].tid, 43);
    cpt_callback_close(callback);
}

static void
needs_mappings(void **state)
{
    struct debugger debugger = {0};
    struct cpt_callback_source source = {.read = read_target, .arg = &debugger, .pid = 42};
    struct cpt_callback *callback = NULL;
    struct cpt_error error;

    (void)state;
    assert_int_equal(cpt_callback_open(&callback, &source, &error), CPT_ABSENT);
    source.maps = "nothing that makes sense\n";
    assert_int_equal(cpt_callback_open(&callback, &source, &error), CPT_ABSENT);
    /* Without permissions. */
    source.maps = "10000-18000 0 00:00 0\n20000-22000 1000 08:01 7 /usr/bin/program\n";
    assert_int_equal(cpt_callback_open(&callback, &source, &error), CPT_OK);
    assert_int_equal(cpt_callback_memory(callback)->mapping_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(cpt_callback_memory(callback)->mappings[i].readable);
        assert_true(cpt_callback_memory(callback)->mappings[i].writable);
    }
    assert_string_equal(cpt_callback_memory(callback)->mappings[1].path, "/usr/bin/program");
    assert_int_equal(cpt_callback_memory(callback)->mappings[1].offset, 0x1000);
    cpt_callback_close(callback);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_reads_are_cached),         cmocka_unit_test(copy_is_made_of_large_reads),
        cmocka_unit_test(copy_takes_short_reads),         cmocka_unit_test(tells_what_it_was_started_with),
        cmocka_unit_test(tells_nothing_of_another_stack), cmocka_unit_test(main_thread_comes_first),
        cmocka_unit_test(needs_mappings),                 cmocka_unit_test(copy_can_be_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The parts of finding what threads wait for that need no target: exception tables, and circles. */
#include "coreanalyze/analyses/deadlock.h"
#include "coreanalyze/analyses/stack.h"
#include "coreanalyze/decode/evalstack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Made by hand as Objects/exception_handling_notes.txt says: start, length, target in code units, depth and lasti. */
static const uint8_t table[] = {
    0x83, 0x04, 0x0a, 0x05,                   /* units 3 to 6, handler at 10, depth 2, lasti pushed */
    0x87, 0x01, 0x0c, 0x02,                   /* unit 7, depth 1 */
    0xc1, 0x24, 0x48, 0x00, 0x42, 0x00, 0x10, /* units 100 to 611, handler at 128, depth 8 */
};

static void
test_depth(void **state)
{
    static const struct {
        int64_t lasti;
        size_t depth;
    } cases[] = {
        {-2, 0}, {-1, 0}, {0, 0}, {4, 0}, {6, 2}, {12, 2}, {14, 1}, {16, 0}, {198, 0}, {200, 8}, {1222, 8}, {1224, 0},
        {INT64_MAX, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(cpt_exceptiontable_depth(table, sizeof(table), cases[i].lasti), cases[i].depth);
    assert_int_equal(cpt_exceptiontable_depth(table, 0, 6), 0);
}

/* Whatever a damaged table says: no end of it is passed, and no number grows for ever. */
static void
test_damaged_table(void **state)
{
    uint8_t bytes[64];

    (void)state;
    for (size_t size = 0; size <= sizeof(table); size++)
        cpt_exceptiontable_depth(table, size, 1222);
    memset(bytes, 0xff, sizeof(bytes));
    assert_int_equal(cpt_exceptiontable_depth(bytes, sizeof(bytes), 10), 0);
    memset(bytes, 0x40, sizeof(bytes));
    assert_int_equal(cpt_exceptiontable_depth(bytes, sizeof(bytes), 10), 0);
}

/* Thread i + 1 waits for thread OWNERS[i]; 0: for nobody. */
static void
check_circles(const int32_t *owners, size_t count, const char *expected)
{
    struct cpt_stack_thread threads[8];
    struct cpt_stack stack = {.threads = threads, .thread_count = count};
    struct cpt_error error;
    char found[128] = "";

    memset(threads, 0, sizeof(threads));
    for (size_t i = 0; i < count; i++) {
        threads[i].native_id = (int32_t)i + 1;
        threads[i].waiting.kind = owners[i] ? "rlock" : NULL;
        threads[i].waiting.owner = owners[i];
    }
    assert_int_equal(cpt_deadlocks_find(&stack, &error), CPT_OK);
    for (size_t i = 0; i < stack.deadlock_count; i++) {
        for (size_t j = 0; j < stack.deadlocks[i].count; j++)
            snprintf(found + strlen(found), sizeof(found) - strlen(found), "%d ", stack.deadlocks[i].threads[j]);
        strcat(found, ". ");
    }
    assert_string_equal(found, expected);
    cpt_arena_free(&stack.arena);
}

static void
test_circles(void **state)
{
    (void)state;
    check_circles((const int32_t[]){0}, 1, "");
    check_circles((const int32_t[]){1}, 1, "1 . ");                    /* a lock taken twice */
    check_circles((const int32_t[]){2, 1}, 2, "1 2 . ");
    check_circles((const int32_t[]){2, 3, 0}, 3, "");                  /* a chain */
    check_circles((const int32_t[]){2, 3, 2}, 3, "2 3 . ");            /* a chain that leads into a circle */
    check_circles((const int32_t[]){3, 3, 4, 3}, 4, "3 4 . ");         /* two that wait behind one */
    check_circles((const int32_t[]){2, 1, 4, 3, 1}, 5, "1 2 . 3 4 . ");
    check_circles((const int32_t[]){9, 1}, 2, "");                     /* an owner that is not listed */
    check_circles((const int32_t[]){2, 3, 4, 5, 6, 1}, 6, "1 2 3 4 5 6 . ");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_damaged_table),
        cmocka_unit_test(test_circles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

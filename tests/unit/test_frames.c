/* The selected Python frame in a debugger: which one runs in a native frame, which thread state is inside of which, how
   long a selection is remembered, and the lines that are listed around it. */
#include "coreanalyze/analyses/frames.h"
#include "coreanalyze/commands/session.h"
#include "coreanalyze/output/frames_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* A thread of five Python frames in two evaluations, which native frames 2 and 4 run:
   0 C, 1 C, 2 loop (#0 #1), 3 C, 4 loop (#2 #3 #4), 5 C. */
struct scene {
    struct cpt_stack stack;
    struct cpt_stack_thread threads[2];
    struct cpt_frame frames[2][5];
    struct cpt_evaluation evaluations[2][2];
    struct cpt_native_frame natives[6];
    struct cpt_frame_list list;
};

static void
make_thread(struct scene *scene, size_t i)
{
    struct cpt_stack_thread *thread = &scene->threads[i];

    for (size_t j = 0; j < 5; j++)
        scene->frames[i][j].address = 0x1000 * (i + 1) + j;
    scene->evaluations[i][0] = (struct cpt_evaluation){.first = 0, .count = 2};
    scene->evaluations[i][1] = (struct cpt_evaluation){.first = 2, .count = 3};
    *thread = (struct cpt_stack_thread){
        .interpreter = (int64_t)i,
        .frames = scene->frames[i],
        .frame_count = 5,
        .evaluations = scene->evaluations[i],
        .evaluation_count = 2,
        .native = {.items = scene->natives, .count = 6, .complete = true, .merged = true},
        .frames_complete = true,
    };
}

static struct scene *
make_scene(size_t threads)
{
    struct scene *scene = calloc(1, sizeof(*scene));
    struct cpt_error error;

    assert_non_null(scene);
    for (size_t i = 0; i < 6; i++)
        scene->natives[i] = (struct cpt_native_frame){.address = 0x400000 + i, .sp = 0x7000 + 0x100 * i};
    scene->natives[2].evaluation = 1;
    scene->natives[4].evaluation = 2;
    scene->stack.threads = scene->threads;
    scene->stack.thread_count = threads;
    for (size_t i = 0; i < threads; i++)
        make_thread(scene, i);
    assert_int_equal(cpt_frame_list_make(&scene->list, &scene->stack, &error), CPT_OK);
    return scene;
}

static void
free_scene(struct scene *scene)
{
    cpt_arena_free(&scene->stack.arena);
    free(scene);
}

static void
assert_match(const struct scene *scene, uint64_t pc, uint64_t sp, size_t expected)
{
    size_t index = 99;

    assert_int_equal(cpt_frame_list_match(&scene->list, pc, sp, &index), CPT_FRAME_MATCHED);
    assert_int_equal(index, expected);
}

static void
test_match(void **state)
{
    static const size_t expected[] = {0, 0, 0, 2, 2};
    struct scene *scene = make_scene(1);
    size_t index;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        assert_match(scene, 0x400000 + i, 0x7000 + 0x100 * i, expected[i]);
        /* A frame that only the debugger sees lies in the part of the stack of the one that it was made of. */
        assert_match(scene, 0x500000, 0x7008 + 0x100 * i, expected[i]);
    }
    assert_int_equal(cpt_frame_list_match(&scene->list, 0x400005, 0x7500, &index), CPT_FRAME_NO_PYTHON);
    assert_int_equal(cpt_frame_list_match(&scene->list, 0x400002, 0x6000, &index), CPT_FRAME_UNMATCHED);
    assert_int_equal(cpt_frame_list_match(&scene->list, 0x400002, 0x9000, &index), CPT_FRAME_UNMATCHED);
    free_scene(scene);
}

/* What is not known is not taken for "no Python". */
static void
test_match_uncertain(void **state)
{
    struct scene *scene = make_scene(1);
    size_t index;

    (void)state;
    scene->threads[0].native.complete = false;
    assert_int_equal(cpt_frame_list_match(&scene->list, 0x400005, 0x7500, &index), CPT_FRAME_UNMATCHED);
    assert_match(scene, 0x400003, 0x7300, 2);
    scene->threads[0].native.merged = false;
    assert_int_equal(cpt_frame_list_match(&scene->list, 0x400003, 0x7300, &index), CPT_FRAME_UNMATCHED);
    free_scene(scene);
}

/* A handler on a stack of its own, above the one that it interrupted: the same pc and sp find it. */
static void
test_match_signal_stack(void **state)
{
    struct scene *scene = make_scene(1);

    (void)state;
    for (size_t i = 0; i < 3; i++)
        scene->natives[i].sp += 0x10000;
    assert_match(scene, 0x400001, 0x17100, 0);
    assert_match(scene, 0x400003, 0x7300, 2);
    free_scene(scene);
}

static void
assert_order(struct scene *scene, uint64_t inner)
{
    struct cpt_error error;

    assert_int_equal(cpt_frame_list_make(&scene->list, &scene->stack, &error), CPT_OK);
    assert_int_equal(scene->list.count, 10);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(scene->list.items[i].frame->address, (i < 5 ? inner : 0x3000 - inner) + i % 5);
}

/* Two interpreters on one C stack. */
static void
test_interpreters(void **state)
{
    struct scene *scene = make_scene(2);

    (void)state;
    assert_order(scene, 0x2000); /* the newer one, where nothing else tells */
    scene->threads[0].status = CPT_THREAD_HOLDS_GIL;
    assert_order(scene, 0x1000);
    scene->evaluations[0][0].anchor = 0x7450;
    scene->evaluations[1][0].anchor = 0x7250;
    assert_order(scene, 0x2000);
    free_scene(scene);
}

static void
test_session(void **state)
{
    struct cpt_session *session = cpt_session_new();
    struct cpt_session_place place = {.pid = 5, .tid = 7, .start_pc = 1, .start_sp = 2,
                                      .pc = 1, .sp = 2, .switches = 9};
    struct cpt_session_place changed[7];
    uint64_t address = 0;
    size_t index = 0;

    (void)state;
    assert_non_null(session);
    assert_false(cpt_session_recall(NULL, &place, &index, &address));
    assert_false(cpt_session_recall(session, &place, &index, &address));
    cpt_session_remember(NULL, &place, 3, 0x1234);
    cpt_session_remember(session, &place, 3, 0x1234);
    assert_true(cpt_session_recall(session, &place, &index, &address));
    assert_int_equal(index, 3);
    assert_int_equal(address, 0x1234);
    for (size_t i = 0; i < 7; i++)
        changed[i] = place;
    changed[0].pid++;
    changed[1].tid++;
    changed[2].start_pc++;
    changed[3].start_sp++;
    changed[4].pc++;
    changed[5].sp++;
    changed[6].switches++;
    for (size_t i = 0; i < 7; i++)
        assert_false(cpt_session_recall(session, &changed[i], &index, &address));
    assert_true(cpt_session_recall(session, &place, &index, &address));
    cpt_session_free(session);
    cpt_session_free(NULL);
}

/* Of a process here the kernel tells that it ran; of others nothing is asked. */
static void
test_session_runs(void **state)
{
    struct cpt_debugger debugger = {.target = CPT_DEBUGGER_PROCESS, .pid = getpid(), .selected = getpid()};
    uint64_t before = cpt_session_place(&debugger).switches;

    (void)state;
    usleep(2000);
    assert_true(cpt_session_place(&debugger).switches > before);
    debugger.remote = true;
    assert_int_equal(cpt_session_place(&debugger).switches, 0);
}

static void
assert_range(int32_t current, uint32_t start, uint32_t end, int32_t first, int32_t last)
{
    struct cpt_line_range range = cpt_line_range_around(current, start, end);

    assert_int_equal(range.first, first);
    assert_int_equal(range.last, last);
}

static void
test_line_ranges(void **state)
{
    (void)state;
    assert_range(20, 0, 0, 15, 25);
    assert_range(6, 0, 0, 1, 11);
    assert_range(2, 0, 0, 1, 7);
    assert_range(20, 7, 0, 7, 17);
    assert_range(20, 7, 9, 7, 9);
    assert_range(20, 7, 7, 7, 7);
    assert_range(20, INT32_MAX, 0, INT32_MAX, INT32_MAX);
    assert_range(INT32_MAX, 0, 0, INT32_MAX - 5, INT32_MAX);
}

static void
test_shown(void **state)
{
    struct cpt_frame_list list = {.count = 50};

    (void)state;
    assert_int_equal(cpt_frames_shown(&list, 0, 100), 50);
    assert_int_equal(cpt_frames_shown(&list, 0, 10), 10);
    assert_int_equal(cpt_frames_shown(&list, 20, 10), 21);
    assert_int_equal(cpt_frames_shown(&list, 49, 10), 50);
    assert_int_equal(cpt_frames_shown(&list, CPT_NO_FRAME, 10), 10);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_match),
        cmocka_unit_test(test_match_uncertain),
        cmocka_unit_test(test_match_signal_stack),
        cmocka_unit_test(test_interpreters),
        cmocka_unit_test(test_session),
        cmocka_unit_test(test_session_runs),
        cmocka_unit_test(test_line_ranges),
        cmocka_unit_test(test_shown),
    };

    return cmocka_run_group_tests_name("frames", tests, NULL, NULL);
}

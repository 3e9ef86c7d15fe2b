/* The stack analysis over sound structures, built by every built-in layout. */
#include "tests/synthetic/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Oldest first and the main one before all, in each interpreter. */
static const size_t order[SCENE_THREADS] = {0, 1, 2, 3, 4, 5, 6};

static void
check_result(const struct scene *scene, const struct scene_result *result, const char *build)
{
    char why[256];

    if (result->checked || result->status)
        fail_msg("%s: check %d, stack %d: %s", build, result->checked, result->status,
                 result->error.what);
    for (size_t i = 0; i < result->holes.count; i++)
        fail_msg("%s: hole: %s", build, result->holes.items[i].message);
    assert_int_equal(result->stack.thread_count, SCENE_THREADS);
    assert_int_equal(result->stack.native_only, 1);
    for (size_t i = 0; i < SCENE_THREADS; i++) {
        if (!scene_agrees(scene, result, i, true, why))
            fail_msg("%s: thread %zu: %s", build, i, why);
        assert_int_equal(result->stack.threads[i].address, scene->threads[order[i]].address);
    }
}

static void
check_scene(const struct scene_options *options)
{
    for (size_t i = 0; i < LAYOUT_COUNT; i++) {
        for (int views = 0; views < 2; views++) {
            struct cpt_layout layout;
            const char *build = layout_make(i, &layout);
            struct scene_result result;
            struct cpt_memory *memory;
            struct scene scene;

            scene_build(&scene, &layout, options);
            memory = world_open(&scene.world, views);
            scene_analyse(&scene, memory, &layout, &result);
            check_result(&scene, &result, build);
            scene_result_free(&result);
            cpt_synthetic_close(memory);
            scene_free(&scene);
        }
    }
}

static void
stacks_of_every_layout(void **state)
{
    (void)state;
    check_scene(&(struct scene_options){0});
}

static void
a_free_gil_has_no_holder(void **state)
{
    (void)state;
    check_scene(&(struct scene_options){.gil_free = true});
}

static void
the_holder_collects(void **state)
{
    (void)state;
    check_scene(&(struct scene_options){.collecting = true});
}

static void
the_collector_is_known_by_its_frame(void **state)
{
    (void)state;
    check_scene(&(struct scene_options){.collecting = true, .collector_frame = true});
}

static void
the_collector_is_known_by_its_stack(void **state)
{
    (void)state;
    check_scene(&(struct scene_options){.collecting = true, .collector_stack = true});
}

static void
finalizing_is_seen(void **state)
{
    (void)state;
    check_scene(&(struct scene_options){.finalizing = true});
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stacks_of_every_layout),
        cmocka_unit_test(a_free_gil_has_no_holder),
        cmocka_unit_test(the_holder_collects),
        cmocka_unit_test(the_collector_is_known_by_its_frame),
        cmocka_unit_test(the_collector_is_known_by_its_stack),
        cmocka_unit_test(finalizing_is_seen),
    };

    return cmocka_run_group_tests_name("synthetic sound", tests, NULL, NULL);
}

/* Deep stacks, and chains that run in circles: the analysis ends, and the other threads are as they
   are. */
#include "tests/synthetic/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DEEP 100000
#define DEEP_THREAD 3

/* A scene in memory, by layout number I. */
struct opened {
    struct cpt_layout layout;
    struct scene scene;
    struct cpt_memory *memory;
    struct scene_result result;
};

static void
open_scene(struct opened *o, size_t i, const struct scene_options *options)
{
    layout_make(i, &o->layout);
    scene_build(&o->scene, &o->layout, options);
    o->memory = world_open(&o->scene.world, i % 2);
}

static void
analyse(struct opened *o)
{
    scene_analyse(&o->scene, o->memory, &o->layout, &o->result);
    if (o->result.status)
        fail_msg("%s: %s", o->layout.table, o->result.error.what);
}

static void
close_scene(struct opened *o)
{
    scene_result_free(&o->result);
    cpt_synthetic_close(o->memory);
    scene_free(&o->scene);
}

static const struct cpt_stack_thread *
deep_thread(const struct opened *o)
{
    for (size_t t = 0; t < o->result.stack.thread_count; t++) {
        if (o->result.stack.threads[t].address == o->scene.threads[DEEP_THREAD].address)
            return &o->result.stack.threads[t];
    }
    fail_msg("%s: the deep thread is missing", o->layout.table);
    return NULL;
}

/* Bit I of EXCEPT: thread I need not be as it was. */
static void
check_others(const struct opened *o, unsigned except)
{
    char why[256];

    for (size_t i = 0; i < SCENE_THREADS; i++) {
        if (!(except >> i & 1) && !scene_agrees(&o->scene, &o->result, i, true, why))
            fail_msg("%s: thread %zu: %s", o->layout.table, i, why);
    }
}

static void
deep_stacks(void **state)
{
    (void)state;
    for (size_t i = 0; i < LAYOUT_COUNT; i++) {
        const struct cpt_stack_thread *thread;
        struct opened o;

        open_scene(&o, i, &(struct scene_options){.deep = DEEP});
        analyse(&o);
        thread = deep_thread(&o);
        assert_int_equal(thread->frame_count, DEEP);
        assert_true(thread->frames_complete);
        for (size_t f = 0; f < DEEP; f++) {
            assert_ptr_equal(thread->frames[f].code, thread->frames[0].code);
            assert_int_equal(thread->frames[f].position.line, 41);
            assert_true(!f || thread->frames[f].address > thread->frames[f - 1].address);
        }
        assert_int_equal(o.result.holes.count, 0);
        check_others(&o, 1u << DEEP_THREAD);
        close_scene(&o);
    }
}

/* COUNT frames of which the last CYCLE make a circle. A circle is known when it was run through a
   few times. */
static void
check_circle(size_t layout, size_t count, size_t cycle)
{
    const struct cpt_stack_thread *thread;
    struct opened o;

    open_scene(&o, layout, &(struct scene_options){.deep = count, .cycle = cycle});
    analyse(&o);
    thread = deep_thread(&o);
    if (thread->frames_complete || !o.result.holes.count)
        fail_msg("%s: a circle of %zu frames is not told", o.layout.table, cycle);
    if (thread->frame_count < count || thread->frame_count > 4 * (count + cycle))
        fail_msg("%s: %zu frames shown of %zu with a circle of %zu", o.layout.table,
                 thread->frame_count, count, cycle);
    check_others(&o, 1u << DEEP_THREAD);
    close_scene(&o);
}

static void
circles_of_frames(void **state)
{
    static const size_t cycles[] = {1, 2, 7};

    (void)state;
    for (size_t i = 0; i < LAYOUT_COUNT; i++) {
        for (size_t c = 0; c < 3; c++) {
            for (size_t extra = 0; extra < 4; extra++)
                check_circle(i, cycles[c] + extra, cycles[c]);
            check_circle(i, 1000, cycles[c]);
        }
    }
    check_circle(0, DEEP, DEEP);
    check_circle(LAYOUT_COUNT - 2, DEEP, DEEP / 2);
}

static void
write_word(struct opened *o, uint64_t address, uint64_t value)
{
    void *bytes = cpt_synthetic_bytes(o->memory, address, 8);

    assert_non_null(bytes);
    memcpy(bytes, &value, 8);
}

/* The list of threads, 4 to 0, leads from thread FROM to thread TO instead. */
static void
check_thread_circle(size_t layout, size_t from, size_t to)
{
    struct opened o;

    open_scene(&o, layout, &(struct scene_options){0});
    write_word(&o, o.scene.threads[from].address + (uint64_t)o.layout.at.tstate.next,
               o.scene.threads[to].address);
    analyse(&o);
    if (!o.result.holes.count)
        fail_msg("%s: from thread %zu to %zu: not told", o.layout.table, from, to);
    assert_int_equal(o.result.stack.thread_count, SCENE_THREADS - from);
    check_others(&o, (1u << from) - 1);
    close_scene(&o);
}

static void
circles_of_threads(void **state)
{
    (void)state;
    for (size_t i = 0; i < LAYOUT_COUNT; i++) {
        for (size_t from = 0; from < SCENE_FIRST_OF_SUB; from++) {
            for (size_t to = from; to < SCENE_FIRST_OF_SUB; to++)
                check_thread_circle(i, from, to);
        }
    }
}

/* Threads that two interpreters claim are told; each interpreter's own are there. */
static void
a_list_of_another_interpreter(void **state)
{
    (void)state;
    for (size_t i = 0; i < LAYOUT_COUNT; i++) {
        struct opened o;

        open_scene(&o, i, &(struct scene_options){0});
        write_word(&o, o.scene.threads[5].address + (uint64_t)o.layout.at.tstate.next,
                   o.scene.threads[2].address);
        analyse(&o);
        assert_true(o.result.holes.count > 0);
        check_others(&o, 0);
        close_scene(&o);
    }
}

static void
circles_of_interpreters(void **state)
{
    (void)state;
    for (size_t i = 0; i < LAYOUT_COUNT; i++) {
        for (size_t to = 0; to < 2; to++) {
            struct opened o;

            open_scene(&o, i, &(struct scene_options){0});
            write_word(&o, o.scene.interp[0] + (uint64_t)o.layout.at.interp.next,
                       o.scene.interp[to]);
            analyse(&o);
            assert_true(o.result.checked != CPT_OK);
            assert_true(o.result.holes.count > 0);
            assert_int_equal(o.result.stack.thread_count, SCENE_THREADS);
            check_others(&o, 0);
            close_scene(&o);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deep_stacks),
        cmocka_unit_test(circles_of_frames),
        cmocka_unit_test(circles_of_threads),
        cmocka_unit_test(a_list_of_another_interpreter),
        cmocka_unit_test(circles_of_interpreters),
    };

    return cmocka_run_group_tests_name("synthetic deep", tests, NULL, NULL);
}

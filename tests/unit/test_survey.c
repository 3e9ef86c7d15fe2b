/* Which pages of a process there are: all ways to ask say the same, and touch nothing. */
#include "coreanalyze/base/vec.h"
#include "coreanalyze/base/workers.h"
#include "coreanalyze/memory/process_internal.h"
#include "coreanalyze/memory/survey.h"
#include "tests/unit/scratch.h"
#include "tests/unit/snapscene.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct cpt_process *
open_process(const struct victim *victim)
{
    struct cpt_process *process = NULL;
    struct cpt_error error = {0};

    if (cpt_process_open(&process, victim->pid, NULL, &error) != CPT_OK)
        fail_msg("%s; %s", error.what, error.hint);
    return process;
}

static void
make_survey(struct cpt_survey *survey, struct cpt_process *process)
{
    struct cpt_error error = {0};

    if (cpt_survey_make(survey, process, &error) != CPT_OK)
        fail_msg("%s; %s", error.what, error.hint);
}

/* Bytes of LIST's runs within [START, END). */
static uint64_t
sum(const struct cpt_run_list *list, uint64_t start, uint64_t end)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < list->count; i++) {
        uint64_t from = list->items[i].start > start ? list->items[i].start : start;
        uint64_t to = list->items[i].end < end ? list->items[i].end : end;

        if (from < to)
            bytes += to - from;
    }
    return bytes;
}

static bool
has(const struct cpt_run_list *list, uint64_t start, uint64_t pages)
{
    return sum(list, start, start + pages * SCENE_PAGE) == pages * SCENE_PAGE;
}

static bool
lacks(const struct cpt_run_list *list, uint64_t start, uint64_t pages)
{
    return sum(list, start, start + pages * SCENE_PAGE) == 0;
}

static void
what_is_there_is_what_smaps_counts(void **state)
{
    struct victim *victim = scene_start(NULL);
    struct cpt_process *process = open_process(victim);
    struct cpt_survey survey = {0};

    (void)state;
    make_survey(&survey, process);
    for (size_t i = 0; i < survey.mappings.count; i++) {
        const struct cpt_mapping *mapping = &survey.mappings.items[i];
        uint64_t there = sum(&survey.resident, mapping->start, mapping->end);

        if (there != scene_resident(victim->pid, mapping->start, mapping->end, true))
            fail_msg("%llx-%llx %s: %llu bytes", (unsigned long long)mapping->start,
                     (unsigned long long)mapping->end, mapping->path ? mapping->path : "", (unsigned long long)there);
    }
    assert_int_equal(sum(&survey.resident, 0, UINT64_MAX), scene_resident(victim->pid, 0, UINT64_MAX, true));
    assert_true(scene_resident(victim->pid, 0, UINT64_MAX, false) > sum(&survey.resident, 0, UINT64_MAX));
    cpt_survey_free(&survey);
    cpt_process_close(process);
    victim_end(victim);
}

static void
what_was_written_to_is_copied(void **state)
{
    struct victim *victim = scene_start(NULL);
    struct cpt_process *process = open_process(victim);
    struct cpt_survey survey = {0};
    uint64_t bytes = 0;

    (void)state;
    make_survey(&survey, process);
    assert_true(has(&survey.parts, SCENE_MIXED, SCENE_WRITTEN_LOW));
    assert_true(lacks(&survey.parts, SCENE_MIXED + SCENE_WRITTEN_LOW * SCENE_PAGE,
                      SCENE_WRITTEN_HIGH - SCENE_WRITTEN_LOW));
    assert_true(has(&survey.parts, SCENE_MIXED + SCENE_WRITTEN_HIGH * SCENE_PAGE,
                    SCENE_MIXED_PAGES - SCENE_WRITTEN_HIGH + SCENE_NEIGHBOUR_PAGES));
    assert_true(lacks(&survey.parts, SCENE_NONE, 4));
    assert_true(has(&survey.parts, SCENE_FILE + 2 * SCENE_PAGE, 1));
    assert_true(lacks(&survey.parts, SCENE_FILE + 5 * SCENE_PAGE, 1));
    assert_true(has(&survey.resident, SCENE_FILE + 5 * SCENE_PAGE, 1));
    assert_true(has(&survey.parts, SCENE_SMALL_FILE + 2 * SCENE_PAGE, 1));
    assert_true(has(&survey.parts, SCENE_SMALL_FILE + 5 * SCENE_PAGE, 1));
    assert_true(lacks(&survey.parts, SCENE_SHARED, 4));
    assert_true(lacks(&survey.resident, SCENE_SHARED, 4));
    assert_true(lacks(&survey.parts, SCENE_CONSTANT, 2));
    assert_true(has(&survey.resident, SCENE_CONSTANT, 2));
    assert_true(has(&survey.pieces, SCENE_UNTOUCHED, SCENE_UNTOUCHED_SIZE / SCENE_PAGE));
    for (size_t i = 0; i < survey.parts.count; i++) {
        const struct cpt_run *part = &survey.parts.items[i];

        assert_true(part->start < part->end);
        assert_int_equal(part->start / CPT_SURVEY_PART, (part->end - 1) / CPT_SURVEY_PART);
        assert_true(i == 0 || part[-1].end <= part->start);
        bytes += part->end - part->start;
    }
    assert_int_equal(bytes, survey.bytes);
    cpt_survey_free(&survey);
    cpt_process_close(process);
    victim_end(victim);
}

/* So much is no piece; what is there of them is, with what lies in between where that is little. */
static void
vast_reservations_have_small_pieces(void **state)
{
    const struct scene_plan plan = {.vast = true};
    struct victim *victim = scene_start(&plan);
    struct cpt_process *process = open_process(victim);
    struct cpt_survey survey = {0};

    (void)state;
    make_survey(&survey, process);
    assert_int_equal(sum(&survey.parts, SCENE_VAST, SCENE_VAST + SCENE_VAST_SIZE), 3 * SCENE_PAGE);
    assert_int_equal(sum(&survey.pieces, SCENE_VAST, SCENE_VAST + SCENE_VAST_SIZE), 22 * SCENE_PAGE);
    assert_true(has(&survey.pieces, SCENE_VAST_FIRST, 21));
    assert_true(has(&survey.pieces, SCENE_VAST_THIRD, 1));
    assert_true(has(&survey.pieces, SCENE_MIXED, SCENE_MIXED_PAGES));
    assert_int_equal(scene_resident(victim->pid, SCENE_VAST, SCENE_VAST + SCENE_VAST_SIZE, true), 3 * SCENE_PAGE);
    cpt_survey_free(&survey);
    cpt_process_close(process);
    victim_end(victim);
}

static void
both_ways_to_ask_agree_on(int fd, uint64_t start, uint64_t size)
{
    struct cpt_pages_list scanned = {0}, entries = {0};

    assert_int_equal(cpt_pagemap_scan(&scanned, fd, start, start + size, true), 0);
    assert_int_equal(cpt_pagemap_entries(&entries, fd, start, start + size), 0);
    assert_int_equal(scanned.count, entries.count);
    for (size_t i = 0; i < entries.count; i++) {
        assert_int_equal(scanned.items[i].start, entries.items[i].start);
        assert_int_equal(scanned.items[i].end, entries.items[i].end);
        assert_int_equal(scanned.items[i].flags, entries.items[i].flags);
    }
    cpt_vec_free(&scanned);
    cpt_vec_free(&entries);
}

static void
both_ways_to_ask_agree(void **state)
{
    const struct scene_plan plan = {.many = 5000}; /* several calls */
    struct victim *victim = scene_start(&plan);
    struct cpt_process *process = open_process(victim);
    int fd = openat(process->proc_fd, "pagemap", O_RDONLY | O_CLOEXEC);
    struct cpt_pages_list list = {0};
    bool scans = cpt_pagemap_scan(&list, fd, SCENE_MIXED, SCENE_NONE, true) == 0;

    (void)state;
    if (scans && geteuid() == 0) { /* without, the page of zeros looks like any other */
        both_ways_to_ask_agree_on(fd, SCENE_MIXED, SCENE_NONE - SCENE_MIXED);
        both_ways_to_ask_agree_on(fd, SCENE_FILE, SCENE_FILE_SIZE);
        both_ways_to_ask_agree_on(fd, SCENE_SMALL_FILE, SCENE_SMALL_FILE_PAGES * SCENE_PAGE);
        both_ways_to_ask_agree_on(fd, SCENE_SHARED, 4 * SCENE_PAGE);
        both_ways_to_ask_agree_on(fd, SCENE_CONSTANT, 2 * SCENE_PAGE);
        both_ways_to_ask_agree_on(fd, SCENE_UNTOUCHED, SCENE_UNTOUCHED_SIZE);
        both_ways_to_ask_agree_on(fd, SCENE_MANY, 2 * 5000 * SCENE_PAGE);
    }
    cpt_vec_free(&list);
    close(fd);
    cpt_process_close(process);
    victim_end(victim);
    if (!scans || geteuid() != 0)
        skip();
}

static void
copy_maps(pid_t pid)
{
    static char text[1 << 20];
    char path[64];
    size_t size;
    FILE *maps;

    snprintf(path, sizeof(path), "/proc/%d/maps", pid);
    maps = fopen(path, "r");
    assert_non_null(maps);
    size = fread(text, 1, sizeof(text), maps);
    fclose(maps);
    assert_true(size < sizeof(text));
    scratch_file("proc/maps", text, size);
}

/* A directory like that of a process, where the file is not (a kernel without it), or may not be read. */
static void
without_pagemap_all_that_is_writable_counts(void **state)
{
    struct victim *victim = scene_start(NULL);
    struct cpt_process *process = open_process(victim);
    struct cpt_survey survey = {0};
    int kept = process->proc_fd;

    (void)state;
    copy_maps(victim->pid);
    process->proc_fd = open(scratch_path("proc"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(process->proc_fd >= 0);
    make_survey(&survey, process);
    assert_false(survey.tells_pages);
    assert_true(has(&survey.parts, SCENE_MIXED, SCENE_MIXED_PAGES));
    assert_true(has(&survey.resident, SCENE_MIXED, SCENE_MIXED_PAGES));
    assert_true(lacks(&survey.parts, SCENE_NONE, 4));
    assert_true(lacks(&survey.parts, SCENE_SHARED, 4));
    assert_true(has(&survey.parts, SCENE_SMALL_FILE, SCENE_SMALL_FILE_PAGES));
    close(process->proc_fd);
    process->proc_fd = kept;
    make_survey(&survey, process);
    assert_true(survey.tells_pages);
    cpt_survey_free(&survey);
    cpt_process_close(process);
    victim_end(victim);
}

static void
nothing_is_there_of_a_process_that_ended(void **state)
{
    struct victim *victim = scene_start(NULL);
    struct cpt_process *process = open_process(victim);
    struct cpt_survey survey = {0};
    struct cpt_error error = {0};

    (void)state;
    kill(victim->pid, SIGKILL);
    victim_await(victim_state(victim->pid) == 'Z');
    assert_int_equal(cpt_survey_make(&survey, process, &error), CPT_GONE);
    cpt_survey_free(&survey);
    cpt_process_close(process);
    victim_end(victim);
}

struct shares {
    unsigned next, sums[CPT_MAX_WORKERS], started;
};

static void
take_shares(void *arg)
{
    struct shares *shares = arg;
    unsigned at = __atomic_fetch_add(&shares->started, 1, __ATOMIC_RELAXED), share;

    while (at < CPT_MAX_WORKERS && (share = __atomic_fetch_add(&shares->next, 1, __ATOMIC_RELAXED)) < 10000)
        shares->sums[at] += share;
}

static void
workers_do_all_of_the_work_once(void **state)
{
    (void)state;
    for (unsigned count = 0; count <= CPT_MAX_WORKERS + 1; count += 5) {
        struct shares shares = {0};
        unsigned sum = 0;

        cpt_workers_run(count, take_shares, &shares);
        for (unsigned i = 0; i < CPT_MAX_WORKERS; i++)
            sum += shares.sums[i];
        assert_int_equal(sum, 9999u * 10000u / 2);
        assert_in_range(shares.started, 1, count ? count : 1);
    }
    assert_int_equal(cpt_workers_available(1), 1);
    assert_int_equal(cpt_workers_available(0), 1);
    assert_in_range(cpt_workers_available(1000), 1, CPT_MAX_WORKERS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_there_is_what_smaps_counts),
        cmocka_unit_test(what_was_written_to_is_copied),
        cmocka_unit_test(vast_reservations_have_small_pieces),
        cmocka_unit_test(both_ways_to_ask_agree),
        cmocka_unit_test(without_pagemap_all_that_is_writable_counts),
        cmocka_unit_test(nothing_is_there_of_a_process_that_ended),
        cmocka_unit_test(workers_do_all_of_the_work_once),
    };

    return cmocka_run_group_tests_name("survey", tests, scratch_setup, scratch_teardown);
}

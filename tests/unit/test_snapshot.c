/* Copies of live processes: what they hold, and what the process notices of it. */
#include "coreanalyze/memory/remote.h"
#include "coreanalyze/memory/snapshot.h"
#include "tests/unit/scratch.h"
#include "tests/unit/snapscene.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct copy {
    struct victim *victim;
    struct cpt_process *process;
    struct cpt_snapshot *snapshot;
    struct cpt_memory *memory;
    struct cpt_holes holes;
};

static void
expect_ok(cpt_status status, const struct cpt_error *error)
{
    if (status != CPT_OK)
        fail_msg("%s; %s", error->what, error->hint);
}

static void
open_copy(struct copy *copy, const struct scene_plan *plan)
{
    struct cpt_error error = {0};

    memset(copy, 0, sizeof(*copy));
    copy->victim = scene_start(plan);
    expect_ok(cpt_process_open(&copy->process, copy->victim->pid, NULL, &error), &error);
    expect_ok(cpt_snapshot_open(&copy->snapshot, copy->process, NULL, &error), &error);
}

static void
take_held(struct copy *copy)
{
    struct cpt_error error = {0};
    struct cpt_hold_time time;

    expect_ok(cpt_process_hold(copy->process, &copy->holes, &error), &error);
    expect_ok(cpt_snapshot_take(copy->snapshot, &copy->holes, &error), &error);
    cpt_process_release(copy->process, &time);
    assert_true(time.threads >= 2);
    copy->memory = cpt_snapshot_memory(copy->snapshot);
}

static void
close_copy(struct copy *copy)
{
    cpt_holes_free(&copy->holes);
    cpt_snapshot_close(copy->snapshot);
    cpt_process_close(copy->process);
    victim_end(copy->victim);
}

/* The pages from START on, as ROUND filled them. */
static void
expect_filled(struct cpt_memory *memory, uint64_t start, uint64_t pages, unsigned round)
{
    static uint8_t bytes[SCENE_MIXED_PAGES * SCENE_PAGE];
    struct cpt_error error = {0};

    expect_ok(cpt_memory_read(memory, start, bytes, pages * SCENE_PAGE, &error), &error);
    for (uint64_t i = 0; i < pages * SCENE_PAGE; i++) {
        if (bytes[i] != scene_byte(start + i, round))
            fail_msg("0x%llx is %d", (unsigned long long)(start + i), bytes[i]);
    }
}

static void
expect_zeros(struct cpt_memory *memory, uint64_t start, uint64_t pages)
{
    static uint8_t bytes[SCENE_PAGE];
    struct cpt_error error = {0};

    for (uint64_t i = 0; i < pages; i++) {
        expect_ok(cpt_memory_read(memory, start + i * SCENE_PAGE, bytes, sizeof(bytes), &error), &error);
        assert_int_equal(bytes[0], 0);
        assert_memory_equal(bytes, bytes + 1, sizeof(bytes) - 1);
    }
}

static void
expect_no_piece(struct cpt_memory *memory, uint64_t address)
{
    uint64_t size;

    assert_null(cpt_memory_piece(memory, address, &size));
    assert_null(cpt_memory_view(memory, address, 1));
}

/* All that the scene says of itself; SCENE_NEIGHBOUR is of ROUND. */
static void
expect_scene(struct cpt_memory *memory, unsigned round)
{
    uint8_t byte;

    expect_filled(memory, SCENE_MIXED, SCENE_WRITTEN_LOW, 0);
    expect_zeros(memory, SCENE_MIXED + SCENE_WRITTEN_LOW * SCENE_PAGE, SCENE_WRITTEN_HIGH - SCENE_WRITTEN_LOW);
    expect_filled(memory, SCENE_MIXED + SCENE_WRITTEN_HIGH * SCENE_PAGE, SCENE_MIXED_PAGES - SCENE_WRITTEN_HIGH, 0);
    expect_filled(memory, SCENE_NEIGHBOUR, SCENE_NEIGHBOUR_PAGES, round);
    assert_int_equal(cpt_memory_read_some(memory, SCENE_NONE - 5, &(uint8_t[10]){0}, 10), 5);
    assert_int_equal(cpt_memory_read_some(memory, SCENE_NONE, &byte, 1), 0);
    expect_filled(memory, SCENE_FILE + 2 * SCENE_PAGE, 1, 1);
    expect_filled(memory, SCENE_FILE + 5 * SCENE_PAGE, 1, 0);
    expect_filled(memory, SCENE_SMALL_FILE, 2, 0);
    expect_filled(memory, SCENE_SMALL_FILE + 2 * SCENE_PAGE, 1, 1);
    expect_filled(memory, SCENE_SMALL_FILE + 3 * SCENE_PAGE, 5, 0);
    expect_filled(memory, SCENE_CONSTANT, 2, 0);
    expect_zeros(memory, SCENE_UNTOUCHED + SCENE_UNTOUCHED_SIZE - 16 * SCENE_PAGE, 16);
    assert_int_equal(cpt_memory_read_some(memory, SCENE_UNTOUCHED + SCENE_UNTOUCHED_SIZE, &byte, 1), 0);
    assert_int_equal(cpt_memory_read_some(memory, 16, &byte, 1), 0);
    assert_int_equal(cpt_memory_read_some(memory, UINT64_MAX - 1, &byte, 1), 0);
}

static void
a_copy_is_of_its_moment(void **state)
{
    struct copy copy;

    (void)state;
    open_copy(&copy, NULL);
    take_held(&copy);
    scene_again();
    expect_scene(copy.memory, 0);
    expect_filled(copy.memory, SCENE_SHARED, 4, 1); /* not copied: as it is now */
    expect_filled(cpt_process_memory(copy.process), SCENE_NEIGHBOUR, SCENE_NEIGHBOUR_PAGES, 1);
    assert_int_equal(copy.holes.count, 0);
    close_copy(&copy);
}

static void
another_copy_is_of_another_moment(void **state)
{
    struct copy copy;
    uint64_t bytes;

    (void)state;
    open_copy(&copy, NULL);
    take_held(&copy);
    bytes = cpt_snapshot_bytes(copy.snapshot);
    scene_again();
    take_held(&copy);
    expect_scene(copy.memory, 1);
    bytes += (SCENE_LATE_PAGES + SCENE_FAR_PAGES) * SCENE_PAGE;
    assert_in_range(cpt_snapshot_bytes(copy.snapshot), bytes, bytes + 16 * SCENE_PAGE);
    close_copy(&copy);
}

static void
pieces_are_what_was_copied(void **state)
{
    struct copy copy;
    uint64_t size = 0, other = 0;
    const uint8_t *mixed;

    (void)state;
    open_copy(&copy, NULL);
    take_held(&copy);
    mixed = cpt_memory_piece(copy.memory, SCENE_MIXED, &size);
    assert_non_null(mixed);
    assert_int_equal(size, (SCENE_MIXED_PAGES + SCENE_NEIGHBOUR_PAGES) * SCENE_PAGE);
    assert_ptr_equal(cpt_memory_piece(copy.memory, SCENE_NEIGHBOUR + 8, &other),
                     mixed + (SCENE_NEIGHBOUR + 8 - SCENE_MIXED));
    assert_int_equal(other, SCENE_NEIGHBOUR_PAGES * SCENE_PAGE - 8);
    assert_int_equal(mixed[SCENE_NEIGHBOUR - SCENE_MIXED], scene_byte(SCENE_NEIGHBOUR, 0));
    assert_ptr_equal(cpt_memory_view(copy.memory, SCENE_MIXED + 16, 32), mixed + 16);
    assert_null(cpt_memory_view(copy.memory, SCENE_NONE - 16, 17));
    assert_non_null(cpt_memory_piece(copy.memory, SCENE_FILE + 2 * SCENE_PAGE, &size));
    assert_int_equal(size, SCENE_PAGE);
    assert_non_null(cpt_memory_piece(copy.memory, SCENE_UNTOUCHED, &size));
    assert_int_equal(size, SCENE_UNTOUCHED_SIZE);
    expect_no_piece(copy.memory, SCENE_NONE);
    expect_no_piece(copy.memory, SCENE_FILE + 5 * SCENE_PAGE);
    expect_no_piece(copy.memory, SCENE_SHARED);
    expect_no_piece(copy.memory, SCENE_CONSTANT);
    expect_no_piece(copy.memory, 0);
    close_copy(&copy);
}

static void
what_was_untouched_stays_so(void **state)
{
    struct copy copy;
    uint64_t before, file, untouched = SCENE_UNTOUCHED + SCENE_UNTOUCHED_SIZE;

    (void)state;
    open_copy(&copy, NULL);
    before = scene_resident(copy.victim->pid, 0, UINT64_MAX, true);
    file = scene_resident(copy.victim->pid, SCENE_FILE, SCENE_FILE + SCENE_FILE_SIZE, true);
    take_held(&copy);
    expect_zeros(copy.memory, SCENE_UNTOUCHED, 100);
    assert_int_equal(scene_resident(copy.victim->pid, SCENE_UNTOUCHED, untouched, true), 0);
    assert_int_equal(scene_resident(copy.victim->pid, SCENE_FILE, SCENE_FILE + SCENE_FILE_SIZE, true), file);
    assert_int_equal(scene_resident(copy.victim->pid, SCENE_MIXED, SCENE_NEIGHBOUR, true),
                     (SCENE_WRITTEN_LOW + SCENE_MIXED_PAGES - SCENE_WRITTEN_HIGH) * SCENE_PAGE);
    assert_int_equal(scene_resident(copy.victim->pid, 0, UINT64_MAX, true), before);
    close_copy(&copy);
}

static void
runs_are_what_is_in_memory(void **state)
{
    struct copy copy;
    uint64_t bytes = 0, last = 0;

    (void)state;
    open_copy(&copy, NULL);
    take_held(&copy);
    for (size_t i = 0; i < copy.memory->run_count; i++) {
        assert_true(copy.memory->runs[i].start > last || i == 0);
        assert_true(copy.memory->runs[i].start < copy.memory->runs[i].end);
        last = copy.memory->runs[i].end;
        bytes += last - copy.memory->runs[i].start;
    }
    assert_int_equal(bytes, scene_resident(copy.victim->pid, 0, UINT64_MAX, true));
    assert_in_range(cpt_snapshot_bytes(copy.snapshot), 100 * SCENE_PAGE, bytes);
    close_copy(&copy);
}

/* As the hold left them, also after it. */
static void
tasks_have_their_registers(void **state)
{
    struct copy copy;

    (void)state;
    open_copy(&copy, NULL);
    take_held(&copy);
    assert_true(copy.memory->task_count >= 2);
    assert_int_equal(copy.memory->tasks[0].tid, copy.victim->pid);
    for (size_t i = 0; i < copy.memory->task_count; i++) {
        const struct cpt_task *task = &copy.memory->tasks[i];

        assert_true(task->has_registers);
        assert_non_null(cpt_memory_mapping(copy.memory, task->pc));
        assert_non_null(cpt_memory_view(copy.memory, task->sp, 16));
    }
    assert_int_equal(copy.memory->pid, copy.victim->pid);
    close_copy(&copy);
}

/* After the room was made. */
static void
what_is_mapped_meanwhile_is_copied_too(void **state)
{
    struct copy copy;
    uint64_t size;

    (void)state;
    open_copy(&copy, NULL);
    scene_again();
    take_held(&copy);
    expect_scene(copy.memory, 1);
    expect_filled(copy.memory, SCENE_LATE, SCENE_LATE_PAGES, 0);
    for (uint64_t i = 0; i < SCENE_FAR_PAGES; i++)
        expect_filled(copy.memory, SCENE_FAR + i * SCENE_PAGE, 1, 0);
    assert_non_null(cpt_memory_piece(copy.memory, SCENE_LATE, &size));
    assert_int_equal(size, (SCENE_LATE_PAGES + SCENE_MIXED_PAGES + SCENE_NEIGHBOUR_PAGES) * SCENE_PAGE);
    assert_non_null(cpt_memory_piece(copy.memory, SCENE_FAR, &size));
    assert_int_equal(size, SCENE_FAR_PAGES * SCENE_PAGE);
    close_copy(&copy);
}

static void
vast_reservations_are_read_as_zeros(void **state)
{
    const struct scene_plan plan = {.vast = true};
    struct copy copy;
    uint64_t size;

    (void)state;
    open_copy(&copy, &plan);
    take_held(&copy);
    expect_scene(copy.memory, 0);
    expect_zeros(copy.memory, SCENE_VAST, 2);
    expect_filled(copy.memory, SCENE_VAST_FIRST, 1, 0);
    expect_zeros(copy.memory, SCENE_VAST_FIRST + SCENE_PAGE, 19);
    expect_filled(copy.memory, SCENE_VAST_SECOND, 1, 0);
    expect_zeros(copy.memory, SCENE_VAST_SECOND + SCENE_PAGE, 1);
    expect_filled(copy.memory, SCENE_VAST_THIRD, 1, 0);
    expect_zeros(copy.memory, SCENE_VAST + SCENE_VAST_SIZE - SCENE_PAGE, 1);
    expect_no_piece(copy.memory, SCENE_VAST);
    assert_non_null(cpt_memory_piece(copy.memory, SCENE_VAST_FIRST, &size));
    assert_int_equal(size, 21 * SCENE_PAGE);
    assert_int_equal(scene_resident(copy.victim->pid, SCENE_VAST, SCENE_VAST + SCENE_VAST_SIZE, true),
                     3 * SCENE_PAGE);
    close_copy(&copy);
}

#define MANY 20000 /* the kernel lets a process have 65,530 */

static void
thousands_of_mappings_are_copied(void **state)
{
    const struct scene_plan plan = {.many = MANY};
    struct copy copy;
    uint64_t size;

    (void)state;
    open_copy(&copy, &plan);
    take_held(&copy);
    for (uint64_t i = 0; i < MANY; i++) {
        uint64_t address = SCENE_MANY + 2 * i * SCENE_PAGE;
        const uint8_t *bytes = cpt_memory_piece(copy.memory, address, &size);

        assert_non_null(bytes);
        assert_int_equal(size, SCENE_PAGE);
        assert_int_equal(bytes[i % SCENE_PAGE], scene_byte(address + i % SCENE_PAGE, 0));
        assert_null(cpt_memory_piece(copy.memory, address + SCENE_PAGE, &size));
    }
    assert_int_equal(copy.holes.count, 0);
    close_copy(&copy);
}

/* While the process runs on, a copy may be torn, and no more than that. */
static void
a_running_process_is_copied(void **state)
{
    const struct scene_plan plan = {.changing = 64 << 20};
    struct cpt_error error = {0};
    struct copy copy;

    (void)state;
    open_copy(&copy, &plan);
    expect_ok(cpt_snapshot_take(copy.snapshot, &copy.holes, &error), &error);
    copy.memory = cpt_snapshot_memory(copy.snapshot);
    expect_scene(copy.memory, 0);
    assert_in_range(cpt_snapshot_bytes(copy.snapshot), plan.changing / 2, 2 * plan.changing);
    assert_int_not_equal(victim_state(copy.victim->pid), 't');
    close_copy(&copy);
}

/* Under a hold: every page that the child changes has the same value, or that of the round before, up to one place. */
static void
a_held_process_is_copied_as_it_stands(void **state)
{
    const struct scene_plan plan = {.changing = 16 << 20};
    struct copy copy;

    (void)state;
    open_copy(&copy, &plan);
    for (int times = 0; times < 3; times++) {
        const uint8_t *bytes;
        uint64_t size;
        int changes = 0;

        take_held(&copy);
        bytes = cpt_memory_piece(copy.memory, SCENE_MANY, &size);
        assert_non_null(bytes);
        assert_int_equal(size, plan.changing);
        for (uint64_t i = 1; i < size; i++)
            changes += bytes[i] != bytes[i - 1];
        assert_in_range(changes, 0, 2); /* two: memset may write the end first */
        usleep(1000);
    }
    close_copy(&copy);
}

/* Killed at any moment of it. */
static void
a_process_that_ends_meanwhile_is_gone(void **state)
{
    const struct scene_plan plan = {.changing = 64 << 20};

    (void)state;
    for (unsigned wait = 0; wait < 12; wait++) {
        struct copy copy;
        struct cpt_error error = {0};
        cpt_status status;
        pid_t killer;

        open_copy(&copy, &plan);
        killer = fork();
        assert_true(killer >= 0);
        if (killer == 0) {
            usleep(wait * 1500);
            kill(copy.victim->pid, SIGKILL);
            _exit(0);
        }
        if (wait == 0)
            waitpid(killer, NULL, 0);
        status = cpt_snapshot_take(copy.snapshot, &copy.holes, &error);
        if (wait)
            waitpid(killer, NULL, 0);
        assert_true(status == CPT_GONE || (status == CPT_OK && wait));
        close_copy(&copy);
    }
}

static void
what_is_not_copied_fails_to_be_read_of_a_dead_process(void **state)
{
    struct copy copy;
    uint8_t byte;

    (void)state;
    open_copy(&copy, NULL);
    take_held(&copy);
    kill(copy.victim->pid, SIGKILL);
    victim_await(victim_state(copy.victim->pid) == 'Z');
    expect_filled(copy.memory, SCENE_NEIGHBOUR, SCENE_NEIGHBOUR_PAGES, 0);
    expect_zeros(copy.memory, SCENE_UNTOUCHED, 2);
    assert_int_equal(cpt_memory_read_some(copy.memory, SCENE_CONSTANT, &byte, 1), 0);
    assert_int_equal(cpt_memory_read_some(copy.memory, SCENE_FILE + 5 * SCENE_PAGE, &byte, 1), 0);
    close_copy(&copy);
}

/* --- in a child of our own, with something forbidden to it */

/* NUMBER, where its second argument is ARGUMENT (or whatever it is, with 0), fails with FAILURE. */
static void
forbid(uint32_t number, uint32_t argument, uint32_t failure)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, argument, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, argument ? UINT32_MAX : 0, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | failure),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof(filter) / sizeof(*filter), .filter = filter};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        _exit(77);
}

/* What TEST returns, in a child: 0 for all well, 77 where it cannot be tested here. */
static void
in_child(int (*test)(struct victim *victim), const struct scene_plan *plan)
{
    struct victim *victim = scene_start(plan);
    pid_t child = fork();
    int status = 0;

    assert_true(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
        status = test(victim);
        fflush(stdout);
        _exit(status);
    }
    waitpid(child, &status, 0);
    victim_end(victim);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        skip();
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

#define HOLES 6

/* Copies and looks at a few places: 0, or the number of the place. */
static int
copy_and_look(struct victim *victim)
{
    struct cpt_process *process;
    struct cpt_snapshot *snapshot;
    struct cpt_holes holes = {0};
    struct cpt_error error = {0};
    struct cpt_memory *memory;
    uint8_t byte = 0;
    int wrong = 0;

    if (cpt_process_open(&process, victim->pid, NULL, &error) ||
        cpt_snapshot_open(&snapshot, process, NULL, &error) || cpt_process_hold(process, &holes, &error) ||
        cpt_snapshot_take(snapshot, &holes, &error)) {
        printf("# %s; %s\n", error.what, error.hint);
        return 1;
    }
    cpt_process_release(process, NULL);
    memory = cpt_snapshot_memory(snapshot);
    for (uint64_t page = 0; page < SCENE_WRITTEN_LOW && !wrong; page++) {
        uint64_t address = SCENE_MIXED + page * SCENE_PAGE + page;

        if (cpt_memory_read_some(memory, address, &byte, 1) != 1 || byte != scene_byte(address, 0))
            wrong = 2;
    }
    if (cpt_memory_read_some(memory, SCENE_UNTOUCHED, &byte, 1) != 1 || byte)
        wrong = 3;
    if (scene_resident(victim->pid, SCENE_UNTOUCHED, SCENE_UNTOUCHED + SCENE_UNTOUCHED_SIZE, true))
        wrong = 4;
    if (cpt_memory_read_some(memory, SCENE_FILE + 5 * SCENE_PAGE, &byte, 1) != 1 ||
        byte != scene_byte(SCENE_FILE + 5 * SCENE_PAGE, 0) || cpt_memory_view(memory, SCENE_FILE + 5 * SCENE_PAGE, 1))
        wrong = 5;
    if (!wrong && holes.count)
        wrong = HOLES;
    cpt_holes_free(&holes);
    cpt_snapshot_close(snapshot);
    cpt_process_close(process);
    return wrong;
}

static int
without_scan(struct victim *victim)
{
    int wrong;

    forbid(SYS_ioctl, 0xc0606610, ENOTTY); /* PAGEMAP_SCAN */
    wrong = copy_and_look(victim);
#ifdef __SANITIZE_ADDRESS__
    /* Its shadow is too large to be asked about page by page. */
    return wrong ? wrong - HOLES : 1;
#endif
    return wrong;
}

static int
without_readv(struct victim *victim)
{
    forbid(SYS_process_vm_readv, 0, ENOSYS);
    return copy_and_look(victim);
}

static int
without_populate(struct victim *victim)
{
    forbid(SYS_madvise, 0, EINVAL);
    return copy_and_look(victim);
}

static void
old_kernels_are_asked_page_by_page(void **state)
{
    (void)state;
    in_child(without_scan, NULL);
}

static void
memory_is_copied_through_the_file_where_the_call_is_forbidden(void **state)
{
    (void)state;
    in_child(without_readv, NULL);
}

static void
room_is_made_without_advice(void **state)
{
    (void)state;
    in_child(without_populate, NULL);
}

/* Less address space than the process has, and then some more. */
static int
in_little_address_space(struct victim *victim)
{
    struct cpt_process *process;
    struct cpt_snapshot *snapshot;
    struct cpt_error error = {0};
    struct rlimit limit = {.rlim_cur = 512 << 20, .rlim_max = RLIM_INFINITY};

    if (cpt_process_open(&process, victim->pid, NULL, &error) || setrlimit(RLIMIT_AS, &limit))
        return 1;
    if (cpt_snapshot_open(&snapshot, process, NULL, &error) != CPT_NOMEM || !error.what[0])
        return 2;
    limit.rlim_cur = UINT64_C(1700) << 20; /* enough for what is mapped, not for what is in between */
    if (setrlimit(RLIMIT_AS, &limit))
        return 3;
    cpt_process_close(process);
    return copy_and_look(victim);
}

static void
little_address_space_is_enough_or_said_to_be_too_little(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip(); /* which takes terabytes of it */
#endif
    in_child(in_little_address_space, NULL);
}

/* A machine with a little memory, as far as we can see. */
static int
in_little_memory(struct victim *victim)
{
    struct cpt_process *process;
    struct cpt_snapshot *snapshot;
    struct cpt_error error = {0};

    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount(scratch_path("meminfo"), "/proc/meminfo", NULL, MS_BIND, NULL))
        return 77;
    if (cpt_process_open(&process, victim->pid, NULL, &error))
        return 1;
    if (cpt_snapshot_open(&snapshot, process, NULL, &error) != CPT_LIMIT)
        return 2;
    cpt_process_close(process);
    if (!strstr(error.what, "to copy the memory of process") || !strstr(error.hint, "gcore"))
        return 3;
    return 0;
}

static void
more_than_there_is_room_for_is_refused(void **state)
{
    const struct scene_plan plan = {.changing = 200 << 20};

    (void)state;
    /* 100 MB, of which a sixteenth of all is left to others */
    scratch_text("meminfo", "MemTotal:         819200 kB\nMemFree:          150000 kB\nMemAvailable:     151200 kB\n");
    in_child(in_little_memory, &plan);
}

static void
closing_nothing_is_fine(void **state)
{
    struct copy copy;

    (void)state;
    cpt_snapshot_close(NULL);
    open_copy(&copy, NULL); /* and never taken */
    assert_int_equal(cpt_snapshot_bytes(copy.snapshot), 0);
    close_copy(&copy);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_is_of_its_moment),
        cmocka_unit_test(another_copy_is_of_another_moment),
        cmocka_unit_test(pieces_are_what_was_copied),
        cmocka_unit_test(what_was_untouched_stays_so),
        cmocka_unit_test(runs_are_what_is_in_memory),
        cmocka_unit_test(tasks_have_their_registers),
        cmocka_unit_test(what_is_mapped_meanwhile_is_copied_too),
        cmocka_unit_test(vast_reservations_are_read_as_zeros),
        cmocka_unit_test(thousands_of_mappings_are_copied),
        cmocka_unit_test(a_running_process_is_copied),
        cmocka_unit_test(a_held_process_is_copied_as_it_stands),
        cmocka_unit_test(a_process_that_ends_meanwhile_is_gone),
        cmocka_unit_test(what_is_not_copied_fails_to_be_read_of_a_dead_process),
        cmocka_unit_test(old_kernels_are_asked_page_by_page),
        cmocka_unit_test(memory_is_copied_through_the_file_where_the_call_is_forbidden),
        cmocka_unit_test(room_is_made_without_advice),
        cmocka_unit_test(little_address_space_is_enough_or_said_to_be_too_little),
        cmocka_unit_test(more_than_there_is_room_for_is_refused),
        cmocka_unit_test(closing_nothing_is_fine),
    };

    return cmocka_run_group_tests_name("snapshot", tests, scratch_setup, scratch_teardown);
}

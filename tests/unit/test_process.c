/* Reading, holding and releasing live processes. */
#include "coreanalyze/memory/process.h"
#include "coreanalyze/memory/remote.h"
#include "tests/unit/victim.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PAGE 4096

static char text[] = "a text in the middle of the data segment";
static uint8_t *holed; /* three pages; the last, beyond its file's end, cannot be read */

static int
make_hole(void **state)
{
    int fd = memfd_create("holed", MFD_CLOEXEC);

    (void)state;
    if (fd < 0 || ftruncate(fd, 2 * PAGE) < 0)
        return -1;
    holed = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    close(fd);
    if (holed == MAP_FAILED)
        return -1;
    for (int i = 0; i < 2 * PAGE; i++)
        holed[i] = (uint8_t)(i * 3);
    return 0;
}

static uint64_t
address_of(const volatile void *p)
{
    return (uint64_t)(uintptr_t)p;
}

static struct cpt_process *
open_victim(const struct victim *victim)
{
    struct cpt_process *process = NULL;
    struct cpt_error error = {0};

    if (cpt_process_open(&process, victim->pid, NULL, &error) != CPT_OK)
        fail_msg("%s; %s", error.what, error.hint);
    return process;
}

static void
hold(struct cpt_process *process)
{
    struct cpt_error error = {0};
    struct cpt_holes holes = {0};

    if (cpt_process_hold(process, &holes, &error) != CPT_OK)
        fail_msg("%s; %s", error.what, error.hint);
    assert_int_equal(holes.count, 0);
    cpt_holes_free(&holes);
}

/* ---- reading ---- */

static void
check_reads(struct cpt_memory *memory)
{
    static uint8_t bytes[3 * PAGE];
    struct cpt_error error = {0};
    char there[64];

    assert_int_equal(cpt_memory_read(memory, address_of(text), there, sizeof(text), &error),
                     CPT_OK);
    assert_string_equal(there, text);
    assert_int_equal(cpt_memory_read_string(memory, address_of(text), there, 64, &error), CPT_OK);
    assert_string_equal(there, text);
    assert_int_equal(cpt_memory_read_some(memory, address_of(holed) + 5, bytes, 3 * PAGE),
                     2 * PAGE - 5);
    assert_memory_equal(bytes, holed + 5, 2 * PAGE - 5);
    assert_int_equal(cpt_memory_read_some(memory, address_of(holed) + 2 * PAGE - 5, bytes, 10), 5);
    assert_int_equal(cpt_memory_read(memory, address_of(holed) + 2 * PAGE - 5, bytes, 10, &error),
                     CPT_FAULT);
    assert_int_equal(error.address, address_of(holed) + 2 * PAGE);
    assert_int_equal(cpt_memory_read_some(memory, 16, bytes, 10), 0);
    assert_int_equal(cpt_memory_read_some(memory, UINT64_MAX - 3, bytes, PAGE), 0);
    assert_int_equal(cpt_memory_read_some(memory, UINT64_C(1) << 60, bytes, 2 * PAGE), 0);
    assert_null(cpt_memory_view(memory, address_of(text), 4));
}

static void
memory_is_read(void **state)
{
    const struct victim_plan plan = {.waiting = 2};
    struct victim *victim = victim_start(&plan);
    struct cpt_process *process = open_victim(victim);
    struct cpt_memory *memory = cpt_process_memory(process);
    const struct cpt_mapping *mapping;

    (void)state;
    check_reads(memory);
    hold(process);
    check_reads(memory);
    check_reads(memory);
    cpt_process_release(process, NULL);
    mapping = cpt_memory_mapping(memory, address_of(text));
    assert_true(mapping && mapping->path && mapping->path[0] == '/' && mapping->writable);
    assert_string_equal(mapping->path, cpt_process_executable(process));
    assert_int_equal(memory->pid, victim->pid);
    assert_int_equal(memory->ns_pid, victim->pid);
    cpt_process_close(process);
    victim_end(victim);
}

/* A filter that answers process_vm_readv with ERROR. */
static void
forbid_readv(uint32_t failure)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | failure),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = 4, .filter = filter};

    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
        _exit(77);
}

/* Runs RUN in a child process; its result is the exit status. */
static int
in_child(int (*run)(void *), void *arg)
{
    pid_t pid = fork();
    int status;

    if (pid == 0)
        _exit(run(arg));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int
read_without_readv(void *arg)
{
    const struct victim *victim = arg;
    struct cpt_process *process;
    static uint8_t bytes[3 * PAGE];
    size_t got;

    forbid_readv(EPERM);
    if (cpt_process_open(&process, victim->pid, NULL, NULL) != CPT_OK)
        return 1;
    got = cpt_memory_read_some(cpt_process_memory(process), address_of(holed) + 5, bytes, 3 * PAGE);
    if (got != 2 * PAGE - 5 || memcmp(bytes, holed + 5, got) != 0)
        return 2;
    if (cpt_memory_read_some(cpt_process_memory(process), UINT64_MAX - 20, bytes, 10))
        return 3;
    cpt_process_close(process);
    return 0;
}

static void
the_mem_file_is_used_instead(void **state)
{
    const struct victim_plan plan = {.waiting = 1};
    struct victim *victim = victim_start(&plan);
    int result = in_child(read_without_readv, victim);

    (void)state;
    victim_end(victim);
    if (result == 77)
        skip();
    assert_int_equal(result, 0);
}

/* ---- opening ---- */

static void
expect_refusal(pid_t pid, cpt_status status, const char *what)
{
    struct cpt_error error = {0};
    struct cpt_process *process;

    assert_int_equal(cpt_process_open(&process, pid, NULL, &error), status);
    if (!strstr(error.what, what))
        fail_msg("\"%s\" does not say \"%s\"", error.what, what);
}

static void
what_has_no_memory_is_gone(void **state)
{
    pid_t zombie = fork();

    (void)state;
    if (zombie == 0)
        _exit(0);
    victim_await(victim_state(zombie) == 'Z');
    expect_refusal(zombie, CPT_GONE, "zombie");
    waitpid(zombie, NULL, 0);
    expect_refusal(zombie, CPT_GONE, "does not exist");
    expect_refusal(0, CPT_GONE, "does not exist");
    expect_refusal(-1, CPT_GONE, "does not exist");
    if (victim_state(2) && geteuid() == 0 && access("/proc/2/exe", F_OK) < 0)
        expect_refusal(2, CPT_GONE, "kernel thread");
}

static int
open_as_nobody(void *arg)
{
    const struct victim *victim = arg;
    struct cpt_process *process;
    struct cpt_error error = {0};

    if (setgid(65534) < 0 || setuid(65534) < 0)
        return 1;
    if (cpt_process_open(&process, victim->pid, NULL, &error) != CPT_PERMISSION)
        return 2;
    if (!strstr(error.what, "another user (uid 0)"))
        return 3;
    return strstr(error.hint, "CAP_SYS_PTRACE") && strstr(error.hint, "sudo") ? 0 : 4;
}

static void
another_user_needs_permission(void **state)
{
    const struct victim_plan plan = {.waiting = 0};
    struct victim *victim;

    (void)state;
    if (geteuid() != 0)
        skip();
    victim = victim_start(&plan);
    assert_int_equal(in_child(open_as_nobody, victim), 0);
    victim_end(victim);
}

static void
a_thread_leads_to_its_process(void **state)
{
    const struct victim_plan plan = {.waiting = 2};
    struct victim *victim = victim_start(&plan);
    struct cpt_process *process = open_victim(victim);
    pid_t tid = cpt_process_memory(process)->tasks[2].tid;

    (void)state;
    assert_int_equal(cpt_process_memory(process)->task_count, 3);
    assert_int_equal(cpt_process_memory(process)->tasks[0].tid, victim->pid);
    assert_true(tid != victim->pid);
    cpt_process_close(process);
    assert_int_equal(cpt_process_open(&process, tid, NULL, NULL), CPT_OK);
    assert_int_equal(cpt_process_memory(process)->pid, victim->pid);
    cpt_process_close(process);
    victim_end(victim);
}

static void
the_main_thread_may_have_left(void **state)
{
    const struct victim_plan plan = {.waiting = 2, .main_leaves = true};
    struct victim *victim = victim_start(&plan);
    struct cpt_process *process;

    (void)state;
    victim_await(victim_state(victim->pid) == 'Z');
    process = open_victim(victim);
    check_reads(cpt_process_memory(process));
    assert_true(cpt_process_is_alive(process));
    hold(process);
    assert_int_equal(cpt_process_memory(process)->task_count, 2);
    check_reads(cpt_process_memory(process));
    cpt_process_close(process);
    victim_end(victim);
}

static void
proc_tells_names(void **state)
{
    const struct victim_plan plan = {.waiting = 1};
    struct victim *victim = victim_start(&plan);
    struct cpt_process *process = open_victim(victim);
    const struct cpt_memory *memory = cpt_process_memory(process);
    const char *line;
    size_t size;

    (void)state;
    cpt_process_name_tasks(process);
    assert_string_equal(memory->tasks[0].name, "victim (x) 1");
    assert_int_equal(memory->tasks[0].ns_tid, victim->pid);
    line = cpt_process_command_line(process, &size);
    assert_true(size > 0 && strstr(line, "test_process"));
    hold(process);
    assert_string_equal(memory->tasks[1].name, "victim (x) 1"); /* kept */
    cpt_process_close(process);
    victim_end(victim);
}

static void
the_end_is_noticed(void **state)
{
    const struct victim_plan plan = {.exec = "/bin/sleep"};
    struct victim *victim = victim_start(&plan);
    struct cpt_process *process = open_victim(victim);
    struct cpt_error error = {0};

    (void)state;
    assert_true(cpt_process_is_alive(process));
    kill(victim->pid, SIGUSR1);
    victim_await(!cpt_process_is_alive(process));
    assert_int_equal(cpt_process_hold(process, NULL, &error), CPT_GONE);
    cpt_process_close(process);
    process = open_victim(victim);
    kill(victim->pid, SIGKILL);
    victim_await(!cpt_process_is_alive(process));
    assert_int_equal(cpt_process_hold(process, NULL, &error), CPT_GONE);
    cpt_process_close(process);
    victim_end(victim);
}

/* ---- holding ---- */

static void
held_threads_stand_still(void **state)
{
    const struct victim_plan plan = {.busy = 3, .waiting = 5};
    struct victim *victim = victim_start(&plan);
    struct cpt_process *process = open_victim(victim);
    const struct cpt_memory *memory = cpt_process_memory(process);
    struct cpt_hold_time time = {0};

    (void)state;
    for (int round = 0; round < 3; round++) {
        assert_true(victim_moves(victim, plan.busy));
        victim_await(victim_state(victim->pid) == 'S'); /* the main thread is in pause() again */
        hold(process);
        assert_true(victim_stands(victim, plan.busy));
        assert_int_equal(memory->task_count, 9);
#ifdef __x86_64__
        assert_true(memory->tasks[0].has_registers);
        assert_true(memory->tasks[0].in_syscall && memory->tasks[0].syscall == SYS_pause);
        assert_false(memory->tasks[1].in_syscall);
        assert_true(memory->tasks[1].sp && memory->tasks[1].pc);
        assert_true(memory->tasks[1].thread_pointer != memory->tasks[2].thread_pointer);
#endif
        cpt_process_release(process, &time);
        assert_int_equal(time.threads, 9);
        assert_true(time.longest_ms >= 30 && time.longest_ms < 5000);
    }
    cpt_process_release(process, &time);
    assert_int_equal(time.threads, 0);
    assert_true(victim_moves(victim, plan.busy));
    hold(process);
    hold(process); /* once more: lets go first */
    cpt_process_close(process);
    assert_true(victim_moves(victim, plan.busy));
    victim_end(victim);
}

static void
nothing_stale_is_read(void **state)
{
    const struct victim_plan plan = {.busy = 1};
    struct victim *victim = victim_start(&plan);
    struct cpt_process *process = open_victim(victim);
    struct cpt_memory *memory = cpt_process_memory(process);
    uint64_t a, b, address = address_of(&victim->ticks[0]);

    (void)state;
    for (int round = 0; round < 20; round++) {
        hold(process);
        assert_int_equal(cpt_memory_read_u64(memory, address, &a, NULL), CPT_OK);
        assert_int_equal(a, victim->ticks[0]);
        cpt_process_release(process, NULL);
        assert_true(victim_moves(victim, 1));
        assert_int_equal(cpt_memory_read_u64(memory, address, &b, NULL), CPT_OK);
        assert_true(victim_moves(victim, 1));
        assert_true(b != a);
        assert_int_equal(cpt_memory_read_u64(memory, address, &a, NULL), CPT_OK);
        assert_true(b != a);
    }
    cpt_process_close(process);
    victim_end(victim);
}

/* A thread that starts threads all the time cannot get one past the hold. */
static void
new_threads_are_held_too(void **state)
{
    const struct victim_plan plan = {.busy = 1, .breeds = true};
    struct victim *victim = victim_start(&plan);
    struct cpt_process *process = open_victim(victim);

    (void)state;
    for (int round = 0; round < 100; round++) {
        uint64_t births;

        hold(process);
        births = victim->births;
        usleep(1000);
        assert_int_equal(victim->births, births);
        cpt_process_release(process, NULL);
    }
    cpt_process_close(process);
    victim_end(victim);
}

static void
signals_arrive_after_the_hold(void **state)
{
    const struct victim_plan plan = {.busy = 2, .waiting = 2};
    struct victim *victim = victim_start(&plan);
    struct cpt_process *process = open_victim(victim);
    int sent = 0;

    (void)state;
    for (int round = 0; round < 200; round++) {
        /* before, so that some threads are about to take it when they are stopped, and during
           the hold */
        for (int i = 0; i < 5; i++)
            sent += kill(victim->pid, SIGRTMIN) == 0;
        hold(process);
        sent += kill(victim->pid, SIGRTMIN) == 0;
        cpt_process_release(process, NULL);
    }
    victim_await(victim->signals == sent);
    cpt_process_close(process);
    victim_end(victim);
}

static void
a_stopped_process_stays_stopped(void **state)
{
    const struct victim_plan plan = {.busy = 2};
    struct victim *victim = victim_start(&plan);
    struct cpt_process *process = open_victim(victim);

    (void)state;
    kill(victim->pid, SIGSTOP);
    victim_await(victim_state(victim->pid) == 'T');
    for (int round = 0; round < 3; round++) {
        hold(process);
        assert_int_equal(cpt_process_memory(process)->task_count, 3);
        cpt_process_release(process, NULL);
        victim_await(victim_state(victim->pid) == 'T');
        assert_true(victim_stands(victim, 2));
    }
    kill(victim->pid, SIGCONT);
    assert_true(victim_moves(victim, 2));
    hold(process);
    kill(victim->pid, SIGSTOP); /* comes into force with the release */
    cpt_process_release(process, NULL);
    victim_await(victim_state(victim->pid) == 'T');
    cpt_process_close(process);
    victim_end(victim);
}

static void
killing_ends_a_hold(void **state)
{
    const struct victim_plan plan = {.busy = 2, .waiting = 5};
    struct victim *victim = victim_start(&plan);
    struct cpt_process *process = open_victim(victim);
    struct cpt_hold_time time;

    (void)state;
    hold(process);
    kill(victim->pid, SIGKILL);
    usleep(20000);
    cpt_process_release(process, &time);
    assert_int_equal(time.threads, 8);
    assert_false(cpt_process_is_alive(process));
    cpt_process_close(process);
    victim_end(victim);
}

static void
hold_and_wait(void *arg)
{
    struct cpt_process *process;
    int *pipes = arg;
    pid_t pid;

    if (read(pipes[0], &pid, sizeof(pid)) != sizeof(pid) ||
        cpt_process_open(&process, pid, NULL, NULL) != CPT_OK ||
        cpt_process_hold(process, NULL, NULL) != CPT_OK)
        _exit(1);
    (void)!write(pipes[3], "x", 1);
}

/* The kernel itself lets the threads go, whatever happens to the tool. */
static void
a_killed_holder_lets_go(void **state)
{
    const struct victim_plan plan = {.busy = 3, .waiting = 3};
    static const int signals[] = {SIGKILL, SIGINT, SIGSEGV};
    struct victim *victim = victim_start(&plan);

    (void)state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        int pipes[4];
        const struct victim_plan holding = {.become = hold_and_wait, .arg = pipes};
        struct victim *holder;
        char byte;

        assert_int_equal(pipe(pipes) | pipe(pipes + 2), 0);
        assert_int_equal(write(pipes[1], &victim->pid, sizeof(pid_t)), sizeof(pid_t));
        holder = victim_start(&holding);
        assert_int_equal(read(pipes[2], &byte, 1), 1);
        assert_true(victim_stands(victim, 3));
        kill(victim->pid, SIGRTMIN);
        kill(holder->pid, signals[i]);
        victim_await(victim_state(holder->pid) == 'Z');
        assert_true(victim_moves(victim, 3));
        victim_await(victim->signals == (int)i + 1);
        victim_end(holder);
        for (int k = 0; k < 4; k++)
            close(pipes[k]);
    }
    assert_true(victim_state(victim->pid) == 'S' || victim_state(victim->pid) == 'R');
    victim_end(victim);
}

static void
a_traced_process_names_its_tracer(void **state)
{
    const struct victim_plan plan = {.busy = 1};
    int pipes[4];
    const struct victim_plan holding = {.become = hold_and_wait, .arg = pipes};
    struct victim *victim = victim_start(&plan), *holder;
    struct cpt_process *process = open_victim(victim);
    struct cpt_error error = {0};
    char byte, expected[64];

    (void)state;
    assert_int_equal(pipe(pipes) | pipe(pipes + 2), 0);
    assert_int_equal(write(pipes[1], &victim->pid, sizeof(pid_t)), sizeof(pid_t));
    holder = victim_start(&holding);
    assert_int_equal(read(pipes[2], &byte, 1), 1);
    assert_int_equal(cpt_process_hold(process, NULL, &error), CPT_PERMISSION);
    snprintf(expected, sizeof(expected), "already traced by process %d (victim (x) 1)",
             holder->pid);
    assert_non_null(strstr(error.what, expected));
    check_reads(cpt_process_memory(process));
    victim_end(holder);
    hold(process);
    cpt_process_close(process);
    victim_end(victim);
    for (int k = 0; k < 4; k++)
        close(pipes[k]);
}

static double
seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* In vfork the main thread sleeps so that only SIGKILL wakes it up. */
static void
an_uninterruptible_thread_is_left_out(void **state)
{
    const struct victim_plan plan = {.busy = 2, .vforks = true};
    struct victim *victim = victim_start(&plan);
    struct cpt_process *process = open_victim(victim);
    struct cpt_holes holes = {0};
    double begin = seconds();

    (void)state;
    assert_int_equal(victim_state(victim->pid), 'D');
    assert_int_equal(cpt_process_hold(process, &holes, NULL), CPT_OK);
    assert_true(seconds() - begin < 1.5);
    assert_int_equal(holes.count, 1);
    assert_string_equal(holes.items[0].code, "not-held");
    assert_true(victim_stands(victim, 2));
    assert_int_equal(cpt_process_memory(process)->task_count, 3);
    assert_false(cpt_process_memory(process)->tasks[0].has_registers);
    cpt_process_release(process, NULL);
    assert_true(victim_moves(victim, 2));
    cpt_holes_free(&holes);
    /* It stops as soon as it wakes up, and can be let go from then on. */
    victim_await(victim_state(victim->pid) == 't');
    hold(process);
    assert_int_equal(cpt_process_memory(process)->task_count, 3);
    cpt_process_release(process, NULL);
    victim_await(victim_state(victim->pid) == 'S');
    cpt_process_close(process);
    victim_end(victim);
}

static int
hold_myself(void *arg)
{
    struct cpt_process *process;
    struct cpt_error error;

    (void)arg;
    if (cpt_process_open(&process, getpid(), NULL, &error) != CPT_OK)
        return 1;
    check_reads(cpt_process_memory(process));
    if (cpt_process_hold(process, NULL, &error) != CPT_PERMISSION)
        return 2;
    cpt_process_close(process);
    return strstr(error.what, "itself") ? 0 : 3;
}

static void
nobody_holds_himself(void **state)
{
    (void)state;
    assert_int_equal(in_child(hold_myself, NULL), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_read),
        cmocka_unit_test(the_mem_file_is_used_instead),
        cmocka_unit_test(what_has_no_memory_is_gone),
        cmocka_unit_test(another_user_needs_permission),
        cmocka_unit_test(a_thread_leads_to_its_process),
        cmocka_unit_test(the_main_thread_may_have_left),
        cmocka_unit_test(proc_tells_names),
        cmocka_unit_test(the_end_is_noticed),
        cmocka_unit_test(held_threads_stand_still),
        cmocka_unit_test(nothing_stale_is_read),
        cmocka_unit_test(new_threads_are_held_too),
        cmocka_unit_test(signals_arrive_after_the_hold),
        cmocka_unit_test(a_stopped_process_stays_stopped),
        cmocka_unit_test(killing_ends_a_hold),
        cmocka_unit_test(a_killed_holder_lets_go),
        cmocka_unit_test(a_traced_process_names_its_tracer),
        cmocka_unit_test(an_uninterruptible_thread_is_left_out),
        cmocka_unit_test(nobody_holds_himself),
    };

    return cmocka_run_group_tests_name("process", tests, make_hole, NULL);
}

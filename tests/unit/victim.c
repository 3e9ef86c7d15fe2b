#include "tests/unit/victim.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct victim *shared;
static const char *next_program;

static void *
count_up(void *arg)
{
    volatile uint64_t *tick = arg;

    for (;;)
        ++*tick;
    return NULL;
}

static void *
wait_for_ever(void *arg)
{
    (void)arg;
    for (;;)
        pause();
    return NULL;
}

static void *
come_and_go(void *arg)
{
    (void)arg;
    shared->births++;
    return NULL;
}

static void *
breed(void *arg)
{
    (void)arg;
    for (;;) {
        pthread_t thread;

        if (pthread_create(&thread, NULL, come_and_go, NULL) == 0)
            pthread_detach(thread);
    }
    return NULL;
}

static void
on_signal(int signal)
{
    if (signal != SIGUSR1)
        __atomic_fetch_add(&shared->signals, 1, __ATOMIC_SEQ_CST); /* any thread may take it */
    else if (next_program)
        execl(next_program, next_program, "30", (char *)NULL);
}

static void
start_threads(int count, void *(*run)(void *), volatile uint64_t *ticks)
{
    for (int i = 0; i < count; i++) {
        pthread_t thread;

        pthread_create(&thread, NULL, run, ticks ? (void *)(uintptr_t)&ticks[i] : NULL);
    }
}

static void
sleep_uninterruptibly(void)
{
    shared->ready = true;
    if (vfork() == 0) {
        struct timespec nap = {.tv_sec = 2};

        nanosleep(&nap, NULL);
        _exit(0);
    }
}

static void
live(const struct victim_plan *plan)
{
    struct sigaction action = {.sa_handler = on_signal};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int i = 1; i < SIGRTMIN; i++)
        signal(i, SIG_DFL); /* neither cmocka nor a sanitizer is to catch what a test sends */
    prctl(PR_SET_NAME, "victim (x) 1");
    next_program = plan->exec;
    sigaction(SIGRTMIN, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    if (plan->become)
        plan->become(plan->arg);
    start_threads(plan->busy, count_up, shared->ticks);
    start_threads(plan->waiting, wait_for_ever, NULL);
    start_threads(plan->breeds, breed, NULL);
    if (plan->vforks)
        sleep_uninterruptibly();
    shared->ready = true;
    if (plan->main_leaves)
        pthread_exit(NULL);
    wait_for_ever(NULL);
}

struct victim *
victim_start(const struct victim_plan *plan)
{
    pid_t pid;

    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(shared != MAP_FAILED);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        live(plan);
        _exit(0);
    }
    shared->pid = pid;
    victim_await(shared->ready);
    usleep(20000);
    return shared;
}

void
victim_end(struct victim *victim)
{
    kill(victim->pid, SIGKILL);
    waitpid(victim->pid, NULL, 0);
    munmap(victim, sizeof(*victim));
}

char
victim_state(pid_t pid)
{
    char path[64], text[512] = "", *p;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    file = fopen(path, "r");
    if (!file)
        return 0;
    (void)!fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    p = strrchr(text, ')');
    return p ? p[2] : 0;
}

static uint64_t
sum_of_ticks(const struct victim *victim, int busy)
{
    uint64_t sum = 0;

    for (int i = 0; i < busy; i++)
        sum += victim->ticks[i];
    return sum;
}

bool
victim_moves(const struct victim *victim, int busy)
{
    uint64_t before = sum_of_ticks(victim, busy);
    bool moved = false;

    for (int tries = 0; tries < 2000 && !moved; tries++) {
        usleep(1000);
        moved = sum_of_ticks(victim, busy) != before;
    }
    return moved;
}

bool
victim_stands(const struct victim *victim, int busy)
{
    uint64_t before = sum_of_ticks(victim, busy);

    usleep(30000);
    return sum_of_ticks(victim, busy) == before;
}

/* C code for tests of native stacks, called through ctypes. Nothing here may be turned into a jump or inlined. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define KEPT __attribute__((noinline, noclone))
#define HERE __asm__ volatile("")

typedef int (*callback)(int);

static inline __attribute__((always_inline)) int
helper_inlined(callback call, int value)
{
    int result = call(value);

    HERE;
    return result + 1;
}

KEPT int
helper_middle(callback call, int value)
{
    int result = helper_inlined(call, value);

    HERE;
    return result + 1;
}

KEPT int
helper_outer(callback call, int value)
{
    int result = helper_middle(call, value);

    HERE;
    return result + 1;
}

KEPT void
helper_wait(void)
{
    for (;;)
        pause();
}

static KEPT void *
lonely_thread(void *arg)
{
    *(volatile pid_t *)arg = gettid();
    helper_wait();
    HERE;
    return NULL;
}

/* Starts a thread that Python does not know; returns its id. */
int
helper_start_lonely(void)
{
    static volatile pid_t tid;
    pthread_t thread;

    if (pthread_create(&thread, NULL, lonely_thread, (void *)&tid))
        return -1;
    while (!tid)
        usleep(1000);
    return tid;
}

static KEPT void
signal_handler(int number)
{
    (void)number;
    helper_wait();
    HERE;
}

/* Waits in a signal handler, on a stack of its own if OTHER_STACK. */
KEPT void
helper_signal(int other_stack)
{
    struct sigaction action = {.sa_handler = signal_handler, .sa_flags = other_stack ? SA_ONSTACK : 0};
    stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};

    if (other_stack)
        sigaltstack(&stack, NULL);
    sigaction(SIGUSR2, &action, NULL);
    pthread_kill(pthread_self(), SIGUSR2);
    HERE;
}

/* Dies on return from vfork, which has its return address in a register. */
KEPT int
helper_vfork(int value)
{
    if (vfork() == 0) {
        kill(getppid(), SIGABRT);
        _exit(0);
    }
    HERE;
    return value + 1;
}

static callback volatile nothing;

/* Calls a null pointer. */
KEPT int
helper_call_null(int value)
{
    int result = nothing(value);

    HERE;
    return result + 1;
}

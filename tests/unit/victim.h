/* A child process with threads for tests to look at. */
#ifndef CPT_TESTS_VICTIM_H
#define CPT_TESTS_VICTIM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define VICTIM_THREADS 60

/* Shared between the test and the child. */
struct victim {
    volatile uint64_t ticks[VICTIM_THREADS]; /* each is counted up by a thread that never waits */
    volatile int signals;                    /* SIGRTMIN delivered */
    volatile uint64_t births;                /* threads that came and went */
    volatile bool ready;
    pid_t pid;
};

/* What the child does besides sleeping in pause(). */
struct victim_plan {
    int busy, waiting;      /* threads that count, threads that wait for ever */
    bool breeds;            /* starts thread after thread */
    bool vforks;            /* sleeps uninterruptibly for a while, in vfork */
    bool main_leaves;       /* the main thread ends before the others */
    const char *exec;       /* becomes that program when SIGUSR1 comes */
    void (*become)(void *); /* called instead of all that */
    void *arg;
};

/* Starts it and waits until all of its threads are there. */
struct victim *victim_start(const struct victim_plan *plan);

/* Kills, reaps and frees. */
void victim_end(struct victim *victim);

/* The state letter of /proc/PID/stat, 0 when it is gone. */
char victim_state(pid_t pid);

/* Whether one of BUSY counters moves, within two seconds. */
bool victim_moves(const struct victim *victim, int busy);

/* Whether none of them moves, for 30 milliseconds. */
bool victim_stands(const struct victim *victim, int busy);

/* Waits up to two seconds for CONDITION. */
#define victim_await(condition)                                                                    \
    do {                                                                                           \
        for (int tries_ = 0; tries_ < 2000 && !(condition); tries_++)                              \
            usleep(1000);                                                                          \
        assert_true(condition);                                                                    \
    } while (0)

#endif

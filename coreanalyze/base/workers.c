#include "coreanalyze/base/workers.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

struct worker {
    pthread_t thread;
    void (*work)(void *arg);
    void *arg;
};

unsigned
cpt_workers_available(unsigned most)
{
    unsigned count = 1;
    cpu_set_t processors;

    /* More than the 1024 of a cpu_set_t are more than enough, too. */
    if (sched_getaffinity(0, sizeof(processors), &processors) == 0)
        count = (unsigned)CPU_COUNT(&processors);
    if (count > CPT_MAX_WORKERS)
        count = CPT_MAX_WORKERS;
    if (count > most)
        count = most;
    return count ? count : 1;
}

static void *
run(void *arg)
{
    struct worker *worker = arg;

    worker->work(worker->arg);
    return NULL;
}

/* Threads inherit the mask of the one that starts them. */
static void
block_signals(sigset_t *before)
{
    static const int own[] = {SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
    sigset_t mask;

    sigfillset(&mask);
    for (unsigned i = 0; i < sizeof(own) / sizeof(*own); i++)
        sigdelset(&mask, own[i]);
    pthread_sigmask(SIG_SETMASK, &mask, before);
}

void
cpt_workers_run(unsigned count, void (*work)(void *arg), void *arg)
{
    struct worker workers[CPT_MAX_WORKERS];
    unsigned started = 0;
    sigset_t before;

    if (count > CPT_MAX_WORKERS)
        count = CPT_MAX_WORKERS;
    block_signals(&before);
    while (started + 1 < count) {
        workers[started] = (struct worker){.work = work, .arg = arg};
        if (pthread_create(&workers[started].thread, NULL, run, &workers[started]) != 0)
            break;
        started++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    work(arg);
    while (started)
        pthread_join(workers[--started].thread, NULL);
}

#include "coreanalyze/memory/guard.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

/* The handler sees nothing but this list, which is changed by single stores, each of which leaves it whole: another
   thread's handler may be walking it. */
static struct cpt_guard *guards;
static struct sigaction before;
static uintptr_t page_size;

/* Lets the handler that was there before have it; by default that ends the program, when the
   instruction is run again, or the signal that somebody sent comes again. */
static void
pass_on(int number, siginfo_t *info, void *context)
{
    if (before.sa_flags & SA_SIGINFO)
        before.sa_sigaction(number, info, context);
    else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
        before.sa_handler(number);
    else if (sigaction(number, &before, NULL) == 0 && info->si_code <= 0)
        raise(number);
}

static struct cpt_guard *
get(struct cpt_guard *const *link)
{
    return __atomic_load_n(link, __ATOMIC_ACQUIRE);
}

static void
set(struct cpt_guard **link, struct cpt_guard *guard)
{
    __atomic_store_n(link, guard, __ATOMIC_RELEASE);
}

/* Another thread may be here for the same page: each puts a page of zeros in its place, and the last one stays. */
static void
on_sigbus(int number, siginfo_t *info, void *context)
{
    uintptr_t address = (uintptr_t)info->si_addr, page = address & ~(page_size - 1);
    int kept = errno;

    for (struct cpt_guard *guard = get(&guards); guard && info->si_code == BUS_ADRERR; guard = get(&guard->next)) {
        if (address < guard->start || address >= guard->end)
            continue;
        if (mmap((void *)page, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
            break;
        __atomic_store_n(&guard->hit, true, __ATOMIC_RELAXED);
        errno = kept;
        return;
    }
    errno = kept;
    pass_on(number, info, context);
}

void
cpt_guard_add(struct cpt_guard *guard, const void *bytes, size_t size)
{
    struct sigaction action = {.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO | SA_ONSTACK};

    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    guard->start = (uintptr_t)bytes;
    guard->end = guard->start + ((size + page_size - 1) & ~(page_size - 1));
    guard->hit = false;
    guard->next = guards;
    sigemptyset(&action.sa_mask);
    if (!guards)
        sigaction(SIGBUS, &action, &before);
    set(&guards, guard);
}

void
cpt_guard_remove(struct cpt_guard *guard)
{
    if (!guard->end)
        return;
    for (struct cpt_guard **link = &guards; *link; link = &(*link)->next) {
        if (*link == guard) {
            set(link, guard->next);
            break;
        }
    }
    guard->end = 0;
    if (!guards)
        sigaction(SIGBUS, &before, NULL);
}

bool
cpt_guard_was_hit(const struct cpt_guard *guard)
{
    return __atomic_load_n(&guard->hit, __ATOMIC_RELAXED);
}

#include "plugin/lldb/interrupt.h"

#include <atomic>
#include <csignal>
#include <mutex>

namespace {

std::atomic<bool> interrupted;

/* Commands of several debuggers of one program may run at once: the first puts the handlers in, the last takes them out. */
std::mutex mutex;
unsigned users;
struct sigaction before, before_limit;

void
handle_interrupt(int number, siginfo_t *info, void *context)
{
    interrupted = true;
    if (before.sa_flags & SA_SIGINFO)
        before.sa_sigaction(number, info, context);
    else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
        before.sa_handler(number);
}

/* Where nobody handles the signal it is not for this command. */
bool
is_handled(const struct sigaction &action)
{
    return (action.sa_flags & SA_SIGINFO) || (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN);
}

void
watch()
{
    std::lock_guard<std::mutex> lock(mutex);
    struct sigaction own = {}, ignore = {};

    if (users++)
        return;
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGXFSZ, &ignore, &before_limit);
    interrupted = false;
    if (sigaction(SIGINT, nullptr, &before) || !is_handled(before))
        return;
    own.sa_sigaction = handle_interrupt;
    own.sa_flags = (before.sa_flags & ~SA_RESETHAND) | SA_SIGINFO;
    own.sa_mask = before.sa_mask;
    sigaction(SIGINT, &own, nullptr);
}

void
unwatch()
{
    std::lock_guard<std::mutex> lock(mutex);
    struct sigaction now;

    if (--users)
        return;
    sigaction(SIGXFSZ, &before_limit, nullptr);
    if (sigaction(SIGINT, nullptr, &now))
        return;
    if ((now.sa_flags & SA_SIGINFO) && now.sa_sigaction == handle_interrupt)
        sigaction(SIGINT, &before, nullptr);
}

}

cpt_lldb_interrupt::cpt_lldb_interrupt(const lldb::SBCommandInterpreter &commands)
    : interpreter(commands), thread(pthread_self())
{
    watch();
}

cpt_lldb_interrupt::~cpt_lldb_interrupt()
{
    unwatch();
}

bool
cpt_lldb_interrupt::came() const
{
    if (!interrupted && pthread_equal(thread, pthread_self()) && interpreter.WasInterrupted())
        interrupted = true;
    return interrupted;
}

/* The way in that gdb has for every threaded inferior: the library that tells it about threads. This one forwards all to
 * the system's, and runs a command when gdb asks for the list of threads while a request waits.
 *
 * gdb's functions ps_* are weak: a JIT reader does not need them. */
#include "plugin/gdb/command.h"
#include "plugin/gdb/exchange.h"

#include <dlfcn.h>

/* These are what the plugin is there for; all else of it stays hidden. */
#pragma GCC visibility push(default)
#include <proc_service.h>
#include <thread_db.h>
#pragma GCC visibility pop

#pragma weak ps_getpid
#pragma weak ps_pdread

#define AGENTS_MOST 256 /* inferiors with threads at a time: others have the JIT reader */

static struct {
    const td_thragent_t *agent;
    struct ps_prochandle *process;
} agents[AGENTS_MOST];

static void *
find_system(void)
{
    static void *library;
    void *found;

    if (!library) {
        library = dlopen("libthread_db.so.1", RTLD_NOW | RTLD_LOCAL);
        found = library ? dlsym(library, "td_init") : NULL;
        if (library && (!found || found == (void *)td_init)) {
            dlclose(library); /* a search path that leads here */
            library = NULL;
        }
    }
    return library;
}

static void *
find_function(const char *name)
{
    void *library = find_system();

    return library ? dlsym(library, name) : NULL;
}

static struct ps_prochandle **
find_process(const td_thragent_t *agent)
{
    for (size_t i = 0; i < AGENTS_MOST; i++)
        if (agents[i].agent == agent)
            return &agents[i].process;
    return NULL;
}

static void
remember(const td_thragent_t *agent, struct ps_prochandle *process)
{
    for (size_t i = 0; i < AGENTS_MOST; i++) {
        if (agents[i].agent && agents[i].agent != agent)
            continue;
        agents[i].agent = agent;
        agents[i].process = process;
        return;
    }
}

static void
forget(const td_thragent_t *agent)
{
    for (size_t i = 0; i < AGENTS_MOST; i++)
        if (agents[i].agent == agent)
            agents[i].agent = NULL;
}

static bool
read_process(void *arg, uint64_t address, void *buffer, size_t size)
{
    return ps_pdread(arg, (psaddr_t)(uintptr_t)address, buffer, size) == PS_OK;
}

/* --- what does more than forward ---------------------------------------------------------------------------------- */

#define SYSTEMS(name) __typeof__(name) *systems = (__typeof__(name) *)find_function(#name)

td_err_e
td_init(void)
{
    SYSTEMS(td_init);

    if (!systems || !ps_pdread || !ps_getpid)
        return TD_ERR; /* gdb goes on to the next directory */
    cpt_gdb_exchange_open();
    return systems();
}

td_err_e
td_ta_new(struct ps_prochandle *process, td_thragent_t **agent)
{
    SYSTEMS(td_ta_new);
    td_err_e status = systems ? systems(process, agent) : TD_ERR;

    if (status == TD_OK)
        remember(*agent, process);
    return status;
}

td_err_e
td_ta_delete(td_thragent_t *agent)
{
    SYSTEMS(td_ta_delete);

    forget(agent);
    return systems ? systems(agent) : TD_ERR;
}

td_err_e
td_ta_thr_iter(const td_thragent_t *agent, td_thr_iter_f *callback, void *data, td_thr_state_e state, int priority,
               sigset_t *mask, unsigned int flags)
{
    SYSTEMS(td_ta_thr_iter);
    struct ps_prochandle **process = find_process(agent);

    if (process)
        cpt_gdb_command_run(read_process, *process, ps_getpid(*process));
    return systems ? systems(agent, callback, data, state, priority, mask, flags) : TD_ERR;
}

const char **
td_symbol_list(void)
{
    SYSTEMS(td_symbol_list);
    static const char *none[] = {NULL};

    return systems ? systems() : none;
}

/* --- what forwards ------------------------------------------------------------------------------------------------ */

#define FORWARD(name, parameters, arguments)             \
    td_err_e name parameters                             \
    {                                                    \
        SYSTEMS(name);                                   \
        return systems ? systems arguments : TD_NOCAPAB; \
    }

FORWARD(td_log, (void), ())
FORWARD(td_ta_get_nthreads, (const td_thragent_t *ta, int *count), (ta, count))
FORWARD(td_ta_get_ph, (const td_thragent_t *ta, struct ps_prochandle **process), (ta, process))
FORWARD(td_ta_map_id2thr, (const td_thragent_t *ta, pthread_t id, td_thrhandle_t *thread), (ta, id, thread))
FORWARD(td_ta_map_lwp2thr, (const td_thragent_t *ta, lwpid_t id, td_thrhandle_t *thread), (ta, id, thread))
FORWARD(td_ta_tsd_iter, (const td_thragent_t *ta, td_key_iter_f *callback, void *data), (ta, callback, data))
FORWARD(td_ta_event_addr, (const td_thragent_t *ta, td_event_e event, td_notify_t *to), (ta, event, to))
FORWARD(td_ta_set_event, (const td_thragent_t *ta, td_thr_events_t *events), (ta, events))
FORWARD(td_ta_clear_event, (const td_thragent_t *ta, td_thr_events_t *events), (ta, events))
FORWARD(td_ta_event_getmsg, (const td_thragent_t *ta, td_event_msg_t *message), (ta, message))
FORWARD(td_ta_setconcurrency, (const td_thragent_t *ta, int level), (ta, level))
FORWARD(td_ta_enable_stats, (const td_thragent_t *ta, int enable), (ta, enable))
FORWARD(td_ta_reset_stats, (const td_thragent_t *ta), (ta))
FORWARD(td_ta_get_stats, (const td_thragent_t *ta, td_ta_stats_t *stats), (ta, stats))
FORWARD(td_thr_validate, (const td_thrhandle_t *thread), (thread))
FORWARD(td_thr_get_info, (const td_thrhandle_t *thread, td_thrinfo_t *info), (thread, info))
FORWARD(td_thr_getfpregs, (const td_thrhandle_t *thread, prfpregset_t *registers), (thread, registers))
FORWARD(td_thr_getgregs, (const td_thrhandle_t *thread, prgregset_t registers), (thread, registers))
FORWARD(td_thr_getxregs, (const td_thrhandle_t *thread, void *registers), (thread, registers))
FORWARD(td_thr_getxregsize, (const td_thrhandle_t *thread, int *size), (thread, size))
FORWARD(td_thr_setfpregs, (const td_thrhandle_t *thread, const prfpregset_t *registers), (thread, registers))
FORWARD(td_thr_setgregs, (const td_thrhandle_t *thread, prgregset_t registers), (thread, registers))
FORWARD(td_thr_setxregs, (const td_thrhandle_t *thread, const void *registers), (thread, registers))
FORWARD(td_thr_tlsbase, (const td_thrhandle_t *thread, unsigned long module, psaddr_t *base), (thread, module, base))
FORWARD(td_thr_tls_get_addr, (const td_thrhandle_t *thread, psaddr_t map, size_t offset, psaddr_t *address),
        (thread, map, offset, address))
FORWARD(td_thr_event_enable, (const td_thrhandle_t *thread, int enable), (thread, enable))
FORWARD(td_thr_set_event, (const td_thrhandle_t *thread, td_thr_events_t *events), (thread, events))
FORWARD(td_thr_clear_event, (const td_thrhandle_t *thread, td_thr_events_t *events), (thread, events))
FORWARD(td_thr_event_getmsg, (const td_thrhandle_t *thread, td_event_msg_t *message), (thread, message))
FORWARD(td_thr_setprio, (const td_thrhandle_t *thread, int priority), (thread, priority))
FORWARD(td_thr_setsigpending, (const td_thrhandle_t *thread, unsigned char count, const sigset_t *set),
        (thread, count, set))
FORWARD(td_thr_sigsetmask, (const td_thrhandle_t *thread, const sigset_t *set), (thread, set))
FORWARD(td_thr_tsd, (const td_thrhandle_t *thread, const thread_key_t key, void **data), (thread, key, data))
FORWARD(td_thr_dbsuspend, (const td_thrhandle_t *thread), (thread))
FORWARD(td_thr_dbresume, (const td_thrhandle_t *thread), (thread))

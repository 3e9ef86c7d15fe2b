#include "coreanalyze/commands/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cpt_session {
    bool has_selection;
    struct cpt_session_place place;
    size_t index;
    uint64_t address;
};

struct cpt_session *
cpt_session_new(void)
{
    return calloc(1, sizeof(struct cpt_session));
}

void
cpt_session_free(struct cpt_session *session)
{
    free(session);
}

/* A breakpoint in a loop stops the thread at the same place again, with its stack as it was: that it ran meanwhile
   shows in the kernel's count of how often it was taken off its processor. */
static uint64_t
count_switches(int32_t pid, int32_t tid)
{
    char path[64], line[256];
    uint64_t sum = 0, count;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/task/%d/status", (int)pid, (int)tid);
    file = fopen(path, "re");
    if (!file)
        return 0;
    while (fgets(line, sizeof(line), file)) {
        if (sscanf(line, "voluntary_ctxt_switches: %" SCNu64, &count) == 1 ||
            sscanf(line, "nonvoluntary_ctxt_switches: %" SCNu64, &count) == 1)
            sum += count;
    }
    fclose(file);
    return sum;
}

struct cpt_session_place
cpt_session_place(const struct cpt_debugger *debugger)
{
    bool local = debugger->target == CPT_DEBUGGER_PROCESS && !debugger->remote;

    return (struct cpt_session_place){
        .pid = debugger->pid,
        .tid = debugger->selected,
        .start_pc = debugger->start_pc,
        .start_sp = debugger->start_sp,
        .pc = debugger->pc,
        .sp = debugger->sp,
        .switches = local ? count_switches(debugger->pid, debugger->selected) : 0,
    };
}

static bool
is_same(const struct cpt_session_place *a, const struct cpt_session_place *b)
{
    return a->pid == b->pid && a->tid == b->tid && a->start_pc == b->start_pc && a->start_sp == b->start_sp &&
           a->pc == b->pc && a->sp == b->sp && a->switches == b->switches;
}

bool
cpt_session_recall(const struct cpt_session *session, const struct cpt_session_place *place, size_t *index,
                   uint64_t *address)
{
    if (!session || !session->has_selection || !is_same(&session->place, place))
        return false;
    *index = session->index;
    *address = session->address;
    return true;
}

void
cpt_session_remember(struct cpt_session *session, const struct cpt_session_place *place, size_t index,
                     uint64_t address)
{
    if (session)
        *session = (struct cpt_session){true, *place, index, address};
}

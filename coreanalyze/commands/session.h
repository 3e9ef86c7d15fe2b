/* What commands in a debugger remember from one to the next: the selected Python frame. */
#ifndef CPT_COMMANDS_SESSION_H
#define CPT_COMMANDS_SESSION_H

#include "coreanalyze/coreptile.h"

/* Where a debugger is: while nothing of this has changed, the selection of its user stays. */
struct cpt_session_place {
    int32_t pid, tid;
    uint64_t start_pc, start_sp; /* of the innermost native frame */
    uint64_t pc, sp;             /* of the selected one */
    uint64_t switches;           /* of the thread off its processor: grows whenever it runs; 0: not known */
};

struct cpt_session_place cpt_session_place(const struct cpt_debugger *debugger);

/* The frame that was selected last, by its number and address, if that was at PLACE. SESSION may be NULL. */
bool cpt_session_recall(const struct cpt_session *session, const struct cpt_session_place *place, size_t *index,
                        uint64_t *address);
void cpt_session_remember(struct cpt_session *session, const struct cpt_session_place *place, size_t index,
                          uint64_t address);

#endif

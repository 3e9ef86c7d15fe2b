/* The exception that a thread has to do with. */
#ifndef CPT_ANALYSES_EXCEPTION_H
#define CPT_ANALYSES_EXCEPTION_H

#include "coreanalyze/decode/exception.h"

enum cpt_exception_state {
    CPT_EXCEPTION_NONE,
    CPT_EXCEPTION_RAISING,  /* set, and on its way to whoever handles it */
    CPT_EXCEPTION_HANDLING, /* an except or finally block, or __exit__, runs because of it */
    CPT_EXCEPTION_LAST,     /* nothing handled it: sys.last_exc (3.12+) or sys.last_value, of the main thread */
};

struct cpt_thread_exception {
    enum cpt_exception_state state;
    struct cpt_exception *exception; /* NULL with CPT_EXCEPTION_NONE */
};

/* "raising", "handling", "last"; NULL for none. */
const char *cpt_exception_state_name(enum cpt_exception_state state);

/* The address of the exception that ended the main program of the interpreter at INTERPRETER (PyErr_Print leaves it in
   sys before it calls sys.excepthook), or 0. */
uint64_t cpt_exception_find_last(struct cpt_decode *decode, uint64_t interpreter);

/* The exception of the thread state at TSTATE; where it has none, the one at LAST (0: none). Nothing but a few words is
   read where there is none. Damage becomes holes. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_exception_take(struct cpt_values *values, uint64_t tstate, uint64_t last,
                                           struct cpt_thread_exception *found, struct cpt_error *error);

#endif

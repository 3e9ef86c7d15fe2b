/* Exceptions in full: message, traceback, causes, contexts, notes, members. */
#ifndef CPT_DECODE_EXCEPTION_H
#define CPT_DECODE_EXCEPTION_H

#include "coreanalyze/decode/frame.h"
#include "coreanalyze/decode/value.h"

struct cpt_exception {
    struct cpt_value value;      /* VALUE.type is the class's name; without parts */
    struct cpt_text type;        /* "module.qualname" of the class */
    struct cpt_text message;     /* str(); DATA NULL: only code of the target could tell */
    struct cpt_frame *traceback; /* innermost first, as stacks are */
    size_t traceback_count;
    bool traceback_cut;          /* entries are missing: see the holes */
    struct cpt_exception *cause, *context; /* __cause__ and __context__, or NULL */
    bool suppress_context;       /* raise … from …: the context is not to be shown */
    struct cpt_text *notes;      /* __notes__ (3.11+) */
    size_t note_count;
    struct cpt_exception **members; /* of an exception group */
    size_t member_count;
    bool is_group;
    const struct cpt_exception *first; /* the same one met before in the tree: then only VALUE and TYPE are filled here */
};

/* The exception at ADDRESS with all that hangs on it, in the arena. What is damaged becomes holes: *EXCEPTION, which is
   never NULL then, has what could be read. TRACEBACK is the address of a traceback to show instead of the one it has
   itself, or 0. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_exception_read(struct cpt_values *values, uint64_t address, uint64_t traceback,
                                           struct cpt_exception **exception, struct cpt_error *error);

/* An exception that was set, but has not been made yet (to 3.11): its class, and what it would be called with (0: with
   nothing). */
CPT_MUST_USE cpt_status cpt_exception_read_raw(struct cpt_values *values, uint64_t type, uint64_t value,
                                               uint64_t traceback, struct cpt_exception **exception,
                                               struct cpt_error *error);

#endif

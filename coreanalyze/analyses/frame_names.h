/* The variables of chosen frames, and what a name means in one of them. */
#ifndef CPT_ANALYSES_FRAME_NAMES_H
#define CPT_ANALYSES_FRAME_NAMES_H

#include "coreanalyze/analyses/frames.h"

struct cpt_frame_query {
    struct cpt_memory *memory;
    const struct cpt_layout *layout;
    uint64_t runtime;  /* address of _PyRuntime */
    struct cpt_holes *holes;
    size_t repr_limit; /* characters of a repr */
    unsigned depth;    /* levels of attributes of values */
};

/* Reads the variables of the COUNT frames at ENTRIES, which are of STACK, into its arena. Damage becomes holes.
   CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_frame_variables_take(struct cpt_stack *stack, const struct cpt_frame_query *query,
                                                 const struct cpt_frame_entry *entries, size_t count,
                                                 struct cpt_error *error);

/* Where a name was found. */
enum cpt_name_scope {
    CPT_SCOPE_NONE,
    CPT_SCOPE_FRAME, /* one of the frame's own variables: which kind is said */
    CPT_SCOPE_GLOBAL,
    CPT_SCOPE_BUILTIN,
};

struct cpt_frame_name {
    enum cpt_name_scope scope;
    enum cpt_variable_kind kind; /* with CPT_SCOPE_FRAME */
    bool unset;                  /* the frame has a variable of that name without a value */
    struct cpt_value value;      /* unless CPT_SCOPE_NONE */
};

/* Looks NAME up in the frame of ENTRY, which is of STACK, as Python does: its variables, the module's, the builtins.
   The value's texts are in STACK's arena. What cannot be read on the way becomes a hole. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_frame_name_take(struct cpt_frame_name *result, struct cpt_stack *stack,
                                            const struct cpt_frame_query *query, const struct cpt_frame_entry *entry,
                                            const struct cpt_text *name, struct cpt_error *error);

/* "argument", "local", "cell", "free", "global", "builtin"; NULL where there is none. */
const char *cpt_frame_name_scope(const struct cpt_frame_name *name);

#endif

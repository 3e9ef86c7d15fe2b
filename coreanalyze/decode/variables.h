/* The names of a code object's variables, and where in its frames they are. */
#ifndef CPT_DECODE_VARIABLES_H
#define CPT_DECODE_VARIABLES_H

#include "coreanalyze/decode/code.h"

enum cpt_variable_kind {
    CPT_VARIABLE_ARGUMENT,
    CPT_VARIABLE_LOCAL,
    CPT_VARIABLE_CELL, /* a local that inner functions use */
    CPT_VARIABLE_FREE, /* of an outer function */
};

struct cpt_variable {
    struct cpt_text name;
    enum cpt_variable_kind kind;
    uint32_t slot; /* of the frame's localsplus */
    bool in_cell;  /* the slot holds a cell with the value, once that was made */
};

/* "argument", "local", "cell", "free". */
const char *cpt_variable_kind_name(enum cpt_variable_kind kind);

/* What a code object says of its variables, decoded once and kept with it. */
struct cpt_variables {
    struct cpt_variable *items; /* in the arena */
    size_t count;
    uint32_t slots;  /* of a frame, without the evaluation stack */
    uint32_t stack_slots; /* of the evaluation stack, which follows: co_stacksize */
    bool optimized;  /* CO_OPTIMIZED: a function; others keep their names in a namespace */
};

/* The variables of CODE; damage is a hole, once, and leaves those out that have no name. NULL when memory is out. */
const struct cpt_variables *cpt_code_variables(struct cpt_decode *decode, struct cpt_code *code);

#endif

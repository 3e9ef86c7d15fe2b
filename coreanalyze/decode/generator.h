/* Generators, coroutines and asynchronous generators: what they run, and where they are. */
#ifndef CPT_DECODE_GENERATOR_H
#define CPT_DECODE_GENERATOR_H

#include "coreanalyze/decode/frame.h"
#include "coreanalyze/decode/value.h"

enum cpt_generator_state {
    CPT_GENERATOR_UNKNOWN, /* its layout is not known */
    CPT_GENERATOR_CREATED, /* not started */
    CPT_GENERATOR_SUSPENDED,
    CPT_GENERATOR_RUNNING,
    CPT_GENERATOR_FINISHED,
};

struct cpt_generator {
    enum cpt_generator_state state;
    struct cpt_frame frame; /* CODE NULL: finished, or not known */
};

/* "created", "suspended", "running", "finished"; NULL where it is not known. */
const char *cpt_generator_state_name(enum cpt_generator_state state);

/* Where the generator, coroutine or asynchronous generator at ADDRESS is. CPT_FAULT, CPT_CORRUPT. */
CPT_MUST_USE cpt_status cpt_generator_line(struct cpt_values *values, uint64_t address,
                                           struct cpt_generator *generator, struct cpt_error *error);

#endif

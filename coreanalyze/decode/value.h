/* Values: objects as a bounded text, and as attributes or items. */
#ifndef CPT_DECODE_VALUE_H
#define CPT_DECODE_VALUE_H

#include "coreanalyze/decode/type.h"

#define CPT_REPR_LIMIT 80 /* characters of a repr, unless told otherwise */

struct cpt_value_part;

/* What one object looks like. */
struct cpt_value {
    uint64_t address;
    struct cpt_text type; /* "module.qualname"; DATA NULL: not even the type can be read */
    struct cpt_text repr; /* what repr() gives, cut behind the limit and ended with "…" */
    struct cpt_text where; /* of generators and coroutines: "suspended at FILE:7"; DATA NULL: of others */
    bool broken;          /* it cannot be decoded as what it says it is; a hole tells why */
    struct cpt_value_part *parts; /* attributes or items, where they were asked for */
    size_t part_count;
    bool more_parts;      /* there are more than were taken */
};

struct cpt_value_part {
    struct cpt_text label; /* ".name", "[0]", "['key']" */
    struct cpt_value value;
};

/* What the values of one result share. */
struct cpt_values {
    struct cpt_decode *decode;
    struct cpt_types types;
    struct cpt_dialect dialect;
    size_t limit;          /* characters of a repr */
    uint64_t steps;        /* objects, entries and blocks visited so far */
    struct cpt_buffer buffer;
    struct cpt_hash told;  /* addresses whose damage is a hole already */
    struct cpt_hash shared; /* address -> struct cpt_value of the variables met so far */
    size_t locals;         /* variables taken so far */
    size_t parts_taken;    /* parts of values taken so far */
    size_t exceptions, traceback_entries; /* taken of all threads' exceptions so far */
    uint64_t slots;        /* of frames, gone through for variables so far */
    unsigned numpy_version; /* of the target, for cpt_numpy_dialect */
    bool numpy_known;
    bool exhausted;        /* the budget of steps is used up, and that was told */
};

/* Ready to decode values of the interpreter whose builtins dict is at BUILTINS and sys.modules at MODULES (0: not
   known). Texts go to DECODE's arena, damage to its holes. */
void cpt_values_init(struct cpt_values *values, struct cpt_decode *decode, const struct cpt_layout *layout,
                     size_t limit, uint64_t builtins, uint64_t modules);
void cpt_values_free(struct cpt_values *values);

/* Copies what VALUES' buffer holds into the arena, or "…" where there are too many texts already. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_values_keep(struct cpt_values *values, struct cpt_text *text, struct cpt_error *error);

/* What the object at ADDRESS looks like, without parts. Damage is no error: it is in the value. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_value_read(struct cpt_values *values, uint64_t address, struct cpt_value *value,
                                       struct cpt_error *error);

/* What is inside of objects that are shown with their parts. */
enum cpt_value_parts {
    CPT_PARTS_ATTRIBUTES, /* of instances of classes written in Python, and of such exceptions: attributes and slots */
    CPT_PARTS_ALL,        /* items of containers too, and the fields of built-in objects */
};

/* The same with up to MAX parts of it, and of each part, to DEPTH levels; DEPTH 0: none. */
CPT_MUST_USE cpt_status cpt_value_read_parts(struct cpt_values *values, uint64_t address, enum cpt_value_parts which,
                                             unsigned depth, size_t max, struct cpt_value *value,
                                             struct cpt_error *error);

#endif

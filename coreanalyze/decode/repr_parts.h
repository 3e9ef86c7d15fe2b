/* What writers of more than one family need: names of types, fields in one go, None. */
#ifndef CPT_DECODE_REPR_PARTS_H
#define CPT_DECODE_REPR_PARTS_H

#include "coreanalyze/decode/repr.h"
#include "coreanalyze/decode/sequence.h"

/* Reads as much of OBJECT as covers the COUNT pointers whose offsets are FIELDS; CPT_ABSENT where the layout lacks one. */
CPT_MUST_USE cpt_status cpt_repr_fields(struct cpt_repr *repr, const struct cpt_object *object, const int32_t *fields,
                                        size_t count, struct cpt_struct *s);

/* The same for fields named one by one. */
#define CPT_REPR_FIELDS(repr, object, s, ...)                                                                          \
    cpt_repr_fields(repr, object, (const int32_t[]){__VA_ARGS__},                                                      \
                    sizeof((const int32_t[]){__VA_ARGS__}) / sizeof(int32_t), s)

/* The name in characters as they are; "?" for what is no str. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_repr_name(struct cpt_repr *repr, uint64_t address);

/* The C string at ADDRESS, of at most 255 bytes, into TEXT. CPT_ABSENT where a page of a file is
   missing: that is no damage, and the object is shown without it. CPT_CORRUPT: it is no name. */
CPT_MUST_USE cpt_status cpt_repr_c_string(struct cpt_repr *repr, uint64_t address, char text[256]);

/* Whether the object at ADDRESS is None; an instance of `type`; of str. False too where it cannot be read. */
bool cpt_is_none(struct cpt_values *values, uint64_t address);
bool cpt_is_type(struct cpt_values *values, uint64_t address);
bool cpt_is_str(struct cpt_values *values, uint64_t address);

/* Whether OBJECT's type is the one called NAME ("module", "list"), or inherits from it. */
bool cpt_is_instance(struct cpt_values *values, const struct cpt_object *object, const char *name);

/* The pointer in FIELD of the structure at ADDRESS; 0 where it cannot be read. */
uint64_t cpt_repr_peek(struct cpt_repr *repr, uint64_t address, int32_t field);

/* Begins a walk over the list or tuple at ADDRESS; CPT_ABSENT where a program put something else there. */
CPT_MUST_USE cpt_status cpt_repr_open_list(struct cpt_repr *repr, uint64_t address, struct cpt_sequence *sequence);

/* repr() of what SEQUENCE leads to, with SEPARATOR before each, or only between them. */
CPT_MUST_USE cpt_status cpt_repr_listed(struct cpt_repr *repr, struct cpt_sequence *sequence, const char *separator,
                                        bool before_first);

/* The same of the items of the tuple (or list) at ADDRESS. */
CPT_MUST_USE cpt_status cpt_repr_items(struct cpt_repr *repr, uint64_t address, const char *separator, bool before_first);

#endif

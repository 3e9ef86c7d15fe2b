/* Members: the fields that __slots__ and types of C give their instances. */
#ifndef CPT_DECODE_MEMBERS_H
#define CPT_DECODE_MEMBERS_H

#include "coreanalyze/decode/type.h"

#define CPT_MAX_BASES 64 /* types that a type inherits its layout from, one from the other */

/* A walk over the members of one object that hold objects, those of base types first. */
struct cpt_members_walk {
    struct cpt_types *types;
    uint64_t object;
    struct cpt_type *chain[CPT_MAX_BASES];
    size_t depth;           /* of the type being gone through, plus one; 0: the last is done */
    uint64_t next, left;    /* of its PyMemberDef array */
};

/* PYTHON_ONLY leaves out what types of C define. */
void cpt_members_open(struct cpt_members_walk *walk, struct cpt_types *types, const struct cpt_object *object,
                      bool python_only);

/* The next member that is set: its NAME in a buffer of SIZE bytes, its VALUE. CPT_ABSENT behind the last. */
CPT_MUST_USE cpt_status cpt_members_next(struct cpt_members_walk *walk, char *name, size_t size, uint64_t *value,
                                         struct cpt_error *error);

/* The slot WORD of the object, of a class written in Python. CPT_ABSENT: there is none, or it is not set. */
CPT_MUST_USE cpt_status cpt_members_find(struct cpt_types *types, const struct cpt_object *object, const char *word,
                                         uint64_t *value, struct cpt_error *error);

#endif

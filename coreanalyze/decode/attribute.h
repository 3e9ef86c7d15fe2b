/* Attributes of objects as Python finds them, as far as that runs no code. */
#ifndef CPT_DECODE_ATTRIBUTE_H
#define CPT_DECODE_ATTRIBUTE_H

#include "coreanalyze/decode/repr.h"

/* The attribute WORD that OBJECT itself has, in a slot or in its __dict__. CPT_ABSENT. */
CPT_MUST_USE cpt_status cpt_attribute_own(struct cpt_repr *repr, const struct cpt_object *object, const char *word,
                                          uint64_t *value);

/* Its own, or else that of its class where it is plain data. CPT_ABSENT: there is none, or a property, a function or
   another descriptor would be asked. */
CPT_MUST_USE cpt_status cpt_attribute_get(struct cpt_repr *repr, const struct cpt_object *object, const char *word,
                                          uint64_t *value);

/* Whether what the class has under each of the WORDS (separated by blanks; NULL: none) was defined in the package of
   MODULE ("": nowhere), or by a type of C: so nothing overrides them. */
bool cpt_class_is_faithful(struct cpt_values *values, struct cpt_type *type, const char *module, const char *words);

/* An int (or bool, or a subclass) of at most 128 bits. CPT_ABSENT: no int, or a larger one. */
CPT_MUST_USE cpt_status cpt_attribute_int(struct cpt_repr *repr, uint64_t address, bool *negative,
                                          unsigned __int128 *magnitude);
/* The same within 64 bits with a sign. */
CPT_MUST_USE cpt_status cpt_attribute_i64(struct cpt_repr *repr, uint64_t address, int64_t *value);

/* What the attribute WORD that OBJECT itself has is: true, false, or neither (CPT_ABSENT). */
CPT_MUST_USE cpt_status cpt_attribute_bool(struct cpt_repr *repr, const struct cpt_object *object, const char *word,
                                           bool *value);

/* The first attribute of the class named WORD, where it is what the dict of a class written in Python has. */
CPT_MUST_USE cpt_status cpt_class_attribute(struct cpt_repr *repr, const struct cpt_type *type, const char *word,
                                            uint64_t *value);

#endif

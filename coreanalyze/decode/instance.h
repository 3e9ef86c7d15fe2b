/* The attributes that instances have for themselves, as their __dict__ shows them. */
#ifndef CPT_DECODE_INSTANCE_H
#define CPT_DECODE_INSTANCE_H

#include "coreanalyze/decode/dict.h"

/* Begins a walk over the attributes of the instance at ADDRESS, in the order of its __dict__: whether that dict exists
   (at tp_dictoffset, or as a managed dict, 3.11+) or the values are still apart (3.11, 3.12) or within the object
   (3.13+). CPT_ABSENT: it has none, or the layout does not say where they are. */
CPT_MUST_USE cpt_status cpt_instance_open(struct cpt_dict_walk *walk, struct cpt_decode *decode, uint64_t address,
                                          struct cpt_error *error);

/* The attribute WORD that the instance at ADDRESS itself has (not its class). CPT_ABSENT where it has none. */
CPT_MUST_USE cpt_status cpt_instance_find(struct cpt_decode *decode, uint64_t address, const char *word,
                                          uint64_t *value, struct cpt_error *error);

#endif

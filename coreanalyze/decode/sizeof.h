/* How large an object says it is. */
#ifndef CPT_DECODE_SIZEOF_H
#define CPT_DECODE_SIZEOF_H

#include "coreanalyze/decode/header.h"

/* What sys.getsizeof() gives for OBJECT, whose head is HEADER, in bytes. CPT_ABSENT where that is not known: the class has
   a __sizeof__ of its own, or the type is one of C that counts buffers which only it knows. CPT_CORRUPT, CPT_FAULT. */
CPT_MUST_USE cpt_status cpt_object_sizeof(struct cpt_values *values, const struct cpt_object *object,
                                          const struct cpt_header *header, uint64_t *size, struct cpt_error *error);

#endif

/* How large an object says it is. */
#ifndef CPT_DECODE_SIZEOF_H
#define CPT_DECODE_SIZEOF_H

#include "coreanalyze/decode/header.h"

/* One __sizeof__ of CPython's own. */
struct cpt_sizer;

/* The one that instances of TYPE have, by its method resolution order; NULL: one that is code of the target, or of a
   type of C that is not known here, or damage. Lives as long as the library. */
const struct cpt_sizer *cpt_sizer_find(struct cpt_values *values, const struct cpt_type *type);

/* The tp_name of the type whose __sizeof__ it is: "object", "int", "collections.deque". */
const char *cpt_sizer_name(const struct cpt_sizer *sizer);

/* What sys.getsizeof() gives for OBJECT, whose head is HEADER and whose type has SIZER, in bytes. Of VALUES and its
   decoder nothing is changed: it may be called by several threads at once where the memory may. CPT_ABSENT: the layout
   lacks a field; CPT_CORRUPT, CPT_FAULT. */
CPT_MUST_USE cpt_status cpt_sizer_size(struct cpt_values *values, const struct cpt_sizer *sizer,
                                       const struct cpt_object *object, const struct cpt_header *header,
                                       uint64_t *size, struct cpt_error *error);

/* The same in one step. CPT_ABSENT too where the class has a __sizeof__ of its own, or the type is one of C that counts
   buffers which only it knows. */
CPT_MUST_USE cpt_status cpt_object_sizeof(struct cpt_values *values, const struct cpt_object *object,
                                          const struct cpt_header *header, uint64_t *size, struct cpt_error *error);

#endif

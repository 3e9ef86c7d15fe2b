/* What stands at the head of an object and in front of it: its references, and what the collector notes. */
#ifndef CPT_DECODE_HEADER_H
#define CPT_DECODE_HEADER_H

#include "coreanalyze/decode/value.h"

struct cpt_header {
    uint64_t references; /* ob_refcnt, as sys.getrefcount() reads it */
    bool immortal;       /* 3.12 and later: the count means nothing, the object stays */
    bool collected;      /* has a PyGC_Head: PyObject_IS_GC() */
    int tracked;         /* gc.is_tracked(): 1, 0; -1 where the head cannot be read or is damaged */
    bool linked;         /* tracked, and the next one in the collector's list points back, as they do but while it runs */
};

/* Reads the head of OBJECT. CPT_FAULT. */
CPT_MUST_USE cpt_status cpt_header_read(struct cpt_values *values, const struct cpt_object *object,
                                        struct cpt_header *header, struct cpt_error *error);

/* Opens the object at ADDRESS, an address that nothing in the target vouches for, and reads its head. It has to have a
   type whose own types and bases end as CPython's do, and to be referred to. CPT_CORRUPT, with a message for people:
   no object is there, or one that was freed; CPT_FAULT: nothing can be read there. */
CPT_MUST_USE cpt_status cpt_object_verify(struct cpt_values *values, uint64_t address, struct cpt_object *object,
                                          struct cpt_header *header, struct cpt_error *error);

#endif

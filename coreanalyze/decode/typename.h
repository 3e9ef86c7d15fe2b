/* Names of static types whose tp_name cannot be read: it is in read-only data, which a core leaves out. */
#ifndef CPT_DECODE_TYPENAME_H
#define CPT_DECODE_TYPENAME_H

#include "coreanalyze/decode/type.h"

/* "collections.deque" is deque of collections; without a dot it is a built-in: fills module and qualname from TYPE's raw
   name, if it has one. */
void cpt_type_split_raw(struct cpt_type *type);

/* Fills TYPE's raw name, module and qualname, as far as a name in a module of the target leads to it. */
void cpt_type_search_name(struct cpt_types *types, struct cpt_type *type);

#endif

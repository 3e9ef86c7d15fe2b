/* Whether a layout, which may come from the target itself, lies about structures that the walk reads without looking
 * at each field's bounds again.
 */
#ifndef CPT_HEAP_FIELDS_H
#define CPT_HEAP_FIELDS_H

#include "coreanalyze/heap/shape.h"

/* Whether objects, types and what is in front of them can be read at all. */
bool cpt_fields_are_usable(const struct cpt_layout_fields *at);

/* Whether all fields that are read of instances of KIND are within them. */
bool cpt_fields_suit(const struct cpt_layout_fields *at, enum cpt_shape_kind kind);

#endif

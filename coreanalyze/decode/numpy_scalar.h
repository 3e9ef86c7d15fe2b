/* numpy's scalars: numpy.float64 and the like. */
#ifndef CPT_DECODE_NUMPY_SCALAR_H
#define CPT_DECODE_NUMPY_SCALAR_H

#include "coreanalyze/decode/repr.h"

/* Writes OBJECT as numpy 1.x ("1.5") or 2.x ("np.float64(1.5)") does; a cpt_repr_writer. */
CPT_MUST_USE cpt_status cpt_numpy_write_scalar(struct cpt_repr *repr, const struct cpt_object *object);

#endif

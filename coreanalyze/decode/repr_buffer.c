/* repr() of arrays: array.array, memoryview, numpy.ndarray. */
#include "coreanalyze/decode/repr.h"

const struct cpt_kind cpt_kinds_buffers[] = {
    {NULL, NULL},
};

/* repr() of functions, methods, descriptors, code, types. */
#include "coreanalyze/decode/repr.h"

const struct cpt_kind cpt_kinds_callables[] = {
    {NULL, NULL},
};

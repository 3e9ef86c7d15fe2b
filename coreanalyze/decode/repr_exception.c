/* repr() of exceptions. */
#include "coreanalyze/decode/repr.h"

const struct cpt_kind cpt_kinds_exceptions[] = {
    {NULL, NULL},
};

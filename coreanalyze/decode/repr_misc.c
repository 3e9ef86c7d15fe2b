/* repr() of modules, weak references, generators, locks and other objects. */
#include "coreanalyze/decode/repr.h"

const struct cpt_kind cpt_kinds_misc[] = {
    {NULL, NULL},
};

/* repr() of the types of the collections module written in C. */
#include "coreanalyze/decode/repr.h"

const struct cpt_kind cpt_kinds_collections[] = {
    {NULL, NULL},
};

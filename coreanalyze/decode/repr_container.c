/* repr() of list, tuple, dict, set and their like. */
#include "coreanalyze/decode/repr.h"

const struct cpt_kind cpt_kinds_containers[] = {
    {NULL, NULL},
};

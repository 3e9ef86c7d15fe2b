/* repr() of the types of the datetime module. */
#include "coreanalyze/decode/repr.h"

const struct cpt_kind cpt_kinds_times[] = {
    {NULL, NULL},
};

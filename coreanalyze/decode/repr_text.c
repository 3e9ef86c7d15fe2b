/* repr() of str, bytes and bytearray. */
#include "coreanalyze/decode/repr.h"

const struct cpt_kind cpt_kinds_texts[] = {
    {NULL, NULL},
};

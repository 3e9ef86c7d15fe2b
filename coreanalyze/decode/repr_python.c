/* repr() of classes of the standard library that are written in Python. */
#include "coreanalyze/decode/repr.h"

const struct cpt_python_kind cpt_kinds_python[] = {
    {NULL, NULL, {NULL, NULL}},
};

const struct cpt_kind *
cpt_kind_of_python(struct cpt_values *values, struct cpt_type *type, uint64_t function)
{
    (void)values;
    (void)type;
    (void)function;
    return NULL;
}

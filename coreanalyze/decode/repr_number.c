/* repr() of int, float, complex and the singletons. */
#include "coreanalyze/decode/repr.h"

static cpt_status
write_none(struct cpt_repr *repr, const struct cpt_object *object)
{
    (void)object;
    cpt_repr_text(repr, "None");
    return CPT_OK;
}

static cpt_status
write_ellipsis(struct cpt_repr *repr, const struct cpt_object *object)
{
    (void)object;
    cpt_repr_text(repr, "Ellipsis");
    return CPT_OK;
}

static cpt_status
write_not_implemented(struct cpt_repr *repr, const struct cpt_object *object)
{
    (void)object;
    cpt_repr_text(repr, "NotImplemented");
    return CPT_OK;
}

const struct cpt_kind cpt_kinds_numbers[] = {
    {"NoneType", write_none},
    {"ellipsis", write_ellipsis},
    {"NotImplementedType", write_not_implemented},
    {NULL, NULL},
};

/* repr() of exceptions. */
#include "coreanalyze/decode/repr_parts.h"

/* BaseException_repr in Objects/exceptions.c: the args as a call, one alone without a comma behind it. Without the
   closing parenthesis. */
static cpt_status
write_call(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->exception.args);

    if (status)
        return status;
    cpt_repr_type_name(repr, object->type);
    cpt_repr_text(repr, "(");
    return cpt_repr_items(repr, cpt_struct_u64(&s, at->exception.args), ", ", false);
}

/* ValueError("…", e) where e is that error: Python recurses to its limit; so do we, to ours. */
static cpt_status
write_exception(struct cpt_repr *repr, const struct cpt_object *object)
{
    cpt_status status = write_call(repr, object);

    cpt_repr_text(repr, ")");
    return status;
}

/* ImportError has a repr of its own from 3.15. Its fields follow the head: msg, name, path. */
static cpt_status
write_import_error(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    static const char *const words[] = {"name=", "path="};
    cpt_status status = write_call(repr, object);
    uint64_t args = cpt_repr_peek(repr, object->address, at->exception.args);
    bool follows = cpt_repr_peek(repr, args, at->var.ob_size) != 0;

    if (!status)
        status = cpt_repr_needs(repr, at->exception.size);
    for (int32_t i = 0; !status && i < 2; i++) {
        uint64_t value = cpt_repr_peek(repr, object->address, at->exception.size + 8 * (i + 1));

        if (!value)
            continue;
        cpt_repr_text(repr, follows ? ", " : "");
        cpt_repr_text(repr, words[i]);
        status = cpt_repr_object(repr, value);
        follows = true;
    }
    cpt_repr_text(repr, ")");
    return status;
}

static bool
is_list(struct cpt_repr *repr, uint64_t args)
{
    struct cpt_sequence sequence;
    struct cpt_error ignored;
    uint64_t item, flags;

    return !cpt_sequence_open(&sequence, repr->decode, args, &ignored) && sequence.count == 2 &&
           !cpt_sequence_next(&sequence, &item, &ignored) && !cpt_sequence_next(&sequence, &item, &ignored) &&
           !cpt_object_flags(repr->decode, item, &flags, &ignored) && (flags & CPT_TYPE_LIST);
}

/* Groups have a repr of their own from 3.13.12 and 3.14.3: of the exceptions that they keep, which the list given to the
   constructor need not hold any more. Of other sequences the text is kept behind them. */
static cpt_status
write_group(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint64_t kept, excs;
    cpt_status status =
        CPT_REPR_FIELDS(repr, object, &s, at->exception.args, at->excgroup.msg, at->excgroup.excs);

    if (status)
        return status;
    cpt_repr_type_name(repr, object->type);
    cpt_repr_text(repr, "(");
    status = cpt_repr_object(repr, cpt_struct_u64(&s, at->excgroup.msg));
    cpt_repr_text(repr, ", ");
    if (status)
        return status;
    excs = cpt_struct_u64(&s, at->excgroup.excs);
    kept = cpt_repr_peek(repr, object->address, at->excgroup.excs + 8);
    if (kept && cpt_is_str(repr->values, kept)) {
        status = cpt_repr_str_plain(repr, kept);
    } else if (is_list(repr, cpt_struct_u64(&s, at->exception.args))) {
        cpt_repr_text(repr, "[");
        status = cpt_repr_items(repr, excs, ", ", false);
        cpt_repr_text(repr, "]");
    } else {
        status = cpt_repr_object(repr, excs);
    }
    cpt_repr_text(repr, ")");
    return status;
}

const struct cpt_kind cpt_kinds_exceptions[] = {
    {"BaseException", write_exception},
    {"ImportError", write_import_error},
    {"BaseExceptionGroup", write_group},
    {NULL, NULL},
};

#include "coreanalyze/analyses/exception.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/dict.h"
#include "coreanalyze/decode/repr_parts.h"

#include <inttypes.h>

static const char *const state_names[] = {
    [CPT_EXCEPTION_RAISING] = "raising",
    [CPT_EXCEPTION_HANDLING] = "handling",
    [CPT_EXCEPTION_LAST] = "last",
};

const char *
cpt_exception_state_name(enum cpt_exception_state state)
{
    return state_names[state];
}

uint64_t
cpt_exception_find_last(struct cpt_decode *decode, uint64_t interpreter)
{
    static const char *const names[] = {"last_exc", "last_value"};
    struct cpt_error ignored;
    uint64_t sysdict, value;

    if (!interpreter || !CPT_HAS(decode->at->interp.sysdict) ||
        cpt_memory_read_u64(decode->memory, interpreter + (uint64_t)decode->at->interp.sysdict, &sysdict, &ignored))
        return 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!cpt_dict_find(decode, sysdict, names[i], &value, &ignored))
            return value;
    }
    return 0;
}

static bool
is_exception(struct cpt_values *values, uint64_t address, uint64_t type)
{
    struct cpt_object object;
    struct cpt_error ignored;

    return address && !cpt_object_open(&values->types, address, &object, &ignored) &&
           (object.type->flags & CPT_TYPE_EXCEPTION) &&
           (!type || cpt_type_is_subclass(&values->types, object.type, type));
}

static void
tell(struct cpt_values *values, uint64_t tstate, const struct cpt_error *why)
{
    cpt_holes_add_error(values->decode->holes, why, "exception of the thread state at 0x%" PRIx64, tstate);
}

/* To 3.11 type, value and traceback stand side by side in the thread state, and the value can be something that the
   exception is yet to be made of. */
static cpt_status
take_triple(struct cpt_values *values, uint64_t tstate, struct cpt_thread_exception *found, struct cpt_error *error)
{
    struct cpt_struct s;
    struct cpt_error why;
    uint64_t type, value, traceback;

    if (cpt_struct_read(values->decode, &s, tstate + (uint64_t)values->decode->at->tstate.curexc_value - 8, 24, &why)) {
        tell(values, tstate, &why);
        return CPT_OK;
    }
    type = cpt_struct_u64(&s, 0);
    value = cpt_struct_u64(&s, 8);
    traceback = cpt_struct_u64(&s, 16);
    if (!type)
        return CPT_OK;
    found->state = CPT_EXCEPTION_RAISING;
    if (is_exception(values, value, type))
        return cpt_exception_read(values, value, traceback, &found->exception, error);
    return cpt_exception_read_raw(values, type, value, traceback, &found->exception, error);
}

static cpt_status
take_raised(struct cpt_values *values, uint64_t tstate, struct cpt_thread_exception *found, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = values->decode->at;
    struct cpt_error why;
    uint64_t value;

    if (CPT_HAS(at->tstate.curexc_value))
        return take_triple(values, tstate, found, error);
    if (!CPT_HAS(at->tstate.current_exception))
        return CPT_OK;
    if (cpt_memory_read_u64(values->decode->memory, tstate + (uint64_t)at->tstate.current_exception, &value, &why)) {
        tell(values, tstate, &why);
        return CPT_OK;
    }
    if (!value)
        return CPT_OK;
    found->state = CPT_EXCEPTION_RAISING;
    return cpt_exception_read(values, value, 0, &found->exception, error);
}

/* The innermost item of the chain that has one (_PyErr_GetTopmostException): each generator that runs has an item of its
   own in front of those of its callers. */
static cpt_status
find_handled(struct cpt_values *values, uint64_t tstate, uint64_t *value, struct cpt_error *why)
{
    const struct cpt_layout_fields *at = values->decode->at;
    size_t size = cpt_struct_cover((size_t)at->errstack.previous_item + 8, at->errstack.exc_value, 8);
    uint64_t item;
    cpt_status status =
        cpt_memory_read_u64(values->decode->memory, tstate + (uint64_t)at->tstate.exc_info, &item, why);

    *value = 0;
    while (!status && item) {
        struct cpt_struct s;

        if (values->steps++ >= CPT_MAX_VALUE_STEPS)
            return cpt_error_set(why, CPT_LIMIT, "too many exceptions are handled at once");
        status = cpt_struct_read(values->decode, &s, item, size, why);
        if (status)
            return status;
        *value = cpt_struct_u64(&s, at->errstack.exc_value);
        if (*value && !cpt_is_none(values, *value))
            return CPT_OK;
        *value = 0;
        item = cpt_struct_u64(&s, at->errstack.previous_item);
    }
    return status;
}

static cpt_status
take_handled(struct cpt_values *values, uint64_t tstate, struct cpt_thread_exception *found, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = values->decode->at;
    struct cpt_error why = {0};
    uint64_t value;

    if (!CPT_HAS(at->tstate.exc_info) || !CPT_HAS(at->errstack.exc_value) || !CPT_HAS(at->errstack.previous_item))
        return CPT_OK;
    if (find_handled(values, tstate, &value, &why)) {
        tell(values, tstate, &why);
        return CPT_OK;
    }
    if (!value)
        return CPT_OK;
    found->state = CPT_EXCEPTION_HANDLING;
    return cpt_exception_read(values, value, 0, &found->exception, error);
}

cpt_status
cpt_exception_take(struct cpt_values *values, uint64_t tstate, uint64_t last, struct cpt_thread_exception *found,
                   struct cpt_error *error)
{
    cpt_status status;

    *found = (struct cpt_thread_exception){.state = CPT_EXCEPTION_NONE};
    status = take_raised(values, tstate, found, error);
    if (!status && !found->state)
        status = take_handled(values, tstate, found, error);
    /* None is what code puts there to forget it. */
    if (!status && !found->state && is_exception(values, last, 0)) {
        found->state = CPT_EXCEPTION_LAST;
        status = cpt_exception_read(values, last, 0, &found->exception, error);
    }
    /* Of one whose type cannot be read a hole is all there is to say. */
    if (!found->exception || !found->exception->type.data)
        *found = (struct cpt_thread_exception){.state = CPT_EXCEPTION_NONE};
    return status;
}

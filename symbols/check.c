#include "symbols/check.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/limits.h"

#include <inttypes.h>

/* tp_flags bits that tell dict subclasses and types apart (Include/object.h; the same in all versions). */
#define FLAG_DICT (UINT64_C(1) << 29)
#define FLAG_TYPE (UINT64_C(1) << 31)

static cpt_status
does_not_fit(uint64_t address, const char *what, struct cpt_error *error)
{
    cpt_error_set(error, CPT_CORRUPT, "the runtime at 0x%" PRIx64 " %s", address, what);
    if (error)
        error->address = address;
    return CPT_CORRUPT;
}

cpt_status
cpt_check_not_initialized(struct cpt_error *error)
{
    cpt_error_set(error, CPT_ABSENT, "CPython is in this target but not initialized yet");
    return cpt_error_hint(error, "look at it after its Py_Initialize");
}

static cpt_status
read_pointer(struct cpt_memory *memory, uint64_t base, int32_t field, uint64_t *value,
             struct cpt_error *error)
{
    return cpt_memory_read_u64(memory, base + (uint64_t)field, value, error);
}

/* type(type) is type: follows ob_type twice from OBJECT, a dict. */
static cpt_status
check_dict(struct cpt_memory *memory, const struct cpt_layout_fields *at, uint64_t object,
           struct cpt_error *error)
{
    uint64_t type, metatype, again, flags;
    cpt_status status = read_pointer(memory, object, at->object.ob_type, &type, error);

    if (!status)
        status = read_pointer(memory, type, at->object.ob_type, &metatype, error);
    if (!status)
        status = read_pointer(memory, metatype, at->object.ob_type, &again, error);
    if (status)
        return status;
    if (metatype != again)
        return does_not_fit(object, "leads to a type whose type is not 'type'", error);
    status = read_pointer(memory, type, at->type.tp_flags, &flags, error);
    if (status)
        return status;
    if (!(flags & FLAG_DICT))
        return does_not_fit(object, "leads to a sys.__dict__ that is no dict", error);
    status = read_pointer(memory, metatype, at->type.tp_flags, &flags, error);
    if (!status && !(flags & FLAG_TYPE))
        return does_not_fit(object, "leads to a 'type' that is none", error);
    return status;
}

/* What Py_Initialize sets first, and Py_Finalize does not take back. */
static bool
is_set(struct cpt_memory *memory, uint64_t runtime, int32_t field, bool otherwise)
{
    struct cpt_error ignored;
    uint64_t value;

    if (!CPT_HAS(field) || read_pointer(memory, runtime, field, &value, &ignored))
        return otherwise;
    return value != 0;
}

static cpt_status
not_running(struct cpt_memory *memory, const struct cpt_layout_fields *at, uint64_t runtime, struct cpt_error *error)
{
    if (is_set(memory, runtime, at->runtime.finalizing, false)) {
        cpt_error_set(error, CPT_ABSENT, "CPython has been finalized in this target: none of its objects are left");
        return cpt_error_hint(error, "look at it before its Py_Finalize");
    }
    if (!is_set(memory, runtime, at->runtime.main_thread, true))
        return cpt_check_not_initialized(error);
    cpt_error_set(error, CPT_ABSENT, "CPython is there but not running: it is just starting or has ended");
    return cpt_error_hint(error, "look at it after its Py_Initialize and before its Py_Finalize");
}

static cpt_status
check_interpreter(struct cpt_memory *memory, const struct cpt_layout_fields *at, uint64_t runtime, uint64_t interp,
                  bool is_main, struct cpt_error *error)
{
    uint64_t thread, back, sysdict;
    cpt_status status = read_pointer(memory, interp, at->interp.threads_head, &thread, error);

    /* An interpreter may be without any thread: an idle sub-interpreter of 3.13+. */
    if (!status && thread) {
        if (!cpt_pointer_is_plausible(thread))
            return does_not_fit(interp, "has an impossible list of threads", error);
        status = read_pointer(memory, thread, at->tstate.interp, &back, error);
        if (!status && back != interp)
            return does_not_fit(interp, "has threads of another interpreter", error);
    }
    if (!status)
        status = read_pointer(memory, interp, at->interp.sysdict, &sysdict, error);
    /* Without sys the interpreter is only starting, or nearly gone; the main one without anything is neither. */
    if (!status && !sysdict && !thread && is_main)
        return not_running(memory, at, runtime, error);
    if (status || !sysdict)
        return status;
    if (!cpt_pointer_is_plausible(sysdict))
        return does_not_fit(interp, "has an impossible sys.__dict__", error);
    return check_dict(memory, at, sysdict, error);
}

cpt_status
cpt_check_runtime(struct cpt_memory *memory, const struct cpt_layout *layout, uint64_t runtime,
                  struct cpt_error *error)
{
    const struct cpt_layout_fields *at = &layout->at;
    uint64_t interp, main_interp = 0;
    bool has_main = !CPT_HAS(at->runtime.interpreters_main);
    cpt_status status = read_pointer(memory, runtime, at->runtime.interpreters_head, &interp, error);

    if (!status && !has_main)
        status = read_pointer(memory, runtime, at->runtime.interpreters_main, &main_interp, error);
    if (status)
        return status;
    if (!interp)
        return not_running(memory, at, runtime, error);
    for (int steps = 0; interp; steps++) {
        if (!cpt_pointer_is_plausible(interp) || steps > CPT_MAX_INTERPRETERS)
            return does_not_fit(runtime, "has an impossible list of interpreters", error);
        status = check_interpreter(memory, at, runtime, interp, interp == main_interp, error);
        if (status)
            return status;
        has_main = has_main || interp == main_interp;
        status = read_pointer(memory, interp, at->interp.next, &interp, error);
        if (status)
            return status;
    }
    return has_main ? CPT_OK : does_not_fit(runtime, "lacks its main interpreter", error);
}

#include "coreanalyze/base/error.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

cpt_status
cpt_error_set(struct cpt_error *error, cpt_status status, const char *format, ...)
{
    va_list ap;

    if (!error)
        return status;
    error->status = status;
    error->address = 0;
    error->hint[0] = '\0';
    va_start(ap, format);
    vsnprintf(error->what, sizeof(error->what), format, ap);
    va_end(ap);
    return status;
}

cpt_status
cpt_error_hint(struct cpt_error *error, const char *format, ...)
{
    va_list ap;

    if (!error)
        return CPT_OK;
    va_start(ap, format);
    vsnprintf(error->hint, sizeof(error->hint), format, ap);
    va_end(ap);
    return error->status;
}

cpt_status
cpt_error_fault(struct cpt_error *error, uint64_t address)
{
    cpt_error_set(error, CPT_FAULT, "memory at 0x%" PRIx64 " cannot be read", address);
    if (error)
        error->address = address;
    return CPT_FAULT;
}

const char *
cpt_status_code(cpt_status status)
{
    switch (status) {
    case CPT_OK:
        return "ok";
    case CPT_NOMEM:
        return "out-of-memory";
    case CPT_FAULT:
        return "unreadable";
    case CPT_CORRUPT:
        return "corrupt";
    case CPT_LIMIT:
        return "limit";
    case CPT_ABSENT:
        return "absent";
    case CPT_PERMISSION:
        return "permission";
    case CPT_GONE:
        return "gone";
    case CPT_NOT_PYTHON:
        return "not-python";
    case CPT_UNSUPPORTED:
        return "unsupported";
    case CPT_IO:
        return "io";
    case CPT_CANCELLED:
        return "cancelled";
    }
    return "unknown";
}

/* Status values and error details. */
#ifndef CPT_BASE_ERROR_H
#define CPT_BASE_ERROR_H

#include <stddef.h>
#include <stdint.h>

#define CPT_MUST_USE __attribute__((warn_unused_result))
#define CPT_PRINTF(position, first) __attribute__((format(printf, position, first)))

typedef enum cpt_status {
    CPT_OK = 0,
    CPT_NOMEM,       /* the tool itself ran out of memory */
    CPT_FAULT,       /* an address of the target cannot be read */
    CPT_CORRUPT,     /* the target's data contradict themselves */
    CPT_LIMIT,       /* a budget of limits.h is used up */
    CPT_ABSENT,      /* what was looked for is not there */
    CPT_PERMISSION,  /* the system refuses access to the target */
    CPT_GONE,        /* the target process ended */
    CPT_NOT_PYTHON,  /* the target is no CPython process */
    CPT_UNSUPPORTED, /* a CPython (or file) this build cannot read */
    CPT_IO,          /* a file cannot be opened, read or written */
    CPT_CANCELLED,   /* the user does not want to wait any longer */
} cpt_status;

/* The detail of a failure. It belongs to the caller, and filling it allocates nothing. */
struct cpt_error {
    cpt_status status;
    uint64_t address; /* in the target; 0 where none applies */
    char what[320];   /* what went wrong, without a final full stop */
    char hint[320];   /* what to do next; "" where nothing better is known */
};

/* Fills ERROR (may be NULL) and returns STATUS, so that callers can write `return cpt_error_set(…)`. */
cpt_status cpt_error_set(struct cpt_error *error, cpt_status status, const char *format, ...)
    CPT_PRINTF(3, 4);

/* Adds to an error what the user can do about it; returns the error's status (CPT_OK for NULL). */
cpt_status cpt_error_hint(struct cpt_error *error, const char *format, ...) CPT_PRINTF(2, 3);

/* CPT_FAULT for the unreadable target ADDRESS. */
cpt_status cpt_error_fault(struct cpt_error *error, uint64_t address);

/* A short lower-case word for STATUS: the `code` of a JSON warning ("unreadable", "corrupt", …). */
const char *cpt_status_code(cpt_status status);

#endif

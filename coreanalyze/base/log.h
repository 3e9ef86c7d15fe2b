/* Messages about the work itself, for standard error. The library prints nothing: it hands them over. */
#ifndef CPT_BASE_LOG_H
#define CPT_BASE_LOG_H

#include "coreanalyze/base/error.h"

enum cpt_log_level {
    CPT_LOG_NOTICE = 1,  /* shown unless -q */
    CPT_LOG_VERBOSE = 2, /* shown with -v */
    CPT_LOG_DEBUG = 3,   /* shown with -vv */
};

struct cpt_log {
    int level; /* messages above it are not made */
    void (*write)(void *arg, const char *line);
    void *arg;
};

/* LOG may be NULL. LINE reaches the receiver without a newline. */
void cpt_log_printf(const struct cpt_log *log, enum cpt_log_level level, const char *format, ...)
    CPT_PRINTF(3, 4);

#endif

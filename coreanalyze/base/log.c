#include "coreanalyze/base/log.h"

#include <stdarg.h>
#include <stdio.h>

void
cpt_log_printf(const struct cpt_log *log, enum cpt_log_level level, const char *format, ...)
{
    char line[1024];
    va_list ap;

    if (!log || !log->write || (int)level > log->level)
        return;
    va_start(ap, format);
    vsnprintf(line, sizeof(line), format, ap);
    va_end(ap);
    log->write(log->arg, line);
}

#include "coreanalyze/base/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#define MILLISECOND UINT64_C(1000000)
#define FIRST_LINE (1000 * MILLISECOND)
#define BETWEEN_LINES (200 * MILLISECOND)

static uint64_t
now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

void
cpt_progress_begin(struct cpt_progress *progress, const char *format, ...)
{
    va_list ap;

    if (!progress || !progress->show)
        return;
    va_start(ap, format);
    vsnprintf(progress->what, sizeof(progress->what), format, ap);
    va_end(ap);
    progress->next = now_ns() + FIRST_LINE;
    progress->shown = false;
}

void
cpt_progress_update(struct cpt_progress *progress, uint64_t done, uint64_t total)
{
    char line[sizeof(progress->what) + 32];
    uint64_t now;

    if (!progress || !progress->show || (now = now_ns()) < progress->next)
        return;
    if (total)
        snprintf(line, sizeof(line), "%d%% %s",
                 done < total ? (int)((double)done / (double)total * 100) : 100, progress->what);
    else
        snprintf(line, sizeof(line), "%.1f MB %s", (double)done / 1e6, progress->what);
    progress->show(progress->arg, line);
    progress->shown = true;
    progress->next = now + BETWEEN_LINES;
}

bool
cpt_progress_ask(struct cpt_progress *progress)
{
    if (__atomic_load_n(&progress->is_cancelled, __ATOMIC_RELAXED))
        return true;
    if (!progress->cancelled(progress->arg))
        return false;
    __atomic_store_n(&progress->is_cancelled, true, __ATOMIC_RELAXED);
    return true;
}

cpt_status
cpt_progress_check(struct cpt_progress *progress, struct cpt_error *error)
{
    if (!cpt_progress_is_cancelled(progress))
        return CPT_OK;
    return cpt_error_set(error, CPT_CANCELLED, "interrupted");
}

void
cpt_progress_end(struct cpt_progress *progress)
{
    if (!progress || !progress->show || !progress->shown)
        return;
    progress->show(progress->arg, NULL);
    progress->shown = false;
}

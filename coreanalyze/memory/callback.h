/* A target that only a debugger can read, through a function of the debugger's, as a memory source.
 *
 * The debugger may be connected to another machine: a call can take a millisecond, whatever it reads. So reads go in
 * large pieces through a cache of pages, and before a walk over the heap all writable memory is copied at once.
 */
#ifndef CPT_MEMORY_CALLBACK_H
#define CPT_MEMORY_CALLBACK_H

#include "coreanalyze/base/progress.h"
#include "coreanalyze/base/text.h"
#include "coreanalyze/memory/memory.h"

struct cpt_callback;

struct cpt_callback_source {
    /* Copies up to SIZE bytes from ADDRESS and returns how many come before the first that cannot be read. */
    size_t (*read)(void *arg, uint64_t address, void *buffer, size_t size);
    void *arg;
    int32_t pid;
    const char *maps; /* in the form of /proc/PID/maps; lines without permissions count as readable and writable */
    const struct cpt_task *tasks; /* are copied */
    size_t task_count;
};

/* Errors: CPT_ABSENT (SOURCE has no mappings), CPT_NOMEM. *CALLBACK is the caller's, to close; SOURCE's function and ARG
   must outlive it. */
CPT_MUST_USE cpt_status cpt_callback_open(struct cpt_callback **callback, const struct cpt_callback_source *source,
                                          struct cpt_error *error);

/* NULL is fine. */
void cpt_callback_close(struct cpt_callback *callback);

/* The source; valid until close. Of kind CPT_MEMORY_PROCESS; without pieces until cpt_callback_copy. */
struct cpt_memory *cpt_callback_memory(struct cpt_callback *callback);

/* The executable's path as the target sees it, and its arguments, NUL-separated, *SIZE bytes, as they stand on the main
   thread's stack; "" where they are not found. Of CALLBACK. */
const char *cpt_callback_executable(struct cpt_callback *callback);
const char *cpt_callback_command_line(struct cpt_callback *callback, size_t *size);

/* Copies all private writable memory, so that the source has pieces and runs from now on. What cannot be read becomes a
   hole, but for guard pages. CPT_NOMEM, CPT_CANCELLED, CPT_LIMIT: more than the machine has left. Once more: nothing. */
CPT_MUST_USE cpt_status cpt_callback_copy(struct cpt_callback *callback, struct cpt_progress *progress,
                                          struct cpt_holes *holes, struct cpt_error *error);

#endif

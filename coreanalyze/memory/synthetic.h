/* A source over a test's own buffers. Every region ends at a page that cannot be touched, so
   that reading a view even one byte too far crashes the test. */
#ifndef CPT_MEMORY_SYNTHETIC_H
#define CPT_MEMORY_SYNTHETIC_H

#include "coreanalyze/memory/memory.h"

/* SIZE bytes at ADDRESS of the fake target, copied from BYTES (NULL: zeros). PATH and OFFSET are
   those of its mapping. Readable unless UNREADABLE: then it is a mapping without bytes. */
struct cpt_synthetic_region {
    uint64_t address;
    const void *bytes;
    size_t size;
    const char *path; /* must outlive the source; NULL: no file */
    uint64_t offset;
    bool writable, executable, unreadable;
};

/* A source over COUNT regions, in any order, not overlapping; each becomes a mapping. VIEWS:
   whether it offers views or has to be copied from, like a live process. Errors: CPT_NOMEM,
   CPT_CORRUPT (overlap, or size 0). */
CPT_MUST_USE cpt_status cpt_synthetic_open(struct cpt_memory **memory,
                                           const struct cpt_synthetic_region *regions, size_t count,
                                           bool views, struct cpt_error *error);
void cpt_synthetic_close(struct cpt_memory *memory);

/* The bytes at ADDRESS, to be damaged by a test: at least SIZE of them in one region, else NULL. */
void *cpt_synthetic_bytes(struct cpt_memory *memory, uint64_t address, size_t size);

/* Sets the process id and the tasks (not copied: they must outlive the source). */
void cpt_synthetic_set_tasks(struct cpt_memory *memory, int32_t pid, const struct cpt_task *tasks,
                             size_t count);

#endif

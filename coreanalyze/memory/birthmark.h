/* Whether two targets are one process: the kernel gives each program that it starts 16 random bytes (AT_RANDOM), which stay
 * where they are on the main thread's stack. A fork has the bytes of its parent, but another id.
 */
#ifndef CPT_MEMORY_BIRTHMARK_H
#define CPT_MEMORY_BIRTHMARK_H

#include "coreanalyze/memory/core.h"
#include "coreanalyze/memory/process.h"

struct cpt_birthmark {
    bool known;
    int32_t pid, ns_pid; /* as we see it, and as the target does: a core may have either */
    uint64_t address; /* of the bytes */
    uint8_t bytes[16];
};

/* One of the two is NULL. */
struct cpt_birthmark cpt_birthmark_read(struct cpt_process *process, struct cpt_core *core);

/* False also where one of them is not known. */
bool cpt_birthmark_same(const struct cpt_birthmark *a, const struct cpt_birthmark *b);

#endif

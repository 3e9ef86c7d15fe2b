#include "coreanalyze/memory/birthmark.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/memory/core_internal.h"
#include "coreanalyze/memory/process_internal.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* Of a live process, out of /proc/PID/auxv. */
static bool
find_in_process(const struct cpt_process *process, uint64_t *address)
{
    bool found = false;
    size_t size;
    char *auxv;

    if (cpt_proc_slurp(process->proc_fd, "auxv", &auxv, &size))
        return false;
    for (size_t at = 0; !found && size - at >= 16; at += 16) {
        found = cpt_load_u64(auxv + at) == AT_RANDOM;
        *address = cpt_load_u64(auxv + at + 8);
    }
    free(auxv);
    return found;
}

struct cpt_birthmark
cpt_birthmark_read(struct cpt_process *process, struct cpt_core *core)
{
    struct cpt_memory *memory = process ? cpt_process_memory(process) : cpt_core_memory(core);
    struct cpt_birthmark mark = {.pid = memory->pid, .ns_pid = memory->ns_pid};
    bool found = process ? find_in_process(process, &mark.address)
                         : cpt_core_notes_auxv(&core->notes, AT_RANDOM, &mark.address);

    mark.known = found && !cpt_memory_read(memory, mark.address, mark.bytes, sizeof(mark.bytes), NULL);
    return mark;
}

static bool
same_id(const struct cpt_birthmark *a, const struct cpt_birthmark *b)
{
    return a->pid == b->pid || a->pid == b->ns_pid || a->ns_pid == b->pid;
}

bool
cpt_birthmark_same(const struct cpt_birthmark *a, const struct cpt_birthmark *b)
{
    return a->known && b->known && same_id(a, b) && a->address == b->address &&
           memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* An executable or library made out of the target's memory, where its file is not to be had. */
#ifndef CPT_SYMBOLS_ELFMEMORY_H
#define CPT_SYMBOLS_ELFMEMORY_H

#include "coreanalyze/memory/memory.h"

struct cpt_elf_memory {
    uint8_t *bytes; /* as the file would be, without sections; the caller's to free */
    size_t size;
    uint64_t holes; /* bytes of its segments that could not be read: they are zeros */
};

/* Reads the segments that cannot be written, and the dynamic section, of the image whose ELF header is at BASE: what
   unwinding and dynamic symbols need. At most MOST bytes. CPT_ABSENT: there is no ELF header of x86-64; CPT_LIMIT,
   CPT_CORRUPT, CPT_FAULT, CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_elf_memory_read(struct cpt_elf_memory *image, struct cpt_memory *memory,
                                            uint64_t base, uint64_t most, struct cpt_error *error);

#endif

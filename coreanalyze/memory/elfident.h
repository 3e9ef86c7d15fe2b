/* What identifies an executable or library: its build-id and its ELF header. */
#ifndef CPT_MEMORY_ELFIDENT_H
#define CPT_MEMORY_ELFIDENT_H

#include "coreanalyze/memory/memory.h"

#define CPT_BUILD_ID_MAX 64

struct cpt_elf_ident {
    bool is_elf;          /* 64-bit little-endian ELF, executable or shared object */
    uint8_t header[64];   /* its Elf64_Ehdr */
    size_t build_id_size; /* 0: has none, or (from memory) it cannot be read */
    bool build_id_unread; /* it has notes that cannot be read, so that it may well have one */
    uint8_t build_id[CPT_BUILD_ID_MAX];
};

/* Of the ELF image whose first byte is at BASE of the target. is_elf is false where there is
   none. */
void cpt_elf_ident_memory(struct cpt_memory *memory, uint64_t base, struct cpt_elf_ident *ident);

/* Of a file's SIZE bytes. */
void cpt_elf_ident_bytes(const void *bytes, size_t size, struct cpt_elf_ident *ident);

/* Whether the two are the same build: equal build-ids; where neither has one, equal ELF headers.
   Where one could not be read the answer is no. */
bool cpt_elf_ident_equal(const struct cpt_elf_ident *a, const struct cpt_elf_ident *b);

/* Lower-case hex of the build-id into TEXT (at least 2 * CPT_BUILD_ID_MAX + 1 bytes); "" where
   it has none. */
void cpt_elf_ident_hex(const struct cpt_elf_ident *ident, char *text);

#endif

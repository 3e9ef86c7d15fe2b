/* An executable or library as it lies in the target's memory: its headers and dynamic symbols. */
#ifndef CPT_SYMBOLS_IMAGE_H
#define CPT_SYMBOLS_IMAGE_H

#include "coreanalyze/memory/memory.h"

struct cpt_image {
    struct cpt_memory *memory;
    uint64_t base;   /* address of its ELF header */
    uint64_t bias;   /* to add to an address of the file */
    uint64_t end;    /* end of its last segment */
    uint64_t dynamic; /* address of the dynamic section, or 0 */
    /* Addresses of the dynamic symbol tables, 0 where it has none. */
    uint64_t symtab, strtab, gnu_hash, sysv_hash;
    uint64_t strtab_size;
};

struct cpt_symbol {
    uint64_t address; /* in the target */
    uint64_t size;    /* st_size */
};

/* Reads the headers of the image whose ELF header is at BASE. CPT_ABSENT: there is no 64-bit ELF header;
   CPT_FAULT, CPT_CORRUPT: its headers cannot be read or make no sense. */
CPT_MUST_USE cpt_status cpt_image_open(struct cpt_image *image, struct cpt_memory *memory,
                                       uint64_t base, struct cpt_error *error);

/* Looks the defined dynamic symbol NAME up through the image's hash table. CPT_ABSENT: not there, or no tables. */
CPT_MUST_USE cpt_status cpt_image_symbol(const struct cpt_image *image, const char *name,
                                         struct cpt_symbol *symbol, struct cpt_error *error);

#endif

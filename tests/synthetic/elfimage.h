/* An executable or library in a fake target: headers, dynamic section, symbols and both kinds of
   hash table. */
#ifndef CPT_TESTS_ELFIMAGE_H
#define CPT_TESTS_ELFIMAGE_H

#include "coreanalyze/memory/synthetic.h"

#include <elf.h>

#define ELFIMAGE_SIZE 0x10000

/* Where its parts are, from its beginning. */
enum {
    ELFIMAGE_DYNAMIC = 0x200,
    ELFIMAGE_SYMTAB = 0x400,
    ELFIMAGE_STRTAB = 0x5000,
    ELFIMAGE_GNU_HASH = 0x9000,
    ELFIMAGE_SYSV_HASH = 0xb000,
    ELFIMAGE_DATA = 0xd000, /* free, to the end */
};

struct elfimage_symbol {
    const char *name;
    uint64_t value;
    uint16_t section; /* SHN_UNDEF: not defined here; SHN_ABS */
};

struct elfimage {
    uint64_t base;  /* where it is mapped */
    uint64_t vaddr; /* of its first segment: BASE for a program at a fixed address, mostly 0 else */
    bool relocated; /* the dynamic section holds addresses of the target, as glibc leaves it */
    bool gnu, sysv; /* hash tables it has */
    uint32_t buckets; /* of each; 0: 4 */
    const struct elfimage_symbol *symbols;
    size_t count; /* at most 500 */
    uint8_t bytes[ELFIMAGE_SIZE];
};

/* Fills BYTES. Symbol I, in the order of the tables, has st_size 8 * I. */
void elfimage_build(struct elfimage *image);

/* A source of its first SIZE bytes. */
struct cpt_memory *elfimage_open(const struct elfimage *image, size_t size);

#endif

/* What only an executable or library on disk tells: its full symbol table and its section headers. */
#ifndef CPT_SYMBOLS_ELFFILE_H
#define CPT_SYMBOLS_ELFFILE_H

#include "coreanalyze/base/error.h"

struct cpt_elf_place {
    uint64_t address; /* in the file's address space: add the load bias */
    uint64_t size;
};

/* The symbol NAME in the .symtab of the file at PATH; also one that link-time optimisation renamed to
   NAME.lto_priv.N. CPT_ABSENT: not there, or the file is stripped. CPT_IO: it cannot be read. */
CPT_MUST_USE cpt_status cpt_elf_file_symbol(const char *path, const char *name,
                                            struct cpt_elf_place *place, struct cpt_error *error);

/* The allocated section NAME of the file at PATH; likewise. */
CPT_MUST_USE cpt_status cpt_elf_file_section(const char *path, const char *name,
                                             struct cpt_elf_place *place, struct cpt_error *error);

#endif

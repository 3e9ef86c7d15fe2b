/* The file that holds an ELF file's debug information: itself, or a separate one. */
#ifndef CPT_SYMBOLS_LAYOUT_DEBUGFILE_H
#define CPT_SYMBOLS_LAYOUT_DEBUGFILE_H

#include "coreanalyze/base/error.h"

#include <libelf.h>
#include <stddef.h>
#include <stdint.h>

struct cpt_debug_file {
    Elf *elf;
    int fd;
};

/* Opens the ELF file at PATH if it has .debug_info itself, else the separate debug file that
   belongs to it: by build-id under /usr/lib/debug/.build-id, or by .gnu_debuglink beside it, in
   .debug/ or under /usr/lib/debug; these directories are looked up under SYSROOT first, if not
   NULL. A candidate must have the same build-id or, where one has none, the checksum of the link.
   Errors: CPT_ABSENT (no debug information), CPT_IO, CPT_UNSUPPORTED (not an ELF file). */
CPT_MUST_USE cpt_status cpt_debug_file_open(struct cpt_debug_file *file, const char *path,
                                            const char *sysroot, struct cpt_error *error);
void cpt_debug_file_close(struct cpt_debug_file *file);

/* What identifies a file without debug information. */
struct cpt_debug_query {
    const char *path;        /* its own, or NULL */
    const char *sysroot;     /* or NULL */
    const uint8_t *build_id; /* or NULL */
    size_t build_id_size;
    const char *link; /* .gnu_debuglink's file name, or NULL */
    uint32_t link_crc;
};

/* Opens the separate debug file alone, at the same places. CPT_ABSENT. */
CPT_MUST_USE cpt_status cpt_debug_file_find(struct cpt_debug_file *file,
                                            const struct cpt_debug_query *query,
                                            struct cpt_error *error);

#endif

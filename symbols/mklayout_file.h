/* What mklayout needs of an interpreter's file beside its DWARF, and another source of offsets. */
#ifndef CPT_SYMBOLS_MKLAYOUT_FILE_H
#define CPT_SYMBOLS_MKLAYOUT_FILE_H

#include "symbols/layout.h"

struct mklayout_file {
    struct cpt_python_version version; /* hex 0: the file does not tell */
    uint64_t runtime_size;             /* st_size of _PyRuntime; 0: not known */
    uint8_t offsets[1024];             /* the beginning of _PyRuntime: _Py_DebugOffsets (3.13+) */
    size_t offsets_size;
};

/* Reads it from the file at PATH. */
CPT_MUST_USE cpt_status mklayout_file_read(struct mklayout_file *file, const char *path,
                                           struct cpt_error *error);

/* "3.11.2", "3.15.0b1", "3.9.1+" up to END as PY_VERSION_HEX; 0 where TEXT is none. */
uint32_t mklayout_parse_version(const char *text, const char *end);

/* The fields of one build out of a file of tab-separated values. Its first line names the columns:
   struct, field, and builds; the others have the DWARF name of a structure, a member path (or
   SIZEOF), and for each build `offset/size`, `byte.bit:width/size` for a bit-field, the size for
   SIZEOF, `-` where there is none. */
CPT_MUST_USE cpt_status mklayout_tsv_read(struct cpt_layout_fields *fields, const char *path,
                                          const char *column, struct cpt_error *error);

#endif

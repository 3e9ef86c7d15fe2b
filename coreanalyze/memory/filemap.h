/* Files that the target had mapped: found again on this machine, and used only when they are the
   same build. */
#ifndef CPT_MEMORY_FILEMAP_H
#define CPT_MEMORY_FILEMAP_H

#include "coreanalyze/base/text.h"
#include "coreanalyze/memory/core.h"
#include "coreanalyze/memory/elfident.h"
#include "coreanalyze/memory/memory.h"

struct cpt_filemap;

enum cpt_file_match {
    CPT_FILE_UNKNOWN, /* not looked at, or nothing in the target to compare with */
    CPT_FILE_MATCHES,
    CPT_FILE_DIFFERS, /* there is a file, but of another build */
    CPT_FILE_MISSING, /* no file at any of the places */
};

/* One file of the target: all consecutive mappings of one path. */
struct cpt_file {
    const char *path;           /* as the target saw it */
    uint64_t base;              /* where its offset 0 is mapped; 0 where it is not */
    uint64_t end;               /* end of its last mapping */
    struct cpt_elf_ident ident; /* as found in the target's memory, by cpt_filemap_identify */
    enum cpt_file_match match;
    const char *found; /* path on this machine of the file compared, or NULL */
    const void *bytes; /* its content, mapped; NULL unless it matches */
    size_t size;
    bool resolved, identified;
    bool wanted; /* a read of its pages failed, or would have without it (cpt_filemap_serve) */
};

struct cpt_filemap_options {
    struct cpt_core *core;  /* the core whose missing pages the files are to fill, or NULL (live) */
    const char *exe;        /* --exe, or NULL */
    const char *executable; /* the path that EXE stands for, as the target saw it; may be NULL */
    const char *sysroot;    /* --sysroot, or NULL: of a live process /proc/PID/root */
    bool elsewhere;         /* a live process, but not of this machine: no /proc/PID here is its */
};

/* Groups MEMORY's mappings into files (by path and closeness: a path mapped twice gives two).
   Nothing is opened yet. MEMORY and OPTIONS' texts must outlive it. */
CPT_MUST_USE cpt_status cpt_filemap_open(struct cpt_filemap **filemap, struct cpt_memory *memory,
                                         const struct cpt_filemap_options *options,
                                         struct cpt_error *error);
void cpt_filemap_close(struct cpt_filemap *filemap);

/* The files, by base address. */
struct cpt_file *cpt_filemap_files(struct cpt_filemap *filemap, size_t *count);

/* Fills FILE's ident from the target's memory, without looking for a file. Works once; later
   calls return the same. */
const struct cpt_elf_ident *cpt_filemap_identify(struct cpt_filemap *filemap,
                                                 struct cpt_file *file);

/* Looks FILE up (at --exe, under --sysroot, at its recorded path), compares it with the target's
   memory and maps it when it is the same build. Works once; later calls return the same. A
   core's unreadable pages of it are from then on read from the file. */
enum cpt_file_match cpt_filemap_resolve(struct cpt_filemap *filemap, struct cpt_file *file);

/* From now on a read of a page that the core left out makes its file be looked up, once. To be called
   when FILEMAP does not move any more; the core must not be read after FILEMAP is closed. */
void cpt_filemap_serve(struct cpt_filemap *filemap);

/* Names FILE in HOLES (as a note) where it is another build, missing, or cannot be told. */
void cpt_filemap_note(const struct cpt_file *file, struct cpt_holes *holes);

/* Resolves all ELF files that the core left pages out of, so that reads of them can succeed, and
   those of another build or missing are named in HOLES (as notes: "file-differs", "file-
   missing", and "file-unknown" where the core has nothing to compare with). For a live process,
   which has all pages itself, there is nothing to do. */
void cpt_filemap_resolve_all(struct cpt_filemap *filemap, struct cpt_holes *holes);

#endif

/* Finding CPython in a target: its _PyRuntime, version and layout. */
#ifndef CPT_SYMBOLS_FIND_H
#define CPT_SYMBOLS_FIND_H

#include "coreanalyze/base/log.h"
#include "coreanalyze/memory/memory.h"
#include "symbols/layout.h"

/* The ways to find _PyRuntime, from the cheapest to the last resort. */
enum cpt_find_way {
    CPT_FIND_DYNSYM,  /* dynamic symbol, through the hash table */
    CPT_FIND_SYMTAB,  /* .symtab of the file */
    CPT_FIND_SECTION, /* section .PyRuntime of the file (3.10+) */
    CPT_FIND_COOKIE,  /* _Py_DebugOffsets' cookie in writable memory (3.13+) */
    CPT_FIND_SCAN,    /* the shape of the runtime's list of interpreters in writable memory (to 3.12) */
    CPT_FIND_WAYS,
};

/* "dynsym", "symtab", "section", "cookie", "scan". */
const char *cpt_find_way_name(enum cpt_find_way way);

/* One executable or library of the target. */
struct cpt_find_image {
    uint64_t base;    /* address of its ELF header */
    const char *path; /* as the target saw it */
};

/* What is searched, and how. */
struct cpt_find_query {
    struct cpt_memory *memory;
    const struct cpt_find_image *images;
    size_t image_count;
    size_t executable; /* index of the main executable; >= IMAGE_COUNT: not known */
    /* The file on this machine that IMAGE was mapped from, verified to be the same build, or NULL. For a core it
       also makes pages readable that the core left out. */
    const char *(*file)(void *arg, size_t image);
    void *arg;
    unsigned ways;                    /* bits 1 << enum cpt_find_way that may be used */
    enum cpt_layout_origin layout;    /* CPT_LAYOUT_AUTO, or the one origin to use */
    const char *sysroot;              /* for separate debug files; NULL: none */
    const struct cpt_log *log;
};

struct cpt_found {
    uint64_t runtime;       /* address of _PyRuntime */
    size_t image;           /* index of its image; image_count where it belongs to none */
    enum cpt_find_way way;
    struct cpt_layout layout;
};

/* Finds the live interpreter: each candidate is checked against the target before it is taken, so a second mapping
   of the interpreter's file is passed over. Errors: CPT_NOT_PYTHON; CPT_UNSUPPORTED (PyPy, Python 2, a version or build
   without a layout: said); CPT_ABSENT (CPython is not running yet, or no more); CPT_CORRUPT. */
CPT_MUST_USE cpt_status cpt_find_python(const struct cpt_find_query *query, struct cpt_found *found,
                                        struct cpt_error *error);

#endif

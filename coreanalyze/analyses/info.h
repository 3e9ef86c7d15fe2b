/* What the target is and what can be answered from it: the answer of `info`. */
#ifndef CPT_ANALYSES_INFO_H
#define CPT_ANALYSES_INFO_H

#include "coreanalyze/base/text.h"
#include "coreanalyze/memory/memory.h"
#include "symbols/layout.h"

#include <stdbool.h>

struct cpt_info_module {
    const char *path;     /* as the target saw it */
    const char *found;    /* the file on this machine it was compared with, or NULL */
    const char *build_id; /* hex, "" where it has none or it cannot be read */
    int match;            /* 1 same build, 0 another build, -1 not known (no file, nothing to compare) */
    bool python;          /* holds the interpreter */
};

struct cpt_info {
    struct cpt_arena arena;
    const char **arguments; /* the process's argument vector */
    size_t argument_count;
    size_t interpreters;
    size_t threads;        /* Python threads of all interpreters */
    size_t native_threads; /* threads of the process */
    const char *allocator; /* "pymalloc", "mimalloc", "malloc"; NULL: not known */
    struct cpt_info_module *modules;
    size_t module_count;
    const char *found_by;  /* how the interpreter was found: "dynsym", "symtab", "section", "cookie", "scan" */
    const char *table;     /* build that the layout table came from, or NULL */
    bool is_core;
    bool truncated;
    uint64_t missing_bytes;
    uint64_t left_out_bytes;
};

void cpt_info_free(struct cpt_info *info);

/* Counts the interpreters and threads of the runtime at RUNTIME and tells its allocator; the rest of INFO, which begins
   zeroed, is the caller's to fill in. */
CPT_MUST_USE cpt_status cpt_info_take(struct cpt_info *info, struct cpt_memory *memory,
                                      const struct cpt_layout *layout, uint64_t runtime,
                                      struct cpt_holes *holes, struct cpt_error *error);

#endif

/* Where all of the process's memory is: the answer of `memory`. */
#ifndef CPT_ANALYSES_LEDGER_H
#define CPT_ANALYSES_LEDGER_H

#include "coreanalyze/heap/heap.h"

/* In the order of the contract. They add up to the total exactly. */
enum cpt_ledger_category {
    CPT_LEDGER_OBJECTS,        /* blocks of objects, in pools and outside */
    CPT_LEDGER_OBJECT_BUFFERS, /* blocks that objects own */
    CPT_LEDGER_PYMALLOC_FREE,  /* of arenas: free blocks, free pools, what was never carved */
    CPT_LEDGER_PYMALLOC_OTHER, /* of arenas: heads of pools, dead and unexplained blocks, clippings */
    CPT_LEDGER_NATIVE_HEAP,    /* malloc's, without the objects and their buffers in it */
    CPT_LEDGER_STACKS,
    CPT_LEDGER_FILES,          /* executables, libraries with their .bss, other files */
    CPT_LEDGER_ANONYMOUS,      /* all else */
    CPT_LEDGER_CATEGORIES,
};

#define CPT_LEDGER_PINNED 8 /* objects shown of a sparse arena */
#define CPT_LEDGER_SPARSE 16 /* arenas shown */

struct cpt_ledger_arena {
    uint64_t address;
    uint64_t used_bytes;
    uint64_t objects;      /* that pin it */
    struct cpt_value pinned_by[CPT_LEDGER_PINNED];
    size_t pinned_count;
};

struct cpt_ledger {
    struct cpt_heap *heap; /* texts are its */
    uint64_t total;
    uint64_t categories[CPT_LEDGER_CATEGORIES];
    bool has_pymalloc;
    uint64_t arenas, arena_bytes, pools, free_pools, used_blocks, free_blocks, used_bytes;
    uint64_t object_blocks, buffer_blocks, dead_blocks, unexplained_blocks;
    const char *found_by;  /* how the arenas were found */
    struct cpt_ledger_arena *sparse; /* least used first */
    size_t sparse_count;
    uint64_t sparse_total; /* sparse arenas altogether */
};

/* "objects", "object-buffers" …: the contract's. */
const char *cpt_ledger_category_name(enum cpt_ledger_category category);

/* Adds up HEAP and the rest of its memory. HEAP stays the caller's and has to outlive LEDGER. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_ledger_take(struct cpt_ledger *ledger, struct cpt_heap *heap, struct cpt_error *error);

#endif

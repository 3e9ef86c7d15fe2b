/* The heap walked once: every block of pymalloc, and every object outside of it that objects or the collector's lists
 * lead to, classified and added up. Nothing is kept of a single object but a bit (region.h).
 */
#ifndef CPT_HEAP_HEAP_H
#define CPT_HEAP_HEAP_H

#include "coreanalyze/base/progress.h"
#include "coreanalyze/decode/value.h"
#include "coreanalyze/heap/obmalloc.h"

/* Objects' sizes (their own block and the buffers that they alone own) by bin: 16, 32, … 512 bytes, then 512 < … ≤ 1 KiB, ≤ 2 KiB
   and so on. */
#define CPT_SIZE_BINS (32 + 40)

struct cpt_heap_bin {
    uint64_t objects, bytes, size_of;
};

/* All objects of one type. */
struct cpt_heap_type {
    const struct cpt_type *type;
    uint64_t objects;
    uint64_t bytes;   /* allocator blocks of the objects and of the buffers that each owns alone */
    uint64_t buffer_bytes; /* of that in buffers */
    uint64_t size_of; /* what sys.getsizeof() adds up to */
    bool size_of_guessed; /* __sizeof__ of the type is code of the target or not known: as object.__sizeof__ */
};

/* Blocks of one size of pymalloc. */
struct cpt_heap_class {
    uint32_t size;
    uint64_t pools;
    uint64_t used, free;     /* blocks; FREE counts those too that were never handed out, as sys._debugmallocstats does */
    uint64_t objects, buffers, dead, unexplained; /* of USED */
};

/* What the objects of one region take there outside of pools: bytes that the source has, so that pages of large blocks that
   were never touched do not count. */
struct cpt_heap_native {
    uint64_t object_bytes, buffer_bytes;
    uint64_t objects, buffers;
};

struct cpt_heap_query {
    struct cpt_memory *memory; /* with pieces: a core or a snapshot */
    const struct cpt_layout *layout;
    uint64_t runtime;
    struct cpt_run image;      /* of the file that holds the interpreter; see cpt_obmalloc_open */
    struct cpt_holes *holes;
    struct cpt_progress *progress; /* or NULL */
    unsigned threads;          /* to work with; 0: as many as there are processors, up to 8 */
    unsigned ways;             /* for cpt_obmalloc_open; 0: all */
};

struct cpt_heap_walk; /* what the walk keeps for questions about single objects */

struct cpt_heap {
    struct cpt_arena arena;    /* of names and whatever else lives as long */
    struct cpt_decode decode;
    struct cpt_values values;  /* types and reprs; not for several threads */
    struct cpt_runtime runtime;
    uint32_t version;          /* PY_VERSION_HEX */
    struct cpt_progress *progress; /* the query's */
    struct cpt_interpreter *interpreters;
    size_t interpreter_count;
    struct cpt_regions regions;
    struct cpt_obmalloc obmalloc;
    struct cpt_heap_type *types; /* largest bytes first */
    size_t type_count;
    uint64_t objects, bytes, size_of;
    struct cpt_heap_bin bins[CPT_SIZE_BINS];
    struct cpt_heap_class classes[32]; /* by szidx */
    uint64_t object_bytes, buffer_bytes, dead_bytes; /* in pools */
    struct cpt_heap_native *native; /* for each region */
    uint64_t shared_buffers;   /* buffers with several owners: counted for the first */
    struct cpt_heap_walk *walk;
};

/* Walks the heap of QUERY. Damage becomes holes. CPT_NOMEM, CPT_CORRUPT (not even the runtime can be read), CPT_FAULT,
   CPT_CANCELLED.
   HEAP is to be closed in any case. */
CPT_MUST_USE cpt_status cpt_heap_walk(struct cpt_heap *heap, const struct cpt_heap_query *query, struct cpt_error *error);
void cpt_heap_close(struct cpt_heap *heap);

/* Calls EACH for the objects that begin within [START, END), by address, until it returns false. BLOCK is the block of
   the object, SIZE its bytes without what the object owns beside it. */
void cpt_heap_each(struct cpt_heap *heap, uint64_t start, uint64_t end,
                   bool (*each)(void *arg, uint64_t object, uint64_t block, uint64_t size), void *arg);

/* Above which size, in bytes, the objects of BIN are, and up to which. */
void cpt_size_bin_bounds(unsigned bin, uint64_t *above, uint64_t *to);

#endif

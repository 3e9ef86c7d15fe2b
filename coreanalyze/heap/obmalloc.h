/* pymalloc: its arenas, pools and blocks (Objects/obmalloc.c). */
#ifndef CPT_HEAP_OBMALLOC_H
#define CPT_HEAP_OBMALLOC_H

#include "coreanalyze/decode/runtime.h"
#include "coreanalyze/heap/region.h"

/* How the arenas were found. */
enum cpt_obmalloc_way {
    CPT_OBMALLOC_NONE,    /* there are none: another allocator is in use */
    CPT_OBMALLOC_STATE,   /* the interpreters' own tables (3.12 and later) */
    CPT_OBMALLOC_TABLE,   /* the table of arenas, by its shape in the interpreter's data (to 3.11) */
    CPT_OBMALLOC_POOLS,   /* no table: pools by their heads */
};

/* An arena in use. Objects/obmalloc.c: struct arena_object. */
struct cpt_arena_object {
    uint64_t address, end; /* [address, end): what was mapped for it; END is cut where memory is missing */
    uint64_t pool_address; /* pools are carved up to here */
    uint32_t nfreepools;   /* pools without a block in use, carved or not */
    uint32_t ntotalpools;
    uint32_t index;        /* in its table: what its pools have as arenaindex */
    size_t state;          /* number of the table (of the interpreter's obmalloc state) */
};

/* One pool with blocks in use, checked. */
struct cpt_pool {
    uint64_t address;     /* of its head */
    const uint8_t *bytes; /* of its head; POOL_SIZE of them */
    uint32_t size;        /* of a block, in bytes: (szidx + 1) * 16 */
    uint32_t carved;      /* blocks from the first on that were ever handed out */
    uint32_t capacity;    /* blocks that have room */
    uint32_t count;       /* in use, as its head says */
    uint32_t used;        /* in use, as counted: bits in USED_BLOCKS */
    bool damaged;         /* its head or free list is; what is in USED_BLOCKS may be more than was in use */
    uint64_t used_blocks[16]; /* a bit for each block: in use */
};

#define CPT_POOL_HEAD 48 /* sizeof(struct pool_header), POOL_OVERHEAD; the first block follows */
#define CPT_POOL_ALIGNMENT 16

struct cpt_obmalloc {
    struct cpt_regions *regions;
    const struct cpt_layout_fields *at;
    enum cpt_obmalloc_way way;
    unsigned pool_shift;   /* POOL_SIZE is 1 << that: 12 (to 3.9), 14 */
    uint64_t arena_size;   /* 256 KiB, 1 MiB, or 2 MiB */
    struct cpt_arena_object *arenas; /* by address */
    size_t arena_count;
    uint64_t hooks;        /* bytes that debug hooks put in front of each block: 16, or 0 */
    uint64_t pools, free_pools; /* of all arenas: with blocks in use; without */
    uint64_t damaged;      /* pools whose heads make no sense: left out */
};

/* Finds the arenas of all INTERPRETERS, enters their pools into REGIONS (cpt_region_pool), and looks for debug hooks.
   IMAGE: where the interpreter's own data are ([start, end) of the file that holds it; 0, 0: not known). WAYS: bits
   1 << enum cpt_obmalloc_way, so that tests can compare them. Damage goes to DECODE's holes. Without pymalloc OBMALLOC is empty,
   and that is no error. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_obmalloc_open(struct cpt_obmalloc *obmalloc, struct cpt_decode *decode,
                                          struct cpt_regions *regions, const struct cpt_interpreter *interpreters,
                                          size_t interpreter_count, struct cpt_run image, unsigned ways,
                                          struct cpt_error *error);
void cpt_obmalloc_close(struct cpt_obmalloc *obmalloc);

/* Reads the pool at ADDRESS, which lies in ARENA (an aligned address up to pool_address), and finds out which of its
   blocks are in use. False: none is. Thread-safe, allocates nothing. */
bool cpt_pool_read(const struct cpt_obmalloc *obmalloc, const struct cpt_arena_object *arena, uint64_t address,
                   struct cpt_pool *pool);

/* The first pool of ARENA: pools are aligned, arenas need not be. */
static inline uint64_t
cpt_arena_first_pool(const struct cpt_obmalloc *obmalloc, const struct cpt_arena_object *arena)
{
    uint64_t mask = (UINT64_C(1) << obmalloc->pool_shift) - 1;

    return (arena->address + mask) & ~mask;
}

/* "state", "table", "pools", "none". */
const char *cpt_obmalloc_way_name(enum cpt_obmalloc_way way);

#endif

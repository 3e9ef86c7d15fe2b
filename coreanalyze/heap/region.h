/* The target's writable memory in pieces, and what each piece is for.
 *
 * The heap is walked over views, so only memory that the source has in one piece (a core, a snapshot of a process) is
 * in here. Everything may be read by several threads at once; the bitmaps are changed atomically.
 */
#ifndef CPT_HEAP_REGION_H
#define CPT_HEAP_REGION_H

#include "coreanalyze/heap/stacks.h"

enum cpt_region_kind {
    CPT_REGION_ANONYMOUS, /* mmap without a file: arenas, large allocations, malloc's further heaps */
    CPT_REGION_BRK,       /* the program break: malloc's main heap */
    CPT_REGION_STACK,     /* a thread's C stack */
    CPT_REGION_IMAGE,     /* data of an executable or library, what it sets to zero (.bss) among them */
    CPT_REGION_FILE,      /* another file, mapped privately */
};

#define CPT_REGION_KINDS 5

/* Bits for each 16 bytes of a region: where an object of CPython begins, and where a block that an object owns. */
#define CPT_GRANULE_SHIFT 4

struct cpt_region {
    uint64_t start, end;  /* [start, end) is a multiple of 16 long; START is one too */
    const uint8_t *bytes; /* of START */
    enum cpt_region_kind kind;
    uint64_t *objects, *buffers; /* a bit for each granule; NULL of stacks and images */
    uint64_t *covered; /* granules outside of pools that are an object's, a buffer's or somebody else's; NULL but while a graph is
                          there, which it belongs to */
    /* For each POOL_SIZE bytes from START (cut down to POOL_SIZE) on: 0, or the pool's szidx + 1. NULL: no pools here. */
    uint8_t *pools;
};

struct cpt_regions {
    struct cpt_memory *memory;
    struct cpt_region *items; /* by address */
    size_t count, capacity;
    unsigned pool_shift;      /* of the pools that were entered; 0: none yet */
    /* Finds regions: two levels, by the bits 30 … 46 and 20 … 29 of an address; see cpt_region_find. */
    uint32_t **windows;
    struct cpt_run *images;   /* of executables and libraries, by address: all of each, .bss too */
    size_t image_count;
    struct cpt_stacks stacks; /* but the main thread's */
    struct cpt_run brk;       /* where no mapping is called "[heap]": what is taken for it; empty: none */
    uint64_t *bits;           /* of all bitmaps */
    size_t bits_size;         /* bytes */
    uint64_t walked;          /* bytes; atomic */
    bool mimalloc;            /* objects come from mimalloc (3.13+), which has no heads of blocks, in anonymous memory */
    uint64_t forget_every;    /* bytes walked */
};

/* Lists MEMORY's writable private mappings, cut where an image, a stack or another kind begins. MEMORY's source has
   pieces. CPT_NOMEM, CPT_ABSENT: the source has none. */
CPT_MUST_USE cpt_status cpt_regions_open(struct cpt_regions *regions, struct cpt_memory *memory, struct cpt_error *error);
/* The same of a process whose threads' registers are not known; IDENTS: their thread pointers, as cpt_stacks_idents. */
CPT_MUST_USE cpt_status cpt_regions_open_running(struct cpt_regions *regions, struct cpt_memory *memory,
                                                 const uint64_t *idents, size_t ident_count, struct cpt_error *error);
void cpt_regions_close(struct cpt_regions *regions);

/* BYTES more have been gone through: now and then what lies in our memory of a core is let go of. Its pages stay in the kernel's
   cache, but a walk over all of a large core does not take as much memory as that. Thread-safe. */
void cpt_regions_walked(struct cpt_regions *regions, uint64_t bytes);

/* The one with several regions in its window, or none. */
struct cpt_region *cpt_region_search(const struct cpt_regions *regions, uint64_t address, uint32_t entry);

/* The region that holds ADDRESS, or NULL; a few nanoseconds. */
static inline struct cpt_region *
cpt_region_find(const struct cpt_regions *regions, uint64_t address)
{
    const uint32_t *window;
    uint32_t entry;

    if (address >> 47)
        return NULL;
    window = regions->windows[address >> 30];
    if (!window)
        return NULL;
    entry = window[address >> 20 & 1023];
    if (!entry)
        return NULL;
    if (entry & 1) /* the whole window is in one region: its number */
        return &regions->items[entry >> 1];
    return cpt_region_search(regions, address, entry);
}

/* The SIZE bytes at ADDRESS, or NULL. */
static inline const uint8_t *
cpt_region_bytes(const struct cpt_regions *regions, uint64_t address, uint64_t size)
{
    const struct cpt_region *region = cpt_region_find(regions, address);

    return region && size <= region->end - address ? region->bytes + (address - region->start) : NULL;
}

static inline size_t
cpt_region_granule(const struct cpt_region *region, uint64_t address)
{
    return (address - region->start) >> CPT_GRANULE_SHIFT;
}

/* Sets the bit of ADDRESS (a multiple of 16 within REGION) and tells whether it was set before. */
static inline bool
cpt_bits_set(uint64_t *bits, size_t granule)
{
    uint64_t bit = UINT64_C(1) << (granule & 63);

    return __atomic_fetch_or(&bits[granule >> 6], bit, __ATOMIC_RELAXED) & bit;
}

/* Sets the bits of all granules of [START, END), as far as they are in REGION. */
void cpt_bits_cover(uint64_t *bits, const struct cpt_region *region, uint64_t start, uint64_t end);

static inline bool
cpt_bits_get(const uint64_t *bits, size_t granule)
{
    return __atomic_load_n(&bits[granule >> 6], __ATOMIC_RELAXED) >> (granule & 63) & 1;
}

/* Makes room for the numbers of pools of POOL_SIZE 1 << SHIFT in REGION. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_region_add_pools(struct cpt_regions *regions, struct cpt_region *region, unsigned shift,
                                             struct cpt_error *error);

/* The szidx + 1 of the pool that holds ADDRESS; 0: none. */
static inline unsigned
cpt_region_pool(const struct cpt_regions *regions, const struct cpt_region *region, uint64_t address)
{
    if (!region->pools)
        return 0;
    return region->pools[(address >> regions->pool_shift) - (region->start >> regions->pool_shift)];
}

#endif

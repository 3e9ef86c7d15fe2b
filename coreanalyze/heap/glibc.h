/* What glibc's malloc took from the system, told by its own structures (malloc/malloc.c, malloc/arena.c), as a stripped
 * library has no symbols for them.
 */
#ifndef CPT_HEAP_GLIBC_H
#define CPT_HEAP_GLIBC_H

#include "coreanalyze/heap/obmalloc.h"

enum cpt_area_kind {
    CPT_AREA_HEAP,  /* a further heap, of an arena that threads got */
    CPT_AREA_CHUNK, /* one large allocation with a mapping of its own */
    CPT_AREA_STACK, /* of a thread that is not running: kept for the next one */
};

/* What the process has reserved for a heap begins at a multiple of that, and is as large (HEAP_MAX_SIZE): beyond what
   malloc uses of it there is no access to it. */
#define CPT_HEAP_RESERVE (UINT64_C(64) << 20)

/* Part of a region of kind CPT_REGION_ANONYMOUS. */
struct cpt_area_run {
    uint64_t start, end; /* [start, end) */
    enum cpt_area_kind kind;
    uint64_t chunk;      /* of CPT_AREA_CHUNK: the size word minus 8; in front of it may be what memalign left */
};

struct cpt_area_runs {
    struct cpt_area_run *items; /* by address, not overlapping, none within pymalloc's arenas */
    size_t count, capacity;
};

/* Whether from ADDRESS on chunks of malloc follow one another, at least some, or up to the topmost one that ends at
   END. */
bool cpt_malloc_chunks(struct cpt_memory *memory, uint64_t address, uint64_t end);

/* The program break of a target whose mappings have no "[heap]" (a core): the first anonymous memory behind an image
   whose chunks are in order, or the first at all; else what follows the executable. IMAGES as in struct cpt_regions.
   False: there is none. */
bool cpt_brk_find(struct cpt_memory *memory, const struct cpt_run *images, size_t image_count, struct cpt_run *brk);

/* Lists what is malloc's, and stacks of ended threads, in the anonymous REGIONS. A page is looked at only where the
   source has it. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_areas_list(struct cpt_area_runs *areas, const struct cpt_regions *regions,
                                       const struct cpt_obmalloc *obmalloc, struct cpt_error *error);
void cpt_areas_free(struct cpt_area_runs *areas);

#endif

/* The arenas of glibc's malloc (struct malloc_state in malloc/malloc.c), told by their shape. */
#ifndef CPT_HEAP_MALLOC_STATE_H
#define CPT_HEAP_MALLOC_STATE_H

#include "coreanalyze/heap/glibc.h"

#define CPT_FAST_BINS 10

struct cpt_malloc_state {
    uint64_t address;
    uint64_t end;       /* of the structure: in a heap, chunks follow */
    uint64_t top;       /* the topmost chunk; 0: none yet */
    uint64_t fast_bins; /* where fastbinsY is; 0: there is none (2.43) */
    bool is_main;       /* the one that takes its memory from the program break */
    bool is_contiguous; /* all of it from there */
};

struct cpt_malloc_states {
    struct cpt_malloc_state *items; /* by address */
    size_t count, capacity;
};

/* Lists the arenas: main_arena in data of the C library, those that it leads to, and those of the heaps in AREAS.
   CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_malloc_states_find(struct cpt_malloc_states *states, const struct cpt_regions *regions,
                                               const struct cpt_area_runs *areas, struct cpt_error *error);
void cpt_malloc_states_free(struct cpt_malloc_states *states);

/* The one at ADDRESS, or NULL. */
const struct cpt_malloc_state *cpt_malloc_state_at(const struct cpt_malloc_states *states, uint64_t address);

#endif

/* Blocks that malloc keeps for itself although their chunks look used: in threads' caches (tcache) and in fast bins. */
#ifndef CPT_HEAP_FREE_LISTS_H
#define CPT_HEAP_FREE_LISTS_H

#include "coreanalyze/heap/chunks.h"
#include "coreanalyze/heap/malloc_state.h"

/* Sizes of chunks that can have a struct tcache_perthread_struct: from the oldest to the newest. */
#define CPT_TCACHE_LEAST 0x250
#define CPT_TCACHE_MOST 0x320

struct cpt_tcaches {
    uint64_t *items; /* blocks */
    size_t count, capacity;
};

/* Whether the block at BYTES, of a chunk of SIZE bytes (CPT_TCACHE_LEAST … CPT_TCACHE_MOST), can be a thread's cache
   with blocks in it. AVAILABLE bytes may be read. */
bool cpt_tcache_is_likely(const uint8_t *bytes, uint64_t size, uint64_t available);

/* Fills CHUNKS' `free` from those of TCACHES that are some, and from the fast bins of STATES. At most BUDGET entries of
   lists are visited. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_free_lists_take(struct cpt_chunks *chunks, const struct cpt_tcaches *tcaches,
                                            const struct cpt_malloc_states *states, uint64_t budget,
                                            struct cpt_error *error);

#endif

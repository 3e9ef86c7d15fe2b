/* The blocks of glibc's malloc, one by one, and which of them are free. */
#ifndef CPT_HEAP_CHUNKS_H
#define CPT_HEAP_CHUNKS_H

#include "coreanalyze/base/vec.h"
#include "coreanalyze/heap/glibc.h"

/* A part of memory that is nothing but chunks, one behind the other. */
struct cpt_chunk_run {
    uint64_t start, end; /* [start, end), START: of a chunk's size word minus 8 */
    bool last_used;      /* its last chunk is not free: nothing that follows could tell */
    bool is_cut;         /* nothing of malloc's follows the last chunk: it is the topmost one, or has its own mapping */
};

struct cpt_chunks {
    struct cpt_regions *regions;
    struct cpt_chunk_run *items; /* by address */
    size_t count, capacity;
    CPT_VEC(struct cpt_run) own; /* what malloc keeps of each of its arenas: it leads to free chunks, and to nothing else */
    CPT_VEC(uint64_t) free; /* by address: blocks that malloc keeps (tcache, fast bins), whose chunks look used */
};

/* Finds all runs of chunks in REGIONS: the program break, further heaps, large chunks with a mapping of their own; none
   where another malloc is used. CPT_NOMEM. CHUNKS is to be closed in any case. */
CPT_MUST_USE cpt_status cpt_chunks_open(struct cpt_chunks *chunks, struct cpt_regions *regions,
                                        const struct cpt_obmalloc *obmalloc, struct cpt_error *error);

/* Calls EACH for every chunk of the run INDEX by address. BLOCK: what malloc returned for it; SIZE: of the chunk from
   BLOCK on to the next chunk's block (so neighbours touch), or to the end of the run's memory; USED: it is not free.
   False: damage ended it before the run's end. */
bool cpt_chunks_each(const struct cpt_chunks *chunks, size_t index,
                     void (*each)(void *arg, uint64_t block, uint64_t size, bool used), void *arg);

void cpt_chunks_close(struct cpt_chunks *chunks);

#endif

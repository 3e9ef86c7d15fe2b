/* How the arenas of pymalloc are found: what obmalloc.c and its three ways have in common. */
#ifndef CPT_HEAP_OBMALLOC_SEARCH_H
#define CPT_HEAP_OBMALLOC_SEARCH_H

#include "coreanalyze/base/vec.h"
#include "coreanalyze/heap/pool.h"

/* One entry of a table of arenas. Objects/obmalloc.c: struct arena_object. */
struct cpt_arena_record {
    uint64_t address; /* 0: the entry is not used */
    uint64_t pool_address, freepools, nextarena;
    uint32_t nfreepools, ntotalpools;
};

struct cpt_arena_search {
    struct cpt_obmalloc *obmalloc;
    struct cpt_decode *decode;
    struct cpt_regions *regions;
    struct cpt_run image;
    unsigned shift; /* log2 of POOL_SIZE; 0: not known yet */
    CPT_VEC(struct cpt_arena_object) arenas;
    size_t states;  /* tables taken so far */
    uint64_t steps; /* entries of tables looked at so far */
    bool doubtful;  /* something was left out: pools may tell more */
};

/* The bytes of the head of the pool at ADDRESS, or NULL. */
static inline const uint8_t *
cpt_search_head(const struct cpt_arena_search *search, uint64_t address)
{
    return cpt_region_bytes(search->regions, address, CPT_POOL_HEAD);
}

/* The first pool of an arena at ADDRESS with pools of 1 << SHIFT bytes. */
static inline uint64_t
cpt_first_pool(uint64_t address, unsigned shift)
{
    return ((address - 1) >> shift << shift) + (UINT64_C(1) << shift);
}

/* --- obmalloc_table.c: tables of arenas --- */

/* Reads the entry at ADDRESS; false where it cannot be read. */
bool cpt_arena_record_read(const struct cpt_arena_search *search, uint64_t address, struct cpt_arena_record *record);

/* Whether RECORD, which is used, can be an arena's. */
bool cpt_arena_record_is_plausible(const struct cpt_arena_record *record);

/* How many entries the table at ADDRESS has, by their contents; 0: it is none. */
uint32_t cpt_arena_table_measure(struct cpt_arena_search *search, uint64_t address);

/* Takes the arenas of the COUNT entries at ADDRESS. What makes no sense becomes a hole. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_arena_table_take(struct cpt_arena_search *search, uint64_t address, uint32_t count,
                                             struct cpt_error *error);

/* Looks for `arenas` in the interpreter's data, and takes the table it leads to. To 3.11. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_arena_table_search(struct cpt_arena_search *search, struct cpt_error *error);

/* --- obmalloc_settle.c --- */

/* Checks the arenas from FROM on (by address) against their pools, keeps those that are arenas, and enters their pools into
   the regions. BY_POOLS: the scan made them of pools. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_arenas_settle(struct cpt_arena_search *search, size_t from, bool by_pools,
                                          struct cpt_error *error);

/* --- obmalloc_state.c --- */

/* Takes the tables of the INTERPRETERS' states. From 3.12 on. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_arena_states_take(struct cpt_arena_search *search,
                                              const struct cpt_interpreter *interpreters, size_t count,
                                              struct cpt_error *error);

/* --- obmalloc_scan.c --- */

/* Adds arenas that pools tell of by their heads, where none of SEARCH (by address) is. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_arena_scan(struct cpt_arena_search *search, struct cpt_error *error);

#endif

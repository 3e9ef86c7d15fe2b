/* A fake heap of pymalloc: a table of arenas where its version has it, arenas, pools with free lists in any order. */
#ifndef CPT_TESTS_POOLHEAP_H
#define CPT_TESTS_POOLHEAP_H

#include "coreanalyze/heap/obmalloc.h"
#include "coreanalyze/memory/synthetic.h"

#define POOLHEAP_ARENAS 3
#define POOLHEAP_POOLS (128 * POOLHEAP_ARENAS)
#define POOLHEAP_ENTRIES 16

struct poolheap_pool {
    uint64_t address;
    size_t arena;
    uint32_t size, carved, count; /* of blocks; COUNT 0: a free pool */
    uint32_t free_head, free_next; /* two blocks of its free list, as offsets in the pool; 0: it has not so many */
    uint64_t used[16];
};

struct poolheap_arena {
    uint64_t address, pool_address, entry; /* ENTRY: where the table has it */
    uint32_t pools, used;
    uint32_t index;
};

struct poolheap {
    struct cpt_layout layout;
    struct cpt_memory *memory;
    struct cpt_interpreter interpreter;
    struct cpt_run image;
    unsigned shift;
    uint64_t arena_size;
    uint64_t root;    /* the word that leads to the table */
    uint64_t count;   /* and the one that says how long it is; 0: none */
    uint64_t table;
    uint64_t free_pools;
    size_t pool_count, used_pools;
    struct poolheap_arena arenas[POOLHEAP_ARENAS];
    struct poolheap_pool pools[POOLHEAP_POOLS];
};

struct poolheap_options {
    uint64_t lead; /* how far the arenas begin in front of an aligned address */
    bool large;    /* arenas of twice the size, as with huge pages */
    bool hooks;    /* used blocks begin as debug hooks have it */
    uint64_t seed;
    uint64_t gap_start, gap_end; /* memory that is missing, from the first pool on; 0, 0: none */
};

/* Aborts when memory is out. LAYOUT: number of a built-in layout (layouts.h). */
void poolheap_build(struct poolheap *heap, size_t layout, const struct poolheap_options *options);
void poolheap_free(struct poolheap *heap);

/* A number that follows from *STATE, which changes. */
uint64_t poolheap_random(uint64_t *state);

#endif

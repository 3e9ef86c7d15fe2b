/* Which objects of a process are there at both of two moments.
 *
 * The two heaps are not in memory together: of the first one a list of addresses and types stays, some 3 bytes an
 * object.
 */
#ifndef CPT_ANALYSES_DIFF_SURVIVORS_H
#define CPT_ANALYSES_DIFF_SURVIVORS_H

#include "coreanalyze/analyses/diff.h"
#include "coreanalyze/base/buffer.h"
#include "coreanalyze/base/hash.h"

/* A type that objects were met of. */
struct cpt_population_type {
    uint64_t address;
    struct cpt_text name;
};

/* All objects of a heap. */
struct cpt_population {
    struct cpt_arena arena;
    struct cpt_population_type *types;
    size_t type_count;
    struct cpt_buffer objects; /* by address, each two numbers of 7 bits a byte: how far it is from the one before, in 8
                                  bytes, and its type's index */
    uint64_t count;
};

/* Lists the objects of HEAP, which need not outlive POPULATION. CPT_NOMEM. To be freed in any case. */
CPT_MUST_USE cpt_status cpt_population_take(struct cpt_population *population, struct cpt_heap *heap,
                                            struct cpt_error *error);
void cpt_population_free(struct cpt_population *population);

/* Compares BEFORE with the objects of HEAP, another moment of the same process: what survived and what is new, for each
   row of DIFF, and examples of what is new, spread over the heap, of at most ROWS rows that grew. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_diff_survivors_take(struct cpt_diff *diff, const struct cpt_population *before,
                                                struct cpt_heap *heap, size_t rows, struct cpt_error *error);

#endif

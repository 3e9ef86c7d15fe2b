/* Where the threads have their C stacks. Cores name none but the main thread's, and a stack can be one mapping with
 * other anonymous memory: its neighbours above always, those below too where the guard page is no mapping of its own
 * (glibc 2.42).
 */
#ifndef CPT_HEAP_STACKS_H
#define CPT_HEAP_STACKS_H

#include "coreanalyze/decode/runtime.h"

struct cpt_stacks {
    struct cpt_run *items; /* by address, not overlapping: guard pages are part of them */
    size_t count, capacity;
    uint64_t pointer_bits; /* the thread pointers' place in their pages, the same for all; UINT64_MAX: not known */
};

/* The whole stack of the thread whose struct pthread is at THREAD_POINTER, out of what the C library (glibc, musl)
   notes there. False: there is no such structure, or it tells of none, as the main thread's. */
bool cpt_stack_read(struct cpt_memory *memory, uint64_t thread_pointer, struct cpt_run *stack);

/* The thread pointers of the threads that INTERPRETERS know, which are their idents, into an array of DECODE's arena:
   for a process that runs on, whose registers nobody has read. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_stacks_idents(struct cpt_decode *decode, const struct cpt_interpreter *interpreters,
                                          size_t interpreter_count, uint64_t **idents, size_t *count,
                                          struct cpt_error *error);

/* Lists the stacks of MEMORY's threads, without the main one where a mapping is named "[stack]": by their thread
   pointers, by those in IDENTS, and by the struct pthread at the top of a mapping, which finds those of ended threads
   too that the C library keeps for the next ones. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_stacks_list(struct cpt_stacks *stacks, struct cpt_memory *memory, const uint64_t *idents,
                                        size_t ident_count, struct cpt_error *error);

/* The one that holds ADDRESS, else the first above it; NULL: there is none. */
const struct cpt_run *cpt_stacks_above(const struct cpt_stacks *stacks, uint64_t address);

void cpt_stacks_free(struct cpt_stacks *stacks);

#endif

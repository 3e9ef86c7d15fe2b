/* Mapped files that somebody may cut while they are read. The kernel answers a touch of a page that
   the file has no longer with SIGBUS, which would end the program; here such a page becomes one of
   zeros, and that is remembered.

   A handler for SIGBUS is installed as long as there are guarded mappings; what is not about one
   of them goes to the handler that was there before. For one thread. */
#ifndef CPT_MEMORY_GUARD_H
#define CPT_MEMORY_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpt_guard {
    struct cpt_guard *next;
    uintptr_t start, end;
    volatile bool hit; /* a page was gone */
};

/* GUARD stays where it is until cpt_guard_remove. */
void cpt_guard_add(struct cpt_guard *guard, const void *bytes, size_t size);

/* To be called before the mapping goes. Of a guard that was never added, nothing. */
void cpt_guard_remove(struct cpt_guard *guard);

#endif

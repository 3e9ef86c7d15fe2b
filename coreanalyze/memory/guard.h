/* Mapped files that somebody may cut while they are read. The kernel answers a touch of a page that
   the file has no longer with SIGBUS, which would end the program; here such a page becomes one of
   zeros, and that is remembered.

   A handler for SIGBUS is installed as long as there are guarded mappings; what is not about one
   of them goes to the handler that was there before.

   Any number of threads may read guarded mappings at once, and touch the same missing page: the
   handler runs on the thread that did, changes nothing but that page and HIT, and takes no lock.
   Such a thread must not block SIGBUS, which would end the program then. Guards are added and
   removed by one thread at a time, and a guard goes (as its mapping does) only when nobody reads
   its mapping any more; threads that read others may go on. */
#ifndef CPT_MEMORY_GUARD_H
#define CPT_MEMORY_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpt_guard {
    struct cpt_guard *next;
    uintptr_t start, end;
    bool hit; /* a page was gone: see cpt_guard_was_hit */
};

/* GUARD stays where it is until cpt_guard_remove. */
void cpt_guard_add(struct cpt_guard *guard, const void *bytes, size_t size);

/* To be called before the mapping goes. Of a guard that was never added, nothing. */
void cpt_guard_remove(struct cpt_guard *guard);

/* Whether a page of GUARD's mapping was gone when it was touched, by whatever thread. */
bool cpt_guard_was_hit(const struct cpt_guard *guard);

#endif

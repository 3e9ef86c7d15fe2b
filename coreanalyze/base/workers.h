/* The same work done by several threads at once: each takes the next share of it until there is none. */
#ifndef CPT_BASE_WORKERS_H
#define CPT_BASE_WORKERS_H

#define CPT_MAX_WORKERS 64

/* The processors that this program may run on, at most MOST (and CPT_MAX_WORKERS), at least 1. */
unsigned cpt_workers_available(unsigned most);

/* Calls WORK(ARG) in COUNT threads at once, the calling one among them, and returns when all have. Where a thread
   cannot be had there are fewer: WORK has to share out by itself. Signals that are sent to the program reach none of
   the new threads; those that a thread causes itself (SIGBUS, SIGSEGV) do. */
void cpt_workers_run(unsigned count, void (*work)(void *arg), void *arg);

#endif

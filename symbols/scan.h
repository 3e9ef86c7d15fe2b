/* Finding _PyRuntime by what it looks like, where no symbol leads to it. */
#ifndef CPT_SYMBOLS_SCAN_H
#define CPT_SYMBOLS_SCAN_H

#include "symbols/layout.h"
#include "coreanalyze/memory/memory.h"

/* Called for each place found; false ends the search. */
typedef bool cpt_scan_visit(void *arg, uint64_t address);

/* Places of the cookie that _Py_DebugOffsets begin with (3.13+), 8-byte aligned. */
void cpt_scan_cookie(struct cpt_memory *memory, uint64_t start, uint64_t end, cpt_scan_visit *each,
                     void *arg);

/* Places that look like _PyRuntime.interpreters {mutex, head, main, next_id} of 3.8 to 3.12: EACH gets the address of
   `head`. */
void cpt_scan_interpreters(struct cpt_memory *memory, uint64_t start, uint64_t end,
                           cpt_scan_visit *each, void *arg);

#endif

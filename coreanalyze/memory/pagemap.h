/* Which pages of a process there are, as /proc/PID/pagemap tells: asking touches none of them. */
#ifndef CPT_MEMORY_PAGEMAP_H
#define CPT_MEMORY_PAGEMAP_H

#include "coreanalyze/memory/maps.h"

/* Flags of pages. One of the first two is always set. */
#define CPT_PAGES_PRESENT 1u
#define CPT_PAGES_SWAPPED 2u
/* Of the page cache: in a private mapping of a file, the process has not changed it. To ask for that makes the kernel
   look at each page, four times as long, so it is told only where cpt_pagemap_tells_files says so. */
#define CPT_PAGES_FILE 4u

/* Pages with the same flags that follow each other, across mappings too. */
struct cpt_pages {
    uint64_t start, end; /* [start, end), multiples of 4096 */
    unsigned flags;
};

struct cpt_pages_list {
    struct cpt_pages *items; /* by address, not overlapping */
    size_t count, capacity;
    uint64_t largest;  /* mappings with more bytes were left out */
    bool tells_guards; /* guard pages were told, and left out; else they may be among the swapped ones */
};

/* Makes LIST anew: all pages of private mappings (of other mappings too, perhaps) of the process with the directory
   /proc/PID. Pages of zeros that were only ever read, and guard pages, are none: they take no memory. Returns 0 or an
   errno: EACCES, EPERM or ENOENT where the kernel does not say which pages there are. */
CPT_MUST_USE int cpt_pagemap_read(struct cpt_pages_list *list, int directory,
                                  const struct cpt_mapping_list *mappings);

/* Whether MAPPING is private, writable, of a file, and too large to be copied where it was not changed. */
bool cpt_pagemap_tells_files(const struct cpt_mapping *mapping);

/* The two ways to ask: the ioctl of Linux 6.7, ENOTTY where it is not known, and the file itself. For tests. */
CPT_MUST_USE int cpt_pagemap_scan(struct cpt_pages_list *list, int fd, uint64_t start, uint64_t end, bool files);
CPT_MUST_USE int cpt_pagemap_entries(struct cpt_pages_list *list, int fd, uint64_t start, uint64_t end);

#endif

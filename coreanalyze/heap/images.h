/* Where executables and libraries are. */
#ifndef CPT_HEAP_IMAGES_H
#define CPT_HEAP_IMAGES_H

#include "coreanalyze/memory/memory.h"

/* Lists them by address: all of each, .bss too. *IMAGES, of *COUNT, is the caller's (free). CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_images_list(struct cpt_memory *memory, struct cpt_run **images, size_t *count,
                                        struct cpt_error *error);

#endif

/* What the files of the callback source share. */
#ifndef CPT_MEMORY_CALLBACK_INTERNAL_H
#define CPT_MEMORY_CALLBACK_INTERNAL_H

#include "coreanalyze/base/buffer.h"
#include "coreanalyze/base/vec.h"
#include "coreanalyze/memory/cache.h"
#include "coreanalyze/memory/callback.h"
#include "coreanalyze/memory/copyareas.h"
#include "coreanalyze/memory/maps.h"
#include "coreanalyze/memory/pieces.h"

#define CPT_CALLBACK_CHUNK (UINT64_C(1) << 20) /* bytes of one read */

struct cpt_callback {
    struct cpt_memory memory;
    struct cpt_callback_source source;
    struct cpt_mapping_list mappings;
    char *maps_text; /* the mappings' paths point into it */
    struct cpt_task *tasks;
    struct cpt_cache cache;
    struct cpt_buffer command_line;
    char executable[4096];
    bool knows_start;             /* the two before have been looked for */
    struct cpt_copy_areas areas;
    struct cpt_pieces copied;     /* settled */
    struct cpt_run_list runs;     /* what was copied */
    struct cpt_run_list bad;      /* what could not be */
    bool is_copied;
};

/* Asks ARG's (a cpt_callback's) source for SIZE bytes at ADDRESS; how many came: 0 once the work is cancelled. */
size_t cpt_callback_read_source(void *arg, uint64_t address, void *buffer, size_t size);

/* Frees what cpt_callback_copy has made. */
void cpt_callback_drop_copy(struct cpt_callback *callback);

#endif

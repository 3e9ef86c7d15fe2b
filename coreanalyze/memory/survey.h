/* What of a process is worth copying: its private memory, as it is mapped and there at one moment. */
#ifndef CPT_MEMORY_SURVEY_H
#define CPT_MEMORY_SURVEY_H

#include "coreanalyze/memory/pagemap.h"
#include "coreanalyze/memory/process.h"

#define CPT_SURVEY_PART (UINT64_C(2) << 20) /* a huge page, none of whose boundaries a part crosses */

struct cpt_run_list {
    struct cpt_run *items; /* by address, not overlapping */
    size_t count, capacity;
};

enum cpt_survey_use {
    CPT_USE_THROUGH,   /* what is not copied of it is read from the process: of files, shared, or constant */
    CPT_USE_ANONYMOUS, /* what is not copied of it is zeros */
    CPT_USE_UNKNOWN,   /* anonymous, but which pages there are cannot be told, and it is too large to be copied whole */
};

struct cpt_survey {
    char *text; /* the mappings' paths point into it */
    struct cpt_mapping_list mappings;
    uint8_t *uses; /* of each mapping: enum cpt_survey_use */
    struct cpt_run_list resident; /* pages of private mappings that are there */
    struct cpt_run_list parts;    /* to be copied; none crosses a multiple of CPT_SURVEY_PART */
    struct cpt_run_list pieces;   /* whose bytes a copy of the parts has, where all else is zeros; neighbours are one */
    uint64_t bytes;               /* of the parts */
    bool tells_pages;             /* else all that can be written to stands for what is there */
    bool tells_guards;            /* see cpt_pages_list */
};

/* Looks at PROCESS, which runs on unless it is held. Errors: as cpt_process_open. SURVEY is to be freed in any case,
   and may be used for another one before. */
CPT_MUST_USE cpt_status cpt_survey_make(struct cpt_survey *survey, struct cpt_process *process,
                                        struct cpt_error *error);
void cpt_survey_free(struct cpt_survey *survey);

#endif

/* Address space for a copy of a process's memory, in which what is neighbours there is neighbours here. */
#ifndef CPT_MEMORY_COPYAREAS_H
#define CPT_MEMORY_COPYAREAS_H

#include "coreanalyze/base/progress.h"
#include "coreanalyze/memory/survey.h"

/* Stands for [start, end) of the process. */
struct cpt_copy_area {
    uint64_t start, end; /* multiples of a huge page */
    uint8_t *bytes;      /* of START; as far from a huge page as that is */
    void *base;          /* what was mapped for it */
    size_t size;
};

struct cpt_copy_areas {
    struct cpt_copy_area *items;
    size_t count, capacity;
    size_t sorted; /* the first of them, by address; the others came late */
};

/* Reserves address space for PIECES, with some around for what the process maps meanwhile. False when there is none to
   be had. No memory is taken. */
bool cpt_copy_areas_reserve(struct cpt_copy_areas *areas, const struct cpt_run_list *pieces);

/* Where the bytes of the process's [START, END) go in one piece: in an area that is there, or in a new one; NULL when
   there is no address space to be had. Untouched bytes are zeros. */
uint8_t *cpt_copy_areas_place(struct cpt_copy_areas *areas, uint64_t start, uint64_t end);

/* Bytes of memory that cpt_copy_areas_fill takes: those of the parts, and what huge pages add. */
uint64_t cpt_copy_areas_need(const struct cpt_run_list *parts);

/* Takes the memory for PARTS, by several threads, so that copying into it will cause no page faults: huge pages where
   most of one is used. Best effort. Shows how far it is. */
void cpt_copy_areas_fill(const struct cpt_copy_areas *areas, const struct cpt_run_list *parts,
                         struct cpt_progress *progress);

void cpt_copy_areas_free(struct cpt_copy_areas *areas);

#endif

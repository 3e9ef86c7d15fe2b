/* A small whole heap: a runtime, the values of a gallery outside of pools, in pools, and in malloc's chunks. */
#ifndef CPT_TESTS_HEAPSCENE_H
#define CPT_TESTS_HEAPSCENE_H

#include "coreanalyze/analyses/census.h"
#include "coreanalyze/analyses/ledger.h"
#include "tests/synthetic/gallery.h"

struct heapscene {
    struct gallery gallery;
    uint64_t runtime, interpreter;
    uint64_t pools, chunks; /* what holds copies of the gallery's objects */
    size_t pool_count;
};

/* All of it, as the commands read it. */
struct heapscene_reading {
    struct cpt_heap heap;
    struct cpt_census census[3]; /* by each enum cpt_census_by */
    struct cpt_ledger ledger;
    struct cpt_holes holes;
    struct cpt_error error;
    cpt_status status;
};

/* These abort when memory is out. */
void heapscene_build(struct heapscene *scene, const struct cpt_layout *layout);
void heapscene_free(struct heapscene *scene);

/* Reads it from MEMORY, a source over SCENE, with so many threads; WAYS as for cpt_obmalloc_open. */
void heapscene_read(const struct heapscene *scene, struct cpt_memory *memory, const struct cpt_layout *layout,
                    unsigned threads, unsigned ways, struct heapscene_reading *reading);
void heapscene_reading_free(struct heapscene_reading *reading);

/* Whether what was read agrees with itself: sums are sums, and nothing is larger than MEMORY. */
bool heapscene_adds_up(const struct cpt_memory *memory, const struct heapscene_reading *reading);

#endif

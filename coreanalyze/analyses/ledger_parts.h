/* What belongs to what: all bytes that the source has, cut where arenas, malloc's areas, regions and mappings begin. */
#ifndef CPT_ANALYSES_LEDGER_PARTS_H
#define CPT_ANALYSES_LEDGER_PARTS_H

#include "coreanalyze/analyses/ledger.h"
#include "coreanalyze/heap/glibc.h"

/* Of one region, without what is pymalloc's. */
struct cpt_ledger_region {
    uint64_t malloc; /* bytes of it that are malloc's */
    uint64_t rest;   /* all others */
};

struct cpt_ledger_parts {
    uint64_t total;
    uint64_t arenas;                        /* pymalloc's */
    struct cpt_ledger_region *regions;      /* for each of the heap's regions */
    uint64_t others[CPT_LEDGER_CATEGORIES]; /* outside of the regions, and stacks within anonymous ones */
    uint64_t reserved;                      /* of those: malloc's, without access, and in a core nevertheless */
};

/* What a region's bytes are that are neither pymalloc's nor malloc's. */
enum cpt_ledger_category cpt_ledger_region_category(enum cpt_region_kind kind);

/* Adds up the runs of HEAP's memory. To be freed in any case. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_ledger_parts_take(struct cpt_ledger_parts *parts, const struct cpt_heap *heap,
                                              struct cpt_error *error);
void cpt_ledger_parts_free(struct cpt_ledger_parts *parts);

/* The sparse arenas of LEDGER's heap and what pins them. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_ledger_find_sparse(struct cpt_ledger *ledger, struct cpt_error *error);

#endif

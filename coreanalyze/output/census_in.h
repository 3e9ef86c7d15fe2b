/* A census that `census --json` wrote, read again. */
#ifndef CPT_OUTPUT_CENSUS_IN_H
#define CPT_OUTPUT_CENSUS_IN_H

#include "coreanalyze/analyses/diff.h"
#include "coreanalyze/output/output.h"

struct cpt_saved_census {
    struct cpt_diff_side side;     /* all texts are in its arena */
    struct cpt_envelope envelope;  /* of when it was taken; without holes */
    bool complete;                 /* as it says of itself */
    size_t row_count;              /* types that it lists, those of one name apart */
    uint64_t types_total;          /* more than that where --top cut it */
};

/* Reads the document of SIZE bytes at BYTES, which may be anything; NAME is for messages. CPT_UNSUPPORTED: it is
   something else, or of another schema, or has no types; CPT_CORRUPT, CPT_LIMIT, CPT_NOMEM. SAVED is to be freed in any
   case. */
CPT_MUST_USE cpt_status cpt_census_read(struct cpt_saved_census *saved, const char *bytes, size_t size,
                                        const char *name, struct cpt_error *error);
void cpt_saved_census_free(struct cpt_saved_census *saved);

#endif

/* Retainers, as `retained` and `leaks` show them. */
#ifndef CPT_OUTPUT_RETAINED_OUT_H
#define CPT_OUTPUT_RETAINED_OUT_H

#include "coreanalyze/analyses/retained.h"
#include "coreanalyze/output/json.h"

/* The member "retainers". */
void cpt_retainers_write_json(struct cpt_json *json, const struct cpt_retained *retained);

/* A table of them; WIDTH columns, 0: not limited. */
void cpt_retainers_write_text(struct cpt_buffer *out, const struct cpt_retained *retained, bool color, int width);

#endif

/* Values in results. */
#ifndef CPT_OUTPUT_VALUE_OUT_H
#define CPT_OUTPUT_VALUE_OUT_H

#include "coreanalyze/output/json.h"
#include "coreanalyze/output/text.h"

struct cpt_value;

/* A VALUE of the contract: {"type", "address", "repr"}, and "attributes" where VALUE has parts; null where not even its
   type can be read. */
void cpt_value_write_json(struct cpt_json *json, const struct cpt_value *value);

/* Its repr, and below it a line for each part, indented by INDENT blanks. */
void cpt_value_write_text(struct cpt_buffer *out, bool color, const struct cpt_value *value, unsigned indent);

#endif

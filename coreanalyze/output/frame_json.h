/* Python frames in results. */
#ifndef CPT_OUTPUT_FRAME_JSON_H
#define CPT_OUTPUT_FRAME_JSON_H

#include "coreanalyze/output/json.h"

struct cpt_frame;

/* One of the contract's "frames", with "locals" or without. */
void cpt_frame_write_json(struct cpt_json *json, const struct cpt_frame *frame, bool locals);

#endif

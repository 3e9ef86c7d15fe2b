/* Censuses that were saved in a file. */
#ifndef CPT_COMMANDS_SAVED_H
#define CPT_COMMANDS_SAVED_H

#include "coreanalyze/output/census_in.h"

/* Whether the file at PATH begins as a JSON document does: cores do not. False also where it cannot be read, or is no
   ordinary file: then something else will say why. */
bool cpt_saved_is(const char *path);

/* Reads it. What it lacks becomes a hole of HOLES. CPT_IO, CPT_LIMIT, and as cpt_census_read. SAVED is to be freed in
   any case. */
CPT_MUST_USE cpt_status cpt_saved_read(struct cpt_saved_census *saved, const char *path, struct cpt_holes *holes,
                                       struct cpt_error *error);

#endif

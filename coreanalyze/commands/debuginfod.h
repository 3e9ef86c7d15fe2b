/* Which servers give debug information. */
#ifndef CPT_COMMANDS_DEBUGINFOD_H
#define CPT_COMMANDS_DEBUGINFOD_H

#include "coreanalyze/base/error.h"

#include <stdbool.h>

/* The use of debuginfod servers for one result. */
struct cpt_debuginfod {
    bool was_set_here;
};

/* Makes sure that DEBUGINFOD_URLS names servers, which is where elfutils looks: those of the distribution
   (/etc/debuginfod/<anything>.urls, as a login shell would set it), if it is not set yet. CPT_ABSENT: there are none. */
CPT_MUST_USE cpt_status cpt_debuginfod_begin(struct cpt_debuginfod *use, struct cpt_error *error);

/* Leaves the environment as it was. */
void cpt_debuginfod_end(struct cpt_debuginfod *use);

#endif

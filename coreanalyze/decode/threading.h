/* Thread names as the threading module has them. */
#ifndef CPT_DECODE_THREADING_H
#define CPT_DECODE_THREADING_H

#include "coreanalyze/decode/decode.h"

/* The dict threading._active of the interpreter whose sys.modules is at MODULES, into *ACTIVE. It stays where it is for
   as long as the module lives, so it can be looked up while the target still runs. CPT_ABSENT: threading is not
   imported there, or the layout does not cover modules and dicts. */
CPT_MUST_USE cpt_status cpt_threading_find(struct cpt_decode *decode, uint64_t modules,
                                           uint64_t *active, struct cpt_error *error);

/* Calls EACH with the ident and the name of every Thread in the dict at ACTIVE. A Thread without a readable name is
   left out; a table that cannot be read to its end becomes a hole. */
void cpt_threading_names(struct cpt_decode *decode, uint64_t active,
                         void (*each)(void *arg, uint64_t ident, struct cpt_text name), void *arg);

#endif

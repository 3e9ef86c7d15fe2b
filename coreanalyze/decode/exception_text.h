/* What str() of an exception gives, without running code. */
#ifndef CPT_DECODE_EXCEPTION_TEXT_H
#define CPT_DECODE_EXCEPTION_TEXT_H

#include "coreanalyze/decode/value.h"

/* str() of the exception (or any object: of a str its characters, of most their repr()) at ADDRESS, in the arena, cut
   behind CPT_MAX_MESSAGE characters and ended with "…". DATA NULL: only code of the target could tell (a __str__ of its
   own), or it cannot be read. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_exception_message(struct cpt_values *values, uint64_t address, struct cpt_text *message,
                                              struct cpt_error *error);

#endif

/* The evaluation stack of a frame: what the bytecode has pushed. */
#ifndef CPT_DECODE_EVALSTACK_H
#define CPT_DECODE_EVALSTACK_H

#include "coreanalyze/decode/frame.h"
#include "coreanalyze/decode/variables.h"

/* The slots of FRAME behind its variables, in an array that the caller frees; 0 where there is no object. The first
   *LIVE of them are surely in use: those below the stack pointer where the frame has stored it (3.14+), else those
   that the innermost block or exception handler around the instruction keeps. Above them may be leftovers. Errors:
   CPT_ABSENT (not known where they are), CPT_FAULT, CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_evalstack_read(struct cpt_decode *decode, const struct cpt_frame *frame, uint64_t **slots,
                                           size_t *count, size_t *live, struct cpt_error *error);

/* The depth of the stack that the handler around byte LASTI of the bytecode is entered with, as the exception table of
   SIZE bytes (3.11+, Objects/exception_handling_notes.txt) says; 0 without a handler. */
size_t cpt_exceptiontable_depth(const uint8_t *table, size_t size, int64_t lasti);

#endif

/* The slots of a frame: its variables, then its evaluation stack. */
#ifndef CPT_DECODE_SLOTS_H
#define CPT_DECODE_SLOTS_H

#include "coreanalyze/decode/frame.h"

/* The address of slot 0 of FRAME; 0 where the layout does not tell. */
uint64_t cpt_frame_slots_address(const struct cpt_decode *decode, const struct cpt_frame *frame);

/* Copies the COUNT slots of FRAME from slot FIRST on into an array that the caller frees: addresses of objects without the
   tags of references (3.14+), 0 where a slot is not set. CPT_ABSENT: the layout does not tell where they are; CPT_FAULT;
   CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_frame_slots(struct cpt_decode *decode, const struct cpt_frame *frame, size_t first,
                                        size_t count, uint64_t **slots, struct cpt_error *error);

#endif

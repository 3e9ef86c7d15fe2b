/* The items of tuples and lists, and other pointers one after the other. */
#ifndef CPT_DECODE_SEQUENCE_H
#define CPT_DECODE_SEQUENCE_H

#include "coreanalyze/decode/decode.h"

#define CPT_SEQUENCE_BATCH 32

#define CPT_MAX_ITEMS (UINT64_C(1) << 40) /* of one list, tuple or deque: more do not fit into memory */

/* A walk over the items of one tuple or list. */
struct cpt_sequence {
    struct cpt_decode *decode;
    uint64_t items;   /* of item 0 */
    uint64_t count;   /* as the object says */
    uint64_t next;
    uint64_t batch_start, batch_count;
    uint64_t batch[CPT_SEQUENCE_BATCH];
};

/* Begins a walk over the tuple or list (or instance of a subclass) at ADDRESS. CPT_CORRUPT: it is none, or contradicts
   itself; CPT_FAULT. */
CPT_MUST_USE cpt_status cpt_sequence_open(struct cpt_sequence *sequence, struct cpt_decode *decode, uint64_t address,
                                          struct cpt_error *error);

/* Begins a walk over the COUNT pointers at ITEMS. */
void cpt_sequence_at(struct cpt_sequence *sequence, struct cpt_decode *decode, uint64_t items, uint64_t count);

/* The next item, which may be 0 where a slot is not set. CPT_ABSENT at the end (ERROR untouched). */
CPT_MUST_USE cpt_status cpt_sequence_next(struct cpt_sequence *sequence, uint64_t *item, struct cpt_error *error);

#endif

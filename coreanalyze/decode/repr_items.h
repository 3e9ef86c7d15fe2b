/* Items of containers, for the writers of reprs and for parts of values. */
#ifndef CPT_DECODE_REPR_ITEMS_H
#define CPT_DECODE_REPR_ITEMS_H

#include "coreanalyze/decode/dict.h"
#include "coreanalyze/decode/instance.h"
#include "coreanalyze/decode/repr_parts.h"
#include "coreanalyze/decode/str.h"

#include <inttypes.h>
#include <string.h>

#define CPT_ITEM_BATCH 32 /* entries of a set */

/* A walk over the items of a deque. */
struct cpt_deque_walk {
    struct cpt_repr *repr;
    uint64_t address;
    uint64_t block, index, left; /* the block of the next item, its place there, items to come */
    int64_t maxlen;              /* -1: none */
    struct cpt_sequence here;    /* what is left of that block */
};

CPT_MUST_USE cpt_status cpt_deque_open(struct cpt_deque_walk *walk, struct cpt_repr *repr,
                                       const struct cpt_object *object);
/* CPT_ABSENT behind the last. */
CPT_MUST_USE cpt_status cpt_deque_next(struct cpt_deque_walk *walk, uint64_t *item);

/* A walk over a dict in its own order, an OrderedDict along its chain, or a set. */
struct cpt_items_walk {
    struct cpt_repr *repr;
    uint64_t address;
    enum { CPT_ITEMS_DICT, CPT_ITEMS_CHAIN, CPT_ITEMS_SET } kind;
    struct cpt_dict_walk dict;
    uint64_t node;              /* of a chain: the next one */
    uint64_t table, slots, next, left; /* of a set: address and number of its slots, the next one, members to come */
    uint64_t batch_start, batch_count;
    uint8_t batch[CPT_ITEM_BATCH * 16];
};

/* Any dict or subclass (or frozendict), as repr() of dict goes through it. */
CPT_MUST_USE cpt_status cpt_items_open_dict(struct cpt_items_walk *walk, struct cpt_repr *repr, uint64_t address);
/* The same, but an OrderedDict along its chain, as iteration goes. */
CPT_MUST_USE cpt_status cpt_items_open(struct cpt_items_walk *walk, struct cpt_repr *repr, uint64_t address);
/* A set or frozenset. */
CPT_MUST_USE cpt_status cpt_items_open_set(struct cpt_items_walk *walk, struct cpt_repr *repr, uint64_t address);

/* The next item; *VALUE is 0 in sets. CPT_ABSENT behind the last, also once REPR is full. */
CPT_MUST_USE cpt_status cpt_items_next(struct cpt_items_walk *walk, uint64_t *key, uint64_t *value);

/* Whether the type is collections.OrderedDict, or inherits from it. */
bool cpt_type_is_odict(struct cpt_values *values, const struct cpt_type *type);

/* OPEN, the objects that SEQUENCE leads to, CLOSE; of a cycle through ADDRESS "[...]". */
CPT_MUST_USE cpt_status cpt_repr_bracketed(struct cpt_repr *repr, uint64_t address, struct cpt_sequence *sequence,
                                           const char *open, const char *close);

/* Two objects with BETWEEN between them. */
CPT_MUST_USE cpt_status cpt_repr_pair(struct cpt_repr *repr, uint64_t first, uint64_t second, const char *between);

/* {…}, as dict itself writes any dict. */
CPT_MUST_USE cpt_status cpt_repr_dict(struct cpt_repr *repr, uint64_t address);

#endif

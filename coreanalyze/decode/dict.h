/* dict objects and their tables. */
#ifndef CPT_DECODE_DICT_H
#define CPT_DECODE_DICT_H

#include "coreanalyze/decode/decode.h"

#define CPT_DICT_BATCH 32

/* A walk over the entries of one dict, in insertion order. */
struct cpt_dict_walk {
    struct cpt_decode *decode;
    uint64_t entries;     /* address of entry 0 */
    uint64_t count;       /* steps of the walk: entries, deleted ones among them */
    uint64_t values;      /* address of the values array of a split table, or 0 */
    unsigned entry_size;  /* 16 or 24 */
    unsigned key_at;      /* of the key in an entry; the value follows */
    bool ordered;         /* a split table of 3.11+: step I visits entry ORDER[I]; to 3.10 keys are in order anyway */
    uint8_t order[CPT_DICT_BATCH];
    uint64_t next;        /* the next step */
    uint64_t batch_start, batch_count;
    uint8_t batch[CPT_DICT_BATCH * 24];
    uint64_t batch_values[CPT_DICT_BATCH];
};

/* Begins a walk over the dict at ADDRESS. CPT_ABSENT: the layout does not say how key tables look. */
CPT_MUST_USE cpt_status cpt_dict_open(struct cpt_dict_walk *walk, struct cpt_decode *decode,
                                      uint64_t address, struct cpt_error *error);

/* The same for an object of any type that is laid out as a dict: frozendict (3.15+). */
CPT_MUST_USE cpt_status cpt_dict_open_alike(struct cpt_dict_walk *walk, struct cpt_decode *decode, uint64_t address,
                                            struct cpt_error *error);

/* A walk over the values at VALUES (PyDictValues, 3.11+) whose names are in the shared key table at KEYS. */
CPT_MUST_USE cpt_status cpt_dict_open_values(struct cpt_dict_walk *walk, struct cpt_decode *decode, uint64_t keys,
                                             uint64_t values, struct cpt_error *error);

/* The next entry: *KEY and *VALUE, both never 0. CPT_ABSENT at the end (ERROR untouched). */
CPT_MUST_USE cpt_status cpt_dict_next(struct cpt_dict_walk *walk, uint64_t *key, uint64_t *value,
                                      struct cpt_error *error);

/* How many entries of the table, deleted ones among them, were gone through so far. */
static inline uint64_t
cpt_dict_gone_through(const struct cpt_dict_walk *walk)
{
    return walk->next;
}

/* The next entry of WALK whose key is the str WORD (ASCII); CPT_ABSENT. */
CPT_MUST_USE cpt_status cpt_dict_seek(struct cpt_dict_walk *walk, const char *word, uint64_t *value,
                                      struct cpt_error *error);

/* The value of the str key WORD (ASCII) in the dict at ADDRESS; CPT_ABSENT where it has none. */
CPT_MUST_USE cpt_status cpt_dict_find(struct cpt_decode *decode, uint64_t address,
                                      const char *word, uint64_t *value, struct cpt_error *error);

#endif

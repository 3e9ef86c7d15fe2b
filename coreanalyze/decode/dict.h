/* dict objects and the attributes of instances: as much as finding names takes. */
#ifndef CPT_DECODE_DICT_H
#define CPT_DECODE_DICT_H

#include "coreanalyze/decode/decode.h"

#define CPT_DICT_BATCH 32

/* A walk over the entries of one dict, in insertion order (split tables: in the order of the shared keys). */
struct cpt_dict_walk {
    struct cpt_decode *decode;
    uint64_t entries;     /* address of entry 0 */
    uint64_t count;       /* entries, deleted ones among them */
    uint64_t values;      /* address of the values array of a split table, or 0 */
    unsigned entry_size;  /* 16 or 24 */
    unsigned key_at;      /* of the key in an entry; the value follows */
    uint64_t next;        /* index of the next entry */
    uint64_t batch_start, batch_count;
    uint8_t batch[CPT_DICT_BATCH * 24];
    uint64_t batch_values[CPT_DICT_BATCH];
};

/* Begins a walk over the dict at ADDRESS. CPT_ABSENT: the layout does not say how key tables look. */
CPT_MUST_USE cpt_status cpt_dict_open(struct cpt_dict_walk *walk, struct cpt_decode *decode,
                                      uint64_t address, struct cpt_error *error);

/* The next entry: *KEY and *VALUE, both never 0. CPT_ABSENT at the end (ERROR untouched). */
CPT_MUST_USE cpt_status cpt_dict_next(struct cpt_dict_walk *walk, uint64_t *key, uint64_t *value,
                                      struct cpt_error *error);

/* The value of the str key WORD (ASCII) in the dict at ADDRESS; CPT_ABSENT where it has none. */
CPT_MUST_USE cpt_status cpt_dict_find(struct cpt_decode *decode, uint64_t address,
                                      const char *word, uint64_t *value, struct cpt_error *error);

/* The attribute WORD that the instance at ADDRESS itself has (not its class): in its dict, its inline values (3.13+)
   or its separate values (3.11, 3.12). CPT_ABSENT where it has none. */
CPT_MUST_USE cpt_status cpt_instance_find(struct cpt_decode *decode, uint64_t address,
                                          const char *word, uint64_t *value,
                                          struct cpt_error *error);

#endif

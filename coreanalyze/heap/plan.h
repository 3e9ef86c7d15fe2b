/* Where instances of one type have references: worked out once, for edges.c. */
#ifndef CPT_HEAP_PLAN_H
#define CPT_HEAP_PLAN_H

#include "coreanalyze/heap/edges.h"

#define CPT_TEE_VALUES 40 /* where itertools._tee_dataobject's values begin */

/* What has references beside fields at fixed places. */
enum cpt_plan_kind {
    CPT_PLAN_FIELDS, /* nothing */
    CPT_PLAN_TUPLE,
    CPT_PLAN_LIST,
    CPT_PLAN_DICT,
    CPT_PLAN_ODICT,
    CPT_PLAN_SET,
    CPT_PLAN_DEQUE,
    CPT_PLAN_TYPE,
    CPT_PLAN_CODE,
    CPT_PLAN_FRAME,     /* a frame object, with its frame behind its fields or elsewhere */
    CPT_PLAN_GENERATOR, /* coroutines and asynchronous generators too */
    CPT_PLAN_MODULE,
    CPT_PLAN_CDATA,
    CPT_PLAN_ELEMENT,
    CPT_PLAN_NDARRAY,
    CPT_PLAN_LRU_CACHE, /* functools._lru_cache_wrapper, with its links */
    CPT_PLAN_TEE,       /* itertools._tee_dataobject */
    CPT_PLAN_ITEMS,     /* ob_size references behind tp_basicsize */
};

struct cpt_plan_field {
    const char *name;
    uint32_t offset;
    uint32_t flags; /* CPT_EDGE_…; without CPT_EDGE_EXACT: no reference that keeps anything alive */
    bool behind_items; /* OFFSET is as if the object, a tuple, had no items */
};

struct cpt_plan {
    enum cpt_plan_kind kind;
    const struct cpt_plan_field *fields; /* by offset */
    uint32_t count;
    uint32_t scan_start, scan_end; /* words of the object that are looked at beside the fields; END UINT32_MAX: to the end of its block */
    unsigned scan_flags;  /* CPT_EDGE_MAYBE: the collector may see what is found so */
    unsigned class_flags; /* of the reference to its type; 0: it has none */
    unsigned item_flags;  /* of references in what the kind stands for, and of attributes */
    uint32_t items_at;    /* CPT_PLAN_ITEMS */
    int32_t dict_from_end; /* of objects of variable size whose dict is behind their items: tp_dictoffset; 0: none */
    bool managed_dict, inline_values, apart_values;
    uint64_t hidden_items; /* of a struct sequence: items that are not in ob_size */
    uint64_t names, name_size, name_count; /* entries of the table that the instances share: where the first key is, and how far
                                              it is to the next */
};

/* Whether the collector leaves out the keys of the table: all are str. */
bool cpt_keys_are_unicode(const struct cpt_plans *plans, const struct cpt_keys *keys);

#endif

/* What instances of a type look like in memory: what is needed of a type for each of many million objects, worked out once.
 */
#ifndef CPT_HEAP_SHAPE_H
#define CPT_HEAP_SHAPE_H

#include "coreanalyze/decode/sizeof.h"
#include "coreanalyze/heap/region.h"

#include <pthread.h>

/* What an object owns beside its own block, and where it refers to others. */
enum cpt_shape_kind {
    CPT_SHAPE_PLAIN, /* nothing but its own words */
    CPT_SHAPE_LEAF,  /* nothing at all: numbers */
    CPT_SHAPE_INT,
    CPT_SHAPE_STR,
    CPT_SHAPE_BYTES,
    CPT_SHAPE_TUPLE,
    CPT_SHAPE_LIST,
    CPT_SHAPE_DICT,
    CPT_SHAPE_ODICT,
    CPT_SHAPE_SET,
    CPT_SHAPE_DEQUE,
    CPT_SHAPE_BYTEARRAY,
    CPT_SHAPE_ARRAY,
    CPT_SHAPE_TYPE,
    CPT_SHAPE_CODE,
    CPT_SHAPE_MODULE,
    CPT_SHAPE_DECIMAL,
    CPT_SHAPE_STRINGIO,
    CPT_SHAPE_BUFFERED,
    CPT_SHAPE_PACKER,
    CPT_SHAPE_CDATA,
    CPT_SHAPE_ELEMENT,
    CPT_SHAPE_NDARRAY,
    CPT_SHAPE_KINDS,
};

/* How sys.getsizeof() comes about. */
enum cpt_shape_sizing {
    CPT_SIZING_DEFAULT, /* object.__sizeof__ */
    CPT_SIZING_KIND,    /* that of the kind, which its owner function knows */
    CPT_SIZING_ASK,     /* another one: cpt_sizer_size */
    CPT_SIZING_GUESS,   /* not known: as object.__sizeof__ */
};

struct cpt_shape {
    uint64_t address;  /* of the type */
    struct cpt_type *type;
    const struct cpt_sizer *sizer;
    size_t index;      /* of this shape, from 0 */
    uint32_t prefix;   /* bytes in front of the object: collector's head, managed dict and weak references */
    uint32_t head;     /* of these the collector's head */
    uint32_t in_front; /* what sys.getsizeof() counts of them */
    uint32_t least;    /* bytes that the smallest object has */
    uint32_t basicsize, itemsize;
    enum cpt_shape_kind kind;
    enum cpt_shape_sizing sizing;
    uint64_t shared_values; /* attributes that there is room for in such a block */
    bool managed_dict;   /* a managed dict's word at -24 */
    bool apart_values;   /* 3.11 and 3.12: its values may lie in a block of their own */
    bool inline_values;  /* 3.13+: behind the object */
};

/* The shapes of one walk. Workers keep what they have asked for; asking takes a lock. */
struct cpt_shapes {
    struct cpt_values *values;
    const struct cpt_regions *regions;
    pthread_mutex_t lock;
    struct cpt_hash known;     /* type's address -> struct cpt_shape in the arena of VALUES' decode */
    struct cpt_shape **items;  /* by index */
    size_t count, capacity;
    struct cpt_shape nothing;  /* stands for what is no type */
    bool usable;               /* the layout tells what it has to */
};

void cpt_shapes_init(struct cpt_shapes *shapes, struct cpt_values *values, const struct cpt_regions *regions);
void cpt_shapes_free(struct cpt_shapes *shapes);

/* The shape of the type at ADDRESS; NULL: there is no type. Thread-safe, slow. */
const struct cpt_shape *cpt_shape_ask(struct cpt_shapes *shapes, uint64_t address);

/* sys.getsizeof() of OBJECT of SHAPE by its sizer; false where it cannot be told. Thread-safe, slow. */
bool cpt_shape_size_of(struct cpt_shapes *shapes, const struct cpt_shape *shape, uint64_t object, uint64_t *size);

#endif

/* What the rules of sizeof.c share: each is one __sizeof__ of CPython's. Included by sizeof*.c alone, hence the short
   names. */
#ifndef CPT_DECODE_SIZEOF_RULES_H
#define CPT_DECODE_SIZEOF_RULES_H

#include "coreanalyze/decode/sizeof.h"

#include <inttypes.h>

#define MAX_COUNT (UINT64_C(1) << 44) /* of items; more is damage */
#define MAX_COUNT_SIZE (UINT64_C(1) << 19) /* of one item: what an array of structures has */
#define POINTER 8

/* One size under way. The first failure stays; all later reads give 0. */
struct cpt_sizing {
    struct cpt_values *values;
    struct cpt_decode *decode;
    const struct cpt_layout_fields *at;
    const struct cpt_object *object;
    const struct cpt_sizer *sizer;
    struct cpt_error *error;
    cpt_status status;
};

struct cpt_sizer {
    const char *name; /* tp_name of the type */
    uint64_t (*size)(struct cpt_sizing *z); /* NULL: goes by the type, see cpt_sizer_of_scalar() */
    /* What a file that holds the type is called up to the first dot, where its name lacks the module and it may be no
       part of the interpreter's own file. */
    const char *library;
    unsigned item;    /* bytes of what it counts, where that goes by the type */
};

/* Each ends with an entry without name. */
extern const struct cpt_sizer cpt_sizers_builtin[], cpt_sizers_code[], cpt_sizers_library[], cpt_sizers_numpy[];

/* Of "numpy.generic": the one for scalars of TYPE; NULL where TYPE is none that is known. */
const struct cpt_sizer *cpt_sizer_of_scalar(struct cpt_values *values, const struct cpt_type *type);

/* object.__sizeof__ */
uint64_t cpt_size_default(struct cpt_sizing *z);

uint64_t cpt_size_dict(struct cpt_sizing *z);

/* The table of a dict at ADDRESS. */
uint64_t cpt_size_keys(struct cpt_sizing *z, uint64_t address);

/* sys.getsizeof() of the bytes object at ADDRESS. */
uint64_t cpt_size_bytes(struct cpt_sizing *z, uint64_t address);

/* The C string at ADDRESS with its end; 0 where ADDRESS is 0. */
uint64_t cpt_size_text(struct cpt_sizing *z, uint64_t address);

/* 0, with CPT_ABSENT as the failure: "WHAT is not known". */
uint64_t cpt_size_unknown(struct cpt_sizing *z, const char *what);

/* The word FIELD of the structure at ADDRESS. */
static inline uint64_t
word_of(struct cpt_sizing *z, uint64_t address, int32_t field)
{
    uint64_t word = 0;

    if (!z->status && !CPT_HAS(field))
        z->status = cpt_error_set(z->error, CPT_ABSENT, "the layout lacks a field");
    if (!z->status && !cpt_pointer_is_plausible(address))
        z->status = cpt_error_set(z->error, CPT_CORRUPT, "0x%" PRIx64 " is no pointer", address);
    if (!z->status)
        z->status = cpt_memory_read_u64(z->decode->memory, address + (uint64_t)field, &word, z->error);
    return z->status ? 0 : word;
}

static inline uint64_t
word(struct cpt_sizing *z, int32_t field)
{
    return word_of(z, z->object->address, field);
}

static inline uint32_t
int_of(struct cpt_sizing *z, uint64_t address, int32_t field)
{
    return (uint32_t)word_of(z, address, field);
}

/* COUNT items of SIZE bytes. */
static inline uint64_t
items(struct cpt_sizing *z, uint64_t count, uint64_t size)
{
    if (!z->status && (count > MAX_COUNT || size > MAX_COUNT_SIZE)) {
        z->status = cpt_error_set(z->error, CPT_CORRUPT, "%" PRIu64 " items are not plausible", count);
        if (z->error)
            z->error->address = z->object->address;
    }
    return z->status ? 0 : count * size;
}

/* The count of the tuple, or other object of variable size, at ADDRESS. */
static inline uint64_t
length_of(struct cpt_sizing *z, uint64_t address)
{
    return word_of(z, address, z->at->var.ob_size);
}

static inline uint64_t
structure(struct cpt_sizing *z, int32_t size)
{
    if (!z->status && !CPT_HAS(size))
        z->status = cpt_error_set(z->error, CPT_ABSENT, "the layout lacks a structure");
    return z->status ? 0 : (uint64_t)size;
}

#endif

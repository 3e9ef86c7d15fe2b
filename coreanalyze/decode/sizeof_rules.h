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
    struct cpt_error *error;
    cpt_status status;
};

struct cpt_sizer {
    const char *name; /* tp_name of the type */
    uint64_t (*size)(struct cpt_sizing *z);
};

/* Each ends with an entry without name. */
extern const struct cpt_sizer cpt_sizers_builtin[], cpt_sizers_code[], cpt_sizers_library[];

/* object.__sizeof__ */
uint64_t cpt_size_default(struct cpt_sizing *z);

uint64_t cpt_size_dict(struct cpt_sizing *z);

/* The table of a dict at ADDRESS. */
uint64_t cpt_size_keys(struct cpt_sizing *z, uint64_t address);

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

static inline uint64_t
structure(struct cpt_sizing *z, int32_t size)
{
    if (!z->status && !CPT_HAS(size))
        z->status = cpt_error_set(z->error, CPT_ABSENT, "the layout lacks a structure");
    return z->status ? 0 : (uint64_t)size;
}

#endif

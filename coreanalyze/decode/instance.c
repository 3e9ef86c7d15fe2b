#include "coreanalyze/decode/instance.h"

#include "coreanalyze/base/bytes.h"

/* In front of an instance with a managed dict stand, in builds with the GIL, the collector's header (16 bytes) and
   before it two words. */
#define DICT_WORD_BEFORE 24
#define OTHER_WORD_BEFORE 32

#define MAX_SIZE (UINT64_C(1) << 40) /* bytes of one object; more is damage */

static cpt_status
has_none(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_ABSENT, "the instance has no attributes");
}

/* Values that are stored apart from a dict, at VALUES, with their names in the type's shared keys. */
static cpt_status
open_values(struct cpt_dict_walk *walk, struct cpt_decode *decode, uint64_t type, uint64_t values,
            struct cpt_error *error)
{
    uint64_t keys;
    cpt_status status =
        cpt_memory_read_u64(decode->memory, type + (uint64_t)decode->at->heaptype.ht_cached_keys, &keys, error);

    if (status)
        return status;
    return keys ? cpt_dict_open_values(walk, decode, keys, values, error) : has_none(error);
}

/* 3.13+: PyDictValues at the end of the object, in use as long as its `valid` byte is set. */
static cpt_status
open_inline(struct cpt_dict_walk *walk, struct cpt_decode *decode, uint64_t address, uint64_t type, bool *in_use,
            struct cpt_error *error)
{
    uint64_t basicsize, values;
    uint8_t valid;
    cpt_status status =
        cpt_memory_read_u64(decode->memory, type + (uint64_t)decode->at->type.tp_basicsize, &basicsize, error);

    *in_use = false;
    if (status)
        return status;
    values = address + basicsize;
    status = cpt_memory_read(decode->memory, values + (uint64_t)decode->at->values.valid, &valid, 1, error);
    if (status || !valid)
        return status;
    *in_use = true;
    return open_values(walk, decode, type, values, error);
}

static cpt_status
open_managed(struct cpt_dict_walk *walk, struct cpt_decode *decode, uint64_t address, uint64_t type,
             struct cpt_error *error)
{
    uint64_t dict;
    cpt_status status = cpt_memory_read_u64(decode->memory, address - DICT_WORD_BEFORE, &dict, error);

    if (status)
        return status;
    /* 3.12 stores values there too, one less than their address so that the lowest bit is set. */
    if (dict & 1)
        return open_values(walk, decode, type, dict + 1, error);
    if (dict)
        return cpt_dict_open(walk, decode, dict, error);
    /* 3.11 alone has the values in the other word; 3.12, with its GIL in the interpreter, weak references. */
    if (CPT_HAS(decode->at->interp.ceval_gil))
        return has_none(error);
    status = cpt_memory_read_u64(decode->memory, address - OTHER_WORD_BEFORE, &dict, error);
    if (status)
        return status;
    return dict ? open_values(walk, decode, type, dict, error) : has_none(error);
}

/* A negative tp_dictoffset (to 3.11) counts from the end of objects of variable size: _PyObject_GetDictPtr. */
static cpt_status
count_from_end(struct cpt_decode *decode, uint64_t address, uint64_t type, int64_t *offset, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    uint64_t basicsize, itemsize, count, size;
    cpt_status status = cpt_memory_read_u64(decode->memory, type + (uint64_t)at->type.tp_basicsize, &basicsize, error);

    if (!status)
        status = cpt_memory_read_u64(decode->memory, type + (uint64_t)at->type.tp_itemsize, &itemsize, error);
    if (!status)
        status = cpt_memory_read_u64(decode->memory, address + (uint64_t)at->var.ob_size, &count, error);
    if (status)
        return status;
    /* An int's size is negative where the int is. */
    if ((int64_t)count < 0)
        count = -count;
    if (basicsize > MAX_SIZE || __builtin_mul_overflow(itemsize, count, &size) || size > MAX_SIZE)
        return cpt_error_set(error, CPT_CORRUPT, "the sizes of the object contradict its type");
    size = (basicsize + size + 7) & ~UINT64_C(7);
    *offset += (int64_t)size;
    return *offset > 0 && *offset + 8 <= (int64_t)size
               ? CPT_OK
               : cpt_error_set(error, CPT_CORRUPT, "the type's dict offset is not within its instances");
}

static cpt_status
open_at_offset(struct cpt_dict_walk *walk, struct cpt_decode *decode, uint64_t address, uint64_t type,
               struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    uint64_t field, dict;
    int64_t offset;
    cpt_status status = cpt_memory_read_u64(decode->memory, type + (uint64_t)at->type.tp_dictoffset, &field, error);

    if (status)
        return status;
    offset = (int64_t)field;
    if (offset < 0 && CPT_HAS(at->type.tp_itemsize)) {
        status = count_from_end(decode, address, type, &offset, error);
        if (status)
            return status;
    } else if (offset <= 0 || offset > 1 << 20) {
        return cpt_error_set(error, CPT_ABSENT, "the type gives its instances no dict");
    }
    status = cpt_memory_read_u64(decode->memory, address + (uint64_t)offset, &dict, error);
    if (status)
        return status;
    return dict ? cpt_dict_open(walk, decode, dict, error) : has_none(error);
}

cpt_status
cpt_instance_open(struct cpt_dict_walk *walk, struct cpt_decode *decode, uint64_t address, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    uint64_t type, flags;
    bool in_use;
    cpt_status status;

    if (!CPT_HAS(at->type.tp_basicsize) || !CPT_HAS(at->type.tp_dictoffset) || !CPT_HAS(at->heaptype.ht_cached_keys))
        return cpt_error_set(error, CPT_ABSENT, "the layout does not say where attributes are");
    status = cpt_object_flags(decode, address, &flags, error);
    if (!status)
        status = cpt_memory_read_u64(decode->memory, address + (uint64_t)at->object.ob_type, &type, error);
    if (status)
        return status;
    if (CPT_HAS(at->values.valid) && (flags & CPT_TYPE_INLINE_VALUES)) {
        status = open_inline(walk, decode, address, type, &in_use, error);
        if (status || in_use)
            return status;
    }
    if (CPT_HAS(at->values.values) && (flags & CPT_TYPE_MANAGED_DICT))
        return open_managed(walk, decode, address, type, error);
    return open_at_offset(walk, decode, address, type, error);
}

cpt_status
cpt_instance_find(struct cpt_decode *decode, uint64_t address, const char *word, uint64_t *value,
                  struct cpt_error *error)
{
    struct cpt_dict_walk walk;
    cpt_status status = cpt_instance_open(&walk, decode, address, error);

    return status ? status : cpt_dict_seek(&walk, word, value, error);
}

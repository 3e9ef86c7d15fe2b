#include "coreanalyze/decode/dict.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/str.h"

#include <inttypes.h>

/* DictKeysKind (3.11+): only the general kind stores a hash in its entries. */
#define KEYS_GENERAL 0

static cpt_status
keys_are_odd(uint64_t keys, struct cpt_error *error)
{
    cpt_error_set(error, CPT_CORRUPT, "the dict keys at 0x%" PRIx64 " contradict themselves", keys);
    if (error)
        error->address = keys;
    return CPT_CORRUPT;
}

/* To 3.10: dk_size says how wide an index is; every entry has hash, key and value. */
static cpt_status
set_sized_table(struct cpt_dict_walk *walk, const struct cpt_struct *keys, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = walk->decode->at;
    uint64_t size = cpt_struct_u64(keys, at->keys.dk_size), width;

    if (!size || (size & (size - 1)) || size > CPT_MAX_DICT_ENTRIES)
        return keys_are_odd(keys->address, error);
    width = size <= 0xff ? 1 : size <= 0xffff ? 2 : 4;
    walk->entries = keys->address + (uint64_t)at->keys.dk_indices + size * width;
    walk->entry_size = 24;
    walk->key_at = 8;
    return walk->count <= size ? CPT_OK : keys_are_odd(keys->address, error);
}

/* From 3.11: logarithms of both sizes, and entries without a hash where all keys are str. */
static cpt_status
set_log_table(struct cpt_dict_walk *walk, const struct cpt_struct *keys, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = walk->decode->at;
    unsigned log2_size = cpt_struct_u8(keys, at->keys.dk_log2_size);
    unsigned log2_index_bytes = cpt_struct_u8(keys, at->keys.dk_log2_index_bytes);
    bool general = cpt_struct_u8(keys, at->keys.dk_kind) == KEYS_GENERAL;

    if (log2_size > 28 || log2_index_bytes > 32)
        return keys_are_odd(keys->address, error);
    walk->entries = keys->address + (uint64_t)at->keys.dk_indices + (UINT64_C(1) << log2_index_bytes);
    walk->entry_size = general ? 24 : 16;
    walk->key_at = general ? 8 : 0;
    return walk->count <= UINT64_C(1) << log2_size ? CPT_OK : keys_are_odd(keys->address, error);
}

static cpt_status
open_table(struct cpt_dict_walk *walk, struct cpt_decode *decode, uint64_t keys_address,
           uint64_t values, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    struct cpt_struct keys;
    cpt_status status;

    if (!CPT_HAS(at->keys.dk_nentries) || !CPT_HAS(at->keys.dk_indices))
        return cpt_error_set(error, CPT_ABSENT, "the layout has no dict keys");
    status = cpt_struct_read(decode, &keys, keys_address, (size_t)at->keys.dk_indices, error);
    if (status)
        return status;
    walk->decode = decode;
    walk->count = cpt_struct_u64(&keys, at->keys.dk_nentries);
    walk->values = values;
    walk->next = walk->batch_start = walk->batch_count = 0;
    if (CPT_HAS(at->keys.dk_size))
        return set_sized_table(walk, &keys, error);
    return set_log_table(walk, &keys, error);
}

cpt_status
cpt_dict_open(struct cpt_dict_walk *walk, struct cpt_decode *decode, uint64_t address,
              struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    struct cpt_struct dict;
    uint64_t flags, values;
    cpt_status status = cpt_object_flags(decode, address, &flags, error);

    if (status)
        return status;
    if (!(flags & CPT_TYPE_DICT))
        return cpt_error_set(error, CPT_CORRUPT, "the object at 0x%" PRIx64 " is no dict", address);
    status = cpt_struct_read(decode, &dict, address, (size_t)at->dict.ma_values + 8, error);
    if (status)
        return status;
    values = cpt_struct_u64(&dict, at->dict.ma_values);
    if (values && CPT_HAS(at->values.values))
        values += (uint64_t)at->values.values;
    return open_table(walk, decode, cpt_struct_u64(&dict, at->dict.ma_keys), values, error);
}

static cpt_status
next_batch(struct cpt_dict_walk *walk, struct cpt_error *error)
{
    uint64_t left = walk->count - walk->next;
    cpt_status status;

    walk->batch_start = walk->next;
    walk->batch_count = left < CPT_DICT_BATCH ? left : CPT_DICT_BATCH;
    status = cpt_memory_read(walk->decode->memory,
                             walk->entries + walk->batch_start * walk->entry_size, walk->batch,
                             (size_t)walk->batch_count * walk->entry_size, error);
    if (status || !walk->values)
        return status;
    return cpt_memory_read(walk->decode->memory, walk->values + 8 * walk->batch_start,
                           walk->batch_values, (size_t)walk->batch_count * 8, error);
}

cpt_status
cpt_dict_next(struct cpt_dict_walk *walk, uint64_t *key, uint64_t *value, struct cpt_error *error)
{
    while (walk->next < walk->count) {
        const uint8_t *entry;
        cpt_status status;
        uint64_t i;

        if (walk->decode->dict_steps++ >= CPT_MAX_DICT_STEPS)
            return cpt_error_set(error, CPT_LIMIT, "more than %u dict entries in all",
                                 CPT_MAX_DICT_STEPS);
        if (walk->next >= walk->batch_start + walk->batch_count) {
            status = next_batch(walk, error);
            if (status)
                return status;
        }
        i = walk->next++ - walk->batch_start;
        entry = walk->batch + i * walk->entry_size + walk->key_at;
        *key = cpt_load_u64(entry);
        *value = walk->values ? walk->batch_values[i] : cpt_load_u64(entry + 8);
        if (*key && *value)
            return CPT_OK;
    }
    return CPT_ABSENT;
}

static cpt_status
find_word(struct cpt_dict_walk *walk, const char *word, uint64_t *value, struct cpt_error *error)
{
    uint64_t key;
    cpt_status status;

    while (!(status = cpt_dict_next(walk, &key, value, error))) {
        if (cpt_str_equals(walk->decode, key, word))
            return CPT_OK;
    }
    if (status == CPT_ABSENT)
        cpt_error_set(error, CPT_ABSENT, "there is no '%s'", word);
    return status;
}

cpt_status
cpt_dict_find(struct cpt_decode *decode, uint64_t address, const char *word, uint64_t *value,
              struct cpt_error *error)
{
    struct cpt_dict_walk walk;
    cpt_status status = cpt_dict_open(&walk, decode, address, error);

    return status ? status : find_word(&walk, word, value, error);
}

/* In front of an instance with a managed dict stand, in builds with the GIL, the collector's header (16 bytes) and
   before it two words. */
#define DICT_WORD_BEFORE 24
#define OTHER_WORD_BEFORE 32

/* Attribute values that are stored apart from a dict, at VALUES, with their names in the type's shared keys. */
static cpt_status
find_in_values(struct cpt_decode *decode, uint64_t type, uint64_t values, const char *word,
               uint64_t *value, struct cpt_error *error)
{
    struct cpt_dict_walk walk;
    uint64_t keys;
    cpt_status status = cpt_memory_read_u64(
        decode->memory, type + (uint64_t)decode->at->heaptype.ht_cached_keys, &keys, error);

    if (status)
        return status;
    if (!keys)
        return cpt_error_set(error, CPT_ABSENT, "the type has no shared keys");
    status = open_table(&walk, decode, keys, values + (uint64_t)decode->at->values.values, error);
    return status ? status : find_word(&walk, word, value, error);
}

/* 3.13+: PyDictValues at the end of the object, in use as long as its `valid` byte is set. */
static cpt_status
find_inline(struct cpt_decode *decode, uint64_t address, uint64_t type, const char *word,
            uint64_t *value, bool *in_use, struct cpt_error *error)
{
    uint64_t basicsize, values;
    uint8_t valid;
    cpt_status status;

    *in_use = false;
    status = cpt_memory_read_u64(decode->memory, type + (uint64_t)decode->at->type.tp_basicsize,
                                 &basicsize, error);
    if (status)
        return status;
    values = address + basicsize;
    status = cpt_memory_read(decode->memory, values + (uint64_t)decode->at->values.valid, &valid, 1,
                             error);
    if (status || !valid)
        return status;
    *in_use = true;
    return find_in_values(decode, type, values, word, value, error);
}

static cpt_status
find_managed(struct cpt_decode *decode, uint64_t address, uint64_t type, const char *word,
             uint64_t *value, struct cpt_error *error)
{
    uint64_t dict;
    cpt_status status =
        cpt_memory_read_u64(decode->memory, address - DICT_WORD_BEFORE, &dict, error);

    if (status)
        return status;
    /* 3.12 stores values there too, one less than their address so that the lowest bit is set. */
    if (dict & 1)
        return find_in_values(decode, type, dict + 1, word, value, error);
    if (dict)
        return cpt_dict_find(decode, dict, word, value, error);
    /* 3.11 alone has the values in the other word; 3.12, with its GIL in the interpreter, weak references. */
    if (CPT_HAS(decode->at->interp.ceval_gil))
        return cpt_error_set(error, CPT_ABSENT, "the instance has no attributes");
    status = cpt_memory_read_u64(decode->memory, address - OTHER_WORD_BEFORE, &dict, error);
    if (status)
        return status;
    if (!dict)
        return cpt_error_set(error, CPT_ABSENT, "the instance has no attributes");
    return find_in_values(decode, type, dict, word, value, error);
}

static cpt_status
find_at_offset(struct cpt_decode *decode, uint64_t address, uint64_t type, const char *word,
               uint64_t *value, struct cpt_error *error)
{
    uint64_t offset, dict;
    cpt_status status = cpt_memory_read_u64(
        decode->memory, type + (uint64_t)decode->at->type.tp_dictoffset, &offset, error);

    if (status)
        return status;
    /* A negative one counts from the end of objects of variable size, which no caller asks about. */
    if (!offset || offset > 1 << 20)
        return cpt_error_set(error, CPT_ABSENT, "the type gives its instances no dict");
    status = cpt_memory_read_u64(decode->memory, address + offset, &dict, error);
    if (status)
        return status;
    if (!dict)
        return cpt_error_set(error, CPT_ABSENT, "the instance has no attributes");
    return cpt_dict_find(decode, dict, word, value, error);
}

cpt_status
cpt_instance_find(struct cpt_decode *decode, uint64_t address, const char *word, uint64_t *value,
                  struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    uint64_t type, flags;
    bool in_use;
    cpt_status status;

    if (!CPT_HAS(at->type.tp_basicsize) || !CPT_HAS(at->type.tp_dictoffset) ||
        !CPT_HAS(at->heaptype.ht_cached_keys))
        return cpt_error_set(error, CPT_ABSENT, "the layout does not say where attributes are");
    status = cpt_object_flags(decode, address, &flags, error);
    if (!status)
        status = cpt_memory_read_u64(decode->memory, address + (uint64_t)at->object.ob_type, &type,
                                     error);
    if (status)
        return status;
    if (CPT_HAS(at->values.valid) && (flags & CPT_TYPE_INLINE_VALUES)) {
        status = find_inline(decode, address, type, word, value, &in_use, error);
        if (status || in_use)
            return status;
    }
    if (CPT_HAS(at->values.values) && (flags & CPT_TYPE_MANAGED_DICT))
        return find_managed(decode, address, type, word, value, error);
    return find_at_offset(decode, address, type, word, value, error);
}

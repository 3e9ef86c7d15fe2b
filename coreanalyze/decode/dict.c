#include "coreanalyze/decode/dict.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/str.h"

#include <inttypes.h>

/* DictKeysKind (3.11+): only the general kind stores a hash in its entries. */
#define KEYS_GENERAL 0

/* Every CPython keeps a third of the slots of a key table free (USABLE_FRACTION). */
#define USABLE(size) ((size) * 2 / 3)

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
    return walk->count <= USABLE(size) ? CPT_OK : keys_are_odd(keys->address, error);
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
    return walk->count <= USABLE(UINT64_C(1) << log2_size) ? CPT_OK : keys_are_odd(keys->address, error);
}

static cpt_status
open_table(struct cpt_dict_walk *walk, struct cpt_decode *decode, uint64_t keys_address, struct cpt_error *error)
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
    walk->values = walk->next = walk->batch_start = walk->batch_count = 0;
    walk->ordered = false;
    if (CPT_HAS(at->keys.dk_size))
        return set_sized_table(walk, &keys, error);
    return set_log_table(walk, &keys, error);
}

static cpt_status
values_are_odd(uint64_t values, struct cpt_error *error)
{
    cpt_error_set(error, CPT_CORRUPT, "the dict values at 0x%" PRIx64 " contradict themselves", values);
    if (error)
        error->address = values;
    return CPT_CORRUPT;
}

/* 3.11 and 3.12: in front of the values, from right to left, the size of this prefix, how many values there are, and
   the places of the values in the order that they were inserted. */
static cpt_status
read_order_before(struct cpt_dict_walk *walk, uint64_t values, uint64_t *count, struct cpt_error *error)
{
    uint8_t prefix[2 + CPT_DICT_BATCH];
    cpt_status status = cpt_memory_read(walk->decode->memory, values - 2, prefix, 2, error);

    if (status)
        return status;
    *count = prefix[0];
    if (*count > CPT_DICT_BATCH || *count + 2 > prefix[1])
        return values_are_odd(values, error);
    status = cpt_memory_read(walk->decode->memory, values - 2 - *count, prefix, (size_t)*count, error);
    for (uint64_t i = 0; !status && i < *count; i++)
        walk->order[i] = prefix[*count - 1 - i];
    return status;
}

/* From 3.13: the capacity and, in the byte after it, how many values there are; their places follow the values. */
static cpt_status
read_order_after(struct cpt_dict_walk *walk, uint64_t values, uint64_t *count, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = walk->decode->at;
    uint8_t sizes[2];
    cpt_status status =
        cpt_memory_read(walk->decode->memory, values + (uint64_t)at->values.capacity, sizes, sizeof(sizes), error);

    if (status)
        return status;
    *count = sizes[1];
    if (*count > CPT_DICT_BATCH || *count > sizes[0])
        return values_are_odd(values, error);
    return cpt_memory_read(walk->decode->memory, values + (uint64_t)at->values.values + 8 * (uint64_t)sizes[0],
                           walk->order, (size_t)*count, error);
}

static cpt_status
read_batch(struct cpt_dict_walk *walk, uint64_t start, uint64_t count, struct cpt_error *error)
{
    cpt_status status;

    walk->batch_start = start;
    walk->batch_count = count;
    status = cpt_memory_read(walk->decode->memory, walk->entries + start * walk->entry_size, walk->batch,
                             (size_t)count * walk->entry_size, error);
    if (status || !walk->values)
        return status;
    return cpt_memory_read(walk->decode->memory, walk->values + 8 * start, walk->batch_values, (size_t)count * 8,
                           error);
}

/* A split table of 3.11+ has at most 30 entries (SHARED_KEYS_MAX_SIZE): as many as one batch holds. */
static cpt_status
open_ordered(struct cpt_dict_walk *walk, uint64_t values, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = walk->decode->at;
    uint64_t count, covered = 0;
    cpt_status status;

    walk->ordered = true;
    walk->values = values + (uint64_t)at->values.values;
    status = CPT_HAS(at->values.capacity) ? read_order_after(walk, values, &count, error)
                                          : read_order_before(walk, values, &count, error);
    if (status)
        return status;
    for (uint64_t i = 0; i < count; i++) {
        if (walk->order[i] >= walk->count || walk->order[i] >= CPT_DICT_BATCH)
            return values_are_odd(values, error);
        if (walk->order[i] >= covered)
            covered = walk->order[i] + UINT64_C(1);
    }
    walk->count = count;
    return read_batch(walk, 0, covered, error);
}

cpt_status
cpt_dict_open_values(struct cpt_dict_walk *walk, struct cpt_decode *decode, uint64_t keys, uint64_t values,
                     struct cpt_error *error)
{
    cpt_status status = open_table(walk, decode, keys, error);

    if (status)
        return status;
    if (!CPT_HAS(decode->at->values.values)) {
        walk->values = values;
        return CPT_OK;
    }
    return open_ordered(walk, values, error);
}

cpt_status
cpt_dict_open_alike(struct cpt_dict_walk *walk, struct cpt_decode *decode, uint64_t address, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    struct cpt_struct dict;
    uint64_t keys, values;
    cpt_status status;

    if (!CPT_HAS(at->dict.ma_keys) || !CPT_HAS(at->dict.ma_values))
        return cpt_error_set(error, CPT_ABSENT, "the layout has no dicts");
    status = cpt_struct_read(decode, &dict, address, (size_t)at->dict.ma_values + 8, error);
    if (status)
        return status;
    keys = cpt_struct_u64(&dict, at->dict.ma_keys);
    values = cpt_struct_u64(&dict, at->dict.ma_values);
    return values ? cpt_dict_open_values(walk, decode, keys, values, error) : open_table(walk, decode, keys, error);
}

cpt_status
cpt_dict_open(struct cpt_dict_walk *walk, struct cpt_decode *decode, uint64_t address, struct cpt_error *error)
{
    uint64_t flags;
    cpt_status status = cpt_object_flags(decode, address, &flags, error);

    if (status)
        return status;
    if (!(flags & CPT_TYPE_DICT))
        return cpt_error_set(error, CPT_CORRUPT, "the object at 0x%" PRIx64 " is no dict", address);
    return cpt_dict_open_alike(walk, decode, address, error);
}

/* The entry of step INDEX, by its place in the batch that holds it. */
static cpt_status
find_entry(struct cpt_dict_walk *walk, uint64_t index, uint64_t *place, struct cpt_error *error)
{
    uint64_t left = walk->count - index;
    cpt_status status = CPT_OK;

    if (walk->ordered) {
        *place = walk->order[index];
        return CPT_OK;
    }
    if (index >= walk->batch_start + walk->batch_count)
        status = read_batch(walk, index, left < CPT_DICT_BATCH ? left : CPT_DICT_BATCH, error);
    *place = index - walk->batch_start;
    return status;
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
        status = find_entry(walk, walk->next, &i, error);
        if (status)
            return status;
        walk->next++;
        entry = walk->batch + i * walk->entry_size + walk->key_at;
        *key = cpt_load_u64(entry);
        *value = walk->values ? walk->batch_values[i] : cpt_load_u64(entry + 8);
        if (*key && *value)
            return CPT_OK;
    }
    return CPT_ABSENT;
}

cpt_status
cpt_dict_seek(struct cpt_dict_walk *walk, const char *word, uint64_t *value, struct cpt_error *error)
{
    uint64_t key = 0;
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

    return status ? status : cpt_dict_seek(&walk, word, value, error);
}

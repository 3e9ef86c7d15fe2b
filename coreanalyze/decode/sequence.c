#include "coreanalyze/decode/sequence.h"

#include "coreanalyze/decode/type.h"

#include <inttypes.h>

static cpt_status
is_odd(uint64_t address, const char *what, struct cpt_error *error)
{
    cpt_error_set(error, CPT_CORRUPT, "the object at 0x%" PRIx64 " %s", address, what);
    if (error)
        error->address = address;
    return CPT_CORRUPT;
}

static cpt_status
open_list(struct cpt_sequence *sequence, const struct cpt_struct *s, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = sequence->decode->at;

    sequence->items = cpt_struct_u64(s, at->list.ob_item);
    /* While list.sort() runs `allocated` is -1, and the list is empty. */
    if (sequence->count && (sequence->count > cpt_struct_u64(s, at->list.allocated) ||
                            !cpt_pointer_is_plausible(sequence->items)))
        return is_odd(s->address, "is a list that contradicts itself", error);
    return CPT_OK;
}

void
cpt_sequence_at(struct cpt_sequence *sequence, struct cpt_decode *decode, uint64_t items, uint64_t count)
{
    sequence->decode = decode;
    sequence->items = items;
    sequence->count = count;
    sequence->next = sequence->batch_start = sequence->batch_count = 0;
}

cpt_status
cpt_sequence_open(struct cpt_sequence *sequence, struct cpt_decode *decode, uint64_t address, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    struct cpt_struct s;
    uint64_t flags;
    bool is_list;
    cpt_status status = cpt_object_flags(decode, address, &flags, error);

    if (status)
        return status;
    is_list = flags & CPT_TYPE_LIST;
    if (!is_list && !(flags & CPT_TYPE_TUPLE))
        return is_odd(address, "is neither a tuple nor a list", error);
    if (!CPT_HAS(is_list ? at->list.allocated : at->tuple.ob_item))
        return cpt_error_set(error, CPT_ABSENT, "the layout lacks tuples and lists");
    status = cpt_struct_read(decode, &s, address, is_list ? (size_t)at->list.allocated + 8 : (size_t)at->tuple.ob_item,
                             error);
    if (status)
        return status;
    cpt_sequence_at(sequence, decode, address + (uint64_t)at->tuple.ob_item, cpt_struct_u64(&s, at->var.ob_size));
    if (sequence->count > CPT_MAX_ITEMS)
        return is_odd(address, "has a length that cannot be", error);
    return is_list ? open_list(sequence, &s, error) : CPT_OK;
}

cpt_status
cpt_sequence_next(struct cpt_sequence *sequence, uint64_t *item, struct cpt_error *error)
{
    if (sequence->next >= sequence->count)
        return CPT_ABSENT;
    if (sequence->next >= sequence->batch_start + sequence->batch_count) {
        uint64_t left = sequence->count - sequence->next;
        cpt_status status;

        sequence->batch_start = sequence->next;
        sequence->batch_count = left < CPT_SEQUENCE_BATCH ? left : CPT_SEQUENCE_BATCH;
        status = cpt_memory_read(sequence->decode->memory, sequence->items + 8 * sequence->next, sequence->batch,
                                 8 * (size_t)sequence->batch_count, error);
        if (status) {
            sequence->batch_count = 0;
            return status;
        }
    }
    *item = sequence->batch[sequence->next++ - sequence->batch_start];
    return CPT_OK;
}

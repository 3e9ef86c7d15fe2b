#include "coreanalyze/decode/evalstack.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/slots.h"
#include "coreanalyze/decode/str.h"

/* Numbers of the table: groups of six bits, the highest first; 0x40 says that more follow, 0x80 marks an entry's start. */
static bool
read_number(const uint8_t *table, size_t size, size_t *at, uint64_t *number)
{
    for (*number = 0; *at < size; ++*at) {
        uint8_t byte = table[*at];

        *number = *number << 6 | (byte & 0x3f);
        if (!(byte & 0x40)) {
            ++*at;
            return true;
        }
        if (*number >> 56)
            return false;
    }
    return false;
}

size_t
cpt_exceptiontable_depth(const uint8_t *table, size_t size, int64_t lasti)
{
    size_t at = 0;

    while (at < size && lasti >= 0) {
        uint64_t start, length, target, depth, unit = (uint64_t)lasti / 2;

        if (!read_number(table, size, &at, &start) || !read_number(table, size, &at, &length) ||
            !read_number(table, size, &at, &target) || !read_number(table, size, &at, &depth) || start > unit)
            return 0;
        /* The lowest bit says that the instruction is pushed too. */
        if (unit - start < length)
            return (size_t)(depth >> 1);
    }
    return 0;
}

/* A PyTryBlock of frameobject.h, to 3.10: b_type, b_handler, b_level. */
#define BLOCK_SIZE 12
#define BLOCK_LEVEL_AT 8
#define MAX_BLOCKS 20 /* CO_MAXBLOCKS */

static size_t
block_depth(struct cpt_decode *decode, uint64_t frame)
{
    const struct cpt_layout_fields *at = decode->at;
    struct cpt_error ignored;
    uint32_t count, level;

    if (!CPT_HAS(at->frame.f_iblock) || !CPT_HAS(at->frame.f_blockstack) ||
        cpt_memory_read_u32(decode->memory, frame + (uint64_t)at->frame.f_iblock, &count, &ignored) || !count ||
        count > MAX_BLOCKS)
        return 0;
    if (cpt_memory_read_u32(decode->memory,
                            frame + (uint64_t)at->frame.f_blockstack + (count - 1) * BLOCK_SIZE + BLOCK_LEVEL_AT, &level,
                            &ignored))
        return 0;
    return level;
}

static size_t
handler_depth(struct cpt_decode *decode, const struct cpt_frame *frame)
{
    const struct cpt_layout_fields *at = decode->at;
    struct cpt_error ignored;
    const uint8_t *table;
    uint64_t address;
    size_t size;

    if (!CPT_HAS(at->code.co_exceptiontable) ||
        cpt_memory_read_u64(decode->memory, frame->code->address + (uint64_t)at->code.co_exceptiontable, &address,
                            &ignored) ||
        cpt_bytes_read(decode, address, CPT_MAX_EXCEPTION_TABLE, &table, &size, &ignored))
        return 0;
    return cpt_exceptiontable_depth(table, size, frame->lasti);
}

/* From 3.14 the evaluation stores its stack pointer in the frame before it calls anything that can wait. */
static size_t
stored_depth(struct cpt_decode *decode, const struct cpt_frame *frame, uint64_t first)
{
    struct cpt_error ignored;
    uint64_t pointer;

    if (cpt_memory_read_u64(decode->memory, frame->address + (uint64_t)decode->at->iframe.stackpointer, &pointer,
                            &ignored) ||
        pointer < first || (pointer - first) % 8)
        return 0;
    return (size_t)((pointer - first) / 8);
}

static size_t
live_depth(struct cpt_decode *decode, const struct cpt_frame *frame, uint64_t first)
{
    if (CPT_HAS(decode->at->iframe.stackpointer))
        return stored_depth(decode, frame, first);
    if (CPT_HAS(decode->at->iframe.localsplus))
        return handler_depth(decode, frame);
    return block_depth(decode, frame->address);
}

cpt_status
cpt_evalstack_read(struct cpt_decode *decode, const struct cpt_frame *frame, uint64_t **slots, size_t *count,
                   size_t *live, struct cpt_error *error)
{
    const struct cpt_variables *variables = frame->code ? cpt_code_variables(decode, frame->code) : NULL;
    cpt_status status;

    if (!variables)
        return cpt_error_set(error, CPT_ABSENT, "no evaluation stack is known");
    *count = variables->stack_slots;
    status = cpt_frame_slots(decode, frame, variables->slots, *count, slots, error);
    if (status)
        return status;
    *live = live_depth(decode, frame, cpt_frame_slots_address(decode, frame) + 8 * (uint64_t)variables->slots);
    if (*live > *count)
        *live = 0;
    for (size_t i = 0; i < *count; i++) {
        if (!cpt_pointer_is_plausible((*slots)[i]))
            (*slots)[i] = 0;
    }
    return CPT_OK;
}

#include "coreanalyze/decode/datastack.h"

#include "coreanalyze/base/limits.h"

#include <inttypes.h>

struct chunk {
    uint64_t address, previous;
    uint64_t start, end; /* of its frames */
    uint64_t used_end;   /* end of those in use, of a chunk that is not the newest */
};

static cpt_status
read_chunk(struct cpt_decode *decode, uint64_t address, struct chunk *chunk, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    struct cpt_struct s;
    cpt_status status = cpt_struct_read(decode, &s, address, (size_t)at->chunk.data, error);

    if (status)
        return status;
    chunk->address = address;
    chunk->previous = cpt_struct_u64(&s, at->chunk.previous);
    chunk->end = address + cpt_struct_u64(&s, at->chunk.byte_size);
    /* The oldest chunk leaves its first word free, so that no frame is at its very start. */
    chunk->start = address + (uint64_t)at->chunk.data + (chunk->previous ? 0 : 8);
    chunk->used_end =
        address + (uint64_t)at->chunk.data + 8 * cpt_struct_u64(&s, at->chunk.top);
    if (chunk->end < chunk->start)
        return cpt_error_set(error, CPT_CORRUPT, "the data stack chunk at 0x%" PRIx64 " is odd",
                             address);
    return CPT_OK;
}

/* The last frame of CHUNK that begins before LIMIT, provided that the frames from the chunk's start on end exactly
   there. */
static cpt_status
last_before(struct cpt_decode *decode, const struct chunk *chunk, uint64_t limit, uint64_t *frame,
            struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    uint64_t next = chunk->start, code;
    uint32_t words;

    *frame = 0;
    while (next < limit) {
        cpt_status status = cpt_memory_read_u64(
            decode->memory, next + (uint64_t)at->iframe.f_executable, &code, error);

        if (CPT_HAS(at->iframe.stackpointer))
            code &= ~CPT_REFERENCE_TAGS;
        if (!status)
            status = cpt_memory_read_u32(decode->memory, code + (uint64_t)at->code.co_framesize,
                                         &words, error);
        if (status)
            return status;
        if (!words || words > CPT_MAX_CODE_BYTES)
            break;
        *frame = next;
        next += 8 * (uint64_t)words;
    }
    if (next == limit)
        return CPT_OK;
    return cpt_error_set(error, CPT_CORRUPT, "the data stack chunk at 0x%" PRIx64 " is odd",
                         chunk->address);
}

static bool
holds(const struct chunk *chunk, uint64_t frame)
{
    return frame >= chunk->start && frame < chunk->end;
}

/* The outermost frame of STACK that lies in CHUNK, or 0. */
static uint64_t
outermost_in(const struct chunk *chunk, const struct cpt_raw_stack *stack)
{
    for (size_t i = stack->count; i-- > 0;) {
        if (holds(chunk, stack->items[i].address))
            return stack->items[i].address;
    }
    return 0;
}

/* The oldest chunk that any frame of STACK lies in, and that frame. */
static cpt_status
find_place(struct cpt_decode *decode, uint64_t newest, const struct cpt_raw_stack *stack,
           struct chunk *place, uint64_t *frame, struct cpt_error *error)
{
    struct chunk chunk;
    uint64_t address = newest;

    *frame = 0;
    for (int i = 0; address && i < CPT_MAX_DATASTACK_CHUNKS; i++) {
        uint64_t found;
        cpt_status status = read_chunk(decode, address, &chunk, error);

        if (status)
            return status;
        decode->gap_steps += stack->count;
        if (decode->gap_steps > CPT_MAX_GAP_STEPS)
            return cpt_error_set(error, CPT_LIMIT, "too many gaps in too large stacks");
        found = outermost_in(&chunk, stack);
        if (found) {
            *frame = found;
            *place = chunk;
        } else if (*frame) {
            break;
        }
        address = chunk.previous;
    }
    return *frame ? CPT_OK : cpt_error_set(error, CPT_ABSENT, "no frame lies on the data stack");
}

/* Where to look: the chunk and the place in it that the frame sought ends at. Without any frame yet that is the top of
   the data stack. */
static cpt_status
find_limit(struct cpt_decode *decode, uint64_t tstate, const struct cpt_raw_stack *stack,
           struct chunk *chunk, uint64_t *limit, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    uint64_t newest;
    cpt_status status = cpt_memory_read_u64(
        decode->memory, tstate + (uint64_t)at->tstate.datastack_chunk, &newest, error);

    if (status)
        return status;
    if (stack->count)
        return find_place(decode, newest, stack, chunk, limit, error);
    if (!newest)
        return cpt_error_set(error, CPT_ABSENT, "the thread has no data stack");
    status = cpt_memory_read_u64(decode->memory, tstate + (uint64_t)at->tstate.datastack_top, limit,
                                 error);
    return status ? status : read_chunk(decode, newest, chunk, error);
}

cpt_status
cpt_datastack_resume(struct cpt_decode *decode, uint64_t tstate, const struct cpt_raw_stack *stack,
                     uint64_t *caller, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    struct chunk chunk;
    uint64_t limit;
    cpt_status status;

    *caller = 0;
    if (!CPT_HAS(at->tstate.datastack_chunk) || !CPT_HAS(at->tstate.datastack_top) ||
        !CPT_HAS(at->code.co_framesize) || !CPT_HAS(at->chunk.data))
        return cpt_error_set(error, CPT_ABSENT, "the layout does not lead to the data stack");
    status = find_limit(decode, tstate, stack, &chunk, &limit, error);
    if (status)
        return status;
    if (limit > chunk.start)
        return last_before(decode, &chunk, limit, caller, error);
    if (!chunk.previous)
        return CPT_OK;
    status = read_chunk(decode, chunk.previous, &chunk, error);
    if (status)
        return status;
    if (chunk.used_end < chunk.start || chunk.used_end > chunk.end)
        return cpt_error_set(error, CPT_CORRUPT, "the data stack chunk at 0x%" PRIx64 " is odd",
                             chunk.address);
    return last_before(decode, &chunk, chunk.used_end, caller, error);
}

#include "coreanalyze/decode/frame.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"

#include <inttypes.h>

/* enum _frameowner: 0 thread, 1 generator, 2 frame object, and from 3.12 the interpreter's own: frames on the C stack
   that mark where the evaluation loop was entered (3 C stack or interpreter, 4 C stack in 3.14). */
#define OWNER_GENERATOR 1
#define OWNER_FIRST_INTERNAL 3
#define OWNER_LAST_INTERNAL 4

static bool
has_frame_objects(const struct cpt_layout_fields *at)
{
    return CPT_HAS(at->frame.f_lasti);
}

static bool
is_internal(uint8_t owner)
{
    return owner >= OWNER_FIRST_INTERNAL && owner <= OWNER_LAST_INTERNAL;
}

static size_t
frame_span(const struct cpt_layout_fields *at)
{
    size_t size;

    if (has_frame_objects(at)) {
        size = cpt_struct_cover(0, at->frame.f_back, 8);
        size = cpt_struct_cover(size, at->frame.f_code, 8);
        return cpt_struct_cover(size, at->frame.f_lasti, 4);
    }
    size = cpt_struct_cover(0, at->iframe.f_executable, 8);
    size = cpt_struct_cover(size, at->iframe.previous, 8);
    size = cpt_struct_cover(size, at->iframe.prev_instr, 8);
    size = cpt_struct_cover(size, at->iframe.instr_ptr, 8);
    size = cpt_struct_cover(size, at->iframe.is_entry, 1);
    return cpt_struct_cover(size, at->iframe.owner, 1);
}

/* Fills RAW from the frame's bytes; returns the address of the caller's frame. */
static uint64_t
take_frame(const struct cpt_layout_fields *at, const struct cpt_struct *s, struct cpt_raw_frame *raw)
{
    raw->address = s->address;
    raw->owner = 0;
    raw->entry = false;
    if (has_frame_objects(at)) {
        raw->code = cpt_struct_u64(s, at->frame.f_code);
        raw->instruction = (uint64_t)(int64_t)(int32_t)cpt_struct_u32(s, at->frame.f_lasti);
        return cpt_struct_u64(s, at->frame.f_back);
    }
    raw->code = cpt_struct_u64(s, at->iframe.f_executable);
    if (CPT_HAS(at->iframe.stackpointer))
        raw->code &= ~CPT_REFERENCE_TAGS;
    raw->owner = cpt_struct_u8(s, at->iframe.owner);
    raw->entry = CPT_HAS(at->iframe.is_entry) ? cpt_struct_u8(s, at->iframe.is_entry) != 0
                                              : is_internal(raw->owner);
    raw->instruction = cpt_struct_u64(s, CPT_HAS(at->iframe.instr_ptr) ? at->iframe.instr_ptr
                                                                       : at->iframe.prev_instr);
    return cpt_struct_u64(s, at->iframe.previous);
}

/* No frame in use is without code and instruction. gcore writes zeros where it fails to read: gdb 13 for instance gives
   up a whole C stack because of the guard page that glibc 2.42 and later have in its mapping. */
static bool
is_blank(const struct cpt_struct *s)
{
    for (size_t i = 0; i < s->size; i++) {
        if (s->bytes[i])
            return false;
    }
    return true;
}

static cpt_status
corrupt_chain(uint64_t address, const char *what, struct cpt_error *error)
{
    cpt_error_set(error, CPT_CORRUPT, "the frame at 0x%" PRIx64 " %s", address, what);
    if (error)
        error->address = address;
    return CPT_CORRUPT;
}

cpt_status
cpt_frame_walk(struct cpt_decode *decode, uint64_t current, struct cpt_raw_stack *stack,
               struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    size_t span = frame_span(at), lap = 1, steps = 0;
    uint64_t marked = 0; /* Brent: a frame passed a power of two of steps ago; to meet it again is a circle */
    struct cpt_raw_frame *raw;
    struct cpt_struct s;
    cpt_status status;

    while (current) {
        if (!cpt_pointer_is_plausible(current))
            return corrupt_chain(current, "cannot be one", error);
        if (current == marked)
            return corrupt_chain(current, "is its own caller's caller", error);
        if (stack->count >= CPT_MAX_FRAMES)
            return cpt_error_set(error, CPT_LIMIT, "more than %d frames", CPT_MAX_FRAMES);
        if (++steps == lap) {
            marked = current;
            lap *= 2;
            steps = 0;
        }
        status = cpt_struct_read(decode, &s, current, span, error);
        if (status)
            return status;
        if (is_blank(&s)) {
            corrupt_chain(current, "is blank: the memory it was in is missing", error);
            return CPT_ABSENT;
        }
        raw = cpt_vec_add(stack);
        if (!raw)
            return cpt_error_set(error, CPT_NOMEM, "out of memory");
        current = take_frame(at, &s, raw);
    }
    return CPT_OK;
}

/* The byte offset of the instruction in the bytecode; -1: not started. */
static int64_t
last_instruction(const struct cpt_layout_fields *at, const struct cpt_raw_frame *raw,
                 const struct cpt_code *code)
{
    int64_t lasti = (int64_t)raw->instruction;

    if (!has_frame_objects(at))
        return (int64_t)(raw->instruction - code->bytecode);
    /* 3.10, which alone has f_state, counts code units of two bytes. */
    return CPT_HAS(at->frame.f_state) && lasti > 0 ? 2 * lasti : lasti;
}

static struct cpt_position
frame_position(struct cpt_decode *decode, struct cpt_code *code, uint64_t frame, int64_t lasti)
{
    if (code->bytecode && (lasti < -2 || lasti >= (int64_t)code->bytecode_size)) {
        cpt_holes_add(decode->holes, cpt_status_code(CPT_CORRUPT), frame,
                      "the frame at 0x%" PRIx64 " points outside of its code", frame);
        return cpt_no_position;
    }
    return cpt_code_position(decode, code, lasti);
}

/* Whether CPython itself would not show the frame: _PyFrame_IsIncomplete in pycore_frame.h. A frame that has not
   started points one unit before its code (to 3.12); anything lower is damage, and not to be passed over. */
static bool
is_incomplete(const struct cpt_raw_frame *raw, const struct cpt_code *code, int64_t lasti)
{
    return raw->owner != OWNER_GENERATOR && code->first_traceable >= 0 &&
           lasti >= -2 && lasti < code->first_traceable;
}

struct cpt_frame *
cpt_frame_decode(struct cpt_decode *decode, const struct cpt_raw_stack *stack, size_t *count)
{
    struct cpt_frame *frames = cpt_arena_array(decode->arena, stack->count, sizeof(*frames));

    *count = 0;
    for (size_t i = 0; frames && i < stack->count; i++) {
        const struct cpt_raw_frame *raw = &stack->items[i];
        struct cpt_frame *frame = &frames[*count];
        struct cpt_code *code;
        int64_t lasti;

        if (is_internal(raw->owner))
            continue;
        if (raw->owner > OWNER_LAST_INTERNAL)
            cpt_holes_add(decode->holes, cpt_status_code(CPT_CORRUPT), raw->address,
                          "the frame at 0x%" PRIx64 " has the unknown owner %d", raw->address,
                          raw->owner);
        code = cpt_code_get(decode, raw->code);
        if (!code)
            return NULL;
        if (code->internal)
            continue;
        frame->address = raw->address;
        ++*count;
        if (code->broken) {
            frame->position = cpt_no_position;
            continue;
        }
        lasti = last_instruction(decode->at, raw, code);
        if (is_incomplete(raw, code, lasti)) {
            --*count;
            continue;
        }
        frame->code = code;
        frame->lasti = lasti;
        frame->position = frame_position(decode, code, raw->address, lasti);
    }
    return frames;
}

cpt_status
cpt_frame_read(struct cpt_decode *decode, uint64_t address, struct cpt_frame *frame, struct cpt_error *error)
{
    struct cpt_raw_frame raw;
    struct cpt_struct s;
    struct cpt_code *code;
    cpt_status status = cpt_struct_read(decode, &s, address, frame_span(decode->at), error);

    *frame = (struct cpt_frame){.position = cpt_no_position, .address = address};
    if (status)
        return status;
    take_frame(decode->at, &s, &raw);
    code = cpt_code_get(decode, raw.code);
    if (!code)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    if (code->broken || code->internal)
        return CPT_OK;
    frame->code = code;
    frame->position = frame_position(decode, code, address, last_instruction(decode->at, &raw, code));
    return CPT_OK;
}

cpt_status
cpt_frame_object_read(struct cpt_decode *decode, uint64_t address, struct cpt_frame *frame, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    uint64_t iframe;
    cpt_status status;

    if (has_frame_objects(at))
        return cpt_frame_read(decode, address, frame, error);
    if (!CPT_HAS(at->frame.f_frame))
        return cpt_error_set(error, CPT_ABSENT, "the layout does not lead from frame objects to frames");
    status = cpt_memory_read_u64(decode->memory, address + (uint64_t)at->frame.f_frame, &iframe, error);
    return status ? status : cpt_frame_read(decode, iframe, frame, error);
}

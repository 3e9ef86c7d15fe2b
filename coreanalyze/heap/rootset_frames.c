/* Frames of running functions: the objects of frames to 3.10, and from 3.11 what lies on the data stacks. */
#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/evalstack.h"
#include "coreanalyze/decode/slots.h"
#include "coreanalyze/heap/rooting.h"
#include "coreanalyze/heap/walk.h"

#include <stdlib.h>

/* enum _frameowner: frames of generators and of frame objects are theirs, those from 3 on the interpreter's own. */
#define OWNER_THREAD 0
#define OWNER_FIRST_INTERNAL 3

/* Tags of references (3.14+, pycore_stackref.h): an int, or nothing that is an object; and that no count is held. */
#define TAG_NO_OBJECT 2
#define TAG_UNCOUNTED 1

/* One frame, as far as its slots go. */
struct slots {
    struct cpt_frame frame;
    const struct cpt_variables *variables;
    uint64_t address; /* of the first */
    bool tagged;
    bool is_object;   /* the frame is part of an object, whose own references these are too */
};

static bool
has_frame_objects(const struct cpt_rooting *r)
{
    return CPT_HAS(r->heap->decode.at->frame.f_lasti);
}

/* False: a frame of the interpreter's own that holds nothing, or one of which nothing is known. That below an __init__, which lies
   on the data stack, holds the new object (3.12+, _Py_InitCleanup). */
static bool
open_slots(struct cpt_rooting *r, const struct cpt_raw_frame *raw, struct slots *slots)
{
    struct cpt_decode *decode = &r->heap->decode;
    struct cpt_code *code;

    if (raw->owner >= OWNER_FIRST_INTERNAL)
        return false;
    code = cpt_code_get(decode, raw->code);
    if (!code || code->broken || (code->internal && raw->owner != OWNER_THREAD))
        return false;
    *slots = (struct slots){.frame = {.code = code, .address = raw->address},
                            .variables = cpt_code_variables(decode, code),
                            .tagged = CPT_HAS(decode->at->iframe.stackpointer),
                            .is_object = has_frame_objects(r) || raw->owner != OWNER_THREAD};
    slots->frame.lasti = (int64_t)(raw->instruction - code->bytecode);
    slots->address = cpt_frame_slots_address(decode, &slots->frame);
    return slots->variables && slots->address;
}

/* ROOT leads where WORD does; false: nowhere. OF_OBJECT: the frame's object counts it. */
static bool
set_target(const struct slots *slots, uint64_t word, bool of_object, struct cpt_root *root)
{
    root->target = word;
    root->flags = CPT_EDGE_EXACT | (of_object ? CPT_ROOT_OF_OBJECT : CPT_EDGE_OWNED);
    if (!slots->tagged)
        return word != 0;
    if (word & TAG_NO_OBJECT)
        return false;
    if (word & TAG_UNCOUNTED)
        root->flags &= (uint8_t)~CPT_EDGE_OWNED;
    root->target = word & ~CPT_REFERENCE_TAGS;
    return root->target != 0;
}

/* COUNT slots from FIRST on, of which ROOT's detail becomes the number, counted from FROM. */
static void
tell_slots(struct cpt_rooting *r, const struct slots *slots, uint64_t first, uint64_t count, bool of_object,
           struct cpt_root root)
{
    for (uint64_t i = 0; i < count; i++) {
        root.detail = i;
        if (set_target(slots, cpt_rooting_word(r, slots->address + 8 * (first + i)), of_object, &root))
            cpt_rooting_tell(r, &root);
    }
}

void
cpt_rooting_locals(struct cpt_rooting *r, const struct cpt_rooting_thread *thread)
{
    struct slots slots;

    for (size_t i = 0; i < thread->stack.count; i++) {
        struct cpt_root root = {.kind = CPT_ROOT_LOCAL, .thread = thread->tid, .frame = thread->stack.items[i].address};

        if (open_slots(r, &thread->stack.items[i], &slots))
            tell_slots(r, &slots, 0, slots.variables->slots, slots.is_object, root);
    }
}

/* How many slots behind its variables FRAME surely uses. Frames that wait for another frame have stored that
   (3.11+); so have, from 3.14 on, those that wait for code of C: then *KNOWN, and the object that the frame may be
   part of counts them. */
static uint64_t
stack_depth(struct cpt_rooting *r, const struct slots *slots, bool *known)
{
    struct cpt_decode *decode = &r->heap->decode;
    uint64_t first = slots->address + 8 * (uint64_t)slots->variables->slots, depth = UINT64_MAX;
    struct cpt_error ignored;
    size_t count, live = 0;
    uint64_t *words;
    uint32_t top;

    if (slots->tagged) {
        uint64_t pointer = cpt_rooting_word(r, slots->frame.address + (uint64_t)decode->at->iframe.stackpointer);

        depth = pointer >= first && (pointer - first) % 8 == 0 ? (pointer - first) / 8 : UINT64_MAX;
    } else if (CPT_HAS(decode->at->iframe.stacktop) &&
               !cpt_memory_read_u32(decode->memory, slots->frame.address + (uint64_t)decode->at->iframe.stacktop, &top,
                                    &ignored)) {
        depth = (int32_t)top < 0 ? UINT64_MAX : (uint64_t)top - slots->variables->slots;
    }
    *known = depth <= slots->variables->stack_slots;
    if (*known)
        return depth;
    if (cpt_evalstack_read(decode, &slots->frame, &words, &count, &live, &ignored))
        return 0;
    free(words);
    return live;
}

/* The innermost frame runs, and pushes, without storing how far. */
static void
scan_stack(struct cpt_rooting *r, const struct slots *slots, uint64_t depth, const struct cpt_root *root)
{
    uint64_t start = slots->address + 8 * (slots->variables->slots + depth);
    uint64_t end = slots->address + 8 * ((uint64_t)slots->variables->slots + slots->variables->stack_slots);
    struct cpt_root scanned = *root;

    for (; start < end; start += 8, depth++) {
        scanned.detail = depth;
        if (!set_target(slots, cpt_rooting_word(r, start), false, &scanned) ||
            (r->graph && cpt_graph_find(r->graph, scanned.target) == CPT_NO_NODE))
            continue;
        scanned.flags &= (uint8_t)~CPT_EDGE_EXACT;
        cpt_rooting_tell(r, &scanned);
    }
}

void
cpt_rooting_stacks(struct cpt_rooting *r, const struct cpt_rooting_thread *thread, bool exact)
{
    bool innermost = true, known;
    struct slots slots;

    for (size_t i = 0; i < thread->stack.count; i++) {
        const struct cpt_raw_frame *raw = &thread->stack.items[i];
        struct cpt_root root = {.kind = CPT_ROOT_STACK, .thread = thread->tid, .frame = raw->address};
        uint64_t depth;

        if (!open_slots(r, raw, &slots))
            continue;
        depth = stack_depth(r, &slots, &known);
        if (exact)
            tell_slots(r, &slots, slots.variables->slots, depth, slots.is_object && known, root);
        else if (!known || innermost)
            scan_stack(r, &slots, depth, &root);
        innermost = false;
    }
}

/* One field of the frame RAW. TAGGED: as the references in slots are; COUNTED: it holds a count at all. */
static void
tell_field(struct cpt_rooting *r, const struct slots *slots, int32_t field, const char *name, bool tagged, bool counted,
           struct cpt_root root)
{
    struct slots as = *slots;

    if (!CPT_HAS(field))
        return;
    as.tagged = tagged && slots->tagged;
    if (!set_target(&as, cpt_rooting_word(r, slots->frame.address + (uint64_t)field), slots->is_object, &root))
        return;
    if (!counted)
        root.flags &= (uint8_t)~CPT_EDGE_OWNED;
    root.name = name;
    cpt_rooting_tell(r, &root);
}

/* Include/internal/pycore_frame.h says which are borrowed. */
static void
tell_frame(struct cpt_rooting *r, const struct slots *slots, struct cpt_root root)
{
    const struct cpt_layout_fields *at = r->heap->decode.at;

    tell_field(r, slots, at->iframe.f_executable, "f_code", true, true, root);
    tell_field(r, slots, at->iframe.f_funcobj, "f_funcobj", true, true, root);
    tell_field(r, slots, at->iframe.f_globals, "f_globals", false, false, root);
    tell_field(r, slots, at->iframe.f_locals, "f_locals", false, true, root);
    tell_field(r, slots, at->iframe.frame_obj, "frame_obj", false, true, root);
}

void
cpt_rooting_frame_fields(struct cpt_rooting *r, const struct cpt_rooting_thread *thread)
{
    struct slots slots;

    for (size_t i = 0; i < thread->stack.count; i++) {
        const struct cpt_raw_frame *raw = &thread->stack.items[i];
        struct cpt_root root = {.kind = CPT_ROOT_FRAME, .thread = thread->tid, .frame = raw->address,
                                .flags = CPT_EDGE_EXACT};

        if (!has_frame_objects(r)) {
            if (open_slots(r, raw, &slots))
                tell_frame(r, &slots, root);
            continue;
        }
        /* Nobody counts the reference from the thread state; the C stack has the one that is counted. */
        root.target = raw->address;
        root.name = "frame";
        cpt_rooting_tell(r, &root);
    }
}

void
cpt_rooting_datastack(struct cpt_rooting *r, const struct cpt_rooting_thread *thread,
                      void (*each)(struct cpt_rooting *r, uint64_t start, uint64_t size, uint64_t used))
{
    const struct cpt_layout_fields *at = r->heap->decode.at;
    uint64_t chunk, used, left = r->heap->walk->walkers[0].most; /* chunks do not overlap */

    if (!CPT_HAS(at->tstate.datastack_chunk) || !CPT_HAS(at->chunk.previous) || !CPT_HAS(at->chunk.byte_size) ||
        !CPT_HAS(at->tstate.datastack_top))
        return;
    chunk = cpt_rooting_word(r, thread->thread.address + (uint64_t)at->tstate.datastack_chunk);
    used = cpt_rooting_word(r, thread->thread.address + (uint64_t)at->tstate.datastack_top);
    for (int i = 0; chunk && i < CPT_MAX_DATASTACK_CHUNKS; i++) {
        uint64_t size = cpt_rooting_word(r, chunk + (uint64_t)at->chunk.byte_size);
        const struct cpt_region *region = cpt_region_find(&r->heap->regions, chunk);

        if (!region)
            return;
        if (size > region->end - chunk)
            size = region->end - chunk;
        if (size > left)
            return;
        left -= size;
        each(r, chunk, size, used);
        chunk = cpt_rooting_word(r, chunk + (uint64_t)at->chunk.previous);
        used = 0;
    }
}

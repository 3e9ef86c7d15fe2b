#include "coreanalyze/decode/evaluation.h"

#define OWNER_FIRST_INTERNAL 3 /* as in frame.c: an entry frame on the C stack */

/* Evaluations under way of being found. */
struct grouping {
    struct cpt_decode *decode;
    uint64_t tstate;
    const struct cpt_raw_stack *stack;
    const struct cpt_frame *frames;
    size_t frame_count;
    struct cpt_evaluation *evaluations;
    size_t count;
};

/* A CFrame (3.10) or _PyCFrame (3.11, 3.12) lies in the C stack frame of each evaluation; the thread state's own belongs
   to none. */
static bool
is_on_stack(const struct grouping *grouping, uint64_t cframe)
{
    uint64_t size = (uint64_t)grouping->decode->at->tstate.size;

    return cframe && !(cframe > grouping->tstate && cframe < grouping->tstate + size);
}

static bool
follow(const struct grouping *grouping, uint64_t from, int32_t field, uint64_t *to)
{
    struct cpt_error ignored;

    return !cpt_memory_read_u64(grouping->decode->memory, from + (uint64_t)field, to, &ignored);
}

/* 3.10: they are as many as there are frames, or are of no use. */
static void
anchor_by_cframes(struct grouping *grouping)
{
    const struct cpt_layout_fields *at = grouping->decode->at;
    uint64_t address;
    size_t i = 0;

    if (!CPT_HAS(at->cframe.previous) || !CPT_HAS(at->tstate.cframe) ||
        !follow(grouping, grouping->tstate, at->tstate.cframe, &address))
        return;
    while (is_on_stack(grouping, address) && i < grouping->count) {
        grouping->evaluations[i++].anchor = address;
        if (!follow(grouping, address, at->cframe.previous, &address))
            break;
    }
    if (is_on_stack(grouping, address) || i < grouping->count) {
        for (i = 0; i < grouping->count; i++)
            grouping->evaluations[i].anchor = 0;
    }
}

/* The index of the frame at ADDRESS among the raw ones from START on, or their number. */
static size_t
find_raw(const struct cpt_raw_stack *stack, size_t start, uint64_t address)
{
    while (start < stack->count && stack->items[start].address != address)
        start++;
    return start;
}

/* Moves *AT behind the decoded frames that come before the raw frame END. */
static void
pass_frames(const struct grouping *grouping, size_t start, size_t end, size_t *at)
{
    for (size_t i = start; i < end && *at < grouping->frame_count; i++)
        *at += grouping->frames[*at].address == grouping->stack->items[i].address;
}

/* 3.11: each _PyCFrame names the innermost frame of its evaluation. The mark that an evaluation began with a frame tells
   less: a generator that generator.throw() passes through on its way has it, and no evaluation. */
static bool
group_by_cframes(struct grouping *grouping)
{
    const struct cpt_layout_fields *at = grouping->decode->at;
    struct cpt_evaluation *evaluations = grouping->evaluations;
    uint64_t address, current;
    size_t raw = 0, frame = 0;

    if (!CPT_HAS(at->cframe.current_frame) || !CPT_HAS(at->cframe.previous) || !CPT_HAS(at->tstate.cframe) ||
        !follow(grouping, grouping->tstate, at->tstate.cframe, &address))
        return false;
    for (grouping->count = 0; is_on_stack(grouping, address); grouping->count++) {
        size_t next, before = frame;

        if (grouping->count > grouping->stack->count ||
            !follow(grouping, address, at->cframe.current_frame, &current))
            return false;
        next = find_raw(grouping->stack, raw, current);
        if (next == grouping->stack->count || (!grouping->count && next))
            return false;
        pass_frames(grouping, raw, next, &frame);
        if (grouping->count)
            evaluations[grouping->count - 1].count = frame - before;
        evaluations[grouping->count] = (struct cpt_evaluation){.first = frame, .anchor = address};
        raw = next;
        if (!follow(grouping, address, at->cframe.previous, &address))
            return false;
    }
    if (!grouping->count)
        return false;
    evaluations[grouping->count - 1].count = grouping->frame_count - frame;
    return true;
}

/* By the marks that evaluations begin with; EACH: every frame is one. Returns whether they are entry frames. */
static bool
group_by_entries(struct grouping *grouping, bool each)
{
    struct cpt_evaluation *current = grouping->evaluations;
    bool shims = false;
    size_t at = 0;

    *current = (struct cpt_evaluation){.first = 0};
    for (size_t i = 0; i < grouping->stack->count; i++) {
        const struct cpt_raw_frame *raw = &grouping->stack->items[i];

        /* Frames that are still being made are no frames of the result. */
        if (at < grouping->frame_count && grouping->frames[at].address == raw->address) {
            current->count++;
            at++;
        }
        if (!each && !raw->entry)
            continue;
        if (raw->entry && raw->owner >= OWNER_FIRST_INTERNAL) {
            current->anchor = raw->address;
            shims = true;
        }
        *++current = (struct cpt_evaluation){.first = at};
    }
    if (current->count) {
        current->open = true;
        current++;
    }
    grouping->count = (size_t)(current - grouping->evaluations);
    return shims;
}

struct cpt_evaluation *
cpt_evaluations_make(struct cpt_decode *decode, uint64_t tstate, const struct cpt_raw_stack *stack,
                     const struct cpt_frame *frames, size_t count, size_t *evaluation_count)
{
    struct grouping grouping = {
        .decode = decode,
        .tstate = tstate,
        .stack = stack,
        .frames = frames,
        .frame_count = count,
        .evaluations = cpt_arena_array(decode->arena, stack->count + 2, sizeof(*grouping.evaluations)),
    };
    bool each = CPT_HAS(decode->at->frame.f_lasti);

    *evaluation_count = 0;
    if (!grouping.evaluations)
        return NULL;
    if (!group_by_entries(&grouping, each)) {
        if (each)
            anchor_by_cframes(&grouping);
        else if (!group_by_cframes(&grouping))
            group_by_entries(&grouping, false);
    }
    *evaluation_count = grouping.count;
    return grouping.evaluations;
}

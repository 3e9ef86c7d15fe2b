#include "coreanalyze/decode/evaluation.h"

#define OWNER_FIRST_INTERNAL 3 /* as in frame.c: an entry frame on the C stack */

/* A CFrame (3.10) or _PyCFrame (3.11, 3.12) lies in the C stack frame of each evaluation; the thread state's own belongs to none. */
static bool
next_cframe(struct cpt_decode *decode, uint64_t tstate, uint64_t *address)
{
    const struct cpt_layout_fields *at = decode->at;
    struct cpt_error ignored;

    if (cpt_memory_read_u64(decode->memory, *address + (uint64_t)at->cframe.previous, address, &ignored))
        *address = 0;
    return *address && !(*address > tstate && *address < tstate + (uint64_t)at->tstate.size);
}

/* 3.10 and 3.11: they are as many as there are evaluations, or are of no use. */
static void
anchor_by_cframes(struct cpt_decode *decode, uint64_t tstate, struct cpt_evaluation *evaluations,
                  size_t count)
{
    const struct cpt_layout_fields *at = decode->at;
    struct cpt_error ignored;
    uint64_t address;
    size_t i = 0;
    bool more;

    if (!CPT_HAS(at->cframe.previous) || !CPT_HAS(at->tstate.cframe) || !CPT_HAS(at->tstate.size) ||
        cpt_memory_read_u64(decode->memory, tstate + (uint64_t)at->tstate.cframe, &address, &ignored))
        return;
    more = address && !(address > tstate && address < tstate + (uint64_t)at->tstate.size);
    for (; more && i < count; i++, more = next_cframe(decode, tstate, &address))
        evaluations[i].anchor = address;
    if (more || i < count) {
        for (i = 0; i < count; i++)
            evaluations[i].anchor = 0;
    }
}

struct cpt_evaluation *
cpt_evaluations_make(struct cpt_decode *decode, uint64_t tstate, const struct cpt_raw_stack *stack,
                     const struct cpt_frame *frames, size_t count, size_t *evaluation_count)
{
    bool each = CPT_HAS(decode->at->frame.f_lasti), shims = false;
    struct cpt_evaluation *evaluations =
        cpt_arena_array(decode->arena, stack->count + 1, sizeof(*evaluations));
    struct cpt_evaluation *current = evaluations;
    size_t at = 0;

    *evaluation_count = 0;
    if (!evaluations)
        return NULL;
    for (size_t i = 0; i < stack->count; i++) {
        const struct cpt_raw_frame *raw = &stack->items[i];

        /* Frames that are still being made are no frames of the result. */
        if (at < count && frames[at].address == raw->address) {
            current->count++;
            at++;
        }
        if (!each && !raw->entry)
            continue;
        if (raw->entry && raw->owner >= OWNER_FIRST_INTERNAL) {
            current->anchor = raw->address;
            shims = true;
        }
        current++;
        current->first = at;
    }
    if (current->count) {
        current->open = true;
        current++;
    }
    *evaluation_count = (size_t)(current - evaluations);
    if (!shims)
        anchor_by_cframes(decode, tstate, evaluations, *evaluation_count);
    return evaluations;
}

#include "coreanalyze/output/stack_fold.h"

#include "coreanalyze/base/hash.h"

#define MAX_PERIOD   8
#define SHORTEST_RUN 4 /* turns */
#define SHOWN_LINES  3 /* of a run of one frame: as many as CPython shows */
#define SHOWN_TURNS  2 /* of a longer period */

static bool
is_same_frame(const struct cpt_frame *a, const struct cpt_frame *b)
{
    return a->code && a->code == b->code && a->position.line == b->position.line;
}

/* Complete turns of PERIOD frames from the outermost one. */
static size_t
count_turns(const struct cpt_frame *frames, size_t count, size_t period)
{
    size_t left = count;

    while (left > period && is_same_frame(&frames[left - 1], &frames[left - 1 - period]))
        left--;
    return (count - left) / period + 1;
}

/* The period that explains most frames; of equal ones the shortest. A stretch that is found is
   skipped by the caller and one that is not is short, so that all calls together look at each frame
   a few times only. */
struct cpt_stack_run
cpt_stack_run_find(const struct cpt_frame *frames, size_t count)
{
    struct cpt_stack_run best = {0};

    for (size_t period = 1; period <= MAX_PERIOD && period < count; period++) {
        size_t turns = count_turns(frames, count, period);

        if (turns >= SHORTEST_RUN && turns * period > best.turns * best.period)
            best = (struct cpt_stack_run){.period = period, .turns = turns};
    }
    best.shown = best.period == 1 ? SHOWN_LINES : SHOWN_TURNS;
    return best;
}

static uint64_t
hash_stack(const struct cpt_stack_thread *thread)
{
    uint64_t hash = thread->frame_count;

    for (size_t i = 0; i < thread->frame_count; i++) {
        const struct cpt_frame *frame = &thread->frames[i];

        hash = (hash ^ (uintptr_t)frame->code) * UINT64_C(0x9e3779b97f4a7c15);
        hash = (hash ^ (uint32_t)frame->position.line) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return hash;
}

static bool
is_same_stack(const struct cpt_stack_thread *a, const struct cpt_stack_thread *b)
{
    if (a->frame_count != b->frame_count)
        return false;
    for (size_t i = 0; i < a->frame_count; i++) {
        if (!is_same_frame(&a->frames[i], &b->frames[i]))
            return false;
    }
    return true;
}

/* Puts thread I behind those like it. One whose hash is taken by another stack stays alone. */
static bool
add_thread(const struct cpt_stack *stack, struct cpt_stack_link *links, struct cpt_hash *firsts,
           size_t i)
{
    uint64_t hash = hash_stack(&stack->threads[i]);
    struct cpt_stack_link *first = cpt_hash_get(firsts, hash);

    if (!first)
        return cpt_hash_set(firsts, hash, &links[i]);
    if (!is_same_stack(&stack->threads[first - links], &stack->threads[i]))
        return true;
    links[first->last].next = i;
    links[i].follows = true;
    first->last = i;
    return true;
}

bool
cpt_stack_group(const struct cpt_stack *stack, struct cpt_stack_link *links)
{
    struct cpt_hash firsts = {0};
    bool fits = true;

    for (size_t i = 0; i < stack->thread_count && fits; i++) {
        const struct cpt_stack_thread *thread = &stack->threads[i];

        links[i] = (struct cpt_stack_link){.last = i};
        if (thread->frames_complete && !(thread->status & CPT_THREAD_CRASHED))
            fits = add_thread(stack, links, &firsts, i);
    }
    cpt_hash_free(&firsts);
    return fits;
}

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

static bool
are_same_frames(const void *items, size_t a, size_t b)
{
    const struct cpt_frame *frames = items;

    return is_same_frame(&frames[a], &frames[b]);
}

/* The period that explains most frames; of equal ones the shortest. A stretch that is found is
   skipped by the caller and one that is not is short, so that all calls together look at each frame
   a few times only. */
struct cpt_stack_run
cpt_stack_run_find_by(bool (*same)(const void *items, size_t a, size_t b), const void *items,
                      size_t count, size_t longest)
{
    struct cpt_stack_run best = {0};

    for (size_t period = 1; period <= longest && period < count; period++) {
        size_t left = count, turns;

        while (left > period && same(items, left - 1, left - 1 - period))
            left--;
        turns = (count - left) / period + 1; /* complete ones from the outermost frame on */
        if (turns >= SHORTEST_RUN && turns * period > best.turns * best.period)
            best = (struct cpt_stack_run){.period = period, .turns = turns};
    }
    best.shown = best.period == 1 ? SHOWN_LINES : SHOWN_TURNS;
    return best;
}

struct cpt_stack_run
cpt_stack_run_find(const struct cpt_frame *frames, size_t count)
{
    return cpt_stack_run_find_by(are_same_frames, frames, count, MAX_PERIOD);
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
    for (size_t i = 0; i < thread->native.count; i++) {
        hash = (hash ^ (uintptr_t)thread->native.items[i].site) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return hash;
}

static bool
is_same_native(const struct cpt_native_stack *a, const struct cpt_native_stack *b)
{
    if (a->count != b->count || a->merged != b->merged || a->reason != b->reason)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (a->items[i].site != b->items[i].site || a->items[i].evaluation != b->items[i].evaluation)
            return false;
    }
    return true;
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
    return is_same_native(&a->native, &b->native);
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
        if (thread->frames_complete && !thread->exception.state && !(thread->status & CPT_THREAD_CRASHED))
            fits = add_thread(stack, links, &firsts, i);
    }
    cpt_hash_free(&firsts);
    return fits;
}

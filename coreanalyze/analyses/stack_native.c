#include "coreanalyze/analyses/stack_native.h"

#include "coreanalyze/base/hash.h"

#include <string.h>

#define MAX_STRAYS 64 /* evaluations without frames that are on no stack; each costs a walk along all of it */

/* Whether ADDRESS lies in the frame's own part of the stack, which ends where that of its caller begins. */
static bool
is_in_frame(const struct cpt_native_stack *native, size_t i, uint64_t address)
{
    if (address < native->items[i].sp)
        return false;
    /* A signal handler may run on another stack than what it interrupted; and nothing is known of what comes after a
       cut. */
    if (i + 1 >= native->count || native->items[i + 1].sp <= native->items[i].sp)
        return native->items[i].site->evaluation;
    return address < native->items[i + 1].sp;
}

/* A part of the loop and the loop, which called it, are one evaluation. */
static bool
is_evaluation(const struct cpt_native_stack *native, size_t i)
{
    const struct cpt_native_site *site = native->items[i].site;

    if (site->evaluation)
        return true;
    return site->tail_call && !(i + 1 < native->count && native->items[i + 1].site->evaluation);
}

static void
forget(struct cpt_native_stack *native)
{
    for (size_t i = 0; i < native->count; i++)
        native->items[i].evaluation = 0;
}

/* Whether the frames at SITE can be the loop's: it may have no name, but no other one. */
static bool
can_evaluate(const struct cpt_native_site *site)
{
    return site->evaluation || (!site->signal && !site->functions[site->function_count - 1].name);
}

static bool
has_anchors(const struct cpt_evaluation *evaluations, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!evaluations[i].anchor && evaluations[i].count)
            return false;
    }
    return true;
}

/* An address on the stack belongs to exactly one frame, whether its function has a name or not. */
static const char *
merge_by_anchors(struct cpt_native_stack *native, const struct cpt_evaluation *evaluations, size_t count)
{
    size_t at = 0, strays = 0;

    for (size_t k = 0; k < count; k++) {
        uint64_t anchor = evaluations[k].anchor;
        size_t i = at;

        while (i < native->count && !is_in_frame(native, i, anchor))
            i++;
        if (i == native->count && !evaluations[k].count && strays++ < MAX_STRAYS)
            continue; /* such as the mark at the bottom of a thread's frames, which is no evaluation */
        if (i == native->count)
            return native->complete ? "an evaluation lies outside of the native stack" : NULL;
        if (!can_evaluate(native->items[i].site))
            return "an evaluation lies in the frame of another function";
        native->items[i].evaluation = (uint32_t)(k + 1);
        at = i + 1;
    }
    return NULL;
}

static size_t
count_evaluations(const struct cpt_native_stack *native)
{
    size_t count = 0;

    for (size_t i = 0; i < native->count; i++)
        count += is_evaluation(native, i);
    return count;
}

/* Whether the innermost evaluation is setting its frame up, or has put it down: it has called nothing, or what checks its
   result. The evaluations outside of it are in the middle of a call, and have theirs. */
static bool
may_lack_frame(const struct cpt_native_stack *native)
{
    const struct cpt_native_site *called;
    const char *name;
    size_t i = 0;

    while (i < native->count && !is_evaluation(native, i))
        i++;
    if (!i || i == native->count)
        return !i;
    called = native->items[i - 1].site;
    name = called->functions[called->function_count - 1].name;
    /* On its way to another library it stands in a stub, which has no name. */
    return name ? strcmp(name, "_Py_CheckFunctionResult") == 0 : i == 1;
}

/* By the number of evaluations on both sides, which proves nothing where a frame may be missing. */
static const char *
merge_by_names(struct cpt_native_stack *native, const struct cpt_evaluation *evaluations, size_t count,
               bool shared)
{
    size_t found = count_evaluations(native), skip, k = 0;

    if (!native->complete)
        return "the native stack is cut";
    if (native->has_guesses)
        return "the native stack is guessed in part";
    if (shared)
        return "another thread state has frames on the same native stack";
    if (!found)
        return "no frame of the evaluation loop is known on the native stack";
    if (count && evaluations[count - 1].open && evaluations[count - 1].count)
        return "the Python stack has no beginning";
    skip = found == count + 1 && may_lack_frame(native);
    if (found != count + skip)
        return found > count ? "there are more evaluations on the native stack than on the Python stack"
                             : "there are fewer evaluations on the native stack than on the Python stack";
    for (size_t i = 0; i < native->count; i++) {
        if (is_evaluation(native, i) && k++ >= skip)
            native->items[i].evaluation = (uint32_t)(k - skip);
    }
    return NULL;
}

static bool
has_frames(const struct cpt_evaluation *evaluations, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (evaluations[i].count)
            return true;
    }
    return false;
}

const char *
cpt_native_merge(struct cpt_native_stack *native, const struct cpt_evaluation *evaluations,
                 size_t count, bool shared)
{
    const char *reason = NULL;

    forget(native);
    native->merged = true;
    if (!has_frames(evaluations, count))
        return NULL;
    if (count >= UINT32_MAX)
        reason = "the Python stack is too long";
    else if (!native->count)
        reason = "the native stack is not known";
    else if (has_anchors(evaluations, count))
        reason = merge_by_anchors(native, evaluations, count);
    else
        reason = merge_by_names(native, evaluations, count, shared);
    if (reason) {
        forget(native);
        native->merged = false;
    }
    return reason;
}

size_t
cpt_native_python(const struct cpt_stack_thread *thread, const struct cpt_native_frame *frame,
                  size_t *first)
{
    if (!frame->evaluation || frame->evaluation > thread->evaluation_count)
        return 0;
    *first = thread->evaluations[frame->evaluation - 1].first;
    return thread->evaluations[frame->evaluation - 1].count;
}

/* How many thread states with frames each native thread has: one, but for sub-interpreters. */
static bool
count_owners(const struct cpt_stack *stack, struct cpt_hash *owners)
{
    for (size_t i = 0; i < stack->thread_count; i++) {
        const struct cpt_stack_thread *thread = &stack->threads[i];
        uintptr_t count;

        if (!thread->native_id || !thread->frame_count)
            continue;
        count = (uintptr_t)cpt_hash_get(owners, (uint64_t)thread->native_id);
        if (!cpt_hash_set(owners, (uint64_t)thread->native_id, (void *)(count + 1)))
            return false;
    }
    return true;
}

void
cpt_stack_merge_native(struct cpt_stack *stack, struct cpt_holes *holes)
{
    struct cpt_hash owners = {0};
    bool counted = count_owners(stack, &owners);

    for (size_t i = 0; i < stack->thread_count; i++) {
        struct cpt_stack_thread *thread = &stack->threads[i];
        bool shared = !counted || (uintptr_t)cpt_hash_get(&owners, (uint64_t)thread->native_id) > 1;
        const char *reason = cpt_native_merge(&thread->native, thread->evaluations,
                                              thread->evaluation_count, shared);

        if (reason)
            cpt_holes_add(holes, "unmerged", thread->address,
                          "the native and the Python stack of thread %d are shown apart: %s",
                          (int)thread->native_id, reason);
    }
    cpt_hash_free(&owners);
}

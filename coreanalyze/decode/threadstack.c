#include "coreanalyze/decode/threadstack.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/datastack.h"

#include <inttypes.h>

/* Goes on where the memory of a frame is missing: on the data stack. */
static cpt_status
close_gaps(struct cpt_decode *decode, uint64_t tstate, struct cpt_raw_stack *stack,
           struct cpt_error *error)
{
    struct cpt_error ends;
    uint64_t current;
    cpt_status status = CPT_ABSENT;

    for (int gaps = 0; status == CPT_ABSENT && gaps < CPT_MAX_GAPS; gaps++) {
        if (cpt_datastack_resume(decode, tstate, stack, &current, &ends))
            break;
        if (!gaps)
            cpt_holes_add(decode->holes, "gap", tstate,
                          "parts of the C stack of the thread state at 0x%" PRIx64
                          " are missing: frames of generators may lack in its stack",
                          tstate);
        status = cpt_frame_walk(decode, current, stack, error);
    }
    return status;
}

static cpt_status
walk_from(struct cpt_decode *decode, uint64_t current, struct cpt_raw_stack *stack,
          struct cpt_error *error)
{
    stack->count = 0;
    return cpt_frame_walk(decode, current, stack, error);
}

/* _PyCFrame (3.11, 3.12): lies on the C stack of each evaluation. */
struct cframe {
    uint64_t current_frame, previous;
    uint64_t tstate; /* that it belongs to */
    bool is_root;    /* is part of the thread state itself */
};

static cpt_status
read_cframe(struct cpt_decode *decode, uint64_t tstate, uint64_t address, struct cframe *cframe,
            struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    struct cpt_struct s;
    cpt_status status = cpt_struct_read(decode, &s, address, (size_t)at->cframe.size, error);

    if (status)
        return status;
    cframe->current_frame = cpt_struct_u64(&s, at->cframe.current_frame);
    cframe->previous = cpt_struct_u64(&s, at->cframe.previous);
    cframe->tstate = tstate;
    cframe->is_root = address > tstate && address < tstate + (uint64_t)at->tstate.size;
    return CPT_OK;
}

/* Whether the first evaluation in STACK was called from the frame CALLER. */
static bool
is_called_from(const struct cpt_raw_stack *stack, uint64_t caller)
{
    for (size_t i = 0; i < stack->count; i++) {
        if (stack->items[i].entry)
            return caller == (i + 1 < stack->count ? stack->items[i + 1].address : 0);
    }
    return false;
}

/* Whether CFRAME, from which STACK was walked, fits to the one before it: its evaluation was called from that one's
   current frame. The outermost, root_cframe, has none before it, and no evaluation. */
static bool
fits(struct cpt_decode *decode, const struct cframe *cframe, const struct cpt_raw_stack *stack,
     struct cframe *before)
{
    struct cpt_error ignored;

    if (!cframe->previous)
        return cframe->is_root && stack->count == 0;
    return !read_cframe(decode, cframe->tstate, cframe->previous, before, &ignored) &&
           is_called_from(stack, before->current_frame);
}

/* _PyEval_EvalFrameDefault links its _PyCFrame into the thread state before it sets current_frame in it. A thread held
   between the two shows what was left on the C stack there: a stale frame, or none. If that is no frame at all, the
   _PyCFrame before tells where the evaluation was called from, and STACK has the frames from there on. */
static cpt_status
walk_cframes(struct cpt_decode *decode, uint64_t tstate, uint64_t address,
             struct cpt_raw_stack *stack, struct cpt_error *error)
{
    struct cframe cframe, before;
    struct cpt_error unused;
    cpt_status status = read_cframe(decode, tstate, address, &cframe, error);

    if (status)
        return status;
    if (!cframe.current_frame && !cframe.previous && !cframe.is_root) {
        stack->suspect = true;
        return cpt_error_set(error, CPT_ABSENT, "the _PyCFrame at 0x%" PRIx64
                             " is blank: the memory it was in is missing", address);
    }
    status = walk_from(decode, cframe.current_frame, stack, error);
    if (!status) {
        stack->suspect = !fits(decode, &cframe, stack, &before);
        return CPT_OK;
    }
    if (!stack->count && cframe.previous &&
        !read_cframe(decode, tstate, cframe.previous, &before, &unused) &&
        walk_from(decode, before.current_frame, stack, &unused))
        stack->count = 0;
    return status;
}

/* Every chain of internal frames begins with the entry of an evaluation. */
static bool
has_beginning(const struct cpt_decode *decode, const struct cpt_raw_stack *stack)
{
    return !CPT_HAS(decode->at->iframe.owner) || !stack->count ||
           stack->items[stack->count - 1].entry;
}

static cpt_status
walk(struct cpt_decode *decode, uint64_t tstate, struct cpt_raw_stack *stack,
     struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    bool cframes = CPT_HAS(at->cframe.current_frame) && !CPT_HAS(at->tstate.current_frame);
    int32_t field = CPT_HAS(at->tstate.current_frame) ? at->tstate.current_frame
                    : cframes                         ? at->tstate.cframe
                                                      : at->tstate.frame;
    uint64_t first;
    cpt_status status = cpt_memory_read_u64(decode->memory, tstate + (uint64_t)field, &first, error);

    if (status || !first)
        return status;
    if (cframes)
        return walk_cframes(decode, tstate, first, stack, error);
    status = walk_from(decode, first, stack, error);
    stack->suspect = !status && !has_beginning(decode, stack);
    return status;
}

cpt_status
cpt_threadstack_walk(struct cpt_decode *decode, uint64_t tstate, struct cpt_raw_stack *stack,
                     struct cpt_error *error)
{
    cpt_status status;

    stack->count = 0;
    stack->suspect = false;
    status = walk(decode, tstate, stack, error);
    return status == CPT_ABSENT ? close_gaps(decode, tstate, stack, error) : status;
}

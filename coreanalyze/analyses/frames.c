#include "coreanalyze/analyses/frames.h"

#include "coreanalyze/analyses/stack_native.h"

/* Where the innermost evaluation of THREAD that tells has its mark on the C stack; 0: none does. */
static uint64_t
anchor_of(const struct cpt_stack_thread *thread)
{
    for (size_t i = 0; i < thread->evaluation_count; i++) {
        if (thread->evaluations[i].anchor && thread->evaluations[i].count)
            return thread->evaluations[i].anchor;
    }
    return 0;
}

/* Whether thread state A's frames are inside of B's, which was listed before. The C stack grows downwards; where it
   does not tell, who has the GIL runs, and an interpreter is run by an older one. */
static bool
is_inside(const struct cpt_stack_thread *a, const struct cpt_stack_thread *b)
{
    uint64_t x = anchor_of(a), y = anchor_of(b);

    if (x && y)
        return x < y;
    if ((a->status ^ b->status) & CPT_THREAD_HOLDS_GIL)
        return a->status & CPT_THREAD_HOLDS_GIL;
    return a->interpreter > b->interpreter;
}

/* The threads with frames before those without; all of them, since one without may be handling an exception. */
static void
sort_threads(struct cpt_frame_list *list, struct cpt_stack *stack)
{
    for (size_t i = 0; i < stack->thread_count; i++) {
        struct cpt_stack_thread *thread = &stack->threads[i];
        size_t at = list->thread_count++;

        for (; at && thread->frame_count; at--) {
            if (list->threads[at - 1]->frame_count && !is_inside(thread, list->threads[at - 1]))
                break;
            list->threads[at] = list->threads[at - 1];
        }
        list->threads[at] = thread;
    }
}

cpt_status
cpt_frame_list_make(struct cpt_frame_list *list, struct cpt_stack *stack, struct cpt_error *error)
{
    size_t count = 0;

    *list = (struct cpt_frame_list){.complete = true};
    for (size_t i = 0; i < stack->thread_count; i++)
        count += stack->threads[i].frame_count;
    list->items = cpt_arena_array(&stack->arena, count, sizeof(*list->items));
    list->threads = cpt_arena_array(&stack->arena, stack->thread_count, sizeof(struct cpt_stack_thread *));
    if (!list->items || !list->threads)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    sort_threads(list, stack);
    for (size_t i = 0; i < list->thread_count; i++) {
        struct cpt_stack_thread *thread = list->threads[i];

        for (size_t j = 0; j < thread->frame_count; j++)
            list->items[list->count++] = (struct cpt_frame_entry){thread, &thread->frames[j]};
        list->complete = list->complete && thread->frames_complete;
    }
    return CPT_OK;
}

/* Where NATIVE has the frame with PC and SP; its count where it has none. A debugger may see a frame that has no place of
   its own on the stack: then PC is another one. */
static size_t
find_native(const struct cpt_native_stack *native, uint64_t pc, uint64_t sp)
{
    for (size_t i = 0; i < native->count; i++) {
        if (native->items[i].sp == sp && native->items[i].address == pc)
            return i;
    }
    /* An address on the stack is in one frame's part of it. */
    for (size_t i = 0; i + 1 < native->count; i++) {
        if (native->items[i].sp && native->items[i].sp <= sp && sp < native->items[i + 1].sp)
            return i;
    }
    return native->count;
}

/* The place in LIST of frame INDEX of its thread AT. */
static size_t
place(const struct cpt_frame_list *list, size_t at, size_t index)
{
    for (size_t i = 0; i < at; i++)
        index += list->threads[i]->frame_count;
    return index;
}

enum cpt_frame_match
cpt_frame_list_match(const struct cpt_frame_list *list, uint64_t pc, uint64_t sp, size_t *index)
{
    enum cpt_frame_match match = CPT_FRAME_UNMATCHED;

    for (size_t i = 0; i < list->thread_count; i++) {
        const struct cpt_stack_thread *thread = list->threads[i];
        const struct cpt_native_stack *native = &thread->native;
        size_t at = find_native(native, pc, sp), first;

        if (!native->merged || at == native->count)
            return CPT_FRAME_UNMATCHED;
        for (; at < native->count; at++) {
            if (!cpt_native_python(thread, &native->items[at], &first))
                continue;
            *index = place(list, i, first);
            return CPT_FRAME_MATCHED;
        }
        /* What is beyond a cut may well run Python. */
        match = native->complete ? CPT_FRAME_NO_PYTHON : CPT_FRAME_UNMATCHED;
        if (match == CPT_FRAME_UNMATCHED)
            return match;
    }
    return match;
}

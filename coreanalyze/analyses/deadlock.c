#include "coreanalyze/analyses/deadlock.h"

#include "coreanalyze/analyses/stack.h"

#include <stdlib.h>

static size_t
index_of(const struct cpt_stack *stack, int32_t native_id)
{
    size_t i = 0;

    while (i < stack->thread_count && stack->threads[i].native_id != native_id)
        i++;
    return i;
}

/* The thread that the one at I waits for; the number of threads: none. */
static size_t
next_of(const struct cpt_stack *stack, size_t i)
{
    const struct cpt_waiting *waiting = &stack->threads[i].waiting;

    return waiting->kind && waiting->owner ? index_of(stack, waiting->owner) : stack->thread_count;
}

static cpt_status
add_deadlock(struct cpt_stack *stack, size_t first, struct cpt_error *error)
{
    struct cpt_deadlock *deadlock = &stack->deadlocks[stack->deadlock_count];
    size_t at = first, count = 0;
    int32_t *threads;

    do {
        count++;
        at = next_of(stack, at);
    } while (at != first);
    threads = cpt_arena_array(&stack->arena, count, sizeof(*threads));
    if (!threads)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    for (size_t i = 0; i < count; i++, at = next_of(stack, at))
        threads[i] = stack->threads[at].native_id;
    deadlock->threads = threads;
    deadlock->count = count;
    stack->deadlock_count++;
    return CPT_OK;
}

/* Each thread waits for one other at most: whoever is met again on a walk is in a circle. VISITS: which walk was here. */
static cpt_status
find_circles(struct cpt_stack *stack, size_t *visits, struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    for (size_t start = 0; !status && start < stack->thread_count; start++) {
        size_t at = start;

        while (at < stack->thread_count && !visits[at]) {
            visits[at] = start + 1;
            at = next_of(stack, at);
        }
        if (at < stack->thread_count && visits[at] == start + 1)
            status = add_deadlock(stack, at, error);
    }
    return status;
}

cpt_status
cpt_deadlocks_find(struct cpt_stack *stack, struct cpt_error *error)
{
    size_t *visits = calloc(stack->thread_count + 1, sizeof(*visits));
    cpt_status status;

    stack->deadlocks = cpt_arena_array(&stack->arena, stack->thread_count, sizeof(*stack->deadlocks));
    status = visits && stack->deadlocks ? find_circles(stack, visits, error)
                                        : cpt_error_set(error, CPT_NOMEM, "out of memory");
    free(visits);
    return status;
}

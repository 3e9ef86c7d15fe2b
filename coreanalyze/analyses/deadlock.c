#include "coreanalyze/analyses/deadlock.h"

#include "coreanalyze/analyses/stack.h"

#include <stdlib.h>

/* One search. */
struct search {
    struct cpt_stack *stack;
    struct cpt_hash places; /* native id -> index + 1 */
    size_t *visits;         /* which walk was at a thread: its start + 1; 0: none yet */
};

static bool
index_places(struct search *search)
{
    bool fits = true;

    for (size_t i = 0; fits && i < search->stack->thread_count; i++) {
        uint64_t native_id = (uint64_t)search->stack->threads[i].native_id;

        if (native_id && !cpt_hash_get(&search->places, native_id))
            fits = cpt_hash_set(&search->places, native_id, (void *)(uintptr_t)(i + 1));
    }
    return fits;
}

/* The thread that the one at I waits for; the number of threads: none. */
static size_t
next_of(const struct search *search, size_t i)
{
    const struct cpt_waiting *waiting = &search->stack->threads[i].waiting;
    size_t place = 0;

    if (waiting->kind && waiting->owner)
        place = (size_t)(uintptr_t)cpt_hash_get(&search->places, (uint64_t)waiting->owner);
    return place ? place - 1 : search->stack->thread_count;
}

static cpt_status
add_deadlock(const struct search *search, size_t first, struct cpt_error *error)
{
    struct cpt_stack *stack = search->stack;
    struct cpt_deadlock *deadlock = &stack->deadlocks[stack->deadlock_count];
    size_t at = first, count = 0;
    int32_t *threads;

    do {
        count++;
        at = next_of(search, at);
    } while (at != first);
    threads = cpt_arena_array(&stack->arena, count, sizeof(*threads));
    if (!threads)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    for (size_t i = 0; i < count; i++, at = next_of(search, at))
        threads[i] = stack->threads[at].native_id;
    deadlock->threads = threads;
    deadlock->count = count;
    stack->deadlock_count++;
    return CPT_OK;
}

/* Each thread waits for one other at most: whoever is met again on a walk is in a circle. */
static cpt_status
find_circles(const struct search *search, struct cpt_error *error)
{
    const struct cpt_stack *stack = search->stack;
    cpt_status status = CPT_OK;

    for (size_t start = 0; !status && start < stack->thread_count; start++) {
        size_t at = start;

        while (at < stack->thread_count && !search->visits[at]) {
            search->visits[at] = start + 1;
            at = next_of(search, at);
        }
        if (at < stack->thread_count && search->visits[at] == start + 1)
            status = add_deadlock(search, at, error);
    }
    return status;
}

cpt_status
cpt_deadlocks_find(struct cpt_stack *stack, struct cpt_error *error)
{
    struct search search = {.stack = stack, .visits = calloc(stack->thread_count + 1, sizeof(*search.visits))};
    cpt_status status;

    stack->deadlocks = cpt_arena_array(&stack->arena, stack->thread_count, sizeof(*stack->deadlocks));
    status = search.visits && stack->deadlocks && index_places(&search)
                 ? find_circles(&search, error)
                 : cpt_error_set(error, CPT_NOMEM, "out of memory");
    cpt_hash_free(&search.places);
    free(search.visits);
    return status;
}

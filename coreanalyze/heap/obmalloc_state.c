#include "coreanalyze/base/hash.h"
#include "coreanalyze/base/limits.h"
#include "coreanalyze/heap/obmalloc_search.h"

#include <inttypes.h>

struct state {
    uint64_t arenas;    /* where the two fields are */
    uint64_t maxarenas;
};

static void
fault(struct cpt_arena_search *search, const struct cpt_error *error, uint64_t interpreter)
{
    search->doubtful = true;
    cpt_holes_add_error(search->decode->holes, error, "allocator of the interpreter at 0x%" PRIx64, interpreter);
}

/* Where the state of INTERPRETER is: in 3.12 within it, from 3.13 on elsewhere. False: it has none. */
static bool
find_state(struct cpt_arena_search *search, const struct cpt_interpreter *interpreter, struct state *state)
{
    const struct cpt_layout_fields *at = search->decode->at;
    struct cpt_error error;
    uint64_t address;

    if (CPT_HAS(at->interp.obmalloc_arenas) && CPT_HAS(at->interp.obmalloc_maxarenas)) {
        state->arenas = interpreter->address + (uint64_t)at->interp.obmalloc_arenas;
        state->maxarenas = interpreter->address + (uint64_t)at->interp.obmalloc_maxarenas;
        return true;
    }
    if (cpt_memory_read_u64(search->decode->memory, interpreter->address + (uint64_t)at->interp.obmalloc, &address,
                            &error)) {
        fault(search, &error, interpreter->address);
        return false;
    }
    state->arenas = address + (uint64_t)at->obmalloc.arenas;
    state->maxarenas = address + (uint64_t)at->obmalloc.maxarenas;
    if (!address) /* an interpreter that is being made, or damage */
        search->doubtful = true;
    return address;
}

/* The entries of the table at ARENAS: as many as the state says, unless it cannot be. */
static uint32_t
entries_of(struct cpt_arena_search *search, uint64_t arenas, uint32_t maxarenas)
{
    uint32_t measured;

    if (maxarenas >= 16 && maxarenas <= CPT_MAX_ARENAS && !(maxarenas & (maxarenas - 1)))
        return maxarenas;
    measured = cpt_arena_table_measure(search, arenas);
    search->doubtful = true;
    cpt_holes_add(search->decode->holes, cpt_status_code(CPT_CORRUPT), arenas,
                  "the allocator's table of arenas cannot have %" PRIu32 " entries; %" PRIu32 " make sense", maxarenas,
                  measured);
    return measured;
}

static cpt_status
take_state(struct cpt_arena_search *search, const struct state *state, uint64_t interpreter, struct cpt_hash *seen,
           struct cpt_error *error)
{
    struct cpt_error why;
    uint32_t maxarenas;
    uint64_t arenas;

    if (cpt_memory_read_u64(search->decode->memory, state->arenas, &arenas, &why) ||
        cpt_memory_read_u32(search->decode->memory, state->maxarenas, &maxarenas, &why)) {
        fault(search, &why, interpreter);
        return CPT_OK;
    }
    if ((!arenas && !maxarenas) || cpt_hash_get(seen, arenas))
        return CPT_OK;
    if (!cpt_hash_set(seen, arenas, search))
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    return cpt_arena_table_take(search, arenas, entries_of(search, arenas, maxarenas), error);
}

cpt_status
cpt_arena_states_take(struct cpt_arena_search *search, const struct cpt_interpreter *interpreters, size_t count,
                      struct cpt_error *error)
{
    struct cpt_hash seen = {0};
    cpt_status status = CPT_OK;

    for (size_t i = 0; !status && i < count; i++) {
        struct state state;

        if (find_state(search, &interpreters[i], &state))
            status = take_state(search, &state, interpreters[i].address, &seen, error);
    }
    cpt_hash_free(&seen);
    if (search->arenas.count)
        search->obmalloc->way = CPT_OBMALLOC_STATE;
    return status;
}

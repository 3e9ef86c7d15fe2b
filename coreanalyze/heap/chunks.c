#include "coreanalyze/heap/chunks.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/heap/free_lists.h"

#include <stdlib.h>

#define PAGE 4096
#define CHUNK_HEAD 16 /* from a chunk to its block */
#define LEAST_CHUNK 32

/* Bits of a chunk's size word. */
#define PREV_INUSE 1
#define IS_MMAPPED 2
#define NON_MAIN_ARENA 4
#define NO_FLAG 8
#define FLAGS 15

/* Behind the end of a part of an arena there are two chunks of that size, or one and one without any. */
#define FENCE 16

#define CHUNKS_CHECKED 64
#define CHUNKS_ENOUGH 16
#define CHUNKS_AT_BEGIN 2 /* where they should be */
#define AHEAD 1024 /* bytes that are fetched ahead: most chunks are small, and each leads to the next */
#define FORGET_EVERY (UINT64_C(1) << 20)

struct finder {
    struct cpt_chunks *chunks;
    struct cpt_regions *regions;
    const struct cpt_obmalloc *obmalloc;
    struct cpt_area_runs areas;
    struct cpt_malloc_states states;
    struct cpt_tcaches tcaches;
    uint64_t found;  /* chunks */
    uint64_t budget; /* chunks that may still be gone through to see whether they are some */
    bool out_of_memory;
};

/* A part of a region that is to have chunks of one arena. */
struct piece {
    const struct cpt_region *region;
    uint64_t limit;   /* where it ends, at most the region's end */
    uint64_t top;     /* the topmost chunk if it is in here, else 0 */
    uint64_t foreign; /* bits that no size word has */
};

enum stop {
    STOP_NONE,
    STOP_TOP,    /* behind the topmost chunk, or at the piece's end */
    STOP_FENCE,
    STOP_DAMAGE,
};

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "no memory for the list of malloc's chunks");
}

static inline uint64_t
word_at(const struct cpt_region *region, uint64_t address)
{
    return cpt_load_u64(region->bytes + (address - region->start));
}

/* What is at AT: a chunk (STOP_NONE, *SIZE is its size), or why there is none. */
static inline enum stop
look(const struct piece *piece, uint64_t at, uint64_t *size)
{
    uint64_t word, whole;

    if (piece->limit - at < CHUNK_HEAD)
        return STOP_DAMAGE;
    word = word_at(piece->region, at + 8);
    whole = word & ~(uint64_t)FLAGS;
    *size = whole;
    if (word & piece->foreign || whole > piece->limit - at)
        return STOP_DAMAGE;
    if (whole < LEAST_CHUNK)
        return whole == FENCE || word == PREV_INUSE ? STOP_FENCE : STOP_DAMAGE;
    return piece->top - at - 1 < whole - 1 ? STOP_DAMAGE : STOP_NONE; /* the top is within it */
}

static void
note_tcache(struct finder *f, const struct piece *piece, uint64_t at, uint64_t size)
{
    uint64_t *added;

    if (!cpt_tcache_is_likely(piece->region->bytes + (at + CHUNK_HEAD - piece->region->start), size,
                              piece->region->end - at - CHUNK_HEAD))
        return;
    added = cpt_vec_add(&f->tcaches);
    if (added)
        *added = at + CHUNK_HEAD;
    else
        f->out_of_memory = true;
}

/* Goes from chunk to chunk; *AT is where it stopped. */
static enum stop
follow(struct finder *f, const struct piece *piece, uint64_t *at)
{
    uint64_t forget = *at + FORGET_EVERY, begin = *at, size;
    enum stop stop;

    for (;;) {
        stop = look(piece, *at, &size);
        if (stop)
            break;
        f->found++;
        __builtin_prefetch(piece->region->bytes + (*at - piece->region->start) + AHEAD);
        if (size - CPT_TCACHE_LEAST <= CPT_TCACHE_MOST - CPT_TCACHE_LEAST)
            note_tcache(f, piece, *at, size);
        *at += size;
        if (*at == piece->limit || *at - size == piece->top) {
            stop = STOP_TOP;
            break;
        }
        if (*at >= forget) {
            if (cpt_progress_is_cancelled(f->regions->memory->progress))
                return STOP_TOP;
            cpt_regions_walked(f->regions, *at - begin);
            begin = *at;
            forget = begin + FORGET_EVERY;
        }
    }
    return stop;
}

/* Whether chunks are in order from AT on: ENOUGH, or all up to an end of theirs. */
static bool
probe(const struct piece *piece, uint64_t at, unsigned enough)
{
    uint64_t last = 0, size;

    if (!(word_at(piece->region, at + 8) & PREV_INUSE))
        return false;
    for (unsigned count = 0; count < CHUNKS_CHECKED; count++) {
        enum stop stop = look(piece, at, &size);

        if (stop)
            return stop == STOP_FENCE ? count > 0 : count >= enough;
        if (last && !(word_at(piece->region, at + 8) & PREV_INUSE) && word_at(piece->region, at) != last)
            return count >= enough;
        if (at + size == piece->limit || at == piece->top)
            return true;
        last = size;
        at += size;
    }
    return true;
}

/* The first place from AT on where chunks are in order; the piece's end: there is none. */
static uint64_t
next_chunk(const struct piece *piece, uint64_t at)
{
    for (; at < piece->limit && piece->limit - at >= LEAST_CHUNK; at += 16) {
        uint64_t size = word_at(piece->region, at + 8);

        if (size & PREV_INUSE && size - LEAST_CHUNK < piece->limit - at && probe(piece, at, CHUNKS_ENOUGH))
            return at;
    }
    return piece->limit;
}

static void
add_run(struct finder *f, const struct piece *piece, uint64_t start, uint64_t end, enum stop stop)
{
    struct cpt_chunk_run *run = cpt_vec_add(f->chunks);
    bool last_used = stop == STOP_DAMAGE || (stop == STOP_FENCE && word_at(piece->region, end + 8) & PREV_INUSE);

    if (!run)
        f->out_of_memory = true;
    else
        *run = (struct cpt_chunk_run){
            .start = start,
            .end = end,
            .last_used = last_used,
            .is_cut = stop == STOP_TOP || piece->region->end - end < CHUNK_HEAD,
        };
}

/* Enters the runs of chunks from AT on. Somebody else may have moved the break between two of main_arena's, and damage
   can be anywhere: what follows is searched for. */
static void
add_runs(struct finder *f, struct piece *piece, uint64_t at)
{
    while (at < piece->limit && !f->out_of_memory) {
        uint64_t start = at;
        enum stop stop = follow(f, piece, &at);

        if (at > start)
            add_run(f, piece, start, at, stop);
        if (stop == STOP_TOP)
            return;
        at += stop == STOP_FENCE ? 2 * FENCE : FENCE;
        at = next_chunk(piece, at);
    }
}

/* The first top of a main_arena in [START, END); there are several where the C library is there several times. */
static uint64_t
main_top(const struct finder *f, uint64_t start, uint64_t end)
{
    uint64_t found = 0;

    for (size_t i = 0; i < f->states.count; i++) {
        const struct cpt_malloc_state *state = &f->states.items[i];

        if (state->is_main && state->top >= start && state->top < end && (!found || state->top < found))
            found = state->top;
    }
    return found;
}

static bool
has_main_arena(const struct finder *f)
{
    for (size_t i = 0; i < f->states.count; i++) {
        if (f->states.items[i].is_main)
            return true;
    }
    return false;
}

/* Without main_arena (its page is missing, or this is another malloc) the break has to begin with chunks. */
static void
add_break(struct finder *f, const struct cpt_region *region)
{
    struct piece piece = {.region = region, .limit = region->end, .foreign = IS_MMAPPED | NON_MAIN_ARENA | NO_FLAG};
    uint64_t at = region->start;

    if (!has_main_arena(f) && !probe(&piece, at, CHUNKS_ENOUGH))
        return;
    do {
        piece.top = main_top(f, at, region->end);
        if (at > region->start || !probe(&piece, at, CHUNKS_AT_BEGIN))
            at = next_chunk(&piece, at);
        if (at == piece.limit)
            return;
        add_runs(f, &piece, at);
        if (f->out_of_memory)
            return;
        at = f->chunks->items[f->chunks->count - 1].end;
    } while (piece.top && main_top(f, at, region->end));
}

/* Whether from AT on there are chunks up to main_arena's top or to a fence. */
static bool
is_main_part(struct finder *f, const struct piece *piece, uint64_t at)
{
    for (; f->budget; f->budget--) {
        uint64_t size;
        enum stop stop = look(piece, at, &size);

        if (stop)
            return stop == STOP_FENCE && piece->limit - at >= 2 * FENCE &&
                   word_at(piece->region, at + FENCE + 8) == (FENCE | PREV_INUSE);
        if (at == piece->top)
            return true;
        at += size;
    }
    return false;
}

/* The parts of main_arena in [AT, LIMIT), which begin at pages. */
static void
add_main_parts(struct finder *f, const struct cpt_region *region, uint64_t at, uint64_t limit)
{
    struct piece piece = {.region = region, .limit = limit, .foreign = IS_MMAPPED | NON_MAIN_ARENA | NO_FLAG};

    for (at = (at + PAGE - 1) & ~(uint64_t)(PAGE - 1); at < limit && limit - at >= PAGE; at += PAGE) {
        uint64_t start = at;
        enum stop stop;

        if (cpt_progress_stops(f->regions->memory->progress, at / PAGE))
            return;
        if (!(word_at(region, at + 8) & PREV_INUSE))
            continue;
        piece.top = main_top(f, at, limit);
        if (!is_main_part(f, &piece, at))
            continue;
        stop = follow(f, &piece, &at);
        add_run(f, &piece, start, at, stop);
        at = (at - 1) & ~(uint64_t)(PAGE - 1);
    }
}

static void
add_main_parts_of(struct finder *f, const struct cpt_region *region)
{
    const struct cpt_area_runs *areas = &f->areas;
    const struct cpt_obmalloc *obmalloc = f->obmalloc;
    uint64_t at = region->start;
    size_t area = 0, arena = 0;

    while (at < region->end && !f->out_of_memory) {
        uint64_t limit = region->end, next = region->end;

        while (area < areas->count && areas->items[area].end <= at)
            area++;
        while (arena < obmalloc->arena_count && obmalloc->arenas[arena].end <= at)
            arena++;
        if (area < areas->count && areas->items[area].start < limit) {
            limit = areas->items[area].start;
            next = areas->items[area].end;
        }
        if (arena < obmalloc->arena_count && obmalloc->arenas[arena].address < limit) {
            limit = obmalloc->arenas[arena].address;
            next = obmalloc->arenas[arena].end;
        }
        if (at < limit)
            add_main_parts(f, region, at, limit);
        at = next;
    }
}

static void
add_main(struct finder *f)
{
    bool elsewhere = false;

    for (size_t i = 0; i < f->regions->count; i++) {
        if (f->regions->items[i].kind == CPT_REGION_BRK && !f->out_of_memory)
            add_break(f, &f->regions->items[i]);
    }
    /* Where the break could not be moved, main_arena got memory anywhere. */
    for (size_t i = 0; i < f->states.count; i++)
        elsewhere |= f->states.items[i].is_main && !f->states.items[i].is_contiguous;
    for (size_t i = 0; elsewhere && i < f->regions->count; i++) {
        if (f->regions->items[i].kind == CPT_REGION_ANONYMOUS && !f->out_of_memory)
            add_main_parts_of(f, &f->regions->items[i]);
    }
}

/* A heap of a thread's arena. The first one has the arena itself in front of its chunks. */
static void
add_heap(struct finder *f, const struct cpt_area_run *area)
{
    const struct cpt_region *region = cpt_region_find(f->regions, area->start);
    const struct cpt_malloc_state *state;
    struct piece piece = {.region = region, .limit = area->end, .foreign = IS_MMAPPED | NO_FLAG};
    uint64_t arena, size, first;

    if (!region || area->end > region->end || area->end - area->start < PAGE)
        return;
    arena = word_at(region, area->start);
    size = word_at(region, area->start + 16);
    if (size < area->end - area->start)
        piece.limit = area->start + size;
    state = cpt_malloc_state_at(&f->states, arena);
    first = area->start + (arena & (CPT_HEAP_RESERVE - 1));
    if (state && first == arena)
        first = state->end;
    first = (first + 15) & ~UINT64_C(15);
    if (state && state->top >= first && state->top < piece.limit)
        piece.top = state->top;
    add_runs(f, &piece, first);
}

static void
add_mapped(struct finder *f, const struct cpt_area_run *area)
{
    struct cpt_chunk_run *run;

    if (area->end <= area->chunk || area->end - area->chunk < LEAST_CHUNK)
        return;
    run = cpt_vec_add(f->chunks);
    if (!run)
        f->out_of_memory = true;
    else
        *run = (struct cpt_chunk_run){.start = area->chunk, .end = area->end, .last_used = true, .is_cut = true};
}

static int
compare(const void *left, const void *right)
{
    const struct cpt_chunk_run *a = left, *b = right;

    return (a->start > b->start) - (a->start < b->start);
}

static void
add_all(struct finder *f)
{
    for (size_t i = 0; i < f->regions->count; i++)
        f->budget += (f->regions->items[i].end - f->regions->items[i].start) / 16;
    add_main(f);
    if (!f->states.count && !f->chunks->count)
        return;
    for (size_t i = 0; i < f->areas.count && !f->out_of_memory; i++) {
        if (f->areas.items[i].kind == CPT_AREA_HEAP)
            add_heap(f, &f->areas.items[i]);
        else if (f->areas.items[i].kind == CPT_AREA_CHUNK)
            add_mapped(f, &f->areas.items[i]);
    }
    if (f->chunks->count)
        qsort(f->chunks->items, f->chunks->count, sizeof(*f->chunks->items), compare);
}

static cpt_status
keep_states(struct cpt_chunks *chunks, const struct cpt_malloc_states *states, struct cpt_error *error)
{
    for (size_t i = 0; i < states->count; i++) {
        struct cpt_run *own = cpt_vec_add(&chunks->own);

        if (!own)
            return out_of_memory(error);
        *own = (struct cpt_run){states->items[i].address, states->items[i].end};
    }
    return CPT_OK;
}

cpt_status
cpt_chunks_open(struct cpt_chunks *chunks, struct cpt_regions *regions, const struct cpt_obmalloc *obmalloc,
                struct cpt_error *error)
{
    struct finder f = {.chunks = chunks, .regions = regions, .obmalloc = obmalloc};
    cpt_status status;

    *chunks = (struct cpt_chunks){.regions = regions};
    status = cpt_areas_list(&f.areas, regions, obmalloc, error);
    if (!status)
        status = cpt_malloc_states_find(&f.states, regions, &f.areas, error);
    if (!status) {
        add_all(&f);
        if (f.out_of_memory)
            status = out_of_memory(error);
    }
    if (!status)
        status = cpt_free_lists_take(chunks, &f.tcaches, &f.states, 4 * f.found + 4096, error);
    if (!status)
        status = keep_states(chunks, &f.states, error);
    cpt_areas_free(&f.areas);
    cpt_malloc_states_free(&f.states);
    cpt_vec_free(&f.tcaches);
    return status;
}

void
cpt_chunks_close(struct cpt_chunks *chunks)
{
    cpt_vec_free(&chunks->own);
    cpt_vec_free(&chunks->free);
    cpt_vec_free(chunks);
}

/* The number of the first free block from ADDRESS on. */
static size_t
free_from(const struct cpt_chunks *chunks, uint64_t address)
{
    size_t low = 0, high = chunks->free.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (chunks->free.items[middle] < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool
cpt_chunks_each(const struct cpt_chunks *chunks, size_t index,
                void (*each)(void *arg, uint64_t block, uint64_t size, bool used), void *arg)
{
    const struct cpt_chunk_run *run = &chunks->items[index];
    const struct cpt_region *region = cpt_region_find(chunks->regions, run->start);
    const uint64_t *free_blocks = chunks->free.items;
    size_t next_free = free_from(chunks, run->start);
    uint64_t at = run->start, forget = at + FORGET_EVERY, begin = at, word = word_at(region, at + 8);

    while (at < run->end) {
        uint64_t block = at + CHUNK_HEAD, size = word & ~(uint64_t)FLAGS, next;
        bool used;

        if (word & IS_MMAPPED)
            size = run->end - at;
        if (size < LEAST_CHUNK || size > run->end - at)
            return false;
        next = at + size;
        __builtin_prefetch(region->bytes + (next - region->start) + AHEAD);
        if (next < run->end)
            word = word_at(region, next + 8);
        used = next < run->end ? word & PREV_INUSE : run->last_used;
        while (next_free < chunks->free.count && free_blocks[next_free] < block)
            next_free++;
        if (next_free < chunks->free.count && free_blocks[next_free] == block)
            used = false;
        each(arg, block, next == run->end && run->is_cut ? size - CHUNK_HEAD : size, used);
        at = next;
        if (at >= forget) {
            if (cpt_progress_is_cancelled(chunks->regions->memory->progress))
                return true;
            cpt_regions_walked(chunks->regions, at - begin);
            begin = at;
            forget = at + FORGET_EVERY;
        }
    }
    return true;
}

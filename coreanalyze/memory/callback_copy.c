#include "coreanalyze/memory/callback_internal.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/memory/room.h"

#include <inttypes.h>
#include <string.h>

#define PAGE 4096
#define PROBES 8               /* pages that are asked for before a chunk is given up */
#define MOST_GUARD (16 * PAGE) /* bytes of guard pages between two stacks */
#define MEGABYTE UINT64_C(1000000)

static cpt_status
out_of_memory(const struct cpt_callback *callback, struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "no memory to copy that of process %d", (int)callback->memory.pid);
}

/* As part of the run before where that ends at START. */
static bool
extend(struct cpt_run_list *list, uint64_t start, uint64_t end)
{
    struct cpt_run *last = list->count ? &list->items[list->count - 1] : NULL;

    if (start >= end)
        return true;
    if (last && last->end == start) {
        last->end = end;
        return true;
    }
    last = cpt_vec_add(list);
    if (last)
        *last = (struct cpt_run){.start = start, .end = end};
    return last;
}

/* Whether any of a few pages of [START, END) can be read. */
static bool
has_pages(struct cpt_callback *callback, uint64_t start, uint64_t end, uint8_t *scratch)
{
    uint64_t step = (end - start) / PROBES / PAGE * PAGE;

    for (uint64_t at = end - PAGE, i = 0; i < PROBES; at -= step, i++) {
        if (at < start || at >= end || !step)
            return true; /* too few to guess: each is asked for */
        if (cpt_callback_read_source(callback, at, scratch, PAGE) == PAGE)
            return true;
    }
    return false;
}

/* What a read from START to END left behind AT, page by page. */
static bool
copy_pages(struct cpt_callback *callback, uint64_t at, uint64_t end, uint8_t *bytes)
{
    bool done = true;

    for (; done && at < end; at += PAGE, bytes += PAGE) {
        if (cpt_callback_read_source(callback, at, bytes, PAGE) == PAGE)
            done = extend(&callback->runs, at, at + PAGE);
        else
            done = extend(&callback->bad, at, at + PAGE);
    }
    return done;
}

/* The pages from START to END, at most a chunk, to BYTES. */
static bool
copy_chunk(struct cpt_callback *callback, uint64_t start, uint64_t end, uint8_t *bytes)
{
    uint64_t got = cpt_callback_read_source(callback, start, bytes, end - start) / PAGE * PAGE;

    if (!extend(&callback->runs, start, start + got))
        return false;
    if (!got && !has_pages(callback, start, end, bytes))
        return extend(&callback->bad, start, end);
    return copy_pages(callback, start + got, end, bytes + got);
}

static bool
copy_run(struct cpt_callback *callback, const struct cpt_run *run, uint64_t *done, uint64_t total,
         struct cpt_progress *progress)
{
    uint8_t *bytes = cpt_copy_areas_place(&callback->areas, run->start, run->end);

    for (uint64_t at = run->start; bytes && at < run->end && !cpt_progress_is_cancelled(progress);) {
        uint64_t end = run->end - at < CPT_CALLBACK_CHUNK ? run->end : at + CPT_CALLBACK_CHUNK;

        if (!copy_chunk(callback, at, end, bytes + (at - run->start)))
            return false;
        *done += end - at;
        at = end;
        cpt_progress_update(progress, *done, total);
    }
    return bytes;
}

/* The places of what was copied: nothing else of an area is the target's. */
static bool
place_pieces(struct cpt_callback *callback)
{
    for (size_t i = 0; i < callback->runs.count; i++) {
        uint64_t start = callback->runs.items[i].start, end = callback->runs.items[i].end;
        const uint8_t *bytes = cpt_copy_areas_place(&callback->areas, start, end);

        if (!bytes || !cpt_pieces_add(&callback->copied, start, end, end - start, bytes))
            return false;
    }
    cpt_pieces_settle(&callback->copied);
    return true;
}

static bool
is_wanted(const struct cpt_mapping *mapping)
{
    return !mapping->shared && mapping->readable && mapping->writable &&
           !(mapping->path && strncmp(mapping->path, "[v", 2) == 0);
}

/* What is to be copied, as WANTED: neighbours are one. What is too large for that, as nothing tells which of its pages
   there are, becomes a hole. */
static bool
list_wanted(const struct cpt_callback *callback, struct cpt_run_list *wanted, struct cpt_holes *holes)
{
    for (size_t i = 0; i < callback->mappings.count; i++) {
        const struct cpt_mapping *mapping = &callback->mappings.items[i];
        uint64_t size = mapping->end - mapping->start;

        if (!is_wanted(mapping) || mapping->start % PAGE || mapping->end % PAGE)
            continue;
        if (size > CPT_MAX_UNKNOWN)
            cpt_holes_add(holes, "unreadable", mapping->start,
                          "a mapping of %" PRIu64 " GB was not copied: which pages of it are there cannot be told",
                          size / (1000 * MEGABYTE));
        else if (!extend(wanted, mapping->start, mapping->end))
            return false;
    }
    return true;
}

static cpt_status
check_room(const struct cpt_callback *callback, uint64_t need, struct cpt_error *error)
{
    uint64_t room = cpt_room_in_memory();

    if (need <= room && need / 16 <= room - need)
        return CPT_OK;
    return cpt_error_set(error, CPT_LIMIT,
                         "to copy the memory of process %d takes %" PRIu64 " MB, and there are %" PRIu64
                         " MB left to take",
                         (int)callback->memory.pid, (need + need / 16) / MEGABYTE, room / MEGABYTE);
}

static cpt_status
copy_all(struct cpt_callback *callback, const struct cpt_run_list *wanted, struct cpt_progress *progress,
         struct cpt_error *error)
{
    uint64_t total = 0, done = 0;
    cpt_status status;
    bool fits = true;

    for (size_t i = 0; i < wanted->count; i++)
        total += wanted->items[i].end - wanted->items[i].start;
    status = check_room(callback, total, error);
    if (status)
        return status;
    if (!cpt_copy_areas_reserve(&callback->areas, wanted))
        return out_of_memory(callback, error);
    cpt_progress_begin(progress, "copying the memory of process %d", (int)callback->memory.pid);
    for (size_t i = 0; fits && i < wanted->count; i++)
        fits = copy_run(callback, &wanted->items[i], &done, total, progress);
    cpt_progress_end(progress);
    if (cpt_progress_is_cancelled(progress))
        return cpt_progress_check(progress, error);
    return fits && place_pieces(callback) ? CPT_OK : out_of_memory(callback, error);
}

/* A little of no file that cannot be read is a guard page of a stack, which lacks nothing; glibc 2.42 makes them within
   a mapping that can be read. */
static bool
is_hole(const struct cpt_callback *callback, const struct cpt_run *bad)
{
    const struct cpt_mapping *mapping = cpt_memory_mapping(&callback->memory, bad->start);

    return bad->end - bad->start > MOST_GUARD || !mapping || mapping->path;
}

void
cpt_callback_drop_copy(struct cpt_callback *callback)
{
    cpt_pieces_free(&callback->copied);
    cpt_copy_areas_free(&callback->areas);
    cpt_vec_free(&callback->runs);
    cpt_vec_free(&callback->bad);
}

cpt_status
cpt_callback_copy(struct cpt_callback *callback, struct cpt_progress *progress, struct cpt_holes *holes,
                  struct cpt_error *error)
{
    struct cpt_run_list wanted = {0};
    cpt_status status = CPT_OK;

    if (callback->is_copied)
        return CPT_OK;
    if (!list_wanted(callback, &wanted, holes))
        status = out_of_memory(callback, error);
    if (!status)
        status = copy_all(callback, &wanted, progress, error);
    cpt_vec_free(&wanted);
    if (status) {
        cpt_callback_drop_copy(callback);
        return status;
    }
    callback->is_copied = true;
    cpt_holes_note(holes, "residency",
                   "which pages of process %d are there cannot be told: all that it can write to counts",
                   (int)callback->memory.pid);
    callback->memory.runs = callback->runs.items;
    callback->memory.run_count = callback->runs.count;
    for (size_t i = 0; i < callback->bad.count; i++) {
        const struct cpt_run *bad = &callback->bad.items[i];

        if (is_hole(callback, bad))
            cpt_holes_add(holes, "unreadable", bad->start, "%" PRIu64 " bytes of memory could not be copied",
                          bad->end - bad->start);
    }
    return CPT_OK;
}

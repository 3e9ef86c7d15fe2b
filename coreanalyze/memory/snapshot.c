#include "coreanalyze/memory/snapshot.h"

#include "coreanalyze/base/vec.h"
#include "coreanalyze/memory/copyareas.h"
#include "coreanalyze/memory/copyparts.h"
#include "coreanalyze/memory/process_internal.h"
#include "coreanalyze/memory/room.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MEGABYTE UINT64_C(1000000)

struct cpt_snapshot {
    struct cpt_memory memory;
    struct cpt_process *process;
    struct cpt_survey survey;     /* of what was copied */
    struct cpt_copy_areas areas;
    struct cpt_pieces copied;     /* settled */
    struct cpt_run_list bad;      /* pages that could not be copied */
    struct cpt_cache cache;       /* pages that were read from the process afterwards */
    struct cpt_task *tasks;
    uint64_t made;                /* memory that was taken ahead */
    uint64_t bytes;
    bool taken;
};

/* memory is the first member. */
static struct cpt_snapshot *
self(struct cpt_memory *memory)
{
    return (struct cpt_snapshot *)memory;
}

/* --- reading */

/* From the process, as it is now, which may have become another program. */
static size_t
read_process(void *arg, uint64_t address, void *buffer, size_t size)
{
    struct cpt_snapshot *snapshot = arg;

    if (!cpt_process_is_alive(snapshot->process))
        return 0;
    return cpt_remote_read(&snapshot->process->remote, address, buffer, size);
}

/* The first of the runs that ends above ADDRESS. */
static const struct cpt_run *
run_above(const struct cpt_run_list *list, uint64_t address)
{
    size_t low = 0, high = list->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (list->items[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low < list->count ? &list->items[low] : NULL;
}

/* What is in no piece. */
static size_t
read_elsewhere(void *arg, uint64_t address, void *buffer, size_t size)
{
    struct cpt_snapshot *snapshot = arg;
    const struct cpt_mapping *mapping = cpt_memory_mapping(&snapshot->memory, address);
    const struct cpt_run *bad = run_above(&snapshot->bad, address);

    if (!mapping || (bad && bad->start <= address))
        return 0;
    if (size > mapping->end - address)
        size = mapping->end - address;
    size = cpt_pieces_gap(&snapshot->copied, address, size);
    if (bad && bad->start - address < size)
        size = bad->start - address;
    if (snapshot->survey.uses[mapping - snapshot->memory.mappings] == CPT_USE_ANONYMOUS) {
        memset(buffer, 0, size);
        return size;
    }
    if (size < CPT_CACHE_PAGE && cpt_cache_init(&snapshot->cache))
        return cpt_cache_read(&snapshot->cache, address, buffer, size, read_process, snapshot);
    return read_process(snapshot, address, buffer, size);
}

static size_t
snapshot_read(struct cpt_memory *memory, uint64_t address, void *buffer, size_t size)
{
    return cpt_pieces_read(&self(memory)->copied, address, buffer, size, read_elsewhere, self(memory));
}

static const void *
snapshot_piece(struct cpt_memory *memory, uint64_t address, uint64_t *size)
{
    return cpt_pieces_peek(&self(memory)->copied, address, size);
}

static const void *
snapshot_view(struct cpt_memory *memory, uint64_t address, size_t size)
{
    return cpt_pieces_view(&self(memory)->copied, address, size);
}

static const struct cpt_memory_ops snapshot_ops = {
    .read = snapshot_read,
    .view = snapshot_view,
    .piece = snapshot_piece,
};

/* --- making room */

static cpt_status
out_of_memory(const struct cpt_snapshot *snapshot, struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "no memory to copy that of process %d", snapshot->memory.pid);
}

/* NEED is what is not taken yet; a sixteenth more goes to whoever works on the copy. */
static cpt_status
check_room(const struct cpt_snapshot *snapshot, uint64_t need, struct cpt_error *error)
{
    uint64_t room = cpt_room_in_memory();

    if (need <= room && need / 16 <= room - need)
        return CPT_OK;
    cpt_error_set(error, CPT_LIMIT,
                  "to copy the memory of process %d takes %" PRIu64 " MB, and there are %" PRIu64 " MB left to take",
                  snapshot->memory.pid, (need + need / 16) / MEGABYTE, room / MEGABYTE);
    cpt_error_hint(error, "take a core of it (gcore -o FILE %d), where there is room for a file, and read that",
                   snapshot->memory.pid);
    return CPT_LIMIT;
}

/* Of what is there now: by the time of the copy a little will have changed. */
static cpt_status
make_room(struct cpt_snapshot *snapshot, struct cpt_progress *progress, struct cpt_error *error)
{
    struct cpt_survey *survey = &snapshot->survey;
    cpt_status status = cpt_survey_make(survey, snapshot->process, error);

    if (status)
        return status;
    snapshot->made = cpt_copy_areas_need(&survey->parts);
    status = check_room(snapshot, snapshot->made, error);
    if (status)
        return status;
    if (!cpt_copy_areas_reserve(&snapshot->areas, &survey->pieces))
        return out_of_memory(snapshot, error);
    cpt_progress_begin(progress, "copying the memory of process %d", snapshot->memory.pid);
    cpt_copy_areas_fill(&snapshot->areas, &survey->parts, progress);
    cpt_progress_end(progress);
    return cpt_progress_check(progress, error);
}

cpt_status
cpt_snapshot_open(struct cpt_snapshot **result, struct cpt_process *process, struct cpt_progress *progress,
                  struct cpt_error *error)
{
    struct cpt_snapshot *snapshot = calloc(1, sizeof(*snapshot));
    cpt_status status;

    if (!snapshot)
        return cpt_error_set(error, CPT_NOMEM, "no memory to copy that of a process");
    snapshot->process = process;
    snapshot->memory.ops = &snapshot_ops;
    snapshot->memory.kind = CPT_MEMORY_PROCESS;
    snapshot->memory.progress = progress;
    snapshot->memory.pid = process->memory.pid;
    snapshot->memory.ns_pid = process->memory.ns_pid;
    status = make_room(snapshot, progress, error);
    if (status) {
        cpt_snapshot_close(snapshot);
        return status;
    }
    *result = snapshot;
    return CPT_OK;
}

/* --- copying */

static bool
place_pieces(struct cpt_snapshot *snapshot)
{
    const struct cpt_run_list *pieces = &snapshot->survey.pieces;

    for (size_t i = 0; i < pieces->count; i++) {
        uint64_t start = pieces->items[i].start, end = pieces->items[i].end;
        const uint8_t *bytes = cpt_copy_areas_place(&snapshot->areas, start, end);

        if (!bytes || !cpt_pieces_add(&snapshot->copied, start, end, end - start, bytes))
            return false;
    }
    cpt_pieces_settle(&snapshot->copied);
    return true;
}

/* Takes the bad pages out of the pieces: zeros there would be a lie. */
static bool
cut_pieces(struct cpt_snapshot *snapshot)
{
    struct cpt_pieces cut = {0};
    bool done = true;

    for (size_t i = 0; i < snapshot->copied.count; i++) {
        const struct cpt_piece *piece = &snapshot->copied.items[i];
        const struct cpt_run *bad = run_above(&snapshot->bad, piece->start);
        const struct cpt_run *bad_end = snapshot->bad.items + snapshot->bad.count;
        uint64_t at = piece->start;

        for (; bad && bad < bad_end && bad->start < piece->end; bad++) {
            done = done && cpt_pieces_add(&cut, at, bad->start, bad->start - at, piece->bytes + (at - piece->start));
            at = bad->end;
        }
        if (at < piece->end)
            done = done && cpt_pieces_add(&cut, at, piece->end, piece->end - at, piece->bytes + (at - piece->start));
    }
    cpt_pieces_settle(&cut);
    cpt_pieces_free(&snapshot->copied);
    snapshot->copied = cut;
    return done;
}

/* A guard page that could not be told from one that is swapped out lacks nothing. */
static bool
is_hole(const struct cpt_snapshot *snapshot, const struct cpt_run *bad)
{
    const struct cpt_run *there = run_above(&snapshot->survey.resident, bad->start);

    return snapshot->survey.tells_guards || (there && there->start < bad->end);
}

static void
add_holes(const struct cpt_snapshot *snapshot, struct cpt_holes *holes)
{
    const struct cpt_survey *survey = &snapshot->survey;

    if (!holes)
        return;
    if (!survey->tells_pages)
        cpt_holes_note(holes, "residency",
                       "which pages of process %d are there cannot be told: all that it can write to counts",
                       snapshot->memory.pid);
    for (size_t i = 0; i < snapshot->bad.count; i++) {
        const struct cpt_run *bad = &snapshot->bad.items[i];

        if (is_hole(snapshot, bad))
            cpt_holes_add(holes, "unreadable", bad->start, "%" PRIu64 " bytes of memory could not be copied",
                          bad->end - bad->start);
    }
    for (size_t i = 0; i < survey->mappings.count; i++) {
        const struct cpt_mapping *mapping = &survey->mappings.items[i];

        if (survey->uses[i] == CPT_USE_UNKNOWN)
            cpt_holes_add(holes, "unreadable", mapping->start,
                          "a mapping of %" PRIu64 " GB was not copied: which pages of it are there cannot be told",
                          (mapping->end - mapping->start) / (1000 * MEGABYTE));
    }
}

static cpt_status
copy_all(struct cpt_snapshot *snapshot, struct cpt_error *error)
{
    struct cpt_survey *survey = &snapshot->survey;
    uint64_t need = cpt_copy_areas_need(&survey->parts);
    struct cpt_copied copied;
    cpt_status status = CPT_OK;

    if (need > snapshot->made)
        status = check_room(snapshot, need - snapshot->made, error);
    if (status)
        return status;
    if (!place_pieces(snapshot))
        return out_of_memory(snapshot, error);
    cpt_copy_parts(&copied, &snapshot->process->remote, &survey->parts, &snapshot->copied,
                   snapshot->memory.progress);
    snapshot->bad = copied.bad;
    snapshot->bytes = copied.bytes;
    if (copied.gone)
        return cpt_error_set(error, CPT_GONE, "process %d ended while it was copied", snapshot->memory.pid);
    if (copied.no_memory || (snapshot->bad.count && !cut_pieces(snapshot)))
        return out_of_memory(snapshot, error);
    return cpt_progress_check(snapshot->memory.progress, error);
}

static cpt_status
take_tasks(struct cpt_snapshot *snapshot, struct cpt_error *error)
{
    const struct cpt_memory *process = &snapshot->process->memory;

    snapshot->tasks = calloc(process->task_count + 1, sizeof(*snapshot->tasks));
    if (!snapshot->tasks)
        return out_of_memory(snapshot, error);
    memcpy(snapshot->tasks, process->tasks, process->task_count * sizeof(*snapshot->tasks));
    snapshot->memory.tasks = snapshot->tasks;
    snapshot->memory.task_count = process->task_count;
    return CPT_OK;
}

/* What an earlier copy left. */
static void
forget(struct cpt_snapshot *snapshot)
{
    if (snapshot->taken) {
        cpt_copy_areas_free(&snapshot->areas);
        snapshot->made = 0;
    }
    cpt_pieces_free(&snapshot->copied);
    cpt_vec_free(&snapshot->bad);
    cpt_cache_clear(&snapshot->cache);
    free(snapshot->tasks);
    snapshot->tasks = NULL;
    snapshot->bytes = 0;
}

cpt_status
cpt_snapshot_take(struct cpt_snapshot *snapshot, struct cpt_holes *holes, struct cpt_error *error)
{
    struct cpt_survey *survey = &snapshot->survey;
    cpt_status status;

    forget(snapshot);
    snapshot->taken = true;
    status = cpt_survey_make(survey, snapshot->process, error);
    snapshot->memory.mappings = survey->mappings.items;
    snapshot->memory.mapping_count = survey->mappings.count;
    snapshot->memory.runs = survey->resident.items;
    snapshot->memory.run_count = survey->resident.count;
    if (!status)
        status = take_tasks(snapshot, error);
    if (!status)
        status = copy_all(snapshot, error);
    /* Also where it runs another program by now. */
    if (!cpt_process_is_alive(snapshot->process))
        return cpt_error_set(error, CPT_GONE, "process %d ended while it was copied", snapshot->memory.pid);
    if (!status)
        add_holes(snapshot, holes);
    return status;
}

struct cpt_memory *
cpt_snapshot_memory(struct cpt_snapshot *snapshot)
{
    return &snapshot->memory;
}

uint64_t
cpt_snapshot_bytes(const struct cpt_snapshot *snapshot)
{
    return snapshot->bytes;
}

void
cpt_snapshot_close(struct cpt_snapshot *snapshot)
{
    if (!snapshot)
        return;
    forget(snapshot);
    cpt_copy_areas_free(&snapshot->areas);
    cpt_cache_free(&snapshot->cache);
    cpt_survey_free(&snapshot->survey);
    free(snapshot);
}

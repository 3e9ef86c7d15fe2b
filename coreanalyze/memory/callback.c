#include "coreanalyze/memory/callback.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"
#include "coreanalyze/memory/cache.h"
#include "coreanalyze/memory/copyareas.h"
#include "coreanalyze/memory/maps.h"
#include "coreanalyze/memory/pieces.h"
#include "coreanalyze/memory/room.h"
#include "coreanalyze/memory/startstack.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096
#define CHUNK (UINT64_C(1) << 20) /* bytes of one read */
#define PROBES 8                  /* pages that are asked for before a chunk is given up */
#define MOST_GUARD (16 * PAGE)    /* bytes of guard pages between two stacks */
#define MEGABYTE UINT64_C(1000000)

struct cpt_callback {
    struct cpt_memory memory;
    struct cpt_callback_source source;
    struct cpt_mapping_list mappings;
    char *maps_text; /* the mappings' paths point into it */
    struct cpt_task *tasks;
    struct cpt_cache cache;
    struct cpt_buffer command_line;
    char executable[4096];
    bool knows_start;             /* the two before have been looked for */
    struct cpt_copy_areas areas;
    struct cpt_pieces copied;     /* settled */
    struct cpt_run_list runs;     /* what was copied */
    struct cpt_run_list bad;      /* what could not be */
    bool is_copied;
};

/* memory is the first member. */
static struct cpt_callback *
self(struct cpt_memory *memory)
{
    return (struct cpt_callback *)memory;
}

/* --- reading */

static size_t
read_source(void *arg, uint64_t address, void *buffer, size_t size)
{
    const struct cpt_callback *callback = arg;
    const struct cpt_callback_source *source = &callback->source;
    size_t got;

    /* Each read may take its time: over a line it is one question and one answer. */
    if (cpt_progress_is_cancelled(callback->memory.progress))
        return 0;
    got = source->read(source->arg, address, buffer, size);
    return got <= size ? got : 0;
}

/* In chunks, so that a server at the other end of a line is not asked for more than it can send at once. */
static size_t
read_chunks(struct cpt_callback *callback, uint64_t address, uint8_t *buffer, size_t size)
{
    size_t done = 0;

    while (done < size) {
        size_t chunk = size - done < CHUNK ? size - done : CHUNK;
        size_t got = read_source(callback, address + done, buffer + done, chunk);

        done += got;
        if (got < chunk)
            break;
    }
    return done;
}

/* How many of SIZE bytes at ADDRESS come before another mapping, or a piece, begins. */
static size_t
up_to_next(const struct cpt_callback *callback, const struct cpt_mapping *mapping, uint64_t address, size_t size)
{
    size_t at = cpt_pieces_lower_bound(&callback->copied, address);

    if (size > mapping->end - address)
        size = mapping->end - address;
    if (at < callback->copied.count && callback->copied.items[at].start - address < size)
        size = callback->copied.items[at].start - address;
    return size;
}

/* What is in no piece. Where nothing is mapped nobody has to be asked. */
static size_t
read_elsewhere(struct cpt_callback *callback, uint64_t address, uint8_t *buffer, size_t size)
{
    const struct cpt_mapping *mapping = cpt_memory_mapping(&callback->memory, address);

    if (!mapping || !mapping->readable)
        return 0;
    size = up_to_next(callback, mapping, address, size);
    if (size < CPT_CACHE_PAGE && cpt_cache_init(&callback->cache))
        return cpt_cache_read(&callback->cache, address, buffer, size, read_source, callback);
    return read_chunks(callback, address, buffer, size);
}

static size_t
callback_read(struct cpt_memory *memory, uint64_t address, void *buffer, size_t size)
{
    struct cpt_callback *callback = self(memory);
    size_t done = 0;

    while (done < size) {
        uint64_t chunk;
        const uint8_t *bytes = cpt_pieces_peek(&callback->copied, address + done, &chunk);

        if (bytes && chunk > size - done)
            chunk = size - done;
        if (bytes)
            memcpy((uint8_t *)buffer + done, bytes, chunk);
        else
            chunk = read_elsewhere(callback, address + done, (uint8_t *)buffer + done, size - done);
        if (!chunk)
            break;
        done += chunk;
    }
    return done;
}

static const void *
callback_piece(struct cpt_memory *memory, uint64_t address, uint64_t *size)
{
    return cpt_pieces_peek(&self(memory)->copied, address, size);
}

static const void *
callback_view(struct cpt_memory *memory, uint64_t address, size_t size)
{
    uint64_t there;
    const void *bytes = callback_piece(memory, address, &there);

    return bytes && size <= there ? bytes : NULL;
}

static const struct cpt_memory_ops callback_ops = {
    .read = callback_read,
    .view = callback_view,
    .piece = callback_piece,
};

/* --- opening */

static cpt_status
parse_maps(struct cpt_callback *callback, const char *maps, struct cpt_error *error)
{
    size_t size = strlen(maps);
    cpt_status status;

    /* A last line without a newline is one too. */
    callback->maps_text = malloc(size + 2);
    if (!callback->maps_text)
        return cpt_error_set(error, CPT_NOMEM, "no memory for the list of mappings");
    memcpy(callback->maps_text, maps, size);
    if (size && maps[size - 1] != '\n')
        callback->maps_text[size++] = '\n';
    callback->maps_text[size] = '\0';
    status = cpt_maps_parse(&callback->mappings, callback->maps_text, size, error);
    if (!status && !callback->mappings.count)
        status = cpt_error_set(error, CPT_ABSENT, "what is mapped where in process %d is not known",
                               (int)callback->memory.pid);
    callback->memory.mappings = callback->mappings.items;
    callback->memory.mapping_count = callback->mappings.count;
    return status;
}

/* See settle_restart of process_hold.c: a thread that is about to repeat the call that it waits in. */
static void
settle_restart(struct cpt_callback *callback, struct cpt_task *task)
{
    static const uint8_t syscall_instruction[2] = {0x0f, 0x05};
    uint8_t next[2];

    if (!task->has_registers || !task->may_restart)
        return;
    task->may_restart = false;
    task->in_syscall = callback_read(&callback->memory, task->pc, next, 2) == 2 &&
                       memcmp(next, syscall_instruction, 2) == 0;
}

static cpt_status
copy_tasks(struct cpt_callback *callback, struct cpt_error *error)
{
    size_t count = callback->source.task_count;

    callback->tasks = calloc(count + 1, sizeof(*callback->tasks));
    if (!callback->tasks)
        return cpt_error_set(error, CPT_NOMEM, "no memory for the list of threads");
    /* The main thread first. */
    for (size_t i = 0, at = 1; i < count; i++) {
        bool is_main = callback->source.tasks[i].tid == callback->memory.pid && !callback->tasks[0].tid;

        if (!is_main && at == count)
            at = 0; /* there is no main thread among them */
        callback->tasks[is_main ? 0 : at++] = callback->source.tasks[i];
    }
    for (size_t i = 0; i < count; i++)
        settle_restart(callback, &callback->tasks[i]);
    callback->memory.tasks = callback->tasks;
    callback->memory.task_count = count;
    return CPT_OK;
}

cpt_status
cpt_callback_open(struct cpt_callback **result, const struct cpt_callback_source *source, struct cpt_error *error)
{
    struct cpt_callback *callback = calloc(1, sizeof(*callback));
    cpt_status status;

    if (!callback)
        return cpt_error_set(error, CPT_NOMEM, "no memory to open process %d", (int)source->pid);
    callback->source = *source;
    callback->memory.ops = &callback_ops;
    callback->memory.kind = CPT_MEMORY_PROCESS;
    callback->memory.pid = callback->memory.ns_pid = source->pid;
    status = parse_maps(callback, source->maps ? source->maps : "", error);
    if (!status)
        status = copy_tasks(callback, error);
    if (status) {
        cpt_callback_close(callback);
        return status;
    }
    *result = callback;
    return CPT_OK;
}

void
cpt_callback_close(struct cpt_callback *callback)
{
    if (!callback)
        return;
    cpt_pieces_free(&callback->copied);
    cpt_copy_areas_free(&callback->areas);
    cpt_vec_free(&callback->runs);
    cpt_vec_free(&callback->bad);
    cpt_cache_free(&callback->cache);
    cpt_vec_free(&callback->mappings);
    cpt_buffer_free(&callback->command_line);
    free(callback->maps_text);
    free(callback->tasks);
    free(callback);
}

struct cpt_memory *
cpt_callback_memory(struct cpt_callback *callback)
{
    return &callback->memory;
}

/* --- what it was started with */

static void
find_start(struct cpt_callback *callback)
{
    if (callback->knows_start)
        return;
    callback->knows_start = true;
    cpt_start_stack_read(&callback->memory, callback->executable, sizeof(callback->executable),
                         &callback->command_line);
}

const char *
cpt_callback_executable(struct cpt_callback *callback)
{
    find_start(callback);
    return callback->executable;
}

const char *
cpt_callback_command_line(struct cpt_callback *callback, size_t *size)
{
    find_start(callback);
    *size = callback->command_line.size;
    return callback->command_line.data ? callback->command_line.data : "";
}

/* --- copying */

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
        if (read_source(callback, at, scratch, PAGE) == PAGE)
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
        if (read_source(callback, at, bytes, PAGE) == PAGE)
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
    uint64_t got = read_source(callback, start, bytes, end - start) / PAGE * PAGE;

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
        uint64_t end = run->end - at < CHUNK ? run->end : at + CHUNK;

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

/* A little of no file that cannot be read is a guard page of a stack, which lacks nothing; glibc 2.42 makes them within a
   mapping that can be read. */
static bool
is_hole(const struct cpt_callback *callback, const struct cpt_run *bad)
{
    const struct cpt_mapping *mapping = cpt_memory_mapping(&callback->memory, bad->start);

    return bad->end - bad->start > MOST_GUARD || !mapping || mapping->path;
}

cpt_status
cpt_callback_copy(struct cpt_callback *callback, struct cpt_progress *progress, struct cpt_holes *holes,
                  struct cpt_error *error)
{
    struct cpt_run_list wanted = {0};
    cpt_status status = CPT_OK;

    if (callback->is_copied)
        return CPT_OK;
    callback->is_copied = true;
    if (!list_wanted(callback, &wanted, holes))
        status = out_of_memory(callback, error);
    if (!status)
        status = copy_all(callback, &wanted, progress, error);
    cpt_vec_free(&wanted);
    if (status)
        return status;
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

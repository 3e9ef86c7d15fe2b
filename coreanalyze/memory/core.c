#include "coreanalyze/memory/core.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/vec.h"
#include "coreanalyze/memory/core_input.h"
#include "coreanalyze/memory/core_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* memory is the first member. */
static struct cpt_core *
self(struct cpt_memory *memory)
{
    return (struct cpt_core *)memory;
}

static const uint8_t *
bytes_of_files(struct cpt_core *core, uint64_t address, uint64_t *size)
{
    if (!core->files.count)
        return NULL;
    cpt_pieces_settle(&core->files);
    return cpt_pieces_bytes(&core->files, address, size);
}

/* Some structures are read past their end, as their size is not known. That such a read runs into the mapping of another
   file does not make that a file that is wanted. */
static bool
runs_into_file(const struct cpt_core *core, uint64_t start, uint64_t address)
{
    const struct cpt_mapping *from, *into;

    if (start == address)
        return false;
    from = cpt_memory_mapping(&core->memory, start);
    into = cpt_memory_mapping(&core->memory, address);
    return from != into && (!from || !into || !from->path || !into->path || strcmp(from->path, into->path) != 0);
}

/* Whether the page at ADDRESS, which was left out, has come from a file now. */
static bool
fill(struct cpt_core *core, uint64_t start, uint64_t address)
{
    bool filled;

    if (!core->fill || core->filling || cpt_pieces_find(&core->dumped, address) ||
        runs_into_file(core, start, address))
        return false;
    core->filling = true;
    filled = core->fill(core->fill_arg, address);
    core->filling = false;
    return filled;
}

/* The bytes at ADDRESS and how many follow in one piece: the core's own, else a file's. START: where the read began. */
static const uint8_t *
bytes_at(struct cpt_core *core, uint64_t start, uint64_t address, uint64_t *size)
{
    const uint8_t *bytes = cpt_pieces_bytes(&core->dumped, address, size);

    if (!bytes)
        bytes = bytes_of_files(core, address, size);
    if (!bytes && fill(core, start, address))
        bytes = bytes_of_files(core, address, size);
    return bytes;
}

/* A page of the file, with zeros behind its end. */
static size_t
read_page(void *arg, uint64_t offset, void *buffer, size_t size)
{
    struct cpt_core *core = arg;
    size_t wanted = core->size - offset < size ? core->size - (size_t)offset : size;

    if (pread(core->fd, buffer, wanted, (off_t)offset) != (ssize_t)wanted)
        return 0;
    memset((char *)buffer + wanted, 0, size - wanted);
    return size;
}

/* Copies from BYTES. Of the core's own a little is read, not touched: the kernel would map sixteen
   pages around each, and memory in use would grow with how widely the heap is spread. */
static size_t
copy(struct cpt_core *core, const uint8_t *bytes, void *buffer, size_t size)
{
    bool own = bytes >= core->bytes && bytes < core->bytes + core->size;

    if (own && size < CPT_CACHE_PAGE && cpt_cache_init(&core->cache))
        return cpt_cache_read(&core->cache, (uint64_t)(bytes - core->bytes), buffer, size, read_page,
                              core);
    memcpy(buffer, bytes, size);
    return size;
}

static size_t
core_read(struct cpt_memory *memory, uint64_t address, void *buffer, size_t size)
{
    struct cpt_core *core = self(memory);
    size_t done = 0;

    while (done < size) {
        uint64_t chunk;
        size_t copied;
        const uint8_t *bytes = bytes_at(core, address, address + done, &chunk);

        if (!bytes)
            break;
        if (chunk > size - done)
            chunk = size - done;
        copied = copy(core, bytes, (uint8_t *)buffer + done, chunk);
        done += copied;
        if (copied < chunk)
            break;
    }
    return done;
}

static const void *
core_view(struct cpt_memory *memory, uint64_t address, size_t size)
{
    uint64_t there;
    const uint8_t *bytes = bytes_at(self(memory), address, address, &there);

    return bytes && size <= there ? bytes : NULL;
}

/* The core's own bytes alone: a file's are asked for, and added, while they are read. */
static const void *
core_piece(struct cpt_memory *memory, uint64_t address, uint64_t *size)
{
    return cpt_pieces_peek(&self(memory)->dumped, address, size);
}

/* The mapping is of a file and never written to: its pages come back from there. */
static void
core_forget(struct cpt_memory *memory)
{
    struct cpt_core *core = self(memory);

    (void)madvise((void *)(uintptr_t)core->bytes, core->size, MADV_DONTNEED);
}

static const struct cpt_memory_ops core_ops = {
    .read = core_read,
    .view = core_view,
    .piece = core_piece,
    .forget = core_forget,
};

/* Maps the file, which is never read as a whole. Its size is taken once. */
static cpt_status
map_file(struct cpt_core *core, const char *path, struct cpt_error *error)
{
    struct stat attributes;
    void *bytes;

    if (fstat(core->fd, &attributes) < 0)
        return cpt_error_set(error, CPT_IO, "%s: %s", path, strerror(errno));
    if (attributes.st_size == 0)
        return cpt_error_set(error, CPT_UNSUPPORTED, "%s is empty, so no core", path);
    bytes = mmap(NULL, (size_t)attributes.st_size, PROT_READ, MAP_PRIVATE, core->fd, 0);
    if (bytes == MAP_FAILED)
        return cpt_error_set(error, CPT_IO, "%s cannot be mapped: %s", path, strerror(errno));
    core->bytes = bytes;
    core->size = (size_t)attributes.st_size;
    core->written = attributes.st_mtim;
    if (!core->unpacked)
        cpt_guard_add(&core->guard, bytes, core->size);
    return CPT_OK;
}

static cpt_status
open_file(struct cpt_core *core, const struct cpt_core_source *source, struct cpt_error *error)
{
    struct cpt_core_input input;
    cpt_status status = cpt_core_input_open(&input, source, error);

    if (status)
        return status;
    core->fd = input.fd;
    core->unpacked = input.unpacked;
    core->info.mtime = input.mtime;
    core->info.truncated = input.damage[0] != '\0';
    memcpy(core->info.damage, input.damage, sizeof(core->info.damage));
    return map_file(core, source->path, error);
}

/* The thread whose id is the process's. Without NT_PRPSINFO the lowest id is most likely that of
   the first thread. */
static int32_t
main_tid(const struct cpt_core_notes *notes)
{
    int32_t lowest = notes->tasks.count ? notes->tasks.items[0].tid : 0;

    if (notes->has_pid)
        return notes->pid;
    for (size_t i = 1; i < notes->tasks.count; i++) {
        if (notes->tasks.items[i].tid < lowest)
            lowest = notes->tasks.items[i].tid;
    }
    return lowest;
}

/* The main thread goes first; the order of the others stays. */
static void
set_tasks(struct cpt_core *core)
{
    struct cpt_task *tasks = core->notes.tasks.items, main;
    size_t count = core->notes.tasks.count, at = 0;

    core->memory.pid = core->memory.ns_pid = main_tid(&core->notes);
    while (at < count && tasks[at].tid != core->memory.pid)
        at++;
    if (at < count && at > 0) {
        main = tasks[at];
        memmove(tasks + 1, tasks, at * sizeof(*tasks));
        tasks[0] = main;
    }
    core->memory.tasks = tasks;
    core->memory.task_count = count;
}

static cpt_status
open_all(struct cpt_core *core, const struct cpt_core_source *source, struct cpt_error *error)
{
    cpt_status status = open_file(core, source, error);

    if (status == CPT_OK)
        status = cpt_core_check_header(source->path, core->bytes, core->size, error);
    if (status == CPT_OK)
        status = cpt_core_read_segments(core, error);
    if (status != CPT_OK)
        return status;
    cpt_core_notes_signal(&core->notes, &core->info.signal);
    set_tasks(core);
    status = cpt_core_make_mappings(core, error);
    if (status == CPT_OK)
        cpt_core_find_executable(core);
    return status;
}

cpt_status
cpt_core_open_source(struct cpt_core **result, const struct cpt_core_source *source,
                     struct cpt_error *error)
{
    struct cpt_core *core = calloc(1, sizeof(*core));
    cpt_status status;

    if (!core)
        return cpt_error_set(error, CPT_NOMEM, "no memory to open %s", source->path);
    core->fd = -1;
    core->memory.ops = &core_ops;
    core->memory.kind = CPT_MEMORY_CORE;
    status = open_all(core, source, error);
    if (status != CPT_OK) {
        cpt_core_close(core);
        return status;
    }
    *result = core;
    return CPT_OK;
}

cpt_status
cpt_core_open(struct cpt_core **result, const char *path, struct cpt_error *error)
{
    struct cpt_core_source source = {.path = path, .fd = -1};

    return cpt_core_open_source(result, &source, error);
}

void
cpt_core_close(struct cpt_core *core)
{
    if (!core)
        return;
    cpt_guard_remove(&core->guard);
    if (core->bytes)
        munmap((void *)(uintptr_t)core->bytes, core->size);
    if (core->fd >= 0)
        close(core->fd);
    cpt_cache_free(&core->cache);
    cpt_core_notes_free(&core->notes);
    cpt_vec_free(&core->areas);
    cpt_vec_free(&core->runs);
    cpt_pieces_free(&core->dumped);
    cpt_pieces_free(&core->files);
    cpt_vec_free(&core->mappings);
    cpt_buffer_free(&core->command_line);
    cpt_arena_free(&core->arena);
    free(core);
}

struct cpt_memory *
cpt_core_memory(struct cpt_core *core)
{
    return &core->memory;
}

const struct cpt_core_info *
cpt_core_info(const struct cpt_core *core)
{
    return &core->info;
}

void
cpt_core_set_fill(struct cpt_core *core, bool (*fill_page)(void *arg, uint64_t address), void *arg)
{
    core->fill = fill_page;
    core->fill_arg = arg;
}

const char *
cpt_core_changed(const struct cpt_core *core)
{
    struct stat now;

    if (core->unpacked || fstat(core->fd, &now) < 0)
        return NULL;
    if (cpt_guard_was_hit(&core->guard) || (uint64_t)now.st_size < core->size)
        return "it was cut while it was read";
    if ((uint64_t)now.st_size > core->size || now.st_mtim.tv_sec != core->written.tv_sec ||
        now.st_mtim.tv_nsec != core->written.tv_nsec)
        return "it was written to while it was read";
    return NULL;
}

bool
cpt_core_has(const struct cpt_core *core, uint64_t start, uint64_t size)
{
    uint64_t end;

    if (!cpt_add_u64(start, size, &end))
        return false;
    for (size_t i = cpt_pieces_lower_bound(&core->dumped, start); start < end; i++) {
        if (i == core->dumped.count || core->dumped.items[i].start > start)
            return false;
        if (core->dumped.items[i].end < core->dumped.items[i].claimed_end)
            return core->dumped.items[i].end >= end;
        start = core->dumped.items[i].end;
    }
    return true;
}

/* Only the gaps between what the core dumped, or would have if it were not cut short: those
   pages the process had never changed, while what a cut took away may differ from the file. */
cpt_status
cpt_core_add_file(struct cpt_core *core, uint64_t start, uint64_t size, const void *bytes,
                  struct cpt_error *error)
{
    const struct cpt_pieces *dumped = &core->dumped;
    uint64_t end, at = start;

    if (!cpt_add_u64(start, size, &end))
        return cpt_error_set(error, CPT_CORRUPT, "a file's range wraps around");
    for (size_t i = cpt_pieces_lower_bound(dumped, start); at < end; i++) {
        const struct cpt_piece *piece = i < dumped->count ? &dumped->items[i] : NULL;
        uint64_t gap_end = piece && piece->start < end ? piece->start : end;

        if (gap_end > at && !cpt_pieces_add(&core->files, at, gap_end, gap_end - at,
                                            (const uint8_t *)bytes + (at - start)))
            return cpt_error_set(error, CPT_NOMEM, "no memory for a file's range");
        at = gap_end == end ? end : piece->claimed_end;
    }
    return CPT_OK;
}

#include "coreanalyze/memory/callback_internal.h"
#include "coreanalyze/memory/registers.h"
#include "coreanalyze/memory/startstack.h"

#include <stdlib.h>
#include <string.h>

/* memory is the first member. */
static struct cpt_callback *
self(struct cpt_memory *memory)
{
    return (struct cpt_callback *)memory;
}

/* --- reading */

size_t
cpt_callback_read_source(void *arg, uint64_t address, void *buffer, size_t size)
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
        size_t chunk = size - done < CPT_CALLBACK_CHUNK ? size - done : CPT_CALLBACK_CHUNK;
        size_t got = cpt_callback_read_source(callback, address + done, buffer + done, chunk);

        done += got;
        if (got < chunk)
            break;
    }
    return done;
}

/* What is in no piece. Where nothing is mapped nobody has to be asked. */
static size_t
read_elsewhere(void *arg, uint64_t address, void *buffer, size_t size)
{
    struct cpt_callback *callback = arg;
    const struct cpt_mapping *mapping = cpt_memory_mapping(&callback->memory, address);

    if (!mapping || !mapping->readable)
        return 0;
    if (size > mapping->end - address)
        size = mapping->end - address;
    size = cpt_pieces_gap(&callback->copied, address, size);
    if (size < CPT_CACHE_PAGE && cpt_cache_init(&callback->cache))
        return cpt_cache_read(&callback->cache, address, buffer, size, cpt_callback_read_source, callback);
    return read_chunks(callback, address, buffer, size);
}

static size_t
callback_read(struct cpt_memory *memory, uint64_t address, void *buffer, size_t size)
{
    return cpt_pieces_read(&self(memory)->copied, address, buffer, size, read_elsewhere, self(memory));
}

static const void *
callback_piece(struct cpt_memory *memory, uint64_t address, uint64_t *size)
{
    return cpt_pieces_peek(&self(memory)->copied, address, size);
}

static const void *
callback_view(struct cpt_memory *memory, uint64_t address, size_t size)
{
    return cpt_pieces_view(&self(memory)->copied, address, size);
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

static size_t
read_any(void *arg, uint64_t address, void *buffer, size_t size)
{
    return callback_read(arg, address, buffer, size);
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
        cpt_task_settle_restart(&callback->tasks[i], read_any, &callback->memory);
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
    cpt_callback_drop_copy(callback);
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

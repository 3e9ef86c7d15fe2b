/* Core files. Input: the file. */
#include "coreanalyze/memory/core.h"
#include "tests/fuzz/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_MAPPINGS 256 /* read of one core */

/* A path that leads to the input: a file in memory, the same one each time. */
static const char *
path_of(const uint8_t *data, size_t size)
{
    static char path[64];
    static int fd = -1;

    if (fd < 0)
        fd = memfd_create("core", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
        abort();
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return path;
}

/* Reads each mapping's beginning, end and a little beyond. */
static void
read_mappings(struct cpt_memory *memory)
{
    uint8_t bytes[64];
    uint64_t last = 0;

    for (size_t i = 0; i < memory->mapping_count && i < MAX_MAPPINGS; i++) {
        const struct cpt_mapping *mapping = &memory->mappings[i];

        if (mapping->start < last || mapping->end <= mapping->start)
            abort();
        last = mapping->end;
        if (mapping->path)
            (void)!strlen(mapping->path);
        (void)cpt_memory_read_some(memory, mapping->start, bytes, sizeof(bytes));
        (void)cpt_memory_read_some(memory, mapping->end - 32, bytes, sizeof(bytes));
        (void)cpt_memory_view(memory, mapping->start, mapping->end - mapping->start);
        if (cpt_memory_mapping(memory, mapping->end - 1) != mapping)
            abort();
    }
}

static void
read_tasks(const struct cpt_memory *memory)
{
    for (size_t i = 0; i < memory->task_count; i++) {
        const struct cpt_task *task = &memory->tasks[i];

        if (strnlen(task->name, sizeof(task->name)) == sizeof(task->name))
            abort();
    }
}

static void
read_core(struct cpt_core *core)
{
    const struct cpt_core_info *info = cpt_core_info(core);
    struct cpt_memory *memory = cpt_core_memory(core);
    const char *arguments;
    volatile char last = 0;
    size_t size;

    if (strnlen(info->executable, sizeof(info->executable)) == sizeof(info->executable) ||
        strnlen(info->program, sizeof(info->program)) == sizeof(info->program) ||
        strnlen(info->arguments, sizeof(info->arguments)) == sizeof(info->arguments))
        abort();
    read_mappings(memory);
    read_tasks(memory);
    arguments = cpt_core_command_line(core, &size);
    for (size_t i = 0; arguments && i < size; i++)
        last = arguments[i];
    (void)last;
    (void)cpt_core_has(core, 0, UINT64_MAX);
    (void)cpt_core_has(core, UINT64_MAX, 1);
}

void
fuzz_core(const uint8_t *data, size_t size)
{
    struct cpt_core *core = NULL;
    struct cpt_error error;

    if (cpt_core_open(&core, path_of(data, size), &error))
        return;
    read_core(core);
    cpt_core_close(core);
}

CPT_FUZZ_ENTRY(fuzz_core)

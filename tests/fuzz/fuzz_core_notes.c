/* The notes of a core. Input: one note segment. */
#include "coreanalyze/memory/core_notes.h"
#include "tests/fuzz/target.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

static void
check_files(const struct cpt_core_notes *notes)
{
    uint64_t last = 0;

    for (size_t i = 0; i < notes->files.count; i++) {
        const struct cpt_core_file *file = &notes->files.items[i];

        if (file->start < last || file->end <= file->start || !file->path)
            abort();
        (void)!strlen(file->path);
        last = file->end;
    }
}

static void
check_tasks(const struct cpt_core_notes *notes)
{
    for (size_t i = 0; i < notes->tasks.count; i++) {
        const struct cpt_task *task = &notes->tasks.items[i];

        if (strnlen(task->name, sizeof(task->name)) == sizeof(task->name))
            abort();
    }
}

static void
check_info(const struct cpt_core_info *info)
{
    if (strnlen(info->program, sizeof(info->program)) == sizeof(info->program) ||
        strnlen(info->arguments, sizeof(info->arguments)) == sizeof(info->arguments))
        abort();
}

void
fuzz_core_notes(const uint8_t *data, size_t size)
{
    struct cpt_core_notes notes = {0};
    struct cpt_core_signal signal;
    struct cpt_core_info info = {0};
    struct cpt_arena arena = {0};
    uint64_t value;

    if (cpt_core_notes_read(&notes, data, size, &arena, &info))
        abort();
    check_files(&notes);
    check_tasks(&notes);
    check_info(&info);
    cpt_core_notes_signal(&notes, &signal);
    for (uint64_t type = AT_NULL; type <= AT_SYSINFO_EHDR; type++)
        (void)cpt_core_notes_auxv(&notes, type, &value);
    cpt_core_notes_free(&notes);
    cpt_arena_free(&arena);
}

CPT_FUZZ_ENTRY(fuzz_core_notes)

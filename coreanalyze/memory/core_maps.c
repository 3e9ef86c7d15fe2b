#include "coreanalyze/memory/core_internal.h"

#include "coreanalyze/base/vec.h"

#include <stdlib.h>
#include <string.h>

static int
by_start(const void *a, const void *b)
{
    const struct cpt_area *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

/* Where areas overlap, which only damage makes, the lower one keeps the range. */
static void
sort_areas(struct cpt_area_list *areas)
{
    uint64_t last = 0;
    size_t kept = 0;

    if (areas->count)
        qsort(areas->items, areas->count, sizeof(*areas->items), by_start);
    for (size_t i = 0; i < areas->count; i++) {
        struct cpt_area area = areas->items[i];

        if (area.end <= last)
            continue;
        if (area.start < last)
            area.start = last;
        if (area.left_out > area.end - area.start)
            area.left_out = area.end - area.start;
        last = area.end;
        areas->items[kept++] = area;
    }
    areas->count = kept;
}

/* One piece of the address space that lies within one area, one file, or both. */
static bool
add_mapping(struct cpt_mapping_list *list, uint64_t start, uint64_t end,
            const struct cpt_area *area, const struct cpt_core_file *file)
{
    struct cpt_mapping *mapping;

    if (!area && !file)
        return true;
    mapping = cpt_vec_add(list);
    if (!mapping)
        return false;
    *mapping = (struct cpt_mapping){.start = start, .end = end, .readable = true};
    if (area) {
        mapping->readable = area->flags & PF_R;
        mapping->writable = area->flags & PF_W;
        mapping->executable = area->flags & PF_X;
    }
    if (file) {
        mapping->path = file->path;
        mapping->deleted = file->deleted;
        if (__builtin_add_overflow(file->offset, start - file->start, &mapping->offset))
            mapping->path = NULL;
    }
    return true;
}

/* Where START of a range lies within it, its end is the next boundary, else its start is. */
static void
next_boundary(uint64_t position, uint64_t start, uint64_t end, bool *within, uint64_t *boundary)
{
    uint64_t next;

    *within = start <= position;
    next = *within ? end : start;
    if (next < *boundary)
        *boundary = next;
}

/* Walks over both sorted lists at once and cuts at every boundary of either. Kernel and gdb
   write one PT_LOAD for each mapping, so that they normally agree. */
static bool
merge(struct cpt_core *core)
{
    size_t areas = core->areas.count, files = core->notes.files.count;
    uint64_t position = 0;

    for (size_t i = 0, k = 0; i < areas || k < files;) {
        const struct cpt_area *area = i < areas ? &core->areas.items[i] : NULL;
        const struct cpt_core_file *file = k < files ? &core->notes.files.items[k] : NULL;
        bool in_area = false, in_file = false;
        uint64_t boundary = UINT64_MAX;

        if (area)
            next_boundary(position, area->start, area->end, &in_area, &boundary);
        if (file)
            next_boundary(position, file->start, file->end, &in_file, &boundary);
        if (!add_mapping(&core->mappings, position, boundary, in_area ? area : NULL,
                         in_file ? file : NULL))
            return false;
        position = boundary;
        i += in_area && area->end <= position;
        k += in_file && file->end <= position;
    }
    return true;
}

/* What is left out of anonymous memory cannot be had anywhere; what is left out of a file's can. */
static void
count_left_out(struct cpt_core *core)
{
    for (size_t i = 0; i < core->areas.count; i++) {
        const struct cpt_area *area = &core->areas.items[i];
        const struct cpt_mapping *mapping;

        if (!area->left_out)
            continue;
        mapping = cpt_memory_mapping(&core->memory, area->start);
        if (mapping && mapping->path && mapping->path[0] == '/')
            core->info.left_out_bytes += area->left_out;
    }
}

/* Nothing at all was dumped of the mapping that begins at START. A cut takes no part in that. */
static bool
is_left_out(const struct cpt_core *core, uint64_t start)
{
    size_t low = 0, high = core->areas.count;
    const struct cpt_area *areas = core->areas.items;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (areas[middle].start < start)
            low = middle + 1;
        else
            high = middle;
    }
    return low < core->areas.count && areas[low].start == start &&
           areas[low].left_out == areas[low].end - areas[low].start;
}

/* The kernel puts AT_RANDOM's bytes on the stack that it makes for the main thread; without it
   the main thread's stack pointer tells. */
static void
mark_stack(struct cpt_core *core)
{
    const struct cpt_mapping *mapping;
    uint64_t address;

    if (!cpt_core_notes_auxv(&core->notes, AT_RANDOM, &address)) {
        if (!core->memory.task_count || !core->memory.tasks[0].has_registers)
            return;
        address = core->memory.tasks[0].sp;
    }
    mapping = cpt_memory_mapping(&core->memory, address);
    if (!mapping || mapping->path)
        return;
    core->mappings.items[mapping - core->mappings.items].path = "[stack]";
    core->info.lacks_anonymous = is_left_out(core, mapping->start);
}

/* The filter's bit 4 lets the first page of each ELF file be dumped, though the rest is not. */
static void
look_for_headers(struct cpt_core *core)
{
    bool any = false;

    for (size_t i = 0; i < core->mappings.count; i++) {
        const struct cpt_mapping *mapping = &core->mappings.items[i];

        if (!mapping->path || mapping->path[0] != '/' || mapping->offset != 0)
            continue;
        if (!is_left_out(core, mapping->start))
            return;
        any = true;
    }
    core->info.lacks_headers = any;
}

cpt_status
cpt_core_make_mappings(struct cpt_core *core, struct cpt_error *error)
{
    sort_areas(&core->areas);
    if (!merge(core))
        return cpt_error_set(error, CPT_NOMEM, "no memory for the mappings of the core");
    core->memory.mappings = core->mappings.items;
    core->memory.mapping_count = core->mappings.count;
    count_left_out(core);
    mark_stack(core);
    look_for_headers(core);
    return CPT_OK;
}

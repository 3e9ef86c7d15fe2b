#include "coreanalyze/memory/core_internal.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"

#include <string.h>

/* How many of the SIZE bytes at OFFSET the file has. */
static uint64_t
available(const struct cpt_core *core, uint64_t offset, uint64_t size)
{
    if (offset >= core->size)
        return 0;
    return size < core->size - offset ? size : core->size - offset;
}

static void
note_missing(struct cpt_core *core, uint64_t bytes)
{
    if (!bytes)
        return;
    core->info.truncated = true;
    if (__builtin_add_overflow(core->info.missing_bytes, bytes, &core->info.missing_bytes))
        core->info.missing_bytes = UINT64_MAX;
}

/* The number of program headers. Beyond 65,534 it stands in section header 0, which the kernel
   writes at the very end of the file: when a cut took it away, the notes' place tells, since the
   kernel puts them right behind the headers. */
static uint64_t
count_headers(struct cpt_core *core, const Elf64_Ehdr *header)
{
    Elf64_Shdr section;
    Elf64_Phdr first;

    if (header->e_phnum != PN_XNUM)
        return header->e_phnum;
    if (header->e_shoff && available(core, header->e_shoff, sizeof(section)) == sizeof(section)) {
        memcpy(&section, core->bytes + header->e_shoff, sizeof(section));
        return section.sh_info;
    }
    core->info.truncated = true;
    if (available(core, header->e_phoff, sizeof(first)) < sizeof(first))
        return 0;
    memcpy(&first, core->bytes + header->e_phoff, sizeof(first));
    if (first.p_type == PT_NOTE && first.p_offset > header->e_phoff)
        return (first.p_offset - header->e_phoff) / sizeof(first);
    return PN_XNUM;
}

static cpt_status
add_load(struct cpt_core *core, const Elf64_Phdr *segment)
{
    uint64_t memory_size = segment->p_memsz, file_size = segment->p_filesz, has;
    const uint8_t *bytes = core->bytes;
    struct cpt_area *area;

    if (memory_size > UINT64_MAX - segment->p_vaddr)
        memory_size = UINT64_MAX - segment->p_vaddr;
    if (file_size > memory_size)
        file_size = memory_size;
    if (!memory_size)
        return CPT_OK;
    has = available(core, segment->p_offset, file_size);
    note_missing(core, file_size - has);
    if (has)
        bytes += segment->p_offset;
    area = cpt_vec_add(&core->areas);
    if (!area ||
        !cpt_pieces_add(&core->dumped, segment->p_vaddr, segment->p_vaddr + file_size, has, bytes))
        return CPT_NOMEM;
    *area = (struct cpt_area){
        .start = segment->p_vaddr,
        .end = segment->p_vaddr + memory_size,
        .left_out = memory_size - file_size,
        .flags = segment->p_flags,
    };
    return CPT_OK;
}

static cpt_status
add_notes(struct cpt_core *core, const Elf64_Phdr *segment)
{
    uint64_t has = available(core, segment->p_offset, segment->p_filesz);

    note_missing(core, segment->p_filesz - has);
    if (!has)
        return CPT_OK;
    return cpt_core_notes_read(&core->notes, core->bytes + segment->p_offset, has, &core->arena,
                               &core->info);
}

/* Neighbours in the address space are one run, wherever they stand in the file. */
static cpt_status
set_runs(struct cpt_core *core)
{
    for (size_t i = 0; i < core->dumped.count; i++) {
        const struct cpt_piece *piece = &core->dumped.items[i];
        struct cpt_run *run = core->runs.count ? &core->runs.items[core->runs.count - 1] : NULL;

        if (piece->end == piece->start)
            continue;
        if (!run || run->end != piece->start) {
            run = cpt_vec_add(&core->runs);
            if (!run)
                return CPT_NOMEM;
            run->start = piece->start;
        }
        run->end = piece->end;
    }
    core->memory.runs = core->runs.items;
    core->memory.run_count = core->runs.count;
    return CPT_OK;
}

cpt_status
cpt_core_read_segments(struct cpt_core *core, struct cpt_error *error)
{
    cpt_status status = CPT_OK;
    uint64_t count, has;
    Elf64_Ehdr header;

    memcpy(&header, core->bytes, sizeof(header));
    core->info.machine = header.e_machine;
    count = count_headers(core, &header);
    has = available(core, header.e_phoff, count * sizeof(Elf64_Phdr)) / sizeof(Elf64_Phdr);
    if (has < count)
        core->info.truncated = true;
    if (has > CPT_MAX_PROGRAM_HEADERS)
        return cpt_error_set(error, CPT_LIMIT, "the core has more than %d segments",
                             CPT_MAX_PROGRAM_HEADERS);
    for (uint64_t i = 0; i < has && status == CPT_OK; i++) {
        Elf64_Phdr segment;

        memcpy(&segment, core->bytes + header.e_phoff + i * sizeof(segment), sizeof(segment));
        if (segment.p_type == PT_LOAD)
            status = add_load(core, &segment);
        else if (segment.p_type == PT_NOTE)
            status = add_notes(core, &segment);
    }
    if (status == CPT_OK) {
        cpt_pieces_settle(&core->dumped);
        status = set_runs(core);
    }
    if (status != CPT_OK)
        return cpt_error_set(error, status, "no memory for the segments of the core");
    return CPT_OK;
}

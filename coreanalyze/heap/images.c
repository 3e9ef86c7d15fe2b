#include "coreanalyze/heap/images.h"

#include "coreanalyze/base/limits.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096

/* The address space that the image whose ELF header is at BASE takes, .bss among it: empty where none is there. */
static struct cpt_run
image_run(struct cpt_memory *memory, uint64_t base)
{
    struct cpt_run none = {0};
    uint64_t low = UINT64_MAX, high = 0;
    struct cpt_error ignored;
    Elf64_Ehdr header;

    if (cpt_memory_read(memory, base, &header, sizeof(header), &ignored) ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
        header.e_phnum > CPT_MAX_MODULE_PHDRS)
        return none;
    for (unsigned i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr segment;

        if (cpt_memory_read(memory, base + header.e_phoff + i * sizeof(segment), &segment, sizeof(segment), &ignored))
            return none;
        if (segment.p_type != PT_LOAD || segment.p_memsz > CPT_MAX_IMAGE)
            continue;
        if (segment.p_vaddr < low)
            low = segment.p_vaddr;
        if (segment.p_vaddr + segment.p_memsz > high)
            high = segment.p_vaddr + segment.p_memsz;
    }
    low &= ~(uint64_t)(PAGE - 1);
    if (high <= low || high - low > CPT_MAX_IMAGE)
        return none;
    return (struct cpt_run){.start = base, .end = base + ((high - low + PAGE - 1) & ~(uint64_t)(PAGE - 1))};
}

/* Whether the file that is mapped from mapping FIRST on has data of its own. Of files without (locales, fonts) not even
   the first page is asked for: a core lacks it, and the file would be looked for and told to be missing. */
static bool
has_data(const struct cpt_memory *memory, size_t first)
{
    const char *path = memory->mappings[first].path;

    for (size_t i = first; i < memory->mapping_count; i++) {
        const struct cpt_mapping *mapping = &memory->mappings[i];

        if (!mapping->path || strcmp(mapping->path, path) != 0)
            return false;
        if (mapping->writable)
            return true;
    }
    return false;
}

/* What is mapped of the file from mapping FIRST on, if that is a program's: where its first page is missing, which tells of
   .bss too. */
static struct cpt_run
mapped_run(struct cpt_memory *memory, size_t first)
{
    const struct cpt_mapping *mapping = &memory->mappings[first];
    struct cpt_run run = {.start = mapping->start, .end = mapping->end};
    bool is_program = false;
    uint8_t byte;

    if (cpt_memory_read_some(memory, mapping->start, &byte, 1))
        return (struct cpt_run){0};
    for (size_t i = first; i < memory->mapping_count; i++) {
        mapping = &memory->mappings[i];
        if (!mapping->path || strcmp(mapping->path, memory->mappings[first].path) != 0)
            break;
        run.end = mapping->end;
        is_program |= mapping->executable;
    }
    return is_program && run.end - run.start <= CPT_MAX_IMAGE ? run : (struct cpt_run){0};
}

cpt_status
cpt_images_list(struct cpt_memory *memory, struct cpt_run **images, size_t *count, struct cpt_error *error)
{
    struct cpt_run *runs = calloc(memory->mapping_count + 1, sizeof(*runs));

    *count = 0;
    *images = runs;
    if (!runs)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    for (size_t i = 0; i < memory->mapping_count; i++) {
        const struct cpt_mapping *mapping = &memory->mappings[i];
        struct cpt_run run = {0};

        if (!mapping->path || mapping->path[0] != '/' || mapping->offset || !has_data(memory, i))
            continue;
        run = image_run(memory, mapping->start);
        if (!run.end)
            run = mapped_run(memory, i);
        /* Data files that are ELF (or a second mapping of one) are as large as what was mapped. */
        if (run.end && (!*count || run.start >= runs[*count - 1].end))
            runs[(*count)++] = run;
    }
    return CPT_OK;
}

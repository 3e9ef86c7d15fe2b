#include "symbols/elfmemory.h"

#include "coreanalyze/base/limits.h"

#include <elf.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PAGE UINT64_C(4096)

struct segments {
    Elf64_Ehdr header;
    Elf64_Phdr *items;
    size_t count;
    uint64_t bias;
};

static cpt_status
corrupt(uint64_t base, struct cpt_error *error)
{
    cpt_error_set(error, CPT_CORRUPT, "the program headers of the image at 0x%" PRIx64 " make no sense", base);
    if (error)
        error->address = base;
    return CPT_CORRUPT;
}

static cpt_status
read_headers(struct segments *segments, struct cpt_memory *memory, uint64_t base,
             struct cpt_error *error)
{
    Elf64_Ehdr *header = &segments->header;
    cpt_status status = cpt_memory_read(memory, base, header, sizeof(*header), error);

    if (status)
        return status;
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_ident[EI_CLASS] != ELFCLASS64 ||
        header->e_ident[EI_DATA] != ELFDATA2LSB || header->e_machine != EM_X86_64 ||
        (header->e_type != ET_EXEC && header->e_type != ET_DYN))
        return cpt_error_set(error, CPT_ABSENT, "no ELF image at 0x%" PRIx64, base);
    if (header->e_phentsize != sizeof(Elf64_Phdr) || !header->e_phnum ||
        header->e_phnum > CPT_MAX_MODULE_PHDRS || header->e_phoff > CPT_MAX_IMAGE)
        return corrupt(base, error);
    segments->count = header->e_phnum;
    segments->items = calloc(segments->count, sizeof(*segments->items));
    if (!segments->items)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    return cpt_memory_read(memory, base + header->e_phoff, segments->items,
                           segments->count * sizeof(*segments->items), error);
}

/* Where its last segment ends in the file. */
static cpt_status
measure(struct segments *segments, uint64_t base, uint64_t most, size_t *size, struct cpt_error *error)
{
    uint64_t end = segments->header.e_phoff + segments->count * sizeof(Elf64_Phdr), sum = 0;
    bool has_base = false;

    if (end < sizeof(segments->header))
        return corrupt(base, error);

    for (size_t i = 0; i < segments->count; i++) {
        const Elf64_Phdr *segment = &segments->items[i];
        uint64_t last;

        if (segment->p_type != PT_LOAD)
            continue;
        if (__builtin_add_overflow(segment->p_offset, segment->p_filesz, &last))
            return corrupt(base, error);
        if (last > end)
            end = last;
        sum = segment->p_filesz > CPT_MAX_IMAGE - sum ? CPT_MAX_IMAGE : sum + segment->p_filesz;
        if (!has_base && segment->p_offset < PAGE) {
            segments->bias = base + segment->p_offset - segment->p_vaddr;
            has_base = true;
        }
    }
    if (!has_base)
        return corrupt(base, error);
    /* The sum: segments may claim the same bytes again and again. */
    if (end > most || end > CPT_MAX_IMAGE || sum == CPT_MAX_IMAGE)
        return cpt_error_set(error, CPT_LIMIT, "the image at 0x%" PRIx64 " is too large", base);
    *size = (size_t)end;
    return CPT_OK;
}

static void
copy_segment(struct cpt_elf_memory *image, struct cpt_memory *memory, uint64_t address,
             uint64_t offset, uint64_t size)
{
    if (offset > image->size)
        return;
    if (size > image->size - offset)
        size = image->size - offset;
    for (uint64_t done = 0; done < size;) {
        uint64_t left = size - done;
        size_t got = cpt_memory_read_some(memory, address + done, image->bytes + offset + done, (size_t)left);

        done += got;
        if (done == size)
            return;
        /* To the next page: what a core lacks, it lacks in pages. */
        left = PAGE - ((address + done) & (PAGE - 1));
        if (left > size - done)
            left = size - done;
        image->holes += left;
        done += left;
    }
}

/* The loader has put addresses in the place of some of the file's own. And the newer kind of hash table is left out: to
   libdwfl it tells but the number of symbols, which can be made out from the tables' places too, and it is read word by
   word without end where its pages are zeros because a core lacks them. */
static void
mend_dynamic(struct cpt_elf_memory *image, const Elf64_Phdr *dynamic, uint64_t bias)
{
    uint64_t end = dynamic->p_offset + dynamic->p_filesz;

    for (uint64_t at = dynamic->p_offset; at + sizeof(Elf64_Dyn) <= end && at + sizeof(Elf64_Dyn) <= image->size;
         at += sizeof(Elf64_Dyn)) {
        Elf64_Dyn entry;

        memcpy(&entry, image->bytes + at, sizeof(entry));
        switch (entry.d_tag) {
        case DT_NULL:
            return;
        case DT_GNU_HASH:
            entry = (Elf64_Dyn){.d_tag = DT_DEBUG};
            memcpy(image->bytes + at, &entry, sizeof(entry));
            break;
        case DT_HASH:
        case DT_STRTAB:
        case DT_SYMTAB:
        case DT_VERSYM:
        case DT_VERDEF:
        case DT_VERNEED:
            if (bias && entry.d_un.d_ptr >= bias && entry.d_un.d_ptr - bias < CPT_MAX_IMAGE) {
                entry.d_un.d_ptr -= bias;
                memcpy(image->bytes + at, &entry, sizeof(entry));
            }
            break;
        default:
            break;
        }
    }
}

static void
copy_segments(struct cpt_elf_memory *image, struct cpt_memory *memory, const struct segments *segments)
{
    Elf64_Ehdr header = segments->header;

    for (size_t i = 0; i < segments->count; i++) {
        const Elf64_Phdr *segment = &segments->items[i];

        if ((segment->p_type == PT_LOAD && !(segment->p_flags & PF_W)) || segment->p_type == PT_DYNAMIC)
            copy_segment(image, memory, segments->bias + segment->p_vaddr, segment->p_offset,
                         segment->p_filesz);
    }
    for (size_t i = 0; i < segments->count; i++) {
        const Elf64_Phdr *segment = &segments->items[i];

        if (segment->p_type == PT_DYNAMIC && segment->p_offset <= image->size &&
            segment->p_filesz <= image->size - segment->p_offset)
            mend_dynamic(image, segment, segments->bias);
    }
    /* Its section headers belong to no segment. */
    header.e_shoff = 0;
    header.e_shnum = header.e_shstrndx = 0;
    memcpy(image->bytes, &header, sizeof(header));
    memcpy(image->bytes + header.e_phoff, segments->items, segments->count * sizeof(*segments->items));
}

cpt_status
cpt_elf_memory_read(struct cpt_elf_memory *image, struct cpt_memory *memory, uint64_t base,
                    uint64_t most, struct cpt_error *error)
{
    struct segments segments = {.count = 0};
    cpt_status status = read_headers(&segments, memory, base, error);

    memset(image, 0, sizeof(*image));
    if (!status)
        status = measure(&segments, base, most, &image->size, error);
    if (!status) {
        image->bytes = calloc(1, image->size);
        if (image->bytes)
            copy_segments(image, memory, &segments);
        else
            status = cpt_error_set(error, CPT_NOMEM, "out of memory");
    }
    free(segments.items);
    return status;
}

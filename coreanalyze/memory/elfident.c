#include "coreanalyze/memory/elfident.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/limits.h"

#include <elf.h>
#include <string.h>

#define FIRST_READ                                                                                 \
    4096 /* an image's first page: header, program headers and mostly the notes, in one read */
#define MAX_NOTES 65536 /* of one note segment of an executable */

/* An image in the target, or a file's bytes. */
struct image {
    struct cpt_memory *memory; /* NULL: a file */
    uint64_t base;             /* in the target */
    const uint8_t *bytes;      /* the file, or the first bytes of the image */
    size_t size;
};

/* SIZE bytes at OFFSET of the image, in BUFFER unless they are at hand. NULL when they are not
   all there. */
static const uint8_t *
get(const struct image *image, uint64_t offset, uint8_t *buffer, size_t size)
{
    uint64_t address;

    if (offset <= image->size && size <= image->size - offset)
        return image->bytes + offset;
    if (!image->memory || !cpt_add_u64(image->base, offset, &address) ||
        cpt_memory_read(image->memory, address, buffer, size, NULL) != CPT_OK)
        return NULL;
    return buffer;
}

static bool
is_supported(const Elf64_Ehdr *header)
{
    return memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
           header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_ident[EI_DATA] == ELFDATA2LSB &&
           (header->e_type == ET_EXEC || header->e_type == ET_DYN);
}

/* Looks for the build-id among the notes. */
static bool
find_build_id(const uint8_t *notes, size_t size, uint64_t alignment, struct cpt_elf_ident *ident)
{
    size_t at = 0;

    while (size - at >= sizeof(Elf64_Nhdr)) {
        uint64_t name_size = cpt_load_u32(notes + at), desc_size = cpt_load_u32(notes + at + 4);
        uint64_t name = at + sizeof(Elf64_Nhdr), next;
        uint64_t desc = (name + name_size + alignment - 1) & ~(alignment - 1);

        if (desc > size || desc_size > size - desc)
            return false;
        if (cpt_load_u32(notes + at + 8) == NT_GNU_BUILD_ID && name_size == 4 &&
            memcmp(notes + name, "GNU", 4) == 0 && desc_size && desc_size <= CPT_BUILD_ID_MAX) {
            memcpy(ident->build_id, notes + desc, desc_size);
            ident->build_id_size = desc_size;
            return true;
        }
        next = (desc + desc_size + alignment - 1) & ~(alignment - 1);
        if (next > size)
            return false;
        at = next;
    }
    return false;
}

static bool
read_notes(const struct image *image, const Elf64_Phdr *segment, uint64_t first_address,
           struct cpt_elf_ident *ident)
{
    uint64_t size = image->memory ? segment->p_memsz : segment->p_filesz;
    uint64_t offset = image->memory ? segment->p_vaddr - first_address : segment->p_offset;
    uint8_t buffer[4096];
    const uint8_t *notes;

    if (size > MAX_NOTES)
        size = MAX_NOTES;
    if (image->memory && size > sizeof(buffer))
        size = sizeof(buffer);
    notes = get(image, offset, buffer, size);
    if (!notes) {
        ident->build_id_unread = true;
        return false;
    }
    return find_build_id(notes, size, segment->p_align == 8 ? 8 : 4, ident);
}

/* The address that the file's first byte has in the program headers. */
static uint64_t
address_of_start(const struct image *image, const Elf64_Ehdr *header, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint8_t buffer[sizeof(Elf64_Phdr)];
        Elf64_Phdr segment;
        const uint8_t *p = get(image, header->e_phoff + i * sizeof(segment), buffer,
                               sizeof(segment));

        if (!p)
            break;
        memcpy(&segment, p, sizeof(segment));
        if (segment.p_type == PT_LOAD)
            return segment.p_vaddr - segment.p_offset;
    }
    return 0;
}

static void
identify(const struct image *image, struct cpt_elf_ident *ident)
{
    uint64_t first_address;
    unsigned count;
    Elf64_Ehdr header;

    if (image->size < sizeof(header))
        return;
    memcpy(&header, image->bytes, sizeof(header));
    if (!is_supported(&header))
        return;
    ident->is_elf = true;
    memcpy(ident->header, &header, sizeof(header));
    if (header.e_phentsize != sizeof(Elf64_Phdr))
        return;
    count = header.e_phnum < CPT_MAX_MODULE_PHDRS ? header.e_phnum : CPT_MAX_MODULE_PHDRS;
    first_address = image->memory ? address_of_start(image, &header, count) : 0;
    for (unsigned i = 0; i < count; i++) {
        uint8_t buffer[sizeof(Elf64_Phdr)];
        Elf64_Phdr segment;
        const uint8_t *p = get(image, header.e_phoff + i * sizeof(segment), buffer,
                               sizeof(segment));

        if (!p) {
            ident->build_id_unread = true;
            return;
        }
        memcpy(&segment, p, sizeof(segment));
        if (segment.p_type == PT_NOTE && read_notes(image, &segment, first_address, ident)) {
            ident->build_id_unread = false;
            return;
        }
    }
}

void
cpt_elf_ident_memory(struct cpt_memory *memory, uint64_t base, struct cpt_elf_ident *ident)
{
    uint8_t page[FIRST_READ];
    struct image image = {.memory = memory, .base = base, .bytes = page};

    memset(ident, 0, sizeof(*ident));
    image.size = cpt_memory_read_some(memory, base, page, sizeof(page));
    identify(&image, ident);
}

void
cpt_elf_ident_bytes(const void *bytes, size_t size, struct cpt_elf_ident *ident)
{
    struct image image = {.bytes = bytes, .size = size};

    memset(ident, 0, sizeof(*ident));
    identify(&image, ident);
}

bool
cpt_elf_ident_equal(const struct cpt_elf_ident *a, const struct cpt_elf_ident *b)
{
    if (!a->is_elf || !b->is_elf || a->build_id_size != b->build_id_size)
        return false;
    if (a->build_id_size)
        return memcmp(a->build_id, b->build_id, a->build_id_size) == 0;
    return !a->build_id_unread && !b->build_id_unread &&
           memcmp(a->header, b->header, sizeof(a->header)) == 0;
}

void
cpt_elf_ident_hex(const struct cpt_elf_ident *ident, char *text)
{
    static const char digits[] = "0123456789abcdef";
    size_t size = ident->build_id_size <= CPT_BUILD_ID_MAX ? ident->build_id_size : 0;

    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[ident->build_id[i] >> 4];
        text[2 * i + 1] = digits[ident->build_id[i] & 15];
    }
    text[2 * size] = '\0';
}

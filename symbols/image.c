#include "symbols/image.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/limits.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static cpt_status
no_image(uint64_t base, struct cpt_error *error)
{
    return cpt_error_set(error, CPT_ABSENT, "there is no ELF image at 0x%" PRIx64, base);
}

/* Bias, end and dynamic section from the program headers. The first PT_LOAD is the one that holds the header. */
static cpt_status
take_program_headers(struct cpt_image *image, const Elf64_Phdr *headers, size_t count,
                     struct cpt_error *error)
{
    bool loaded = false;
    uint64_t dynamic = 0, end = 0;

    for (size_t i = 0; i < count; i++) {
        const Elf64_Phdr *header = &headers[i];

        if (header->p_type == PT_LOAD) {
            if (!loaded)
                image->bias = image->base - cpt_align_down(header->p_vaddr - header->p_offset, 4096);
            loaded = true;
            if (header->p_vaddr + header->p_memsz > end)
                end = header->p_vaddr + header->p_memsz;
        } else if (header->p_type == PT_DYNAMIC) {
            dynamic = header->p_vaddr;
        }
    }
    if (!loaded)
        return no_image(image->base, error);
    image->end = image->bias + end;
    image->dynamic = dynamic ? image->bias + dynamic : 0;
    return CPT_OK;
}

/* The dynamic linker of glibc has replaced addresses in the dynamic section by absolute ones, musl's has not. */
static uint64_t
dynamic_address(const struct cpt_image *image, uint64_t value)
{
    if (value >= image->base && value < image->end)
        return value;
    return image->bias + value;
}

static cpt_status
take_dynamic(struct cpt_image *image, struct cpt_error *error)
{
    Elf64_Dyn entries[32];

    for (size_t i = 0; i < CPT_MAX_DYNAMIC; i++) {
        const Elf64_Dyn *entry = &entries[i % 32];

        if (i % 32 == 0) {
            size_t size = cpt_memory_read_some(image->memory, image->dynamic + i * sizeof(*entry),
                                               entries, sizeof(entries));

            if (size < sizeof(*entry))
                return cpt_error_fault(error, image->dynamic + i * sizeof(*entry));
            memset((char *)entries + size, 0, sizeof(entries) - size);
        }
        if (entry->d_tag == DT_NULL)
            return CPT_OK;
        if (entry->d_tag == DT_SYMTAB)
            image->symtab = dynamic_address(image, entry->d_un.d_ptr);
        else if (entry->d_tag == DT_STRTAB)
            image->strtab = dynamic_address(image, entry->d_un.d_ptr);
        else if (entry->d_tag == DT_STRSZ)
            image->strtab_size = entry->d_un.d_val;
        else if (entry->d_tag == DT_GNU_HASH)
            image->gnu_hash = dynamic_address(image, entry->d_un.d_ptr);
        else if (entry->d_tag == DT_HASH)
            image->sysv_hash = dynamic_address(image, entry->d_un.d_ptr);
    }
    return CPT_OK;
}

static bool
is_elf64(const Elf64_Ehdr *header)
{
    return memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
           header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_ident[EI_DATA] == ELFDATA2LSB &&
           (header->e_type == ET_EXEC || header->e_type == ET_DYN) &&
           header->e_phentsize == sizeof(Elf64_Phdr) && header->e_phnum > 0 &&
           header->e_phnum <= CPT_MAX_MODULE_PHDRS;
}

cpt_status
cpt_image_open(struct cpt_image *image, struct cpt_memory *memory, uint64_t base,
               struct cpt_error *error)
{
    struct {
        Elf64_Ehdr header;
        Elf64_Phdr first[16];
    } start;
    Elf64_Phdr *headers = start.first, *many = NULL;
    size_t size, needed;
    cpt_status status;

    memset(image, 0, sizeof(*image));
    image->memory = memory;
    image->base = base;
    size = cpt_memory_read_some(memory, base, &start, sizeof(start));
    if (size < sizeof(start.header) || !is_elf64(&start.header))
        return no_image(base, error);
    needed = start.header.e_phnum * sizeof(Elf64_Phdr);
    if (start.header.e_phoff != sizeof(start.header) || sizeof(start.header) + needed > size) {
        headers = many = malloc(needed);
        if (!many)
            return cpt_error_set(error, CPT_NOMEM, "out of memory");
        status = cpt_memory_read(memory, base + start.header.e_phoff, many, needed, error);
        if (status) {
            free(many);
            return status;
        }
    }
    status = take_program_headers(image, headers, start.header.e_phnum, error);
    free(many);
    if (status || !image->dynamic)
        return status;
    return take_dynamic(image, error);
}

static uint32_t
gnu_hash_of(const char *name)
{
    uint32_t hash = 5381;

    for (; *name; name++)
        hash = hash * 33 + (uint8_t)*name;
    return hash;
}

static uint32_t
sysv_hash_of(const char *name)
{
    uint32_t hash = 0;

    for (; *name; name++) {
        hash = (hash << 4) + (uint8_t)*name;
        hash ^= hash >> 24 & 0xf0;
        hash &= 0x0fffffff;
    }
    return hash;
}

/* Whether symbol INDEX is a definition of NAME. */
static cpt_status
match_symbol(const struct cpt_image *image, uint32_t index, const char *name,
             struct cpt_symbol *symbol, struct cpt_error *error)
{
    size_t length = strlen(name) + 1;
    char found[64];
    Elf64_Sym entry;
    cpt_status status = cpt_memory_read(
        image->memory, image->symtab + (uint64_t)index * sizeof(entry), &entry, sizeof(entry), error);

    if (status)
        return status;
    if (entry.st_shndx == SHN_UNDEF || length > sizeof(found) ||
        entry.st_name >= image->strtab_size)
        return CPT_ABSENT;
    status = cpt_memory_read(image->memory, image->strtab + entry.st_name, found, length, error);
    if (status || memcmp(found, name, length) != 0)
        return CPT_ABSENT;
    symbol->address = entry.st_shndx == SHN_ABS ? entry.st_value : image->bias + entry.st_value;
    symbol->size = entry.st_size;
    return CPT_OK;
}

static cpt_status
find_by_gnu_hash(const struct cpt_image *image, const char *name, struct cpt_symbol *symbol,
                 struct cpt_error *error)
{
    struct {
        uint32_t buckets, first_symbol, bloom_words, bloom_shift;
    } table;
    uint32_t hash = gnu_hash_of(name), index, chain;
    uint64_t buckets, chains, bloom;
    cpt_status status =
        cpt_memory_read(image->memory, image->gnu_hash, &table, sizeof(table), error);

    if (status || !table.buckets || !table.bloom_words)
        return status ? status : CPT_ABSENT;
    bloom = image->gnu_hash + sizeof(table) + (hash / 64 % table.bloom_words) * UINT64_C(8);
    status = cpt_memory_read_u64(image->memory, bloom, &bloom, error);
    if (status)
        return status;
    if (!(bloom >> (hash % 64) & bloom >> (hash >> (table.bloom_shift & 31)) % 64 & 1))
        return CPT_ABSENT;
    buckets = image->gnu_hash + sizeof(table) + table.bloom_words * UINT64_C(8);
    chains = buckets + table.buckets * UINT64_C(4);
    status = cpt_memory_read_u32(image->memory, buckets + hash % table.buckets * UINT64_C(4), &index,
                                 error);
    if (status)
        return status;
    for (int steps = 0; index >= table.first_symbol && steps < CPT_MAX_HASH_CHAIN; steps++, index++) {
        status = cpt_memory_read_u32(
            image->memory, chains + (index - table.first_symbol) * UINT64_C(4), &chain, error);
        if (status)
            return status;
        if ((chain | 1) == (hash | 1)) {
            status = match_symbol(image, index, name, symbol, error);
            if (status != CPT_ABSENT)
                return status;
        }
        if (chain & 1)
            break;
    }
    return CPT_ABSENT;
}

static cpt_status
find_by_sysv_hash(const struct cpt_image *image, const char *name, struct cpt_symbol *symbol,
                  struct cpt_error *error)
{
    uint32_t counts[2], index; /* nbucket, nchain */
    cpt_status status =
        cpt_memory_read(image->memory, image->sysv_hash, counts, sizeof(counts), error);

    if (status || !counts[0])
        return status ? status : CPT_ABSENT;
    status = cpt_memory_read_u32(
        image->memory, image->sysv_hash + 8 + sysv_hash_of(name) % counts[0] * UINT64_C(4), &index,
        error);
    for (int steps = 0; !status && index && steps < CPT_MAX_HASH_CHAIN; steps++) {
        if (index >= counts[1])
            return CPT_ABSENT;
        status = match_symbol(image, index, name, symbol, error);
        if (status != CPT_ABSENT)
            return status;
        status = cpt_memory_read_u32(
            image->memory, image->sysv_hash + 8 + (counts[0] + (uint64_t)index) * 4, &index, error);
    }
    return status ? status : CPT_ABSENT;
}

cpt_status
cpt_image_symbol(const struct cpt_image *image, const char *name, struct cpt_symbol *symbol,
                 struct cpt_error *error)
{
    cpt_status status = CPT_ABSENT;

    if (image->symtab && image->strtab && image->gnu_hash)
        status = find_by_gnu_hash(image, name, symbol, error);
    else if (image->symtab && image->strtab && image->sysv_hash)
        status = find_by_sysv_hash(image, name, symbol, error);
    if (status == CPT_ABSENT)
        cpt_error_set(error, CPT_ABSENT, "there is no dynamic symbol %s", name);
    return status;
}

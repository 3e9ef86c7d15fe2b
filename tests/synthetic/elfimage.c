#include "tests/synthetic/elfimage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SYMBOLS 500
#define BLOOM_WORDS 2
#define BLOOM_SHIFT 6

/* The two hash functions of the System V ABI's generic part and of GNU ld's .gnu.hash. */
static uint32_t
sysv_hash(const char *name)
{
    uint32_t hash = 0, top;

    for (; *name; name++) {
        hash = (hash << 4) + (unsigned char)*name;
        top = hash & 0xf0000000;
        hash = (hash ^ top >> 24) & ~top;
    }
    return hash;
}

static uint32_t
gnu_hash(const char *name)
{
    uint32_t hash = 5381;

    for (; *name; name++)
        hash = (hash << 5) + hash + (unsigned char)*name;
    return hash;
}

static uint32_t
bucket_count(const struct elfimage *image)
{
    return image->buckets ? image->buckets : 4;
}

static void
put(struct elfimage *image, size_t at, const void *bytes, size_t size)
{
    if (at + size > sizeof(image->bytes)) {
        fprintf(stderr, "tests/synthetic: the ELF image is too small\n");
        abort();
    }
    memcpy(image->bytes + at, bytes, size);
}

static void
put_u32(struct elfimage *image, size_t at, uint32_t value)
{
    put(image, at, &value, sizeof(value));
}

static uint32_t
get_u32(const struct elfimage *image, size_t at)
{
    uint32_t value;

    memcpy(&value, image->bytes + at, sizeof(value));
    return value;
}

/* The GNU table wants undefined symbols first, and the others by bucket. */
static size_t
order_symbols(const struct elfimage *image, const struct elfimage_symbol **ordered,
              size_t *undefined)
{
    size_t next = 0;

    for (size_t i = 0; i < image->count; i++) {
        if (image->symbols[i].section == SHN_UNDEF)
            ordered[next++] = &image->symbols[i];
    }
    *undefined = next;
    for (uint32_t bucket = 0; bucket < bucket_count(image); bucket++) {
        for (size_t i = 0; i < image->count; i++) {
            if (image->symbols[i].section != SHN_UNDEF &&
                gnu_hash(image->symbols[i].name) % bucket_count(image) == bucket)
                ordered[next++] = &image->symbols[i];
        }
    }
    return next;
}

static void
put_symbols(struct elfimage *image, const struct elfimage_symbol **ordered, size_t count,
            size_t *strings)
{
    *strings = 1;
    for (size_t i = 0; i < count; i++) {
        Elf64_Sym symbol = {.st_name = (uint32_t)*strings,
                            .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
                            .st_shndx = ordered[i]->section,
                            .st_value = ordered[i]->value,
                            .st_size = 8 * (i + 1)};
        size_t length = strlen(ordered[i]->name) + 1;

        put(image, ELFIMAGE_SYMTAB + (i + 1) * sizeof(symbol), &symbol, sizeof(symbol));
        put(image, ELFIMAGE_STRTAB + *strings, ordered[i]->name, length);
        *strings += length;
    }
}

static void
put_gnu_hash(struct elfimage *image, const struct elfimage_symbol **ordered, size_t count,
             size_t undefined)
{
    uint32_t buckets = bucket_count(image), first = (uint32_t)undefined + 1;
    uint32_t header[4] = {buckets, first, BLOOM_WORDS, BLOOM_SHIFT};
    size_t at = ELFIMAGE_GNU_HASH + sizeof(header) + BLOOM_WORDS * 8, chains = at + 4 * buckets;
    uint64_t bloom[BLOOM_WORDS] = {0};

    put(image, ELFIMAGE_GNU_HASH, header, sizeof(header));
    for (size_t i = undefined; i < count; i++) {
        uint32_t hash = gnu_hash(ordered[i]->name);
        bool last = i + 1 == count || gnu_hash(ordered[i + 1]->name) % buckets != hash % buckets;

        bloom[hash / 64 % BLOOM_WORDS] |= UINT64_C(1) << hash % 64;
        bloom[hash / 64 % BLOOM_WORDS] |= UINT64_C(1) << (hash >> BLOOM_SHIFT) % 64;
        if (!get_u32(image, at + 4 * (hash % buckets)))
            put_u32(image, at + 4 * (hash % buckets), (uint32_t)i + 1);
        put_u32(image, chains + 4 * (i - undefined), last ? hash | 1 : hash & ~1u);
    }
    put(image, ELFIMAGE_GNU_HASH + sizeof(header), bloom, sizeof(bloom));
}

static void
put_sysv_hash(struct elfimage *image, const struct elfimage_symbol **ordered, size_t count)
{
    uint32_t buckets = bucket_count(image);
    size_t at = ELFIMAGE_SYSV_HASH + 8, chains = at + 4 * buckets;

    put_u32(image, ELFIMAGE_SYSV_HASH, buckets);
    put_u32(image, ELFIMAGE_SYSV_HASH + 4, (uint32_t)count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t bucket = at + 4 * (sysv_hash(ordered[i]->name) % buckets);

        put_u32(image, chains + 4 * (i + 1), get_u32(image, bucket));
        put_u32(image, bucket, (uint32_t)i + 1);
    }
}

static void
put_dynamic(struct elfimage *image, size_t strings)
{
    uint64_t start = image->relocated ? image->base : image->vaddr;
    Elf64_Dyn entries[8] = {{.d_tag = DT_SONAME, .d_un = {1}},
                            {.d_tag = DT_STRTAB, .d_un = {start + ELFIMAGE_STRTAB}},
                            {.d_tag = DT_SYMTAB, .d_un = {start + ELFIMAGE_SYMTAB}},
                            {.d_tag = DT_STRSZ, .d_un = {strings}}};
    size_t count = 4;

    if (image->gnu)
        entries[count++] = (Elf64_Dyn){.d_tag = DT_GNU_HASH, .d_un = {start + ELFIMAGE_GNU_HASH}};
    if (image->sysv)
        entries[count++] = (Elf64_Dyn){.d_tag = DT_HASH, .d_un = {start + ELFIMAGE_SYSV_HASH}};
    put(image, ELFIMAGE_DYNAMIC, entries, sizeof(entries));
}

static void
put_headers(struct elfimage *image)
{
    Elf64_Ehdr header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                         .e_type = image->vaddr == image->base ? ET_EXEC : ET_DYN,
                         .e_machine = EM_X86_64,
                         .e_version = EV_CURRENT,
                         .e_phoff = sizeof(Elf64_Ehdr),
                         .e_ehsize = sizeof(Elf64_Ehdr),
                         .e_phentsize = sizeof(Elf64_Phdr),
                         .e_phnum = 3};
    Elf64_Phdr segments[3] = {
        {.p_type = PT_LOAD, .p_vaddr = image->vaddr, .p_filesz = 0x1000, .p_memsz = 0x1000},
        {.p_type = PT_DYNAMIC, .p_vaddr = image->vaddr + ELFIMAGE_DYNAMIC, .p_memsz = 128},
        {.p_type = PT_LOAD,
         .p_offset = 0x1000,
         .p_vaddr = image->vaddr + 0x1000,
         .p_memsz = ELFIMAGE_SIZE - 0x1000},
    };

    put(image, 0, &header, sizeof(header));
    put(image, sizeof(header), segments, sizeof(segments));
}

void
elfimage_build(struct elfimage *image)
{
    const struct elfimage_symbol *ordered[MAX_SYMBOLS];
    size_t count, undefined, strings;

    memset(image->bytes, 0, sizeof(image->bytes));
    count = order_symbols(image, ordered, &undefined);
    put_headers(image);
    put_symbols(image, ordered, count, &strings);
    put_dynamic(image, strings);
    if (image->gnu)
        put_gnu_hash(image, ordered, count, undefined);
    if (image->sysv)
        put_sysv_hash(image, ordered, count);
}

struct cpt_memory *
elfimage_open(const struct elfimage *image, size_t size)
{
    struct cpt_synthetic_region region = {
        .address = image->base, .bytes = image->bytes, .size = size, .writable = true};
    struct cpt_memory *memory = NULL;
    struct cpt_error error;

    if (cpt_synthetic_open(&memory, &region, size != 0, size % 2, &error)) {
        fprintf(stderr, "tests/synthetic: %s\n", error.what);
        abort();
    }
    return memory;
}

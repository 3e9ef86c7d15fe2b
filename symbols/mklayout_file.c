#include "symbols/mklayout_file.h"

#include "coreanalyze/base/bytes.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PY_VERSION_TEXT_MAX 16

uint32_t
mklayout_parse_version(const char *text, const char *end)
{
    char copy[PY_VERSION_TEXT_MAX + 1], level[3] = "";
    unsigned major, minor, micro, serial = 0, release = 0xf;
    int used = 0;

    if (end - text > PY_VERSION_TEXT_MAX)
        return 0;
    snprintf(copy, sizeof(copy), "%.*s", (int)(end - text), text);
    if (sscanf(copy, "%1u.%2u.%2u%n", &major, &minor, &micro, &used) != 3)
        return 0;
    if (isalpha((unsigned char)copy[used])) {
        int more = 0;

        if (sscanf(copy + used, "%2[abrc]%2u%n", level, &serial, &more) != 2 || serial > 15)
            return 0;
        used += more;
        release = !strcmp(level, "a") ? 0xa : !strcmp(level, "b") ? 0xb : 0xc;
    }
    if (copy[used] == '+')
        used++;
    return copy[used] ? 0 : major << 24 | minor << 16 | micro << 8 | release << 4 | serial;
}

/* The section's bytes at the address of the file, SIZE of them at most; how many there are. */
static size_t
read_address(Elf *elf, uint64_t address, void *buffer, size_t size)
{
    Elf_Scn *section = NULL;

    while ((section = elf_nextscn(elf, section))) {
        GElf_Shdr header;
        Elf_Data *data;

        if (!gelf_getshdr(section, &header) || !(header.sh_flags & SHF_ALLOC) ||
            header.sh_type != SHT_PROGBITS || address < header.sh_addr ||
            address - header.sh_addr >= header.sh_size)
            continue;
        data = elf_getdata(section, NULL);
        address -= header.sh_addr;
        if (!data || address >= data->d_size)
            return 0;
        if (size > data->d_size - address)
            size = data->d_size - address;
        memcpy(buffer, (const char *)data->d_buf + address, size);
        return size;
    }
    return 0;
}

static void
take_symbol(struct mklayout_file *file, Elf *elf, const char *name, const GElf_Sym *symbol)
{
    uint8_t hex[8];

    if (!strcmp(name, "_PyRuntime")) {
        file->runtime_size = symbol->st_size;
        file->offsets_size =
            read_address(elf, symbol->st_value, file->offsets, sizeof(file->offsets));
    } else if (!strcmp(name, "Py_Version")) {
        if (read_address(elf, symbol->st_value, hex, sizeof(hex)) == sizeof(hex))
            file->version.hex = (uint32_t)cpt_load_u64(hex);
    } else if (!strcmp(name, "_Py_NegativeRefcount")) {
        file->version.debug_build = true; /* only with Py_REF_DEBUG */
    }
}

static void
read_symbols(struct mklayout_file *file, Elf *elf)
{
    Elf_Scn *section = NULL;

    while ((section = elf_nextscn(elf, section))) {
        GElf_Shdr header;
        Elf_Data *data;
        GElf_Sym symbol;

        if (!gelf_getshdr(section, &header) || header.sh_type != SHT_DYNSYM ||
            !(data = elf_getdata(section, NULL)))
            continue;
        for (int i = 0; gelf_getsym(data, i, &symbol); i++) {
            const char *name = elf_strptr(elf, header.sh_link, symbol.st_name);

            if (name && symbol.st_shndx != SHN_UNDEF)
                take_symbol(file, elf, name, &symbol);
        }
    }
}

/* PY_VERSION as text, at the end of some string ("/opt/python/3.8.18" may hold it too) of the minor
   version that stands in the file's name: libpython3.8.so.1.0. */
static uint32_t
find_version_text(const char *text, size_t size, unsigned minor)
{
    char wanted[8];
    const char *p = text, *end = text + size;

    snprintf(wanted, sizeof(wanted), "3.%u.", minor);
    while ((p = memmem(p, (size_t)(end - p), wanted, strlen(wanted)))) {
        const char *nul = memchr(p, '\0', (size_t)(end - p));
        uint32_t hex = nul ? mklayout_parse_version(p, nul) : 0;

        if (hex)
            return hex;
        p++;
    }
    return 0;
}

/* To 3.10 there is no Py_Version. */
static void
read_version_text(struct mklayout_file *file, Elf *elf, const char *path)
{
    const char *base = strrchr(path, '/');
    const char *name = strstr(base ? base : path, "python3.");
    Elf_Scn *section = NULL;
    size_t names;

    if (!name || elf_getshdrstrndx(elf, &names))
        return;
    while (!file->version.hex && (section = elf_nextscn(elf, section))) {
        GElf_Shdr header;
        Elf_Data *data;
        const char *title = gelf_getshdr(section, &header) ? elf_strptr(elf, names, header.sh_name)
                                                           : NULL;

        if (title && !strcmp(title, ".rodata") && (data = elf_getdata(section, NULL)))
            file->version.hex =
                find_version_text(data->d_buf, data->d_size,
                                  (unsigned)strtoul(name + strlen("python3."), NULL, 10));
    }
}

cpt_status
mklayout_file_read(struct mklayout_file *file, const char *path, struct cpt_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    Elf *elf;

    memset(file, 0, sizeof(*file));
    if (fd < 0)
        return cpt_error_set(error, CPT_IO, "%s: %s", path, strerror(errno));
    elf_version(EV_CURRENT);
    elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
    if (!elf || elf_kind(elf) != ELF_K_ELF) {
        elf_end(elf);
        close(fd);
        return cpt_error_set(error, CPT_UNSUPPORTED, "%s: not an ELF file", path);
    }
    read_symbols(file, elf);
    if (!file->version.hex)
        read_version_text(file, elf, path);
    elf_end(elf);
    close(fd);
    return CPT_OK;
}

/* Whether WORD is among the alternatives of LIST ("a|b"). */
static bool
is_alternative(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (;;) {
        size_t part = strcspn(list, "|");

        if (part == length && !strncmp(list, word, length))
            return true;
        if (!list[part])
            return false;
        list += part + 1;
    }
}

static int32_t
parse_place(const char *text, bool is_bits)
{
    int byte, bit = 0, width = 8, count;

    if (!is_bits)
        return sscanf(text, "%d", &byte) == 1 ? byte : CPT_NO_FIELD;
    count = sscanf(text, "%d.%d:%d", &byte, &bit, &width);
    return count == 3 || count == 1 ? CPT_BITFIELD(byte, bit, width) : CPT_NO_FIELD;
}

static void
take_row(struct cpt_layout_fields *fields, const char *structure, const char *member,
         const char *place)
{
    for (size_t i = 0; i < CPT_LAYOUT_FIELD_COUNT; i++) {
        const struct cpt_layout_field *field = cpt_layout_field(i);

        if (is_alternative(field->dwarf, structure) &&
            is_alternative(field->path ? field->path : "SIZEOF", member) &&
            !CPT_HAS(cpt_layout_get(fields, i)))
            cpt_layout_set(fields, i, parse_place(place, field->is_bits));
    }
}

/* Cuts the next tab-separated text off *LINE; NULL at the end. */
static char *
cut_column(char **line)
{
    return strsep(line, "\t\n");
}

static bool
find_column(char *line, const char *column, size_t *number)
{
    char *name;

    for (*number = 0; (name = cut_column(&line)); ++*number)
        if (!strcmp(name, column))
            return *number >= 2;
    return false;
}

cpt_status
mklayout_tsv_read(struct cpt_layout_fields *fields, const char *path, const char *column,
                  struct cpt_error *error)
{
    FILE *stream = fopen(path, "re");
    char *line = NULL;
    size_t room = 0, number = 0;
    bool found = false;

    cpt_layout_fields_init(fields);
    if (!stream)
        return cpt_error_set(error, CPT_IO, "%s: %s", path, strerror(errno));
    if (getline(&line, &room, stream) > 0)
        found = find_column(line, column, &number);
    while (found && getline(&line, &room, stream) > 0) {
        char *rest = line, *structure = cut_column(&rest), *member = cut_column(&rest);
        char *place = cut_column(&rest);

        for (size_t i = 2; i < number && place; i++)
            place = cut_column(&rest);
        if (place)
            take_row(fields, structure, member, place);
    }
    free(line);
    fclose(stream);
    if (!found)
        return cpt_error_set(error, CPT_ABSENT, "%s has no column %s", path, column);
    return CPT_OK;
}

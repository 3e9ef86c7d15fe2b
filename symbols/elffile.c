#include "symbols/elffile.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

struct elf_file {
    int fd;
    Elf *elf;
};

static void
close_file(struct elf_file *file)
{
    elf_end(file->elf);
    close(file->fd);
}

static cpt_status
open_file(struct elf_file *file, const char *path, struct cpt_error *error)
{
    elf_version(EV_CURRENT);
    file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file->fd < 0)
        return cpt_error_set(error, CPT_IO, "%s cannot be opened: %s", path, strerror(errno));
    file->elf = elf_begin(file->fd, ELF_C_READ_MMAP, NULL);
    if (file->elf && elf_kind(file->elf) == ELF_K_ELF)
        return CPT_OK;
    close_file(file);
    return cpt_error_set(error, CPT_IO, "%s is no ELF file", path);
}

/* NAME itself, or NAME.lto_priv.0 as gcc's link-time optimisation calls a file-local symbol that became shared. */
static bool
name_matches(const char *symbol, const char *name)
{
    size_t length = strlen(name);

    return strncmp(symbol, name, length) == 0 &&
           (!symbol[length] || strncmp(symbol + length, ".lto_priv", 9) == 0);
}

static cpt_status
find_in_symtab(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, const char *name,
               struct cpt_elf_place *place)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t count = data && header->sh_entsize ? data->d_size / header->sh_entsize : 0;

    for (size_t i = 0; i < count; i++) {
        GElf_Sym symbol;
        const char *text;

        if (!gelf_getsym(data, (int)i, &symbol) || symbol.st_shndx == SHN_UNDEF ||
            GELF_ST_TYPE(symbol.st_info) != STT_OBJECT)
            continue;
        text = elf_strptr(elf, header->sh_link, symbol.st_name);
        if (text && name_matches(text, name)) {
            *place = (struct cpt_elf_place){.address = symbol.st_value, .size = symbol.st_size};
            return CPT_OK;
        }
    }
    return CPT_ABSENT;
}

cpt_status
cpt_elf_file_symbol(const char *path, const char *name, struct cpt_elf_place *place,
                    struct cpt_error *error)
{
    struct elf_file file;
    Elf_Scn *section = NULL;
    cpt_status status = open_file(&file, path, error);

    if (status)
        return status;
    status = cpt_error_set(error, CPT_ABSENT, "%s has no symbol %s", path, name);
    while (status && (section = elf_nextscn(file.elf, section))) {
        GElf_Shdr header;

        if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB)
            status = find_in_symtab(file.elf, section, &header, name, place);
    }
    close_file(&file);
    return status;
}

cpt_status
cpt_elf_file_section(const char *path, const char *name, struct cpt_elf_place *place,
                     struct cpt_error *error)
{
    struct elf_file file;
    Elf_Scn *section = NULL;
    size_t names;
    cpt_status status = open_file(&file, path, error);

    if (status)
        return status;
    status = cpt_error_set(error, CPT_ABSENT, "%s has no section %s", path, name);
    while (elf_getshdrstrndx(file.elf, &names) == 0 &&
           (section = elf_nextscn(file.elf, section))) {
        GElf_Shdr header;
        const char *text;

        if (!gelf_getshdr(section, &header) || !(header.sh_flags & SHF_ALLOC))
            continue;
        text = elf_strptr(file.elf, names, header.sh_name);
        if (text && strcmp(text, name) == 0) {
            *place = (struct cpt_elf_place){.address = header.sh_addr, .size = header.sh_size};
            status = CPT_OK;
            break;
        }
    }
    close_file(&file);
    return status;
}

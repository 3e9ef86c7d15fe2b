#include "symbols/layout_debugfile.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEBUG_DIRECTORY "/usr/lib/debug"
#define MAX_BUILD_ID 64

/* One file whose debug information is looked for. */
struct search {
    const char *path;
    const char *sysroot;      /* "" where there is none */
    char directory[PATH_MAX]; /* of PATH, as the target sees it: without SYSROOT */
    const uint8_t *build_id;
    size_t build_id_size;
    const char *link; /* .gnu_debuglink's file name, or NULL */
    uint32_t link_crc;
};

static cpt_status
open_elf(struct cpt_debug_file *file, const char *path, struct cpt_error *error)
{
    memset(file, 0, sizeof(*file));
    elf_version(EV_CURRENT);
    file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file->fd < 0)
        return cpt_error_set(error, CPT_IO, "%s: %s", path, strerror(errno));
    file->elf = elf_begin(file->fd, ELF_C_READ_MMAP, NULL);
    if (file->elf && elf_kind(file->elf) == ELF_K_ELF)
        return CPT_OK;
    cpt_debug_file_close(file);
    return cpt_error_set(error, CPT_UNSUPPORTED, "%s: not an ELF file", path);
}

void
cpt_debug_file_close(struct cpt_debug_file *file)
{
    if (file->elf)
        elf_end(file->elf);
    if (file->fd >= 0)
        close(file->fd);
    file->elf = NULL;
    file->fd = -1;
}

/* A stripped file keeps neither section; `objcopy --only-keep-debug` leaves other sections without
   content. */
static bool
has_debug_info(Elf *elf)
{
    Elf_Scn *section = NULL;
    size_t names;

    if (elf_getshdrstrndx(elf, &names))
        return false;
    while ((section = elf_nextscn(elf, section))) {
        Elf64_Shdr *header = elf64_getshdr(section);
        const char *name = header ? elf_strptr(elf, names, header->sh_name) : NULL;

        if (name && header->sh_type != SHT_NOBITS &&
            (!strcmp(name, ".debug_info") || !strcmp(name, ".zdebug_info")))
            return true;
    }
    return false;
}

static size_t
get_build_id(Elf *elf, const uint8_t **id)
{
    const void *bytes = NULL;
    ssize_t size = dwelf_elf_gnu_build_id(elf, &bytes);

    *id = bytes;
    return size > 0 && size <= MAX_BUILD_ID ? (size_t)size : 0;
}

/* .gnu_debuglink's checksum: CRC-32 of the whole file, as gzip has it. */
static uint32_t
file_crc(Elf *elf)
{
    uint32_t table[256], crc = 0xffffffff;
    size_t size = 0;
    const char *bytes = elf_rawfile(elf, &size);

    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
    }
    for (size_t i = 0; bytes && i < size; i++)
        crc = crc >> 8 ^ table[(crc ^ (uint8_t)bytes[i]) & 0xff];
    return ~crc;
}

static bool
belongs(const struct search *search, Elf *candidate)
{
    const uint8_t *id;
    size_t size = get_build_id(candidate, &id);

    if (size && search->build_id_size)
        return size == search->build_id_size && !memcmp(id, search->build_id, size);
    return search->link && file_crc(candidate) == search->link_crc;
}

static bool
try_file(const struct search *search, const char *path, struct cpt_debug_file *file)
{
    if (open_elf(file, path, NULL))
        return false;
    if (has_debug_info(file->elf) && belongs(search, file->elf))
        return true;
    cpt_debug_file_close(file);
    return false;
}

/* Tries ROOT + PREFIX + DIRECTORY + "/" + NAME. */
static bool
try_path(const struct search *search, const char *root, const char *prefix, const char *directory,
         const char *name, struct cpt_debug_file *file)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof(path), "%s%s%s/%s", root, prefix, directory, name);

    return length > 0 && (size_t)length < sizeof(path) && try_file(search, path, file);
}

static bool
try_build_id(const struct search *search, const char *root, struct cpt_debug_file *file)
{
    char name[2 * MAX_BUILD_ID + sizeof("/.debug")];
    size_t length;

    if (search->build_id_size < 2)
        return false;
    length = (size_t)snprintf(name, sizeof(name), "%02x/", search->build_id[0]);
    for (size_t i = 1; i < search->build_id_size; i++)
        length += (size_t)snprintf(name + length, sizeof(name) - length, "%02x",
                                   search->build_id[i]);
    snprintf(name + length, sizeof(name) - length, ".debug");
    return try_path(search, root, DEBUG_DIRECTORY, "/.build-id", name, file);
}

static bool
try_link(const struct search *search, const char *root, struct cpt_debug_file *file)
{
    if (!search->link || strchr(search->link, '/'))
        return false;
    return try_path(search, root, search->directory, "", search->link, file) ||
           try_path(search, root, search->directory, "/.debug", search->link, file) ||
           try_path(search, root, DEBUG_DIRECTORY, search->directory, search->link, file);
}

/* Directory of the file with symbolic links resolved: distributions' debug files are filed under
   that. */
static void
set_directory(struct search *search)
{
    char resolved[PATH_MAX], root[PATH_MAX];
    const char *path = realpath(search->path, resolved) ? resolved : search->path;
    size_t length = *search->sysroot && realpath(search->sysroot, root) ? strlen(root) : 0;
    const char *slash;

    if (length > 1 && !strncmp(path, root, length) && path[length] == '/')
        path += length;
    slash = strrchr(path, '/');
    snprintf(search->directory, sizeof(search->directory), "%.*s", slash ? (int)(slash - path) : 1,
             slash ? path : ".");
}

static bool
find_separate(struct search *search, struct cpt_debug_file *file)
{
    set_directory(search);
    if (*search->sysroot && (try_build_id(search, search->sysroot, file) ||
                             try_link(search, search->sysroot, file)))
        return true;
    return try_build_id(search, "", file) || try_link(search, "", file);
}

cpt_status
cpt_debug_file_find(struct cpt_debug_file *file, const struct cpt_debug_query *query,
                    struct cpt_error *error)
{
    struct search search = {
        .path = query->path ? query->path : "",
        .sysroot = query->sysroot ? query->sysroot : "",
        .build_id = query->build_id,
        .build_id_size = query->build_id_size <= MAX_BUILD_ID ? query->build_id_size : 0,
        .link = query->path ? query->link : NULL,
        .link_crc = query->link_crc,
    };

    if (find_separate(&search, file))
        return CPT_OK;
    return cpt_error_set(error, CPT_ABSENT, "there is no separate debug file");
}

cpt_status
cpt_debug_file_open(struct cpt_debug_file *file, const char *path, const char *sysroot,
                    struct cpt_error *error)
{
    struct search search = {.path = path, .sysroot = sysroot ? sysroot : ""};
    struct cpt_debug_file own;
    GElf_Word crc = 0;
    cpt_status status = open_elf(&own, path, error);
    bool found;

    file->elf = NULL;
    file->fd = -1;
    if (status)
        return status;
    if (has_debug_info(own.elf)) {
        *file = own;
        return CPT_OK;
    }
    search.build_id_size = get_build_id(own.elf, &search.build_id);
    search.link = dwelf_elf_gnu_debuglink(own.elf, &crc);
    search.link_crc = crc;
    found = find_separate(&search, file);
    cpt_debug_file_close(&own);
    if (found)
        return CPT_OK;
    return cpt_error_set(error, CPT_ABSENT,
                         "%s has no debug information, and there is none in a separate file", path);
}

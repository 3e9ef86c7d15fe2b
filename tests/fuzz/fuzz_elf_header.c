/* ELF headers, of a file and of the same bytes in a target's memory: what identifies a build, and where a file has
   symbols and sections. Input: the file. */
#include "coreanalyze/memory/elfident.h"
#include "coreanalyze/memory/synthetic.h"
#include "symbols/elffile.h"
#include "tests/fuzz/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BASE UINT64_C(0x400000)

static const char *
path_of(const uint8_t *data, size_t size)
{
    static char path[64];
    static int fd = -1;

    if (fd < 0)
        fd = memfd_create("elf", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
        abort();
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return path;
}

static void
check_ident(const struct cpt_elf_ident *ident)
{
    char text[2 * CPT_BUILD_ID_MAX + 1];

    if (ident->build_id_size > CPT_BUILD_ID_MAX)
        abort();
    cpt_elf_ident_hex(ident, text);
    if (strlen(text) != 2 * ident->build_id_size)
        abort();
}

static void
ident_in_memory(const uint8_t *data, size_t size, struct cpt_elf_ident *ident)
{
    struct cpt_synthetic_region region = {.address = BASE, .bytes = data, .size = size};
    struct cpt_memory *memory = NULL;
    struct cpt_error error;

    if (cpt_synthetic_open(&memory, &region, 1, size % 2, &error))
        abort();
    cpt_elf_ident_memory(memory, BASE, ident);
    cpt_synthetic_close(memory);
}

void
fuzz_elf_header(const uint8_t *data, size_t size)
{
    struct cpt_elf_ident of_file, of_memory;
    struct cpt_elf_place place;
    struct cpt_error error;
    const char *path;

    if (!size)
        return;
    cpt_elf_ident_bytes(data, size, &of_file);
    check_ident(&of_file);
    ident_in_memory(data, size, &of_memory);
    check_ident(&of_memory);
    (void)cpt_elf_ident_equal(&of_file, &of_memory);
    path = path_of(data, size);
    (void)!cpt_elf_file_symbol(path, "_PyRuntime", &place, &error);
    (void)!cpt_elf_file_section(path, ".PyRuntime", &place, &error);
}

CPT_FUZZ_ENTRY(fuzz_elf_header)

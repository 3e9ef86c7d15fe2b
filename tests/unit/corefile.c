#include "tests/unit/corefile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

Elf64_Phdr *
corefile_load(struct corefile *core, uint64_t address, uint64_t memory_size, const void *bytes,
              uint64_t file_size, uint32_t flags)
{
    struct corefile_load *load;

    load = cpt_vec_add(&core->loads);
    assert_non_null(load);
    load->bytes = bytes;
    load->header = (Elf64_Phdr){.p_type = PT_LOAD,
                                .p_flags = flags,
                                .p_vaddr = address,
                                .p_filesz = file_size,
                                .p_memsz = memory_size};
    return &load->header;
}

static void
pad(struct cpt_buffer *buffer, size_t alignment)
{
    while (buffer->size % alignment)
        cpt_buffer_add_char(buffer, '\0');
}

void
corefile_note(struct corefile *core, uint32_t type, const void *desc, size_t size)
{
    Elf64_Nhdr header = {.n_namesz = 5, .n_descsz = (uint32_t)size, .n_type = type};

    cpt_buffer_add(&core->notes, &header, sizeof(header));
    cpt_buffer_add(&core->notes, "CORE\0\0\0", 8);
    cpt_buffer_add(&core->notes, desc, size);
    pad(&core->notes, 4);
}

void
corefile_thread(struct corefile *core, int32_t tid, int16_t cursig, int32_t info_signo, uint64_t sp,
                int64_t orig_rax, int64_t rax)
{
    uint8_t desc[336] = {0};
    uint64_t registers[27] = {
        [10] = (uint64_t)rax, [14] = 0xf00d, [15] = (uint64_t)orig_rax,
        [16] = 0x401000,      [19] = sp,     [21] = 0x7fff0000u + (uint64_t)tid};

    memcpy(desc, &info_signo, 4);
    memcpy(desc + 12, &cursig, 2);
    memcpy(desc + 32, &tid, 4);
    memcpy(desc + 112, registers, sizeof(registers));
    corefile_note(core, NT_PRSTATUS, desc, sizeof(desc));
}

void
corefile_siginfo(struct corefile *core, int32_t signo, int32_t code, uint64_t value)
{
    uint8_t desc[128] = {0};

    memcpy(desc, &signo, 4);
    memcpy(desc + 8, &code, 4);
    memcpy(desc + 16, &value, 8);
    corefile_note(core, NT_SIGINFO, desc, sizeof(desc));
}

void
corefile_psinfo(struct corefile *core, int32_t pid, const char *program, const char *arguments)
{
    uint8_t desc[136] = {0};

    memcpy(desc + 24, &pid, 4);
    memcpy(desc + 40, program, strnlen(program, 16));
    memcpy(desc + 56, arguments, strnlen(arguments, 80));
    corefile_note(core, NT_PRPSINFO, desc, sizeof(desc));
}

void
corefile_files(struct corefile *core, uint64_t page_size, const struct corefile_file *files,
               size_t count)
{
    struct cpt_buffer desc = {0};
    uint64_t words[2] = {count, page_size};

    cpt_buffer_add(&desc, words, sizeof(words));
    for (size_t i = 0; i < count; i++)
        cpt_buffer_add(&desc, &files[i], 24);
    for (size_t i = 0; i < count; i++)
        cpt_buffer_add(&desc, files[i].path, strlen(files[i].path) + 1);
    corefile_note(core, NT_FILE, desc.data, desc.size);
    cpt_buffer_free(&desc);
}

static Elf64_Ehdr
make_header(const struct corefile *core)
{
    size_t count = core->loads.count + 1;
    Elf64_Ehdr header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                         .e_type = ET_CORE,
                         .e_machine = EM_X86_64,
                         .e_version = EV_CURRENT,
                         .e_phoff = sizeof(Elf64_Ehdr),
                         .e_ehsize = sizeof(Elf64_Ehdr),
                         .e_phentsize = sizeof(Elf64_Phdr),
                         .e_phnum = core->extended ? PN_XNUM : (uint16_t)count};
    return header;
}

void
corefile_build(struct corefile *core)
{
    size_t count = core->loads.count + 1;
    Elf64_Ehdr header = make_header(core);
    uint64_t offset = sizeof(header) + count * sizeof(Elf64_Phdr);
    Elf64_Phdr note = {.p_type = PT_NOTE, .p_offset = offset, .p_filesz = core->notes.size};
    Elf64_Shdr section = {.sh_info = (uint32_t)count};

    cpt_buffer_clear(&core->file);
    offset += core->notes.size;
    cpt_buffer_add(&core->file, &header, sizeof(header));
    cpt_buffer_add(&core->file, &note, sizeof(note));
    for (size_t i = 0; i < core->loads.count; i++) {
        if (core->loads.items[i].bytes) {
            core->loads.items[i].header.p_offset = offset;
            offset += core->loads.items[i].header.p_filesz;
        }
        cpt_buffer_add(&core->file, &core->loads.items[i].header, sizeof(Elf64_Phdr));
    }
    cpt_buffer_add(&core->file, core->notes.data, core->notes.size);
    for (size_t i = 0; i < core->loads.count; i++) {
        if (core->loads.items[i].bytes)
            cpt_buffer_add(&core->file, core->loads.items[i].bytes,
                           core->loads.items[i].header.p_filesz);
    }
    if (!core->extended)
        return;
    header.e_shoff = core->file.size;
    header.e_shnum = 1;
    memcpy(core->file.data, &header, sizeof(header));
    cpt_buffer_add(&core->file, &section, sizeof(section));
}

void
corefile_free(struct corefile *core)
{
    cpt_vec_free(&core->loads);
    cpt_buffer_free(&core->notes);
    cpt_buffer_free(&core->file);
    memset(core, 0, sizeof(*core));
}

const char *
corefile_path(const void *data, size_t size)
{
    static char path[64];
    static int fd = -1;

    if (fd < 0)
        fd = memfd_create("core", MFD_CLOEXEC);
    assert_true(fd >= 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(pwrite(fd, data, size, 0), (ssize_t)size);
    return path;
}

/* Cores of all kinds, sound and damaged. */
#include "coreanalyze/memory/core.h"
#include "tests/unit/corefile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define KERNEL_SI 0x80 /* SI_KERNEL */

static uint8_t pattern[0x4000];

static int
make_pattern(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(pattern); i++)
        pattern[i] = (uint8_t)(i * 7 + i / 256);
    return 0;
}

static struct cpt_core *
open_bytes(const void *bytes, size_t size)
{
    struct cpt_core *core = NULL;
    struct cpt_error error = {0};

    if (cpt_core_open(&core, corefile_path(bytes, size), &error) != CPT_OK)
        fail_msg("%s", error.what);
    return core;
}

static struct cpt_core *
open_built(struct corefile *file)
{
    corefile_build(file);
    return open_bytes(file->file.data, file->file.size);
}

static size_t
read_some(struct cpt_core *core, uint64_t address, void *buffer, size_t size)
{
    return cpt_memory_read_some(cpt_core_memory(core), address, buffer, size);
}

/* A core like the kernel's: text left out, data and stack dumped. */
static void
fill(struct corefile *file)
{
    static const struct corefile_file files[] = {
        {0x400000, 0x402000, 0, "/usr/bin/prog"},
        {0x402000, 0x403000, 2, "/usr/bin/prog"},
        {0x700000, 0x701000, 0, "/lib/gone.so (deleted)"},
    };
    static const uint64_t auxv[] = {AT_PHDR,  0x400040,  AT_ENTRY, 0x400800, AT_RANDOM,
                                    0x800f00, AT_EXECFN, 0x800fe0, AT_NULL,  0};

    corefile_thread(file, 12, 11, 11, 0x900000, -1, 0);
    corefile_psinfo(file, 10, "prog", "prog one two ");
    corefile_siginfo(file, 11, 1, 0xdead);
    corefile_note(file, NT_AUXV, auxv, sizeof(auxv));
    corefile_files(file, 0x1000, files, 3);
    corefile_thread(file, 10, 11, 11, 0x800800, 202, -512);
    corefile_thread(file, 11, 11, 11, 0x910000, 202, 0);
    corefile_load(file, 0x400000, 0x2000, pattern, 0x800, PF_R | PF_X);
    corefile_load(file, 0x402000, 0x1000, pattern + 0x1000, 0x1000, PF_R | PF_W);
    corefile_load(file, 0x403000, 0x1000, pattern + 0x2000, 0x1000, PF_R | PF_W);
    corefile_load(file, 0x800000, 0x1000, pattern + 0x3000, 0x1000, PF_R | PF_W);
}

static void
a_sound_core_is_read(void **state)
{
    struct corefile file = {0};
    struct cpt_core *core;
    static uint8_t bytes[0x4000];

    (void)state;
    fill(&file);
    core = open_built(&file);
    assert_false(cpt_core_info(core)->truncated);
    assert_int_equal(cpt_core_info(core)->missing_bytes, 0);
    assert_int_equal(cpt_core_info(core)->left_out_bytes, 0x1800);
    /* p_memsz beyond p_filesz is missing, not zero and not the next segment's bytes */
    assert_int_equal(read_some(core, 0x400000, bytes, 0x2000), 0x800);
    assert_memory_equal(bytes, pattern, 0x800);
    assert_int_equal(read_some(core, 0x400800, bytes, 1), 0);
    /* segments that follow each other are one */
    assert_int_equal(read_some(core, 0x402ff0, bytes, 0x4000), 0x1010);
    assert_memory_equal(bytes, pattern + 0x1ff0, 0x1010);
    assert_memory_equal(cpt_memory_view(cpt_core_memory(core), 0x402ff0, 32), pattern + 0x1ff0, 32);
    assert_null(cpt_memory_view(cpt_core_memory(core), 0x403ff0, 17));
    assert_null(cpt_memory_view(cpt_core_memory(core), 0x4007f0, 17));
    assert_true(cpt_core_has(core, 0x402000, 0x2000));
    assert_false(cpt_core_has(core, 0x402000, 0x2001));
    assert_false(cpt_core_has(core, 0x400000, 0x801));
    assert_false(cpt_core_has(core, 0x300000, 1));
    assert_false(cpt_core_has(core, UINT64_MAX, 2));
    cpt_core_close(core);
    corefile_free(&file);
}

static void
mappings_have_their_files(void **state)
{
    struct corefile file = {0};
    struct cpt_core *core;
    const struct cpt_mapping *m;

    (void)state;
    fill(&file);
    core = open_built(&file);
    assert_int_equal(cpt_core_memory(core)->mapping_count, 5);
    m = cpt_core_memory(core)->mappings;
    assert_string_equal(m[0].path, "/usr/bin/prog");
    assert_true(m[0].executable && !m[0].writable);
    assert_int_equal(m[1].offset, 0x2000);
    assert_true(m[1].writable);
    assert_null(m[2].path);
    assert_string_equal(m[3].path, "/lib/gone.so"); /* no PT_LOAD at all */
    assert_true(m[3].deleted);
    assert_int_equal(m[3].start, 0x700000);
    assert_string_equal(m[4].path, "[stack]");
    assert_string_equal(cpt_core_info(core)->executable, "/usr/bin/prog");
    cpt_core_close(core);
    corefile_free(&file);
}

static void
files_are_cut_at_segments(void **state)
{
    static const struct corefile_file files[] = {
        {0x3000, 0x5000, 0x10, "/b"}, /* units of one byte, as gdb writes them */
        {0x1000, 0x3000, 0, "/a"},
        {0x2000, 0x2500, 0, "/overlaps"},
        {0x8000, 0x7000, 0, "/backwards"},
    };
    struct corefile file = {0};
    struct cpt_core *core;
    const struct cpt_mapping *m;

    (void)state;
    corefile_files(&file, 1, files, 4);
    corefile_load(&file, 0x2000, 0x2000, pattern, 0x2000, PF_R);
    core = open_built(&file);
    m = cpt_core_memory(core)->mappings;
    assert_int_equal(cpt_core_memory(core)->mapping_count, 4);
    assert_true(m[0].start == 0x1000 && m[0].end == 0x2000 && !strcmp(m[0].path, "/a"));
    assert_true(m[1].start == 0x2000 && m[1].end == 0x3000 && m[1].offset == 0x1000);
    assert_true(m[2].start == 0x3000 && m[2].end == 0x4000 && m[2].offset == 0x10);
    assert_true(m[3].start == 0x4000 && m[3].end == 0x5000 && m[3].offset == 0x1010);
    cpt_core_close(core);
    corefile_free(&file);
}

static void
tasks_start_with_the_main_one(void **state)
{
    struct corefile file = {0};
    const struct cpt_core_info *info;
    const struct cpt_task *tasks;
    struct cpt_core *core;

    (void)state;
    fill(&file);
    core = open_built(&file);
    tasks = cpt_core_memory(core)->tasks;
    info = cpt_core_info(core);
    assert_int_equal(cpt_core_memory(core)->pid, 10);
    assert_int_equal(cpt_core_memory(core)->task_count, 3);
    assert_true(tasks[0].tid == 10 && tasks[1].tid == 12 && tasks[2].tid == 11);
    assert_true(tasks[0].in_syscall && tasks[0].syscall == 202);
    assert_int_equal(tasks[0].syscall_argument, 0xf00d);
    assert_true(!tasks[1].in_syscall && !tasks[2].in_syscall && tasks[2].has_registers);
    assert_int_equal(tasks[1].sp, 0x900000);
    assert_int_equal(tasks[1].pc, 0x401000);
    assert_int_equal(tasks[1].thread_pointer, 0x7fff0000 + 12);
    assert_string_equal(info->program, "prog");
    assert_true(info->signal.number == 11 && info->signal.thread == 12);
    assert_true(info->signal.has_address && info->signal.address == 0xdead);
    assert_false(info->signal.has_sender);
    cpt_core_close(core);
    corefile_free(&file);
}

/* ---- signals ---- */

static struct cpt_core_signal
signal_of(int16_t cursig, int32_t info_signo, int32_t signo, int32_t code, uint64_t value)
{
    struct corefile file = {0};
    struct cpt_core_signal signal;
    struct cpt_core *core;

    corefile_thread(&file, 5, cursig, info_signo, 0, -1, 0);
    if (signo >= 0)
        corefile_siginfo(&file, signo, code, value);
    corefile_thread(&file, 6, 9, 9, 0, -1, 0);
    corefile_siginfo(&file, 9, 0, 99);
    core = open_built(&file);
    signal = cpt_core_info(core)->signal;
    cpt_core_close(core);
    corefile_free(&file);
    return signal;
}

static void
signals_of_the_kernel(void **state)
{
    struct cpt_core_signal signal = signal_of(7, 7, 7, 2, 0x1234);

    (void)state;
    assert_true(signal.number == 7 && signal.has_address && signal.address == 0x1234);
    signal = signal_of(11, 11, 11, KERNEL_SI, 0);
    assert_true(signal.number == 11 && !signal.has_address && !signal.has_sender);
    signal = signal_of(11, 11, 11, 0, 4711); /* kill -SEGV */
    assert_true(signal.number == 11 && !signal.has_address);
    assert_true(signal.has_sender && signal.sender_pid == 4711 && signal.thread == 5);
    signal = signal_of(6, 6, 6, -6, 42); /* abort() */
    assert_true(signal.number == 6 && signal.has_sender && signal.sender_pid == 42);
    signal = signal_of(6, 6, 6, 0, 0); /* from outside of the PID namespace */
    assert_true(signal.number == 6 && !signal.has_sender);
    signal = signal_of(5, 5, 5, KERNEL_SI, 0); /* died of int3 */
    assert_int_equal(signal.number, 5);
    signal = signal_of(11, 11, -1, 0, 0); /* without NT_SIGINFO */
    assert_true(signal.number == 11 && !signal.has_address && !signal.has_sender);
}

static void
cores_on_demand_have_no_signal(void **state)
{
    (void)state;
    assert_int_equal(signal_of(0, 0, 19, KERNEL_SI, 0).number, 0); /* Debian's gcore, gdb 13 */
    assert_int_equal(signal_of(0, 0, -1, 0, 0).number, 0);
    assert_int_equal(signal_of(0, 0, 5, 0, 0).number, 0);
    assert_int_equal(signal_of(5, 0, 5, 1, 0).number, 0); /* gdb at a breakpoint */
    assert_int_equal(signal_of(19, 0, 19, 0, 0).number, 0);
    assert_int_equal(signal_of(0, 0, 19, 0, 0).thread, 0);
    assert_int_equal(signal_of(11, 0, 11, 1, 8).number, 11); /* gdb saw the process crash */
}

/* ---- the command line ---- */

/* argc, argv, NULL, envp, NULL, auxv at ADDRESS, and the strings, as the kernel lays them out. */
static void
build_stack(uint8_t *stack, uint64_t address, const uint64_t *auxv, size_t auxv_size)
{
    uint64_t *words = (uint64_t *)(void *)(stack + 0x100), n = 0;
    static const char strings[] = "prog\0a b\0\0FOO=3\0";

    memset(stack, 0, 0x1000);
    words[n++] = 3;
    words[n++] = address + 0xe00;
    words[n++] = address + 0xe05;
    words[n++] = address + 0xe09;
    words[n++] = 0;
    words[n++] = address + 0xe0a;
    words[n++] = 0;
    memcpy(words + n, auxv, auxv_size);
    memcpy(stack + 0xe00, strings, sizeof(strings));
    memcpy(stack + 0xf00, "bin/prog", 9);
}

static void
the_command_line_is_on_the_stack(void **state)
{
    static const uint64_t auxv[] = {AT_PAGESZ, 4096,     AT_RANDOM, 0x800d00,
                                    AT_EXECFN, 0x800f00, AT_NULL,   0};
    static uint64_t stack[0x200];
    struct corefile file = {0};
    struct cpt_core *core;
    const char *line;
    size_t size;

    (void)state;
    build_stack((uint8_t *)stack, 0x800000, auxv, sizeof(auxv));
    corefile_note(&file, NT_AUXV, auxv, sizeof(auxv));
    corefile_psinfo(&file, 10, "prog", "prog a  b   FOO");
    corefile_load(&file, 0x800000, 0x1000, stack, 0x1000, PF_R | PF_W);
    core = open_built(&file);
    assert_string_equal(cpt_core_info(core)->executable, "bin/prog");
    line = cpt_core_command_line(core, &size);
    assert_int_equal(size, 10);
    assert_memory_equal(line, "prog\0a b\0", 10);
    assert_ptr_equal(cpt_core_command_line(core, &size), line);
    cpt_core_close(core);
    stack[0x20] = 4; /* argc is wrong */
    core = open_built(&file);
    line = cpt_core_command_line(core, &size);
    assert_int_equal(size, 13);
    assert_memory_equal(line, "prog\0a\0b\0FOO", 13);
    cpt_core_close(core);
    corefile_free(&file);
}

/* ---- files that fill gaps ---- */

static void
files_fill_what_was_left_out(void **state)
{
    static uint8_t content[0x4000], bytes[0x4000];
    struct corefile file = {0};
    struct cpt_core *core;

    (void)state;
    memset(content, 0xee, sizeof(content));
    fill(&file);
    corefile_load(&file, 0x401000, 0x10, pattern, 0x10, PF_R); /* within a segment left out */
    core = open_built(&file);
    assert_int_equal(cpt_core_add_file(core, 0x400000, 0x3000, content, NULL), CPT_OK);
    assert_int_equal(cpt_core_add_file(core, UINT64_MAX, 0x3000, content, NULL), CPT_CORRUPT);
    assert_int_equal(read_some(core, 0x400700, bytes, 0x4000), 0x3900);
    assert_memory_equal(bytes, pattern + 0x700, 0x100);
    assert_memory_equal(bytes + 0x100, content, 0x800);
    assert_memory_equal(bytes + 0x900, pattern, 0x10);
    assert_memory_equal(bytes + 0x910, content, 0xff0);
    assert_memory_equal(bytes + 0x1900, pattern + 0x1000, 0x1000);
    assert_ptr_equal(cpt_memory_view(cpt_core_memory(core), 0x400800, 0x10), content + 0x800);
    assert_null(cpt_memory_view(cpt_core_memory(core), 0x4007ff, 2));
    cpt_core_close(core);
    corefile_free(&file);
}

static void
files_do_not_replace_what_was_cut(void **state)
{
    static uint8_t content[0x4000], bytes[0x4000];
    struct corefile file = {0};
    struct cpt_core *core;

    (void)state;
    fill(&file);
    corefile_build(&file);
    core = open_bytes(file.file.data,
                      file.file.size - 0x2800); /* half of 0x402000's page is left */
    assert_true(cpt_core_info(core)->truncated);
    assert_int_equal(cpt_core_info(core)->missing_bytes, 0x2800);
    assert_int_equal(cpt_core_add_file(core, 0x400000, 0x3000, content, NULL), CPT_OK);
    assert_int_equal(read_some(core, 0x402000, bytes, 0x4000), 0x800);
    assert_int_equal(read_some(core, 0x402800, bytes, 1), 0);
    assert_int_equal(read_some(core, 0x401800, bytes, 0x4000), 0x1000);
    cpt_core_close(core);
    corefile_free(&file);
}

/* ---- odd segments ---- */

static void
overlaps_and_wraps_are_resolved(void **state)
{
    struct corefile file = {0};
    struct cpt_core *core;
    Elf64_Phdr *header;
    static uint8_t bytes[0x4000];

    (void)state;
    corefile_load(&file, 0x5000, 0x100, pattern + 0x500, 0x100, PF_R);
    corefile_load(&file, 0x5080, 0x100, pattern, 0x100, PF_R);
    corefile_load(&file, 0x5000, 0x80, pattern + 0x900, 0x80, PF_R);
    corefile_load(&file, 0x4ff0, 0x10, pattern + 0x300, 0x10, PF_R);
    corefile_load(&file, UINT64_MAX - 0xf, 0x1000, pattern, 0x1000, PF_R);
    header = corefile_load(&file, 0x10000, 0x1000, NULL, 0x1000, PF_R);
    header->p_offset = UINT64_MAX - 4;
    header = corefile_load(&file, 0x20000, UINT64_MAX, NULL, UINT64_MAX, PF_R);
    core = open_built(&file);
    assert_true(cpt_core_info(core)->truncated);
    assert_int_equal(read_some(core, 0x4ff0, bytes, 0x4000), 0x190);
    assert_memory_equal(bytes, pattern + 0x300, 0x10);
    assert_memory_equal(bytes + 0x10, pattern + 0x500, 0x100);
    assert_memory_equal(bytes + 0x110, pattern + 0x80, 0x80);
    assert_int_equal(read_some(core, 0x10000, bytes, 0x4000), 0);
    assert_true(read_some(core, 0x20000, bytes, 0x4000) >
                0); /* claims all above it: the file itself */
    for (size_t i = 1; i < cpt_core_memory(core)->mapping_count; i++)
        assert_true(cpt_core_memory(core)->mappings[i - 1].end <=
                    cpt_core_memory(core)->mappings[i].start);
    cpt_core_close(core);
    corefile_free(&file);
}

static void
more_segments_than_a_short_counts(void **state)
{
    struct corefile file = {.extended = true};
    struct cpt_core *core;
    uint8_t byte;

    (void)state;
    for (uint64_t i = 0; i < 70000; i++)
        corefile_load(&file, 0x10000 + i * 0x1000, 0x1000, pattern + i % 256, 1, PF_R);
    core = open_built(&file);
    assert_int_equal(cpt_core_memory(core)->mapping_count, 70000);
    assert_int_equal(read_some(core, 0x10000 + UINT64_C(69999) * 0x1000, &byte, 1), 1);
    assert_int_equal(byte, pattern[69999 % 256]);
    cpt_core_close(core);
    core = open_bytes(file.file.data, file.file.size - 100); /* section header 0 is gone */
    assert_true(cpt_core_info(core)->truncated);
    assert_int_equal(cpt_core_memory(core)->mapping_count, 70000);
    assert_int_equal(read_some(core, 0x10000 + UINT64_C(69990) * 0x1000, &byte, 1), 0);
    assert_int_equal(read_some(core, 0x10000 + UINT64_C(69900) * 0x1000, &byte, 1), 1);
    cpt_core_close(core);
    corefile_free(&file);
}

static void
bad_notes_are_passed_over(void **state)
{
    static const uint64_t huge_count[] = {UINT64_MAX / 24, 0x1000, 1, 2, 3};
    static const uint64_t no_names[] = {1, 0x1000, 0x1000, 0x2000, 0};
    static const uint64_t odd_auxv[] = {AT_RANDOM};
    struct corefile file = {0};
    Elf64_Nhdr beyond = {.n_namesz = 5, .n_descsz = UINT32_MAX, .n_type = NT_PRSTATUS};
    struct cpt_core *core;
    size_t size;

    (void)state;
    corefile_note(&file, NT_FILE, huge_count, sizeof(huge_count));
    corefile_note(&file, NT_FILE, no_names, sizeof(no_names));
    corefile_note(&file, NT_AUXV, odd_auxv, sizeof(odd_auxv));
    corefile_note(&file, NT_PRSTATUS, "short", 5);
    corefile_note(&file, NT_PRPSINFO, "short", 5);
    corefile_note(&file, NT_SIGINFO, "short", 5);
    corefile_thread(&file, 7, 6, 6, 0, -1, 0);
    cpt_buffer_add(&file.notes, &beyond, sizeof(beyond));
    cpt_buffer_add(&file.notes, "CORE\0\0\0", 8);
    core = open_built(&file);
    assert_int_equal(cpt_core_memory(core)->task_count, 1);
    assert_int_equal(cpt_core_memory(core)->pid, 7);
    assert_int_equal(cpt_core_memory(core)->mapping_count, 0);
    assert_string_equal(cpt_core_command_line(core, &size), "");
    cpt_core_close(core);
    corefile_free(&file);
}

/* ---- what is no core ---- */

static void
refuse(const void *bytes, size_t size, cpt_status status, const char *what)
{
    struct cpt_error error = {0};
    struct cpt_core *core;

    assert_int_equal(cpt_core_open(&core, corefile_path(bytes, size), &error), status);
    assert_int_equal(error.status, status);
    if (!strstr(error.what, what))
        fail_msg("\"%s\" does not say \"%s\"", error.what, what);
}

static void
other_files_are_named(void **state)
{
    struct corefile file = {0};
    Elf64_Ehdr header;
    char tar[512] = "core.1";

    (void)state;
    corefile_build(&file);
    memcpy(&header, file.file.data, sizeof(header));
    refuse("", 0, CPT_UNSUPPORTED, "empty");
    refuse("hello\n", 6, CPT_UNSUPPORTED, "not an ELF file");
    refuse("BZh91AY", 7, CPT_UNSUPPORTED, "bzip2");
    refuse("PK\3\4", 4, CPT_UNSUPPORTED, "an archive (zip)");
    memcpy(tar + 257, "ustar", 5);
    refuse(tar, sizeof(tar), CPT_UNSUPPORTED, "an archive (tar)");
    refuse(tar, 261, CPT_UNSUPPORTED, "not an ELF file");
    refuse("\x02\x21\x4c\x18", 4, CPT_UNSUPPORTED, "lz4, legacy");
    refuse("\x7f"
           "ELF",
           4, CPT_CORRUPT, "ELF header");
    header.e_machine = EM_AARCH64;
    refuse(&header, sizeof(header), CPT_UNSUPPORTED, "AArch64");
    header.e_machine = 0x1234;
    refuse(&header, sizeof(header), CPT_UNSUPPORTED, "4660");
    header.e_type = ET_DYN;
    refuse(&header, sizeof(header), CPT_UNSUPPORTED, "not a core");
    header.e_ident[EI_DATA] = ELFDATA2MSB;
    refuse(&header, sizeof(header), CPT_UNSUPPORTED, "big-endian");
    header.e_ident[EI_CLASS] = ELFCLASS32;
    refuse(&header, sizeof(header), CPT_UNSUPPORTED, "32-bit");
    corefile_free(&file);
}

static void
devices_and_directories_are_refused(void **state)
{
    struct cpt_error error;
    struct cpt_core *core;

    (void)state;
    assert_int_equal(cpt_core_open(&core, "/nonexistent/core", &error), CPT_IO);
    assert_int_equal(cpt_core_open(&core, "/", &error), CPT_IO);
    assert_int_equal(cpt_core_open(&core, "/dev/null", &error), CPT_UNSUPPORTED);
}

/* ---- damage ---- */

/* Uses everything that an open core offers; nothing may crash or read where it must not. */
static void
use(struct cpt_core *core)
{
    struct cpt_memory *memory = cpt_core_memory(core);
    volatile uint8_t sum = 0;
    uint8_t bytes[512];
    size_t size;

    for (size_t i = 0; i < memory->mapping_count; i++) {
        const struct cpt_mapping *mapping = &memory->mappings[i];

        assert_true(mapping->start < mapping->end);
        assert_true(!i || mapping[-1].end <= mapping->start);
        for (uint64_t k = 0; k < 8; k++) {
            uint64_t at = mapping->start + (mapping->end - mapping->start) / 8 * k;
            size_t got = cpt_memory_read_some(memory, at, bytes, sizeof(bytes));
            const uint8_t *view = got ? cpt_memory_view(memory, at, 1) : NULL;

            if (view)
                assert_int_equal(*view, bytes[0]);
            for (size_t n = 0; n < got; n++)
                sum = (uint8_t)(sum + bytes[n]);
        }
    }
    assert_true(cpt_core_add_file(core, 0x400000, 0x2000, pattern, NULL) != CPT_FAULT);
    (void)cpt_memory_read_some(memory, 0x400000, bytes, sizeof(bytes));
    cpt_core_command_line(core, &size);
}

static void
try_bytes(const void *bytes, size_t size)
{
    struct cpt_error error = {0};
    struct cpt_core *core;

    if (cpt_core_open(&core, corefile_path(bytes, size), &error) == CPT_OK) {
        use(core);
        cpt_core_close(core);
    } else {
        assert_true(error.what[0] != '\0');
    }
}

static void
cores_cut_at_any_length(void **state)
{
    struct corefile file = {0};
    struct cpt_core *core;

    (void)state;
    fill(&file);
    corefile_build(&file);
    for (size_t size = 0; size < file.file.size; size += size < 0x1200 ? 1 : 61) {
        try_bytes(file.file.data, size);
        if (size < sizeof(Elf64_Ehdr))
            continue;
        core = open_bytes(file.file.data, size);
        assert_true(cpt_core_info(core)->truncated);
        cpt_core_close(core);
    }
    corefile_free(&file);
}

static void
cores_damaged_at_random(void **state)
{
    struct corefile file = {0};
    struct cpt_buffer copy = {0};
    size_t headers;

    (void)state;
    fill(&file);
    corefile_build(&file);
    headers = sizeof(Elf64_Ehdr) + 5 * sizeof(Elf64_Phdr) + file.notes.size;
    srandom(4711);
    for (int round = 0; round < 4000; round++) {
        cpt_buffer_clear(&copy);
        cpt_buffer_add(&copy, file.file.data, file.file.size);
        for (long n = random() % 6; n >= 0; n--) {
            size_t at = (size_t)random() % headers;

            copy.data[at] = (char)(random() % 3 ? random() : random() % 2 ? 0xff : 0);
        }
        try_bytes(copy.data, copy.size);
    }
    cpt_buffer_free(&copy);
    corefile_free(&file);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_core_is_read),
        cmocka_unit_test(mappings_have_their_files),
        cmocka_unit_test(files_are_cut_at_segments),
        cmocka_unit_test(tasks_start_with_the_main_one),
        cmocka_unit_test(signals_of_the_kernel),
        cmocka_unit_test(cores_on_demand_have_no_signal),
        cmocka_unit_test(the_command_line_is_on_the_stack),
        cmocka_unit_test(files_fill_what_was_left_out),
        cmocka_unit_test(files_do_not_replace_what_was_cut),
        cmocka_unit_test(overlaps_and_wraps_are_resolved),
        cmocka_unit_test(more_segments_than_a_short_counts),
        cmocka_unit_test(bad_notes_are_passed_over),
        cmocka_unit_test(other_files_are_named),
        cmocka_unit_test(devices_and_directories_are_refused),
        cmocka_unit_test(cores_cut_at_any_length),
        cmocka_unit_test(cores_damaged_at_random),
    };

    return cmocka_run_group_tests_name("core", tests, make_pattern, NULL);
}

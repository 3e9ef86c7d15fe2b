/* Identifying executables and libraries, and finding their files again. */
#include "coreanalyze/memory/elfident.h"
#include "coreanalyze/memory/filemap.h"
#include "coreanalyze/memory/process.h"
#include "coreanalyze/memory/synthetic.h"
#include "tests/unit/corefile.h"
#include "tests/unit/scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define BASE 0x400000
#define SIZE 0x3000
#define PROGRAM "/cpt-test/bin/prog" /* is on no machine */

/* A library of three pages: header, notes at 0x200, and a pattern. */
static uint8_t image[SIZE + 1];

static void
make_image(uint8_t *bytes, const char *build_id, uint8_t fill)
{
    Elf64_Ehdr header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                         .e_type = ET_DYN,
                         .e_machine = EM_X86_64,
                         .e_phoff = sizeof(Elf64_Ehdr),
                         .e_phentsize = sizeof(Elf64_Phdr),
                         .e_phnum = 2,
                         .e_shoff = fill};
    Elf64_Phdr segments[2] = {
        {.p_type = PT_LOAD, .p_filesz = SIZE, .p_memsz = SIZE, .p_vaddr = 0x10000},
        {.p_type = PT_NOTE, .p_offset = 0x200, .p_vaddr = 0x10200, .p_align = 4},
    };
    uint32_t note[3] = {4, 8, NT_GNU_BUILD_ID};

    memset(bytes, fill, SIZE);
    segments[1].p_filesz = segments[1].p_memsz = build_id ? 24 : 0;
    memcpy(bytes, &header, sizeof(header));
    memcpy(bytes + sizeof(header), segments, sizeof(segments));
    memcpy(bytes + 0x200, note, sizeof(note));
    memcpy(bytes + 0x20c, "GNU", 4);
    memcpy(bytes + 0x210, build_id ? build_id : "________", 8);
}

static struct cpt_elf_ident
ident_of(const char *build_id, uint8_t fill)
{
    struct cpt_elf_ident ident;

    make_image(image, build_id, fill);
    cpt_elf_ident_bytes(image, SIZE, &ident);
    return ident;
}

static void
builds_are_compared(void **state)
{
    struct cpt_elf_ident a = ident_of("12345678", 1), b = ident_of("12345678", 2);
    struct cpt_elf_ident c = ident_of("12345679", 1), d = ident_of(NULL, 1), e = ident_of(NULL, 2);
    char hex[2 * CPT_BUILD_ID_MAX + 1];

    (void)state;
    assert_true(cpt_elf_ident_equal(&a, &b));
    assert_false(cpt_elf_ident_equal(&a, &c));
    assert_false(cpt_elf_ident_equal(&a, &d));
    assert_false(cpt_elf_ident_equal(&d, &e));
    assert_true(cpt_elf_ident_equal(&d, &d));
    d.build_id_unread = true;
    assert_false(cpt_elf_ident_equal(&d, &d));
    cpt_elf_ident_hex(&a, hex);
    assert_string_equal(hex, "3132333435363738");
    cpt_elf_ident_hex(&e, hex);
    assert_string_equal(hex, "");
    cpt_elf_ident_bytes("#!/bin/sh\n", 10, &a);
    assert_false(a.is_elf || cpt_elf_ident_equal(&a, &a));
}

/* From memory, against guard pages, with the image cut at every length. */
static void
images_cut_at_any_length(void **state)
{
    struct cpt_elf_ident whole = ident_of("12345678", 3), ident;

    (void)state;
    for (size_t size = 1; size < 0x300; size++) {
        const struct cpt_synthetic_region region = {.address = BASE, .bytes = image, .size = size};
        struct cpt_memory *memory;

        assert_int_equal(cpt_synthetic_open(&memory, &region, 1, true, NULL), CPT_OK);
        cpt_elf_ident_memory(memory, BASE, &ident);
        assert_int_equal(ident.is_elf, size >= sizeof(Elf64_Ehdr));
        assert_int_equal(cpt_elf_ident_equal(&ident, &whole), size >= 0x218);
        if (ident.is_elf)
            assert_int_equal(ident.build_id_unread, size < 0x218);
        cpt_elf_ident_bytes(cpt_synthetic_bytes(memory, BASE, size), size, &ident);
        assert_int_equal(cpt_elf_ident_equal(&ident, &whole), size >= 0x218);
        cpt_synthetic_close(memory);
    }
}

static void
damaged_images(void **state)
{
    static const uint8_t odd[] = {0xff, 0, 0x7f, 1};
    struct cpt_elf_ident ident;

    (void)state;
    for (size_t at = 0; at < 0x218; at++) {
        for (size_t i = 0; i < sizeof(odd); i++) {
            const struct cpt_synthetic_region region = {
                .address = BASE, .bytes = image, .size = SIZE};
            struct cpt_memory *memory;

            make_image(image, "12345678", 3);
            image[at] = odd[i];
            assert_int_equal(cpt_synthetic_open(&memory, &region, 1, true, NULL), CPT_OK);
            cpt_elf_ident_memory(memory, BASE, &ident);
            cpt_elf_ident_bytes(cpt_synthetic_bytes(memory, BASE, SIZE), SIZE, &ident);
            cpt_synthetic_close(memory);
        }
    }
}

/* ---- groups ---- */

static void
mappings_become_files(void **state)
{
    const struct cpt_synthetic_region regions[] = {
        {.address = 0x10000, .size = 0x1000, .path = "/a"},
        {.address = 0x11000, .size = 0x1000, .path = "/a", .offset = 0x1000, .executable = true},
        {.address = 0x12000, .size = 0x1000}, /* no file: within the image */
        {.address = 0x14000, .size = 0x1000, .path = "/a", .offset = 0x3000, .writable = true},
        {.address = 0x15000, .size = 0x1000},               /* its zero-filled data */
        {.address = 0x20000, .size = 0x1000, .path = "/a"}, /* mapped once more */
        {.address = 0x30000, .size = 0x1000, .path = "/tiny"},
        {.address = 0x31000, .size = 0x1000, .path = "/tiny", .executable = true},
        {.address = 0x40000, .size = 0x1000, .path = "/tiny", .offset = 0x1000},
        {.address = 0x50000, .size = 0x1000, .path = "/b", .offset = 0x5000},
        {.address = 0x60000, .size = 0x1000, .path = "[vdso]"},
        {.address = 0x70000, .size = 0x1000, .path = "/twice"},
        {.address = 0x71000, .size = 0x1000, .path = "/twice"},
    };
    const struct cpt_filemap_options options = {.core = NULL};
    struct cpt_filemap *filemap;
    struct cpt_memory *memory;
    struct cpt_file *files;
    size_t count;

    (void)state;
    assert_int_equal(cpt_synthetic_open(&memory, regions, 13, true, NULL), CPT_OK);
    assert_int_equal(cpt_filemap_open(&filemap, memory, &options, NULL), CPT_OK);
    files = cpt_filemap_files(filemap, &count);
    assert_int_equal(count, 6);
    assert_true(files[0].base == 0x10000 && files[0].end == 0x15000);
    assert_true(files[1].base == 0x20000 && files[1].end == 0x21000);
    assert_true(files[2].base == 0x30000 && files[2].end == 0x41000);
    assert_true(files[3].base == 0 && files[3].end == 0x51000);
    assert_true(files[4].base == 0x70000 && files[5].base == 0x71000);
    assert_int_equal(cpt_filemap_resolve(filemap, &files[0]), CPT_FILE_UNKNOWN);
    cpt_filemap_close(filemap);
    cpt_synthetic_close(memory);
}

/* ---- looking for the files of a core ---- */

struct fixture {
    struct corefile file;
    struct cpt_core *core;
    struct cpt_filemap *filemap;
    struct cpt_file *program;
};

/* A core of PROGRAM, of which the kernel dumped the first page and the data, which the process
   had changed. */
static void
open_fixture(struct fixture *fixture, const char *exe, const char *sysroot)
{
    static const struct corefile_file files[] = {{BASE, BASE + 0x2000, 0, PROGRAM},
                                                 {BASE + 0x2000, BASE + 0x4000, 2, PROGRAM}};
    static const uint64_t auxv[] = {AT_PHDR, BASE + 64, AT_NULL, 0};
    static uint8_t data[0x1000];
    struct cpt_filemap_options options = {.exe = exe, .sysroot = sysroot};
    size_t count;

    memset(fixture, 0, sizeof(*fixture));
    memset(data, 0xdd, sizeof(data));
    make_image(image, "12345678", 3);
    corefile_note(&fixture->file, NT_AUXV, auxv, sizeof(auxv));
    corefile_files(&fixture->file, 0x1000, files, 2);
    corefile_load(&fixture->file, BASE, 0x2000, image, 0x1000, PF_R | PF_X);
    corefile_load(&fixture->file, BASE + 0x2000, 0x2000, data, 0x800, PF_R | PF_W);
    corefile_build(&fixture->file);
    assert_int_equal(cpt_core_open(&fixture->core,
                                   corefile_path(fixture->file.file.data, fixture->file.file.size),
                                   NULL),
                     CPT_OK);
    options.core = fixture->core;
    options.executable = cpt_core_info(fixture->core)->executable;
    assert_int_equal(
        cpt_filemap_open(&fixture->filemap, cpt_core_memory(fixture->core), &options, NULL),
        CPT_OK);
    fixture->program = cpt_filemap_files(fixture->filemap, &count);
    assert_int_equal(count, 1);
}

static void
close_fixture(struct fixture *fixture)
{
    cpt_core_close(fixture->core);
    cpt_filemap_close(fixture->filemap);
    corefile_free(&fixture->file);
}

static void
expect_filled(struct fixture *fixture)
{
    static uint8_t bytes[0x5000];
    struct cpt_memory *memory = cpt_core_memory(fixture->core);

    assert_int_equal(cpt_filemap_resolve(fixture->filemap, fixture->program), CPT_FILE_MATCHES);
    assert_int_equal(cpt_memory_read_some(memory, BASE, bytes, sizeof(bytes)), SIZE);
    assert_int_equal(bytes[0x1fff], 3);
    assert_int_equal(bytes[0x2000], 0xdd);
    assert_int_equal(bytes[0x27ff], 0xdd);
    assert_int_equal(bytes[0x2800], 3);
    assert_true(fixture->program->bytes && fixture->program->size == SIZE);
}

static void
a_sysroot_is_searched(void **state)
{
    struct cpt_holes holes = {0};
    struct fixture fixture;

    (void)state;
    make_image(image, "12345678", 3);
    scratch_file("root/real/prog-1", image, SIZE);
    scratch_link("root/cpt-test/bin", "/real"); /* absolute: within the sysroot */
    scratch_link("root/real/prog", "../../../../../real/prog-1");
    open_fixture(&fixture, NULL, scratch_path("root"));
    assert_int_equal(cpt_memory_read_some(cpt_core_memory(fixture.core), BASE, image, SIZE),
                     0x1000);
    expect_filled(&fixture);
    assert_string_equal(fixture.program->found, scratch_path("root/real/prog-1"));
    cpt_filemap_resolve_all(fixture.filemap, &holes);
    assert_int_equal(holes.count, 0);
    close_fixture(&fixture);
}

static void
a_relative_sysroot_works(void **state)
{
    struct fixture fixture;
    int here = open(".", O_RDONLY | O_DIRECTORY);

    (void)state;
    assert_int_equal(chdir(scratch_path("root/real")), 0);
    open_fixture(&fixture, NULL, "../../root");
    expect_filled(&fixture);
    close_fixture(&fixture);
    assert_int_equal(fchdir(here), 0);
    close(here);
}

static void
the_executable_may_be_named(void **state)
{
    struct fixture fixture;

    (void)state;
    make_image(image, "12345678", 3);
    scratch_file("exe", image, SIZE);
    open_fixture(&fixture, scratch_path("exe"), NULL);
    expect_filled(&fixture);
    close_fixture(&fixture);
}

static void
reads_look_for_what_they_need(void **state)
{
    struct cpt_holes holes = {0};
    struct fixture fixture;
    uint8_t byte = 0;

    (void)state;
    make_image(image, "12345678", 3);
    scratch_file("exe", image, SIZE);
    open_fixture(&fixture, scratch_path("exe"), NULL);
    cpt_filemap_serve(fixture.filemap);
    assert_int_equal(cpt_memory_read_some(cpt_core_memory(fixture.core), BASE, &byte, 1), 1);
    assert_false(fixture.program->resolved || fixture.program->wanted); /* the core has that itself */
    assert_int_equal(cpt_memory_read_some(cpt_core_memory(fixture.core), BASE + SIZE + 0x1000, &byte, 1), 0);
    assert_false(fixture.program->resolved); /* nothing of it is mapped there */
    assert_int_equal(cpt_memory_read_some(cpt_core_memory(fixture.core), BASE + 0x1fff, &byte, 1), 1);
    assert_true(fixture.program->wanted && fixture.program->match == CPT_FILE_MATCHES);
    assert_int_equal(byte, 3);
    assert_non_null(cpt_memory_view(cpt_core_memory(fixture.core), BASE + 0x1000, 0x1000));
    cpt_filemap_note(fixture.program, &holes);
    assert_int_equal(holes.count, 0);
    close_fixture(&fixture);
    /* and not its bytes where it is another build */
    make_image(image, "12345679", 3);
    scratch_file("exe", image, SIZE);
    open_fixture(&fixture, scratch_path("exe"), NULL);
    cpt_filemap_serve(fixture.filemap);
    assert_null(cpt_memory_view(cpt_core_memory(fixture.core), BASE + 0x1000, 0x1000));
    assert_int_equal(cpt_memory_read_some(cpt_core_memory(fixture.core), BASE + 0x1fff, &byte, 1), 0);
    assert_true(fixture.program->wanted && fixture.program->match == CPT_FILE_DIFFERS);
    cpt_filemap_note(fixture.program, &holes);
    assert_int_equal(holes.notes, 1);
    assert_string_equal(holes.items[0].code, "file-differs");
    cpt_holes_free(&holes);
    close_fixture(&fixture);
}

/* A structure that is read past its end, at the end of a mapping. */
static void
reads_do_not_run_into_files(void **state)
{
    static const struct corefile_file cache = {BASE, BASE + 0x1000, 0, "/cpt-test/cache"};
    struct cpt_filemap_options options = {0};
    struct fixture fixture = {0};
    uint8_t bytes[0x20];
    size_t count;

    (void)state;
    memset(image, 7, 0x1000);
    corefile_files(&fixture.file, 0x1000, &cache, 1);
    corefile_load(&fixture.file, BASE - 0x1000, 0x1000, image, 0x1000, PF_R | PF_W);
    corefile_load(&fixture.file, BASE, 0x1000, image, 0, PF_R);
    corefile_build(&fixture.file);
    assert_int_equal(
        cpt_core_open(&fixture.core, corefile_path(fixture.file.file.data, fixture.file.file.size), NULL), CPT_OK);
    options.core = fixture.core;
    assert_int_equal(cpt_filemap_open(&fixture.filemap, cpt_core_memory(fixture.core), &options, NULL), CPT_OK);
    fixture.program = cpt_filemap_files(fixture.filemap, &count);
    assert_int_equal(count, 1);
    cpt_filemap_serve(fixture.filemap);
    assert_int_equal(cpt_memory_read_some(cpt_core_memory(fixture.core), BASE - 0x10, bytes, 0x20), 0x10);
    assert_false(fixture.program->resolved || fixture.program->wanted);
    assert_int_equal(cpt_memory_read_some(cpt_core_memory(fixture.core), BASE, bytes, 0x10), 0);
    assert_true(fixture.program->resolved && fixture.program->wanted);
    close_fixture(&fixture);
}

static void
expect_unused(const char *exe, enum cpt_file_match match, const char *code)
{
    struct cpt_holes holes = {0};
    struct fixture fixture;
    uint8_t byte;

    open_fixture(&fixture, exe, NULL);
    cpt_filemap_resolve_all(fixture.filemap, &holes);
    assert_int_equal(fixture.program->match, match);
    assert_null(fixture.program->bytes);
    assert_int_equal(holes.count, 1);
    assert_int_equal(holes.notes, 1);
    assert_string_equal(holes.items[0].code, code);
    assert_int_equal(cpt_memory_read_some(cpt_core_memory(fixture.core), BASE + 0x1000, &byte, 1),
                     0);
    cpt_holes_free(&holes);
    close_fixture(&fixture);
}

static void
other_files_are_not_used(void **state)
{
    (void)state;
    make_image(image, "12345679", 3);
    scratch_file("other-build", image, SIZE);
    make_image(image, NULL, 3);
    scratch_file("no-build-id", image, SIZE);
    scratch_text("script", "#!/bin/sh\n");
    scratch_text("nothing", "");
    unlink(scratch_path("fifo"));
    assert_int_equal(mkfifo(scratch_path("fifo"), 0600), 0);
    expect_unused(NULL, CPT_FILE_MISSING, "file-missing");
    expect_unused(scratch_path("absent"), CPT_FILE_MISSING, "file-missing");
    expect_unused(scratch_path("nothing"), CPT_FILE_MISSING, "file-missing");
    expect_unused(scratch_path("fifo"), CPT_FILE_MISSING, "file-missing");
    expect_unused("/dev/zero", CPT_FILE_MISSING, "file-missing");
    expect_unused(scratch_path("other-build"), CPT_FILE_DIFFERS, "file-differs");
    expect_unused(scratch_path("no-build-id"), CPT_FILE_DIFFERS, "file-differs");
    expect_unused(scratch_path("script"), CPT_FILE_DIFFERS, "file-differs");
}

/* ---- a live process ---- */

/* This program itself, from a copy that is deleted as soon as it runs. */
static pid_t
start_deleted(const char *path)
{
    int pipes[2];
    char byte;
    pid_t pid;

    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    pid = fork();
    if (pid == 0) {
        execl(path, path, "30", (char *)NULL);
        _exit(127);
    }
    close(pipes[1]);
    assert_int_equal(read(pipes[0], &byte, 1), 0); /* closed by execve */
    close(pipes[0]);
    return pid;
}

static void
copy_file(const char *from, const char *name)
{
    int fd = open(from, O_RDONLY);
    struct stat attributes;
    void *bytes;

    assert_int_equal(fstat(fd, &attributes), 0);
    bytes = mmap(NULL, (size_t)attributes.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    scratch_file(name, bytes, (size_t)attributes.st_size);
    munmap(bytes, (size_t)attributes.st_size);
    close(fd);
    assert_int_equal(chmod(scratch_path(name), 0700), 0);
}

static void
files_of_a_process(void **state)
{
    struct cpt_process *process;
    struct cpt_filemap *filemap;
    struct cpt_file *files;
    size_t count, matches = 0;
    pid_t pid;

    (void)state;
    copy_file("/bin/sleep", "sleep");
    pid = start_deleted(scratch_path("sleep"));
    scratch_text("sleep.new", "something else");
    assert_int_equal(rename(scratch_path("sleep.new"), scratch_path("sleep")), 0);
    usleep(100000);
    assert_int_equal(cpt_process_open(&process, pid, NULL, NULL), CPT_OK);
    {
        const struct cpt_filemap_options options = {.executable = cpt_process_executable(process)};

        assert_int_equal(cpt_filemap_open(&filemap, cpt_process_memory(process), &options, NULL),
                         CPT_OK);
    }
    files = cpt_filemap_files(filemap, &count);
    for (size_t i = 0; i < count; i++) {
        bool own = strcmp(files[i].path, scratch_path("sleep")) == 0;

        if (!own && !strstr(files[i].path, "/libc"))
            continue;
        assert_int_equal(cpt_filemap_resolve(filemap, &files[i]), CPT_FILE_MATCHES);
        assert_non_null(files[i].found);
        matches += own ? 1 : 100;
    }
    assert_int_equal(matches, 101);
    cpt_filemap_resolve_all(filemap, NULL);
    cpt_filemap_close(filemap);
    cpt_process_close(process);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builds_are_compared),
        cmocka_unit_test(images_cut_at_any_length),
        cmocka_unit_test(damaged_images),
        cmocka_unit_test(mappings_become_files),
        cmocka_unit_test(a_sysroot_is_searched),
        cmocka_unit_test(a_relative_sysroot_works),
        cmocka_unit_test(the_executable_may_be_named),
        cmocka_unit_test(reads_look_for_what_they_need),
        cmocka_unit_test(reads_do_not_run_into_files),
        cmocka_unit_test(other_files_are_not_used),
        cmocka_unit_test(files_of_a_process),
    };

    return cmocka_run_group_tests_name("filemap", tests, scratch_setup, scratch_teardown);
}

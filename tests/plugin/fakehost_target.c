#include "tests/plugin/fakehost_target.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/procfs.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

void
fake_die(const char *what)
{
    fprintf(stderr, "fakehost: %s: %s\n", what, strerror(errno));
    exit(99);
}

/* --- A process ---------------------------------------------------------------------------------------------------- */

static void
stop_thread(struct fake *fake, int tid)
{
    struct cpt_debugger_thread *thread = &fake->threads[fake->debugger.thread_count];
    struct iovec registers = {thread->registers, sizeof(thread->registers)};
    int status;

    if (fake->debugger.thread_count == MAX_THREADS || ptrace(PTRACE_SEIZE, tid, 0, 0) < 0)
        return;
    if (ptrace(PTRACE_INTERRUPT, tid, 0, 0) < 0 || waitpid(tid, &status, __WALL) != tid || !WIFSTOPPED(status))
        return;
    thread->tid = tid;
    thread->has_registers = ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &registers) == 0 &&
                            registers.iov_len == sizeof(thread->registers);
    fake->debugger.thread_count++;
}

static bool
is_known(const struct fake *fake, int tid)
{
    for (size_t i = 0; i < fake->debugger.thread_count; i++) {
        if (fake->threads[i].tid == tid)
            return true;
    }
    return false;
}

/* Until no thread is new: those that run may start others. */
void
fake_stop_process(struct fake *fake)
{
    char path[64];
    size_t before;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)fake->debugger.pid);
    do {
        DIR *directory = opendir(path);
        struct dirent *entry;

        if (!directory)
            fake_die(path);
        before = fake->debugger.thread_count;
        while ((entry = readdir(directory))) {
            int tid = atoi(entry->d_name);

            if (tid > 0 && !is_known(fake, tid))
                stop_thread(fake, tid);
        }
        closedir(directory);
    } while (fake->debugger.thread_count != before);
}

void
fake_let_go(struct fake *fake)
{
    for (size_t i = 0; fake->debugger.target == CPT_DEBUGGER_PROCESS && i < fake->debugger.thread_count; i++)
        ptrace(PTRACE_DETACH, fake->threads[i].tid, 0, 0);
}

/* Mappings of another machine: one that this one does not have, and nothing can be in. */
#define ELSEWHERE "ffffffffff700000-ffffffffff701000 ---p 00000000 00:00 0                  [elsewhere]\n"

void
fake_read_maps(struct fake *fake)
{
    char path[64], piece[65536];
    ssize_t got;
    size_t size = 0;
    int fd;

    snprintf(path, sizeof(path), "/proc/%d/maps", (int)fake->debugger.pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        fake_die(path);
    while ((got = read(fd, piece, sizeof(piece))) > 0) {
        fake->maps = realloc(fake->maps, size + (size_t)got + sizeof(ELSEWHERE));
        if (!fake->maps)
            fake_die("maps");
        memcpy(fake->maps + size, piece, (size_t)got);
        size += (size_t)got;
    }
    close(fd);
    if (fake->maps)
        strcpy(fake->maps + size, fake->elsewhere ? ELSEWHERE : "");
    fake->debugger.maps = fake->maps;
}

static size_t
read_process(const struct fake *fake, uint64_t address, uint8_t *buffer, size_t size)
{
    size_t done = 0;

    while (done < size) {
        size_t rest = size - done, chunk = rest < ((size_t)1 << 20) ? rest : (size_t)1 << 20;
        struct iovec local = {buffer + done, chunk}, remote = {(void *)(uintptr_t)(address + done), chunk};
        ssize_t got = process_vm_readv(fake->debugger.pid, &local, 1, &remote, 1, 0);

        if (got > 0)
            done += (size_t)got;
        if (got != (ssize_t)chunk)
            break;
    }
    return done;
}

/* --- A core ------------------------------------------------------------------------------------------------------- */

static const Elf64_Phdr *
program_headers(const struct fake *fake, size_t *count)
{
    const Elf64_Ehdr *head = (const Elf64_Ehdr *)fake->file;

    *count = head->e_phnum;
    return (const Elf64_Phdr *)(fake->file + head->e_phoff);
}

static void
add_status(struct fake *fake, const struct elf_prstatus *status)
{
    struct cpt_debugger_thread *thread = &fake->threads[fake->debugger.thread_count];

    if (fake->debugger.thread_count == MAX_THREADS)
        return;
    thread->tid = status->pr_pid;
    thread->has_registers = true;
    memcpy(thread->registers, status->pr_reg, sizeof(thread->registers));
    fake->debugger.thread_count++;
}

static void
read_notes(struct fake *fake, const uint8_t *at, size_t size)
{
    const uint8_t *end = at + size;

    while (at + sizeof(Elf64_Nhdr) <= end) {
        const Elf64_Nhdr *note = (const Elf64_Nhdr *)at;
        const uint8_t *data = at + sizeof(*note) + (note->n_namesz + 3) / 4 * 4;

        if (data + note->n_descsz > end)
            return;
        /* Notes are only aligned to 4 bytes. */
        if (note->n_type == NT_PRSTATUS && note->n_descsz >= sizeof(struct elf_prstatus)) {
            struct elf_prstatus status;

            memcpy(&status, data, sizeof(status));
            add_status(fake, &status);
        }
        if (note->n_type == NT_PRPSINFO && note->n_descsz >= sizeof(struct elf_prpsinfo)) {
            struct elf_prpsinfo info;

            memcpy(&info, data, sizeof(info));
            fake->debugger.pid = info.pr_pid;
        }
        at = data + (note->n_descsz + 3) / 4 * 4;
    }
}

void
fake_open_core(struct fake *fake, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    size_t count;
    const Elf64_Phdr *headers;

    if (fd < 0 || fstat(fd, &status) < 0)
        fake_die(path);
    fake->file_size = (size_t)status.st_size;
    fake->file = mmap(NULL, fake->file_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fake->file == MAP_FAILED)
        fake_die(path);
    close(fd);
    headers = program_headers(fake, &count);
    for (size_t i = 0; i < count; i++) {
        if (headers[i].p_type == PT_NOTE)
            read_notes(fake, fake->file + headers[i].p_offset, headers[i].p_filesz);
    }
    fake->debugger.core = path;
}

static size_t
read_core(const struct fake *fake, uint64_t address, uint8_t *buffer, size_t size)
{
    size_t count, done = 0;
    const Elf64_Phdr *headers = program_headers(fake, &count);

    for (size_t i = 0; i < count && done < size; i++) {
        uint64_t skip = address + done - headers[i].p_vaddr, chunk;

        if (headers[i].p_type != PT_LOAD || address + done < headers[i].p_vaddr || skip >= headers[i].p_filesz ||
            headers[i].p_offset + headers[i].p_filesz > fake->file_size)
            continue;
        chunk = headers[i].p_filesz - skip;
        if (chunk > size - done)
            chunk = size - done;
        memcpy(buffer + done, fake->file + headers[i].p_offset + skip, chunk);
        done += chunk;
    }
    return done;
}

size_t
fake_read(const struct fake *fake, uint64_t address, uint8_t *buffer, size_t size)
{
    return fake->debugger.target == CPT_DEBUGGER_CORE ? read_core(fake, address, buffer, size)
                                                      : read_process(fake, address, buffer, size);
}

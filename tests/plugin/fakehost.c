/* Plays debugger through the public header alone, so that what the engine does on a debugger's target can be tested
 * without one:
 *
 *     fakehost [OPTION]... --pid N | --core FILE -- COMMAND [ARGUMENT]... [';' COMMAND [ARGUMENT]...]...
 *
 * A process is stopped as debuggers do it and let go at the end. Commands share one session. Results go to standard
 * output, messages to standard error; the exit status is the last command's. Options:
 *
 *     --remote      a process that only this program can read: on another machine, as its mappings have it
 *     --gdbserver   as with a server on this machine: remote, but the mappings are those here
 *     --running     as if the process were running
 *     --lie         what is read is not what the process or core has
 *     --breakpoints text reads as if breakpoints were set everywhere
 *     --no-maps     the mappings are not known
 *     --thread TID, --pc ADDRESS, --sp ADDRESS
 *                   the selected thread, and its selected native frame; else the main thread, the innermost
 *     --exe FILE, --sysroot DIRECTORY
 *     --cancel N    as if the user pressed Ctrl-C after N milliseconds of each command
 *     --cancel-calls N,N...
 *                   the same when that is asked for the N-th time, for one command after the other (0: never); tells on
 *                   standard error how often it was asked, in how many milliseconds of processor time after that the command
 *                   was over, and how many descriptors and threads there are then
 *     --count       tells on standard error how much each command read
 */
#include "coreanalyze/coreptile.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/procfs.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_THREADS = 4096, PAGE = 4096, PC = 16, SP = 19 };

struct fake {
    struct cpt_debugger debugger;
    struct cpt_debugger_thread threads[MAX_THREADS];
    const uint8_t *file; /* the core, mapped */
    size_t file_size;
    char *maps;
    bool elsewhere, lies, breakpoints, no_maps, counts;
    size_t reads, bytes;
    long cancel_after; /* milliseconds; -1: never */
    struct timespec begun;
    const char *cancel_calls; /* the numbers that are left; NULL: not asked for */
    long asked, cancel_at;    /* of this command */
    double cancelled;         /* when, in milliseconds of processor time; 0: it was not */
};

static void
die(const char *what)
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
static void
stop_process(struct fake *fake)
{
    char path[64];
    size_t before;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)fake->debugger.pid);
    do {
        DIR *directory = opendir(path);
        struct dirent *entry;

        if (!directory)
            die(path);
        before = fake->debugger.thread_count;
        while ((entry = readdir(directory))) {
            int tid = atoi(entry->d_name);

            if (tid > 0 && !is_known(fake, tid))
                stop_thread(fake, tid);
        }
        closedir(directory);
    } while (fake->debugger.thread_count != before);
}

static void
let_go(struct fake *fake)
{
    for (size_t i = 0; fake->debugger.target == CPT_DEBUGGER_PROCESS && i < fake->debugger.thread_count; i++)
        ptrace(PTRACE_DETACH, fake->threads[i].tid, 0, 0);
}

/* Mappings of another machine: one that this one does not have, and nothing can be in. */
#define ELSEWHERE "ffffffffff700000-ffffffffff701000 ---p 00000000 00:00 0                  [elsewhere]\n"

static void
read_maps(struct fake *fake)
{
    char path[64], piece[65536];
    ssize_t got;
    size_t size = 0;
    int fd;

    snprintf(path, sizeof(path), "/proc/%d/maps", (int)fake->debugger.pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        die(path);
    while ((got = read(fd, piece, sizeof(piece))) > 0) {
        fake->maps = realloc(fake->maps, size + (size_t)got + sizeof(ELSEWHERE));
        if (!fake->maps)
            die("maps");
        memcpy(fake->maps + size, piece, (size_t)got);
        size += (size_t)got;
    }
    close(fd);
    if (fake->maps)
        strcpy(fake->maps + size, fake->elsewhere ? ELSEWHERE : "");
    fake->debugger.maps = fake->maps;
}

static size_t
read_process(struct fake *fake, uint64_t address, uint8_t *buffer, size_t size)
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

static void
open_core(struct fake *fake, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    size_t count;
    const Elf64_Phdr *headers;

    if (fd < 0 || fstat(fd, &status) < 0)
        die(path);
    fake->file_size = (size_t)status.st_size;
    fake->file = mmap(NULL, fake->file_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fake->file == MAP_FAILED)
        die(path);
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

/* --- The debugger ------------------------------------------------------------------------------------------------- */

/* Whether ADDRESS is in executable memory, as far as the mappings tell. */
static bool
is_text(const struct fake *fake, uint64_t address)
{
    unsigned long long start, end;
    char permissions[8];

    for (const char *line = fake->maps; line && *line; line = strchr(line, '\n') + 1) {
        if (sscanf(line, "%llx-%llx %7s", &start, &end, permissions) == 3 && address >= start && address < end)
            return permissions[2] == 'x';
    }
    return false;
}

static size_t
read_target(void *arg, uint64_t address, void *buffer, size_t size)
{
    struct fake *fake = arg;
    uint8_t *bytes = buffer;
    size_t got = fake->debugger.target == CPT_DEBUGGER_CORE ? read_core(fake, address, buffer, size)
                                                            : read_process(fake, address, buffer, size);

    fake->reads++;
    fake->bytes += got;
    for (size_t i = 0; fake->lies && i < got; i++)
        bytes[i] ^= 0x55;
    for (size_t i = 0; fake->breakpoints && i < got; i += PAGE - (address + i) % PAGE) {
        if (is_text(fake, address + i))
            bytes[i] = 0xcc;
    }
    return got;
}

static double
processor_time(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Several threads ask. */
static bool
was_asked(struct fake *fake)
{
    long call = __atomic_add_fetch(&fake->asked, 1, __ATOMIC_RELAXED);

    if (call == fake->cancel_at)
        fake->cancelled = processor_time();
    return fake->cancel_at && call >= fake->cancel_at;
}

static bool
is_cancelled(void *arg)
{
    struct fake *fake = arg;
    struct timespec now;

    if (fake->cancel_calls)
        return was_asked(fake);
    if (fake->cancel_after < 0)
        return false;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - fake->begun.tv_sec) * 1000 + (now.tv_nsec - fake->begun.tv_nsec) / 1000000 >=
           fake->cancel_after;
}

static void
select_thread(struct fake *fake, int32_t tid)
{
    struct cpt_debugger *debugger = &fake->debugger;

    for (size_t i = 0; i < debugger->thread_count; i++) {
        if (debugger->threads[i].tid != (tid ? tid : debugger->pid) && (tid || i + 1 < debugger->thread_count))
            continue;
        debugger->selected = debugger->threads[i].tid;
        debugger->start_pc = debugger->threads[i].registers[PC];
        debugger->start_sp = debugger->threads[i].registers[SP];
        break;
    }
    if (!debugger->pc)
        debugger->pc = debugger->start_pc;
    if (!debugger->sp)
        debugger->sp = debugger->start_sp;
}

static bool
write_result(void *arg, const char *bytes, size_t size)
{
    (void)arg;
    return fwrite(bytes, 1, size, stdout) == size;
}

static void
write_message(void *arg, const char *line)
{
    (void)arg;
    fflush(stdout);
    fprintf(stderr, "%s\n", line);
}

static size_t
count_entries(const char *path)
{
    DIR *directory = opendir(path);
    size_t count = 0;

    while (directory && readdir(directory))
        count++;
    if (directory)
        closedir(directory);
    return count;
}

static void
begin_asking(struct fake *fake)
{
    char *rest;

    fake->asked = 0;
    fake->cancelled = 0;
    fake->cancel_at = strtol(fake->cancel_calls, &rest, 10);
    fake->cancel_calls = *rest ? rest + 1 : rest;
}

static void
tell_asked(const struct fake *fake)
{
    fprintf(stderr, "fakehost: asked %ld times, over after %.1f ms, %zu descriptors, %zu threads\n", fake->asked,
            fake->cancelled > 0 ? processor_time() - fake->cancelled : 0.0, count_entries("/proc/self/fd"),
            count_entries("/proc/self/task"));
}

static int
run_commands(struct fake *fake, int argc, char **argv)
{
    struct cpt_host host = {.write = write_result, .message = write_message, .input = -1};
    int status = CPT_EXIT_USAGE, first = 0;

    for (int i = 0; i <= argc; i++) {
        static char name[] = "fakehost";
        char *words[64] = {name};
        int count = 1;

        if (i < argc && strcmp(argv[i], ";") != 0)
            continue;
        for (; first < i && count < 63; first++)
            words[count++] = argv[first];
        first = i + 1;
        fake->reads = fake->bytes = 0;
        clock_gettime(CLOCK_MONOTONIC, &fake->begun);
        if (fake->cancel_calls)
            begin_asking(fake);
        status = cpt_run_in_debugger(&host, &fake->debugger, count, words);
        if (fflush(stdout))
            die("standard output");
        if (fake->cancel_calls)
            tell_asked(fake);
        if (fake->counts)
            fprintf(stderr, "fakehost: %zu reads, %zu bytes\n", fake->reads, fake->bytes);
    }
    return status;
}

/* Sets what the option *ARGS names, and moves it to its last word. False: there is no such option. */
static bool
take_option(struct fake *fake, char ***args, int32_t *tid)
{
    struct cpt_debugger *debugger = &fake->debugger;
    const char *name = **args, *value;

    if (strcmp(name, "--remote") == 0)
        return debugger->remote = fake->elsewhere = true;
    if (strcmp(name, "--gdbserver") == 0)
        return debugger->remote = true;
    if (strcmp(name, "--running") == 0)
        return debugger->running = true;
    if (strcmp(name, "--lie") == 0)
        return fake->lies = true;
    if (strcmp(name, "--breakpoints") == 0)
        return fake->breakpoints = true;
    if (strcmp(name, "--no-maps") == 0)
        return fake->no_maps = true;
    if (strcmp(name, "--count") == 0)
        return fake->counts = true;
    if (!(value = *++*args))
        return false;
    if (strcmp(name, "--thread") == 0)
        *tid = atoi(value);
    else if (strcmp(name, "--pc") == 0)
        debugger->pc = strtoull(value, NULL, 0);
    else if (strcmp(name, "--sp") == 0)
        debugger->sp = strtoull(value, NULL, 0);
    else if (strcmp(name, "--cancel") == 0)
        fake->cancel_after = atol(value);
    else if (strcmp(name, "--cancel-calls") == 0)
        fake->cancel_calls = value;
    else if (strcmp(name, "--exe") == 0)
        debugger->executable = value;
    else if (strcmp(name, "--sysroot") == 0)
        debugger->sysroot = value;
    else if (strcmp(name, "--pid") == 0)
        debugger->pid = atoi(value), debugger->target = CPT_DEBUGGER_PROCESS;
    else if (strcmp(name, "--core") == 0)
        debugger->core = value, debugger->target = CPT_DEBUGGER_CORE;
    else
        return false;
    return true;
}

int
main(int argc, char **argv)
{
    static struct fake fake = {.cancel_after = -1, .debugger = {.name = "fakehost"}};
    struct cpt_debugger *debugger = &fake.debugger;
    char **args = argv + 1;
    int32_t tid = 0;
    int status;

    for (; *args && strcmp(*args, "--") != 0; args++) {
        if (!take_option(&fake, &args, &tid)) {
            fprintf(stderr, "fakehost: what is %s?\n", *args ? *args : "missing");
            return CPT_EXIT_USAGE;
        }
    }
    debugger->arg = &fake;
    debugger->read = read_target;
    debugger->cancelled = fake.cancel_after >= 0 || fake.cancel_calls ? is_cancelled : NULL;
    debugger->threads = fake.threads;
    debugger->session = cpt_session_new();
    if (debugger->target == CPT_DEBUGGER_PROCESS) {
        stop_process(&fake);
        if (!fake.no_maps)
            read_maps(&fake);
    } else if (debugger->target == CPT_DEBUGGER_CORE) {
        open_core(&fake, debugger->core);
    }
    select_thread(&fake, tid);
    status = *args ? run_commands(&fake, argc - (int)(args - argv) - 1, args + 1) : CPT_EXIT_USAGE;
    let_go(&fake);
    cpt_session_free(debugger->session);
    free(fake.maps);
    return status;
}

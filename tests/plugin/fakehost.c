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
 *                   standard error how often it was asked, in how many milliseconds of processor time after that the
 *                   command was over, and how many descriptors and threads there are then
 *     --count       tells on standard error how much each command read
 */
#include "tests/plugin/fakehost_target.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* PC and SP: of registers, as user_regs_struct has them. */
enum { PAGE = 4096, PC = 16, SP = 19 };

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
    size_t got = fake_read(fake, address, bytes, size);

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
            fake_die("standard output");
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
        fake_stop_process(&fake);
        if (!fake.no_maps)
            fake_read_maps(&fake);
    } else if (debugger->target == CPT_DEBUGGER_CORE) {
        fake_open_core(&fake, debugger->core);
    }
    select_thread(&fake, tid);
    status = *args ? run_commands(&fake, argc - (int)(args - argv) - 1, args + 1) : CPT_EXIT_USAGE;
    fake_let_go(&fake);
    cpt_session_free(debugger->session);
    free(fake.maps);
    return status;
}

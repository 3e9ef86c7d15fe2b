#include "coreanalyze/tool/launch.h"

#include "coreanalyze/coreptile.h"
#include "coreanalyze/tool/place.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The command of a debugger that loads a plugin: its path, perhaps with every byte quoted. */
#define COMMAND_SIZE (2 * PATH_MAX + 64)

struct debugger {
    const char *name;
    const char *variable;          /* of the environment: the program to start in its place */
    const char *built, *installed; /* the file that it loads: as cpt_place_find takes it */
    const char *missing;           /* what to do where that is not there */
    const char *absent;            /* and where the program is not */
    bool numbered;                 /* several versions may be there as NAME-NUMBER, and NAME itself not */
    const char *option;            /* makes it load the file before it opens a target; its value comes from COMMAND */
    bool (*command)(char command[COMMAND_SIZE], const char *path);
    const char *again;             /* an option with the same value that comes into effect behind that; or NULL */
};

/* --- what gdb loads --------------------------------------------------------------------------- */

static bool
copy_replaced(FILE *from, int to, const char *old, const char *new)
{
    char *line = NULL;
    size_t size = 0;
    bool good = true;

    while (good && getline(&line, &size, from) > 0) {
        char *at = line;

        for (char *next; (next = strstr(at, old)); at = next + strlen(old))
            good = good && dprintf(to, "%.*s%s", (int)(next - at), at, new) >= 0;
        good = good && dprintf(to, "%s", at) >= 0;
    }
    free(line);
    return good && !ferror(from);
}

/* The installed script names the directory of what it loads. In a tree that was moved, gdb gets it with that directory's
   place now, from a file without a name. */
static bool
script(char command[COMMAND_SIZE], const char *path)
{
    const char *home = CPT_PKGLIBDIR "/gdb";
    char moved[PATH_MAX];
    FILE *from;
    int to;
    bool good;

    snprintf(command, COMMAND_SIZE, "%s", path);
    if (!cpt_place_of_installed(moved, CPT_PKGDATADIR "/coreptile.gdb") || strcmp(moved, path) != 0 ||
        !cpt_place_of_installed(moved, home) || strcmp(moved, home) == 0)
        return true;
    from = fopen(path, "re");
    to = memfd_create("coreptile.gdb", 0);
    good = from && to >= 0 && copy_replaced(from, to, home, moved);
    if (from)
        fclose(from);
    snprintf(command, COMMAND_SIZE, "/proc/self/fd/%d", to);
    return good;
}

/* --- what lldb loads -------------------------------------------------------------------------- */

/* In double quotes a backslash guards itself, the quote and the backquote. No command has two lines. */
static bool
plugin_load(char command[COMMAND_SIZE], const char *path)
{
    char *out = stpcpy(command, "plugin load \"");

    for (const char *in = path; *in; in++) {
        if (strchr("\\\"`", *in))
            *out++ = '\\';
        *out++ = *in;
    }
    strcpy(out, "\"");
    return !strchr(path, '\n');
}

static const struct debugger debuggers[] = {
    {
        .name = "gdb",
        .variable = "COREPTILE_GDB",
        .built = "plugin/gdb/coreptile.gdb",
        .installed = CPT_PKGDATADIR "/coreptile.gdb",
        .missing = "this coreptile was built or installed without it",
        .absent = "install gdb, or name one by COREPTILE_GDB",
        .option = "-ix",
        .command = script,
        /* With the target gdb may load a python-gdb.py, which defines some commands anew. */
        .again = "-x",
    },
    {
        .name = "lldb",
        .variable = "COREPTILE_LLDB",
        .built = "plugin/lldb/.libs/libcoreptile-lldb.so",
        .installed = CPT_PKGLIBDIR "/lldb/libcoreptile-lldb.so",
        .missing = "install lldb's headers (liblldb-dev), then configure and build coreptile again",
        .absent = "install lldb, or name one by COREPTILE_LLDB",
        .numbered = true,
        .option = "-O",
        .command = plugin_load,
    },
};

/* --- which program ---------------------------------------------------------------------------- */

/* ENTRY of a directory of PATH; an empty directory is the current one. */
static bool
join(char path[PATH_MAX], const char *directory, size_t length, const char *entry)
{
    int size = snprintf(path, PATH_MAX, "%.*s/%s", length ? (int)length : 1, length ? directory : ".", entry);

    return size > 0 && size < PATH_MAX;
}

static bool
is_program(const char *directory, size_t length, const char *name)
{
    char path[PATH_MAX];

    return join(path, directory, length, name) && access(path, X_OK) == 0;
}

/* The number of NAME-NUMBER; 0: ENTRY is called otherwise. */
static long
number_of(const char *entry, const char *name)
{
    size_t length = strlen(name);
    char *end;
    long number;

    if (strncmp(entry, name, length) != 0 || entry[length] != '-')
        return 0;
    number = strtol(entry + length + 1, &end, 10);
    return *end || end == entry + length + 1 ? 0 : number;
}

/* The highest NAME-NUMBER in one directory of PATH, when it is above BEST. */
static long
highest_in(const char *directory, size_t length, const char *name, long best)
{
    char path[PATH_MAX];
    struct dirent *entry;
    DIR *dir = join(path, directory, length, "") ? opendir(path) : NULL;

    while (dir && (entry = readdir(dir))) {
        long number = number_of(entry->d_name, name);

        if (number > best && is_program(directory, length, entry->d_name))
            best = number;
    }
    if (dir)
        closedir(dir);
    return best;
}

/* NAME, or where there is none on PATH the highest NAME-NUMBER. */
static void
choose_program(char program[PATH_MAX], const char *name)
{
    const char *path = getenv("PATH");
    long best = 0;

    snprintf(program, PATH_MAX, "%s", name);
    for (const char *at = path ? path : ""; *at; at += *at == ':') {
        size_t length = strcspn(at, ":");

        if (is_program(at, length, name))
            return;
        best = highest_in(at, length, name, best);
        at += length;
    }
    if (best)
        snprintf(program, PATH_MAX, "%s-%ld", name, best);
}

static void
find_program(char program[PATH_MAX], const struct debugger *debugger)
{
    const char *told = getenv(debugger->variable);

    if (told && told[0])
        snprintf(program, PATH_MAX, "%s", told);
    else if (debugger->numbered)
        choose_program(program, debugger->name);
    else
        snprintf(program, PATH_MAX, "%s", debugger->name);
}

/* --- the start -------------------------------------------------------------------------------- */

static int
complain(const char *what, const char *name, const char *why, const char *hint)
{
    fprintf(stderr, "coreptile: error: %s %s%s%s; %s\n", what, name, *why ? ": " : "", why, hint);
    return CPT_EXIT_NOTHING;
}

static int
start(const struct debugger *debugger, const char *program, const char *command, int argc, char **argv)
{
    /* execvp changes none of them, and cannot say so. */
    union {
        const char **ours;
        char **its;
    } words = {calloc((size_t)argc + 5, sizeof(char *))};
    int count = 0, error;

    if (!words.ours)
        return complain("there is no memory to start", program, "", "end other programs");
    words.ours[count++] = program;
    words.ours[count++] = debugger->option;
    words.ours[count++] = command;
    if (debugger->again) {
        words.ours[count++] = debugger->again;
        words.ours[count++] = command;
    }
    for (int i = 1; i < argc; i++)
        words.ours[count++] = argv[i];
    signal(SIGXFSZ, SIG_DFL); /* what we ignore the debugger and its programs should not */
    execvp(program, words.its);
    error = errno;
    free(words.its);
    if (error == ENOENT)
        return complain("there is no program", program, "", debugger->absent);
    return complain("cannot start", program, strerror(error), debugger->absent);
}

int
cpt_launch_debugger(void *arg, const char *name, int argc, char **argv)
{
    const struct debugger *debugger = debuggers;
    char plugin[PATH_MAX], program[PATH_MAX], command[COMMAND_SIZE];

    (void)arg;
    errno = 0;
    while (strcmp(debugger->name, name) != 0)
        debugger++;
    if (!cpt_place_find(plugin, debugger->built, debugger->installed))
        return complain("there is no plugin for", name, "", debugger->missing);
    if (!debugger->command(command, plugin))
        return complain("cannot have it load", plugin, errno ? strerror(errno) : "", "put coreptile elsewhere");
    find_program(program, debugger);
    return start(debugger, program, command, argc, argv);
}

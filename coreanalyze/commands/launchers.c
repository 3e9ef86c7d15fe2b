#include "coreanalyze/commands/launchers.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name, *variable, *examples, *list, *program;
} launchers[] = {
    {
        .name = "gdb",
        .variable = "COREPTILE_GDB",
        .examples = "  coreptile gdb -p PID\n"
                    "  coreptile gdb /usr/bin/python3 CORE\n"
                    "  coreptile gdb -batch -ex py-bt -p PID\n",
        .list = "help user-defined",
        .program = "else gdb",
    },
    {
        .name = "lldb",
        .variable = "COREPTILE_LLDB",
        .examples = "  coreptile lldb -p PID\n"
                    "  coreptile lldb -c CORE /usr/bin/python3\n"
                    "  coreptile lldb -b -o py-bt -p PID\n",
        .list = "help",
        .program = "else lldb, or the newest lldb-NUMBER",
    },
};

#define LAUNCHERS (sizeof(launchers) / sizeof(launchers[0]))

static size_t
index_of(const char *name)
{
    size_t i = 0;

    while (i < LAUNCHERS && strcmp(launchers[i].name, name) != 0)
        i++;
    return i;
}

bool
cpt_launcher_is(const char *name)
{
    return index_of(name) < LAUNCHERS;
}

void
cpt_launchers_help_write(struct cpt_buffer *out)
{
    cpt_buffer_add_text(out, "In a debugger:\n");
    for (size_t i = 0; i < LAUNCHERS; i++)
        cpt_buffer_printf(out, "  %-8s start %s with these commands, as py-bt, py-stack, py-census … for its target\n",
                          launchers[i].name, launchers[i].name);
}

void
cpt_launcher_help_write(struct cpt_buffer *out, const char *name)
{
    size_t i = index_of(name);

    cpt_buffer_printf(out,
                      "Usage: coreptile %s [ARGUMENTS]\n"
                      "Starts %s, with ARGUMENTS as %s takes them, and with commands for its target:\n"
                      "py-bt, py-locals, py-stack, py-census, py-leaks and more. '%s' in %s lists\n"
                      "them, 'help py-bt' tells more of one. The exit status is %s's.\n\n"
                      "%s\n"
                      "The program is the one that %s names, %s.\n",
                      name, name, name, launchers[i].list, name, name, launchers[i].examples, launchers[i].variable,
                      launchers[i].program);
}

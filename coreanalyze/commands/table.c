#include "coreanalyze/commands/command.h"
#include "coreanalyze/commands/launchers.h"

#include <string.h>

static const struct cpt_command commands[] = {
    {
        .name = "stack",
        .arguments = "[--locals] [--native] [--repr-limit N] [--thread TID] ",
        .summary = "the stack of every thread, its exception, what it waits for, deadlocks",
        .description = "Shows what every thread of all interpreters is doing: its frames, the most recent call\n"
                       "last, whether it holds the GIL, collects garbage, or took the signal that ended the\n"
                       "process, which lock, queue or thread it waits for, and the exception that it is raising\n"
                       "or handling. With --locals also the variables of each frame; with --native the C, C++\n"
                       "and Rust functions that led to them and that they called.\n",
        .options = CPT_OPTION_THREAD | CPT_OPTION_LOCALS | CPT_OPTION_REPR_LIMIT | CPT_OPTION_NATIVE,
        .run = cpt_command_stack,
    },
    {
        .name = "object",
        .arguments = "[--depth N] [--limit N] [--repr-limit N] ",
        .summary = "one object in full: type, size, references, attributes or items",
        .description = "Shows the object at ADDRESS: its type and the types that it inherits from, its size as\n"
                       "sys.getsizeof() gives it, its reference count, whether the collector tracks it, its\n"
                       "repr, and its attributes or items. ADDRESS is what id() gives, or 0x… as repr() and\n"
                       "debuggers print it.\n",
        .options = CPT_OPTION_DEPTH | CPT_OPTION_LIMIT | CPT_OPTION_REPR_LIMIT,
        .limit = "attributes and items of one object that are shown: 100 unless told",
        .operands = {CPT_OPERAND_ADDRESS},
        .run = cpt_command_object,
    },
    {
        .name = "census",
        .arguments = "[--by type|module|size] [--top N] ",
        .summary = "all objects on the heap, by type, module or size",
        .description = "Counts every live object on the heap, whether the collector tracks it or not, with the\n"
                       "memory that it holds: its own block and the buffers that it alone owns, as the allocator\n"
                       "rounds them. Largest first. Static objects of the interpreter and what lies on its free\n"
                       "lists are not counted. How many blocks are not explained is said.\n",
        .options = CPT_OPTION_TOP | CPT_OPTION_BY,
        .top = "the N largest rows; unless told, 30 as text and all as JSON",
        .run = cpt_command_census,
    },
    {
        .name = "memory",
        .arguments = "[--repr-limit N] ",
        .summary = "where the memory of the process is: objects, buffers, pymalloc, malloc, files",
        .description = "Shows where all of the process's memory is, in parts that add up to the whole: objects and\n"
                       "their buffers, what pymalloc keeps free, malloc's heap, stacks, files, all else; then\n"
                       "pymalloc's arenas, pools and size classes, and the arenas that a few objects keep from\n"
                       "being given back, with those objects.\n",
        .options = CPT_OPTION_REPR_LIMIT,
        .run = cpt_command_memory,
    },
    {
        .name = "refs",
        .arguments = "[--to] [--limit N] [--repr-limit N] ",
        .summary = "who refers to an object, or what it refers to",
        .description = "Shows every reference to the object at ADDRESS, with what Python calls it (['key'], .attr,\n"
                       "[3], a variable of a function) and the object that it is in: from objects, frames, the\n"
                       "interpreter, stacks, registers and memory of C libraries. With --to it is what the object\n"
                       "itself refers to. Where the layout of an object or block is not known, its memory is\n"
                       "searched for addresses, and what was found so is marked.\n",
        .options = CPT_OPTION_TO | CPT_OPTION_LIMIT | CPT_OPTION_REPR_LIMIT,
        .limit = "references that are shown: 100 unless told",
        .operands = {CPT_OPERAND_ADDRESS},
        .run = cpt_command_refs,
    },
    {
        .name = "path",
        .arguments = "[--repr-limit N] ",
        .summary = "what keeps an object alive: the shortest chain to it, as Python would write it",
        .description = "Shows the shortest chain of references that keeps the object at ADDRESS alive, from a module,\n"
                       "a variable of a running function or another root, written as an expression of Python where\n"
                       "it can be: app.cache['k'].items[3]; then its steps.\n",
        .options = CPT_OPTION_REPR_LIMIT,
        .operands = {CPT_OPERAND_ADDRESS},
        .run = cpt_command_path,
    },
    {
        .name = "retained",
        .arguments = "[--top N] [--repr-limit N] ",
        .summary = "the objects that keep most memory alive, each with its path",
        .description = "Shows which objects keep most memory alive: what would be freed with each of them, because\n"
                       "nothing else leads to it (its dominator tree), in objects and bytes, and its path.\n",
        .options = CPT_OPTION_TOP | CPT_OPTION_REPR_LIMIT,
        .top = "the N that keep most: 20 unless told",
        .run = cpt_command_retained,
    },
    {
        .name = "leaks",
        .arguments = "[--top N] [--fail] [--repr-limit N] ",
        .summary = "what has leaked: cyclic garbage, surplus references, lost objects",
        .description = "Reports cyclic garbage (exactly what gc.collect() would find now), what is in gc.garbage,\n"
                       "objects that count more references than can be found anywhere (a missing Py_DECREF in\n"
                       "native code), objects that nothing leads to any more, and what keeps most memory alive.\n"
                       "Every finding has an example and the command that tells more of it.\n",
        .options = CPT_OPTION_TOP | CPT_OPTION_FAIL | CPT_OPTION_REPR_LIMIT,
        .top = "the N largest rows of each part: unless told, 10 (JSON: all), 5 retainers",
        .run = cpt_command_leaks,
    },
    {
        .name = "diff",
        .arguments = "[--interval SECONDS] [--top N] ",
        .summary = "which types grew between two moments: processes, cores, or saved censuses",
        .description = "Compares the heaps of two targets, type by type: each is a process id, a core, or a file that\n"
                       "'coreptile census --json -o FILE' saved. With --interval it compares two moments of one\n"
                       "process, which runs on between them. Where both are of one process (two cores of it, a core\n"
                       "and the process, two moments) it also tells how many objects are there at both, which are\n"
                       "new, and what keeps some of the new ones alive.\n",
        .options = CPT_OPTION_INTERVAL | CPT_OPTION_TOP,
        .top = "the N rows that grew most; unless told, 30 as text and all as JSON",
        .operands = {CPT_OPERAND_TARGET},
        .compare = cpt_command_diff,
    },
    {
        .name = "info",
        .arguments = "",
        .summary = "what the target is, and what can be answered from it",
        .description = "Shows which CPython the target runs, how it was found, the files it had mapped and\n"
                       "whether those at hand are the same builds, and how complete a core is.\n",
        .run = cpt_command_info,
    },
    {
        .name = "bt",
        .arguments = "[--limit N] [--repr-limit N] ",
        .summary = "the Python frames of the selected thread, the most recent call first",
        .description = "Shows the Python frames of the thread that is selected in the debugger, numbered, the most\n"
                       "recent call first, and the exception that it is raising or handling. An arrow marks the\n"
                       "frame that py-list, py-locals and py-print are about: the innermost one, or what runs in\n"
                       "the native frame that is selected in the debugger, until py-up and py-down choose another.\n",
        .options = CPT_OPTION_LIMIT | CPT_OPTION_REPR_LIMIT,
        .limit = "frames that are shown: 100 unless told; as JSON all",
        .debugger_only = true,
        .run = cpt_command_bt,
    },
    {
        .name = "bt-full",
        .arguments = "[--limit N] [--repr-limit N] [--depth N] ",
        .summary = "the same with the variables of each frame",
        .description = "Shows what py-bt does, and of each frame its arguments, locals, cells and free variables.\n",
        .options = CPT_OPTION_LIMIT | CPT_OPTION_REPR_LIMIT | CPT_OPTION_DEPTH,
        .limit = "frames that are shown: 100 unless told; as JSON all",
        .debugger_only = true,
        .run = cpt_command_bt_full,
    },
    {
        .name = "list",
        .arguments = "",
        .summary = "the source of the selected Python frame",
        .description = "Shows the lines around the one that the selected Python frame is at, which is marked with\n"
                       "'>'; with START the lines from there on, with START, END the lines between them.\n",
        .options = CPT_OPTION_TEXT_ONLY,
        .debugger_only = true,
        .operands = {CPT_OPERAND_LINES},
        .run = cpt_command_list,
    },
    {
        .name = "up",
        .arguments = "",
        .summary = "select the Python frame that called the selected one",
        .description = "Selects the Python frame that called the selected one, or goes COUNT frames outwards, and\n"
                       "shows it. The debugger's own selection of a native frame stays as it is; when that changes,\n"
                       "or the thread runs, the Python frame is selected anew.\n",
        .options = CPT_OPTION_TEXT_ONLY,
        .debugger_only = true,
        .operands = {CPT_OPERAND_COUNT},
        .run = cpt_command_up,
    },
    {
        .name = "down",
        .arguments = "",
        .summary = "select the Python frame that the selected one called",
        .description = "Selects the Python frame that the selected one called, or goes COUNT frames inwards, and\n"
                       "shows it. See py-up.\n",
        .options = CPT_OPTION_TEXT_ONLY,
        .debugger_only = true,
        .operands = {CPT_OPERAND_COUNT},
        .run = cpt_command_down,
    },
    {
        .name = "locals",
        .arguments = "[--repr-limit N] [--depth N] ",
        .summary = "the variables of the selected Python frame",
        .description = "Shows the arguments, locals, cells and free variables of the selected Python frame, as far as\n"
                       "they are set.\n",
        .options = CPT_OPTION_REPR_LIMIT | CPT_OPTION_DEPTH,
        .debugger_only = true,
        .run = cpt_command_locals,
    },
    {
        .name = "print",
        .arguments = "[--repr-limit N] [--depth N] ",
        .summary = "what a name means in the selected Python frame",
        .description = "Looks NAME up in the selected Python frame as Python does: among its variables, then the\n"
                       "globals of its module, then the builtins; and shows which of these it is, and its value.\n",
        .options = CPT_OPTION_REPR_LIMIT | CPT_OPTION_DEPTH,
        .debugger_only = true,
        .operands = {CPT_OPERAND_NAME},
        .run = cpt_command_print,
    },
};

#define JSON_OPTION "      --json           print one JSON document\n"
#define OUTPUT_OPTION \
    "  -o, --output FILE    write the result to FILE, or leave FILE as it was\n"
#define FILE_OPTIONS \
    "      --exe FILE       the executable of a core, where it is not at its recorded path\n" \
    "      --sysroot DIR    look for the files of a core under DIR\n"
#define LAYOUT_OPTIONS \
    "      --layout WHICH   where structure offsets come from: auto, self (the target's own\n" \
    "                       debug offsets, 3.13+), table (built in), dwarf (debug information)\n" \
    "      --color WHEN     auto, always or never; NO_COLOR is honoured\n"
#define HELP_OPTION "  -h, --help           print this help\n"

static const char common_options[] =
    JSON_OPTION
    OUTPUT_OPTION
    "      --pid N          the target is process N\n"
    "      --core FILE      the target is the core FILE\n"
    FILE_OPTIONS
    "      --pause          hold a live process still while reading (the default)\n"
    "      --no-pause       let it run on; what changes meanwhile is said to be torn, and what\n"
    "                       threads wait for is not known\n"
    LAYOUT_OPTIONS
    "  -q, --quiet          say less on standard error\n"
    "  -v, --verbose        say more, for instance how long the process was held\n"
    HELP_OPTION;

/* Of commands in debuggers, which have a target and hold it. */
static const char debugger_options[] =
    OUTPUT_OPTION
    FILE_OPTIONS
    LAYOUT_OPTIONS
    "  -q, --quiet          say less\n"
    "  -v, --verbose        say more, for instance how CPython was found\n"
    HELP_OPTION;

static const char exit_statuses[] =
    "Exit status: 0 complete, 1 a result with holes (each is named), 2 no result, 10 leaks were found\n"
    "and asked for, 64 wrong usage.\n";

static const struct cpt_command *
find(const char *name)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

const struct cpt_command *
cpt_command_find(const char *name)
{
    const struct cpt_command *command = find(name);

    return command && !command->debugger_only ? command : NULL;
}

const struct cpt_command *
cpt_command_get(size_t index)
{
    return index < sizeof(commands) / sizeof(commands[0]) ? &commands[index] : NULL;
}

/* In a debugger there is one target: what compares two is not there. */
const struct cpt_command *
cpt_command_find_in_debugger(const char *name)
{
    const struct cpt_command *command = find(strncmp(name, "py-", 3) == 0 ? name + 3 : name);

    return command && command->run ? command : NULL;
}

void
cpt_help_write(struct cpt_buffer *out)
{
    cpt_buffer_printf(out,
                      "Usage: coreptile COMMAND [OPTIONS] TARGET [ARGUMENT]\n"
                      "Reads a CPython process (%s) from outside, alive or from a core file.\n\n"
                      "TARGET is a process id, or the path of a core file, which may be compressed\n"
                      "(zstd, lz4, xz, gzip); '-' is a core from standard input.\n\n"
                      "Commands:\n",
                      cpt_layout_supported_versions());
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (!commands[i].debugger_only)
            cpt_buffer_printf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
    }
    cpt_buffer_add_text(out, "\n");
    cpt_launchers_help_write(out);
    cpt_buffer_printf(out,
                      "\n'coreptile COMMAND --help' tells more of one. Options of every command:\n%s\n"
                      "      --version        print the version\n\n%s",
                      common_options, exit_statuses);
}

/* Options that some commands have, with their help. */
static const struct {
    unsigned flag;
    const char *help;
} own_options[] = {
    {CPT_OPTION_LOCALS, "      --locals         arguments, locals, cells and free variables of each frame\n"},
    {CPT_OPTION_NATIVE, "      --native         native frames too, merged with those of Python\n"
                        "      --debuginfod     with --native: get missing debug information from the servers in\n"
                        "                       DEBUGINFOD_URLS, else from the distribution's; without this\n"
                        "                       option only where DEBUGINFOD_URLS is set\n"},
    {CPT_OPTION_THREAD, "      --thread TID     only the thread with this native id\n"},
    {CPT_OPTION_DEPTH, "      --depth N        levels of attributes and items: 0 to 100, 1 unless told\n"},
    {CPT_OPTION_BY, "      --by WHAT        one row for each type (the default), module, or range of sizes\n"},
    {CPT_OPTION_INTERVAL, "      --interval SECONDS\n"
                          "                       two moments of one process, so long apart: 0.001 to 1000000\n"},
    {CPT_OPTION_TO, "      --to             what the object refers to, instead of who refers to it\n"},
    {CPT_OPTION_FAIL, "      --fail           exit with status 10 where a leak was found (all but retainers)\n"},
    {CPT_OPTION_REPR_LIMIT, "      --repr-limit N   characters of a repr that are shown: 1 to 1000000, 80 unless told\n"},
};

/* The options whose meaning is the command's own. */
static void
write_bounds_help(struct cpt_buffer *out, const struct cpt_command *command)
{
    if (command->options & CPT_OPTION_TOP)
        cpt_buffer_printf(out, "      --top N          %s\n", command->top);
    if (command->options & CPT_OPTION_LIMIT)
        cpt_buffer_printf(out, "      --limit N        %s\n", command->limit);
}

static const char *
operand_word(const struct cpt_command *command)
{
    switch (command->operands[0]) {
    case CPT_OPERAND_ADDRESS:
        return "TARGET ADDRESS";
    case CPT_OPERAND_TARGET:
        return "BEFORE [AFTER]";
    default:
        return "TARGET";
    }
}

static const char *
debugger_operand(const struct cpt_command *command)
{
    switch (command->operands[0]) {
    case CPT_OPERAND_ADDRESS:
        return " ADDRESS";
    case CPT_OPERAND_NAME:
        return " NAME";
    case CPT_OPERAND_COUNT:
        return " [COUNT]";
    case CPT_OPERAND_LINES:
        return " [START[, END]]";
    default:
        return "";
    }
}

/* The options that COMMAND has for itself. */
static void
write_own_help(struct cpt_buffer *out, const struct cpt_command *command)
{
    for (size_t i = 0; i < sizeof(own_options) / sizeof(own_options[0]); i++) {
        if (command->options & own_options[i].flag)
            cpt_buffer_add_text(out, own_options[i].help);
    }
    write_bounds_help(out, command);
}

void
cpt_command_help_write(struct cpt_buffer *out, const struct cpt_command *command)
{
    cpt_buffer_printf(out, "Usage: coreptile %s [OPTIONS] %s%s\n%s\nOptions:\n", command->name, command->arguments,
                      operand_word(command), command->description);
    write_own_help(out, command);
    cpt_buffer_printf(out, "%s\n%s", common_options, exit_statuses);
}

void
cpt_debugger_help_write(struct cpt_buffer *out, const struct cpt_command *command)
{
    cpt_buffer_printf(out, "Usage: py-%s [OPTIONS]%s\n%s\nOptions:\n", command->name, debugger_operand(command),
                      command->description);
    write_own_help(out, command);
    if (!(command->options & CPT_OPTION_TEXT_ONLY))
        cpt_buffer_add_text(out, JSON_OPTION);
    cpt_buffer_add_text(out, debugger_options);
}

#include "coreanalyze/commands/options.h"

#include "coreanalyze/commands/command.h"

#include "coreanalyze/decode/value.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum {
    LONG_EXE = 256,
    LONG_SYSROOT,
    LONG_PAUSE,
    LONG_NO_PAUSE,
    LONG_LAYOUT,
    LONG_COLOR,
    LONG_PID,
    LONG_CORE,
    LONG_JSON,
    LONG_FIND,
    LONG_THREAD,
    LONG_LOCALS,
    LONG_REPR_LIMIT,
    LONG_DEPTH,
    LONG_LIMIT,
    LONG_NATIVE,
    LONG_DEBUGINFOD,
    LONG_TOP,
    LONG_BY,
    LONG_TO,
    LONG_FAIL,
    LONG_INTERVAL,
};

/* Bounds of options that are numbers. */
#define MAX_REPR_LIMIT 1000000
#define MAX_DEPTH 100
#define MAX_LIMIT 1000000
#define MAX_TOP 1000000000
#define MAX_INTERVAL 1000000 /* seconds */

#define DEFAULT_DEPTH 1
#define DEFAULT_LIMIT 100

static const struct option long_options[] = {
    {"help", no_argument, NULL, 'h'},
    {"json", no_argument, NULL, LONG_JSON},
    {"output", required_argument, NULL, 'o'},
    {"exe", required_argument, NULL, LONG_EXE},
    {"sysroot", required_argument, NULL, LONG_SYSROOT},
    {"pause", no_argument, NULL, LONG_PAUSE},
    {"no-pause", no_argument, NULL, LONG_NO_PAUSE},
    {"layout", required_argument, NULL, LONG_LAYOUT},
    {"color", required_argument, NULL, LONG_COLOR},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"pid", required_argument, NULL, LONG_PID},
    {"core", required_argument, NULL, LONG_CORE},
    {"thread", required_argument, NULL, LONG_THREAD},
    {"locals", no_argument, NULL, LONG_LOCALS},
    {"repr-limit", required_argument, NULL, LONG_REPR_LIMIT},
    {"depth", required_argument, NULL, LONG_DEPTH},
    {"limit", required_argument, NULL, LONG_LIMIT},
    {"native", no_argument, NULL, LONG_NATIVE},
    {"debuginfod", no_argument, NULL, LONG_DEBUGINFOD},
    {"top", required_argument, NULL, LONG_TOP},
    {"by", required_argument, NULL, LONG_BY},
    {"to", no_argument, NULL, LONG_TO},
    {"fail", no_argument, NULL, LONG_FAIL},
    {"interval", required_argument, NULL, LONG_INTERVAL},
    {"find", required_argument, NULL, LONG_FIND}, /* for tests: one way to find the interpreter */
    {NULL, 0, NULL, 0},
};

static cpt_status
usage(struct cpt_error *error, const struct cpt_command *command, bool in_debugger)
{
    if (in_debugger)
        cpt_error_hint(error, "see 'help py-%s'", command->name);
    else
        cpt_error_hint(error, "see 'coreptile %s --help'", command->name);
    return error->status;
}

/* A number of the kernel's for a process or thread. */
static cpt_status
parse_id(const char *text, int32_t *id, struct cpt_error *error)
{
    size_t digits = strspn(text, "0123456789");
    long long value = digits && digits < 12 ? strtoll(text, NULL, 10) : 0;

    if (!digits || text[digits] || value < 1 || value > INT32_MAX)
        return cpt_error_set(error, CPT_ABSENT, "'%s' is no process or thread id", text);
    *id = (int32_t)value;
    return CPT_OK;
}

cpt_status
cpt_address_parse(const char *text, uint64_t *address, struct cpt_error *error)
{
    static const char decimal[] = "0123456789", hexadecimal[] = "0123456789abcdefABCDEF";
    bool prefixed = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = prefixed ? text + 2 : text;
    bool is_decimal = !prefixed && digits[strspn(digits, decimal)] == '\0';

    errno = 0;
    if (!digits[0] || digits[strspn(digits, hexadecimal)])
        return cpt_error_set(error, CPT_ABSENT, "'%.100s' is no address", text);
    *address = strtoull(digits, NULL, is_decimal ? 10 : 16);
    if (errno == ERANGE)
        return cpt_error_set(error, CPT_ABSENT, "'%.100s' is no address: it has more than 64 bits", text);
    return CPT_OK;
}

/* A number from LEAST to MOST. */
static cpt_status
parse_number(const char *text, const char *option, uint32_t least, uint32_t most, uint32_t *number,
             struct cpt_error *error)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long long value = digits && digits < 12 ? strtoull(text, NULL, 10) : 0;

    if (!digits || digits >= 12 || text[digits] || value < least || value > most)
        return cpt_error_set(error, CPT_ABSENT, "'%.100s' is no value for --%s: it takes %u to %u", text, option,
                             least, most);
    *number = (uint32_t)value;
    return CPT_OK;
}

/* How many frames to go. */
static cpt_status
parse_count(const char *text, uint32_t *count, struct cpt_error *error)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long long value = digits && digits < 12 ? strtoull(text, NULL, 10) : 0;

    if (!digits || text[digits] || value > UINT32_MAX)
        return cpt_error_set(error, CPT_ABSENT, "'%.100s' is no count of frames", text);
    *count = (uint32_t)value;
    return CPT_OK;
}

/* Seconds, with up to three digits behind a point, into milliseconds. */
static cpt_status
parse_seconds(const char *text, const char *option, uint32_t *milliseconds, struct cpt_error *error)
{
    static const char digits[] = "0123456789";
    size_t whole = strspn(text, digits), fraction = text[whole] == '.' ? strspn(text + whole + 1, digits) : 0;
    size_t length = whole + (text[whole] == '.' ? 1 + fraction : 0);
    uint64_t value = whole && whole <= 7 ? strtoull(text, NULL, 10) * 1000 : 0;

    for (size_t i = 0, unit = 100; i < fraction && i < 3; i++, unit /= 10)
        value += (uint64_t)(text[whole + 1 + i] - '0') * unit;
    if (!whole || text[length] || fraction > 3 || (text[whole] == '.' && !fraction) || !value ||
        value > MAX_INTERVAL * UINT64_C(1000))
        return cpt_error_set(error, CPT_ABSENT, "'%.100s' is no value for --%s: it takes seconds, 0.001 to %u", text,
                             option, MAX_INTERVAL);
    *milliseconds = (uint32_t)value;
    return CPT_OK;
}

/* The index of WORD among COUNT words. */
static cpt_status
parse_word(const char *word, const char *const *words, int count, const char *option, int *index,
           struct cpt_error *error)
{
    for (*index = 0; *index < count; ++*index) {
        if (strcmp(word, words[*index]) == 0)
            return CPT_OK;
    }
    return cpt_error_set(error, CPT_ABSENT, "'%s' is no value for --%s", word, option);
}

static cpt_status
parse_layout(struct cpt_options *options, const char *word, struct cpt_error *error)
{
    static const char *const words[] = {"auto", "self", "table", "dwarf"};
    static const enum cpt_layout_origin origins[] = {CPT_LAYOUT_AUTO, CPT_LAYOUT_SELF,
                                                     CPT_LAYOUT_TABLE, CPT_LAYOUT_DWARF};
    int i;
    cpt_status status = parse_word(word, words, 4, "layout", &i, error);

    if (!status)
        options->layout = origins[i];
    return status;
}

static cpt_status
parse_color(struct cpt_options *options, const char *word, struct cpt_error *error)
{
    static const char *const words[] = {"auto", "always", "never"};
    int i;
    cpt_status status = parse_word(word, words, 3, "color", &i, error);

    if (!status)
        options->color = (enum cpt_color)i;
    return status;
}

static cpt_status
parse_by(struct cpt_options *options, const char *word, struct cpt_error *error)
{
    static const char *const words[] = {
        [CPT_CENSUS_TYPE] = "type", [CPT_CENSUS_MODULE] = "module", [CPT_CENSUS_SIZE] = "size"};
    int i;
    cpt_status status = parse_word(word, words, 3, "by", &i, error);

    if (!status)
        options->by = (enum cpt_census_by)i;
    return status;
}

static cpt_status
parse_find(struct cpt_options *options, const char *word, struct cpt_error *error)
{
    const char *words[CPT_FIND_WAYS];
    int i;
    cpt_status status;

    for (i = 0; i < CPT_FIND_WAYS; i++)
        words[i] = cpt_find_way_name((enum cpt_find_way)i);
    status = parse_word(word, words, CPT_FIND_WAYS, "find", &i, error);
    if (!status)
        options->find_ways = 1u << i;
    return status;
}

/* The value of an option that names a file or directory. */
static cpt_status
set_path(const char **path, const char *argument, const char *option, struct cpt_error *error)
{
    if (!argument[0])
        return cpt_error_set(error, CPT_ABSENT, "%s needs a path", option);
    *path = argument;
    return CPT_OK;
}

/* Where the next target goes: some commands take two. */
static cpt_status
next_target(struct cpt_options *options, const struct cpt_command *command, int32_t **pid, const char ***core)
{
    bool first = !options->pid && !options->core;

    *pid = first ? &options->pid : &options->after_pid;
    *core = first ? &options->core : &options->after_core;
    return first || (command->operands[0] == CPT_OPERAND_TARGET && !**pid && !**core) ? CPT_OK : CPT_ABSENT;
}

/* The target of ARGUMENT: digits are a process id, all else a core's path. */
static cpt_status
set_target(struct cpt_options *options, const struct cpt_command *command, const char *argument,
           struct cpt_error *error)
{
    const char **core;
    int32_t *pid;

    if (next_target(options, command, &pid, &core))
        return cpt_error_set(error, CPT_ABSENT, "'%s' is one target too many", argument);
    if (argument[0] && strspn(argument, "0123456789") == strlen(argument))
        return parse_id(argument, pid, error);
    return set_path(core, argument, "the target", error);
}

/* --pid and --core. */
static cpt_status
set_told_target(struct cpt_options *options, const struct cpt_command *command, bool is_pid, const char *argument,
                struct cpt_error *error)
{
    const char **core;
    int32_t *pid;

    if (next_target(options, command, &pid, &core))
        return cpt_error_set(error, CPT_ABSENT, "'--%s %s' is a %s target", is_pid ? "pid" : "core", argument,
                             command->operands[0] == CPT_OPERAND_TARGET ? "third" : "second");
    return is_pid ? parse_id(argument, pid, error) : set_path(core, argument, "--core", error);
}

/* The options that only some commands have. */
static cpt_status
take_own_option(struct cpt_options *options, int option, const char *argument, struct cpt_error *error)
{
    switch (option) {
    case LONG_LOCALS:
        options->locals = true;
        return CPT_OK;
    case LONG_REPR_LIMIT:
        return parse_number(argument, "repr-limit", 1, MAX_REPR_LIMIT, &options->repr_limit, error);
    case LONG_DEPTH:
        return parse_number(argument, "depth", 0, MAX_DEPTH, &options->depth, error);
    case LONG_LIMIT:
        return parse_number(argument, "limit", 1, MAX_LIMIT, &options->limit, error);
    case LONG_NATIVE:
        options->native = true;
        return CPT_OK;
    case LONG_DEBUGINFOD:
        options->debuginfod = true;
        return CPT_OK;
    case LONG_TOP:
        return parse_number(argument, "top", 1, MAX_TOP, &options->top, error);
    case LONG_BY:
        return parse_by(options, argument, error);
    case LONG_TO:
        options->to = true;
        return CPT_OK;
    case LONG_FAIL:
        options->fail = true;
        return CPT_OK;
    case LONG_INTERVAL:
        return parse_seconds(argument, "interval", &options->interval, error);
    default:
        return parse_id(argument, &options->thread, error);
    }
}

static const struct {
    int option;
    unsigned flag; /* CPT_OPTION_… of the commands that have it */
    const char *name;
} own_options[] = {
    {LONG_THREAD, CPT_OPTION_THREAD, "thread"},
    {LONG_LOCALS, CPT_OPTION_LOCALS, "locals"},
    {LONG_REPR_LIMIT, CPT_OPTION_REPR_LIMIT, "repr-limit"},
    {LONG_DEPTH, CPT_OPTION_DEPTH, "depth"},
    {LONG_LIMIT, CPT_OPTION_LIMIT, "limit"},
    {LONG_NATIVE, CPT_OPTION_NATIVE, "native"},
    {LONG_DEBUGINFOD, CPT_OPTION_NATIVE, "debuginfod"},
    {LONG_TOP, CPT_OPTION_TOP, "top"},
    {LONG_BY, CPT_OPTION_BY, "by"},
    {LONG_TO, CPT_OPTION_TO, "to"},
    {LONG_FAIL, CPT_OPTION_FAIL, "fail"},
    {LONG_INTERVAL, CPT_OPTION_INTERVAL, "interval"},
};

/* Whether COMMAND has OPTION: what is not listed above, all have. */
static cpt_status
check_own_option(const struct cpt_command *command, int option, struct cpt_error *error)
{
    for (size_t i = 0; i < sizeof(own_options) / sizeof(own_options[0]); i++) {
        if (own_options[i].option == option && !(command->options & own_options[i].flag))
            return cpt_error_set(error, CPT_ABSENT, "%s has no option --%s", command->name, own_options[i].name);
    }
    if (option == LONG_JSON && (command->options & CPT_OPTION_TEXT_ONLY))
        return cpt_error_set(error, CPT_ABSENT, "%s has no option --json: it prints text alone", command->name);
    return CPT_OK;
}

/* What a debugger decides itself. */
static cpt_status
check_debugger_option(int option, struct cpt_error *error)
{
    switch (option) {
    case LONG_PID:
    case LONG_CORE:
        return cpt_error_set(error, CPT_ABSENT, "the target is the debugger's: none can be named");
    case LONG_PAUSE:
    case LONG_NO_PAUSE:
        return cpt_error_set(error, CPT_ABSENT, "the debugger holds the target: it is neither held nor let go here");
    default:
        return CPT_OK;
    }
}

static cpt_status
take_option(struct cpt_options *options, const struct cpt_command *command, int option,
            const char *word, struct cpt_error *error)
{
    if (check_own_option(command, option, error) || (options->in_debugger && check_debugger_option(option, error)))
        return error->status;
    switch (option) {
    case 'h':
        options->help = true;
        return CPT_OK;
    case 'o':
        return set_path(&options->output, optarg, "--output", error);
    case 'q':
        options->verbosity = -1;
        return CPT_OK;
    case 'v':
        options->verbosity = options->verbosity < 0 ? 1 : options->verbosity + 1;
        return CPT_OK;
    case LONG_JSON:
        options->json = true;
        return CPT_OK;
    case LONG_EXE:
        return set_path(&options->exe, optarg, "--exe", error);
    case LONG_SYSROOT:
        return set_path(&options->sysroot, optarg, "--sysroot", error);
    case LONG_PAUSE:
    case LONG_NO_PAUSE:
        options->no_pause = option == LONG_NO_PAUSE;
        return CPT_OK;
    case LONG_LAYOUT:
        return parse_layout(options, optarg, error);
    case LONG_COLOR:
        return parse_color(options, optarg, error);
    case LONG_PID:
        return set_told_target(options, command, true, optarg, error);
    case LONG_CORE:
        return set_told_target(options, command, false, optarg, error);
    case LONG_THREAD:
    case LONG_LOCALS:
    case LONG_REPR_LIMIT:
    case LONG_DEPTH:
    case LONG_LIMIT:
    case LONG_NATIVE:
    case LONG_DEBUGINFOD:
    case LONG_TOP:
    case LONG_BY:
    case LONG_TO:
    case LONG_FAIL:
    case LONG_INTERVAL:
        return take_own_option(options, option, optarg, error);
    case LONG_FIND:
        return parse_find(options, optarg, error);
    case ':':
        return cpt_error_set(error, CPT_ABSENT, "option '%s' needs a value", word);
    default:
        /* optopt: the letter of an unknown short option, the value of a long one that takes none, or 0. */
        if (optopt > 0 && optopt < 256 && strncmp(word, "--", 2) != 0)
            return cpt_error_set(error, CPT_ABSENT, "unknown option '-%c'", optopt);
        return cpt_error_set(error, CPT_ABSENT,
                             optopt ? "option '%s' takes no value" : "unknown option '%s'", word);
    }
}

#define RANGE_WORDS 3 /* "10 , 20" */
#define MAX_WORDS (CPT_MAX_OPERANDS + RANGE_WORDS)

/* What stands on the command line beside options, in its order. */
struct words {
    const char *items[MAX_WORDS];
    size_t count, most; /* MOST: the target and the command's operands */
};

/* Of commands that take two targets, the first one that is named is the first, whichever way each is named. */
static cpt_status
add_word(struct words *words, struct cpt_options *options, const struct cpt_command *command, const char *word,
         struct cpt_error *error)
{
    if (command->operands[0] == CPT_OPERAND_TARGET)
        return set_target(options, command, word, error);
    if (words->count == words->most)
        return cpt_error_set(error, CPT_ABSENT,
                             words->most == 1 ? "'%s' is a second target" : "'%s' is one argument too many", word);
    words->items[words->count++] = word;
    return CPT_OK;
}

/* The second target, where a command takes two. All that stood on the command line is in OPTIONS already. */
static cpt_status
check_second_target(const struct cpt_options *options, const struct cpt_command *command, struct cpt_error *error)
{
    if (options->interval || options->after_pid || options->after_core)
        return CPT_OK;
    return cpt_error_set(error, CPT_ABSENT, "%s needs a second target, or --interval", command->name);
}

/* The line number that *TEXT begins with, which is passed over; 0: there is none, or one that no file has. */
static uint32_t
take_line(const char **text)
{
    size_t digits = strspn(*text, "0123456789");
    unsigned long long value = digits && digits < 12 ? strtoull(*text, NULL, 10) : 0;

    *text += digits;
    *text += strspn(*text, " ");
    return value <= INT32_MAX ? (uint32_t)value : 0;
}

/* START or START, END: in one word or several. */
static cpt_status
take_range(struct cpt_options *options, const struct words *words, size_t next, struct cpt_error *error)
{
    char all[64] = "";
    const char *text = all;

    for (size_t i = next; i < words->count; i++) {
        if (strlen(all) + strlen(words->items[i]) + 1 >= sizeof(all))
            return cpt_error_set(error, CPT_ABSENT, "'%.100s' is no line number", words->items[i]);
        strcat(strcat(all, all[0] ? " " : ""), words->items[i]);
    }
    if (!all[0])
        return CPT_OK;
    options->first_line = take_line(&text);
    if (options->first_line && *text == ',') {
        text += 1 + strspn(text + 1, " ");
        options->last_line = take_line(&text);
        if (!options->last_line)
            text = ",";
    }
    if (!options->first_line || *text)
        return cpt_error_set(error, CPT_ABSENT, "'%s' is no range of lines: it takes START or START, END", all);
    return CPT_OK;
}

/* What the command takes, from the word NEXT on; *NEXT is what comes after it. */
static cpt_status
take_operand(struct cpt_options *options, const struct cpt_command *command, enum cpt_operand operand,
             const struct words *words, size_t *next, struct cpt_error *error)
{
    const char *word = *next < words->count ? words->items[*next] : NULL;

    switch (operand) {
    case CPT_OPERAND_LINES:
        if (take_range(options, words, *next, error))
            return error->status;
        *next = words->count;
        return CPT_OK;
    case CPT_OPERAND_COUNT:
        options->has_count = word != NULL;
        *next += options->has_count;
        return word ? parse_count(word, &options->count, error) : CPT_OK;
    case CPT_OPERAND_NAME:
        if (!word || !word[0])
            return cpt_error_set(error, CPT_ABSENT, "%s needs a name", command->name);
        options->name = word;
        ++*next;
        return CPT_OK;
    default:
        if (!word)
            return cpt_error_set(error, CPT_ABSENT, "%s needs an address%s", command->name,
                                 options->in_debugger ? "" : " after the target");
        ++*next;
        return cpt_address_parse(word, &options->address, error);
    }
}

/* The target, where --pid or --core did not say it, and then what the command takes. */
static cpt_status
take_words(struct cpt_options *options, const struct cpt_command *command, const struct words *words,
           struct cpt_error *error)
{
    size_t next = 0, operand = 0;
    cpt_status status = CPT_OK;

    if (!options->in_debugger && !options->pid && !options->core) {
        if (!words->count)
            return cpt_error_set(error, CPT_ABSENT, "%s needs a target: a process id or a core file", command->name);
        status = set_target(options, command, words->items[next++], error);
    }
    for (; !status && operand < CPT_MAX_OPERANDS && command->operands[operand]; operand++) {
        if (command->operands[operand] == CPT_OPERAND_TARGET)
            return check_second_target(options, command, error);
        status = take_operand(options, command, command->operands[operand], words, &next, error);
    }
    if (!status && next < words->count)
        return cpt_error_set(error, CPT_ABSENT, operand || options->in_debugger ? "'%s' is one argument too many"
                                                                          : "'%s' is a second target",
                             words->items[next]);
    return status;
}

/* Options that do not go together. */
static cpt_status
check_together(const struct cpt_options *options, struct cpt_error *error)
{
    if (options->exe && !options->in_debugger && !options->core && !options->after_core)
        return cpt_error_set(error, CPT_ABSENT, "--exe is for cores; a process has its own");
    if (options->debuginfod && !options->native)
        return cpt_error_set(error, CPT_ABSENT, "--debuginfod is for --native");
    if (options->native && options->no_pause)
        return cpt_error_set(error, CPT_ABSENT, "--native needs the process to be held still: not with --no-pause");
    if (options->interval && (!options->pid || options->after_pid || options->after_core))
        return cpt_error_set(error, CPT_ABSENT, "--interval is for one process, and nothing else");
    return CPT_OK;
}

static struct cpt_options
defaults(void)
{
    return (struct cpt_options){
        .layout = CPT_LAYOUT_AUTO,
        .find_ways = (1u << CPT_FIND_WAYS) - 1,
        .repr_limit = CPT_REPR_LIMIT,
        .depth = DEFAULT_DEPTH,
        .limit = DEFAULT_LIMIT,
    };
}

cpt_status
cpt_options_parse(struct cpt_options *options, const struct cpt_command *command, bool in_debugger, int argc,
                  char **argv, struct cpt_error *error)
{
    struct words words = {.most = 1};
    int option;
    cpt_status status = CPT_OK;

    while (words.most <= CPT_MAX_OPERANDS && command->operands[words.most - 1])
        words.most += command->operands[words.most - 1] == CPT_OPERAND_LINES ? RANGE_WORDS : 1;
    *options = defaults();
    options->in_debugger = in_debugger;
    optind = 0; /* glibc and musl: start afresh */
    opterr = 0;
    while (!status && (option = getopt_long(argc, argv, "-:ho:qv", long_options, NULL)) != -1) {
        if (option == 1)
            status = add_word(&words, options, command, optarg, error);
        else
            status = take_option(options, command, option, argv[optind > 1 ? optind - 1 : 1], error);
    }
    /* What follows "--" are no options. */
    for (; !status && optind < argc; optind++)
        status = add_word(&words, options, command, argv[optind], error);
    if (!status && !options->help)
        status = take_words(options, command, &words, error);
    if (!status && !options->help)
        status = check_together(options, error);
    return status ? usage(error, command, in_debugger) : CPT_OK;
}

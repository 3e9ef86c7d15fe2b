#include "plugin/gdb/request.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTION "coreptile-section "
#define ARGUMENT "macro define coreptile_argument_"
#define ARGUMENTS_MOST 4096

/* The end of the line at TEXT, where its newline is replaced; *NEXT: the line that follows. */
static void
cut_line(char *text, char **next)
{
    char *end = strchr(text, '\n');

    *next = end ? end + 1 : text + strlen(text);
    if (end)
        *end = '\0';
}

static char *
trim(char *text)
{
    char *end = text + strlen(text);

    while (end > text && isspace((unsigned char)end[-1]))
        *--end = '\0';
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

static bool
keep(char **place, const char *text)
{
    free(*place);
    *place = strdup(text);
    return *place != NULL;
}

/* What stands between the first and the last OPEN and CLOSE of LINE; NULL: nothing. */
static char *
between(char *line, char open, char close)
{
    char *first = strchr(line, open), *last = strrchr(line, close);

    if (!first || !last || last <= first)
        return NULL;
    *last = '\0';
    return first + 1;
}

/* --- the arguments ------------------------------------------------------------------------------------------------ */

/* As gdb separates arguments: they may hold quotes, which go. */
static void
unquote(char *text)
{
    char quote = 0, *out = text;

    for (; *text; text++) {
        if (*text == '\\' && text[1] && quote != '\'')
            *out++ = *++text;
        else if (quote ? *text == quote : (*text == '"' || *text == '\''))
            quote = quote ? 0 : *text;
        else
            *out++ = *text;
    }
    *out = '\0';
}

/* So that there are COUNT arguments, of which those that are new are NULL. */
static bool
grow_arguments(struct cpt_gdb_request *request, size_t count)
{
    char **grown;

    if (count <= (size_t)request->argc)
        return true;
    if (count > ARGUMENTS_MOST)
        return false;
    grown = realloc(request->argv, (count + 1) * sizeof(*grown));
    if (!grown)
        return false;
    request->argv = grown;
    for (size_t i = (size_t)request->argc; i <= count; i++)
        grown[i] = NULL;
    request->argc = (int)count;
    return true;
}

/* A line of `macro list`: gdb keeps the text of a macro as it was typed, and lists them in the order of their names. */
static bool
read_argument(struct cpt_gdb_request *request, char *line)
{
    char *end;
    size_t index;

    if (strncmp(line, ARGUMENT, strlen(ARGUMENT)) != 0)
        return true; /* a macro of the user's */
    index = strtoul(line + strlen(ARGUMENT), &end, 10) + 2;
    if (*end == ' ')
        end++;
    unquote(end);
    return index >= 2 && index < ARGUMENTS_MOST && grow_arguments(request, index + 1) &&
           keep(&request->argv[index], end);
}

static bool
read_command(struct cpt_gdb_request *request, char *line)
{
    return grow_arguments(request, 2) && keep(&request->argv[0], "gdb") && keep(&request->argv[1], line);
}

/* --- the target --------------------------------------------------------------------------------------------------- */

/* What the target is made of, as gdb names its connection: "1 (native)", "2 (remote localhost:1234)". */
static void
read_connection(struct cpt_debugger *debugger, char *text)
{
    const char *kind = between(text, '(', ')');

    if (!kind)
        return;
    debugger->target = strcmp(kind, "core") == 0 ? CPT_DEBUGGER_CORE : CPT_DEBUGGER_PROCESS;
    debugger->remote = debugger->target == CPT_DEBUGGER_PROCESS && strcmp(kind, "native") != 0;
}

/* `info inferiors`: a table, whose line of headings tells where columns begin; "*" marks the current inferior. */
static bool
read_inferior(struct cpt_gdb_request *request, char *line)
{
    const char *heading;
    char *text;

    if ((heading = strstr(line, " Connection ")) != NULL && line[0] == ' ') {
        request->connection = (size_t)(heading - line) + 1;
        heading = strstr(line, " Executable");
        request->column = heading ? (size_t)(heading - line) + 1 : 0;
    }
    if (line[0] != '*' || !request->connection || request->column <= request->connection ||
        strlen(line) < request->column)
        return true;
    text = trim(line + request->column);
    if (*text && !keep(&request->executable, text))
        return false;
    line[request->column] = '\0';
    read_connection(&request->debugger, line + request->connection);
    line[request->connection] = '\0';
    text = strstr(line, "process ");
    if (text)
        request->debugger.pid = (int32_t)strtol(text + strlen("process "), NULL, 10);
    return true;
}

static bool
read_sysroot(struct cpt_gdb_request *request, char *line)
{
    const char *path = between(line, '"', '"');

    return !path || keep(&request->sysroot, path);
}

/* `show architecture`: 'The target architecture is set to "auto" (currently "i386:x86-64").' */
static bool
read_architecture(struct cpt_gdb_request *request, char *line)
{
    const char *name;
    char *last = strrchr(line, '"');

    if (!last)
        return true;
    *last = '\0';
    name = strrchr(line, '"');
    if (!name || strcmp(name + 1, "i386:x86-64") == 0 || strcmp(name + 1, "i386:x86-64:intel") == 0)
        return true;
    return keep(&request->foreign, name + 1);
}

/* `info files`: "Local core dump file:", and on the next line "`/path', file type elf64-x86-64." */
static bool
read_file(struct cpt_gdb_request *request, char *line)
{
    static const char type[] = "', file type ";
    char *end = NULL;

    if (strstr(line, "ocal core dump file:")) {
        request->core_follows = true;
        return true;
    }
    if (!request->core_follows)
        return true;
    request->core_follows = false;
    for (char *next = line; (next = strstr(next, type)); next++)
        end = next;
    if (!end)
        return true;
    *end = '\0';
    line = trim(line);
    return (*line != '`' && *line != '\'') || !line[1] || keep(&request->core, line + 1);
}

/* 'The current source language is "auto; currently c".' */
static bool
read_language(struct cpt_gdb_request *request, char *line)
{
    static const char *const alike[] = {"c", "c++", "asm", "minimal", NULL};
    const char *name = between(line, '"', '"'), *last = name ? strrchr(name, ' ') : NULL;

    if (last)
        name = last + 1;
    for (size_t i = 0; name && alike[i]; i++)
        request->in_c = request->in_c || strcmp(name, alike[i]) == 0;
    return true;
}

static bool
read_width(struct cpt_gdb_request *request, char *line)
{
    const char *number = strstr(line, " is ");

    if (number)
        request->width = (int)strtol(number + 4, NULL, 10); /* "unlimited" is none */
    return true;
}

/* --- threads ------------------------------------------------------------------------------------------------------ */

/* "Thread 1 (Thread 0x7f… (LWP 4711) "name"):", "(Thread 4711.4712)", "(process 4711)". 0: the line is none. */
static int32_t
parse_thread(const char *line)
{
    const char *text = strchr(line, '('), *found;
    char *end;

    if (strncmp(line, "Thread ", 7) != 0 || !text)
        return 0;
    if ((found = strstr(text, "LWP ")) != NULL)
        return (int32_t)strtol(found + 4, NULL, 10);
    if ((found = strstr(text, "process ")) != NULL)
        return (int32_t)strtol(found + 8, NULL, 10);
    found = strstr(text, "Thread ");
    if (!found)
        return 0;
    strtol(found + 7, &end, 10);
    return *end == '.' ? (int32_t)strtol(end + 1, NULL, 10) : 0;
}

static bool
add_thread(struct cpt_gdb_request *request, int32_t tid)
{
    size_t count = request->debugger.thread_count;
    struct cpt_debugger_thread *threads = request->threads;

    if ((count & (count - 1)) == 0) {
        threads = realloc(threads, (count ? 2 * count : 1) * sizeof(*threads));
        if (!threads)
            return false;
        request->threads = threads;
    }
    threads[count] = (struct cpt_debugger_thread){.tid = tid};
    request->debugger.thread_count++;
    return true;
}

static void
read_registers(struct cpt_debugger_thread *thread, const char *text)
{
    char *end;

    for (size_t i = 0; i < CPT_DEBUGGER_REGISTERS; i++) {
        thread->registers[i] = strtoull(text, &end, 16);
        if (end == text)
            return;
        text = end;
    }
    thread->has_registers = true;
}

/* Each thread's heading is followed by "pc PC SP" where it stands still, and by "registers …" where it has them all. */
static bool
read_thread(struct cpt_gdb_request *request, char *line)
{
    struct cpt_debugger *debugger = &request->debugger;
    int32_t tid = parse_thread(line);
    struct cpt_debugger_thread *last =
        debugger->thread_count ? &request->threads[debugger->thread_count - 1] : NULL;

    if (tid)
        return add_thread(request, tid);
    if (last && strncmp(line, "pc ", 3) == 0)
        request->standing++;
    if (last && strncmp(line, "registers ", 10) == 0)
        read_registers(last, line + 10);
    return true;
}

static bool
read_selected(struct cpt_gdb_request *request, char *line)
{
    struct cpt_debugger *debugger = &request->debugger;
    int32_t tid = parse_thread(line);

    if (tid)
        debugger->selected = tid;
    sscanf(line, "pc %" SCNx64 " %" SCNx64, &debugger->start_pc, &debugger->start_sp);
    sscanf(line, "frame %" SCNx64 " %" SCNx64, &debugger->pc, &debugger->sp);
    return true;
}

/* --- mappings ----------------------------------------------------------------------------------------------------- */

static bool
is_permissions(const char *text)
{
    return strlen(text) >= 3 && strspn(text, "rwxsp-") == strlen(text);
}

/* A line of `info proc mappings`: start, end, size, offset, since gdb 12 permissions, and a path, that may be missing
   and hold spaces. As /proc/PID/maps has it. */
static bool
read_mapping(struct cpt_gdb_request *request, char *line)
{
    size_t needed;
    uint64_t start, end, offset;
    char permissions[8] = "", *path, *grown;
    int length = 0, more = 0;

    if (sscanf(line, " 0x%" SCNx64 " 0x%" SCNx64 " 0x%*x 0x%" SCNx64 " %n", &start, &end, &offset, &length) < 3 ||
        !length)
        return true;
    path = line + length;
    if (sscanf(path, "%7s %n", permissions, &more) == 1 && is_permissions(permissions))
        path += more;
    else
        strcpy(permissions, "rw-p");
    path = trim(path);
    needed = request->maps_size + strlen(path) + 128;
    if (needed > request->maps_capacity) {
        grown = realloc(request->maps, 2 * needed);
        if (!grown)
            return false;
        request->maps = grown;
        request->maps_capacity = 2 * needed;
    }
    length = snprintf(request->maps + request->maps_size, request->maps_capacity - request->maps_size,
                      "%" PRIx64 "-%" PRIx64 " %.4s %08" PRIx64 " 00:00 0 %s\n", start, end, permissions, offset,
                      path);
    request->maps_size += length > 0 ? (size_t)length : 0;
    return true;
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

typedef bool (*line_reader)(struct cpt_gdb_request *request, char *line);

static const struct {
    const char *name;
    line_reader read;
} sections[] = {
    {"command", read_command},       {"arguments", read_argument}, {"inferiors", read_inferior},
    {"sysroot", read_sysroot},       {"width", read_width},        {"architecture", read_architecture},
    {"files", read_file},            {"selected", read_selected},  {"threads", read_thread},
    {"mappings", read_mapping},      {"language", read_language},
};

/* What reads the section's lines; NULL: they do not matter. */
static line_reader
begin_section(struct cpt_gdb_request *request, const char *name)
{
    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        if (strcmp(sections[i].name, name) == 0) {
            request->has_mappings = request->has_mappings || sections[i].read == read_mapping;
            return sections[i].read;
        }
    }
    return NULL;
}

/* What follows from several sections. */
static void
settle(struct cpt_gdb_request *request)
{
    struct cpt_debugger *debugger = &request->debugger;

    debugger->name = "gdb";
    debugger->running = request->standing < debugger->thread_count;
    debugger->threads = request->threads;
    debugger->maps = request->maps;
    debugger->core = debugger->target == CPT_DEBUGGER_CORE ? request->core : NULL;
    debugger->executable = request->executable;
    debugger->sysroot = request->sysroot && strncmp(request->sysroot, "target:", 7) != 0 ? request->sysroot : NULL;
    if (!debugger->thread_count)
        debugger->target = CPT_DEBUGGER_NOTHING;
    if (debugger->executable && strncmp(debugger->executable, "target:", 7) == 0)
        debugger->executable = debugger->remote ? NULL : debugger->executable + 7;
}

bool
cpt_gdb_request_parse(struct cpt_gdb_request *request, char *text)
{
    line_reader read = NULL;
    bool fine = true;

    *request = (struct cpt_gdb_request){0};
    for (char *next; fine && *text; text = next) {
        cut_line(text, &next);
        if (strncmp(text, SECTION, strlen(SECTION)) == 0)
            read = begin_section(request, text + strlen(SECTION));
        else if (read)
            fine = read(request, text);
    }
    settle(request);
    for (int i = 0; i < request->argc; i++)
        fine = fine && request->argv[i];
    return fine && request->argc >= 2;
}

void
cpt_gdb_request_free(struct cpt_gdb_request *request)
{
    for (int i = 0; i < request->argc; i++)
        free(request->argv[i]);
    free(request->argv);
    free(request->threads);
    free(request->foreign);
    free(request->maps);
    free(request->core);
    free(request->executable);
    free(request->sysroot);
    *request = (struct cpt_gdb_request){0};
}

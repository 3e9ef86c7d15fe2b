#include "coreanalyze/output/envelope.h"

#include "coreanalyze/output/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SCHEMA 1

/* The kernel's numbers, the same on x86-64 and AArch64. glibc has sigabbrev_np() only from 2.32. */
static const char *const signal_names[] = {
    NULL,   "HUP",  "INT",  "QUIT", "ILL",    "TRAP",   "ABRT",  "BUS",  "FPE",  "KILL", "USR1",
    "SEGV", "USR2", "PIPE", "ALRM", "TERM",   "STKFLT", "CHLD",  "CONT", "STOP", "TSTP", "TTIN",
    "TTOU", "URG",  "XCPU", "XFSZ", "VTALRM", "PROF",   "WINCH", "POLL", "PWR",  "SYS",
};

/* The C library keeps the first two real-time signals (32 and 33) for itself. */
#define FIRST_REALTIME 34
#define LAST_REALTIME  64

void
cpt_signal_name(int32_t number, char name[16])
{
    size_t count = sizeof(signal_names) / sizeof(signal_names[0]);

    if (number > 0 && (size_t)number < count)
        snprintf(name, 16, "SIG%s", signal_names[number]);
    else if (number == FIRST_REALTIME)
        snprintf(name, 16, "SIGRTMIN");
    else if (number > FIRST_REALTIME && number <= LAST_REALTIME)
        snprintf(name, 16, "SIGRTMIN+%d", number - FIRST_REALTIME);
    else
        snprintf(name, 16, "SIG%d", number);
}

static size_t
hole_count(const struct cpt_holes *holes)
{
    return holes ? holes->count - holes->notes + holes->left_out : 0;
}

bool
cpt_envelope_is_complete(const struct cpt_envelope *envelope)
{
    return hole_count(envelope->holes) == 0;
}

static void
write_signal_json(struct cpt_json *json, const struct cpt_envelope *envelope)
{
    char name[16];

    cpt_json_key(json, "signal");
    if (!envelope->signal.number) {
        cpt_json_null(json);
        return;
    }
    cpt_signal_name(envelope->signal.number, name);
    cpt_json_object_open(json);
    cpt_json_member_int(json, "number", envelope->signal.number);
    cpt_json_member_cstring(json, "name", name);
    if (envelope->signal.has_address)
        cpt_json_member_address(json, "address", envelope->signal.address);
    else
        cpt_json_member_null(json, "address");
    cpt_json_member_int(json, "thread", envelope->signal.thread);
    if (envelope->signal.has_sender)
        cpt_json_member_int(json, "sender_pid", envelope->signal.sender_pid);
    else
        cpt_json_member_null(json, "sender_pid");
    cpt_json_object_close(json);
}

static void
write_target_json(struct cpt_json *json, const struct cpt_envelope *envelope)
{
    cpt_json_line(json, 1);
    cpt_json_key(json, "target");
    cpt_json_object_open(json);
    cpt_json_member_cstring(json, "kind", envelope->is_core ? "core" : "process");
    cpt_json_member_int(json, "pid", envelope->pid);
    cpt_json_member_cstring(json, "path", envelope->path);
    cpt_json_member_cstring(json, "executable", envelope->executable);
    write_signal_json(json, envelope);
    cpt_json_object_close(json);
}

static void
write_python_json(struct cpt_json *json, const struct cpt_envelope *envelope)
{
    cpt_json_line(json, 1);
    cpt_json_key(json, "python");
    cpt_json_object_open(json);
    cpt_json_member_cstring(json, "version", envelope->version);
    cpt_json_member_bool(json, "debug_build", envelope->debug_build);
    cpt_json_member_bool(json, "free_threaded", envelope->free_threaded);
    cpt_json_member_cstring(json, "layout", envelope->layout);
    cpt_json_object_close(json);
}

static void
write_warning_json(struct cpt_json *json, const char *code, const char *message, uint64_t address)
{
    cpt_json_line(json, 2);
    cpt_json_object_open(json);
    cpt_json_member_cstring(json, "code", code);
    cpt_json_member_cstring(json, "message", message);
    if (address)
        cpt_json_member_address(json, "address", address);
    else
        cpt_json_member_null(json, "address");
    cpt_json_object_close(json);
}

static void
write_left_out(struct cpt_buffer *line, const struct cpt_holes *holes)
{
    cpt_text_add_count(line, holes->left_out + holes->notes_left_out, "more warning");
    cpt_buffer_add_text(line, holes->left_out + holes->notes_left_out == 1 ? " is not listed" : " are not listed");
}

static void
write_warnings_json(struct cpt_json *json, const struct cpt_holes *holes)
{
    cpt_json_line(json, 1);
    cpt_json_key(json, "warnings");
    cpt_json_array_open(json);
    for (size_t i = 0; holes && i < holes->count; i++)
        write_warning_json(json, holes->items[i].code, holes->items[i].message,
                           holes->items[i].address);
    if (holes && (holes->left_out || holes->notes_left_out)) {
        struct cpt_buffer line = {0};

        write_left_out(&line, holes);
        write_warning_json(json, "limit", line.data ? line.data : "", 0);
        cpt_buffer_free(&line);
    }
    cpt_json_array_close(json);
}

void
cpt_envelope_open_json(struct cpt_json *json, const struct cpt_envelope *envelope)
{
    cpt_json_object_open(json);
    cpt_json_member_int(json, "schema", SCHEMA);
    cpt_json_member_cstring(json, "command", envelope->command);
    write_target_json(json, envelope);
    write_python_json(json, envelope);
    cpt_json_line(json, 1);
    cpt_json_member_bool(json, "complete", cpt_envelope_is_complete(envelope));
    write_warnings_json(json, envelope->holes);
    cpt_json_line(json, 1);
    cpt_json_key(json, "result");
}

void
cpt_envelope_close_json(struct cpt_json *json)
{
    cpt_json_object_close(json);
    cpt_buffer_add_char(json->out, '\n');
}

static void
write_signal_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, bool color)
{
    char name[16];

    if (!envelope->signal.number) {
        cpt_buffer_add_text(out, "Core made on demand: no signal ended the process\n");
        return;
    }
    cpt_signal_name(envelope->signal.number, name);
    cpt_text_style(out, color, CPT_STYLE_BAD);
    cpt_buffer_printf(out, "Killed by %s", name);
    cpt_text_style(out, color, CPT_STYLE_NONE);
    if (envelope->signal.has_address)
        cpt_buffer_printf(out, " at 0x%" PRIx64, envelope->signal.address);
    if (envelope->signal.has_sender && envelope->signal.sender_pid == envelope->pid)
        cpt_buffer_add_text(out, ", sent by the process itself");
    else if (envelope->signal.has_sender)
        cpt_buffer_printf(out, ", sent by pid %d", envelope->signal.sender_pid);
    if (envelope->signal.thread)
        cpt_buffer_printf(out, ", thread %d", envelope->signal.thread);
    cpt_buffer_add_char(out, '\n');
}

static void
write_python_text(struct cpt_buffer *out, const struct cpt_envelope *envelope)
{
    cpt_buffer_add_text(out, "Python ");
    cpt_text_add_string(out, envelope->version ? envelope->version : "?");
    cpt_buffer_add_text(out, envelope->debug_build ? ", debug build" : "");
    cpt_buffer_add_text(out, envelope->free_threaded ? ", free-threaded" : "");
    cpt_buffer_add_char(out, '\n');
}

void
cpt_envelope_head_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                       const struct cpt_text_options *options)
{
    const char *executable = envelope->executable ? envelope->executable : "executable not known";

    cpt_text_style(out, options->color, CPT_STYLE_HEAD);
    cpt_buffer_printf(out, envelope->is_core ? "Core of process %d" : "Process %d", envelope->pid);
    cpt_text_style(out, options->color, CPT_STYLE_NONE);
    cpt_buffer_add_text(out, ": ");
    cpt_text_add_string(out, envelope->is_core && envelope->path ? envelope->path : executable);
    if (envelope->is_core && envelope->path) {
        cpt_buffer_add_text(out, "\nExecutable: ");
        cpt_text_add_string(out, executable);
    }
    cpt_buffer_add_char(out, '\n');
    write_python_text(out, envelope);
    if (envelope->is_core)
        write_signal_text(out, envelope, options->color);
}

static void
write_warning_text(struct cpt_buffer *out, bool color, const struct cpt_hole *hole)
{
    char address[24];

    cpt_text_style(out, color, CPT_STYLE_BAD);
    cpt_buffer_add_text(out, "warning: ");
    cpt_text_style(out, color, CPT_STYLE_NONE);
    cpt_text_add_string(out, hole->message);
    snprintf(address, sizeof(address), "0x%" PRIx64, hole->address);
    if (hole->address && !strstr(hole->message, address))
        cpt_buffer_printf(out, " (at %s)", address);
    cpt_buffer_add_char(out, '\n');
}

void
cpt_envelope_warnings_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                           const struct cpt_text_options *options)
{
    const struct cpt_holes *holes = envelope->holes;

    if (!holes || (!holes->count && !holes->left_out && !holes->notes_left_out))
        return;
    cpt_buffer_add_char(out, '\n');
    for (size_t i = 0; i < holes->count; i++)
        write_warning_text(out, options->color, &holes->items[i]);
    if (holes->left_out || holes->notes_left_out) {
        write_left_out(out, holes);
        cpt_buffer_add_char(out, '\n');
    }
    if (!cpt_envelope_is_complete(envelope)) {
        cpt_buffer_add_text(out, "The result is incomplete: ");
        cpt_text_add_count(out, hole_count(holes), "hole");
        cpt_buffer_add_char(out, '\n');
    }
}

/* A path as a shell takes it. */
static void
add_quoted(struct cpt_buffer *out, const char *path)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./+:,@%=-";

    if (path[0] && strspn(path, plain) == strlen(path)) {
        cpt_buffer_add_text(out, path);
        return;
    }
    cpt_buffer_add_char(out, '\'');
    for (const char *quote; (quote = strchr(path, '\'')); path = quote + 1) {
        cpt_text_add_safe(out, path, (size_t)(quote - path));
        cpt_buffer_add_text(out, "'\\''");
    }
    cpt_text_add_string(out, path);
    cpt_buffer_add_char(out, '\'');
}

void
cpt_envelope_add_command(struct cpt_buffer *out, const struct cpt_envelope *envelope, const char *command)
{
    const char *path = envelope->is_core ? envelope->path : NULL;

    cpt_buffer_printf(out, "coreptile %s ", command);
    if (path && (path[0] == '-' || strspn(path, "0123456789") == strlen(path)))
        cpt_buffer_add_text(out, "--core ");
    if (path)
        add_quoted(out, path);
    else
        cpt_buffer_printf(out, "%d", envelope->pid);
}

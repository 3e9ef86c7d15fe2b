#include "config.h"

#include "coreanalyze/commands/command.h"
#include "coreanalyze/commands/launchers.h"
#include "coreanalyze/commands/result.h"
#include "coreanalyze/coreptile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One line without anything that steers a terminal, whatever a path may hold: no C0 controls, no C1 ones (in UTF-8
   0xc2 0x80 … 0x9f). */
static void
make_printable(char *line)
{
    for (unsigned char *p = (unsigned char *)line; *p; p++) {
        if (*p < ' ' || *p == 0x7f || (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0))
            *p = '?';
    }
}

static int
fail(const struct cpt_host *host, int exit_status, const struct cpt_error *error)
{
    char line[768];

    snprintf(line, sizeof(line), "coreptile: error: %s%s%s", error->what,
             error->hint[0] ? "; " : "", error->hint);
    make_printable(line);
    host->message(host->arg, line);
    return exit_status;
}

static int
print(const struct cpt_host *host, struct cpt_buffer *out, int exit_status)
{
    struct cpt_error error;

    if (out->failed) {
        cpt_error_set(&error, CPT_NOMEM, "out of memory");
        exit_status = fail(host, CPT_EXIT_NOTHING, &error);
    } else if (out->size && !host->write(host->arg, out->data, out->size)) {
        cpt_error_set(&error, CPT_IO, "the result cannot be written: %s", strerror(errno));
        exit_status = fail(host, CPT_EXIT_NOTHING, &error);
    }
    cpt_buffer_free(out);
    return exit_status;
}

static int
deliver(const struct cpt_host *host, const struct cpt_options *options, struct cpt_buffer *out,
        int exit_status)
{
    struct cpt_error error;

    if (!options->output || out->failed)
        return print(host, out, exit_status);
    if (cpt_result_save(options->output, out->data, out->size, &error))
        exit_status = fail(host, CPT_EXIT_NOTHING, &error);
    cpt_buffer_free(out);
    return exit_status;
}

static struct cpt_text_options
text_options(const struct cpt_host *host, const struct cpt_options *options)
{
    struct cpt_text_options text = {0};
    const char *no_color = getenv("NO_COLOR");
    bool to_terminal = host->width > 0 && !options->output;

    text.width = to_terminal ? host->width : 0;
    if (options->color == CPT_COLOR_AUTO)
        text.color = to_terminal && host->color && !(no_color && no_color[0]);
    else
        text.color = options->color == CPT_COLOR_ALWAYS;
    return text;
}

/* A command under way: what the log and the progress only hand back to us. */
struct running {
    const struct cpt_host *host;
    const struct cpt_debugger *debugger;
    struct cpt_progress progress;
};

/* What is wrong because the command is given up is not worth a word. */
static void
log_message(void *arg, const char *line)
{
    struct running *running = arg;
    char copy[1024];

    if (cpt_progress_is_cancelled(&running->progress))
        return;
    snprintf(copy, sizeof(copy), "%s", line);
    make_printable(copy);
    running->host->message(running->host->arg, copy);
}

static void
show_progress(void *arg, const char *line)
{
    const struct cpt_host *host = ((struct running *)arg)->host;
    char copy[512];

    if (line) {
        snprintf(copy, sizeof(copy), "coreptile: %s", line);
        make_printable(copy);
        line = copy;
    }
    host->progress(host->arg, line);
}

static bool
is_cancelled(void *arg)
{
    const struct cpt_debugger *debugger = ((struct running *)arg)->debugger;

    return debugger->cancelled(debugger->arg);
}

/* Something to tell, or to ask: the progress of RUNNING; else NULL. */
static struct cpt_progress *
begin_progress(struct running *running, const struct cpt_options *options)
{
    struct cpt_progress *progress = &running->progress;

    progress->arg = running;
    if (running->host->progress && options->verbosity >= 0)
        progress->show = show_progress;
    if (running->debugger && running->debugger->cancelled)
        progress->cancelled = is_cancelled;
    return progress->show || progress->cancelled ? progress : NULL;
}

static cpt_status
run_on_target(const struct cpt_command *command, const struct cpt_options *options, const struct cpt_target_host *around,
              const struct cpt_text_options *text, struct cpt_buffer *out, int *exit_status, struct cpt_error *error)
{
    struct cpt_target target;
    cpt_status status = cpt_target_open(&target, options, around, error);

    if (status)
        return status;
    status = command->run(&target, options, text, out, error);
    if (target.holes.count != target.holes.notes || target.holes.left_out)
        *exit_status = CPT_EXIT_HOLES;
    if (options->fail && target.found_leaks)
        *exit_status = CPT_EXIT_FOUND;
    cpt_target_close(&target);
    return status;
}

static cpt_status
run_comparison(const struct cpt_command *command, const struct cpt_options *options,
               const struct cpt_target_host *around, const struct cpt_text_options *text, struct cpt_buffer *out,
               int *exit_status, struct cpt_error *error)
{
    bool complete;
    cpt_status status = command->compare(options, around, text, out, &complete, error);

    if (!status && !complete)
        *exit_status = CPT_EXIT_HOLES;
    return status;
}

static int
run_command(const struct cpt_host *host, const struct cpt_debugger *debugger, const struct cpt_command *command,
            const struct cpt_options *options)
{
    struct running running = {.host = host, .debugger = debugger};
    struct cpt_log log = {
        .level = options->verbosity + 1, .write = log_message, .arg = &running};
    struct cpt_target_host around = {
        .log = &log,
        .progress = begin_progress(&running, options),
        .input = host->input,
        .debugger = debugger,
    };
    struct cpt_text_options text = text_options(host, options);
    struct cpt_buffer out = {0};
    struct cpt_error error;
    int exit_status = CPT_EXIT_COMPLETE;
    cpt_status status = command->compare
                            ? run_comparison(command, options, &around, &text, &out, &exit_status, &error)
                            : run_on_target(command, options, &around, &text, &out, &exit_status, &error);

    /* Also where it has come to an end: what could not be read any more is missing. */
    if (cpt_progress_is_cancelled(around.progress))
        status = cpt_progress_check(around.progress, &error);
    if (status) {
        cpt_buffer_free(&out);
        return fail(host, CPT_EXIT_NOTHING, &error);
    }
    return deliver(host, options, &out, exit_status);
}

static int
wrong_usage(const struct cpt_host *host, const char *what, const char *word)
{
    struct cpt_error error;

    cpt_error_set(&error, CPT_ABSENT, "%s%s%s%s", what, word ? " '" : "", word ? word : "",
                  word ? "'" : "");
    cpt_error_hint(&error, "see 'coreptile --help'");
    return fail(host, CPT_EXIT_USAGE, &error);
}

/* A core is no text that anybody types: whoever names "-" at a terminal forgot to pipe one in. */
static bool
lacks_input(const struct cpt_host *host, const struct cpt_options *options)
{
    bool named = (options->core && strcmp(options->core, "-") == 0) ||
                 (options->after_core && strcmp(options->after_core, "-") == 0);

    return named && (host->input < 0 || isatty(host->input));
}

static bool
is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* ARGV[0] is the debugger's name; help that is asked for first is about us, all else is the debugger's. */
static int
run_launcher(const struct cpt_host *host, int argc, char **argv)
{
    struct cpt_buffer out = {0};

    if (argc < 2 || !is_help(argv[1]))
        return host->start_debugger(host->arg, argv[0], argc, argv);
    cpt_launcher_help_write(&out, argv[0]);
    return print(host, &out, CPT_EXIT_COMPLETE);
}

int
cpt_run(const struct cpt_host *host, int argc, char **argv)
{
    const struct cpt_command *command;
    struct cpt_options options;
    struct cpt_buffer out = {0};
    struct cpt_error error;

    if (argc < 2)
        return wrong_usage(host, "no command", NULL);
    if (is_help(argv[1])) {
        cpt_help_write(&out);
        return print(host, &out, CPT_EXIT_COMPLETE);
    }
    if (strcmp(argv[1], "--version") == 0) {
        cpt_buffer_add_text(&out, "coreptile " PACKAGE_VERSION "\n");
        return print(host, &out, CPT_EXIT_COMPLETE);
    }
    if (host->start_debugger && cpt_launcher_is(argv[1]))
        return run_launcher(host, argc - 1, argv + 1);
    command = cpt_command_find(argv[1]);
    if (!command)
        return wrong_usage(host, argv[1][0] == '-' ? "unknown option" : "unknown command", argv[1]);
    if (cpt_options_parse(&options, command, false, argc - 1, argv + 1, &error))
        return fail(host, CPT_EXIT_USAGE, &error);
    if (options.help) {
        cpt_command_help_write(&out, command);
        return print(host, &out, CPT_EXIT_COMPLETE);
    }
    if (lacks_input(host, &options))
        return wrong_usage(host, host->input < 0 ? "there is no standard input here for '-'"
                                               : "'-' is a core from standard input, which is a terminal", NULL);
    return run_command(host, NULL, command, &options);
}

static int
refuse(const struct cpt_host *host, const char *what)
{
    struct cpt_error error;

    cpt_error_set(&error, CPT_ABSENT, "%s", what);
    return fail(host, CPT_EXIT_NOTHING, &error);
}

int
cpt_run_in_debugger(const struct cpt_host *host, const struct cpt_debugger *debugger, int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    const struct cpt_command *command = cpt_command_find_in_debugger(name);
    struct cpt_options options;
    struct cpt_buffer out = {0};
    struct cpt_error error;

    if (!command) {
        cpt_error_set(&error, CPT_ABSENT, "unknown command '%s'", name);
        return fail(host, CPT_EXIT_USAGE, &error);
    }
    if (cpt_options_parse(&options, command, true, argc - 1, argv + 1, &error))
        return fail(host, CPT_EXIT_USAGE, &error);
    if (options.help) {
        cpt_debugger_help_write(&out, command);
        return print(host, &out, CPT_EXIT_COMPLETE);
    }
    if (debugger->target == CPT_DEBUGGER_NOTHING)
        return refuse(host, "there is no process and no core: start, attach to, or open one first");
    if (debugger->running)
        return refuse(host, "the process is running: interrupt it first");
    options.core = debugger->target == CPT_DEBUGGER_CORE ? debugger->core : NULL;
    options.pid = debugger->pid;
    if (!options.exe)
        options.told_exe = debugger->executable;
    if (!options.sysroot && debugger->sysroot && debugger->sysroot[0])
        options.sysroot = debugger->sysroot;
    return run_command(host, debugger, command, &options);
}

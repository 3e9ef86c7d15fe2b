#include "plugin/gdb/command.h"

#include "coreanalyze/coreptile.h"
#include "plugin/gdb/exchange.h"
#include "plugin/gdb/request.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE ((uint64_t)4096)

struct source {
    cpt_gdb_reader read;
    void *arg;
};

static volatile sig_atomic_t interrupted;

static void
interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

static bool
is_cancelled(void *arg)
{
    (void)arg;
    return interrupted != 0;
}

/* gdb reads all or nothing: where it is not all, what comes before the first page that is not there. */
static size_t
read_memory(void *arg, uint64_t address, void *buffer, size_t size)
{
    const struct source *source = arg;
    size_t done = 0;

    if (!source->read)
        return 0;
    if (source->read(source->arg, address, buffer, size))
        return size;
    while (done < size) {
        size_t part = (size_t)(PAGE - (address + done) % PAGE);

        if (part > size - done)
            part = size - done;
        if (!source->read(source->arg, address + done, (char *)buffer + done, part))
            break;
        done += part;
    }
    return done;
}

struct output {
    struct cpt_gdb_answer answer;
    char *error; /* the first line that says so */
};

static bool
write_result(void *arg, const char *bytes, size_t size)
{
    struct output *output = arg;

    return cpt_gdb_answer_print(&output->answer, bytes, size);
}

/* gdb itself says errors, at the end. */
static void
write_message(void *arg, const char *line)
{
    static const char mark[] = "coreptile: error: ";
    struct output *output = arg;

    if (!output->error && strncmp(line, mark, sizeof(mark) - 1) == 0) {
        output->error = strdup(line);
        if (output->error)
            return;
    }
    cpt_gdb_answer_print(&output->answer, line, strlen(line));
    cpt_gdb_answer_print(&output->answer, "\n", 1);
}

static int
run_request(struct cpt_gdb_request *request, struct output *output, struct source *source)
{
    static struct cpt_session *session;
    struct cpt_host host = {
        .arg = output, .write = write_result, .message = write_message, .input = -1, .width = request->width};
    struct cpt_debugger debugger = request->debugger;
    char line[256];

    if (request->foreign && debugger.target != CPT_DEBUGGER_NOTHING) {
        snprintf(line, sizeof(line),
                 "coreptile: error: the architecture of gdb's target is %.64s; only x86-64 can be read",
                 request->foreign);
        write_message(output, line);
        return CPT_EXIT_NOTHING;
    }
    if (!session)
        session = cpt_session_new();
    debugger.session = session;
    debugger.arg = source;
    debugger.read = read_memory;
    debugger.cancelled = is_cancelled;
    return cpt_run_in_debugger(&host, &debugger, request->argc, request->argv);
}

/* An error with a result is told like a warning. */
static void
end_answer(struct output *output, int status, const struct cpt_gdb_request *request)
{
    bool failed = status == CPT_EXIT_NOTHING || status == CPT_EXIT_USAGE;
    const char *error = output->error;
    struct cpt_gdb_ending ending = {.status = status, .in_c = request->in_c, .remote = request->debugger.remote};

    if (failed && !error)
        error = "coreptile: error: there is no result";
    if (!failed && error) {
        cpt_gdb_answer_print(&output->answer, error, strlen(error));
        cpt_gdb_answer_print(&output->answer, "\n", 1);
    }
    ending.error = failed ? error : NULL;
    cpt_gdb_answer_end(&output->answer, &ending);
    free(output->error);
}

/* While the command runs, Ctrl-C is for it; gdb, which would remember it for later, does not see it. And a file that may
   not become as large as the answer is an error, and not gdb's end. */
static void
answer_request(struct cpt_gdb_request *request, struct source *source)
{
    struct sigaction ours = {.sa_handler = interrupt, .sa_flags = SA_RESTART}, theirs;
    const struct sigaction ignored = {.sa_handler = SIG_IGN};
    struct sigaction before;
    struct output output = {.error = NULL};
    int status;

    interrupted = 0;
    sigemptyset(&ours.sa_mask);
    sigaction(SIGINT, &ours, &theirs);
    sigaction(SIGXFSZ, &ignored, &before);
    cpt_gdb_answer_begin(&output.answer);
    status = run_request(request, &output, source);
    end_answer(&output, status, request);
    sigaction(SIGXFSZ, &before, NULL);
    sigaction(SIGINT, &theirs, NULL);
}

static bool
needs_reading(const struct cpt_gdb_request *request)
{
    return request->debugger.target != CPT_DEBUGGER_NOTHING && !request->debugger.running && !request->foreign;
}

/* Of this machine's processes the kernel tells, and of a core the file itself. */
static bool
lacks_mappings(const struct cpt_gdb_request *request)
{
    return request->debugger.remote && !request->has_mappings && needs_reading(request);
}

/* READABLE: the memory of process PID, or, if that is 0, of whatever is selected. */
static bool
can_answer(const struct cpt_gdb_request *request, bool readable, int32_t pid)
{
    int32_t wanted = request->debugger.pid;

    return !needs_reading(request) || (readable && (!pid || !wanted || pid == wanted));
}

static void
run(struct source *source, bool readable, int32_t pid)
{
    struct cpt_gdb_request request;
    char *text = cpt_gdb_exchange_take(), *copy;

    if (!text)
        return;
    copy = strdup(text);
    if (copy && cpt_gdb_request_parse(&request, text)) {
        if (lacks_mappings(&request))
            cpt_gdb_exchange_continue(copy);
        else if (can_answer(&request, readable, pid))
            answer_request(&request, source);
        else
            cpt_gdb_exchange_return(copy);
    }
    if (copy)
        cpt_gdb_request_free(&request);
    free(copy);
    free(text);
}

void
cpt_gdb_command_run(cpt_gdb_reader read, void *arg, int32_t pid)
{
    struct source source = {read, arg};

    run(&source, true, pid);
}

void
cpt_gdb_command_run_unread(void)
{
    struct source source = {NULL, NULL};

    run(&source, false, 0);
}

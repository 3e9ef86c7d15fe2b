/* The stand-alone tool: standard streams around the library. */
#include "coreanalyze/coreptile.h"
#include "coreanalyze/tool/launch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool
write_result(void *arg, const char *bytes, size_t size)
{
    (void)arg;
    while (size) {
        ssize_t written = write(STDOUT_FILENO, bytes, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

static bool progress_shown;

/* The cursor waits at the beginning of the line, so that whatever comes next, were it a shell's prompt after an
   interrupt, is written over it. A line that is too long would wrap, and not go away. */
static void
show_progress(void *arg, const char *line)
{
    struct winsize size;
    int most = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1 : 79;

    (void)arg;
    fprintf(stderr, "\033[K%.*s\r", line ? most : 0, line ? line : "");
    progress_shown = line != NULL;
}

static void
write_message(void *arg, const char *line)
{
    if (progress_shown)
        show_progress(arg, NULL);
    fprintf(stderr, "%s\n", line);
}

static int
terminal_width(void)
{
    struct winsize size;

    if (!isatty(STDOUT_FILENO))
        return 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

static bool
shows_color(void)
{
    const char *term = getenv("TERM");

    return term && term[0] && strcmp(term, "dumb") != 0;
}

int
main(int argc, char **argv)
{
    struct cpt_host host = {
        .write = write_result,
        .message = write_message,
        .progress = isatty(STDERR_FILENO) && shows_color() ? show_progress : NULL,
        .input = STDIN_FILENO,
        .width = terminal_width(),
        .color = shows_color(),
        .start_debugger = cpt_launch_debugger,
    };

    signal(SIGXFSZ, SIG_IGN); /* a file that may not become that large is an error like others */
    return cpt_run(&host, argc, argv);
}

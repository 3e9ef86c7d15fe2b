/* The stand-alone tool: standard streams around the library. */
#include "coreanalyze/coreptile.h"

#include <errno.h>
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

static void
write_message(void *arg, const char *line)
{
    (void)arg;
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
        .width = terminal_width(),
        .color = shows_color(),
    };

    return cpt_run(&host, argc, argv);
}

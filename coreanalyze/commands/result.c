#include "coreanalyze/commands/result.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static cpt_status
cannot_write(const char *path, struct cpt_error *error)
{
    cpt_error_set(error, CPT_IO, "%s cannot be written: %s", path, strerror(errno));
    return cpt_error_hint(error, "choose another place with -o");
}

static bool
write_all(int fd, const char *bytes, size_t size)
{
    while (size) {
        ssize_t written = write(fd, bytes, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

static cpt_status
write_directly(const char *path, const char *bytes, size_t size, struct cpt_error *error)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    bool good = fd >= 0 && write_all(fd, bytes, size);

    if (fd >= 0 && close(fd) != 0)
        good = false;
    return good ? CPT_OK : cannot_write(path, error);
}

/* mkstemp makes files for their owner alone. A file that is replaced keeps its mode; a new one gets an ordinary one. */
static void
set_mode(int fd, const char *path)
{
    struct stat st;
    mode_t mask = umask(0);

    umask(mask);
    fchmod(fd, stat(path, &st) == 0 ? st.st_mode & 07777 : 0666 & ~mask);
}

/* A name in the directory of PATH for what is to become it; NULL when memory is out. */
static char *
draft_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *draft;

    if (asprintf(&draft, "%.*s.coreptile.XXXXXX", slash ? (int)(slash + 1 - path) : 0, path) < 0)
        return NULL;
    return draft;
}

static cpt_status
replace(const char *path, const char *bytes, size_t size, struct cpt_error *error)
{
    char *draft = draft_name(path);
    bool good;
    int fd;

    if (!draft)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    fd = mkostemp(draft, O_CLOEXEC);
    if (fd < 0) {
        free(draft);
        return cannot_write(path, error);
    }
    set_mode(fd, path);
    good = write_all(fd, bytes, size);
    if (close(fd) != 0)
        good = false;
    if (!good || rename(draft, path) != 0) {
        cpt_status status = cannot_write(path, error);

        unlink(draft);
        free(draft);
        return status;
    }
    free(draft);
    return CPT_OK;
}

cpt_status
cpt_result_save(const char *path, const char *bytes, size_t size, struct cpt_error *error)
{
    char real[PATH_MAX];
    struct stat st;

    if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode) && !realpath(path, real))
        return cannot_write(path, error);
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return cannot_write(path, error);
    }
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return write_directly(path, bytes, size, error);
    return replace(realpath(path, real) ? real : path, bytes, size, error);
}

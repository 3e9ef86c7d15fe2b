#include "coreanalyze/commands/saved.h"

#include "coreanalyze/base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD 256 /* bytes among which something other than a blank has to be */

static int
open_file(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd >= 0 && (fstat(fd, &st) || !S_ISREG(st.st_mode))) {
        close(fd);
        errno = EINVAL;
        return -1;
    }
    return fd;
}

bool
cpt_saved_is(const char *path)
{
    char head[HEAD];
    int fd = open_file(path);
    ssize_t size = fd >= 0 ? read(fd, head, sizeof(head)) : 0;

    if (fd >= 0)
        close(fd);
    for (ssize_t i = 0; i < size; i++) {
        if (!head[i] || !strchr(" \t\r\n", head[i]))
            return head[i] == '{';
    }
    return false;
}

static cpt_status
read_all(int fd, const char *path, struct cpt_buffer *bytes, struct cpt_error *error)
{
    char chunk[65536];
    ssize_t size;

    while ((size = read(fd, chunk, sizeof(chunk))) != 0) {
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return cpt_error_set(error, CPT_IO, "%s cannot be read: %s", path, strerror(errno));
        if (bytes->size + (size_t)size > CPT_MAX_SAVED)
            return cpt_error_set(error, CPT_LIMIT, "%s is too large for a saved census", path);
        cpt_buffer_add(bytes, chunk, (size_t)size);
    }
    return bytes->failed ? cpt_error_set(error, CPT_NOMEM, "out of memory") : CPT_OK;
}

static void
note_gaps(const struct cpt_saved_census *saved, const char *path, struct cpt_holes *holes)
{
    if (!saved->complete)
        cpt_holes_add(holes, "incomplete", 0, "%s was saved with holes", path);
    if (saved->types_total > saved->row_count)
        cpt_holes_add(holes, "incomplete", 0, "%s has only %zu of %" PRIu64 " types, for it was saved with --top", path,
                      saved->row_count, saved->types_total);
}

cpt_status
cpt_saved_read(struct cpt_saved_census *saved, const char *path, struct cpt_holes *holes, struct cpt_error *error)
{
    struct cpt_buffer bytes = {0};
    int fd = open_file(path);
    cpt_status status;

    memset(saved, 0, sizeof(*saved));
    if (fd < 0)
        return cpt_error_set(error, CPT_IO, "%s cannot be read: %s", path, strerror(errno));
    status = read_all(fd, path, &bytes, error);
    close(fd);
    if (!status)
        status = cpt_census_read(saved, bytes.data ? bytes.data : "", bytes.size, path, error);
    if (!status)
        note_gaps(saved, path, holes);
    cpt_buffer_free(&bytes);
    return status;
}

#include "coreanalyze/memory/spool.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/memory/room.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK 4096
#define CHECK_EVERY (UINT64_C(16) << 20) /* bytes written between two looks at the room */

enum place {
    IN_TMPDIR,
    IN_VAR_TMP,
    IN_MEMORY,
    PLACES,
};

static const char *
directory_of(unsigned place)
{
    const char *tmpdir = getenv("TMPDIR");

    if (place == IN_TMPDIR)
        return tmpdir && tmpdir[0] ? tmpdir : NULL;
    return place == IN_VAR_TMP ? "/var/tmp" : NULL;
}

/* With a name for a moment, for file systems that know no files without. No signal comes between. */
static int
open_and_unlink(const char *directory)
{
    char path[4096];
    sigset_t all, before;
    int fd = -1;

    if (snprintf(path, sizeof(path), "%s/coreptile-XXXXXX", directory) >= (int)sizeof(path))
        return -1;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return fd;
}

static int
open_place(unsigned place)
{
    const char *directory = directory_of(place);
    int fd;

    if (place == IN_MEMORY)
        return memfd_create("coreptile", MFD_CLOEXEC);
    if (!directory)
        return -1;
    fd = open(directory, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT))
        fd = open_and_unlink(directory);
    return fd;
}

static uint64_t
room(const struct cpt_spool *spool)
{
    return spool->in_memory ? cpt_room_in_memory() : cpt_room_for(spool->fd);
}

/* Opens the first place from PLACE on that can be had and has room for SIZE bytes. */
static bool
settle(struct cpt_spool *spool, unsigned place, uint64_t size)
{
    for (; place < PLACES; place++) {
        spool->fd = open_place(place);
        spool->place = place;
        spool->in_memory = place == IN_MEMORY;
        if (spool->fd < 0)
            continue;
        if (room(spool) > size) {
            cpt_log_printf(spool->log, CPT_LOG_VERBOSE, "what is unpacked goes into %s%s",
                           spool->in_memory ? "memory" : "a file without a name in ",
                           spool->in_memory ? "" : directory_of(place));
            return true;
        }
        close(spool->fd);
        spool->fd = -1;
    }
    return false;
}

cpt_status
cpt_spool_open(struct cpt_spool *spool, uint64_t most, const struct cpt_log *log,
               struct cpt_error *error)
{
    *spool = (struct cpt_spool){.log = log, .fd = -1, .most = most ? most : CPT_MAX_CORE_BYTES};
    if (settle(spool, 0, 0))
        return CPT_OK;
    cpt_error_set(error, CPT_IO, "there is no room to unpack the core: not in $TMPDIR, /var/tmp or memory");
    cpt_error_hint(error, "set TMPDIR to a directory on a file system with free space");
    return CPT_IO;
}

static bool
write_at(int fd, const uint8_t *bytes, size_t size, uint64_t offset)
{
    while (size) {
        ssize_t done = pwrite(fd, bytes, size, (off_t)offset);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            errno = done ? errno : EIO;
            return false;
        }
        bytes += done;
        offset += (uint64_t)done;
        size -= (size_t)done;
    }
    return true;
}

static bool
copy_range(int from, int to, uint64_t start, uint64_t end)
{
    static const size_t most = 1 << 18;
    uint8_t *bytes = malloc(most);
    bool good = bytes != NULL;

    while (good && start < end) {
        ssize_t got = pread(from, bytes, end - start < most ? (size_t)(end - start) : most, (off_t)start);

        good = got > 0 && write_at(to, bytes, (size_t)got, start);
        start += good ? (uint64_t)got : 0;
    }
    free(bytes);
    return good;
}

/* Everything but the holes. */
static bool
copy_all(int from, int to)
{
    off_t start, end = 0;

    while ((start = lseek(from, end, SEEK_DATA)) >= 0) {
        end = lseek(from, start, SEEK_HOLE);
        if (end < 0 || !copy_range(from, to, (uint64_t)start, (uint64_t)end))
            return false;
    }
    return errno == ENXIO;
}

static cpt_status
no_room(const struct cpt_spool *spool, struct cpt_error *error)
{
    cpt_error_set(error, CPT_IO,
                  "there is no room for the unpacked core, of which %" PRIu64
                  " MB are there by now: not in $TMPDIR, /var/tmp or memory",
                  spool->stored / 1000000);
    cpt_error_hint(error, "set TMPDIR to a directory on a file system with free space");
    return CPT_IO;
}

/* Takes everything to the next place that has room for it. */
static cpt_status
move_on(struct cpt_spool *spool, struct cpt_error *error)
{
    int from = spool->fd;

    spool->fd = -1;
    while (settle(spool, spool->place + 1, spool->stored + CHECK_EVERY)) {
        if (copy_all(from, spool->fd)) {
            close(from);
            spool->checked = spool->stored;
            return CPT_OK;
        }
        close(spool->fd);
        spool->fd = -1;
    }
    close(from);
    return no_room(spool, error);
}

/* Looks from time to time whether there is room for what comes until the next look. */
static cpt_status
check_room(struct cpt_spool *spool, size_t size, struct cpt_error *error)
{
    if (spool->stored && spool->stored + size < spool->checked + CHECK_EVERY)
        return CPT_OK;
    if (spool->stored && room(spool) < size + CHECK_EVERY)
        return move_on(spool, error);
    spool->checked = spool->stored;
    return CPT_OK;
}

static bool
is_no_room(int number)
{
    return number == ENOSPC || number == EDQUOT || number == ENOMEM;
}

static cpt_status
store(struct cpt_spool *spool, const uint8_t *bytes, size_t size, uint64_t offset,
      struct cpt_error *error)
{
    cpt_status status = check_room(spool, size, error);

    while (!status && !write_at(spool->fd, bytes, size, offset)) {
        if (errno == EFBIG) {
            cpt_error_set(error, CPT_IO, "the unpacked core is larger than files may become here");
            cpt_error_hint(error, "see 'ulimit -f', or set TMPDIR to a directory on another file system");
            return CPT_IO;
        }
        if (!is_no_room(errno))
            return cpt_error_set(error, CPT_IO, "the unpacked core cannot be written: %s", strerror(errno));
        status = move_on(spool, error);
    }
    spool->stored += status ? 0 : size;
    return status;
}

static bool
is_zero(const uint8_t *bytes, size_t size)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

/* The length of what begins BYTES: blocks of zeros only, or of other things only. */
static size_t
run_length(const uint8_t *bytes, size_t size, bool *zero)
{
    size_t length = size < BLOCK ? size : BLOCK;

    *zero = is_zero(bytes, length);
    while (length < size) {
        size_t next = size - length < BLOCK ? size - length : BLOCK;

        if (is_zero(bytes + length, next) != *zero)
            break;
        length += next;
    }
    return length;
}

cpt_status
cpt_spool_write(struct cpt_spool *spool, const uint8_t *bytes, size_t size, struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    if (size > spool->most - spool->size)
        return cpt_error_set(error, CPT_LIMIT, "the unpacked core is larger than %" PRIu64 " GiB",
                             spool->most >> 30);
    while (!status && size) {
        bool zero;
        size_t length = run_length(bytes, size, &zero);

        if (!zero)
            status = store(spool, bytes, length, spool->size, error);
        spool->size += length;
        bytes += length;
        size -= length;
    }
    return status;
}

cpt_status
cpt_spool_finish(struct cpt_spool *spool, int *fd, struct cpt_error *error)
{
    if (ftruncate(spool->fd, (off_t)spool->size) < 0)
        return cpt_error_set(error, CPT_IO, "the unpacked core cannot be written: %s", strerror(errno));
    *fd = spool->fd;
    spool->fd = -1;
    return CPT_OK;
}

void
cpt_spool_close(struct cpt_spool *spool)
{
    if (spool->fd >= 0)
        close(spool->fd);
    spool->fd = -1;
}

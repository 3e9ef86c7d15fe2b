#include "coreanalyze/memory/core_input.h"

#include "coreanalyze/memory/core_internal.h"
#include "coreanalyze/memory/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A FIFO that nobody writes to yet is waited for: it was named. It is opened without blocking, as
   all else is, and poll tells when a writer has come; a blocking read then ends with the last. */
static cpt_status
wait_for_writer(const char *path, int fd, struct cpt_error *error)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    int flags = fcntl(fd, F_GETFL);

    while (poll(&wait, 1, -1) < 0) {
        if (errno != EINTR)
            return cpt_error_set(error, CPT_IO, "%s: %s", path, strerror(errno));
    }
    if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
        return cpt_error_set(error, CPT_IO, "%s: %s", path, strerror(errno));
    return CPT_OK;
}

static cpt_status
open_source(const struct cpt_core_source *source, int *result, struct cpt_error *error)
{
    int fd;

    if (source->fd >= 0) /* the caller keeps his own */
        fd = fcntl(source->fd, F_DUPFD_CLOEXEC, 0);
    else /* O_NONBLOCK: a device must not make the tool wait */
        fd = open(source->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    *result = fd;
    return fd < 0 ? cpt_error_set(error, CPT_IO, "%s: %s", source->path, strerror(errno)) : CPT_OK;
}

/* The first bytes of a file, without moving on. */
static const struct cpt_codec *
codec_of_file(int fd)
{
    uint8_t bytes[CPT_UNPACK_PEEK];
    ssize_t got = pread(fd, bytes, sizeof(bytes), 0);

    return got > 0 ? cpt_codec_find(bytes, (size_t)got) : NULL;
}

/* Judges as soon as the header is there whether to go on. Where what came out is less than one, and
   that because it is damaged, the damage is what there is to say: see unpack_all. */
static cpt_status
check(const char *name, const uint8_t *bytes, size_t size, struct cpt_error *error)
{
    if (size < sizeof(Elf64_Ehdr) && (size < SELFMAG || memcmp(bytes, ELFMAG, SELFMAG) == 0))
        return CPT_OK;
    return cpt_core_check_header(name, bytes, size, error);
}

static cpt_status
unpack_all(struct cpt_core_input *input, const struct cpt_core_source *source, int fd, uint64_t total,
           struct cpt_error *error)
{
    struct cpt_unpack unpack = {
        .name = source->path,
        .fd = fd,
        .total = total,
        .log = source->log,
        .progress = source->progress,
        .check = check,
    };
    struct cpt_unpacked unpacked;
    cpt_status status = cpt_unpack(&unpack, &unpacked, error);

    if (status)
        return status;
    input->fd = unpacked.fd;
    input->size = unpacked.size;
    input->unpacked = true;
    input->codec = unpacked.codec ? unpacked.codec->name : NULL;
    memcpy(input->damage, unpacked.damage, sizeof(input->damage));
    if (!input->damage[0] || unpacked.size >= sizeof(Elf64_Ehdr))
        return CPT_OK;
    return cpt_error_set(error, CPT_CORRUPT, "%s holds no core: %s, after %u bytes", source->path,
                         input->damage, (unsigned)unpacked.size);
}

/* A file is used as it is, unless it is compressed or has been read from already. */
static cpt_status
take_file(struct cpt_core_input *input, const struct cpt_core_source *source, int fd,
          const struct stat *attributes, struct cpt_error *error)
{
    input->mtime = attributes->st_mtime;
    input->size = (uint64_t)attributes->st_size;
    if (lseek(fd, 0, SEEK_CUR) == 0 && !codec_of_file(fd)) {
        input->fd = fd;
        return CPT_OK;
    }
    posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return unpack_all(input, source, fd, input->size, error);
}

static cpt_status
take(struct cpt_core_input *input, const struct cpt_core_source *source, int fd, struct cpt_error *error)
{
    struct stat attributes;
    cpt_status status = CPT_OK;

    if (fstat(fd, &attributes) < 0)
        return cpt_error_set(error, CPT_IO, "%s: %s", source->path, strerror(errno));
    switch (attributes.st_mode & S_IFMT) {
    case S_IFREG:
        return take_file(input, source, fd, &attributes, error);
    case S_IFDIR:
        return cpt_error_set(error, CPT_IO, "%s: %s", source->path, strerror(EISDIR));
    case S_IFIFO:
    case S_IFSOCK:
        if (source->fd < 0)
            status = wait_for_writer(source->path, fd, error);
        return status ? status : unpack_all(input, source, fd, 0, error);
    default:
        return cpt_error_set(error, CPT_UNSUPPORTED, "%s is neither a regular file nor a pipe, so no core",
                             source->path);
    }
}

cpt_status
cpt_core_input_open(struct cpt_core_input *input, const struct cpt_core_source *source,
                    struct cpt_error *error)
{
    int fd = -1;
    cpt_status status = open_source(source, &fd, error);

    *input = (struct cpt_core_input){.fd = -1};
    if (!status)
        status = take(input, source, fd, error);
    if (fd >= 0 && fd != input->fd)
        close(fd);
    if (status && input->fd >= 0) {
        close(input->fd);
        input->fd = -1;
    }
    return status;
}

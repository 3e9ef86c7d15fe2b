#include "coreanalyze/memory/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096 /* the smallest there is: holes begin and end at multiples of it */

static ssize_t
read_once(const struct cpt_remote *remote, uint64_t address, void *buffer, size_t size)
{
    struct iovec local = {.iov_base = buffer, .iov_len = size};
    struct iovec range = {.iov_base = (void *)(uintptr_t)address, .iov_len = size};

    if (remote->mem_fd < 0)
        return process_vm_readv(remote->tid, &local, 1, &range, 1, 0);
    if (address > INT64_MAX) {
        errno = EIO;
        return -1;
    }
    return pread(remote->mem_fd, buffer, size, (off_t)address);
}

int
cpt_remote_check(struct cpt_remote *remote, int directory, uint64_t address)
{
    char byte;

    if (read_once(remote, address, &byte, 1) == 1 || errno == EFAULT)
        return 0;
    if (errno == ESRCH)
        return ESRCH;
    /* Not built into the kernel, or forbidden by a filter of system calls: the file may still be
       allowed. */
    remote->mem_fd = openat(directory, "mem", O_RDONLY | O_CLOEXEC);
    if (remote->mem_fd < 0)
        return errno;
    if (read_once(remote, address, &byte, 1) == 1 || errno == EIO)
        return 0;
    return errno;
}

/* Kernels differ in what they return for a range that runs into a hole: what is before it (the
   pages copied so far, as process_vm_readv has done in effect), or nothing (as its manual allows
   within one range). So nothing is asked for again page by page, and the count is exact with
   either. */
size_t
cpt_remote_read(void *arg, uint64_t address, void *buffer, size_t size)
{
    const struct cpt_remote *remote = arg;
    size_t done = 0;
    bool by_page = false;

    while (done < size) {
        size_t to_boundary = PAGE - (size_t)((address + done) % PAGE), chunk = size - done;
        ssize_t got;

        if (by_page && chunk > to_boundary)
            chunk = to_boundary;
        got = read_once(remote, address + done, (char *)buffer + done, chunk);
        if (got > 0) {
            done += (size_t)got;
        } else if (got < 0 && errno == EINTR) {
            continue;
        } else if (by_page || chunk <= to_boundary) {
            break;
        } else {
            by_page = true;
        }
    }
    return done;
}

#define BATCH 256 /* pages of one call; the kernel takes up to IOV_MAX, 1024 */

/* One call for COUNT <= BATCH pages; returns how many whole ones it brought. */
static size_t
read_batch(const struct cpt_remote *remote, const uint64_t *pages, size_t count, void *buffer)
{
    struct iovec local = {.iov_base = buffer, .iov_len = count * PAGE};
    struct iovec ranges[BATCH];
    ssize_t got;

    for (size_t i = 0; i < count; i++)
        ranges[i] = (struct iovec){.iov_base = (void *)(uintptr_t)(pages[i] * PAGE), .iov_len = PAGE};
    got = process_vm_readv(remote->tid, &local, 1, ranges, count, 0);
    return got > 0 ? (size_t)got / PAGE : 0;
}

size_t
cpt_remote_read_pages(void *arg, const uint64_t *pages, size_t count, void *buffer)
{
    const struct cpt_remote *remote = arg;
    size_t done = 0;

    while (done < count) {
        size_t wanted = count - done < BATCH ? count - done : BATCH, got;
        char *to = (char *)buffer + done * PAGE;

        if (remote->mem_fd < 0) {
            got = read_batch(remote, pages + done, wanted, to);
        } else {
            wanted = 1;
            got = cpt_remote_read(arg, pages[done] * PAGE, to, PAGE) / PAGE;
        }
        done += got;
        if (got < wanted)
            break;
    }
    return done;
}

/* Compressed data of every form, and several streams of it. Input: the stream. */
#include "coreanalyze/memory/unpack.h"
#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST (8u << 20) /* that may come out: a little input can be terabytes of zeros */

void
fuzz_unpack(const uint8_t *data, size_t size)
{
    static int fd = -1;
    struct cpt_unpack unpack = {.name = "it", .most = MOST};
    struct cpt_unpacked result;
    struct cpt_error error;
    struct stat st;

    if (fd < 0)
        fd = memfd_create("stream", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size || lseek(fd, 0, SEEK_SET))
        abort();
    unpack.fd = fd;
    if (cpt_unpack(&unpack, &result, &error)) {
        if (result.fd != -1 || !error.what[0])
            abort();
        return;
    }
    if (fstat(result.fd, &st) || (uint64_t)st.st_size != result.size || result.size > MOST ||
        strnlen(result.damage, sizeof(result.damage)) == sizeof(result.damage) ||
        (!result.codec && (result.size != size || result.damage[0])))
        abort();
    close(result.fd);
}

CPT_FUZZ_ENTRY(fuzz_unpack)

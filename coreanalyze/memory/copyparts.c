#include "coreanalyze/memory/copyparts.h"

#include "coreanalyze/base/vec.h"
#include "coreanalyze/base/workers.h"

#include <errno.h>
#include <pthread.h>
#include <sys/uio.h>

#define PAGE 4096
#define BATCH_BYTES (UINT64_C(4) << 20)
#define BATCH_PARTS 512 /* the kernel takes up to IOV_MAX, 1024 */
#define COPIERS 2 /* more would only wait for the memory */

struct copying {
    struct cpt_copied *copied; /* changed under the lock */
    const struct cpt_remote *remote;
    const struct cpt_run_list *parts;
    const struct cpt_pieces *pieces;
    struct cpt_progress *progress;
    pthread_mutex_t lock;
    size_t next; /* the first part that nobody has taken */
};

/* The next parts, from *FIRST on; returns how many, 0 when there are no more. */
static size_t
take(struct copying *copying, size_t *first)
{
    const struct cpt_run_list *parts = copying->parts;
    uint64_t bytes = 0;
    size_t count = 0;

    pthread_mutex_lock(&copying->lock);
    *first = copying->next;
    while (!copying->copied->gone && copying->next < parts->count && count < BATCH_PARTS && bytes < BATCH_BYTES) {
        bytes += parts->items[copying->next].end - parts->items[copying->next].start;
        copying->next++;
        count++;
    }
    pthread_mutex_unlock(&copying->lock);
    return count;
}

/* One call for COUNT <= BATCH_PARTS parts; whether it brought all of them. */
static bool
copy_batch(const struct copying *copying, const struct cpt_run *parts, size_t count, uint64_t *bytes)
{
    struct iovec local[BATCH_PARTS], remote[BATCH_PARTS];
    ssize_t got;

    *bytes = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t there, size = parts[i].end - parts[i].start;
        const uint8_t *place = cpt_pieces_peek(copying->pieces, parts[i].start, &there);

        local[i] = (struct iovec){.iov_base = (void *)(uintptr_t)place, .iov_len = size};
        remote[i] = (struct iovec){.iov_base = (void *)(uintptr_t)parts[i].start, .iov_len = size};
        *bytes += size;
    }
    if (copying->remote->mem_fd >= 0)
        return false;
    do
        got = process_vm_readv(copying->remote->tid, local, count, remote, count, 0);
    while (got < 0 && errno == EINTR);
    return got >= 0 && (uint64_t)got == *bytes;
}

static void
add_bad(struct cpt_copied *copied, uint64_t start, uint64_t end)
{
    struct cpt_run_list *bad = &copied->bad;
    struct cpt_run *last = bad->count ? &bad->items[bad->count - 1] : NULL;

    if (last && last->end == start) {
        last->end = end;
        return;
    }
    last = cpt_vec_add(bad);
    if (last)
        *last = (struct cpt_run){.start = start, .end = end};
    else
        copied->no_memory = true;
}

/* A part by itself, without the pages of it that cannot be read; returns how many bytes were. */
static uint64_t
copy_part(struct copying *copying, const struct cpt_run *part)
{
    uint64_t there, bytes = 0;
    uint8_t *place = (uint8_t *)(uintptr_t)cpt_pieces_peek(copying->pieces, part->start, &there);

    for (uint64_t at = part->start; at < part->end;) {
        size_t got;

        errno = 0;
        got = cpt_remote_read((void *)(uintptr_t)copying->remote, at, place + (at - part->start), part->end - at);
        bytes += got;
        at += got;
        if (at == part->end)
            break;
        pthread_mutex_lock(&copying->lock);
        if (errno == ESRCH)
            copying->copied->gone = true;
        else
            add_bad(copying->copied, at & ~(uint64_t)(PAGE - 1), (at & ~(uint64_t)(PAGE - 1)) + PAGE);
        pthread_mutex_unlock(&copying->lock);
        if (errno == ESRCH)
            break;
        at = (at & ~(uint64_t)(PAGE - 1)) + PAGE;
    }
    return bytes;
}

static void
copy(void *arg)
{
    struct copying *copying = arg;
    uint64_t sum = 0, bytes;
    size_t first, count;

    while (!cpt_progress_is_cancelled(copying->progress) && (count = take(copying, &first)) > 0) {
        const struct cpt_run *parts = copying->parts->items + first;

        if (copy_batch(copying, parts, count, &bytes)) {
            sum += bytes;
            continue;
        }
        for (size_t i = 0; i < count; i++)
            sum += copy_part(copying, &parts[i]);
    }
    pthread_mutex_lock(&copying->lock);
    copying->copied->bytes += sum;
    pthread_mutex_unlock(&copying->lock);
}

static int
by_start(const void *a, const void *b)
{
    const struct cpt_run *x = a, *y = b;

    return (x->start > y->start) - (x->start < y->start);
}

/* Several threads found them. */
static void
sort_bad(struct cpt_run_list *bad)
{
    size_t kept = 0;

    if (bad->count)
        qsort(bad->items, bad->count, sizeof(*bad->items), by_start);
    for (size_t i = 0; i < bad->count; i++) {
        if (kept && bad->items[kept - 1].end == bad->items[i].start)
            bad->items[kept - 1].end = bad->items[i].end;
        else
            bad->items[kept++] = bad->items[i];
    }
    bad->count = kept;
}

void
cpt_copy_parts(struct cpt_copied *copied, const struct cpt_remote *remote, const struct cpt_run_list *parts,
               const struct cpt_pieces *pieces, struct cpt_progress *progress)
{
    struct copying copying = {.copied = copied,
                              .remote = remote,
                              .parts = parts,
                              .pieces = pieces,
                              .progress = progress,
                              .lock = PTHREAD_MUTEX_INITIALIZER};

    *copied = (struct cpt_copied){0};
    cpt_workers_run(cpt_workers_available(COPIERS), copy, &copying);
    sort_bad(&copied->bad);
}

#include "coreanalyze/memory/unpack.h"

#include "coreanalyze/memory/spool.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IN_SIZE (256 << 10)
#define OUT_SIZE (1 << 20) /* a multiple of the spool's blocks */

/* One run. */
struct work {
    const struct cpt_unpack *unpack;
    struct cpt_unpacked *result;
    struct cpt_spool spool;
    const struct cpt_codec *codec; /* NULL: copy */
    void *state;
    uint8_t *in, *out;
    size_t in_start, in_end; /* what of IN is there to be used */
    size_t out_used;
    uint64_t total_in;
    bool ended;     /* no more input */
    bool checked;   /* what comes out is of use */
};

/* Waits: descriptors that came from elsewhere may not block. */
static bool
wait_readable(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    return poll(&wait, 1, -1) >= 0 || errno == EINTR;
}

/* Reads more input behind what is left. */
static cpt_status
fill(struct work *work, struct cpt_error *error)
{
    ssize_t got;

    if (work->in_start) {
        memmove(work->in, work->in + work->in_start, work->in_end - work->in_start);
        work->in_end -= work->in_start;
        work->in_start = 0;
    }
    do
        got = read(work->unpack->fd, work->in + work->in_end, IN_SIZE - work->in_end);
    while (got < 0 && (errno == EINTR || (errno == EAGAIN && wait_readable(work->unpack->fd))));
    if (got < 0)
        return cpt_error_set(error, CPT_IO, "%s: %s", work->unpack->name, strerror(errno));
    work->ended = got == 0;
    work->in_end += (size_t)got;
    work->total_in += (uint64_t)got;
    cpt_progress_update(work->unpack->progress, work->total_in, work->unpack->total);
    return cpt_progress_check(work->unpack->progress, error);
}

/* Until SIZE bytes are there, or all that there are. */
static cpt_status
peek(struct work *work, size_t size, struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    while (!status && !work->ended && work->in_end - work->in_start < size)
        status = fill(work, error);
    return status;
}

static cpt_status
flush(struct work *work, struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    if (!work->checked && work->unpack->check)
        status = work->unpack->check(work->unpack->name, work->out, work->out_used, error);
    work->checked = true;
    if (!status && work->out_used)
        status = cpt_spool_write(&work->spool, work->out, work->out_used, error);
    work->out_used = 0;
    /* Here too: a little input can be a lot of output. */
    cpt_progress_update(work->unpack->progress, work->total_in, work->unpack->total);
    return status ? status : cpt_progress_check(work->unpack->progress, error);
}

static void CPT_PRINTF(2, 3)
damaged(struct work *work, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(work->result->damage, sizeof(work->result->damage), format, ap);
    va_end(ap);
}

/* Whether what follows a complete stream is another one of the same form. Else it is padding, or
   nothing that concerns us. */
static cpt_status
begin_next(struct work *work, bool *more, struct cpt_error *error)
{
    cpt_status status = peek(work, CPT_UNPACK_PEEK, error);
    const struct cpt_codec *codec = work->codec;
    const uint8_t *in;
    uint64_t length;
    size_t size;

    /* xz is padded with zeros to a multiple of four, gzip by tapes. */
    while (!status && work->in_start < work->in_end && work->in[work->in_start] == 0) {
        work->in_start++;
        if (work->in_start == work->in_end)
            status = peek(work, CPT_UNPACK_PEEK, error);
    }
    *more = false;
    if (status)
        return status;
    status = peek(work, CPT_UNPACK_PEEK, error);
    if (status)
        return status;
    in = work->in + work->in_start;
    size = work->in_end - work->in_start;
    *more = codec->is_at(in, size) || (codec->skips && cpt_codec_skippable(in, size, &length));
    if (!*more && size)
        cpt_log_printf(work->unpack->log, CPT_LOG_VERBOSE, "%s: what follows its %s data is passed over",
                       work->unpack->name, codec->name);
    if (*more && !codec->restart(work->state))
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    return CPT_OK;
}

static cpt_status
refuse(struct work *work, const char *why, struct cpt_error *error)
{
    cpt_error_set(error, CPT_LIMIT, "%s cannot be decompressed (%s): %s", work->unpack->name,
                  work->codec->name, why);
    cpt_error_hint(error, "decompress it first: %s", work->codec->tool);
    return CPT_LIMIT;
}

/* One call of the codec. MORE: to be called again. */
static cpt_status
step(struct work *work, bool *more, struct cpt_error *error)
{
    struct cpt_codec_step step = {
        .in = work->in + work->in_start,
        .in_size = work->in_end - work->in_start,
        .out = work->out + work->out_used,
        .out_size = OUT_SIZE - work->out_used,
        .last = work->ended,
    };
    size_t in_size = step.in_size, out_size = step.out_size;
    enum cpt_codec_result result = work->codec->run(work->state, &step);

    work->in_start += in_size - step.in_size;
    work->out_used += out_size - step.out_size;
    *more = false;
    switch (result) {
    case CPT_CODEC_END:
        return begin_next(work, more, error);
    case CPT_CODEC_DAMAGED:
        damaged(work, "its %s data are damaged (%s)", work->codec->name, step.why);
        return CPT_OK;
    case CPT_CODEC_REFUSED:
        return refuse(work, step.why, error);
    case CPT_CODEC_MORE:
        break;
    }
    *more = !work->ended || step.in_size < in_size || step.out_size < out_size;
    if (!*more)
        damaged(work, "its %s data end in the middle", work->codec->name);
    return CPT_OK;
}

static cpt_status
decompress(struct work *work, struct cpt_error *error)
{
    cpt_status status = CPT_OK;
    bool more = true;

    while (!status && more) {
        if (!work->ended && work->in_start == work->in_end)
            status = fill(work, error);
        if (!status)
            status = step(work, &more, error);
        if (!status && (work->out_used == OUT_SIZE || !more))
            status = flush(work, error);
    }
    return status;
}

static cpt_status
copy(struct work *work, struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    do {
        size_t size = work->in_end - work->in_start;

        if (size > OUT_SIZE - work->out_used)
            size = OUT_SIZE - work->out_used;
        memcpy(work->out + work->out_used, work->in + work->in_start, size);
        work->in_start += size;
        work->out_used += size;
        if (work->out_used == OUT_SIZE)
            status = flush(work, error);
        if (!status && !work->ended)
            status = fill(work, error);
    } while (!status && (!work->ended || work->in_start < work->in_end));
    return status ? status : flush(work, error);
}

/* In a form that this build cannot read. */
static cpt_status
refuse_form(const char *name, const struct cpt_codec *codec, struct cpt_error *error)
{
    if (codec->library)
        cpt_error_set(error, CPT_UNSUPPORTED, "%s is compressed (%s), and this coreptile was built without %s",
                      name, codec->name, codec->library);
    else
        cpt_error_set(error, CPT_UNSUPPORTED, "%s is compressed (%s)", name, codec->name);
    cpt_error_hint(error, "decompress it first: %s", codec->tool);
    return CPT_UNSUPPORTED;
}

static cpt_status
start(struct work *work, struct cpt_error *error)
{
    cpt_status status = peek(work, CPT_UNPACK_PEEK, error);

    if (status)
        return status;
    work->codec = cpt_codec_find(work->in, work->in_end);
    work->result->codec = work->codec;
    if (work->codec && !work->codec->open)
        return refuse_form(work->unpack->name, work->codec, error);
    if (work->codec && !(work->state = work->codec->open()))
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    return cpt_spool_open(&work->spool, work->unpack->most, work->unpack->log, error);
}

static cpt_status
run(struct work *work, struct cpt_error *error)
{
    cpt_status status;

    work->in = malloc(IN_SIZE);
    work->out = malloc(OUT_SIZE);
    if (!work->in || !work->out)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    status = start(work, error);
    if (!status)
        status = work->codec ? decompress(work, error) : copy(work, error);
    if (!status)
        status = cpt_spool_finish(&work->spool, &work->result->fd, error);
    work->result->size = work->spool.size;
    return status;
}

cpt_status
cpt_unpack(const struct cpt_unpack *unpack, struct cpt_unpacked *result, struct cpt_error *error)
{
    struct work work = {.unpack = unpack, .result = result, .spool = {.fd = -1}};
    cpt_status status;

    *result = (struct cpt_unpacked){.fd = -1};
    cpt_progress_begin(unpack->progress, "reading %s", unpack->name);
    status = run(&work, error);
    cpt_progress_end(unpack->progress);
    if (!status)
        cpt_log_printf(unpack->log, CPT_LOG_VERBOSE,
                       "unpacked %" PRIu64 " bytes (%s) to %" PRIu64 ", of which %" PRIu64 " are not zero blocks",
                       work.total_in, work.codec ? work.codec->name : "plain", result->size, work.spool.stored);
    if (work.state)
        work.codec->close(work.state);
    cpt_spool_close(&work.spool);
    free(work.in);
    free(work.out);
    return status;
}

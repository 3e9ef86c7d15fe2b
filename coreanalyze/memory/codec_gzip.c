#include "config.h"

#include "coreanalyze/memory/codec.h"

#include <stdlib.h>

#ifdef HAVE_ZLIB
#include <zlib.h>

#define GZIP_ONLY (15 + 16) /* window bits; +16: with gzip's header */

static void *
gzip_open(void)
{
    z_stream *stream = calloc(1, sizeof(*stream));

    if (stream && inflateInit2(stream, GZIP_ONLY) == Z_OK)
        return stream;
    free(stream);
    return NULL;
}

static enum cpt_codec_result
gzip_run(void *state, struct cpt_codec_step *step)
{
    z_stream *stream = state;
    uInt in = step->in_size < UINT32_MAX ? (uInt)step->in_size : UINT32_MAX;
    uInt out = step->out_size < UINT32_MAX ? (uInt)step->out_size : UINT32_MAX;
    int result;

    stream->next_in = (Bytef *)(uintptr_t)step->in;
    stream->avail_in = in;
    stream->next_out = step->out;
    stream->avail_out = out;
    result = inflate(stream, Z_NO_FLUSH);
    step->in += in - stream->avail_in;
    step->in_size -= in - stream->avail_in;
    step->out += out - stream->avail_out;
    step->out_size -= out - stream->avail_out;
    switch (result) {
    case Z_STREAM_END:
        return CPT_CODEC_END;
    case Z_OK:
    case Z_BUF_ERROR: /* there was nothing to do it with */
        return CPT_CODEC_MORE;
    case Z_MEM_ERROR:
        step->why = "out of memory";
        return CPT_CODEC_REFUSED;
    default:
        step->why = stream->msg ? stream->msg : "not deflated data";
        return CPT_CODEC_DAMAGED;
    }
}

static bool
gzip_restart(void *state)
{
    return inflateReset(state) == Z_OK;
}

static void
gzip_close(void *state)
{
    inflateEnd(state);
    free(state);
}
#endif

static bool
is_gzip(const uint8_t *bytes, size_t size)
{
    return size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

const struct cpt_codec cpt_codec_gzip = {
    .name = "gzip",
    .tool = "gzip -d",
    .library = "zlib",
    .is_at = is_gzip,
#ifdef HAVE_ZLIB
    .open = gzip_open,
    .run = gzip_run,
    .restart = gzip_restart,
    .close = gzip_close,
#endif
};

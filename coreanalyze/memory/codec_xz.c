/* xz, and the older .lzma: one library, two headers. */
#include "config.h"

#include "coreanalyze/memory/codec.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/memory/room.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_LIBLZMA
#include <lzma.h>

struct state {
    lzma_stream stream;
    bool alone; /* .lzma */
};

static bool
begin(struct state *state)
{
    uint64_t most = cpt_room_for_decoder();

    if (state->alone)
        return lzma_alone_decoder(&state->stream, most) == LZMA_OK;
    return lzma_stream_decoder(&state->stream, most, 0) == LZMA_OK;
}

static void *
open_either(bool alone)
{
    struct state *state = calloc(1, sizeof(*state));

    if (!state)
        return NULL;
    state->stream = (lzma_stream)LZMA_STREAM_INIT;
    state->alone = alone;
    if (begin(state))
        return state;
    lzma_end(&state->stream);
    free(state);
    return NULL;
}

static void *
xz_open(void)
{
    return open_either(false);
}

static void *
alone_open(void)
{
    return open_either(true);
}

static enum cpt_codec_result
result_of(lzma_ret result, const char **why)
{
    switch (result) {
    case LZMA_STREAM_END:
        return CPT_CODEC_END;
    case LZMA_OK:
    case LZMA_BUF_ERROR: /* there was nothing to do it with */
        return CPT_CODEC_MORE;
    case LZMA_MEM_ERROR:
        *why = "out of memory";
        return CPT_CODEC_REFUSED;
    case LZMA_MEMLIMIT_ERROR:
        *why = "its dictionary is larger than the memory that is free, or than 2 GiB";
        return CPT_CODEC_REFUSED;
    case LZMA_OPTIONS_ERROR:
        *why = "it uses filters that the library does not know";
        return CPT_CODEC_REFUSED;
    case LZMA_FORMAT_ERROR:
        *why = "its header is damaged";
        return CPT_CODEC_DAMAGED;
    default:
        *why = "the data are not sound";
        return CPT_CODEC_DAMAGED;
    }
}

static enum cpt_codec_result
xz_run(void *opened, struct cpt_codec_step *step)
{
    struct state *state = opened;
    lzma_ret result;

    state->stream.next_in = step->in;
    state->stream.avail_in = step->in_size;
    state->stream.next_out = step->out;
    state->stream.avail_out = step->out_size;
    result = lzma_code(&state->stream, step->last ? LZMA_FINISH : LZMA_RUN);
    step->in = state->stream.next_in;
    step->in_size = state->stream.avail_in;
    step->out = state->stream.next_out;
    step->out_size = state->stream.avail_out;
    return result_of(result, &step->why);
}

static bool
xz_restart(void *opened)
{
    return begin(opened);
}

static void
xz_close(void *opened)
{
    struct state *state = opened;

    lzma_end(&state->stream);
    free(state);
}
#endif

static bool
is_xz(const uint8_t *bytes, size_t size)
{
    static const uint8_t magic[] = {0xfd, '7', 'z', 'X', 'Z', 0};

    return size >= sizeof(magic) && memcmp(bytes, magic, sizeof(magic)) == 0;
}

/* The old form has no magic, but few headers make sense: the default properties, a dictionary of
   2^n or 2^n + 2^(n-1) bytes, and a size that is not known or below 256 GiB. */
static bool
is_lzma(const uint8_t *bytes, size_t size)
{
    uint32_t dictionary, rest;
    uint64_t length;

    if (size < 13 || bytes[0] != 0x5d)
        return false;
    dictionary = cpt_load_u32(bytes + 1);
    length = cpt_load_u64(bytes + 5);
    if (dictionary < 4096 || (length != UINT64_MAX && length >> 38))
        return false;
    rest = dictionary & ~(UINT32_C(1) << (31 - __builtin_clz(dictionary)));
    return rest == 0 || rest == (UINT32_C(1) << (31 - __builtin_clz(dictionary))) / 2;
}

const struct cpt_codec cpt_codec_xz = {
    .name = "xz",
    .tool = "xz -d",
    .library = "liblzma",
    .is_at = is_xz,
#ifdef HAVE_LIBLZMA
    .open = xz_open,
    .run = xz_run,
    .restart = xz_restart,
    .close = xz_close,
#endif
};

const struct cpt_codec cpt_codec_lzma = {
    .name = "lzma",
    .tool = "lzma -d",
    .library = "liblzma",
    .is_at = is_lzma,
#ifdef HAVE_LIBLZMA
    .open = alone_open,
    .run = xz_run,
    .restart = xz_restart,
    .close = xz_close,
#endif
};

#include "config.h"

#include "coreanalyze/memory/codec.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/memory/room.h"

#ifdef HAVE_LIBZSTD
#include <zstd.h>
#include <zstd_errors.h>

/* The library refuses frames with a window of more than 2 to that power. */
static int
window_log(void)
{
    return 63 - __builtin_clzll(cpt_room_for_decoder());
}

static void *
zstd_open(void)
{
    ZSTD_DCtx *context = ZSTD_createDCtx();

    if (context && ZSTD_isError(ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, window_log()))) {
        ZSTD_freeDCtx(context);
        context = NULL;
    }
    return context;
}

static enum cpt_codec_result
zstd_run(void *state, struct cpt_codec_step *step)
{
    ZSTD_inBuffer in = {.src = step->in, .size = step->in_size};
    ZSTD_outBuffer out = {.dst = step->out, .size = step->out_size};
    size_t result = ZSTD_decompressStream(state, &out, &in);

    step->in += in.pos;
    step->in_size -= in.pos;
    step->out += out.pos;
    step->out_size -= out.pos;
    if (!ZSTD_isError(result))
        return result == 0 ? CPT_CODEC_END : CPT_CODEC_MORE;
    step->why = ZSTD_getErrorName(result);
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_frameParameter_windowTooLarge:
        step->why = "its window is larger than the memory that is free, or than 2 GiB";
        return CPT_CODEC_REFUSED;
    case ZSTD_error_memory_allocation:
    case ZSTD_error_dictionary_wrong:
        return CPT_CODEC_REFUSED;
    default:
        return CPT_CODEC_DAMAGED;
    }
}

static bool
zstd_restart(void *state)
{
    return !ZSTD_isError(ZSTD_DCtx_reset(state, ZSTD_reset_session_only));
}

static void
zstd_close(void *state)
{
    ZSTD_freeDCtx(state);
}
#endif

static bool
is_zstd(const uint8_t *bytes, size_t size)
{
    return size >= 4 && cpt_load_u32(bytes) == 0xfd2fb528;
}

const struct cpt_codec cpt_codec_zstd = {
    .name = "zstd",
    .tool = "zstd -d --long=31",
    .library = "libzstd",
    .skips = true,
    .is_at = is_zstd,
#ifdef HAVE_LIBZSTD
    .open = zstd_open,
    .run = zstd_run,
    .restart = zstd_restart,
    .close = zstd_close,
#endif
};

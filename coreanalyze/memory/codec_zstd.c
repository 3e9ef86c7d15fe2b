#include "config.h"

#include "coreanalyze/memory/codec.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/limits.h"

#ifdef HAVE_LIBZSTD
#include <zstd.h>
#include <zstd_errors.h>

static void *
zstd_open(void)
{
    ZSTD_DCtx *context = ZSTD_createDCtx();

    /* Up to what `zstd --long=31` makes; more is refused by the library. */
    if (context && ZSTD_isError(ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, CPT_MAX_WINDOW_LOG))) {
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
    case ZSTD_error_memory_allocation:
    case ZSTD_error_frameParameter_windowTooLarge:
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
    .tool = "zstd -d",
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

#include "config.h"

#include "coreanalyze/memory/codec.h"

#include "coreanalyze/base/bytes.h"

#ifdef HAVE_LIBLZ4
#include <lz4frame.h>

static void *
lz4_open(void)
{
    LZ4F_dctx *context;

    return LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) ? NULL : context;
}

static enum cpt_codec_result
lz4_run(void *state, struct cpt_codec_step *step)
{
    size_t in = step->in_size, out = step->out_size;
    size_t result = LZ4F_decompress(state, step->out, &out, step->in, &in, NULL);

    if (LZ4F_isError(result)) {
        step->why = LZ4F_getErrorName(result);
        return CPT_CODEC_DAMAGED;
    }
    step->in += in;
    step->in_size -= in;
    step->out += out;
    step->out_size -= out;
    return result == 0 ? CPT_CODEC_END : CPT_CODEC_MORE;
}

static bool
lz4_restart(void *state)
{
    LZ4F_resetDecompressionContext(state);
    return true;
}

static void
lz4_close(void *state)
{
    LZ4F_freeDecompressionContext(state);
}
#endif

static bool
is_lz4(const uint8_t *bytes, size_t size)
{
    return size >= 4 && cpt_load_u32(bytes) == 0x184d2204;
}

const struct cpt_codec cpt_codec_lz4 = {
    .name = "lz4",
    .tool = "lz4 -d",
    .library = "liblz4",
    .skips = true,
    .is_at = is_lz4,
#ifdef HAVE_LIBLZ4
    .open = lz4_open,
    .run = lz4_run,
    .restart = lz4_restart,
    .close = lz4_close,
#endif
};

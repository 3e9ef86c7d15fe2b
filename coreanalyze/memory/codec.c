#include "coreanalyze/memory/codec.h"

#include "coreanalyze/base/bytes.h"

#include <string.h>

/* Forms that are only recognised, so that it can be said what they are. */
static bool
is_bzip2(const uint8_t *bytes, size_t size)
{
    return size >= 4 && memcmp(bytes, "BZh", 3) == 0 && bytes[3] >= '1' && bytes[3] <= '9';
}

static bool
is_old_lz4(const uint8_t *bytes, size_t size)
{
    return size >= 4 && cpt_load_u32(bytes) == 0x184c2102;
}

static const struct cpt_codec bzip2 = {.name = "bzip2", .tool = "bzip2 -d", .is_at = is_bzip2};
static const struct cpt_codec old_lz4 = {.name = "lz4, legacy format", .tool = "lz4 -d", .is_at = is_old_lz4};

static const struct cpt_codec *const codecs[] = {
    &cpt_codec_zstd, &cpt_codec_lz4, &cpt_codec_xz, &cpt_codec_gzip, &bzip2, &old_lz4, &cpt_codec_lzma,
};

bool
cpt_codec_skippable(const uint8_t *bytes, size_t size, uint64_t *length)
{
    if (size < 8 || (cpt_load_u32(bytes) & 0xfffffff0u) != 0x184d2a50)
        return false;
    *length = UINT64_C(8) + cpt_load_u32(bytes + 4);
    return true;
}

const struct cpt_codec *
cpt_codec_find(const uint8_t *bytes, size_t size)
{
    uint64_t length;

    /* What is skipped may stand before either form; pzstd begins each of its parts so. */
    while (cpt_codec_skippable(bytes, size, &length) && length < size) {
        bytes += length;
        size -= (size_t)length;
    }
    for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
        if (codecs[i]->is_at(bytes, size))
            return codecs[i];
    }
    return NULL;
}

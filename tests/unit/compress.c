#include "config.h"

#include "tests/unit/compress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#ifdef HAVE_ZLIB
#include <zlib.h>

static size_t
gzip(void *out, size_t room, const void *bytes, size_t size)
{
    z_stream stream = {0};

    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (Bytef *)(uintptr_t)bytes;
    stream.avail_in = (uInt)size;
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return room - stream.avail_out;
}
#else
#define gzip NULL
#endif

#ifdef HAVE_LIBZSTD
#include <zstd.h>

static size_t
zstd(void *out, size_t room, const void *bytes, size_t size)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    size_t done;

    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    done = ZSTD_compress2(context, out, room, bytes, size);
    assert_false(ZSTD_isError(done));
    ZSTD_freeCCtx(context);
    return done;
}
#else
#define zstd NULL
#endif

#ifdef HAVE_LIBLZMA
#include <lzma.h>

static size_t
xz(void *out, size_t room, const void *bytes, size_t size)
{
    size_t done = 0;

    assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, NULL, bytes, size, out, &done, room), LZMA_OK);
    return done;
}

static size_t
lzma(void *out, size_t room, const void *bytes, size_t size)
{
    lzma_stream stream = LZMA_STREAM_INIT;
    lzma_options_lzma options;

    assert_false(lzma_lzma_preset(&options, 0));
    assert_int_equal(lzma_alone_encoder(&stream, &options), LZMA_OK);
    stream.next_in = bytes;
    stream.avail_in = size;
    stream.next_out = out;
    stream.avail_out = room;
    assert_int_equal(lzma_code(&stream, LZMA_FINISH), LZMA_STREAM_END);
    lzma_end(&stream);
    return room - stream.avail_out;
}
#else
#define xz NULL
#define lzma NULL
#endif

#ifdef HAVE_LIBLZ4
#include <lz4frame.h>

static size_t
lz4(void *out, size_t room, const void *bytes, size_t size)
{
    LZ4F_preferences_t preferences = {.frameInfo = {.contentChecksumFlag = LZ4F_contentChecksumEnabled}};
    size_t done = LZ4F_compressFrame(out, room, bytes, size, &preferences);

    assert_false(LZ4F_isError(done));
    return done;
}
#else
#define lz4 NULL
#endif

static const struct {
    const char *name;
    size_t (*run)(void *out, size_t room, const void *bytes, size_t size);
} forms[COMPRESS_FORMS] = {
    [COMPRESS_GZIP] = {"gzip", gzip}, [COMPRESS_ZSTD] = {"zstd", zstd}, [COMPRESS_XZ] = {"xz", xz},
    [COMPRESS_LZMA] = {"lzma", lzma}, [COMPRESS_LZ4] = {"lz4", lz4},
};

const char *
compress_name(enum compress_form form)
{
    return forms[form].name;
}

bool
compress_add(struct cpt_buffer *out, enum compress_form form, const void *bytes, size_t size)
{
    size_t room = size + size / 8 + 65536;
    void *packed;

    if (!forms[form].run)
        return false;
    packed = malloc(room);
    assert_non_null(packed);
    cpt_buffer_add(out, packed, forms[form].run(packed, room, bytes, size));
    free(packed);
    return true;
}

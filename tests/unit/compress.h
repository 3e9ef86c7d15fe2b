/* Compressed data for tests, made by the libraries that are to undo it. */
#ifndef CPT_TESTS_COMPRESS_H
#define CPT_TESTS_COMPRESS_H

#include "coreanalyze/base/buffer.h"

enum compress_form {
    COMPRESS_GZIP,
    COMPRESS_ZSTD,
    COMPRESS_XZ,
    COMPRESS_LZMA,
    COMPRESS_LZ4,
    COMPRESS_FORMS,
};

/* As cpt_codec's name. */
const char *compress_name(enum compress_form form);

/* Adds SIZE bytes at BYTES to OUT as one stream, with a checksum where the form has one. False where
   this build lacks the library. */
bool compress_add(struct cpt_buffer *out, enum compress_form form, const void *bytes, size_t size);

#endif

/* Decompressors behind one interface, and what tells one compressed form from another: the first
   bytes, never a file's name. A library that a build lacks takes its form alone away. */
#ifndef CPT_MEMORY_CODEC_H
#define CPT_MEMORY_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a step reads and writes; it moves both on. */
struct cpt_codec_step {
    const uint8_t *in;
    size_t in_size;
    uint8_t *out;
    size_t out_size;
    bool last;       /* no input follows what is at IN */
    const char *why; /* set with CPT_CODEC_DAMAGED and CPT_CODEC_REFUSED: what the library says */
};

enum cpt_codec_result {
    CPT_CODEC_MORE,    /* goes on with more input, or more room for output */
    CPT_CODEC_END,     /* one stream (gzip: member; zstd, lz4: frame) is complete */
    CPT_CODEC_DAMAGED, /* what follows cannot be had; what came out before can be used */
    CPT_CODEC_REFUSED, /* needs more memory than there is, or than limits.h allows */
};

struct cpt_codec {
    const char *name;    /* "zstd" */
    const char *tool;    /* the command that decompresses it too */
    const char *library; /* "libzstd"; NULL: no build reads this form */
    bool skips;          /* knows the frames that cpt_codec_skippable tells */
    /* Whether a stream of this form begins with these bytes. */
    bool (*is_at)(const uint8_t *bytes, size_t size);
    /* The rest is NULL where this build lacks the library. A state, or NULL: out of memory. */
    void *(*open)(void);
    enum cpt_codec_result (*run)(void *state, struct cpt_codec_step *step);
    /* Ready for another stream, after CPT_CODEC_END. False: out of memory. */
    bool (*restart)(void *state);
    void (*close)(void *state);
};

/* The form of data that begin with the SIZE bytes at BYTES (some hundred are plenty), or NULL:
   not compressed, or in no form that is known. */
const struct cpt_codec *cpt_codec_find(const uint8_t *bytes, size_t size);

/* One for each file that holds a codec. */
extern const struct cpt_codec cpt_codec_gzip, cpt_codec_zstd, cpt_codec_xz, cpt_codec_lzma, cpt_codec_lz4;

/* Whether a frame that zstd and lz4 pass over begins with these bytes, and how long it is. */
bool cpt_codec_skippable(const uint8_t *bytes, size_t size, uint64_t *length);

#endif

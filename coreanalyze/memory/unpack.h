/* Reads a stream to its end, decompresses it if need be, and leaves it as a file. */
#ifndef CPT_MEMORY_UNPACK_H
#define CPT_MEMORY_UNPACK_H

#include "coreanalyze/base/error.h"
#include "coreanalyze/base/log.h"
#include "coreanalyze/base/progress.h"
#include "coreanalyze/memory/codec.h"

#define CPT_UNPACK_PEEK 4096 /* bytes that tell the form of the whole */

/* Where to read: FD, from where it stands. */
struct cpt_unpack {
    const char *name; /* for messages */
    int fd;
    uint64_t total; /* bytes in it, for the progress; 0: not known */
    uint64_t most;  /* bytes that may come out; 0: CPT_MAX_CORE_BYTES */
    const struct cpt_log *log;
    struct cpt_progress *progress;
    /* Judges the first bytes of what comes out, so that the rest of what is of no use is not read.
       SIZE is less than CPT_UNPACK_PEEK only where nothing follows. */
    cpt_status (*check)(const char *name, const uint8_t *bytes, size_t size, struct cpt_error *error);
};

struct cpt_unpacked {
    int fd; /* a file without a name; belongs to the caller */
    uint64_t size;
    const struct cpt_codec *codec; /* NULL: it was not compressed */
    char damage[256]; /* why it ends before its end; "": it came whole */
};

/* CPT_IO (reading, no room), CPT_UNSUPPORTED (a form that this build cannot read), CPT_LIMIT,
   CPT_NOMEM, or what CHECK says. Damage is none: what came out before is there. */
CPT_MUST_USE cpt_status cpt_unpack(const struct cpt_unpack *unpack, struct cpt_unpacked *result,
                                   struct cpt_error *error);

#endif

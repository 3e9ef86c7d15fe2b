/* Where the bytes of a core come from: a file that is one, or anything that becomes one when it is
   decompressed or read to its end. */
#ifndef CPT_MEMORY_CORE_INPUT_H
#define CPT_MEMORY_CORE_INPUT_H

#include "coreanalyze/memory/core.h"

struct cpt_core_input {
    int fd;            /* a regular file that is the core, plain; belongs to the caller */
    bool unpacked;     /* it is our own, without a name: nobody else can change it */
    int64_t mtime;     /* when the file that was named was written last; 0: not known (a pipe) */
    char damage[256];  /* "": it came whole */
    const char *codec; /* "zstd"; NULL: it was not compressed */
    uint64_t size;     /* of the core */
};

/* Opens what SOURCE names; reads and decompresses it where it has to be. A stream that is cut or
   damaged gives what came out of it, and DAMAGE says so; when that is less than a core's header,
   CPT_CORRUPT. Other errors: CPT_IO, CPT_UNSUPPORTED (no core in it), CPT_LIMIT, CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_core_input_open(struct cpt_core_input *input,
                                            const struct cpt_core_source *source,
                                            struct cpt_error *error);

#endif

/* A file without a name that takes what is decompressed, or read from a pipe. Blocks of zeros become
   holes. It lies in $TMPDIR, else in /var/tmp, since large cores do not fit where /tmp is memory;
   where there is no room, it moves on, into memory in the end. It is gone when it is closed,
   however the program ends. */
#ifndef CPT_MEMORY_SPOOL_H
#define CPT_MEMORY_SPOOL_H

#include "coreanalyze/base/error.h"
#include "coreanalyze/base/log.h"

#include <stdbool.h>
#include <stdint.h>

struct cpt_spool {
    const struct cpt_log *log; /* -v tells where it lies */
    int fd;
    uint64_t most;   /* that may be written */
    uint64_t size;   /* written, holes among it */
    uint64_t stored; /* of these in blocks that are no holes */
    uint64_t checked; /* of STORED, when room was looked for last */
    unsigned place;  /* that it is in: index of the list of places */
    bool in_memory;
};

/* Finds the first place that takes files. MOST is how large this one may become; 0: up to
   CPT_MAX_CORE_BYTES. CPT_IO when there is no place. */
CPT_MUST_USE cpt_status cpt_spool_open(struct cpt_spool *spool, uint64_t most,
                                       const struct cpt_log *log, struct cpt_error *error);

/* Appends. CPT_IO when no place has room for it, or it cannot be written; CPT_LIMIT beyond
   what was allowed. */
CPT_MUST_USE cpt_status cpt_spool_write(struct cpt_spool *spool, const uint8_t *bytes, size_t size,
                                        struct cpt_error *error);

/* Gives it its full size, for the case that it ends with a hole, and hands over the descriptor. */
CPT_MUST_USE cpt_status cpt_spool_finish(struct cpt_spool *spool, int *fd, struct cpt_error *error);

/* Closes it where it was not handed over. */
void cpt_spool_close(struct cpt_spool *spool);

#endif

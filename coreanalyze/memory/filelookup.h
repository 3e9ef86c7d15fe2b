/* The places where a file that the target had mapped may be found on this machine, one after the
   other. */
#ifndef CPT_MEMORY_FILELOOKUP_H
#define CPT_MEMORY_FILELOOKUP_H

#include "coreanalyze/memory/filemap.h"

/* A regular file, mapped. */
struct cpt_found_file {
    char path[4096]; /* on this machine */
    const void *bytes;
    size_t size;
};

struct cpt_file_search {
    const struct cpt_filemap_options *options;
    const struct cpt_mapping *mapping; /* the first one of the file */
    int32_t pid;                       /* of a live target, else 0 */
    unsigned step;
};

/* Starts a search for the file of MAPPING. */
void cpt_file_search_begin(struct cpt_file_search *search, const struct cpt_memory *memory,
                           const struct cpt_filemap_options *options,
                           const struct cpt_mapping *mapping);

/* The next file that is there, to be unmapped by the caller. False when there are no more. */
bool cpt_file_search_next(struct cpt_file_search *search, struct cpt_found_file *found);

#endif

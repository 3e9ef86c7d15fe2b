/* One place where _PyRuntime could be: which version it is, which layout fits, and whether it is alive. */
#ifndef CPT_SYMBOLS_CANDIDATE_H
#define CPT_SYMBOLS_CANDIDATE_H

#include "symbols/find.h"
#include "symbols/image.h"

struct cpt_candidate {
    uint64_t runtime;
    uint64_t size;                 /* st_size of _PyRuntime; 0: not known */
    size_t image;                  /* index; image_count: none */
    const struct cpt_image *elf;   /* of that image; NULL: not readable */
    uint64_t data_start, data_end; /* writable memory of the image */
    uint32_t version;              /* PY_VERSION_HEX where it was looked up before; else 0 */
};

/* Decides on CANDIDATE: fills LAYOUT, version included, when a live CPython is there that can be read. */
CPT_MUST_USE cpt_status cpt_candidate_try(const struct cpt_find_query *query,
                                          const struct cpt_candidate *candidate,
                                          struct cpt_layout *layout, struct cpt_error *error);

/* The layout for VERSION as QUERY wishes; SELF is what the debug offsets say, NULL where there are none. */
CPT_MUST_USE cpt_status cpt_candidate_layout(const struct cpt_find_query *query,
                                             const struct cpt_candidate *candidate,
                                             const struct cpt_python_version *version,
                                             const struct cpt_layout_fields *self,
                                             struct cpt_layout *layout, struct cpt_error *error);

#endif

/* Whether there is a type somewhere, by a few words: nothing is decoded for what is none, which is most of what is asked
 * for. Thread-safe.
 */
#ifndef CPT_HEAP_LIKENESS_H
#define CPT_HEAP_LIKENESS_H

#include "coreanalyze/heap/shape.h"

enum cpt_likeness {
    CPT_NO_TYPE,
    CPT_SPOILT_TYPE, /* damaged: it says of itself what cannot be, but others say that it is one */
    CPT_LIKE_A_TYPE,
};

enum cpt_likeness cpt_type_likeness(const struct cpt_shapes *shapes, uint64_t address);

/* Whether what is like a type, but is not sound, was one. */
bool cpt_type_is_spoilt(const struct cpt_shapes *shapes, uint64_t address);

#endif

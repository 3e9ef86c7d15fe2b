/* Reads JSON that somebody else may have written: strictly, without a tree in memory, and as deep as a limit.
 *
 * The caller asks for what it expects. Once anything is not so, the reader has failed: every question after that has
 * the answer of an empty document, so that it is enough to look at `wrong` in the end.
 */
#ifndef CPT_OUTPUT_JSON_IN_H
#define CPT_OUTPUT_JSON_IN_H

#include "coreanalyze/base/buffer.h"
#include "coreanalyze/base/text.h"

#include <stdbool.h>

#define CPT_JSON_DEPTH 64

struct cpt_json_in {
    const char *begin, *at, *end;
    const char *wrong;      /* what is not as it should be; NULL: nothing so far */
    bool opened;            /* nothing of the object or array that was opened last has been read */
    unsigned depth;
    struct cpt_buffer text; /* the last string */
};

/* SIZE bytes at BYTES, which have to outlive IN. */
void cpt_json_in_init(struct cpt_json_in *in, const char *bytes, size_t size);
void cpt_json_in_free(struct cpt_json_in *in);

/* What comes next: one of { [ " 0 (a number) t (true or false) n (null), or NUL: nothing that can be. */
char cpt_json_in_peek(struct cpt_json_in *in);

/* An object is entered. Then, for each member, its key is in TEXT and its value has to be read; false: it is over. */
void cpt_json_in_object(struct cpt_json_in *in);
bool cpt_json_in_key(struct cpt_json_in *in);
bool cpt_json_in_is_key(const struct cpt_json_in *in, const char *key);

/* The same for an array and its items. */
void cpt_json_in_array(struct cpt_json_in *in);
bool cpt_json_in_item(struct cpt_json_in *in);

/* A string is now in TEXT, as UTF-8. */
void cpt_json_in_string(struct cpt_json_in *in);

/* A whole number from 0 to 2^64 - 1; else IN has failed, and 0. */
uint64_t cpt_json_in_uint(struct cpt_json_in *in);
bool cpt_json_in_bool(struct cpt_json_in *in);

/* Any value, which nobody wants to know. */
void cpt_json_in_skip(struct cpt_json_in *in);

/* Nothing but blanks may be left. */
void cpt_json_in_finish(struct cpt_json_in *in);

#endif

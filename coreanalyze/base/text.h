/* Text decoded from the target, always valid UTF-8, and the list of holes in a result. */
#ifndef CPT_BASE_TEXT_H
#define CPT_BASE_TEXT_H

#include "coreanalyze/base/arena.h"
#include "coreanalyze/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UTF-8 with a final NUL that SIZE does not count; NULs inside are possible. DATA NULL: no text. */
struct cpt_text {
    const char *data;
    size_t size;
};

/* Whether TEXT is WORD; false for no text. */
bool cpt_text_is(const struct cpt_text *text, const char *word);

/* The order of two texts by their bytes: less than, equal to or more than 0. Neither is without DATA. */
int cpt_text_compare(const struct cpt_text *a, const struct cpt_text *b);

/* WORD as a text; WORD stays the caller's. */
struct cpt_text cpt_text_of(const char *word);

/* One hole: something of the target that could not be decoded, and why. */
struct cpt_hole {
    const char *code;    /* as cpt_status_code, or a word of INTERFACE's such as "truncated" */
    const char *message; /* in the arena of the holes */
    uint64_t address;    /* 0: none */
};

/* Holes of one result, in the order found. Beyond CPT_MAX_WARNINGS they are only counted. */
struct cpt_holes {
    struct cpt_arena arena;
    struct cpt_hole *items;
    size_t count, capacity;
    size_t left_out;       /* holes that were only counted */
    size_t notes_left_out; /* and notes */
    size_t notes; /* how many of the items do not make the result incomplete */
};

/* Adds a hole. */
void cpt_holes_add(struct cpt_holes *holes, const char *code, uint64_t address, const char *format,
                   ...) CPT_PRINTF(4, 5);

/* Adds the failure ERROR as a hole, after a prefix that says what it was needed for. */
void cpt_holes_add_error(struct cpt_holes *holes, const struct cpt_error *error, const char *format,
                         ...) CPT_PRINTF(3, 4);

/* Adds a warning that takes nothing from the result's completeness (a library replaced on disk, say). */
void cpt_holes_note(struct cpt_holes *holes, const char *code, const char *format, ...)
    CPT_PRINTF(3, 4);

/* Forgets the holes added since MARK, a copy of HOLES as they were then. */
void cpt_holes_rewind(struct cpt_holes *holes, const struct cpt_holes *mark);

void cpt_holes_free(struct cpt_holes *holes);

#endif

/* Text for people: colours, and text of the target that cannot drive the terminal it ends on. */
#ifndef CPT_OUTPUT_TEXT_H
#define CPT_OUTPUT_TEXT_H

#include "coreanalyze/base/buffer.h"
#include "coreanalyze/base/text.h"

#include <stdbool.h>

/* What a piece of text is; each has a colour. */
enum cpt_style {
    CPT_STYLE_NONE,
    CPT_STYLE_HEAD, /* headings, and what a thread is called */
    CPT_STYLE_FILE, /* file names and line numbers */
    CPT_STYLE_FUNCTION,
    CPT_STYLE_EXECUTING, /* the part of a source line that is running */
    CPT_STYLE_GOOD,
    CPT_STYLE_BAD, /* warnings, crashes, what differs */
    CPT_STYLE_DIM, /* what the tool adds between the target's own text */
};

/* Switches to STYLE, or back with CPT_STYLE_NONE. Nothing without COLOR. */
void cpt_text_style(struct cpt_buffer *out, bool color, enum cpt_style style);

/* The first code point of the SIZE (> 0) bytes at BYTES; *USED is its length. What is not UTF-8
   (too long forms and surrogates included) gives CPT_NOT_UTF8 and *USED 1. */
#define CPT_NOT_UTF8 UINT32_MAX
uint32_t cpt_utf8_decode(const char *bytes, size_t size, size_t *used);

/* Whether CODEPOINT could steer a terminal or make its text look like another: controls, escapes,
   changes of direction, invisible marks. */
bool cpt_text_is_unsafe(uint32_t codepoint);

/* Adds the SIZE bytes at BYTES with everything unsafe, and bytes that are not UTF-8, written as
   Python's repr would: \x1b, \n, \u202e. */
void cpt_text_add_safe(struct cpt_buffer *out, const char *bytes, size_t size);

/* The same for a text, where none is "?", and for a C string. */
void cpt_text_add(struct cpt_buffer *out, const struct cpt_text *text);
void cpt_text_add_string(struct cpt_buffer *out, const char *string);

/* Adds one line of source after INDENT: SIZE bytes at LINE, a tab as one space, cut where it is
   very long. The bytes [START, END) have the colour of what is executing; without COLOR a second
   line marks them with carets. START == END marks nothing. */
void cpt_text_add_marked(struct cpt_buffer *out, bool color, const char *indent, const char *line,
                         size_t size, size_t start, size_t end);

/* Adds COUNT with a noun: "1 thread", "2 threads", "1,234,567 bytes". */
void cpt_text_add_count(struct cpt_buffer *out, uint64_t count, const char *noun);

/* Room for any number or size below. */
#define CPT_NUMBER_TEXT 32

/* "1,234,567"; returns TEXT. */
const char *cpt_text_number(uint64_t number, char text[CPT_NUMBER_TEXT]);

/* For people: "17 B", "1.5 KiB", "1023.9 MiB"; returns TEXT. */
const char *cpt_text_size(uint64_t bytes, char text[CPT_NUMBER_TEXT]);

/* PART of WHOLE (may be 0) in per cent with one digit behind the point: "12.5", "0.0"; "<0.1" and ">99.9" where that
   would hide that there is something, or something missing. Returns TEXT. */
const char *cpt_text_share(uint64_t part, uint64_t whole, char text[CPT_NUMBER_TEXT]);

/* Adds TEXT as cpt_text_add does, in at most WIDTH columns: what is longer ends with "…". WIDTH 0: as long as it is. */
void cpt_text_add_clipped(struct cpt_buffer *out, const struct cpt_text *text, size_t width);

#endif

/* A growable byte buffer for text. A failed allocation is remembered and reported once, at the end. */
#ifndef CPT_BASE_BUFFER_H
#define CPT_BASE_BUFFER_H

#include "coreanalyze/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpt_buffer {
    char *data; /* NUL-terminated once anything was added */
    size_t size;
    size_t capacity;
    bool failed; /* memory ran out: the content is incomplete */
};

void cpt_buffer_add(struct cpt_buffer *buffer, const void *bytes, size_t size);
void cpt_buffer_add_text(struct cpt_buffer *buffer, const char *text);
void cpt_buffer_add_char(struct cpt_buffer *buffer, char c);
void cpt_buffer_printf(struct cpt_buffer *buffer, const char *format, ...) CPT_PRINTF(2, 3);

/* Adds one code point as UTF-8. A lone surrogate or a value above 0x10ffff is added as Python's
   `backslashreplace` writes it (\udcff), so that the buffer always stays valid UTF-8. */
void cpt_buffer_add_codepoint(struct cpt_buffer *buffer, uint32_t codepoint);

/* Keeps the memory for the next use. */
void cpt_buffer_clear(struct cpt_buffer *buffer);
void cpt_buffer_free(struct cpt_buffer *buffer);

#endif

#include "coreanalyze/base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 256

/* Room for SIZE more bytes and the final NUL. */
static bool
reserve(struct cpt_buffer *buffer, size_t size)
{
    size_t needed, capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;
    char *data;

    if (buffer->failed)
        return false;
    if (__builtin_add_overflow(buffer->size, size, &needed) || needed >= SIZE_MAX / 4) {
        buffer->failed = true;
        return false;
    }
    if (needed < buffer->capacity)
        return true;
    while (capacity <= needed)
        capacity *= 2;
    data = realloc(buffer->data, capacity);
    if (!data) {
        buffer->failed = true;
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

void
cpt_buffer_add(struct cpt_buffer *buffer, const void *bytes, size_t size)
{
    if (!size || !reserve(buffer, size))
        return;
    memcpy(buffer->data + buffer->size, bytes, size);
    buffer->size += size;
    buffer->data[buffer->size] = '\0';
}

void
cpt_buffer_add_text(struct cpt_buffer *buffer, const char *text)
{
    cpt_buffer_add(buffer, text, strlen(text));
}

void
cpt_buffer_add_char(struct cpt_buffer *buffer, char c)
{
    cpt_buffer_add(buffer, &c, 1);
}

void
cpt_buffer_printf(struct cpt_buffer *buffer, const char *format, ...)
{
    va_list ap;
    int length;

    va_start(ap, format);
    length = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    if (length < 0 || !reserve(buffer, (size_t)length))
        return;
    va_start(ap, format);
    vsnprintf(buffer->data + buffer->size, (size_t)length + 1, format, ap);
    va_end(ap);
    buffer->size += (size_t)length;
}

void
cpt_buffer_add_codepoint(struct cpt_buffer *buffer, uint32_t codepoint)
{
    char utf8[4];
    size_t size;

    if (codepoint < 0x80) {
        utf8[0] = (char)codepoint;
        size = 1;
    } else if (codepoint < 0x800) {
        utf8[0] = (char)(0xc0 | codepoint >> 6);
        utf8[1] = (char)(0x80 | (codepoint & 0x3f));
        size = 2;
    } else if ((codepoint & 0xfffff800) == 0xd800) {
        cpt_buffer_printf(buffer, "\\u%04x", (unsigned)codepoint);
        return;
    } else if (codepoint < 0x10000) {
        utf8[0] = (char)(0xe0 | codepoint >> 12);
        utf8[1] = (char)(0x80 | (codepoint >> 6 & 0x3f));
        utf8[2] = (char)(0x80 | (codepoint & 0x3f));
        size = 3;
    } else if (codepoint < 0x110000) {
        utf8[0] = (char)(0xf0 | codepoint >> 18);
        utf8[1] = (char)(0x80 | (codepoint >> 12 & 0x3f));
        utf8[2] = (char)(0x80 | (codepoint >> 6 & 0x3f));
        utf8[3] = (char)(0x80 | (codepoint & 0x3f));
        size = 4;
    } else {
        cpt_buffer_printf(buffer, "\\U%08x", (unsigned)codepoint);
        return;
    }
    cpt_buffer_add(buffer, utf8, size);
}

void
cpt_buffer_clear(struct cpt_buffer *buffer)
{
    buffer->size = 0;
    buffer->failed = false;
    if (buffer->data)
        buffer->data[0] = '\0';
}

void
cpt_buffer_free(struct cpt_buffer *buffer)
{
    free(buffer->data);
    memset(buffer, 0, sizeof(*buffer));
}

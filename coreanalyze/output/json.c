#include "coreanalyze/output/json.h"

#include "coreanalyze/output/text.h"

#include <string.h>

void
cpt_json_init(struct cpt_json *json, struct cpt_buffer *out)
{
    *json = (struct cpt_json){.out = out};
}

#define MAX_INDENT 8

/* What stands between the item before, if any, and the next one. */
static void
begin_item(struct cpt_json *json)
{
    char between[2 + MAX_INDENT + 1];
    size_t size = 0;

    if (json->has_key) {
        json->has_key = false;
        return;
    }
    if (json->follows)
        between[size++] = ',';
    if (json->new_line) {
        between[size++] = '\n';
        for (unsigned i = 0; i < json->indent && i < MAX_INDENT; i++)
            between[size++] = ' ';
    } else if (json->follows) {
        between[size++] = ' ';
    }
    cpt_buffer_add(json->out, between, size);
    json->follows = true;
    json->new_line = false;
}

static void
open_with(struct cpt_json *json, char bracket)
{
    begin_item(json);
    cpt_buffer_add_char(json->out, bracket);
    json->follows = false;
}

/* Whatever was closed is an item of what it stands in. */
static void
close_with(struct cpt_json *json, char bracket)
{
    cpt_buffer_add_char(json->out, bracket);
    json->follows = true;
    json->new_line = false;
}

void
cpt_json_object_open(struct cpt_json *json)
{
    open_with(json, '{');
}

void
cpt_json_object_close(struct cpt_json *json)
{
    close_with(json, '}');
}

void
cpt_json_array_open(struct cpt_json *json)
{
    open_with(json, '[');
}

void
cpt_json_array_close(struct cpt_json *json)
{
    close_with(json, ']');
}

void
cpt_json_line(struct cpt_json *json, unsigned indent)
{
    json->new_line = true;
    json->indent = indent;
}

void
cpt_json_key(struct cpt_json *json, const char *key)
{
    begin_item(json);
    cpt_buffer_add_char(json->out, '"');
    cpt_buffer_add_text(json->out, key);
    cpt_buffer_add(json->out, "\": ", 3);
    json->has_key = true;
}

/* \uXXXX, as a pair of surrogates beyond the basic plane. */
static void
add_unicode_escape(struct cpt_buffer *out, uint32_t codepoint)
{
    if (codepoint >= 0x10000) {
        cpt_buffer_printf(out, "\\u%04x", (unsigned)(0xd7c0 + (codepoint >> 10)));
        codepoint = 0xdc00 | (codepoint & 0x3ff);
    }
    cpt_buffer_printf(out, "\\u%04x", (unsigned)codepoint);
}

static void
add_escape(struct cpt_buffer *out, uint32_t codepoint, uint8_t byte)
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *found = codepoint && codepoint < 0x80 ? strchr(plain, (int)codepoint) : NULL;

    if (codepoint == CPT_NOT_UTF8) {
        cpt_buffer_printf(out, "\\\\x%02x", (unsigned)byte);
    } else if (found) {
        cpt_buffer_add_char(out, '\\');
        cpt_buffer_add_char(out, letters[found - plain]);
    } else {
        add_unicode_escape(out, codepoint);
    }
}

void
cpt_json_string(struct cpt_json *json, const char *bytes, size_t size)
{
    size_t start = 0, used = 1; /* START: of what needs no escape and is not yet added */

    begin_item(json);
    cpt_buffer_add_char(json->out, '"');
    for (size_t i = 0; i < size; i += used) {
        uint32_t codepoint = (uint8_t)bytes[i];

        used = 1;
        if (codepoint >= 0x20 && codepoint < 0x7f && codepoint != '"' && codepoint != '\\')
            continue;
        codepoint = cpt_utf8_decode(bytes + i, size - i, &used);
        if (codepoint != CPT_NOT_UTF8 && codepoint >= 0x80 && !cpt_text_is_unsafe(codepoint))
            continue;
        cpt_buffer_add(json->out, bytes + start, i - start);
        add_escape(json->out, codepoint, (uint8_t)bytes[i]);
        start = i + used;
    }
    cpt_buffer_add(json->out, bytes + start, size - start);
    cpt_buffer_add_char(json->out, '"');
}

void
cpt_json_text(struct cpt_json *json, const struct cpt_text *text)
{
    if (text->data)
        cpt_json_string(json, text->data, text->size);
    else
        cpt_json_null(json);
}

void
cpt_json_cstring(struct cpt_json *json, const char *string)
{
    if (string)
        cpt_json_string(json, string, strlen(string));
    else
        cpt_json_null(json);
}

void
cpt_json_key_text(struct cpt_json *json, const struct cpt_text *key)
{
    cpt_json_string(json, key->data ? key->data : "?", key->data ? key->size : 1);
    cpt_buffer_add(json->out, ": ", 2);
    json->has_key = true;
}

/* A stack of 50,000 frames has 200,000 numbers: printf() would take most of its time. */
static void
add_number(struct cpt_buffer *out, uint64_t number, unsigned base)
{
    char digits[24];
    size_t i = sizeof(digits);

    do {
        digits[--i] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number);
    cpt_buffer_add(out, digits + i, sizeof(digits) - i);
}

void
cpt_json_int(struct cpt_json *json, int64_t number)
{
    begin_item(json);
    if (number < 0)
        cpt_buffer_add_char(json->out, '-');
    add_number(json->out, number < 0 ? -(uint64_t)number : (uint64_t)number, 10);
}

void
cpt_json_uint(struct cpt_json *json, uint64_t number)
{
    begin_item(json);
    add_number(json->out, number, 10);
}

void
cpt_json_bool(struct cpt_json *json, bool value)
{
    begin_item(json);
    cpt_buffer_add_text(json->out, value ? "true" : "false");
}

void
cpt_json_null(struct cpt_json *json)
{
    begin_item(json);
    cpt_buffer_add(json->out, "null", 4);
}

void
cpt_json_address(struct cpt_json *json, uint64_t address)
{
    begin_item(json);
    cpt_buffer_add(json->out, "\"0x", 3);
    add_number(json->out, address, 16);
    cpt_buffer_add_char(json->out, '"');
}

void
cpt_json_member_text(struct cpt_json *json, const char *key, const struct cpt_text *text)
{
    cpt_json_key(json, key);
    cpt_json_text(json, text);
}

void
cpt_json_member_cstring(struct cpt_json *json, const char *key, const char *string)
{
    cpt_json_key(json, key);
    cpt_json_cstring(json, string);
}

void
cpt_json_member_int(struct cpt_json *json, const char *key, int64_t number)
{
    cpt_json_key(json, key);
    cpt_json_int(json, number);
}

void
cpt_json_member_uint(struct cpt_json *json, const char *key, uint64_t number)
{
    cpt_json_key(json, key);
    cpt_json_uint(json, number);
}

void
cpt_json_member_bool(struct cpt_json *json, const char *key, bool value)
{
    cpt_json_key(json, key);
    cpt_json_bool(json, value);
}

void
cpt_json_member_null(struct cpt_json *json, const char *key)
{
    cpt_json_key(json, key);
    cpt_json_null(json);
}

void
cpt_json_member_address(struct cpt_json *json, const char *key, uint64_t address)
{
    cpt_json_key(json, key);
    cpt_json_address(json, address);
}

#include "coreanalyze/output/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Columns of a source line that are shown: a line of generated code can have a million. */
#define MAX_LINE_WIDTH 400

struct range {
    uint32_t first, last;
};

void
cpt_text_style(struct cpt_buffer *out, bool color, enum cpt_style style)
{
    static const char *const codes[] = {
        [CPT_STYLE_NONE] = "\033[0m",         [CPT_STYLE_HEAD] = "\033[1m",
        [CPT_STYLE_FILE] = "\033[35m",        [CPT_STYLE_FUNCTION] = "\033[36m",
        [CPT_STYLE_EXECUTING] = "\033[1;31m", [CPT_STYLE_GOOD] = "\033[32m",
        [CPT_STYLE_BAD] = "\033[1;31m",       [CPT_STYLE_DIM] = "\033[2m",
    };

    if (color)
        cpt_buffer_add_text(out, codes[style]);
}

/* How many bytes a sequence that begins with LEAD has, and LEAD's payload; 0: none begins so. */
static size_t
sequence_length(uint8_t lead, uint32_t *payload)
{
    if (lead < 0x80) {
        *payload = lead;
        return 1;
    }
    if (lead >= 0xc2 && lead < 0xe0) {
        *payload = lead & 0x1f;
        return 2;
    }
    if (lead >= 0xe0 && lead < 0xf0) {
        *payload = lead & 0x0f;
        return 3;
    }
    *payload = lead & 0x07;
    return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

uint32_t
cpt_utf8_decode(const char *bytes, size_t size, size_t *used)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t codepoint;
    size_t length = sequence_length((uint8_t)bytes[0], &codepoint);

    *used = 1;
    if (!length || length > size)
        return CPT_NOT_UTF8;
    for (size_t i = 1; i < length; i++) {
        uint8_t byte = (uint8_t)bytes[i];

        if ((byte & 0xc0) != 0x80)
            return CPT_NOT_UTF8;
        codepoint = codepoint << 6 | (byte & 0x3f);
    }
    if (codepoint < smallest[length] || codepoint > 0x10ffff || (codepoint & ~0x7ffu) == 0xd800)
        return CPT_NOT_UTF8;
    *used = length;
    return codepoint;
}

static bool
is_in(const struct range *ranges, size_t count, uint32_t codepoint)
{
    for (size_t i = 0; i < count && ranges[i].first <= codepoint; i++) {
        if (codepoint <= ranges[i].last)
            return true;
    }
    return false;
}

bool
cpt_text_is_unsafe(uint32_t codepoint)
{
    /* The joiners U+200C and U+200D are needed to write Persian, Hindi and emoji: those stay. */
    static const struct range ranges[] = {
        {0x0, 0x1f},        {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},
        {0x180e, 0x180e},   {0x200b, 0x200b}, {0x200e, 0x200f}, {0x2028, 0x202e},
        {0x2060, 0x206f},   {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0x1d173, 0x1d17a},
        {0xe0000, 0xe0fff},
    };

    return is_in(ranges, sizeof(ranges) / sizeof(ranges[0]), codepoint);
}

/* Columns of a terminal that CODEPOINT takes. wcwidth() would ask the locale, which a tool in a
   service may not have. The ranges are the blocks that are wide or combining as a whole. */
static size_t
cells(uint32_t codepoint)
{
    static const struct range combining[] = {
        {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},     {0x64b, 0x65f},
        {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200c, 0x200d},   {0x20d0, 0x20ff},
        {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef},
    };
    static const struct range wide[] = {
        {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
        {0x4e00, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
        {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x16fe0, 0x18aff},
        {0x1b000, 0x1b2ff}, {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff},
        {0x1fa70, 0x1faff}, {0x20000, 0x3fffd},
    };

    if (codepoint < 0x300)
        return 1;
    if (is_in(combining, sizeof(combining) / sizeof(combining[0]), codepoint))
        return 0;
    return is_in(wide, sizeof(wide) / sizeof(wide[0]), codepoint) ? 2 : 1;
}

/* Adds what stands for an unsafe code point, or for BYTE where that is no UTF-8; how wide it is. */
static size_t
add_escape(struct cpt_buffer *out, uint32_t codepoint, uint8_t byte)
{
    size_t before = out->size;

    if (codepoint == CPT_NOT_UTF8)
        cpt_buffer_printf(out, "\\x%02x", (unsigned)byte);
    else if (codepoint == '\n' || codepoint == '\r' || codepoint == '\t')
        cpt_buffer_add_text(out, codepoint == '\n' ? "\\n" : codepoint == '\r' ? "\\r" : "\\t");
    else if (codepoint < 0x100)
        cpt_buffer_printf(out, "\\x%02x", (unsigned)codepoint);
    else if (codepoint < 0x10000)
        cpt_buffer_printf(out, "\\u%04x", (unsigned)codepoint);
    else
        cpt_buffer_printf(out, "\\U%08x", (unsigned)codepoint);
    return out->size - before;
}

void
cpt_text_add_safe(struct cpt_buffer *out, const char *bytes, size_t size)
{
    size_t start = 0, used = 1; /* START: of what is safe and not yet added */

    for (size_t i = 0; i < size; i += used) {
        uint32_t codepoint = (uint8_t)bytes[i];

        used = 1;
        if (codepoint >= 0x20 && codepoint < 0x7f)
            continue;
        codepoint = cpt_utf8_decode(bytes + i, size - i, &used);
        if (codepoint != CPT_NOT_UTF8 && !cpt_text_is_unsafe(codepoint))
            continue;
        cpt_buffer_add(out, bytes + start, i - start);
        add_escape(out, codepoint, (uint8_t)bytes[i]);
        start = i + used;
    }
    cpt_buffer_add(out, bytes + start, size - start);
}

void
cpt_text_add(struct cpt_buffer *out, const struct cpt_text *text)
{
    if (text->data)
        cpt_text_add_safe(out, text->data, text->size);
    else
        cpt_buffer_add_char(out, '?');
}

void
cpt_text_add_string(struct cpt_buffer *out, const char *string)
{
    cpt_text_add_safe(out, string, strlen(string));
}

/* How many bytes at the start of BYTES are printable ASCII. */
static size_t
plain_length(const char *bytes, size_t size)
{
    size_t length = 0;

    while (length < size && bytes[length] >= 0x20 && bytes[length] < 0x7f)
        length++;
    return length;
}

/* Adds one code point as a line of source shows it; how wide it is. */
static size_t
add_source_char(struct cpt_buffer *out, const char *bytes, size_t size, size_t *used)
{
    uint32_t codepoint = cpt_utf8_decode(bytes, size, used);

    if (codepoint == '\t') {
        cpt_buffer_add_char(out, ' ');
        return 1;
    }
    if (codepoint == CPT_NOT_UTF8 || cpt_text_is_unsafe(codepoint))
        return add_escape(out, codepoint, (uint8_t)bytes[0]);
    cpt_buffer_add(out, bytes, *used);
    return cells(codepoint);
}

struct source_line {
    struct cpt_buffer *out;
    size_t width; /* so far */
    bool cut;
};

/* Adds a part of a line; how wide it is. */
static size_t
add_source(struct source_line *line, const char *bytes, size_t size)
{
    size_t before = line->width, used;

    for (size_t i = 0; i < size && !line->cut; i += used) {
        size_t room = line->width < MAX_LINE_WIDTH ? MAX_LINE_WIDTH - line->width : 0;

        used = plain_length(bytes + i, size - i < room ? size - i : room);
        cpt_buffer_add(line->out, bytes + i, used);
        line->width += used;
        if (used)
            continue;
        if (room)
            line->width += add_source_char(line->out, bytes + i, size - i, &used);
        else
            cpt_buffer_add_text(line->out, "…");
        line->cut = !room;
    }
    return line->width - before;
}

/* The first byte from AT on that begins a character. */
static size_t
next_character(const char *line, size_t size, size_t at)
{
    while (at < size && ((uint8_t)line[at] & 0xc0) == 0x80)
        at++;
    return at < size ? at : size;
}

static void
add_repeated(struct cpt_buffer *out, char c, size_t count)
{
    char chunk[64];

    memset(chunk, c, sizeof(chunk));
    for (; count > sizeof(chunk); count -= sizeof(chunk))
        cpt_buffer_add(out, chunk, sizeof(chunk));
    cpt_buffer_add(out, chunk, count);
}

void
cpt_text_add_marked(struct cpt_buffer *out, bool color, const char *indent, const char *line,
                    size_t size, size_t start, size_t end)
{
    struct source_line source = {.out = out};
    size_t before, marked;
    bool lit;

    start = next_character(line, size, start < end ? start : size);
    end = start < size ? next_character(line, size, end) : size;
    cpt_buffer_add_text(out, indent);
    before = add_source(&source, line, start);
    lit = color && start < end && !source.cut;
    cpt_text_style(out, lit, CPT_STYLE_EXECUTING);
    marked = add_source(&source, line + start, end - start);
    cpt_text_style(out, lit, CPT_STYLE_NONE);
    add_source(&source, line + end, size - end);
    cpt_buffer_add_char(out, '\n');
    if (color || !marked)
        return;
    cpt_buffer_add_text(out, indent);
    add_repeated(out, ' ', before);
    add_repeated(out, '^', marked);
    cpt_buffer_add_char(out, '\n');
}

/* Adds the code point at the start of BYTES in at most ROOM columns; how many it took, SIZE_MAX where it needs more. */
static size_t
add_clipped_char(struct cpt_buffer *out, const char *bytes, size_t size, size_t room, size_t *used)
{
    uint32_t codepoint = cpt_utf8_decode(bytes, size, used);
    bool unsafe = codepoint == CPT_NOT_UTF8 || cpt_text_is_unsafe(codepoint);
    struct cpt_buffer escape = {0};
    size_t width = unsafe ? add_escape(&escape, codepoint, (uint8_t)bytes[0]) : cells(codepoint);

    if (width <= room && unsafe)
        cpt_buffer_add(out, escape.data, escape.size);
    else if (width <= room)
        cpt_buffer_add(out, bytes, *used);
    cpt_buffer_free(&escape);
    return width <= room ? width : SIZE_MAX;
}

void
cpt_text_add_clipped(struct cpt_buffer *out, const struct cpt_text *text, size_t width)
{
    size_t taken = 0, used, end = 0, step; /* END: of what fits with an ellipsis behind it, in OUT */

    if (!width || !text->data) {
        cpt_text_add(out, text);
        return;
    }
    for (size_t i = 0; i < text->size; i += used, taken += step) {
        if (taken < width)
            end = out->size;
        step = add_clipped_char(out, text->data + i, text->size - i, width - taken, &used);
        if (step == SIZE_MAX) {
            out->size = end;
            cpt_buffer_add_text(out, "…");
            return;
        }
    }
}

/* With the thousands set off: the last three digits after a comma, and so on. */
const char *
cpt_text_number(uint64_t number, char text[CPT_NUMBER_TEXT])
{
    char digits[CPT_NUMBER_TEXT];
    int length = snprintf(digits, sizeof(digits), "%" PRIu64, number);
    char *end = text;

    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            *end++ = ',';
        *end++ = digits[i];
    }
    *end = '\0';
    return text;
}

const char *
cpt_text_size(uint64_t bytes, char text[CPT_NUMBER_TEXT])
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double shown = (double)bytes / 1024;
    size_t unit = 0;

    if (bytes < 1024) {
        snprintf(text, CPT_NUMBER_TEXT, "%" PRIu64 " B", bytes);
        return text;
    }
    /* Not 1024.0 of what should be 1.0 of the next. */
    for (; shown >= 1023.95 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
        shown /= 1024;
    snprintf(text, CPT_NUMBER_TEXT, "%.1f %s", shown, units[unit]);
    return text;
}

const char *
cpt_text_share(uint64_t part, uint64_t whole, char text[CPT_NUMBER_TEXT])
{
    double share = whole ? (double)part * 100 / (double)whole : 0;

    if (part && share < 0.05)
        snprintf(text, CPT_NUMBER_TEXT, "<0.1");
    else if (part < whole && share >= 99.95)
        snprintf(text, CPT_NUMBER_TEXT, ">99.9");
    else
        snprintf(text, CPT_NUMBER_TEXT, "%.1f", share);
    return text;
}

void
cpt_text_add_count(struct cpt_buffer *out, uint64_t count, const char *noun)
{
    char number[CPT_NUMBER_TEXT];

    cpt_buffer_add_text(out, cpt_text_number(count, number));
    cpt_buffer_add_char(out, ' ');
    cpt_buffer_add_text(out, noun);
    if (count != 1)
        cpt_buffer_add_char(out, 's');
}

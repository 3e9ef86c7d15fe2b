/* repr() of str, bytes and bytearray: Python's quotes and escapes. */
#include "coreanalyze/base/bytes.h"
#include "coreanalyze/decode/repr.h"
#include "coreanalyze/decode/str.h"
#include "coreanalyze/decode/unicode.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 4096
#define LARGE_PIECE (1u << 20)

/* Characters or bytes of the target, a block at a time. */
struct text {
    struct cpt_repr *repr;
    struct cpt_characters from;
    uint64_t start; /* of what is in BYTES */
    size_t count;
    uint8_t bytes[BLOCK];
};

/* Makes character INDEX be in the block. */
static cpt_status
load(struct text *text, uint64_t index)
{
    const struct cpt_characters *from = &text->from;
    uint64_t left = from->count - index;
    size_t count = left < BLOCK / from->width ? (size_t)left : BLOCK / from->width;
    cpt_status status;

    if (index >= text->start && index - text->start < text->count)
        return CPT_OK;
    text->count = 0;
    status = cpt_memory_read(text->repr->decode->memory, from->address + index * from->width, text->bytes,
                             count * from->width, &text->repr->error);
    text->start = index;
    text->count = status ? 0 : count;
    return status;
}

static bool
has_character(const uint8_t *bytes, unsigned width, size_t count, uint32_t c)
{
    if (width == 1)
        return memchr(bytes, (int)c, count) != NULL;
    for (size_t i = 0; i < count; i++) {
        if (cpt_character_get(bytes, width, i) == c)
            return true;
    }
    return false;
}

/* Double quotes where there are single ones and no double ones. True once that is settled. */
static bool
look_for_quotes(const uint8_t *bytes, unsigned width, size_t count, char *quote)
{
    if (has_character(bytes, width, count, '"')) {
        *quote = '\'';
        return true;
    }
    if (has_character(bytes, width, count, '\''))
        *quote = '"';
    return false;
}

/* Looks on from character INDEX in large pieces: each read of a live target is a system call. */
static cpt_status
look_further(struct text *text, uint64_t index, uint64_t end, char *quote)
{
    unsigned width = text->from.width;
    uint8_t *piece = malloc(LARGE_PIECE);
    bool settled = false;
    cpt_status status = CPT_OK;

    if (!piece)
        return cpt_repr_fail(text->repr, CPT_NOMEM, 0, "out of memory");
    while (!status && !settled && index < end) {
        size_t count = end - index < LARGE_PIECE / width ? (size_t)(end - index) : LARGE_PIECE / width;

        status = cpt_memory_read(text->repr->decode->memory, text->from.address + index * width, piece, count * width,
                                 &text->repr->error);
        settled = !status && look_for_quotes(piece, width, count, quote);
        index += count;
        for (size_t i = 0; i < count * width / BLOCK && !settled; i++)
            settled = !cpt_repr_step(text->repr);
    }
    free(piece);
    return status;
}

static cpt_status
choose_quote(struct text *text, char *quote)
{
    uint64_t end = text->from.count, most = CPT_MAX_QUOTE_SCAN / text->from.width;
    cpt_status status;

    *quote = '\'';
    if (!end)
        return CPT_OK;
    if (end > most)
        end = most;
    status = load(text, 0);
    if (status || look_for_quotes(text->bytes, text->from.width, text->count, quote) || text->count >= end)
        return status;
    return look_further(text, text->count, end, quote);
}

/* What str and bytes have in common; false: C is no such character. */
static bool
write_common(struct cpt_repr *repr, uint32_t c, char quote)
{
    const char text[] = {'\\', (char)c, '\0'};

    if (c == '\t')
        cpt_repr_text(repr, "\\t");
    else if (c == '\n')
        cpt_repr_text(repr, "\\n");
    else if (c == '\r')
        cpt_repr_text(repr, "\\r");
    else if (c == '\\' || c == (unsigned char)quote)
        cpt_repr_text(repr, text);
    else if (c < ' ' || c == 0x7f)
        cpt_repr_printf(repr, "\\x%02x", c);
    else if (c < 0x7f)
        cpt_repr_codepoint(repr, c);
    else
        return false;
    return true;
}

static void
write_character(struct cpt_repr *repr, uint32_t c, char quote)
{
    if (write_common(repr, c, quote))
        return;
    if (cpt_unicode_is_printable(c, repr->values->dialect.minor))
        cpt_repr_codepoint(repr, c);
    else if (c < 0x100)
        cpt_repr_printf(repr, "\\x%02x", c);
    else if (c < 0x10000)
        cpt_repr_printf(repr, "\\u%04x", c);
    else
        cpt_repr_printf(repr, "\\U%08x", c);
}

/* Character INDEX, checked. */
static cpt_status
get_character(struct text *text, uint64_t index, uint32_t *c)
{
    cpt_status status = load(text, index);

    if (status)
        return status;
    *c = cpt_character_get(text->bytes, text->from.width, (size_t)(index - text->start));
    if (*c <= (text->from.ascii ? 0x7fu : 0x10ffffu))
        return CPT_OK;
    return cpt_repr_fail(text->repr, CPT_CORRUPT, text->from.address + index * text->from.width,
                         "a str holds 0x%" PRIx32 ", which it cannot", *c);
}

static cpt_status
write_quoted(struct text *text)
{
    struct cpt_repr *repr = text->repr;
    char quote[2] = "";
    uint32_t c;
    cpt_status status = choose_quote(text, quote);

    cpt_repr_text(repr, quote);
    for (uint64_t i = 0; i < text->from.count && !status && !repr->full; i++) {
        status = get_character(text, i, &c);
        if (!status)
            write_character(repr, c, quote[0]);
    }
    cpt_repr_text(repr, quote);
    return status;
}

cpt_status
cpt_repr_characters(struct cpt_repr *repr, uint64_t address, uint64_t count, unsigned width)
{
    struct text text = {.repr = repr, .from = {.address = address, .count = count, .width = width}};

    return write_quoted(&text);
}

cpt_status
cpt_repr_str(struct cpt_repr *repr, uint64_t address)
{
    struct text text = {.repr = repr};
    cpt_status status = cpt_str_locate(repr->decode, address, &text.from, &repr->error);

    return status ? status : write_quoted(&text);
}

cpt_status
cpt_repr_str_plain(struct cpt_repr *repr, uint64_t address)
{
    struct text text = {.repr = repr};
    uint32_t c;
    cpt_status status = cpt_str_locate(repr->decode, address, &text.from, &repr->error);

    for (uint64_t i = 0; !status && i < text.from.count && !repr->full; i++) {
        status = get_character(&text, i, &c);
        if (!status)
            cpt_repr_codepoint(repr, c);
    }
    return status;
}

/* The character of UTF-8 at *TEXT, which is moved behind it. Bytes that are none count one by one. */
static uint32_t
next_utf8(const char **text, const char *end)
{
    const uint8_t *p = (const uint8_t *)*text;
    size_t more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : *p >= 0xc0 ? 1 : 0;
    uint32_t c;

    if ((size_t)(end - *text) <= more)
        more = 0;
    c = more ? *p & (0x3fu >> more) : *p;
    for (size_t i = 1; i <= more; i++)
        c = c << 6 | (p[i] & 0x3f);
    *text += more + 1;
    return c;
}

void
cpt_repr_quoted(struct cpt_repr *repr, const char *text, size_t size)
{
    bool is_double = memchr(text, '\'', size) && !memchr(text, '"', size);
    const char *quote = is_double ? "\"" : "'", *end = text + size;

    cpt_repr_text(repr, quote);
    while (text < end && !repr->full)
        write_character(repr, next_utf8(&text, end), *quote);
    cpt_repr_text(repr, quote);
}

static cpt_status
write_str(struct cpt_repr *repr, const struct cpt_object *object)
{
    return cpt_repr_str(repr, object->address);
}

/* Between quotes; ESCAPES_SINGLE: as bytearray's own repr. */
static cpt_status
write_bytes_text(struct text *text, bool escapes_single)
{
    struct cpt_repr *repr = text->repr;
    char quote[2] = "";
    cpt_status status = choose_quote(text, quote);

    cpt_repr_text(repr, "b");
    cpt_repr_text(repr, quote);
    for (uint64_t i = 0; i < text->from.count && !status && !repr->full; i++) {
        uint8_t c;

        status = load(text, i);
        if (status)
            break;
        c = text->bytes[i - text->start];
        if (!write_common(repr, c, escapes_single ? '\'' : quote[0]))
            cpt_repr_printf(repr, "\\x%02x", c);
    }
    cpt_repr_text(repr, quote);
    return status;
}

cpt_status
cpt_repr_raw_bytes(struct cpt_repr *repr, uint64_t address, uint64_t count)
{
    struct text text = {.repr = repr, .from = {.address = address, .count = count, .width = 1}};

    return write_bytes_text(&text, false);
}

static cpt_status
read_size(struct cpt_repr *repr, const struct cpt_object *object, uint64_t *size)
{
    cpt_status status = cpt_memory_read_u64(repr->decode->memory,
                                            object->address + (uint64_t)repr->decode->at->var.ob_size, size,
                                            &repr->error);

    if (!status && *size >> 56)
        return cpt_repr_fail(repr, CPT_CORRUPT, object->address, "a length of %" PRIu64 " is not plausible", *size);
    return status;
}

static cpt_status
write_bytes(struct cpt_repr *repr, const struct cpt_object *object)
{
    uint64_t size;
    cpt_status status = cpt_repr_needs(repr, repr->decode->at->bytes.ob_sval);

    if (!status)
        status = read_size(repr, object, &size);
    return status ? status
                  : cpt_repr_raw_bytes(repr, object->address + (uint64_t)repr->decode->at->bytes.ob_sval, size);
}

/* ob_start is where the bytes are, which those taken off the front are no longer; in 3.15 too, though it leads into a
   bytes object there. An empty one may have no memory. */
static cpt_status
write_bytearray(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct text text = {.repr = repr, .from = {.width = 1}};
    struct cpt_struct s;
    uint64_t allocated;
    cpt_status status = cpt_repr_needs(repr, at->bytearray.ob_start);

    if (!status)
        status = cpt_repr_struct(repr, object, cpt_struct_cover((size_t)at->bytearray.ob_start + 8,
                                                                at->bytearray.ob_alloc, 8), &s);
    if (status)
        return status;
    text.from.count = cpt_struct_u64(&s, at->var.ob_size);
    text.from.address = cpt_struct_u64(&s, at->bytearray.ob_start);
    allocated = cpt_struct_u64(&s, at->bytearray.ob_alloc);
    if (text.from.count >> 56 || (CPT_HAS(at->bytearray.ob_alloc) && text.from.count > allocated))
        return cpt_repr_fail(repr, CPT_CORRUPT, object->address,
                             "a bytearray of %" PRIu64 " bytes, for which %" PRIu64 " are allocated", text.from.count,
                             allocated);
    cpt_repr_type_name(repr, object->type);
    cpt_repr_text(repr, "(");
    status = write_bytes_text(&text, repr->values->dialect.bytearray_escapes_single);
    cpt_repr_text(repr, ")");
    return status;
}

const struct cpt_kind cpt_kinds_texts[] = {
    {"str", write_str},
    {"bytes", write_bytes},
    {"bytearray", write_bytearray},
    {NULL, NULL},
};

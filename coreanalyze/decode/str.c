#include "coreanalyze/decode/str.h"

#include "coreanalyze/base/bytes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The header and, of most names, the characters too come with one read. */
#define FIRST_READ 256
#define WORD_MAX 40 /* of the words that keys are compared with */

static cpt_status
not_a_str(uint64_t address, struct cpt_error *error)
{
    cpt_error_set(error, CPT_CORRUPT, "the object at 0x%" PRIx64 " is no valid str", address);
    if (error)
        error->address = address;
    return CPT_CORRUPT;
}

/* To 3.11 a str made by the old C API can have nothing but its wchar_t text. */
static cpt_status
locate_wide(struct cpt_decode *decode, const struct cpt_struct *s, struct cpt_characters *out,
            struct cpt_error *error)
{
    if (!CPT_HAS(decode->at->ascii.wstr) || !CPT_HAS(decode->at->compact.wstr_length))
        return not_a_str(s->address, error);
    out->address = cpt_struct_u64(s, decode->at->ascii.wstr);
    out->count = cpt_struct_u64(s, decode->at->compact.wstr_length);
    out->width = 4;
    out->ascii = false;
    return CPT_OK;
}

static cpt_status
locate(struct cpt_decode *decode, const struct cpt_struct *s, struct cpt_characters *out,
       struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;

    if (CPT_HAS(at->ascii.ready) && !cpt_struct_bits(s, at->ascii.ready))
        return locate_wide(decode, s, out, error);
    out->count = cpt_struct_u64(s, at->ascii.length);
    out->width = cpt_struct_bits(s, at->ascii.kind);
    out->ascii = cpt_struct_bits(s, at->ascii.ascii) != 0;
    if (out->width != 1 && out->width != 2 && out->width != 4)
        return not_a_str(s->address, error);
    if (out->ascii && out->width != 1)
        return not_a_str(s->address, error);
    if (!cpt_struct_bits(s, at->ascii.compact))
        out->address = cpt_struct_u64(s, at->unicode.data);
    else
        out->address = s->address + (uint64_t)(out->ascii ? at->ascii.size : at->compact.size);
    return CPT_OK;
}

static cpt_status
keep_text(struct cpt_decode *decode, const char *data, size_t size, struct cpt_text *text,
          struct cpt_error *error)
{
    if (!cpt_decode_keeps(decode, size))
        return cpt_error_set(error, CPT_LIMIT, "too many texts");
    text->size = size;
    text->data = cpt_arena_text(decode->arena, data, size);
    return text->data ? CPT_OK : cpt_error_set(error, CPT_NOMEM, "out of memory");
}

static cpt_status
convert(struct cpt_decode *decode, const uint8_t *bytes, const struct cpt_characters *from,
        size_t count, struct cpt_text *text, struct cpt_error *error)
{
    struct cpt_buffer *out = &decode->scratch;
    uint8_t high = 0;

    for (size_t i = 0; from->ascii && i < count; i++)
        high |= bytes[i];
    if (high & 0x80)
        return cpt_error_set(error, CPT_CORRUPT, "an ASCII str holds other characters");
    if (from->ascii && count == from->count)
        return keep_text(decode, (const char *)bytes, count, text, error);
    cpt_buffer_clear(out);
    for (size_t i = 0; i < count; i++) {
        uint32_t c = cpt_character_get(bytes, from->width, i);

        if (c > 0x10ffff)
            return cpt_error_set(error, CPT_CORRUPT, "a str holds 0x%" PRIx32 ", no character", c);
        cpt_buffer_add_codepoint(out, c);
    }
    if (count < from->count)
        cpt_buffer_add_codepoint(out, 0x2026);
    if (out->failed)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    return keep_text(decode, out->data, out->size, text, error);
}

/* Reads the header of the str at ADDRESS, and as much of what follows as is within SIZE bytes; finds its characters. */
static cpt_status
open_str(struct cpt_decode *decode, uint64_t address, size_t size, struct cpt_struct *s,
         struct cpt_characters *out, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    uint64_t flags;
    cpt_status status;

    if (!cpt_pointer_is_plausible(address))
        return not_a_str(address, error);
    /* A short str at the end of memory is followed by nothing. */
    status = cpt_struct_read_some(decode, s, address, size, (size_t)at->ascii.size, error);
    if (status)
        return status;
    status = cpt_type_flags(decode, cpt_struct_u64(s, at->object.ob_type), &flags, error);
    if (status)
        return status;
    if (!(flags & CPT_TYPE_UNICODE))
        return not_a_str(address, error);
    return locate(decode, s, out, error);
}

cpt_status
cpt_str_locate(struct cpt_decode *decode, uint64_t address, struct cpt_characters *out, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    struct cpt_struct s;
    size_t size = cpt_struct_cover((size_t)at->compact.size, at->unicode.data, 8);
    cpt_status status = open_str(decode, address, size, &s, out, error);

    if (!status && out->count > UINT64_MAX / 8)
        return not_a_str(address, error);
    return status;
}

cpt_status
cpt_str_read(struct cpt_decode *decode, uint64_t address, size_t max_characters,
             struct cpt_text *text, struct cpt_error *error)
{
    struct cpt_characters from;
    struct cpt_struct s;
    const uint8_t *bytes;
    uint8_t *copy;
    size_t count, size;
    cpt_status status = open_str(decode, address, FIRST_READ, &s, &from, error);

    if (status)
        return status;
    if (from.count > UINT64_MAX / 8)
        return not_a_str(address, error);
    count = from.count < max_characters ? (size_t)from.count : max_characters;
    size = count * from.width;
    if (from.address >= address && from.address - address <= s.size &&
        size <= s.size - (from.address - address))
        return convert(decode, s.bytes + (from.address - address), &from, count, text, error);
    bytes = cpt_memory_view(decode->memory, from.address, size);
    if (bytes)
        return convert(decode, bytes, &from, count, text, error);
    copy = malloc(size);
    if (!copy)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    status = cpt_memory_read(decode->memory, from.address, copy, size, error);
    if (!status)
        status = convert(decode, copy, &from, count, text, error);
    free(copy);
    return status;
}

bool
cpt_str_equals(struct cpt_decode *decode, uint64_t address, const char *word)
{
    struct cpt_characters from;
    struct cpt_struct s;
    size_t length = strlen(word);
    struct cpt_error ignored;

    /* All words we look for are short and ASCII, so a match lies right behind its header. */
    if (open_str(decode, address, (size_t)decode->at->compact.size + WORD_MAX, &s, &from, &ignored) ||
        length > WORD_MAX)
        return false;
    if (!from.ascii || from.count != length || from.address < address ||
        from.address - address > s.size || length > s.size - (from.address - address))
        return false;
    return memcmp(s.bytes + (from.address - address), word, length) == 0;
}

cpt_status
cpt_bytes_read(struct cpt_decode *decode, uint64_t address, size_t max_size, const uint8_t **bytes,
               size_t *size, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    uint64_t flags, length;
    uint8_t *copy;
    cpt_status status = cpt_object_flags(decode, address, &flags, error);

    if (status)
        return status;
    if (!(flags & CPT_TYPE_BYTES))
        return cpt_error_set(error, CPT_CORRUPT, "the object at 0x%" PRIx64 " is no bytes", address);
    status = cpt_memory_read_u64(decode->memory, address + (uint64_t)at->var.ob_size, &length,
                                 error);
    if (status)
        return status;
    if (length > max_size)
        return cpt_error_set(error, CPT_LIMIT, "a bytes object of %" PRIu64 " bytes is too long",
                             length);
    copy = malloc((size_t)length + 1);
    if (!copy)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    status = cpt_memory_read(decode->memory, address + (uint64_t)at->bytes.ob_sval, copy,
                             (size_t)length, error);
    if (!status && !cpt_decode_keeps(decode, (size_t)length))
        status = cpt_error_set(error, CPT_LIMIT, "too many texts");
    if (!status) {
        /* Copied once more, so that a length that lies costs nothing that stays. */
        *bytes = (const uint8_t *)cpt_arena_text(decode->arena, (const char *)copy, (size_t)length);
        *size = (size_t)length;
        status = *bytes ? CPT_OK : cpt_error_set(error, CPT_NOMEM, "out of memory");
    }
    free(copy);
    return status;
}

/* CPython's digits are of 30 bits in every build since 3.11, and in all 64-bit ones before. */
#define DIGIT_BITS 30

static cpt_status
add_digits(const struct cpt_struct *s, int32_t digits_at, uint64_t count, uint64_t *value,
           struct cpt_error *error)
{
    *value = 0;
    for (uint64_t i = count; i-- > 0;) {
        uint32_t digit = cpt_struct_u32(s, digits_at + (int32_t)(4 * i));

        if (*value >> (64 - DIGIT_BITS))
            return cpt_error_set(error, CPT_LIMIT, "the int does not fit into 64 bits");
        *value = *value << DIGIT_BITS | digit;
    }
    return CPT_OK;
}

cpt_status
cpt_int_read_u64(struct cpt_decode *decode, uint64_t address, uint64_t *value,
                 struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    bool tagged = CPT_HAS(at->integer.lv_tag), negative;
    struct cpt_struct s;
    uint64_t flags, count;
    cpt_status status = cpt_object_flags(decode, address, &flags, error);

    if (status)
        return status;
    if (!(flags & CPT_TYPE_LONG))
        return cpt_error_set(error, CPT_CORRUPT, "the object at 0x%" PRIx64 " is no int", address);
    status = cpt_struct_read_some(decode, &s, address, (size_t)at->integer.ob_digit + 12,
                                  (size_t)at->integer.ob_digit, error);
    if (status)
        return status;
    count = cpt_struct_u64(&s, tagged ? at->integer.lv_tag : at->var.ob_size);
    negative = tagged ? (count & 3) == 2 : count >> 63;
    if (tagged)
        count >>= 3;
    if (negative || count > 3)
        return cpt_error_set(error, CPT_LIMIT, "the int does not fit into 64 bits without a sign");
    if ((size_t)at->integer.ob_digit + 4 * count > s.size)
        return cpt_error_fault(error, address + s.size);
    return add_digits(&s, at->integer.ob_digit, count, value, error);
}

/* str, bytes and int objects. */
#ifndef CPT_DECODE_STR_H
#define CPT_DECODE_STR_H

#include "coreanalyze/decode/decode.h"

/* The str at ADDRESS as UTF-8 in the arena, of every kind (Latin-1, UCS-2, UCS-4; compact, not compact, and the
   legacy wchar_t ones to 3.11). Lone surrogates become \udcXX. Of a text longer than MAX_CHARACTERS the beginning,
   followed by "…". Errors: CPT_CORRUPT (no str, or one that contradicts itself), CPT_FAULT. */
CPT_MUST_USE cpt_status cpt_str_read(struct cpt_decode *decode, uint64_t address,
                                     size_t max_characters, struct cpt_text *text,
                                     struct cpt_error *error);

/* Where a str keeps its characters. */
struct cpt_characters {
    uint64_t address;
    uint64_t count; /* not checked: they may not be there */
    unsigned width; /* bytes of one: 1, 2, 4 */
    bool ascii;     /* none is above 0x7f, unless the str is damaged */
};

/* Character INDEX of those at BYTES, WIDTH bytes each. */
static inline uint32_t
cpt_character_get(const uint8_t *bytes, unsigned width, size_t index)
{
    if (width == 1)
        return bytes[index];
    return width == 2 ? cpt_load_u16(bytes + 2 * index) : cpt_load_u32(bytes + 4 * index);
}

/* Finds the characters of the str at ADDRESS, of any kind and of any subclass, without reading them. CPT_CORRUPT: no
   str, or one that contradicts itself; CPT_FAULT. */
CPT_MUST_USE cpt_status cpt_str_locate(struct cpt_decode *decode, uint64_t address, struct cpt_characters *out,
                                       struct cpt_error *error);

/* Whether the str at ADDRESS is exactly the ASCII text WORD; false too where it cannot be read. */
bool cpt_str_equals(struct cpt_decode *decode, uint64_t address, const char *word);

/* The bytes object at ADDRESS, copied into the arena; at most MAX_SIZE bytes, else CPT_LIMIT. */
CPT_MUST_USE cpt_status cpt_bytes_read(struct cpt_decode *decode, uint64_t address,
                                       size_t max_size, const uint8_t **bytes, size_t *size,
                                       struct cpt_error *error);

/* The int at ADDRESS, where it fits into 64 bits without a sign; CPT_LIMIT where it does not. */
CPT_MUST_USE cpt_status cpt_int_read_u64(struct cpt_decode *decode, uint64_t address,
                                         uint64_t *value, struct cpt_error *error);

#endif

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

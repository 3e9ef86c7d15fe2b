/* What every decoder works with: the bytes, where the fields are, and where results and holes go. */
#ifndef CPT_DECODE_DECODE_H
#define CPT_DECODE_DECODE_H

#include "coreanalyze/base/buffer.h"
#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/hash.h"
#include "coreanalyze/base/text.h"
#include "coreanalyze/memory/memory.h"
#include "symbols/layout.h"

struct cpt_decode {
    struct cpt_memory *memory;
    const struct cpt_layout_fields *at; /* the layout's offsets: decode->at->tstate.interp */
    struct cpt_arena *arena;            /* results live here */
    struct cpt_holes *holes;            /* and what could not be decoded here */
    struct cpt_hash codes;              /* code object's address -> struct cpt_code in ARENA */
    struct cpt_hash types;              /* type's address -> its tp_flags, kept in ARENA */
    struct cpt_buffer scratch;
    uint64_t linetable_bytes;           /* taken by line tables so far */
    uint64_t line_steps;                /* bytes of them gone through so far */
    uint64_t gap_steps;                 /* frames compared with data stack chunks so far */
    uint64_t dict_steps;                /* entries of dicts visited so far */
    uint64_t member_steps;              /* PyMemberDefs visited so far */
    uint64_t kept_bytes;                /* of texts and the like that were copied into ARENA so far */
};

/* Ready to decode; nothing is read. */
void cpt_decode_init(struct cpt_decode *decode, struct cpt_memory *memory,
                     const struct cpt_layout_fields *at, struct cpt_arena *arena,
                     struct cpt_holes *holes);
void cpt_decode_free(struct cpt_decode *decode);

/* Whether SIZE more bytes of the target may be copied into the arena; the first time that they may not becomes a hole. */
bool cpt_decode_keeps(struct cpt_decode *decode, size_t size);

/* A part of a structure, copied: the bytes [0, size) of it. */
#define CPT_STRUCT_MAX 512

struct cpt_struct {
    uint64_t address;
    size_t size;
    uint8_t bytes[CPT_STRUCT_MAX];
};

/* Reads the first SIZE bytes of the structure at ADDRESS, at most CPT_STRUCT_MAX (a larger SIZE is CPT_CORRUPT: a
   layout that damaged debug offsets made up). */
CPT_MUST_USE cpt_status cpt_struct_read(struct cpt_decode *decode, struct cpt_struct *s,
                                        uint64_t address, size_t size, struct cpt_error *error);

/* Reads of the SIZE bytes as many as there are, and counts the rest as zeros; s->size is what was read. CPT_CORRUPT as
   above; CPT_FAULT where fewer than LEAST can be read. */
CPT_MUST_USE cpt_status cpt_struct_read_some(struct cpt_decode *decode, struct cpt_struct *s,
                                             uint64_t address, size_t size, size_t least,
                                             struct cpt_error *error);

/* Fields of a structure that was read; 0 where FIELD is absent or was not read. */
uint64_t cpt_struct_u64(const struct cpt_struct *s, int32_t field);
uint32_t cpt_struct_u32(const struct cpt_struct *s, int32_t field);
uint8_t cpt_struct_u8(const struct cpt_struct *s, int32_t field);
/* The SIZE bytes of FIELD; NULL where FIELD is absent or was not read. */
const uint8_t *cpt_struct_bytes(const struct cpt_struct *s, int32_t field, size_t size);
unsigned cpt_struct_bits(const struct cpt_struct *s, int32_t field);

/* The smallest SIZE that covers FIELD (WIDTH bytes wide) as well; SIZE where FIELD is absent. */
size_t cpt_struct_cover(size_t size, int32_t field, size_t width);

/* The tp_flags of the type of the object at ADDRESS (bits in Include/object.h). */
CPT_MUST_USE cpt_status cpt_object_flags(struct cpt_decode *decode, uint64_t address,
                                         uint64_t *flags, struct cpt_error *error);

/* The same of the type at TYPE; remembered. */
CPT_MUST_USE cpt_status cpt_type_flags(struct cpt_decode *decode, uint64_t type, uint64_t *flags,
                                       struct cpt_error *error);

#define CPT_TYPE_INLINE_VALUES (UINT64_C(1) << 2) /* 3.13+ */
#define CPT_TYPE_MANAGED_WEAKREF (UINT64_C(1) << 3) /* 3.12+ */
#define CPT_TYPE_MANAGED_DICT (UINT64_C(1) << 4)  /* 3.11+ */
#define CPT_TYPE_LONG (UINT64_C(1) << 24)
#define CPT_TYPE_BYTES (UINT64_C(1) << 27)
#define CPT_TYPE_UNICODE (UINT64_C(1) << 28)
#define CPT_TYPE_DICT (UINT64_C(1) << 29)

#endif

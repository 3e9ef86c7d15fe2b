#include "coreanalyze/decode/decode.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/limits.h"

#include <inttypes.h>
#include <string.h>

void
cpt_decode_init(struct cpt_decode *decode, struct cpt_memory *memory,
                const struct cpt_layout_fields *at, struct cpt_arena *arena,
                struct cpt_holes *holes)
{
    memset(decode, 0, sizeof(*decode));
    decode->memory = memory;
    decode->at = at;
    decode->arena = arena;
    decode->holes = holes;
}

void
cpt_decode_free(struct cpt_decode *decode)
{
    cpt_hash_free(&decode->codes);
    cpt_hash_free(&decode->types);
    cpt_buffer_free(&decode->scratch);
}

bool
cpt_decode_keeps(struct cpt_decode *decode, size_t size)
{
    bool kept = decode->kept_bytes <= CPT_MAX_KEPT;

    decode->kept_bytes += kept ? size : 0;
    if (decode->kept_bytes <= CPT_MAX_KEPT)
        return true;
    if (kept)
        cpt_holes_add(decode->holes, cpt_status_code(CPT_LIMIT), 0,
                      "more than %llu bytes of names and texts: further ones are left out", CPT_MAX_KEPT);
    return false;
}

cpt_status
cpt_struct_read(struct cpt_decode *decode, struct cpt_struct *s, uint64_t address, size_t size,
                struct cpt_error *error)
{
    s->address = address;
    s->size = size;
    if (size > sizeof(s->bytes))
        return cpt_error_set(error, CPT_CORRUPT, "a structure of %zu bytes is not plausible", size);
    return cpt_memory_read(decode->memory, address, s->bytes, size, error);
}

cpt_status
cpt_struct_read_some(struct cpt_decode *decode, struct cpt_struct *s, uint64_t address, size_t size,
                     size_t least, struct cpt_error *error)
{
    s->address = address;
    s->size = 0;
    if (size > sizeof(s->bytes) || least > size)
        return cpt_error_set(error, CPT_CORRUPT, "a structure of %zu bytes is not plausible", size);
    s->size = cpt_memory_read_some(decode->memory, address, s->bytes, size);
    memset(s->bytes + s->size, 0, size - s->size);
    return s->size < least ? cpt_error_fault(error, address + s->size) : CPT_OK;
}

/* Whether WIDTH bytes at FIELD were read. */
static bool
covers(const struct cpt_struct *s, int32_t field, size_t width)
{
    return CPT_HAS(field) && (size_t)field + width <= s->size;
}

uint64_t
cpt_struct_u64(const struct cpt_struct *s, int32_t field)
{
    return covers(s, field, 8) ? cpt_load_u64(s->bytes + field) : 0;
}

uint32_t
cpt_struct_u32(const struct cpt_struct *s, int32_t field)
{
    return covers(s, field, 4) ? cpt_load_u32(s->bytes + field) : 0;
}

uint8_t
cpt_struct_u8(const struct cpt_struct *s, int32_t field)
{
    return covers(s, field, 1) ? s->bytes[field] : 0;
}

const uint8_t *
cpt_struct_bytes(const struct cpt_struct *s, int32_t field, size_t size)
{
    return covers(s, field, size) ? s->bytes + field : NULL;
}

unsigned
cpt_struct_bits(const struct cpt_struct *s, int32_t field)
{
    return covers(s, CPT_HAS(field) ? CPT_BITFIELD_FIRST(field) / 8 : field, 2)
               ? cpt_bitfield_get(s->bytes, field)
               : 0;
}

size_t
cpt_struct_cover(size_t size, int32_t field, size_t width)
{
    if (!CPT_HAS(field) || (size_t)field + width <= size)
        return size;
    return (size_t)field + width;
}

/* A type's flags are kept with bit 63 set, which CPython does not use, so that 0 flags are no NULL. */
#define FLAGS_KNOWN (UINT64_C(1) << 63)

cpt_status
cpt_type_flags(struct cpt_decode *decode, uint64_t type, uint64_t *flags, struct cpt_error *error)
{
    uint64_t known = (uint64_t)(uintptr_t)cpt_hash_get(&decode->types, type);
    cpt_status status;

    if (known) {
        *flags = known & ~FLAGS_KNOWN;
        return CPT_OK;
    }
    if (!cpt_pointer_is_plausible(type)) {
        cpt_error_set(error, CPT_CORRUPT, "0x%" PRIx64 " cannot be a type", type);
        return CPT_CORRUPT;
    }
    status = cpt_memory_read_u64(decode->memory, type + (uint64_t)decode->at->type.tp_flags, flags,
                                 error);
    if (status)
        return status;
    *flags &= ~FLAGS_KNOWN;
    if (!cpt_hash_set(&decode->types, type, (void *)(uintptr_t)(*flags | FLAGS_KNOWN)))
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    return CPT_OK;
}

cpt_status
cpt_object_flags(struct cpt_decode *decode, uint64_t address, uint64_t *flags,
                 struct cpt_error *error)
{
    uint64_t type;
    cpt_status status;

    if (!cpt_pointer_is_plausible(address)) {
        cpt_error_set(error, CPT_CORRUPT, "0x%" PRIx64 " cannot be an object", address);
        return CPT_CORRUPT;
    }
    status = cpt_memory_read_u64(decode->memory, address + (uint64_t)decode->at->object.ob_type,
                                 &type, error);
    return status ? status : cpt_type_flags(decode, type, flags, error);
}

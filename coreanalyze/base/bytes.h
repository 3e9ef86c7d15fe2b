/* Little-endian loads from unaligned bytes, alignment and overflow helpers. */
#ifndef CPT_BASE_BYTES_H
#define CPT_BASE_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* All supported targets are little-endian and so is the host: a load is a copy. */
static inline uint16_t
cpt_load_u16(const void *p)
{
    uint16_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}

static inline uint32_t
cpt_load_u32(const void *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}

static inline uint64_t
cpt_load_u64(const void *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}

/* ADDRESS + OFFSET into *SUM; false when it wraps around. */
static inline bool
cpt_add_u64(uint64_t address, uint64_t offset, uint64_t *sum)
{
    return !__builtin_add_overflow(address, offset, sum);
}

static inline uint64_t
cpt_align_down(uint64_t value, uint64_t alignment)
{
    return value & ~(alignment - 1);
}

/* A pointer that can be one to an object: not NULL, in user space, aligned as CPython aligns. */
static inline bool
cpt_pointer_is_plausible(uint64_t pointer)
{
    return pointer >= 4096 && pointer < (UINT64_C(1) << 56) && pointer % 8 == 0;
}

#endif

#include "coreanalyze/decode/header.h"

#include <inttypes.h>

/* More references than memory has room for; a pointer that is read as a count is larger. */
#define MAX_REFERENCES (UINT64_C(1) << 40)

/* Counts to here are believed; a larger one might be an address of a program that is linked to a low one. */
#define SMALL_COUNT 0x10000

#define MAX_ITEMS 8 /* of a tuple, that are looked at to tell whether it is one */

/* PyObject_IS_GC: type objects tell by themselves, since static ones have no head (type_is_gc in Objects/typeobject.c). */
static bool
is_collected(struct cpt_decode *decode, const struct cpt_object *object)
{
    struct cpt_error ignored;
    uint64_t flags;

    if (!(object->type->flags & CPT_TYPE_GC))
        return false;
    if (!(object->type->flags & CPT_TYPE_TYPE))
        return true;
    return !cpt_type_flags(decode, object->address, &flags, &ignored) && (flags & CPT_TYPE_HEAP);
}

/* gc_refs of 3.7 is shifted by one bit and -2 (_PyGC_REFS_UNTRACKED) outside of all lists; gc_next is not even
   initialised there. From 3.8 _gc_next is NULL. Its low bits are flags in some patch releases of 3.14. */
static int
tracked_state(struct cpt_decode *decode, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = decode->at;
    bool counts = CPT_HAS(at->gchead.gc_refs);
    struct cpt_error ignored;
    uint64_t word;

    if (!CPT_HAS(at->gchead.size) || !CPT_HAS(at->gchead.gc_next) ||
        cpt_memory_read_u64(decode->memory,
                            object->address - (uint64_t)at->gchead.size +
                                (uint64_t)(counts ? at->gchead.gc_refs : at->gchead.gc_next),
                            &word, &ignored))
        return -1;
    if (counts)
        return (int64_t)word >> 1 != -2;
    word &= ~UINT64_C(3);
    if (!word)
        return 0;
    /* The head of a list lies at an odd multiple of 4 in some patch releases of 3.13. */
    return cpt_pointer_is_plausible(word & ~UINT64_C(7)) ? 1 : -1;
}

/* _gc_prev follows _gc_next in every version; its low bits are flags. */
static bool
is_linked(struct cpt_decode *decode, const struct cpt_object *object)
{
    uint64_t head = object->address - (uint64_t)decode->at->gchead.size, next, back;
    uint64_t at_next = (uint64_t)decode->at->gchead.gc_next;
    struct cpt_error ignored;

    return !cpt_memory_read_u64(decode->memory, head + at_next, &next, &ignored) &&
           !cpt_memory_read_u64(decode->memory, (next & ~UINT64_C(3)) + at_next + 8, &back, &ignored) &&
           (back & ~UINT64_C(3)) == head;
}

static void
read_references(const struct cpt_values *values, uint64_t word, struct cpt_header *header)
{
    /* From 3.14 flags share the word with a count of 32 bits. */
    header->references = CPT_HAS(values->decode->at->object.ob_flags) ? (uint32_t)word : word;
    header->immortal = values->dialect.immortals && (int32_t)(uint32_t)word < 0;
}

static cpt_status
read_word(struct cpt_decode *decode, uint64_t address, uint64_t *word, struct cpt_error *error)
{
    return cpt_memory_read_u64(decode->memory, address + (uint64_t)decode->at->object.ob_refcnt, word, error);
}

cpt_status
cpt_header_read(struct cpt_values *values, const struct cpt_object *object, struct cpt_header *header,
                struct cpt_error *error)
{
    uint64_t word;
    cpt_status status = read_word(values->decode, object->address, &word, error);

    if (status)
        return status;
    read_references(values, word, header);
    header->collected = is_collected(values->decode, object);
    header->tracked = header->collected ? tracked_state(values->decode, object) : 0;
    header->linked = header->tracked > 0 && is_linked(values->decode, object);
    return CPT_OK;
}

static bool
is_object(struct cpt_types *types, uint64_t address)
{
    struct cpt_object object;
    struct cpt_error ignored;

    return !cpt_object_open(types, address, &object, &ignored);
}

/* The words of tables can look like an object: two pointers one after the other (a count that is the address of an
   object), or an entry of a dict or set, a type after its hash, which is its address turned right by four bits. */
static bool
is_table_entry(struct cpt_types *types, uint64_t count)
{
    const struct cpt_type *hashed;

    if (count < SMALL_COUNT)
        return false;
    if (is_object(types, count))
        return true;
    hashed = cpt_pointer_is_plausible(count << 4) ? cpt_type_get(types, count << 4) : NULL;
    return hashed && !hashed->broken;
}

/* The upper half of the word of an immortal object, and of a count of 32 bits, is not used but for flags (3.14+: 16 bits
   of overflow, which stay 0, and 16 of flags); in a freed block a pointer to the next one fills it. */
static bool
is_plausible_count(const struct cpt_values *values, uint64_t word, uint64_t count)
{
    if (CPT_HAS(values->decode->at->object.ob_flags))
        return (word >> 32 & 0xffff) == 0 && word >> 48 <= 0xff;
    if (values->dialect.immortals)
        return word >> 33 == 0;
    return count < MAX_REFERENCES;
}

/* Whether what follows the count at ADDRESS and a first item are the other items of a tuple. */
static bool
are_items(struct cpt_values *values, uint64_t address, uint64_t count)
{
    struct cpt_error ignored;
    uint64_t item;

    for (uint64_t i = 1; i < count && i < MAX_ITEMS; i++) {
        if (cpt_memory_read_u64(values->decode->memory, address + 8 + 8 * i, &item, &ignored) ||
            !is_object(&values->types, item))
            return false;
    }
    return true;
}

/* The count of a tuple and its first item, a type, look like an object too (to 3.13; then the hash comes between). */
static bool
is_in_tuple(struct cpt_values *values, const struct cpt_object *object, uint64_t count)
{
    const struct cpt_layout_fields *at = values->decode->at;
    struct cpt_object tuple;
    struct cpt_header header;
    struct cpt_error ignored;
    uint64_t back = (uint64_t)at->var.ob_size;

    return at->tuple.ob_item == at->var.ob_size + at->object.ob_type && count <= MAX_REFERENCES &&
           !cpt_object_open(&values->types, object->address - back, &tuple, &ignored) &&
           (tuple.type->flags & CPT_TYPE_TUPLE) && !cpt_header_read(values, &tuple, &header, &ignored) &&
           header.references && header.references < MAX_REFERENCES && header.tracked >= 0 &&
           (count > 1 ? are_items(values, object->address, count) : header.linked);
}

static cpt_status
no_object(struct cpt_error *error, uint64_t address, const char *why)
{
    cpt_error_set(error, CPT_CORRUPT, "there is no object at 0x%" PRIx64 "%s", address, why);
    if (error)
        error->address = address;
    return CPT_CORRUPT;
}

cpt_status
cpt_object_verify(struct cpt_values *values, uint64_t address, struct cpt_object *object, struct cpt_header *header,
                  struct cpt_error *error)
{
    uint64_t word;
    cpt_status status = cpt_pointer_is_plausible(address) ? read_word(values->decode, address, &word, error)
                                                          : no_object(error, address, "");

    if (!status)
        status = cpt_object_open(&values->types, address, object, error);
    if (status == CPT_CORRUPT)
        return no_object(error, address, "");
    if (status)
        return status;
    if (!cpt_type_is_sound(&values->types, object->type))
        return no_object(error, address, "");
    status = cpt_header_read(values, object, header, error);
    if (status)
        return status;
    if (!header->references)
        return no_object(error, address, " any more: its reference count is 0");
    if (!is_plausible_count(values, word, header->references) ||
        (!header->immortal && is_table_entry(&values->types, header->references)) ||
        is_in_tuple(values, object, header->references))
        return no_object(error, address, "");
    return CPT_OK;
}

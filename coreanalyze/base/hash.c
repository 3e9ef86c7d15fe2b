#include "coreanalyze/base/hash.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 64

/* Addresses differ in their middle bits: a Fibonacci multiply spreads those over the top ones. */
static size_t
slot_of(const struct cpt_hash *hash, uint64_t key)
{
    size_t i = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (hash->capacity - 1);

    while (hash->slots[i].value && hash->slots[i].key != key)
        i = (i + 1) & (hash->capacity - 1);
    return i;
}

void *
cpt_hash_get(const struct cpt_hash *hash, uint64_t key)
{
    return hash->capacity ? hash->slots[slot_of(hash, key)].value : NULL;
}

static bool
grow(struct cpt_hash *hash)
{
    struct cpt_hash larger = {.capacity = hash->capacity ? hash->capacity * 2 : FIRST_CAPACITY};

    larger.slots = calloc(larger.capacity, sizeof(*larger.slots));
    if (!larger.slots)
        return false;
    for (size_t i = 0; i < hash->capacity; i++) {
        if (hash->slots[i].value)
            larger.slots[slot_of(&larger, hash->slots[i].key)] = hash->slots[i];
    }
    larger.count = hash->count;
    free(hash->slots);
    *hash = larger;
    return true;
}

bool
cpt_hash_set(struct cpt_hash *hash, uint64_t key, void *value)
{
    size_t i;

    if (hash->count * 4 >= hash->capacity * 3 && !grow(hash))
        return false;
    i = slot_of(hash, key);
    hash->count += hash->slots[i].value == NULL;
    hash->slots[i] = (struct cpt_hash_slot){.key = key, .value = value};
    return true;
}

void
cpt_hash_free(struct cpt_hash *hash)
{
    free(hash->slots);
    memset(hash, 0, sizeof(*hash));
}

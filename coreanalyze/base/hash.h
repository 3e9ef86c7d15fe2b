/* A map from target addresses to pointers: open addressing, no deletion. */
#ifndef CPT_BASE_HASH_H
#define CPT_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpt_hash_slot {
    uint64_t key;
    void *value; /* NULL marks a free slot */
};

struct cpt_hash {
    struct cpt_hash_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

/* The value of KEY, or NULL. */
void *cpt_hash_get(const struct cpt_hash *hash, uint64_t key);

/* Sets KEY to VALUE (not NULL). False when memory is out. */
bool cpt_hash_set(struct cpt_hash *hash, uint64_t key, void *value);

/* Frees the table; the values are the caller's. */
void cpt_hash_free(struct cpt_hash *hash);

#endif

/* A bounded cache of pages (of a held process, of a core), so that many small reads cost few system
   calls. */
#ifndef CPT_MEMORY_CACHE_H
#define CPT_MEMORY_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPT_CACHE_PAGE 4096
#define CPT_CACHE_PAGES 1024 /* 4 MiB; only pages in use take memory */

struct cpt_cache_slot;

struct cpt_cache {
    struct cpt_cache_slot *slots;
    uint8_t *pages;
    uint32_t generation; /* slots of an older one are free */
    uint32_t used;       /* slots of this generation */
    uint32_t filled;     /* pages of this generation */
    uint64_t last_page;  /* the page found last, and its bytes; NULL: none */
    const uint8_t *last_bytes;
};

/* Reads SIZE bytes at ADDRESS of what is behind the cache; returns how many were readable. */
typedef size_t (*cpt_cache_fill)(void *arg, uint64_t address, void *buffer, size_t size);

/* Takes the address space (and the memory of the first few pages, so that filling them is fast).
   False when memory is out. An all-zero struct is an unused cache. */
bool cpt_cache_init(struct cpt_cache *cache);

/* Forgets all content. */
void cpt_cache_clear(struct cpt_cache *cache);
void cpt_cache_free(struct cpt_cache *cache);

/* Copies from ADDRESS up to SIZE bytes; pages that are not there are got with FILL, and those
   that FILL cannot read are remembered too. Returns how many bytes there are before the first
   unreadable one. When the cache is full it starts again empty. */
size_t cpt_cache_read(struct cpt_cache *cache, uint64_t address, void *buffer, size_t size,
                      cpt_cache_fill fill, void *arg);

/* The numbers of the pages in the cache that could be read, at most MOST of them, into PAGES; returns
   how many. */
size_t cpt_cache_list(const struct cpt_cache *cache, uint64_t *pages, size_t most);

/* Reads the COUNT pages with these numbers, one behind the other, into BUFFER; returns how many of
   them, from the first on, could be read. */
typedef size_t (*cpt_cache_fill_many)(void *arg, const uint64_t *pages, size_t count, void *buffer);

/* Gets COUNT pages into the cache by as few calls as possible; those that cannot be read stay out. */
void cpt_cache_load(struct cpt_cache *cache, const uint64_t *pages, size_t count,
                    cpt_cache_fill_many fill, void *arg);

#endif

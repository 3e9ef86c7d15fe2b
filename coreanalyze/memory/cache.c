#include "coreanalyze/memory/cache.h"

#include <string.h>
#include <sys/mman.h>

#define SLOTS 4096u      /* a power of two */
#define MOST_SLOTS 2048u /* in use: probes stay short */
#define UNREADABLE UINT32_MAX
#define SLOTS_SIZE (SLOTS * sizeof(struct cpt_cache_slot))
#define PAGES_SIZE ((size_t)CPT_CACHE_PAGES * CPT_CACHE_PAGE)
#define READY_SIZE (256 * (size_t)CPT_CACHE_PAGE)

struct cpt_cache_slot {
    uint64_t page;
    uint32_t generation;
    uint32_t index; /* into the pages, or UNREADABLE */
};

/* Memory of an anonymous mapping is zero and comes into being as it is touched. */
static void *
map_memory(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

bool
cpt_cache_init(struct cpt_cache *cache)
{
    if (cache->slots)
        return true;
    cache->slots = map_memory(SLOTS_SIZE);
    cache->pages = map_memory(PAGES_SIZE);
    if (!cache->slots || !cache->pages) {
        cpt_cache_free(cache);
        return false;
    }
    cache->generation = 1;
#ifdef MADV_POPULATE_WRITE
    /* Taken now, before any thread is held, rather than by page faults while they wait. Best
       effort. */
    (void)madvise(cache->slots, SLOTS_SIZE, MADV_POPULATE_WRITE);
    (void)madvise(cache->pages, READY_SIZE, MADV_POPULATE_WRITE);
#endif
    return true;
}

void
cpt_cache_clear(struct cpt_cache *cache)
{
    if (!cache->slots)
        return;
    cache->used = cache->filled = 0;
    cache->last_bytes = NULL;
    if (++cache->generation == 0) {
        memset(cache->slots, 0, SLOTS_SIZE);
        cache->generation = 1;
    }
}

void
cpt_cache_free(struct cpt_cache *cache)
{
    if (cache->slots)
        munmap(cache->slots, SLOTS_SIZE);
    if (cache->pages)
        munmap(cache->pages, PAGES_SIZE);
    memset(cache, 0, sizeof(*cache));
}

/* The slot of PAGE, or the free one where it belongs. */
static struct cpt_cache_slot *
find_slot(const struct cpt_cache *cache, uint64_t page)
{
    size_t i = (size_t)((page * UINT64_C(0x9e3779b97f4a7c15)) >> 40) & (SLOTS - 1);

    while (cache->slots[i].generation == cache->generation && cache->slots[i].page != page)
        i = (i + 1) & (SLOTS - 1);
    return &cache->slots[i];
}

static struct cpt_cache_slot *
add_page(struct cpt_cache *cache, uint64_t page, cpt_cache_fill fill, void *arg)
{
    struct cpt_cache_slot *slot;
    uint8_t *bytes;

    if (cache->used == MOST_SLOTS || cache->filled == CPT_CACHE_PAGES)
        cpt_cache_clear(cache);
    bytes = cache->pages + (size_t)cache->filled * CPT_CACHE_PAGE;
    slot = find_slot(cache, page);
    slot->page = page;
    slot->generation = cache->generation;
    slot->index = UNREADABLE;
    if (fill(arg, page * CPT_CACHE_PAGE, bytes, CPT_CACHE_PAGE) == CPT_CACHE_PAGE)
        slot->index = cache->filled++;
    cache->used++;
    return slot;
}

/* The bytes of PAGE, or NULL where it cannot be read. */
static const uint8_t *
get_page(struct cpt_cache *cache, uint64_t page, cpt_cache_fill fill, void *arg)
{
    struct cpt_cache_slot *slot;

    if (cache->last_bytes && cache->last_page == page)
        return cache->last_bytes;
    slot = find_slot(cache, page);
    if (slot->generation != cache->generation)
        slot = add_page(cache, page, fill, arg);
    if (slot->index == UNREADABLE)
        return NULL;
    cache->last_page = page;
    cache->last_bytes = cache->pages + (size_t)slot->index * CPT_CACHE_PAGE;
    return cache->last_bytes;
}

size_t
cpt_cache_read(struct cpt_cache *cache, uint64_t address, void *buffer, size_t size,
               cpt_cache_fill fill, void *arg)
{
    size_t done = 0;

    while (done < size) {
        size_t within = (size_t)((address + done) % CPT_CACHE_PAGE);
        size_t chunk = CPT_CACHE_PAGE - within;
        const uint8_t *page = get_page(cache, (address + done) / CPT_CACHE_PAGE, fill, arg);

        if (!page)
            break;
        if (chunk > size - done)
            chunk = size - done;
        memcpy((uint8_t *)buffer + done, page + within, chunk);
        done += chunk;
    }
    return done;
}

size_t
cpt_cache_list(const struct cpt_cache *cache, uint64_t *pages, size_t most)
{
    size_t count = 0;

    for (size_t i = 0; cache->slots && i < SLOTS && count < most; i++) {
        if (cache->slots[i].generation == cache->generation && cache->slots[i].index != UNREADABLE)
            pages[count++] = cache->slots[i].page;
    }
    return count;
}

void
cpt_cache_load(struct cpt_cache *cache, const uint64_t *pages, size_t count,
               cpt_cache_fill_many fill, void *arg)
{
    while (count) {
        size_t room = CPT_CACHE_PAGES - cache->filled, wanted = count < room ? count : room, got;

        if (!wanted)
            return;
        got = fill(arg, pages, wanted, cache->pages + (size_t)cache->filled * CPT_CACHE_PAGE);
        for (size_t i = 0; i < got; i++) {
            struct cpt_cache_slot *slot = find_slot(cache, pages[i]);

            *slot = (struct cpt_cache_slot){
                .page = pages[i], .generation = cache->generation, .index = cache->filled++};
            cache->used++;
        }
        /* What could not be read is left for the read that asks for it. */
        if (got < wanted)
            got++;
        pages += got;
        count -= got;
    }
}

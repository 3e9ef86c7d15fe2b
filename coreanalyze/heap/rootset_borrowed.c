/* Caches of the interpreter whose references nobody counts. Their place is told by what is in them: an entry's place
 * within its cache follows from what the entry holds, so all entries of one cache agree on where that begins.
 */
#include "coreanalyze/heap/rooting.h"
#include "coreanalyze/heap/walk.h"

#include <stdlib.h>

#define CACHE_ENTRIES 4096 /* of each: MCACHE_SIZE_EXP 12, FUNC_VERSION_CACHE_SIZE, TYPE_VERSION_CACHE_SIZE */
#define LEAST_AGREEING 8
#define SURELY_AGREEING 64
#define LEAST_SHARE 16     /* one guess of so many, at least */
#define FREE_LIST_ENTRIES 80 /* PyList_MAXFREELIST, PyDict_MAXFREELIST */
#define LEAST_IN_A_ROW 6
#define MAX_TABLES 256     /* each word that is scanned is held against all of them */
#define MOST_ODD 40        /* entries that may not look like any, where memory is damaged */

/* One kind of cache. */
struct cache {
    uint64_t stride; /* of its entries */
    uint64_t at;     /* of the borrowed word in them */
    /* Whether an entry that is used, or one that is not, can look like that. */
    bool (*is_entry)(const struct cpt_rooting *r, const uint8_t *entry);
};

/* Where a cache would begin that has a given word in it, for each word that may be an entry. */
struct guesses {
    uint64_t *items;
    size_t count, capacity;
};

static void
guess(struct cpt_rooting *r, struct guesses *guesses, uint64_t address, uint64_t index, uint64_t stride)
{
    uint64_t *start = cpt_vec_add(guesses);

    if (start)
        *start = address - (index & (CACHE_ENTRIES - 1)) * stride;
    else
        r->out_of_memory = true;
}

static int
by_value(const void *a, const void *b)
{
    uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

    return one < other ? -1 : one > other;
}

/* Whether an object of the type TYPE may be at ADDRESS; *BYTES are it, SIZE at least. */
static bool
is_object(const struct cpt_rooting *r, uint64_t address, uint64_t type, uint64_t size, const uint8_t **bytes)
{
    if (!type || address & 7)
        return false;
    *bytes = cpt_region_bytes(&r->heap->regions, address, size);
    return *bytes && cpt_load_u64(*bytes + r->heap->decode.at->object.ob_type) == type;
}

static void
add_table(struct cpt_rooting *r, struct cpt_borrowed table)
{
    struct cpt_borrowed *added;

    if (r->borrowed.count == MAX_TABLES)
        return;
    added = cpt_vec_add(&r->borrowed);
    if (added)
        *added = table;
    else
        r->out_of_memory = true;
}

static bool
is_cache(const struct cpt_rooting *r, uint64_t start, const struct cache *cache)
{
    const uint8_t *bytes = cpt_region_bytes(&r->heap->regions, start, CACHE_ENTRIES * cache->stride);
    int odd = 0;

    for (uint64_t i = 0; bytes && i < CACHE_ENTRIES && odd <= MOST_ODD; i++)
        odd += !cache->is_entry(r, bytes + i * cache->stride);
    return bytes && odd <= MOST_ODD;
}

/* Where most of some guesses say that a cache begins, how many those are, and how many there are at all. */
struct agreement {
    uint64_t start;
    size_t most, count;
};

/* GUESSES are emptied. */
static struct agreement
agree(struct guesses *guesses)
{
    struct agreement found = {.count = guesses->count};
    size_t alike = 0;

    if (guesses->count)
        qsort(guesses->items, guesses->count, sizeof(*guesses->items), by_value);
    for (size_t i = 0; i < guesses->count; i++) {
        alike = i && guesses->items[i] == guesses->items[i - 1] ? alike + 1 : 1;
        if (alike <= found.most)
            continue;
        found.most = alike;
        found.start = guesses->items[i];
    }
    cpt_vec_free(guesses);
    return found;
}

/* What FOUND says is a cache if hardly anything else was guessed, or if all of it looks like one and more agree than do
   by chance, about one in a hundred. (In 3.11 static strings are in the same memory: one in seven agrees.) */
static void
conclude(struct cpt_rooting *r, struct agreement found, const struct cache *cache)
{
    if ((found.most < SURELY_AGREEING || found.most < found.count / 2) &&
        (found.most < LEAST_AGREEING || found.most < found.count / LEAST_SHARE || !is_cache(r, found.start, cache)))
        return;
    add_table(r, (struct cpt_borrowed){found.start, cache->stride, cache->at, CACHE_ENTRIES});
}

/* Names that are not set are NULL or None, which is a static object. */
static bool
is_method(const struct cpt_rooting *r, const uint8_t *entry)
{
    uint64_t name = cpt_load_u64(entry + 8);
    const struct cpt_region *region = name ? cpt_region_find(&r->heap->regions, name) : NULL;
    const uint8_t *bytes;

    return !(cpt_load_u64(entry) >> 32) &&
           (!name || (region && region->kind == CPT_REGION_IMAGE) || is_object(r, name, r->str, 16, &bytes));
}

static bool
is_function(const struct cpt_rooting *r, const uint8_t *entry)
{
    const uint8_t *bytes;

    return !cpt_load_u64(entry) || is_object(r, cpt_load_u64(entry), r->function, 16, &bytes);
}

static bool
is_function_with_code(const struct cpt_rooting *r, const uint8_t *entry)
{
    const uint8_t *bytes;

    return is_function(r, entry) &&
           (!cpt_load_u64(entry + 8) || is_object(r, cpt_load_u64(entry + 8), r->code, 16, &bytes));
}

static bool
is_type(const struct cpt_rooting *r, const uint8_t *entry)
{
    uint64_t type = cpt_load_u64(entry);

    return !type || cpt_region_bytes(&r->heap->regions, type, 16);
}

/* struct type_cache_entry {unsigned version; PyObject *name, *value;}: the value is borrowed. The place is the
   version's, mixed with the name's address, to 3.8 with its hash. */
static void
guess_methods(struct cpt_rooting *r, uint64_t start, const uint8_t *bytes, uint64_t size)
{
    const struct cpt_layout_fields *at = r->heap->decode.at;
    const struct cache cache = {24, 16, is_method};
    struct guesses by_address = {0}, by_hash = {0};
    struct agreement one, other;
    const uint8_t *name;

    for (uint64_t i = 0; CPT_HAS(at->ascii.size) && i + 24 <= size; i += 8) {
        uint64_t version = cpt_load_u64(bytes + i), key = cpt_load_u64(bytes + i + 8);

        if (!version || version >> 32 || !is_object(r, key, r->str, (uint64_t)at->ascii.size, &name))
            continue;
        guess(r, &by_address, start + i, version ^ key >> 3, 24);
        if (CPT_HAS(at->ascii.length))
            guess(r, &by_hash, start + i, version ^ cpt_load_u64(name + at->ascii.length + 8), 24);
    }
    one = agree(&by_address);
    other = agree(&by_hash);
    conclude(r, one.most >= other.most ? one : other, &cache);
}

/* Functions by their version: alone (3.12), or with their code behind (from 3.13). The version is the function's
   last field (3.12+). */
static void
guess_functions(struct cpt_rooting *r, uint64_t start, const uint8_t *bytes, uint64_t size)
{
    int32_t length = r->heap->decode.at->function.size;
    struct guesses alone = {0}, pairs = {0};
    struct agreement single, paired;
    const uint8_t *function;

    for (uint64_t i = 0; CPT_HAS(length) && i + 8 <= size; i += 8) {
        uint64_t version;

        if (!is_object(r, cpt_load_u64(bytes + i), r->function, (uint64_t)length, &function))
            continue;
        version = cpt_load_u32(function + length - 8);
        guess(r, &alone, start + i, version, 8);
        guess(r, &pairs, start + i, version, 16);
    }
    paired = agree(&pairs);
    single = agree(&alone);
    if (paired.most >= single.most)
        conclude(r, paired, &(struct cache){16, 0, is_function_with_code});
    else
        conclude(r, single, &(struct cache){8, 0, is_function});
    for (size_t i = r->borrowed.count; i-- > 0;) {
        struct cpt_borrowed codes = r->borrowed.items[i];

        codes.at = 8;
        if (codes.stride == 16 && !r->borrowed.items[i].at)
            add_table(r, codes);
    }
}

/* Types by their version (3.14+). tp_version_tag follows tp_del. */
static void
guess_types(struct cpt_rooting *r, uint64_t start, const uint8_t *bytes, uint64_t size)
{
    const struct cpt_layout_fields *at = r->heap->decode.at;
    struct guesses guesses = {0};
    const uint8_t *type;

    for (uint64_t i = 0; CPT_HAS(at->type.tp_del) && CPT_HAS(at->type.size) && i + 8 <= size; i += 8) {
        uint32_t version;

        if (!is_object(r, cpt_load_u64(bytes + i), r->type, (uint64_t)at->type.size, &type))
            continue;
        version = cpt_load_u32(type + at->type.tp_del + 8);
        if (version)
            guess(r, &guesses, start + i, version, 8);
    }
    conclude(r, agree(&guesses), &(struct cache){8, 0, is_type});
}

/* Objects of the type TYPE that were freed and wait for their next use (to 3.13 lists and dicts, in arrays): what
   was taken from there again stands there still. Nothing else has as many of them in a row. */
static void
find_free_list(struct cpt_rooting *r, uint64_t start, const uint8_t *bytes, uint64_t size, uint64_t type)
{
    uint64_t last = 0, in_a_row = 0;
    const uint8_t *ignored;

    for (uint64_t i = 0; i + 8 <= size; i += 8) {
        if (!is_object(r, cpt_load_u64(bytes + i), type, 16, &ignored))
            continue;
        in_a_row = last + 8 == i ? in_a_row + 1 : 1;
        last = i;
        if (in_a_row == LEAST_IN_A_ROW)
            add_table(r, (struct cpt_borrowed){start + i - 8 * (LEAST_IN_A_ROW - 1), 8, 0, FREE_LIST_ENTRIES});
    }
}

static void
find_free_lists(struct cpt_rooting *r, uint64_t start, const uint8_t *bytes, uint64_t size)
{
    if (CPT_HAS(r->heap->decode.at->object.ob_flags)) /* 3.14+: they are linked with each other */
        return;
    find_free_list(r, start, bytes, size, r->list);
    find_free_list(r, start, bytes, size, r->dict);
}

static void
guess_all(struct cpt_rooting *r, uint64_t start, uint64_t end)
{
    const struct cpt_regions *regions = &r->heap->regions;

    for (size_t i = cpt_rooting_region_above(r, start); i < regions->count && regions->items[i].start < end; i++) {
        const struct cpt_region *region = &regions->items[i];
        uint64_t from = start > region->start ? start : region->start, to = end < region->end ? end : region->end;
        const uint8_t *bytes = region->bytes + (from - region->start);

        guess_methods(r, from, bytes, to - from);
        guess_functions(r, from, bytes, to - from);
        guess_types(r, from, bytes, to - from);
        find_free_lists(r, from, bytes, to - from);
    }
}

/* Whether REGION belongs to the file that holds the interpreter: another library's array of dicts is its own. */
static bool
is_interpreters(const struct cpt_rooting *r, const struct cpt_region *region)
{
    const struct cpt_regions *regions = &r->heap->regions;
    uint64_t runtime = r->heap->runtime.address;

    for (size_t i = 0; i < regions->image_count; i++) {
        if (runtime >= regions->images[i].start && runtime < regions->images[i].end)
            return region->start >= regions->images[i].start && region->start < regions->images[i].end;
    }
    return false;
}

void
cpt_rooting_find_borrowed(struct cpt_rooting *r)
{
    for (size_t i = 0; i < r->interpreters.count; i++)
        guess_all(r, r->interpreters.items[i].start, r->interpreters.items[i].end);
    /* To 3.9 the methods' cache and the free lists are static arrays. */
    for (size_t i = 0; i < r->heap->regions.count; i++) {
        const struct cpt_region *region = &r->heap->regions.items[i];

        if (region->kind != CPT_REGION_IMAGE || !is_interpreters(r, region))
            continue;
        guess_methods(r, region->start, region->bytes, region->end - region->start);
        find_free_lists(r, region->start, region->bytes, region->end - region->start);
    }
}

#include "coreanalyze/heap/free_lists.h"

#include "coreanalyze/base/bytes.h"

#include <stdlib.h>

#define SIZE_FLAGS 7
#define CHUNK_HEAD 16
#define SMALL_BINS 64

/* struct tcache_perthread_struct: for each bin a number, then for each bin the first block. To 2.41 the numbers tell
   how many blocks there are, since then how many more there is room for. */
struct form {
    uint16_t sizes[3]; /* of its chunk: malloc may have left it 16 bytes more, for which 2.43 asks too */
    uint8_t number;    /* bytes of a number */
    uint8_t bins;
    bool counts_room;
};

static const struct form forms[] = {
    {{0x250, 0x260, 0}, 1, 64, false},    /* 2.26 */
    {{0x290, 0x2a0, 0}, 2, 64, false},    /* 2.30 */
    {{0x300, 0x310, 0x320}, 2, 76, true}, /* 2.42 */
};

static const struct form *
form_of(uint64_t size)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        const uint16_t *sizes = forms[i].sizes;

        if (size && (size == sizes[0] || size == sizes[1] || size == sizes[2]))
            return &forms[i];
    }
    return NULL;
}

/* Of the structure; its last word may be where the next chunk notes the size of a free one before it. */
static uint64_t
size_of(const struct form *form)
{
    return (uint64_t)(form->number + 8) * form->bins;
}

static unsigned
number_of(const struct form *form, const uint8_t *bytes, unsigned bin)
{
    return form->number == 1 ? bytes[bin] : cpt_load_u16(bytes + (size_t)2 * bin);
}

static uint64_t
head_of(const struct form *form, const uint8_t *bytes, unsigned bin)
{
    return cpt_load_u64(bytes + (size_t)form->number * form->bins + (size_t)8 * bin);
}

/* How many blocks a bin may have: what the number of an empty one says, or the largest. */
static unsigned
room_of(const struct form *form, const uint8_t *bytes)
{
    unsigned most = 0;

    for (unsigned i = 0; i < form->bins; i++) {
        unsigned number = number_of(form, bytes, i);

        if (!head_of(form, bytes, i))
            return number;
        if (number > most)
            most = number;
    }
    return most;
}

/* One bin may be just about to change. */
bool
cpt_tcache_is_likely(const uint8_t *bytes, uint64_t size, uint64_t available)
{
    const struct form *form = form_of(size);
    unsigned used = 0, misfits = 0, room;

    if (!form || available < size_of(form))
        return false;
    room = form->counts_room ? room_of(form, bytes) : 0;
    for (unsigned i = 0; i < form->bins && misfits <= 1; i++) {
        uint64_t head = head_of(form, bytes, i);
        unsigned number = number_of(form, bytes, i);

        if (head & 15 || (head && !cpt_pointer_is_plausible(head)))
            return false;
        used += head != 0;
        misfits += form->counts_room ? (head ? number > room : number != room) : !head != !number;
    }
    return used && misfits <= 1;
}

/* A pass over lists. */
struct lists {
    struct cpt_chunks *chunks;
    uint64_t budget;
    bool mangled; /* since 2.32 what leads to the next block is combined with where it is stored (PROTECT_PTR) */
    bool out_of_memory;
};

/* Whether a block of a chunk of LEAST … MOST bytes can begin at BLOCK. */
static const uint8_t *
block_at(const struct lists *lists, uint64_t block, uint64_t least, uint64_t most)
{
    const struct cpt_region *region = block & 15 ? NULL : cpt_region_find(lists->chunks->regions, block);
    const uint8_t *bytes;
    uint64_t size;

    if (!region || block - region->start < 16 || region->end - block < 16)
        return NULL;
    bytes = region->bytes + (block - region->start);
    size = cpt_load_u64(bytes - 8) & ~(uint64_t)SIZE_FLAGS;
    return size >= least && size <= most ? bytes : NULL;
}

/* Adds the blocks from HEAD on, whose chunks have LEAST … LARGEST bytes, to the free ones, at most MOST; *COUNT: how
   many. Pointers lead BEFORE bytes before blocks. False: the list does not end as it should. */
static bool
take_list(struct lists *lists, uint64_t head, uint64_t before, uint64_t least, uint64_t largest, uint64_t most,
          uint64_t *count)
{
    uint64_t block = head;

    for (*count = 0; block; ++*count) {
        const uint8_t *bytes = block_at(lists, block, least, largest);
        uint64_t *added, next;

        if (!bytes || *count == most || !lists->budget)
            return false;
        lists->budget--;
        added = cpt_vec_add(&lists->chunks->free);
        if (!added) {
            lists->out_of_memory = true;
            return false;
        }
        *added = block;
        next = cpt_load_u64(bytes) ^ (lists->mangled ? block >> 12 : 0);
        block = next ? next + before : 0;
    }
    return true;
}

/* Sizes of chunks in BIN: to 1040 bytes one bin for each, above one for each power of two. */
static void
tcache_sizes(unsigned bin, uint64_t *least, uint64_t *most)
{
    if (bin < SMALL_BINS) {
        *least = *most = 32 + (uint64_t)16 * bin;
        return;
    }
    *least = UINT64_C(1) << (bin - SMALL_BINS + 10);
    *most = 2 * *least - 1;
}

/* Takes the blocks of the cache at BYTES, of whose lists one may be out of order. Returns how many are in order; 0:
   nothing is taken. */
static unsigned
take_tcache(struct lists *lists, const struct form *form, const uint8_t *bytes)
{
    size_t before = lists->chunks->free.count;
    unsigned sound = 0, unsound = 0, room = form->counts_room ? room_of(form, bytes) : 0;

    for (unsigned i = 0; i < form->bins && unsound <= 1; i++) {
        uint64_t head = head_of(form, bytes, i), expected = number_of(form, bytes, i), least, most, count;

        if (!head)
            continue;
        tcache_sizes(i, &least, &most);
        if (form->counts_room)
            expected = room > expected ? room - expected : 0;
        if (take_list(lists, head, 0, least, most, expected + 1, &count) && count == expected)
            sound++;
        else
            unsound++;
    }
    if (unsound <= 1 && sound)
        return sound;
    lists->chunks->free.count = before;
    return 0;
}

/* In one of the two ways that pointers are stored: the one that did for the last one is tried first. */
static bool
take_either_way(struct lists *lists, uint64_t block)
{
    const uint8_t *bytes = block_at(lists, block, CPT_TCACHE_LEAST, CPT_TCACHE_MOST);
    uint64_t size = bytes ? cpt_load_u64(bytes - 8) & ~(uint64_t)SIZE_FLAGS : 0;
    const struct form *form = form_of(size);

    if (!form || !cpt_region_bytes(lists->chunks->regions, block, size_of(form)))
        return false;
    if (take_tcache(lists, form, bytes))
        return true;
    lists->mangled = !lists->mangled;
    if (take_tcache(lists, form, bytes))
        return true;
    lists->mangled = !lists->mangled;
    return false;
}

/* The fast bins of STATES: of chunks of 32, 48 … bytes, which the pointers lead to, not to their blocks. Returns how
   many lists end as they should. */
static unsigned
take_fast_bins(struct lists *lists, const struct cpt_malloc_states *states)
{
    unsigned sound = 0;

    for (size_t i = 0; i < states->count; i++) {
        const uint8_t *bytes = cpt_region_bytes(lists->chunks->regions, states->items[i].fast_bins, 8 * CPT_FAST_BINS);

        for (unsigned bin = 0; bytes && bin < CPT_FAST_BINS; bin++) {
            uint64_t head = cpt_load_u64(bytes + (size_t)8 * bin), size = 32 + 16 * (uint64_t)bin, count;

            sound += head && take_list(lists, head + CHUNK_HEAD, CHUNK_HEAD, size, size, UINT64_MAX, &count);
        }
    }
    return sound;
}

/* Where no cache told how pointers are stored, the way in which more lists end does. */
static void
take_fast_bins_either_way(struct lists *lists, const struct cpt_malloc_states *states)
{
    size_t before = lists->chunks->free.count;
    unsigned mangled, plain;

    lists->mangled = true;
    mangled = take_fast_bins(lists, states);
    lists->chunks->free.count = before;
    lists->mangled = false;
    plain = take_fast_bins(lists, states);
    if (plain > mangled)
        return;
    lists->chunks->free.count = before;
    lists->mangled = true;
    take_fast_bins(lists, states);
}

static int
compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return (a > b) - (a < b);
}

cpt_status
cpt_free_lists_take(struct cpt_chunks *chunks, const struct cpt_tcaches *tcaches,
                    const struct cpt_malloc_states *states, uint64_t budget, struct cpt_error *error)
{
    struct lists lists = {.chunks = chunks, .budget = budget, .mangled = true};
    bool is_known = false;

    for (size_t i = 0; i < tcaches->count && !lists.out_of_memory; i++)
        is_known |= take_either_way(&lists, tcaches->items[i]);
    if (is_known)
        take_fast_bins(&lists, states);
    else
        take_fast_bins_either_way(&lists, states);
    if (lists.out_of_memory)
        return cpt_error_set(error, CPT_NOMEM, "no memory for the list of malloc's free blocks");
    if (chunks->free.count)
        qsort(chunks->free.items, chunks->free.count, sizeof(*chunks->free.items), compare);
    return CPT_OK;
}

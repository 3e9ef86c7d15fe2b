#include "tests/synthetic/poolheap.h"

#include "tests/synthetic/layouts.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#define IMAGE UINT64_C(0x555555000000)
#define IMAGE_SIZE 0x100000
#define INTERPRETER UINT64_C(0x560000000000)
#define INTERPRETER_SIZE (1 << 20)
#define MALLOC UINT64_C(0x560010000000)
#define MALLOC_SIZE 0x10000
#define ARENAS UINT64_C(0x7f1230000000)
#define STATE (IMAGE + 0x40000) /* obmalloc_state_main, from 3.13 */
#define ARENAS_WORD (IMAGE + 0x2340)

uint64_t
poolheap_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Nothing where memory is missing. */
static void
put(struct poolheap *heap, uint64_t address, uint64_t value, size_t width)
{
    void *bytes = cpt_synthetic_bytes(heap->memory, address, width);

    if (bytes)
        memcpy(bytes, &value, width);
}

static void
open_memory(struct poolheap *heap, const struct poolheap_options *options)
{
    struct cpt_synthetic_region regions[] = {
        {.address = IMAGE, .size = IMAGE_SIZE, .path = "/usr/bin/python3", .writable = true},
        {.address = INTERPRETER, .size = INTERPRETER_SIZE, .writable = true},
        {.address = MALLOC, .size = MALLOC_SIZE, .path = "[heap]", .writable = true},
        {.address = ARENAS - options->lead, .size = POOLHEAP_ARENAS * heap->arena_size, .writable = true},
        {.address = ARENAS + options->gap_end, .writable = true},
    };
    size_t count = sizeof(regions) / sizeof(regions[0]) - !options->gap_end;
    Elf64_Ehdr header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB},
                         .e_phoff = sizeof(header),
                         .e_phnum = 1,
                         .e_phentsize = sizeof(Elf64_Phdr)};
    Elf64_Phdr segment = {.p_type = PT_LOAD, .p_memsz = IMAGE_SIZE, .p_filesz = IMAGE_SIZE};
    struct cpt_error error;

    if (options->gap_end) {
        regions[4].size = regions[3].size - options->gap_end - options->lead;
        regions[3].size = options->gap_start + options->lead;
    }
    if (cpt_synthetic_open(&heap->memory, regions, count, true, &error))
        abort();
    memcpy(cpt_synthetic_bytes(heap->memory, IMAGE, sizeof(header)), &header, sizeof(header));
    memcpy(cpt_synthetic_bytes(heap->memory, IMAGE + sizeof(header), sizeof(segment)), &segment, sizeof(segment));
    heap->image = (struct cpt_run){.start = IMAGE, .end = IMAGE + IMAGE_SIZE};
}

/* Where this version has the table's address. */
static void
place_root(struct poolheap *heap)
{
    const struct cpt_layout_fields *at = &heap->layout.at;

    heap->interpreter.address = INTERPRETER;
    heap->table = MALLOC + 0x4560;
    heap->root = ARENAS_WORD;
    heap->count = 0;
    if (CPT_HAS(at->interp.obmalloc_arenas)) {
        heap->root = INTERPRETER + (uint64_t)at->interp.obmalloc_arenas;
        heap->count = INTERPRETER + (uint64_t)at->interp.obmalloc_maxarenas;
    } else if (CPT_HAS(at->interp.obmalloc)) {
        put(heap, INTERPRETER + (uint64_t)at->interp.obmalloc, STATE, 8);
        heap->root = STATE + (uint64_t)at->obmalloc.arenas;
        heap->count = STATE + (uint64_t)at->obmalloc.maxarenas;
    }
    put(heap, heap->root, heap->table, 8);
    if (heap->count)
        put(heap, heap->count, POOLHEAP_ENTRIES, 4);
}

/* --- pools ----------------------------------------------------------------------------------- */

static void
fill_block(struct poolheap *heap, const struct poolheap_pool *pool, uint32_t block, bool hooks, uint64_t *seed)
{
    uint64_t address = pool->address + CPT_POOL_HEAD + (uint64_t)block * pool->size;

    if (hooks && pool->size >= 32) {
        put(heap, address, __builtin_bswap64(pool->size - 24), 8);
        put(heap, address + 8, UINT64_C(0xfdfdfdfdfdfdfd00) + 'o', 8);
        return;
    }
    put(heap, address, 1 + poolheap_random(seed) % 5, 8);
    put(heap, address + 8, INTERPRETER + 0x100, 8);
}

/* Links the blocks that are not in use, in the order of a random walk over them. */
static uint64_t
link_free_blocks(struct poolheap *heap, struct poolheap_pool *pool, uint64_t *seed)
{
    uint32_t order[1024], count = 0;
    uint64_t next = 0;

    for (uint32_t block = 0; block < pool->carved; block++) {
        if (!(pool->used[block / 64] >> block % 64 & 1))
            order[count++] = block;
    }
    for (uint32_t i = count; i > 1; i--) {
        uint32_t other = (uint32_t)(poolheap_random(seed) % i), kept = order[i - 1];

        order[i - 1] = order[other];
        order[other] = kept;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint64_t address = pool->address + CPT_POOL_HEAD + (uint64_t)order[i] * pool->size;

        put(heap, address, next, 8);
        next = address;
    }
    pool->free_head = count > 0 ? (uint32_t)(next - pool->address) : 0;
    pool->free_next = count > 1 ? CPT_POOL_HEAD + order[count - 2] * pool->size : 0;
    return next;
}

static void
fill_pool(struct poolheap *heap, struct poolheap_pool *pool, uint32_t number, const struct poolheap_options *options,
          uint64_t *seed)
{
    const struct cpt_layout_fields *at = &heap->layout.at;
    uint32_t pool_size = 1u << heap->shift, szidx = (number * 7 + 3) % 32, capacity;
    unsigned kind = number % 5; /* 0: free, 1: full, 2: one block in use, else: half of them */

    pool->size = (szidx + 1) * CPT_POOL_ALIGNMENT;
    capacity = (pool_size - CPT_POOL_HEAD) / pool->size;
    pool->carved = kind == 1 ? capacity : 2 + (uint32_t)(poolheap_random(seed) % (capacity - 1));
    for (uint32_t block = 0; block < pool->carved; block++) {
        bool used = kind == 1 || (kind == 2 && block == pool->carved / 2) ||
                    (kind > 2 && block != pool->carved - 1 && poolheap_random(seed) % 2);

        if (!used)
            continue;
        pool->used[block / 64] |= UINT64_C(1) << block % 64;
        pool->count++;
        fill_block(heap, pool, block, options->hooks, seed);
    }
    put(heap, pool->address + (uint64_t)at->pool.count, pool->count, 4);
    put(heap, pool->address + (uint64_t)at->pool.freeblock, link_free_blocks(heap, pool, seed), 8);
    put(heap, pool->address + (uint64_t)at->pool.arenaindex, heap->arenas[pool->arena].index, 4);
    put(heap, pool->address + (uint64_t)at->pool.szidx, szidx, 4);
    put(heap, pool->address + (uint64_t)at->pool.nextoffset, CPT_POOL_HEAD + pool->carved * pool->size, 4);
    put(heap, pool->address + (uint64_t)at->pool.maxnextoffset, pool_size - pool->size, 4);
}

/* --- arenas ---------------------------------------------------------------------------------- */

/* The last arena is carved to a third. Entries of the table are in another order than addresses. */
static void
fill_arena(struct poolheap *heap, size_t number, const struct poolheap_options *options, uint64_t *seed)
{
    const struct cpt_layout_fields *at = &heap->layout.at;
    struct poolheap_arena *arena = &heap->arenas[number];
    uint64_t pool_size = UINT64_C(1) << heap->shift, first;
    uint32_t carved;

    arena->address = ARENAS - options->lead + number * heap->arena_size;
    arena->index = (uint32_t)(POOLHEAP_ARENAS - 1 - number);
    arena->pools = (uint32_t)(heap->arena_size >> heap->shift) - (options->lead ? 1 : 0);
    arena->entry = heap->table + arena->index * (uint64_t)at->arena.size;
    first = (arena->address + pool_size - 1) & ~(pool_size - 1);
    carved = number == POOLHEAP_ARENAS - 1 ? arena->pools / 3 : arena->pools;
    arena->pool_address = first + carved * pool_size;
    for (uint32_t i = 0; i < carved; i++) {
        struct poolheap_pool *pool = &heap->pools[heap->pool_count++];

        *pool = (struct poolheap_pool){.address = first + i * pool_size, .arena = number};
        fill_pool(heap, pool, (uint32_t)heap->pool_count, options, seed);
        arena->used += pool->count != 0;
    }
    heap->used_pools += arena->used;
    heap->free_pools += arena->pools - arena->used;
    put(heap, arena->entry + (uint64_t)at->arena.address, arena->address, 8);
    put(heap, arena->entry + (uint64_t)at->arena.pool_address, arena->pool_address, 8);
    put(heap, arena->entry + (uint64_t)at->arena.nfreepools, arena->pools - arena->used, 4);
    put(heap, arena->entry + (uint64_t)at->arena.ntotalpools, arena->pools, 4);
}

/* Unused entries are linked; what else they hold was never written. */
static void
fill_unused(struct poolheap *heap)
{
    const struct cpt_layout_fields *at = &heap->layout.at;
    uint64_t size = (uint64_t)at->arena.size;

    for (uint64_t i = POOLHEAP_ARENAS; i < POOLHEAP_ENTRIES; i++) {
        uint64_t entry = heap->table + i * size;

        memset(cpt_synthetic_bytes(heap->memory, entry, size), 0xcd, size);
        put(heap, entry + (uint64_t)at->arena.address, 0, 8);
        put(heap, entry + (uint64_t)at->arena.nextarena, i + 1 < POOLHEAP_ENTRIES ? entry + size : 0, 8);
    }
}

void
poolheap_build(struct poolheap *heap, size_t layout, const struct poolheap_options *options)
{
    uint64_t seed = options->seed ? options->seed : 88172645463325252;

    memset(heap, 0, sizeof(*heap));
    layout_make(layout, &heap->layout);
    heap->shift = CPT_PYTHON_MINOR(heap->layout.version.hex) >= 10 ? 14 : 12;
    heap->arena_size = UINT64_C(64) << heap->shift << options->large;
    open_memory(heap, options);
    place_root(heap);
    for (size_t i = 0; i < POOLHEAP_ARENAS; i++)
        fill_arena(heap, i, options, &seed);
    fill_unused(heap);
}

void
poolheap_free(struct poolheap *heap)
{
    cpt_synthetic_close(heap->memory);
}

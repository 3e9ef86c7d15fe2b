#include "coreanalyze/base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Small at first, so that a short command stays small; doubling, so that a long one makes few calls. */
#define FIRST_BLOCK ((size_t)16 << 10)
#define LARGEST_BLOCK ((size_t)1 << 20)
#define ALIGNMENT _Alignof(max_align_t)

struct cpt_arena_block {
    struct cpt_arena_block *older;
    size_t size;
    max_align_t data[];
};

void
cpt_arena_init(struct cpt_arena *arena)
{
    memset(arena, 0, sizeof(*arena));
}

static size_t
next_block_size(const struct cpt_arena *arena, size_t needed)
{
    size_t size = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK;

    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    return size < needed ? needed : size;
}

static bool
add_block(struct cpt_arena *arena, size_t needed)
{
    size_t size = next_block_size(arena, needed);
    struct cpt_arena_block *block;

    if (size > SIZE_MAX - sizeof(*block))
        return false;
    block = malloc(sizeof(*block) + size);
    if (!block)
        return false;
    block->size = size;
    block->older = arena->blocks;
    arena->blocks = block;
    arena->next = (char *)block->data;
    arena->left = size;
    return true;
}

void *
cpt_arena_alloc(struct cpt_arena *arena, size_t size)
{
    size_t rounded;
    void *p;

    if (size > SIZE_MAX - ALIGNMENT)
        return NULL;
    rounded = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    if ((!arena->blocks || rounded > arena->left) && !add_block(arena, rounded))
        return NULL;
    p = arena->next;
    arena->next += rounded;
    arena->left -= rounded;
    return memset(p, 0, rounded);
}

void *
cpt_arena_array(struct cpt_arena *arena, size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    return cpt_arena_alloc(arena, total);
}

char *
cpt_arena_text(struct cpt_arena *arena, const char *text, size_t length)
{
    char *copy = length == SIZE_MAX ? NULL : cpt_arena_alloc(arena, length + 1);

    if (copy && length)
        memcpy(copy, text, length);
    return copy;
}

void
cpt_arena_free(struct cpt_arena *arena)
{
    while (arena->blocks) {
        struct cpt_arena_block *block = arena->blocks;

        arena->blocks = block->older;
        free(block);
    }
    cpt_arena_init(arena);
}

/* One allocation family of one analysis: everything in it is freed at once. */
#ifndef CPT_BASE_ARENA_H
#define CPT_BASE_ARENA_H

#include <stddef.h>

struct cpt_arena_block;

struct cpt_arena {
    struct cpt_arena_block *blocks; /* newest first */
    char *next;
    size_t left;
};

/* An empty arena; `(struct cpt_arena){0}` is the same. */
void cpt_arena_init(struct cpt_arena *arena);

/* SIZE zeroed bytes aligned for any type, or NULL when memory is out. SIZE 0 gives a valid pointer. */
void *cpt_arena_alloc(struct cpt_arena *arena, size_t size);

/* COUNT zeroed elements of SIZE bytes; NULL also where the product overflows. */
void *cpt_arena_array(struct cpt_arena *arena, size_t count, size_t size);

/* A NUL-terminated copy of the LENGTH bytes at TEXT, or NULL. */
char *cpt_arena_text(struct cpt_arena *arena, const char *text, size_t length);

/* Frees all of it; the arena can be used again. */
void cpt_arena_free(struct cpt_arena *arena);

#endif

/* The walk over the heap, from inside: what the files that do it share. */
#ifndef CPT_HEAP_WALK_H
#define CPT_HEAP_WALK_H

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/vec.h"
#include "coreanalyze/heap/heap.h"
#include "coreanalyze/heap/shape.h"

/* What one walker has counted of one shape. */
struct cpt_tally {
    uint64_t objects, bytes, buffer_bytes, size_of;
    uint64_t misfits; /* blocks that could be objects of the type, but for what the type says of itself */
    bool guessed;
};

#define CPT_RECENT_SHAPES 4096

/* Of ob_size of an int to 3.11, whose sign is the int's. */
static inline uint64_t
cpt_magnitude(uint64_t count)
{
    return (int64_t)count < 0 ? 0 - count : count;
}
#define CPT_BELIEVED 1024 /* bytes that an object may say to own without a closer look */

/* One thread's share of a walk. */
struct cpt_walker {
    struct cpt_heap *heap;
    const struct cpt_regions *regions;
    struct cpt_shapes *shapes;
    const struct cpt_layout_fields *at;
    uint64_t hooks;        /* bytes of debug hooks in front of what was asked for */
    unsigned prefixes[3];  /* where in a block an object may begin */
    unsigned prefix_count;
    int64_t sign;          /* 1; -1: what was taken for an object turns out to be none, and is taken back */
    uint64_t low, high;    /* of all regions with bitmaps */
    uint64_t arenas, arenas_size; /* neighbouring arenas around the one that is walked: no object is there but in pools */
    uint64_t no_count;     /* bits that no reference count has */
    CPT_VEC(struct cpt_tally) tallies; /* by the shape's index */
    struct cpt_heap_bin bins[CPT_SIZE_BINS];
    struct { uint64_t objects, buffers, dead, used, free, pools; } classes[32];
    uint64_t object_bytes, buffer_bytes, dead_bytes;
    struct cpt_heap_native *native; /* by the region's number */
    uint64_t shared_buffers;
    uint64_t most;         /* bytes of all regions: nothing is larger */
    uint64_t budget;       /* bytes of tables that may still be looked through */
    CPT_VEC(uint64_t) pending;      /* objects outside of pools that are to be gone through */
    CPT_VEC(uint64_t) dead;         /* blocks that look like dead objects, as long as nobody owns them */
    CPT_VEC(uint64_t) damaged;      /* pools */
    struct { uint64_t type; const struct cpt_shape *shape; } recent[CPT_RECENT_SHAPES];
    bool out_of_memory;
};

#define CPT_WALK_THREADS 8

/* What all threads of one walk share. */
struct cpt_heap_walk {
    struct cpt_heap *heap;
    struct cpt_shapes shapes;
    struct cpt_progress *progress;
    size_t next_arena;  /* the next one to be taken; atomic */
    struct cpt_walker walkers[CPT_WALK_THREADS];
    pthread_t threads[CPT_WALK_THREADS];
    unsigned count;
};

/* What a used block or a piece of native memory was found to be. */
enum cpt_block_kind {
    CPT_BLOCK_OTHER,
    CPT_BLOCK_OBJECT,
    CPT_BLOCK_DEAD, /* looks like an object without references */
};

/* An object, and the memory around it. */
struct cpt_found_object {
    const struct cpt_shape *shape;
    uint64_t address;
    const uint8_t *bytes; /* of the object; what is in front of it can be read too */
    uint64_t size;        /* bytes from ADDRESS to the end of its block */
};

/* The shape of the type at TYPE, or NULL. Types are never in pools, where most words that are asked about lead to. */
static inline const struct cpt_shape *
cpt_walker_shape(struct cpt_walker *w, uint64_t type)
{
    size_t slot = (type >> 4 ^ type >> 16) & (CPT_RECENT_SHAPES - 1);

    if (w->recent[slot].type == type)
        return w->recent[slot].shape;
    if (type - w->arenas < w->arenas_size)
        return NULL;
    w->recent[slot].type = type;
    w->recent[slot].shape = cpt_shape_ask(w->shapes, type);
    return w->recent[slot].shape;
}

/* Bits that are 0 in every reference count of a live object. */
uint64_t cpt_count_forbidden(const struct cpt_heap *heap);

/* What the used block of SIZE bytes at BYTES, at ADDRESS, is. block.c */
enum cpt_block_kind cpt_block_classify(struct cpt_walker *w, uint64_t address, const uint8_t *bytes, uint64_t size,
                                       struct cpt_found_object *found);

/* Whether a live object of the prefix PREFIX of its block lies at BYTES; SIZE bytes are there from it on. */
enum cpt_block_kind cpt_object_classify(struct cpt_walker *w, uint64_t address, const uint8_t *bytes, uint64_t size,
                                        struct cpt_found_object *found);

/* Bytes that OBJECT takes from its beginning on, digits, items and characters within it among them. */
uint64_t cpt_object_needed(const struct cpt_walker *w, const struct cpt_found_object *object);

/* What looks like an object of SHAPE is none. */
void cpt_misfit_count(struct cpt_walker *w, const struct cpt_shape *shape);

/* Adds OBJECT up, whose own block has BLOCK bytes: its size, what it owns, and what it refers to. block.c */
void cpt_object_count(struct cpt_walker *w, const struct cpt_found_object *object, uint64_t block);

/* The buffers that OBJECT owns are claimed, and what it refers to is looked at. Returns the bytes of the buffers; *SIZE_OF is
   its __sizeof__() where its shape's sizing is CPT_SIZING_KIND. owner.c */
uint64_t cpt_object_own(struct cpt_walker *w, const struct cpt_found_object *object, uint64_t *size_of);

/* The table of a dict. */
struct cpt_keys {
    uint64_t address, size; /* bytes of all of it */
    uint64_t references;    /* dk_refcnt */
    uint64_t usable;        /* entries that there is room for */
    uint64_t count;         /* dk_nentries */
    uint64_t entries;       /* offset of the first */
    uint64_t entry_size;
    uint64_t shared_values; /* of instances that share it: how many there is room for */
};

/* Reads the table at ADDRESS; false: there is none. owner.c */
bool cpt_keys_read(const struct cpt_regions *regions, const struct cpt_layout_fields *at, uint64_t address,
                   struct cpt_keys *keys);

/* How many bytes of references the numpy array OBJECT owns, and where; 0: none. owner_library.c */
uint64_t cpt_ndarray_objects(struct cpt_walker *w, const struct cpt_found_object *object, uint64_t *data);

/* The same as cpt_object_own for kinds that few objects have. owner_library.c */
uint64_t cpt_library_own(struct cpt_walker *w, const struct cpt_found_object *object);

/* Claims the block that POINTER leads to, of which NEED bytes are in use. Returns how many bytes the allocator has
   given it; 0: it is none, or somebody else's. claim.c */
uint64_t cpt_buffer_claim(struct cpt_walker *w, uint64_t pointer, uint64_t need);

/* A block of malloc's. */
struct cpt_native_block {
    uint64_t start;  /* what malloc returned: in front of debug hooks, where there are any */
    uint64_t size;   /* bytes of the chunk, malloc's own word among them; of another malloc's: what is needed, rounded */
    bool is_chunk;   /* glibc's */
};

/* The block in REGION in which somebody got DATA and following bytes, at least NEED. */
struct cpt_native_block cpt_native_block(const struct cpt_regions *regions, const struct cpt_region *region, uint64_t data,
                                         uint64_t need);

/* How many bytes of BLOCK are in memory at all (of a process: resident; of a core: dumped). */
uint64_t cpt_native_resident(const struct cpt_walker *w, const struct cpt_native_block *block);

/* POINTER, from within some object, may lead to an object outside of pools: then that is counted, and gone through later.
   CERTAIN: nothing but a reference to an object is there. outside.c */
void cpt_outside_visit(struct cpt_walker *w, uint64_t pointer, bool certain);

/* The object at POINTER, outside of pools, and its block. */
bool cpt_outside_open(struct cpt_walker *w, uint64_t pointer, struct cpt_found_object *found,
                      struct cpt_native_block *block);

/* Counts the object at POINTER, or takes it back, and looks at what it refers to. */
void cpt_outside_count(struct cpt_walker *w, uint64_t pointer);

/* Goes through the objects that were found so far. */
void cpt_outside_drain(struct cpt_walker *w);

/* The inline part of cpt_outside_visit, which sorts out nearly all pointers: objects are aligned, and those in pools are
   found by walking the pools. */
static inline void
cpt_walker_touch(struct cpt_walker *w, uint64_t pointer, bool certain)
{
    const struct cpt_region *region;

    if (pointer - w->arenas < w->arenas_size || pointer & 15 || pointer - w->low >= w->high - w->low)
        return;
    region = cpt_region_find(w->regions, pointer);
    if (!region || !region->objects || cpt_region_pool(w->regions, region, pointer))
        return;
    cpt_outside_visit(w, pointer, certain);
}

/* Whether SIZE more bytes of what objects own may be looked through. Tables of a sound heap do not overlap, those of a
   damaged one could make its walk take forever. */
static inline bool
cpt_walker_spend(struct cpt_walker *w, uint64_t size)
{
    if (size > w->budget) {
        w->budget = 0;
        return false;
    }
    w->budget -= size;
    return true;
}

/* SIZE, which an object says to own at ADDRESS; 0 where that is more than there is. */
static inline uint64_t
cpt_walker_believe(const struct cpt_walker *w, uint64_t address, uint64_t size)
{
    const struct cpt_region *region;

    if (size < CPT_BELIEVED)
        return size;
    region = cpt_region_find(w->regions, address);
    return size <= (region ? region->end - address : w->most) ? size : 0;
}

/* All words of the SIZE bytes at BYTES. */
static inline void
cpt_walker_scan(struct cpt_walker *w, const uint8_t *bytes, uint64_t size, bool certain)
{
    for (uint64_t i = 0; i + 8 <= size; i += 8)
        cpt_walker_touch(w, cpt_load_u64(bytes + i), certain);
}

/* Walks arenas as long as there are any that no other walker has taken. pools.c */
void cpt_walker_run(struct cpt_heap_walk *walk, struct cpt_walker *w);

/* When all walkers are done: what was taken for an object but is somebody's buffer is taken back, and all counts go into the
   heap. totals.c. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_walk_settle(struct cpt_heap_walk *walk, struct cpt_error *error);

/* From where objects outside of pools can be found: the collector's lists, frames, data of images. roots.c */
void cpt_roots_visit(struct cpt_walker *w);

/* The object's neighbours in the collector's list. */
static inline void
cpt_walker_neighbours(struct cpt_walker *w, const struct cpt_found_object *object)
{
    const uint8_t *head;

    if (!object->shape->head)
        return;
    head = object->bytes - object->shape->head;
    cpt_walker_touch(w, (cpt_load_u64(head) & ~UINT64_C(3)) + object->shape->head, true);
    cpt_walker_touch(w, (cpt_load_u64(head + 8) & ~UINT64_C(3)) + object->shape->head, true);
}

#endif

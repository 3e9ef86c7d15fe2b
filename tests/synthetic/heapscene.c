#include "tests/synthetic/heapscene.h"

#include "coreanalyze/decode/type.h"
#include "coreanalyze/heap/pool.h"

#include <stdlib.h>
#include <string.h>

#define POOLS UINT64_C(0x7f1230000000)
#define CHUNKS UINT64_C(0x7f1240000000)
#define CHUNKS_SIZE 0x10000
#define POOL_COUNT 8 /* two of a size of blocks each */
#define PREVIOUS_USED 1
#define ARENA_ENTRIES 16

static const uint32_t block_sizes[POOL_COUNT / 2] = {32, 64, 128, 512};

#define AT(scene) (&(scene)->gallery.world.layout->at)

/* Sizes that the walk asks for before it reads more than a header; a gallery's types are all of one size. */
static const struct {
    const char *name;
    size_t size; /* offset in cpt_layout_fields; 0: NUMBER */
    uint32_t number;
} sizes[] = {
#define SIZE(structure) offsetof(struct cpt_layout_fields, structure.size), 0
    {"object", SIZE(object)},
    {"type", SIZE(heaptype)},
    {"tuple", 0, 24},
    {"str", SIZE(unicode)},
    {"bytes", 0, 33},
    {"int", 0, 24},
    {"float", 0, 24},
    {"list", SIZE(list)},
    {"dict", SIZE(dict)},
    {"set", SIZE(set)},
    {"frozenset", SIZE(set)},
    {"bytearray", SIZE(bytearray)},
    {"collections.deque", SIZE(deque)},
    {"collections.defaultdict", SIZE(defdict)},
    {"collections.OrderedDict", SIZE(odict)},
    {"array.array", SIZE(array)},
    {"decimal.Decimal", SIZE(decimal)},
    {"code", SIZE(code)},
    {"module", SIZE(module)},
#undef SIZE
};

static int32_t
size_number(const struct cpt_layout_fields *at, size_t i)
{
    return sizes[i].size ? *(const int32_t *)(const void *)((const char *)at + sizes[i].size) : (int32_t)sizes[i].number;
}

static void
set_sizes(struct heapscene *scene)
{
    struct world *world = &scene->gallery.world;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (size_t k = 0; k < scene->gallery.shared; k++) {
            const struct world_structure *structure = &world->structures.items[k];
            int32_t size = size_number(AT(scene), i);

            if (strcmp(structure->name, sizes[i].name) == 0 && size > 0 && structure->size == (size_t)AT(scene)->type.size)
                world_put(world, "type.tp_basicsize", structure->address, AT(scene)->type.tp_basicsize, 8,
                          (uint64_t)size, WORLD_DATA);
        }
    }
}

/* --- copies of the gallery's objects --------------------------------------------------------- */

/* Whether STRUCTURE begins with an object: its second word leads to another structure that is a type. */
static bool
is_object(const struct heapscene *scene, const struct world_structure *structure)
{
    const struct world *world = &scene->gallery.world;
    uint64_t type = 0;

    if (structure->size < 16 || structure->object != structure->address)
        return false;
    memcpy(&type, structure->bytes + 8, 8);
    for (size_t i = 0; i < scene->gallery.shared; i++) {
        if (world->structures.items[i].address == type)
            return world->structures.items[i].size == (size_t)AT(scene)->type.size;
    }
    return false;
}

/* The next structure that is an object of SIZE bytes at most and more than ABOVE, from *NUMBER on; NULL: none. */
static const struct world_structure *
next_object(const struct heapscene *scene, size_t *number, uint32_t above, uint32_t size)
{
    const struct world *world = &scene->gallery.world;

    while (*number < world->structures.count) {
        const struct world_structure *structure = &world->structures.items[(*number)++];

        if (structure->size > above && structure->size <= size && is_object(scene, structure))
            return structure;
    }
    return NULL;
}

/* Each word is a field, so that it can be changed by itself. */
static void
copy_object(struct heapscene *scene, const struct world_structure *structure, uint64_t to)
{
    struct world *world = &scene->gallery.world;
    size_t size = structure->size / 8 * 8;
    const uint8_t *bytes = structure->bytes;

    for (size_t i = 0; i < size; i += 8) {
        uint64_t word;

        memcpy(&word, bytes + i, 8);
        world_put(world, "copy", to, (int32_t)i, 8, word, WORLD_DATA);
    }
    memcpy(world_bytes(world, to + size, structure->size - size), bytes + size, structure->size - size);
}

/* Blocks alternate: three in use, a free one. */
static void
fill_pool(struct heapscene *scene, uint64_t pool, uint32_t pool_size, uint32_t size, uint32_t above, size_t *number)
{
    const struct cpt_layout_fields *at = AT(scene);
    struct world *world = &scene->gallery.world;
    uint32_t carved = 0, used = 0, capacity = (pool_size - CPT_POOL_HEAD) / size;
    uint64_t free_list = 0;

    while (carved + 1 < capacity) {
        uint64_t block = pool + CPT_POOL_HEAD + (uint64_t)carved * size;
        const struct world_structure *structure = NULL;

        if (carved % 4 != 3) {
            structure = next_object(scene, number, above, size);
            if (!structure)
                break;
            copy_object(scene, structure, block);
            used++;
        } else {
            world_put(world, "free block", block, 0, 8, free_list, WORLD_DATA);
            free_list = block;
        }
        carved++;
    }
    /* One that is free at the end: a pool whose list is empty is full. */
    world_put(world, "free block", pool + CPT_POOL_HEAD + (uint64_t)carved * size, 0, 8, free_list, WORLD_DATA);
    free_list = pool + CPT_POOL_HEAD + (uint64_t)carved * size;
    carved++;
    world_put(world, "pool.count", pool, at->pool.count, 4, used, WORLD_DATA);
    world_put(world, "pool.freeblock", pool, at->pool.freeblock, 8, free_list, WORLD_DATA);
    world_put(world, "pool.arenaindex", pool, at->pool.arenaindex, 4, 0, WORLD_DATA);
    world_put(world, "pool.szidx", pool, at->pool.szidx, 4, size / 16 - 1, WORLD_DATA);
    world_put(world, "pool.nextoffset", pool, at->pool.nextoffset, 4, CPT_POOL_HEAD + carved * size, WORLD_DATA);
    world_put(world, "pool.maxnextoffset", pool, at->pool.maxnextoffset, 4, pool_size - size, WORLD_DATA);
}

static uint32_t
pool_size_of(const struct cpt_layout *layout)
{
    return CPT_PYTHON_MINOR(layout->version.hex) >= 10 ? 16384 : 4096;
}

static void
add_pools(struct heapscene *scene)
{
    uint32_t pool_size = pool_size_of(scene->gallery.world.layout);
    size_t number = 0;

    scene->pools = world_add_at(&scene->gallery.world, "pools", POOLS, (size_t)POOL_COUNT * pool_size);
    scene->pool_count = POOL_COUNT;
    for (size_t i = 0; i < POOL_COUNT; i++) {
        if (i % 2 == 0)
            number = 0;
        fill_pool(scene, scene->pools + i * pool_size, pool_size, block_sizes[i / 2], i / 2 ? block_sizes[i / 2 - 1] : 0,
                  &number);
    }
}

/* malloc's: a word for the size in front of each. The interpreter's last words lead to them. */
static void
add_chunks(struct heapscene *scene)
{
    struct world *world = &scene->gallery.world;
    uint64_t at, end;
    int32_t place = AT(scene)->interp.size - 8;
    const struct world_structure *structure;
    size_t number = 0;

    scene->chunks = world_add_at(world, "chunks", CHUNKS, CHUNKS_SIZE);
    end = scene->chunks + CHUNKS_SIZE - 1024;
    for (at = scene->chunks; at < end && (structure = next_object(scene, &number, 64, 1024)); place -= 8) {
        uint64_t size = (structure->size + 8 + 15) / 16 * 16;

        world_put(world, "chunk.size", at, 8, 8, size | PREVIOUS_USED, WORLD_DATA);
        copy_object(scene, structure, at + 16);
        world_point(world, "interpreter's word", scene->interpreter, place, at + 16, WORLD_DATA);
        at += size;
    }
    world_put(world, "top chunk", at, 8, 8, (scene->chunks + CHUNKS_SIZE - at) | PREVIOUS_USED, WORLD_DATA);
}

/* --- the runtime ----------------------------------------------------------------------------- */

/* The collector's youngest list has the list of all values. */
static void
point_generations(struct heapscene *scene)
{
    const struct cpt_layout_fields *at = AT(scene);
    struct world *world = &scene->gallery.world;
    uint64_t first = scene->gallery.list - (CPT_HAS(at->gchead.size) ? (uint64_t)at->gchead.size : 0);
    uint64_t gc = scene->interpreter + (uint64_t)(CPT_HAS(at->interp.gc) ? at->interp.gc : 0);
    uint64_t structure = CPT_HAS(at->runtime.gc_generations) ? scene->runtime : gc;
    int32_t field = CPT_HAS(at->runtime.gc_generations) ? at->runtime.gc_generations : at->gc.generations;

    world_point(world, "generations.next", structure, field, first, WORLD_DATA);
    if (CPT_HAS(at->gc.generations) && CPT_HAS(at->gc.generation0) && !CPT_HAS(at->runtime.gc_generations))
        world_point(world, "gc.generation0", gc, at->gc.generation0, gc + (uint64_t)at->gc.generations, WORLD_DATA);
}

/* From 3.12 the interpreter leads to the table of arenas. */
static void
point_arenas(struct heapscene *scene)
{
    const struct cpt_layout_fields *at = AT(scene);
    struct world *world = &scene->gallery.world;
    uint32_t pool_size = pool_size_of(world->layout);
    uint64_t table = world_add(world, "arenas", (size_t)(ARENA_ENTRIES * at->arena.size)), state = scene->interpreter;
    int32_t arenas = at->interp.obmalloc_arenas, count = at->interp.obmalloc_maxarenas;

    world_put(world, "arena.address", table, at->arena.address, 8, POOLS, WORLD_DATA);
    world_put(world, "arena.pool_address", table, at->arena.pool_address, 8, POOLS + (uint64_t)POOL_COUNT * pool_size,
              WORLD_DATA);
    world_put(world, "arena.nfreepools", table, at->arena.nfreepools, 4, 64 - POOL_COUNT, WORLD_DATA);
    world_put(world, "arena.ntotalpools", table, at->arena.ntotalpools, 4, 64, WORLD_DATA);
    for (int32_t i = 1; i + 1 < ARENA_ENTRIES; i++)
        world_put(world, "arena.nextarena", table + (uint64_t)(i * at->arena.size), at->arena.nextarena, 8,
                  table + (uint64_t)((i + 1) * at->arena.size), WORLD_DATA);
    if (CPT_HAS(at->interp.obmalloc)) {
        state = world_add(world, "obmalloc", (size_t)at->obmalloc.size);
        world_point(world, "interp.obmalloc", scene->interpreter, at->interp.obmalloc, state, WORLD_DATA);
        arenas = at->obmalloc.arenas;
        count = at->obmalloc.maxarenas;
    }
    world_put(world, "obmalloc.arenas", state, arenas, 8, table, WORLD_DATA);
    world_put(world, "obmalloc.maxarenas", state, count, 4, ARENA_ENTRIES, WORLD_DATA);
}

void
heapscene_build(struct heapscene *scene, const struct cpt_layout *layout)
{
    const struct cpt_layout_fields *at = &layout->at;
    struct world *world = &scene->gallery.world;
    uint64_t thread;

    memset(scene, 0, sizeof(*scene));
    gallery_build(&scene->gallery, layout);
    set_sizes(scene);
    scene->runtime = world_add(world, "runtime", (size_t)at->runtime.size);
    scene->interpreter = world_add(world, "interpreter", (size_t)at->interp.size);
    thread = world_add(world, "thread", CPT_HAS(at->tstate.size) ? (size_t)at->tstate.size : 1024);
    world_point(world, "runtime.interpreters_head", scene->runtime, at->runtime.interpreters_head, scene->interpreter,
                WORLD_DATA);
    world_point(world, "runtime.interpreters_main", scene->runtime, at->runtime.interpreters_main, scene->interpreter,
                WORLD_DATA);
    world_point(world, "interp.threads_head", scene->interpreter, at->interp.threads_head, thread, WORLD_DATA);
    world_point(world, "tstate.interp", thread, at->tstate.interp, scene->interpreter, WORLD_DATA);
    point_generations(scene);
    point_arenas(scene);
    add_pools(scene);
    add_chunks(scene);
}

void
heapscene_free(struct heapscene *scene)
{
    gallery_free(&scene->gallery);
}

/* --- reading --------------------------------------------------------------------------------- */

void
heapscene_read(const struct heapscene *scene, struct cpt_memory *memory, const struct cpt_layout *layout,
               unsigned threads, unsigned ways, struct heapscene_reading *reading)
{
    struct cpt_heap_query query = {.memory = memory,
                                   .layout = layout,
                                   .runtime = scene->runtime,
                                   .holes = &reading->holes,
                                   .threads = threads,
                                   .ways = ways};
    static const enum cpt_census_by by[] = {CPT_CENSUS_TYPE, CPT_CENSUS_MODULE, CPT_CENSUS_SIZE};

    memset(reading, 0, sizeof(*reading));
    reading->status = cpt_heap_walk(&reading->heap, &query, &reading->error);
    for (size_t i = 0; !reading->status && i < 3; i++)
        reading->status = cpt_census_take(&reading->census[i], &reading->heap, by[i], &reading->error);
    if (!reading->status)
        reading->status = cpt_ledger_take(&reading->ledger, &reading->heap, &reading->error);
}

void
heapscene_reading_free(struct heapscene_reading *reading)
{
    cpt_heap_close(&reading->heap);
    cpt_holes_free(&reading->holes);
}

static bool
census_adds_up(const struct cpt_census *census, const struct cpt_heap *heap)
{
    uint64_t objects = 0, bytes = 0;

    for (size_t i = 0; i < census->row_count; i++) {
        objects += census->rows[i].objects;
        bytes += census->rows[i].bytes;
    }
    return census->objects == heap->objects && objects == heap->objects && bytes == heap->bytes;
}

bool
heapscene_adds_up(const struct cpt_memory *memory, const struct heapscene_reading *reading)
{
    uint64_t sum = 0, mapped = 0;

    if (reading->status)
        return true;
    for (size_t i = 0; i < memory->mapping_count; i++)
        mapped += memory->mappings[i].end - memory->mappings[i].start;
    for (size_t i = 0; i < CPT_LEDGER_CATEGORIES; i++) {
        sum += reading->ledger.categories[i];
        if (reading->ledger.categories[i] > mapped)
            return false;
    }
    /* Each object has a byte of its own at least, and tables that overlap cannot make it more than so many times all. */
    return sum == reading->ledger.total && reading->heap.objects < mapped &&
           reading->heap.size_of <= (reading->heap.objects + 1) * 4 * mapped &&
           census_adds_up(&reading->census[0], &reading->heap);
}

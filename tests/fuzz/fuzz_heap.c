/* Census and ledger of a damaged heap, and of some a question that goes through the references. Input: the number of a layout,
   how many threads walk (the lowest bit), by which ways arenas are looked for, and whether a question is asked (the highest three
   bits are set: it takes several times as long); then which one, and of which object (two bytes); then changes to the heap of
   that layout. */
#include "coreanalyze/analyses/leaks.h"
#include "coreanalyze/analyses/path.h"
#include "coreanalyze/analyses/refs.h"
#include "tests/fuzz/change.h"
#include "tests/fuzz/target.h"
#include "tests/synthetic/heapscene.h"

#include <stdlib.h>

struct opened {
    struct cpt_layout layout;
    struct heapscene scene;
    struct cpt_memory *memory; /* NULL: not made yet */
};

static struct opened *
scene_of(size_t number)
{
    static struct opened all[LAYOUT_COUNT];
    struct opened *opened = &all[number];

    if (!opened->memory) {
        layout_make(number, &opened->layout);
        heapscene_build(&opened->scene, &opened->layout);
        opened->memory = world_open(&opened->scene.gallery.world, true);
    }
    return opened;
}

#define ASKS 0xe0

enum question {
    PATH,
    REFS_TO,
    REFS_FROM,
    RETAINED,
    LEAKS,
    QUESTIONS,
};

static void
ask_retained(struct cpt_heap *heap)
{
    struct cpt_graph graph;
    struct cpt_rootset roots = {0};
    struct cpt_retained retained;
    struct cpt_error error;
    cpt_status status = cpt_graph_open(&graph, heap, NULL, &error);

    if (!status)
        status = cpt_graph_connect(&graph, NULL, &error);
    if (!status)
        status = cpt_rootset_take(&roots, &graph, &error);
    if (!status)
        status = cpt_retained_take(&retained, &graph, &roots, CPT_RETAINED_NAMED, 5, NULL, &error);
    if (!status && (retained.count > 5 || retained.objects > heap->objects))
        abort();
    cpt_rootset_free(&roots);
    cpt_graph_close(&graph);
}

/* Whatever the answer is. */
static void
ask(const struct world *world, struct cpt_heap *heap, enum question question, uint64_t number)
{
    uint64_t address = world->structures.items[number % world->structures.count].object;
    struct cpt_refs refs;
    struct cpt_path path;
    struct cpt_leaks leaks;
    struct cpt_error error;
    cpt_status ignored = CPT_OK;

    if (question == PATH)
        ignored = cpt_path_take(&path, heap, address, NULL, &error);
    else if (question == REFS_TO || question == REFS_FROM)
        ignored = cpt_refs_take(&refs, heap, address, question == REFS_TO, 10, NULL, &error);
    else if (question == RETAINED)
        ask_retained(heap);
    else
        ignored = cpt_leaks_take(&leaks, heap, 5, NULL, &error);
    (void)ignored;
}

void
fuzz_heap(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct opened *opened = scene_of(fuzz_take(&input, 1) % LAYOUT_COUNT);
    const struct world *world = &opened->scene.gallery.world;
    unsigned how = (unsigned)fuzz_take(&input, 1);
    bool asks = (how & ASKS) == ASKS;
    enum question question = asks ? fuzz_take(&input, 1) % QUESTIONS : LEAKS;
    uint64_t object = asks ? fuzz_take(&input, 2) : 0;
    struct heapscene_reading reading;
    struct fuzz_changes changes;

    fuzz_change(world, opened->memory, &input, &changes);
    heapscene_read(&opened->scene, opened->memory, &opened->layout, 1 + (how & 1), how >> 1 & 14, &reading);
    if (!heapscene_adds_up(opened->memory, &reading))
        abort();
    if (!reading.status && asks)
        ask(world, &reading.heap, question, object);
    heapscene_reading_free(&reading);
    fuzz_restore(opened->memory, &changes);
}

CPT_FUZZ_ENTRY(fuzz_heap)

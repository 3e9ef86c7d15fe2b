/* Census and ledger of a damaged heap. Input: the number of a layout, how many threads walk (the lowest bit) and by which
   ways arenas are looked for, then changes to the heap of that layout. */
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

void
fuzz_heap(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct opened *opened = scene_of(fuzz_take(&input, 1) % LAYOUT_COUNT);
    unsigned how = (unsigned)fuzz_take(&input, 1);
    struct heapscene_reading reading;
    struct fuzz_changes changes;

    fuzz_change(&opened->scene.gallery.world, opened->memory, &input, &changes);
    heapscene_read(&opened->scene, opened->memory, &opened->layout, 1 + (how & 1), how >> 1 & 14, &reading);
    if (!heapscene_adds_up(opened->memory, &reading))
        abort();
    heapscene_reading_free(&reading);
    fuzz_restore(opened->memory, &changes);
}

CPT_FUZZ_ENTRY(fuzz_heap)

/* Stacks of a damaged target. Input: the number of a layout (with the topmost bit: a collection is
   under way), then changes to the sound scene of that layout. */
#include "tests/fuzz/change.h"
#include "tests/fuzz/target.h"
#include "tests/synthetic/scene.h"

struct opened {
    struct cpt_layout layout;
    struct scene scene;
    struct cpt_memory *memory; /* NULL: not made yet */
};

static struct opened *
scene_of(size_t number, bool collecting)
{
    static struct opened all[LAYOUT_COUNT][2];
    struct opened *opened = &all[number][collecting];

    if (!opened->memory) {
        layout_make(number, &opened->layout);
        scene_build(
            &opened->scene, &opened->layout,
            &(struct scene_options){.collecting = collecting, .collector_stack = collecting});
        opened->memory = world_open(&opened->scene.world, number % 2);
    }
    return opened;
}

void
fuzz_stack(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    size_t kind = fuzz_take(&input, 1);
    struct opened *opened = scene_of(kind % LAYOUT_COUNT, kind >= 0x80);
    struct scene_result result;
    struct fuzz_changes changes;

    fuzz_change(&opened->scene.world, opened->memory, &input, &changes);
    scene_analyse(&opened->scene, opened->memory, &opened->layout, &result);
    scene_result_free(&result);
    fuzz_restore(opened->memory, &changes);
}

CPT_FUZZ_ENTRY(fuzz_stack)

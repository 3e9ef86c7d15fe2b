/* What a target says of its own layout. Input: the bytes of _Py_DebugOffsets. Where they make a
   layout, a sound target is read by it: wrong places must do no more than wrong bytes. */
#include "tests/fuzz/target.h"
#include "tests/synthetic/scene.h"

#include <stdlib.h>
#include <string.h>

/* Numbers of built-in layouts of 3.13, 3.14 and 3.15, whose scenes are read. */
static const size_t layouts[] = {7, 12, 14};

struct opened {
    struct cpt_layout layout;
    struct scene scene;
    struct cpt_memory *memory; /* NULL: not made yet */
};

static struct opened *
scene_of(unsigned minor)
{
    static struct opened all[3];
    struct opened *opened;

    if (minor < 13 || minor > 15)
        abort();
    opened = &all[minor - 13];
    if (!opened->memory) {
        layout_make(layouts[minor - 13], &opened->layout);
        scene_build(&opened->scene, &opened->layout, &(struct scene_options){.collecting = true});
        opened->memory = world_open(&opened->scene.world, false);
    }
    return opened;
}

static void
use(const struct cpt_layout_fields *fields, const struct cpt_python_version *version)
{
    struct opened *opened = scene_of(CPT_PYTHON_MINOR(version->hex));
    struct scene_result result;
    struct cpt_layout layout;
    char missing[64];

    cpt_layout_init(&layout);
    layout.version = *version;
    cpt_layout_fill(&layout, fields, CPT_LAYOUT_SELF);
    cpt_layout_fill(&layout, &opened->layout.at, CPT_LAYOUT_TABLE);
    if (!cpt_layout_is_complete(&layout, missing, sizeof(missing)))
        abort();
    scene_analyse(&opened->scene, opened->memory, &layout, &result);
    scene_result_free(&result);
}

void
fuzz_debug_offsets(const uint8_t *data, size_t size)
{
    struct cpt_layout_fields fields;
    struct cpt_python_version version;
    struct cpt_error error;
    char text[16];

    if (cpt_layout_from_self(&fields, &version, data, size, &error))
        return;
    cpt_python_version_format(version.hex, text, sizeof(text));
    if (!version.free_threaded)
        use(&fields, &version);
}

CPT_FUZZ_ENTRY(fuzz_debug_offsets)

#include "tests/synthetic/layouts.h"

#include <stdio.h>
#include <stdlib.h>

/* The very builds that the tables were made from: they are served without hints. */
static const struct cpt_python_version versions[LAYOUT_COUNT] = {
    {.hex = 0x030710f0}, {.hex = 0x030812f0},
    {.hex = 0x030912f0}, {.hex = 0x030a0df0},
    {.hex = 0x030b07f0}, {.hex = 0x030b02f0, .debug_build = true},
    {.hex = 0x030c01f0}, {.hex = 0x030d00f0},
    {.hex = 0x030d07f0}, {.hex = 0x030d12f0},
    {.hex = 0x030e00f0}, {.hex = 0x030e04f0},
    {.hex = 0x030e0af0}, {.hex = 0x030e0af0, .debug_build = true},
    {.hex = 0x030f02f0}, {.hex = 0x030f02f0, .debug_build = true},
};

const char *
layout_make(size_t i, struct cpt_layout *layout)
{
    struct cpt_layout_fields fields;
    struct cpt_error error;
    const char *build;

    cpt_layout_init(layout);
    layout->version = versions[i];
    if (cpt_layout_from_table(&fields, &build, &versions[i], NULL, &error)) {
        fprintf(stderr, "tests/synthetic: %s\n", error.what);
        abort();
    }
    cpt_layout_fill(layout, &fields, CPT_LAYOUT_TABLE);
    layout->table = build;
    return build;
}

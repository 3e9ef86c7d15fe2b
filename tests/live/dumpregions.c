/* What the pieces of a target's writable memory are taken for, for tests: a line "START END KIND" (hexadecimal) for
   each region, then for each of malloc's areas, and of stacks kept for later, in the anonymous ones. pymalloc's
   arenas are not looked for. A process is held for as long as its memory is copied.  Usage: dumpregions PID|CORE */
#include "coreanalyze/heap/glibc.h"
#include "tests/live/dumptarget.h"

#include <inttypes.h>
#include <stdio.h>

enum { EXIT_TROUBLE = 2 };

static const char *const kinds[CPT_REGION_KINDS] = {"anonymous", "brk", "stack", "image", "file"};
static const char *const areas_kinds[] = {"heap", "chunk", "kept-stack"};

static cpt_status
write_all(struct cpt_memory *memory, struct cpt_error *error)
{
    const struct cpt_obmalloc none = {0};
    struct cpt_area_runs areas = {0};
    struct cpt_regions regions;
    cpt_status status = cpt_regions_open(&regions, memory, error);

    if (!status)
        status = cpt_areas_list(&areas, &regions, &none, error);
    for (size_t i = 0; !status && i < regions.count; i++)
        printf("%" PRIx64 " %" PRIx64 " %s\n", regions.items[i].start, regions.items[i].end,
               kinds[regions.items[i].kind]);
    for (size_t i = 0; !status && i < areas.count; i++)
        printf("%" PRIx64 " %" PRIx64 " %s\n", areas.items[i].start, areas.items[i].end,
               areas_kinds[areas.items[i].kind]);
    cpt_areas_free(&areas);
    cpt_regions_close(&regions);
    return status;
}

int
main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: dumpregions PID|CORE\n");
        return EXIT_TROUBLE;
    }
    return dump_target("dumpregions", argv[1], write_all);
}

#include "tests/live/dumptarget.h"

#include "coreanalyze/memory/core.h"
#include "coreanalyze/memory/snapshot.h"

#include <stdio.h>
#include <stdlib.h>

enum { EXIT_TROUBLE = 2 };

typedef cpt_status (*dump_function)(struct cpt_memory *memory, struct cpt_error *error);

static cpt_status
dump_core(const char *path, dump_function dump, struct cpt_error *error)
{
    struct cpt_core *core = NULL;
    cpt_status status = cpt_core_open(&core, path, error);

    if (!status)
        status = dump(cpt_core_memory(core), error);
    cpt_core_close(core);
    return status;
}

static cpt_status
dump_process(int32_t pid, dump_function dump, struct cpt_error *error)
{
    struct cpt_process *process = NULL;
    struct cpt_snapshot *snapshot = NULL;
    struct cpt_holes holes = {0};
    cpt_status status = cpt_process_open(&process, pid, NULL, error);

    if (!status)
        status = cpt_snapshot_open(&snapshot, process, NULL, error);
    if (!status)
        status = cpt_process_hold(process, &holes, error);
    if (!status)
        status = cpt_snapshot_take(snapshot, &holes, error);
    if (!status)
        status = dump(cpt_snapshot_memory(snapshot), error);
    cpt_snapshot_close(snapshot);
    cpt_process_close(process);
    cpt_holes_free(&holes);
    return status;
}

int
dump_target(const char *program, const char *target, dump_function dump)
{
    struct cpt_error error;
    char *end;
    long pid = strtol(target, &end, 10);
    cpt_status status = *end ? dump_core(target, dump, &error) : dump_process((int32_t)pid, dump, &error);

    if (status)
        fprintf(stderr, "%s: %s\n", program, error.what);
    return status ? EXIT_TROUBLE : EXIT_SUCCESS;
}

/* A request of the command script: what gdb says of its current target, and the command line.
 *
 * It consists of sections, each headed by a line "coreptile-section NAME", that hold the output of gdb's commands.
 */
#ifndef CPT_GDB_REQUEST_H
#define CPT_GDB_REQUEST_H

#include "coreanalyze/coreptile.h"

#include <stdbool.h>
#include <stddef.h>

struct cpt_gdb_request {
    struct cpt_debugger debugger; /* but for the functions and the session; its texts and threads belong to this */
    struct cpt_debugger_thread *threads;
    char *foreign; /* name of the target's architecture where it is none that can be read; else NULL */
    char *maps, *core, *executable, *sysroot;
    char **argv; /* NULL-terminated */
    int argc;
    int width;
    bool has_mappings; /* gdb was asked for them, whatever it said */
    bool in_c; /* gdb's expressions are in C, or in a language that has its texts */
    /* While it is read. */
    size_t connection, column; /* where columns of the table of inferiors begin; 0: not seen */
    size_t standing;           /* threads with a pc */
    size_t maps_size, maps_capacity;
    bool core_follows;
};

/* Reads TEXT, which it changes. False: no memory, or TEXT makes no sense. */
bool cpt_gdb_request_parse(struct cpt_gdb_request *request, char *text);
void cpt_gdb_request_free(struct cpt_gdb_request *request);

#endif

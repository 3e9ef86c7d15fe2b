/* What fakehost plays debugger on: a process that it stops, or a core. */
#ifndef FAKEHOST_TARGET_H
#define FAKEHOST_TARGET_H

#include "coreanalyze/coreptile.h"

#include <time.h>

enum { MAX_THREADS = 4096 };

struct fake {
    struct cpt_debugger debugger;
    struct cpt_debugger_thread threads[MAX_THREADS];
    const uint8_t *file; /* the core, mapped */
    size_t file_size;
    char *maps;
    bool elsewhere, lies, breakpoints, no_maps, counts;
    size_t reads, bytes;
    long cancel_after; /* milliseconds; -1: never */
    struct timespec begun;
    const char *cancel_calls; /* the numbers that are left; NULL: not asked for */
    long asked, cancel_at;    /* of this command */
    double cancelled;         /* when, in milliseconds of processor time; 0: it was not */
};

/* Says what failed, by errno, and ends the program. */
_Noreturn void fake_die(const char *what);

/* Stops all threads of the process that FAKE's debugger names, and takes their registers; lets them go again. */
void fake_stop_process(struct fake *fake);
void fake_let_go(struct fake *fake);

/* Sets the debugger's mappings to those of its process; FAKE's to free. */
void fake_read_maps(struct fake *fake);

/* Maps the core PATH, and takes the threads and the process's id from its notes. */
void fake_open_core(struct fake *fake, const char *path);

/* As cpt_debugger's read, without what FAKE makes up. */
size_t fake_read(const struct fake *fake, uint64_t address, uint8_t *buffer, size_t size);

#endif

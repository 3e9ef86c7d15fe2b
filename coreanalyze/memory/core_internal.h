/* The parts of an open core, shared by the files that read it (core*.c). */
#ifndef CPT_MEMORY_CORE_INTERNAL_H
#define CPT_MEMORY_CORE_INTERNAL_H

#include "coreanalyze/base/buffer.h"
#include "coreanalyze/memory/cache.h"
#include "coreanalyze/memory/core.h"
#include "coreanalyze/memory/core_notes.h"
#include "coreanalyze/memory/guard.h"
#include "coreanalyze/memory/maps.h"
#include "coreanalyze/memory/pieces.h"

#include <elf.h>
#include <time.h>

/* One PT_LOAD: a mapping of the process, dumped or not. */
struct cpt_area {
    uint64_t start, end;
    uint64_t left_out; /* bytes of it that the kernel's filter kept out of the core */
    uint32_t flags;    /* PF_… */
};

struct cpt_area_list {
    struct cpt_area *items;
    size_t count, capacity;
};

struct cpt_core {
    struct cpt_memory memory;
    const uint8_t *bytes; /* the file, mapped */
    size_t size;
    int fd;                 /* the same */
    bool unpacked;          /* it is our own: nobody can change it */
    struct timespec written; /* its mtime when it was opened */
    struct cpt_guard guard; /* of BYTES */
    struct cpt_cache cache; /* pages of it that small reads touched */
    struct cpt_core_info info;
    struct cpt_arena arena;
    struct cpt_core_notes notes;
    struct cpt_area_list areas; /* sorted and disjoint once cpt_core_make_mappings has run */
    struct cpt_pieces dumped; /* settled once the segments are read, and never added to afterwards */
    struct {
        struct cpt_run *items;
        size_t count, capacity;
    } runs; /* what DUMPED has bytes for */
    struct cpt_pieces files; /* from cpt_core_add_file; disjoint from DUMPED */
    bool (*fill)(void *arg, uint64_t address); /* see cpt_core_set_fill */
    void *fill_arg;
    bool filling;
    struct cpt_mapping_list mappings;
    struct cpt_buffer command_line;
    bool has_command_line;
};

/* Checks that BYTES are the beginning of a core that can be read here. */
CPT_MUST_USE cpt_status cpt_core_check_header(const char *path, const uint8_t *bytes, size_t size,
                                              struct cpt_error *error);

/* Reads the program headers: areas, pieces and notes. */
CPT_MUST_USE cpt_status cpt_core_read_segments(struct cpt_core *core, struct cpt_error *error);

/* Makes the mappings out of areas and NT_FILE, and counts what was left out of file-backed ones. */
CPT_MUST_USE cpt_status cpt_core_make_mappings(struct cpt_core *core, struct cpt_error *error);

/* Finds the executable's path. */
void cpt_core_find_executable(struct cpt_core *core);

#endif

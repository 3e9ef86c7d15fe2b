/* The notes of a core: threads, signal, mapped files, auxiliary vector, names. */
#ifndef CPT_MEMORY_CORE_NOTES_H
#define CPT_MEMORY_CORE_NOTES_H

#include "coreanalyze/base/arena.h"
#include "coreanalyze/memory/core.h"

/* One entry of NT_FILE. */
struct cpt_core_file {
    uint64_t start, end, offset;
    const char *path;
    bool deleted;
};

/* What the signal is made out from. */
struct cpt_core_signal_notes {
    const uint8_t *siginfo; /* in the core; NULL: no note */
    size_t siginfo_size;
    int32_t first_thread; /* of the first NT_PRSTATUS */
    int16_t cursig;       /* its pr_cursig */
    int32_t info_signo;   /* its pr_info.si_signo */
    bool has_thread;
};

struct cpt_core_notes {
    struct {
        struct cpt_task *items;
        size_t count, capacity;
    } tasks; /* in the core's order */
    struct {
        struct cpt_core_file *items;
        size_t count, capacity;
    } files;             /* by address, not overlapping */
    const uint8_t *auxv; /* in the core; NULL: no note */
    size_t auxv_size;
    bool has_pid;
    int32_t pid; /* NT_PRPSINFO */
    bool has_files;
    struct cpt_core_signal_notes signal;
};

/* Reads the SIZE bytes of one note segment; a note that is cut or makes no sense is passed over.
   Texts go into ARENA, program and arguments into INFO. Returns CPT_OK or CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_core_notes_read(struct cpt_core_notes *notes, const uint8_t *bytes,
                                            size_t size, struct cpt_arena *arena,
                                            struct cpt_core_info *info);

/* Makes out SIGNAL. A core made on demand has number 0. */
void cpt_core_notes_signal(const struct cpt_core_notes *notes, struct cpt_core_signal *signal);

/* The value of the auxiliary vector's entry TYPE (AT_…). False when there is none. */
bool cpt_core_notes_auxv(const struct cpt_core_notes *notes, uint64_t type, uint64_t *value);

void cpt_core_notes_free(struct cpt_core_notes *notes);

#endif

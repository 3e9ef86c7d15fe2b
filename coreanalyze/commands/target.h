/* A target, opened: its memory, its files, and the CPython in it. */
#ifndef CPT_COMMANDS_TARGET_H
#define CPT_COMMANDS_TARGET_H

#include "coreanalyze/base/log.h"
#include "coreanalyze/base/progress.h"
#include "coreanalyze/commands/options.h"
#include "coreanalyze/coreptile.h"
#include "coreanalyze/memory/callback.h"
#include "coreanalyze/memory/filemap.h"
#include "coreanalyze/memory/process.h"
#include "coreanalyze/memory/snapshot.h"
#include "coreanalyze/output/output.h"
#include "symbols/find.h"

/* What a target is opened with besides its options. All but INPUT may be NULL. */
struct cpt_target_host {
    const struct cpt_log *log;
    struct cpt_progress *progress;
    int input; /* the descriptor that a core named "-" is read from */
    const struct cpt_debugger *debugger; /* whose current target it is, whatever the options name; or NULL */
};

struct cpt_target {
    const struct cpt_log *log;
    struct cpt_progress *progress; /* for whatever takes long; or NULL */
    const char *path;              /* of the core, or NULL */
    const struct cpt_debugger *debugger; /* that we run in, or NULL */
    struct cpt_process *process;   /* one of these three */
    struct cpt_core *core;
    struct cpt_callback *callback; /* a process that only the debugger can read */
    struct cpt_memory *memory;
    struct cpt_filemap *filemap;
    struct cpt_file *executable;   /* among the filemap's files, or NULL */
    struct cpt_file **images;      /* those of them that the search looked at */
    struct cpt_found found;
    struct cpt_holes holes;
    bool changed;                  /* the core, while it was read; it has been said */
    bool found_leaks;              /* for --fail */
    char version[16];
    char root[32], cwd[4096];      /* of a process: "/proc/PID/root", and what cpt_target_sources found */
};

/* Opens what OPTIONS name and finds the CPython in it. */
CPT_MUST_USE cpt_status cpt_target_open(struct cpt_target *target, const struct cpt_options *options,
                                        const struct cpt_target_host *host,
                                        struct cpt_error *error);

/* Lets a held process go, and frees all. */
void cpt_target_close(struct cpt_target *target);

/* Holds a live target still, unless OPTIONS say no; lets it go again, and tells with -v how long it stood. A process
   that ended meanwhile is CPT_GONE, whatever STATUS reading it ended with; else STATUS is returned. */
CPT_MUST_USE cpt_status cpt_target_hold(struct cpt_target *target, const struct cpt_options *options,
                                        struct cpt_error *error);
CPT_MUST_USE cpt_status cpt_target_release(struct cpt_target *target, cpt_status status, struct cpt_error *error);

/* All memory of TARGET at one moment, for work that takes longer than a process can be held. Of a core *MEMORY is the
   core's, and *SNAPSHOT NULL; so it is of what only a debugger can read, which is copied into TARGET's memory itself. A
   process is copied, held meanwhile unless OPTIONS say no (then a note tells that the copy may be torn), and *MEMORY is
   the copy's: the caller closes *SNAPSHOT, before TARGET. Errors: as cpt_snapshot_open, cpt_callback_copy,
   cpt_target_hold and cpt_target_release. */
CPT_MUST_USE cpt_status cpt_target_snapshot(struct cpt_target *target, const struct cpt_options *options,
                                            struct cpt_snapshot **snapshot, struct cpt_memory **memory,
                                            struct cpt_error *error);

/* Names, as notes, the files looked at so far that are of another build than the target's, and of a core those that
   were needed and are missing. */
void cpt_target_note_files(struct cpt_target *target);

/* The head of the result, for COMMAND. Its texts are TARGET's. */
void cpt_target_envelope(const struct cpt_target *target, const char *command,
                         struct cpt_envelope *envelope);

/* Where TARGET's source files are on this machine. */
void cpt_target_sources(struct cpt_target *target, const struct cpt_options *options,
                        struct cpt_source_options *sources);

/* The file that holds the interpreter, or NULL. */
struct cpt_file *cpt_target_python(const struct cpt_target *target);

#endif

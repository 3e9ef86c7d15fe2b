/* An ELF core file as a memory source: mapped, never read as a whole. */
#ifndef CPT_MEMORY_CORE_H
#define CPT_MEMORY_CORE_H

#include "coreanalyze/base/log.h"
#include "coreanalyze/base/progress.h"
#include "coreanalyze/base/text.h"
#include "coreanalyze/memory/memory.h"

struct cpt_core;

/* The signal that ended the process (NT_SIGINFO, or NT_PRSTATUS of the first thread). */
struct cpt_core_signal {
    int32_t number;   /* 0: none, the core was made on demand (gcore) */
    bool has_address; /* SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP sent by the kernel */
    uint64_t address;
    bool has_sender; /* sent by a process (SI_USER, SI_TKILL, SI_QUEUE) */
    int32_t sender_pid;
    int32_t thread; /* tid of the one that took it: the first in the core; 0 without signal */
};

struct cpt_core_info {
    struct cpt_core_signal signal;
    bool truncated;          /* the file ends before the last dumped byte */
    uint64_t missing_bytes;  /* that a truncated file lacks */
    uint64_t left_out_bytes; /* file-backed, not dumped: to be found in the files themselves */
    bool lacks_anonymous;    /* the filter kept out the process's own memory, its stack among it */
    bool lacks_headers;      /* the filter kept out the first pages of files, which identify them */
    char executable[4096]; /* path of the mapping that AT_PHDR points into, else AT_EXECFN; or "" */
    char program[17];      /* NT_PRPSINFO pr_fname */
    char arguments[81];    /* NT_PRPSINFO pr_psargs, cut at 80 by the kernel */
    uint16_t machine;      /* ELF e_machine */
    char damage[256];      /* why its compressed data gave no more; "": they came whole, or are none */
    int64_t mtime;         /* when the file was written last; 0: not known (it came through a pipe) */
};

/* Where a core comes from. */
struct cpt_core_source {
    const char *path; /* to be opened; what messages call it where FD is given */
    int fd;           /* read from this instead, which stays the caller's; -1: PATH */
    const struct cpt_log *log;     /* or NULL */
    struct cpt_progress *progress; /* of unpacking; or NULL */
};

/* Opens and maps a core and reads its headers and notes; every offset is clamped to p_filesz and
   to the size of the file. A compressed one (zstd, lz4, xz, lzma, gzip), or one that comes through
   a pipe, is first unpacked into a file without a name. A core cut short is opened as far as it
   goes. Errors: CPT_IO (with strerror; no room to unpack it), CPT_UNSUPPORTED (not ELF, not a core,
   32 bits, another byte order or machine, a compressed form that this build cannot read),
   CPT_CORRUPT, CPT_LIMIT. */
CPT_MUST_USE cpt_status cpt_core_open_source(struct cpt_core **core,
                                             const struct cpt_core_source *source,
                                             struct cpt_error *error);
CPT_MUST_USE cpt_status cpt_core_open(struct cpt_core **core, const char *path,
                                      struct cpt_error *error);
void cpt_core_close(struct cpt_core *core);

/* The source; valid until close. Bytes come from the core, then from files added with
   cpt_core_add_file. A segment's bytes beyond p_filesz are missing, not zero: the kernel's
   filter left them out. */
struct cpt_memory *cpt_core_memory(struct cpt_core *core);

const struct cpt_core_info *cpt_core_info(const struct cpt_core *core);

/* The process's argument vector as it stands on the main thread's stack (found through the
   auxiliary vector), NUL-separated, in a buffer of the core; *SIZE bytes. Falls back to
   pr_psargs, split at blanks. */
const char *cpt_core_command_line(struct cpt_core *core, size_t *size);

/* Lets reads of [START, START + SIZE) that the core itself cannot answer come from BYTES (a
   mapped file, owned by the caller and valid until close). Only of pages that were left out when
   the core was written: those that a cut took away (info.truncated) may have been changed by the
   process, and stay missing. */
CPT_MUST_USE cpt_status cpt_core_add_file(struct cpt_core *core, uint64_t start, uint64_t size,
                                          const void *bytes, struct cpt_error *error);

/* Asks FILL for what the core left out, before a read or view of it fails: true says that the page
   at ADDRESS has been added (cpt_core_add_file), and the read is tried again. FILL may read the
   core itself, and is not asked again meanwhile. */
void cpt_core_set_fill(struct cpt_core *core, bool (*fill)(void *arg, uint64_t address), void *arg);

/* How the file was changed by somebody since it was opened ("it was …"), or NULL. A page that was cut
   off under a view reads as zeros. */
const char *cpt_core_changed(const struct cpt_core *core);

/* Whether the core itself has all of [START, START + SIZE). */
bool cpt_core_has(const struct cpt_core *core, uint64_t start, uint64_t size);

#endif

/* A source of bytes: a live process, a core file, a debugger, or a test's own buffers.
 *
 * Decoders know this header alone. An address may be anything: a read never fails with more than a
 * short count or CPT_FAULT.
 */
#ifndef CPT_MEMORY_MEMORY_H
#define CPT_MEMORY_MEMORY_H

#include "coreanalyze/base/progress.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpt_memory;

struct cpt_memory_ops {
    /* Copies from ADDRESS up to SIZE bytes into BUFFER and returns how many could be read before
       the first unreadable one (0 … SIZE). SIZE > 0 and ADDRESS + SIZE does not wrap around. */
    size_t (*read)(struct cpt_memory *memory, uint64_t address, void *buffer, size_t size);

    /* A pointer to the SIZE bytes at ADDRESS that stays valid as long as the source is open, or
       NULL where they are not in one piece. Absent (NULL) in sources that have to copy. */
    const void *(*view)(struct cpt_memory *memory, uint64_t address, size_t size);

    /* The bytes from ADDRESS on that are in one piece and stay valid as long as the source is open, and how many
       (*SIZE, > 0); NULL: none. May be called by several threads at once. Absent where VIEW is. */
    const void *(*piece)(struct cpt_memory *memory, uint64_t address, uint64_t *size);

    /* Lets go of what lies in memory of pieces that were touched (it stays readable), so that a walk over all of a
       large core does not keep it in memory. Absent where there is nothing to let go. Any thread may call it. */
    void (*forget)(struct cpt_memory *memory);
};

/* Bytes that the source has, of one mapping: what a core dumped, or private pages of a process that are resident. */
struct cpt_run {
    uint64_t start, end; /* [start, end) */
};

/* One mapping of the target's address space. */
struct cpt_mapping {
    uint64_t start, end; /* [start, end) */
    uint64_t offset;     /* of START in the file */
    uint64_t inode;      /* 0 where not known (cores) or not a file */
    const char *path;    /* as the target saw it, without " (deleted)"; "[stack]"; NULL: no file */
    bool readable, writable, executable;
    bool shared;  /* what is written goes to the file, or to other processes: not known of cores */
    bool deleted; /* the file was removed or replaced after it was mapped */
};

/* A task's general registers, in DWARF's order for x86-64: rax rdx rcx rbx rsi rdi rbp rsp, r8 … r15, rip. */
#define CPT_TASK_REGISTERS 17

/* One thread as the operating system knows it. */
struct cpt_task {
    int32_t tid;
    int32_t ns_tid; /* its id in its own PID namespace, as gettid() tells it; 0: not known */
    char name[32];  /* the kernel's ("comm"); "": not known (cores do not record it per thread) */
    bool has_registers;        /* the fields below are known: a held process, or a core */
    bool may_restart; /* its registers may be those of a system call about to be repeated */
    bool in_syscall;           /* stopped inside a system call that waits */
    int64_t syscall;           /* number of the one it is in, or has just come back from; -1: none */
    uint64_t syscall_argument; /* its first argument */
    uint64_t kept[7];          /* rdi, and the registers that functions keep for their callers */
    uint64_t pc, sp;
    uint64_t registers[CPT_TASK_REGISTERS];
    uint64_t thread_pointer; /* x86-64: FS base, which is pthread_self() with glibc and musl */
};

enum cpt_memory_kind {
    CPT_MEMORY_PROCESS,
    CPT_MEMORY_CORE,
    CPT_MEMORY_SYNTHETIC,
};

/* The head of every source; each source embeds it first. Its arrays belong to the source. */
struct cpt_memory {
    const struct cpt_memory_ops *ops;
    enum cpt_memory_kind kind;
    const struct cpt_mapping *mappings; /* by address, not overlapping */
    size_t mapping_count;
    const struct cpt_task *tasks; /* the main task first, where it is known */
    size_t task_count;
    const struct cpt_run *runs; /* by address, not overlapping: of cores and snapshots; NULL of others */
    size_t run_count;
    struct cpt_progress *progress; /* the caller's, of the work that reads it: once that is given up, nothing can be read
                                      any more, so that no decoder goes on for long; NULL: it never is */
    int32_t pid;
    int32_t ns_pid; /* as the target itself sees it: another one for a process in a container */
};

/* Copies exactly SIZE bytes; CPT_FAULT with the first unreadable address otherwise (BUFFER is then
   undefined), or CPT_CANCELLED. SIZE 0 is always fine. */
CPT_MUST_USE cpt_status cpt_memory_read(struct cpt_memory *memory, uint64_t address, void *buffer,
                                        size_t size, struct cpt_error *error);

/* Copies as many of SIZE bytes as can be read from ADDRESS on; returns how many. */
size_t cpt_memory_read_some(struct cpt_memory *memory, uint64_t address, void *buffer, size_t size);

/* The SIZE bytes at ADDRESS without a copy, or NULL: then read them. */
const void *cpt_memory_view(struct cpt_memory *memory, uint64_t address, size_t size);

/* The bytes from ADDRESS on that are in one piece, and how many, at most up to the end of the address space; NULL:
   none. */
const void *cpt_memory_piece(struct cpt_memory *memory, uint64_t address, uint64_t *size);

/* See cpt_memory_ops.forget. */
void cpt_memory_forget(struct cpt_memory *memory);

/* Little-endian scalars. */
CPT_MUST_USE cpt_status cpt_memory_read_u64(struct cpt_memory *memory, uint64_t address,
                                            uint64_t *value, struct cpt_error *error);
CPT_MUST_USE cpt_status cpt_memory_read_u32(struct cpt_memory *memory, uint64_t address,
                                            uint32_t *value, struct cpt_error *error);

/* Copies a C string of at most SIZE - 1 bytes, always with a final NUL. CPT_LIMIT when it is
   longer (the beginning is there), CPT_FAULT when it runs into unreadable memory. A string that
   ends just before a hole is still read. */
CPT_MUST_USE cpt_status cpt_memory_read_string(struct cpt_memory *memory, uint64_t address,
                                               char *buffer, size_t size, struct cpt_error *error);

/* The mapping that holds ADDRESS, or NULL. */
const struct cpt_mapping *cpt_memory_mapping(const struct cpt_memory *memory, uint64_t address);

/* How many bytes of [START, END) the source itself has: are in its runs. */
uint64_t cpt_memory_resident(const struct cpt_memory *memory, uint64_t start, uint64_t end);

#endif

/* Native stacks: unwinding by elfutils' libdwfl over our own source of memory, and names of the functions. */
#ifndef CPT_SYMBOLS_NATIVE_H
#define CPT_SYMBOLS_NATIVE_H

#include "coreanalyze/base/arena.h"
#include "coreanalyze/base/log.h"
#include "coreanalyze/memory/memory.h"
#include "symbols/nativesite.h"

struct cpt_native;

/* An executable, a library, or the kernel's vdso. */
struct cpt_native_image {
    uint64_t base; /* of its ELF header */
    uint64_t end;  /* of its last mapping */
    const char *path; /* as the target saw it; "[vdso]" */
    bool has_file;    /* false: it is in memory only */
};

/* The file of an image. */
struct cpt_native_file {
    const void *bytes;
    size_t size;
    const char *path; /* on this machine */
};

struct cpt_native_query {
    struct cpt_memory *memory; /* of a live process a copy of its stacks (stackcopy.h) */
    const struct cpt_native_image *images; /* by address, not overlapping */
    size_t image_count;
    /* The file on this machine that IMAGE was mapped from, verified to be the same build, whose bytes stay valid until
       close; false where there is none: then the image is taken from the target's memory. Called once for an image, when
       a stack has come to it. */
    bool (*file)(void *arg, size_t image, struct cpt_native_file *file);
    void *arg;
    const char *sysroot;     /* for separate debug files; NULL: none */
    struct cpt_arena *arena; /* sites and their texts live here */
    const struct cpt_log *log;
};

/* Begins a session; nothing is read yet. QUERY's fields must outlive it. No network is used unless the environment
   variable DEBUGINFOD_URLS names servers. Errors: CPT_NOMEM, CPT_UNSUPPORTED. */
CPT_MUST_USE cpt_status cpt_native_open(struct cpt_native **native, const struct cpt_native_query *query,
                                        struct cpt_error *error);
void cpt_native_close(struct cpt_native *native);

/* Unwinds TASK, which has registers, into STACK (zeroed by the caller; its frames are the caller's to free). Where code
   has no unwind information the frame pointer is followed, as compilers' -fno-omit-frame-pointer keeps it; what comes
   after such a place is marked as guessed. Returns CPT_OK or CPT_NOMEM: how far it came is in STACK. */
CPT_MUST_USE cpt_status cpt_native_unwind(struct cpt_native *native, const struct cpt_task *task,
                                          struct cpt_native_stack *stack, struct cpt_error *error);

/* Fills in the sites of STACK's frames. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_native_name(struct cpt_native *native, struct cpt_native_stack *stack,
                                        struct cpt_error *error);

#endif

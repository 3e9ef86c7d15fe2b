/* What native stacks are made of: plain results of unwinding and symbol lookup. */
#ifndef CPT_SYMBOLS_NATIVESITE_H
#define CPT_SYMBOLS_NATIVESITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A function that runs at a place in the code. Texts come from the target's files: any bytes but NUL. */
struct cpt_native_function {
    const char *name;       /* demangled; NULL: not known */
    const char *file;       /* as the debug information has it, absolute where that says so; NULL: not known */
    const char *short_file; /* the same, below the directory it was compiled in; NULL where FILE is */
    int32_t line;           /* -1: not known */
    bool inlined;           /* into the next one */
};

/* A place in the code, shared by all frames there. */
struct cpt_native_site {
    const char *module; /* path as the target saw it, "[vdso]"; NULL: code that is part of no file */
    const struct cpt_native_function *functions; /* the innermost inlined one first; the last has the frame */
    size_t function_count;                       /* at least 1 */
    bool evaluation; /* CPython's evaluation loop */
    bool tail_call;  /* a part of it that is a function of its own, called by the loop (3.14+) */
    bool signal;     /* the kernel's call of a signal handler returns here */
};

struct cpt_native_frame {
    uint64_t address; /* of the next instruction */
    uint64_t sp;      /* stack pointer there: the frame's own part of the stack begins here, 0: not known */
    const struct cpt_native_site *site;
    uint32_t evaluation; /* index + 1 of the evaluation that it runs (cpt_native_merge); 0: none */
    bool exact;          /* ADDRESS itself is about to run: no call returns to it */
    bool guessed;        /* found without unwind information: see cpt_native_unwind */
};

/* One thread's native stack. */
struct cpt_native_stack {
    struct cpt_native_frame *items; /* innermost first */
    size_t count, capacity;
    bool complete;     /* reaches the function that the thread began with */
    bool has_guesses;
    uint64_t end;      /* where it could not be followed on, if not complete; or the first guess */
    const char *reason; /* why; NULL when complete */
    bool merged;
};

#endif

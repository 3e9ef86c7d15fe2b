/* What every thread is doing: the answer of `stack`. */
#ifndef CPT_ANALYSES_STACK_H
#define CPT_ANALYSES_STACK_H

#include "coreanalyze/analyses/exception.h"
#include "coreanalyze/analyses/waiting.h"
#include "coreanalyze/base/text.h"
#include "coreanalyze/decode/evaluation.h"
#include "coreanalyze/decode/frame.h"
#include "coreanalyze/decode/locals.h"
#include "coreanalyze/decode/runtime.h"
#include "symbols/nativesite.h"

#include <stdbool.h>

enum cpt_thread_status {
    CPT_THREAD_CRASHED = 1 << 0,         /* took the signal that ended the process (cores) */
    CPT_THREAD_HOLDS_GIL = 1 << 1,
    CPT_THREAD_WAITS_FOR_GIL = 1 << 2,
    CPT_THREAD_COLLECTS_GARBAGE = 1 << 3,
    CPT_THREAD_FINALIZING = 1 << 4,      /* is shutting its interpreter or the runtime down */
    CPT_THREAD_IDLE = 1 << 5,            /* waits inside a system call */
};

struct cpt_stack_thread {
    int64_t interpreter;         /* id: 0 is the main one */
    uint64_t address;            /* of the PyThreadState */
    uint64_t interpreter_address;
    const struct cpt_task *task; /* the kernel's view of it while it was read, or NULL */
    int32_t native_id;           /* the kernel's thread id; 0: not known */
    uint64_t ident;              /* threading.get_ident() */
    struct cpt_text name;        /* as threading has it; else the kernel's; DATA NULL: none */
    bool main;                   /* the main thread of the process */
    unsigned status;             /* enum cpt_thread_status */
    struct cpt_waiting waiting;  /* what it waits for */
    struct cpt_thread_exception exception;
    struct cpt_frame *frames;    /* innermost first */
    size_t frame_count;
    struct cpt_evaluation *evaluations; /* runs of the evaluation loop; only with query->native */
    size_t evaluation_count;
    struct cpt_native_stack native; /* what C code does; only with query->native */
    bool frames_complete;        /* false: the stack is cut at a hole */
    bool suspect;                /* its innermost frames may be stale: a live target is to be held again */
};

/* A thread of the process without any Python state. */
struct cpt_native_thread {
    int32_t native_id;
    const char *name; /* the kernel's; "": not known */
    bool crashed;
    struct cpt_native_stack native;
};

/* The threads: by interpreter id, in each the main one first and then as they were created. */
struct cpt_stack {
    struct cpt_arena arena; /* holds all of it */
    struct cpt_stack_thread *threads;
    size_t thread_count;
    struct cpt_deadlock *deadlocks;
    size_t deadlock_count;
    bool has_locals;    /* the frames' variables were asked for */
    size_t native_only; /* threads of the process without any Python state */
    bool has_native;    /* native stacks were asked for */
    struct cpt_native_thread *native_threads; /* those threads; only with query->native */
    size_t native_thread_count;
};

void cpt_stack_free(struct cpt_stack *stack);

/* What is asked. */
struct cpt_stack_query {
    struct cpt_memory *memory;
    const struct cpt_layout *layout;
    uint64_t runtime;       /* address of _PyRuntime */
    struct cpt_holes *holes;
    int32_t crashed_thread; /* took the signal (cores), or 0 */
    int32_t only_thread;    /* native id of the one thread to show, or 0: all */
    bool native;            /* native stacks are going to be merged with these */
    bool moving;            /* the target runs on while it is read (--no-pause) */
    bool locals;            /* the variables of each frame too */
    size_t repr_limit;      /* characters of a value's repr */
    unsigned depth;         /* levels of attributes of variables' values */
};

/* The analysis under way, between its two steps. */
struct cpt_stack_work {
    const struct cpt_stack_query *query;
    struct cpt_decode decode;
    struct cpt_runtime runtime;
    struct cpt_stack *stack;
    struct cpt_interpreter *interpreters;
    size_t interpreter_count;
    struct cpt_values values;
    uint64_t last_exception;    /* of the main interpreter, as it was at the first step; 0: none */
    struct cpt_hash actives;    /* interpreter's address -> address of its threading._active */
    struct cpt_hash native_ids; /* ident -> native id, while waits are looked for */
    struct cpt_hash gil_holders; /* interpreter's address -> native id; likewise */
    struct cpt_hash pointers;   /* thread pointer -> task */
    struct cpt_raw_stack raw, again;
    size_t frames;              /* taken so far, of all threads */
    size_t with_frames;         /* looked through for with statements */
};

/* First step, while a live target still runs: looks up what does not move. STACK is filled by the second. */
CPT_MUST_USE cpt_status cpt_stack_prepare(struct cpt_stack_work *work,
                                          const struct cpt_stack_query *query,
                                          struct cpt_stack *stack, struct cpt_error *error);

/* Second step, while the target is held: takes every thread's frames. CPT_ABSENT: there is no such thread as
   the one asked for. */
CPT_MUST_USE cpt_status cpt_stack_take(struct cpt_stack_work *work, struct cpt_error *error);

/* Whether a thread has no name of Python's: then the kernel's are of use. */
bool cpt_stack_lacks_names(const struct cpt_stack *stack);

/* After the target was let go: gives threads that Python has no name for the kernel's, and frees the work. */
void cpt_stack_finish(struct cpt_stack_work *work);

#endif

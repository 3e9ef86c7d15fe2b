/* The runtime, its interpreters and their thread states. */
#ifndef CPT_DECODE_RUNTIME_H
#define CPT_DECODE_RUNTIME_H

#include "coreanalyze/decode/decode.h"

/* Of PyMemAllocatorName, from 3.13 on. */
enum {
    CPT_ALLOCATOR_MIMALLOC = 7,
    CPT_ALLOCATOR_MIMALLOC_DEBUG = 8,
};

struct cpt_runtime {
    uint64_t address;
    uint64_t interpreters_head;
    uint64_t main_interpreter;
    uint64_t main_thread; /* ident of the main thread; 0 before 3.8 */
    uint64_t finalizing;  /* the thread state that finalizes the runtime, or 0 */
    uint64_t gil;         /* address of the one GIL; 0 from 3.12 */
    bool collecting;      /* to 3.8: a garbage collection is under way */
    uint32_t allocator;   /* preconfig.allocator: PyMemAllocatorName (Include/cpython/pymem.h); 0 where not known */
};

struct cpt_interpreter {
    uint64_t address;
    uint64_t next;
    int64_t id;
    uint64_t threads_head;
    uint64_t modules;    /* sys.modules */
    uint64_t builtins;   /* builtins.__dict__; 0 where not known */
    uint64_t gil;        /* address of its GIL (3.12+: possibly shared); 0 where not known */
    uint64_t finalizing; /* the thread state that finalizes it (3.12+), or 0 */
    bool collecting;     /* a garbage collection is under way */
    uint64_t gc_frame;   /* the frame that set it off (3.15+), or 0 */
};

struct cpt_thread {
    uint64_t address; /* of the PyThreadState */
    uint64_t next;
    uint64_t interp;
    uint64_t ident;      /* thread_id: pthread_self(); 0: not started yet */
    uint64_t native_id;  /* 0 before 3.11 */
};

/* Reads the runtime at ADDRESS. */
CPT_MUST_USE cpt_status cpt_runtime_read(struct cpt_decode *decode, uint64_t address,
                                         struct cpt_runtime *runtime, struct cpt_error *error);

/* Reads the interpreter at ADDRESS. */
CPT_MUST_USE cpt_status cpt_interpreter_read(struct cpt_decode *decode,
                                             const struct cpt_runtime *runtime, uint64_t address,
                                             struct cpt_interpreter *interpreter,
                                             struct cpt_error *error);

/* Reads the thread state at ADDRESS. */
CPT_MUST_USE cpt_status cpt_thread_read(struct cpt_decode *decode, uint64_t address,
                                        struct cpt_thread *thread, struct cpt_error *error);

/* The interpreters of RUNTIME, newest first, into an array of the arena. A list that runs in a circle, leads to an
   unreadable place or never ends becomes a hole; what was found before it is kept. */
CPT_MUST_USE cpt_status cpt_runtime_interpreters(struct cpt_decode *decode,
                                                 const struct cpt_runtime *runtime,
                                                 struct cpt_interpreter **interpreters,
                                                 size_t *count, struct cpt_error *error);

/* The thread states of INTERPRETER, newest first; likewise. */
CPT_MUST_USE cpt_status cpt_interpreter_threads(struct cpt_decode *decode,
                                                const struct cpt_interpreter *interpreter,
                                                struct cpt_thread **threads, size_t *count,
                                                struct cpt_error *error);

/* The thread state that holds the GIL at GIL (0: none known), or 0 when it is free. */
CPT_MUST_USE cpt_status cpt_gil_holder(struct cpt_decode *decode, uint64_t gil, uint64_t *holder,
                                       struct cpt_error *error);

#endif

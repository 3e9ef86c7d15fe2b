/* Visiting roots, from inside: what the files rootset*.c share. */
#ifndef CPT_HEAP_ROOTING_H
#define CPT_HEAP_ROOTING_H

#include "coreanalyze/base/vec.h"
#include "coreanalyze/decode/frame.h"
#include "coreanalyze/heap/rootset.h"

/* A thread of Python, and its frames. */
struct cpt_rooting_thread {
    struct cpt_thread thread;
    int32_t tid;                /* native id; 0: not known */
    struct cpt_run state;       /* the memory that is its thread state's */
    struct cpt_raw_stack stack; /* innermost first, the interpreter's own frames among them */
    bool damaged;               /* there are more frames than in STACK */
};

/* A table of COUNT entries of STRIDE bytes whose word AT is a reference that nobody counts. */
struct cpt_borrowed {
    uint64_t start, stride, at, count;
};

struct cpt_rooting {
    struct cpt_heap *heap;
    struct cpt_graph *graph; /* or NULL */
    cpt_root_visit visit;
    void *arg;
    CPT_VEC(struct cpt_rooting_thread) threads;
    uint64_t frames;           /* of all of them */
    CPT_VEC(struct cpt_run) taken;     /* what is not to be scanned (any more); by address once settled, then not
                                          overlapping */
    CPT_VEC(struct cpt_run) interpreters; /* the memory of each, by its number in HEAP */
    CPT_VEC(struct cpt_borrowed) borrowed;
    CPT_VEC(uint64_t) metatypes;  /* whose instances are types */
    CPT_VEC(uint64_t) static_types; /* by address */
    uint64_t str, list, dict, function, code, type; /* these types; 0: no such object was met */
    bool out_of_memory;
};

/* Finds threads and their frames, interpreters, and tables of borrowed references. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_rooting_open(struct cpt_rooting *r, struct cpt_error *error);
void cpt_rooting_close(struct cpt_rooting *r);

/* One exact reference: calls VISIT where it leads to any region. */
void cpt_rooting_tell(struct cpt_rooting *r, const struct cpt_root *root);

/* Nobody is to scan [START, START + SIZE), or the word there, any more. It takes effect with cpt_rooting_settle. */
void cpt_rooting_take(struct cpt_rooting *r, uint64_t start, uint64_t size);
void cpt_rooting_settle(struct cpt_rooting *r);

/* Looks through [START, END), but for what was taken, for addresses of objects and native blocks. ROOT says what
   they are found in; with PLACES its detail becomes the address of the word. */
void cpt_rooting_scan(struct cpt_rooting *r, uint64_t start, uint64_t end, const struct cpt_root *root, bool places);

/* The same for SIZE bytes at BYTES that come from START, whatever was taken. */
void cpt_rooting_scan_bytes(struct cpt_rooting *r, uint64_t start, const uint8_t *bytes, uint64_t size,
                            const struct cpt_root *root, bool places);

/* The number of the first region that ends above ADDRESS. Pages of a file that nobody has written to are in no
   region, so there can be gaps in the data of an image. */
size_t cpt_rooting_region_above(const struct cpt_rooting *r, uint64_t address);

/* The word at ADDRESS; 0 where there is none. */
uint64_t cpt_rooting_word(const struct cpt_rooting *r, uint64_t address);

/* The memory of the structure of SIZE bytes at ADDRESS: all of malloc's block, where it is in one. */
struct cpt_run cpt_rooting_block(const struct cpt_rooting *r, uint64_t address, uint64_t size);

/* Frames of running functions: rootset_frames.c. Exact references of each kind, and then what may be left on evaluation
   stacks. */
void cpt_rooting_locals(struct cpt_rooting *r, const struct cpt_rooting_thread *thread);
void cpt_rooting_stacks(struct cpt_rooting *r, const struct cpt_rooting_thread *thread, bool exact);
void cpt_rooting_frame_fields(struct cpt_rooting *r, const struct cpt_rooting_thread *thread);

/* Calls EACH for every part of the data stack of THREAD (3.11+); USED: up to there frames are in it. */
void cpt_rooting_datastack(struct cpt_rooting *r, const struct cpt_rooting_thread *thread,
                           void (*each)(struct cpt_rooting *r, uint64_t start, uint64_t size, uint64_t used));

/* States of threads, interpreters and the runtime, and static types: rootset_state.c. */
void cpt_rooting_modules(struct cpt_rooting *r);
void cpt_rooting_thread_fields(struct cpt_rooting *r, const struct cpt_rooting_thread *thread);
void cpt_rooting_interpreter_fields(struct cpt_rooting *r);
void cpt_rooting_static_types(struct cpt_rooting *r);

/* C stacks, registers, data of images, and memory that nobody knows: rootset_native.c. */
void cpt_rooting_c_stacks(struct cpt_rooting *r);
void cpt_rooting_registers(struct cpt_rooting *r);
void cpt_rooting_images(struct cpt_rooting *r);
void cpt_rooting_free_lists(struct cpt_rooting *r);
void cpt_rooting_rest(struct cpt_rooting *r);

/* Fills R->borrowed: rootset_borrowed.c. */
void cpt_rooting_find_borrowed(struct cpt_rooting *r);

#endif

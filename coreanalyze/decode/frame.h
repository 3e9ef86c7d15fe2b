/* One thread's Python frames, of all three generations: frame objects (to 3.10), internal frames (from 3.11), and
   internal frames with tagged references (from 3.14). */
#ifndef CPT_DECODE_FRAME_H
#define CPT_DECODE_FRAME_H

#include "coreanalyze/decode/code.h"
#include "coreanalyze/decode/decode.h"

struct cpt_frame {
    struct cpt_code *code;       /* NULL where the code object cannot be read */
    uint64_t address;            /* of the PyFrameObject (to 3.10) or _PyInterpreterFrame */
    int64_t lasti;               /* byte offset of its instruction; -1: not started */
    struct cpt_position position;
    struct cpt_local *locals;    /* its variables, where they were asked for: see locals.h */
    size_t local_count;
};

/* What is read of a frame while its thread must not move: the rest can wait. */
struct cpt_raw_frame {
    uint64_t address;
    uint64_t code;        /* address of the code object */
    uint64_t instruction; /* f_lasti (to 3.10), or the address that instr_ptr or prev_instr holds */
    uint8_t owner;        /* enum _frameowner (3.11+) */
    bool entry;           /* an evaluation of C code's begins here (3.11: the frame, later: a shim) */
};

struct cpt_raw_stack {
    struct cpt_raw_frame *items; /* innermost first */
    size_t count, capacity;
    bool suspect; /* see threadstack.h */
};

/* From 3.14 references in frames carry tags in their low two bits (Include/internal/pycore_stackref.h). */
#define CPT_REFERENCE_TAGS UINT64_C(3)

/* Follows the chain of frames that starts at CURRENT, and adds them to STACK. After an error STACK holds the frames
   before it. CPT_ABSENT: a frame is nothing but zeros, as where a core lacks its memory; CPT_CORRUPT: the chain runs in
   a circle; CPT_LIMIT: it is longer than CPT_MAX_FRAMES. */
CPT_MUST_USE cpt_status cpt_frame_walk(struct cpt_decode *decode, uint64_t current,
                                       struct cpt_raw_stack *stack, struct cpt_error *error);

/* Decodes a raw stack into frames in the arena, without the interpreter's own entry and shim frames and those that
   are still being set up. NULL with *COUNT 0 when memory is out. */
struct cpt_frame *cpt_frame_decode(struct cpt_decode *decode, const struct cpt_raw_stack *stack,
                                   size_t *count);

/* One frame by itself: the PyFrameObject (to 3.10) or _PyInterpreterFrame at ADDRESS. */
CPT_MUST_USE cpt_status cpt_frame_read(struct cpt_decode *decode, uint64_t address, struct cpt_frame *frame,
                                       struct cpt_error *error);

/* The frame that the frame object at ADDRESS stands for, which is itself to 3.10. */
CPT_MUST_USE cpt_status cpt_frame_object_read(struct cpt_decode *decode, uint64_t address, struct cpt_frame *frame,
                                              struct cpt_error *error);

#endif

/* Code objects: names, file and positions. */
#ifndef CPT_DECODE_CODE_H
#define CPT_DECODE_CODE_H

#include "coreanalyze/base/text.h"
#include "coreanalyze/decode/decode.h"
#include "coreanalyze/decode/linetable.h"

/* One code object, decoded once and kept for all of its frames. */
struct cpt_code {
    uint64_t address;
    struct cpt_text name;     /* co_name; DATA NULL where it cannot be read */
    struct cpt_text qualname; /* co_qualname; DATA NULL before 3.11 */
    struct cpt_text file;     /* co_filename; DATA NULL where it cannot be read */
    int32_t first_line;       /* co_firstlineno */
    uint64_t bytecode;        /* address of the first code unit; 0 before 3.11 */
    uint64_t bytecode_size;   /* bytes; 0 before 3.11 */
    int32_t first_traceable;  /* bytes of bytecode before the frame is complete (3.11+), or -1 */
    struct cpt_linetable lines;
    struct cpt_variables *variables; /* NULL until cpt_code_variables was asked */
    bool internal;            /* of the interpreter itself, and nothing to show */
    bool broken;              /* is no code object, or cannot be read: nothing above but ADDRESS counts */
    int64_t last_lasti;       /* the instruction looked up last, and its position: recursion asks again */
    struct cpt_position last_position;
};

/* The code object at ADDRESS, decoded at the first call and remembered in DECODE. What cannot be read of it becomes a
   hole, once; a code object of which nothing can be read is `broken`. NULL only when memory is out. */
struct cpt_code *cpt_code_get(struct cpt_decode *decode, uint64_t address);

/* The position of the instruction at byte LASTI of its bytecode. None, and a hole, once line tables have taken more work
   than any real stack does. */
struct cpt_position cpt_code_position(struct cpt_decode *decode, struct cpt_code *code,
                                      int64_t lasti);

#endif

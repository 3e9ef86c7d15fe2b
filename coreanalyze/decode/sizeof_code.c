/* __sizeof__ of code objects, frames and generators. */
#include "coreanalyze/decode/sizeof_rules.h"

#define CODE_UNIT 2
#define OPCACHE_SIZE 32 /* of an entry (_PyOpcache), 3.8 to 3.10 */

/* What _PyCode_SetExtra keeps: a count and as many pointers. */
static uint64_t
size_code_extra(struct cpt_sizing *z)
{
    uint64_t extra = word(z, z->at->code.co_extra);

    return extra ? POINTER + items(z, word_of(z, extra, 0), POINTER) : 0;
}

/* The cache of often called code of 3.8 to 3.10, with a byte for each instruction. */
static uint64_t
size_opcache(struct cpt_sizing *z)
{
    if (!CPT_HAS(z->at->code.co_opcache) || !word(z, z->at->code.co_opcache))
        return 0;
    return items(z, int_of(z, z->object->address, z->at->code.co_opcache_size) & 0xff, OPCACHE_SIZE) +
           items(z, length_of(z, word(z, z->at->code.co_code)), 1) / CODE_UNIT;
}

/* To 3.10, with an index for each cell where an argument is one. */
static uint64_t
size_old_code(struct cpt_sizing *z)
{
    uint64_t size = structure(z, z->at->code.size) + size_code_extra(z) + size_opcache(z);

    if (word(z, z->at->code.co_cell2arg))
        size += items(z, length_of(z, word(z, z->at->code.co_cellvars)), POINTER);
    return size;
}

static uint64_t
size_code(struct cpt_sizing *z)
{
    uint64_t size;

    if (!CPT_HAS(z->at->code.co_code_adaptive))
        return size_old_code(z);
    size = z->object->type->basicsize + items(z, word(z, z->at->var.ob_size), CODE_UNIT);
    return (size + POINTER - 1) / POINTER * POINTER + size_code_extra(z);
}

/* The locals and the evaluation stack of a frame of the code at CODE (3.11+). */
static uint64_t
size_slots(struct cpt_sizing *z, uint64_t code)
{
    return items(z,
                 (uint64_t)int_of(z, code, z->at->code.co_nlocalsplus) + int_of(z, code, z->at->code.co_stacksize),
                 POINTER);
}

/* The code that the _PyInterpreterFrame at ADDRESS runs; from 3.14 the pointer has a tag. */
static uint64_t
frame_code(struct cpt_sizing *z, uint64_t address)
{
    return word_of(z, address, z->at->iframe.f_executable) & ~UINT64_C(3);
}

static uint64_t
size_old_frame(struct cpt_sizing *z)
{
    uint64_t code = word(z, z->at->frame.f_code), slots;

    slots = length_of(z, word_of(z, code, z->at->code.co_cellvars)) +
            length_of(z, word_of(z, code, z->at->code.co_freevars)) +
            int_of(z, code, z->at->code.co_nlocals) + int_of(z, code, z->at->code.co_stacksize);
    return structure(z, z->at->frame.f_localsplus) + items(z, slots, POINTER);
}

/* From 3.11 the structure ends with a pointer's place where the frame is kept once it has ended (_f_frame_data[1]). */
static uint64_t
size_frame(struct cpt_sizing *z)
{
    if (CPT_HAS(z->at->frame.f_code))
        return size_old_frame(z);
    return structure(z, z->at->frame.size) - POINTER + structure(z, z->at->iframe.localsplus) +
           size_slots(z, frame_code(z, word(z, z->at->frame.f_frame)));
}

/* Generators, coroutines and asynchronous generators: from 3.11 with their frame inside. */
static uint64_t
size_generator(struct cpt_sizing *z)
{
    if (!CPT_HAS(z->at->gen.gi_iframe))
        return cpt_size_default(z);
    return (uint64_t)z->at->gen.gi_iframe + structure(z, z->at->iframe.localsplus) +
           size_slots(z, frame_code(z, z->object->address + (uint64_t)z->at->gen.gi_iframe));
}

const struct cpt_sizer cpt_sizers_code[] = {
    {.name = "code", .size = size_code},
    {.name = "frame", .size = size_frame},
    {.name = "generator", .size = size_generator},
    {.name = "coroutine", .size = size_generator},
    {.name = "async_generator", .size = size_generator},
    {.name = NULL},
};

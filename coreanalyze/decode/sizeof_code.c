/* __sizeof__ of code objects, frames and generators. */
#include "coreanalyze/decode/sizeof_rules.h"

#define MAX_PAIRS (UINT64_C(1) << 20) /* names of one code object that are compared with each other */
#define CODE_UNIT 2

/* co_flags */
#define CO_VARARGS 4
#define CO_VARKEYWORDS 8

/* The count of the tuple at ADDRESS. */
static uint64_t
tuple_size(struct cpt_sizing *z, uint64_t address)
{
    return word_of(z, address, z->at->var.ob_size);
}

/* Whether an argument is a cell too: then 3.10 and before keep an index for each cell (co_cell2arg). */
static bool
has_cell_arguments(struct cpt_sizing *z, uint64_t cells, uint64_t cell_count)
{
    uint64_t code = z->object->address, names = word(z, z->at->code.co_varnames), count;
    uint32_t flags = int_of(z, code, z->at->code.co_flags);

    count = (uint64_t)int_of(z, code, z->at->code.co_argcount) + int_of(z, code, z->at->code.co_kwonlyargcount) +
            !!(flags & CO_VARARGS) + !!(flags & CO_VARKEYWORDS);
    if (cell_count > MAX_COUNT || count * cell_count > MAX_PAIRS || count > tuple_size(z, names))
        items(z, UINT64_MAX, 1);
    for (uint64_t i = 0; !z->status && i < cell_count; i++) {
        uint64_t cell = word_of(z, cells + POINTER * i, z->at->tuple.ob_item);

        for (uint64_t j = 0; !z->status && j < count; j++) {
            if (word_of(z, names + POINTER * j, z->at->tuple.ob_item) == cell)
                return true;
        }
    }
    return false;
}

/* What _PyCode_SetExtra keeps: a count and as many pointers. */
static uint64_t
size_code_extra(struct cpt_sizing *z)
{
    uint64_t extra = word(z, z->at->code.co_extra);

    return extra ? POINTER + items(z, word_of(z, extra, 0), POINTER) : 0;
}

static uint64_t
size_code(struct cpt_sizing *z)
{
    uint64_t cells, count;

    if (CPT_HAS(z->at->code.co_code_adaptive)) {
        uint64_t size = z->object->type->basicsize + items(z, word(z, z->at->var.ob_size), CODE_UNIT);

        return (size + POINTER - 1) / POINTER * POINTER + size_code_extra(z);
    }
    cells = word(z, z->at->code.co_cellvars);
    count = tuple_size(z, cells);
    return structure(z, z->at->code.size) + (has_cell_arguments(z, cells, count) ? items(z, count, POINTER) : 0) +
           size_code_extra(z);
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

    slots = tuple_size(z, word_of(z, code, z->at->code.co_cellvars)) +
            tuple_size(z, word_of(z, code, z->at->code.co_freevars)) +
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
    {"code", size_code},
    {"frame", size_frame},
    {"generator", size_generator},
    {"coroutine", size_generator},
    {"async_generator", size_generator},
    {0},
};

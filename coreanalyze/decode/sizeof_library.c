/* __sizeof__ of the types of the standard library. */
#include "coreanalyze/decode/sizeof_rules.h"

/* mpd_t.flags: the digits are not in a block of their own (libmpdec's MPD_DATAFLAGS). */
#define MPD_NOT_DYNAMIC 0xe0

static uint64_t
size_odict(struct cpt_sizing *z)
{
    return cpt_size_dict(z) + items(z, word(z, z->at->odict.od_fast_nodes_size), POINTER) +
           items(z, word(z, z->at->dict.ma_used), structure(z, z->at->odictnode.size));
}

static uint64_t
size_deque(struct cpt_sizing *z)
{
    uint64_t block = structure(z, z->at->block.size), length = block / POINTER - 2; /* two links beside the items */
    uint64_t used = word(z, z->at->deque.leftindex) + word(z, z->at->var.ob_size);

    if (!z->status && block < 3 * POINTER)
        z->status = cpt_error_set(z->error, CPT_CORRUPT, "a deque's blocks have no room");
    if (z->status)
        return 0;
    return z->object->type->basicsize + items(z, (used + length - 1) / length, block);
}

static uint64_t
size_array(struct cpt_sizing *z)
{
    uint64_t descr = word(z, z->at->array.ob_descr);

    return z->object->type->basicsize + items(z, word(z, z->at->array.allocated),
                                              int_of(z, descr, z->at->arraydescr.itemsize) & 0xff);
}

static uint64_t
size_decimal(struct cpt_sizing *z)
{
    uint64_t size = z->object->type->basicsize;

    if (word(z, z->at->decimal.flags) & MPD_NOT_DYNAMIC)
        return size;
    return size + items(z, word(z, z->at->decimal.alloc), 8);
}

const struct cpt_sizer cpt_sizers_library[] = {
    {"collections.OrderedDict", size_odict},
    {"collections.deque", size_deque},
    {"array.array", size_array},
    {"decimal.Decimal", size_decimal},
    {0},
};

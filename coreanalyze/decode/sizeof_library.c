/* __sizeof__ of the types of the standard library. */
#include "coreanalyze/decode/sizeof_rules.h"

/* mpd_t.flags: the digits are not in a block of their own (libmpdec's MPD_DATAFLAGS). */
#define MPD_NOT_DYNAMIC 0xe0

#define CODE_SIZE 32       /* of a struct's formatcode */
#define MAX_CODES (1u << 16)
#define MEMO_ENTRY_SIZE 16 /* PyMemoEntry */
#define MAX_BASES 1000
#define ALIGNMENT 16       /* of what a type keeps behind its base's part (PyObject_GetTypeData) */

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

/* The bytes object is only counted where no one else has it. */
static uint64_t
size_bytesio(struct cpt_sizing *z)
{
    uint64_t buffer = word(z, z->at->bytesio.buf), references;

    if (!buffer)
        return z->object->type->basicsize;
    references = word_of(z, buffer, z->at->object.ob_refcnt);
    if (CPT_HAS(z->at->object.ob_flags))
        references = (uint32_t)references;
    return z->object->type->basicsize + ((int64_t)references <= 1 ? cpt_size_bytes(z, buffer) : 0);
}

static uint64_t
size_buffered(struct cpt_sizing *z)
{
    uint64_t buffer = word(z, z->at->buffered.buffer);

    return z->object->type->basicsize + (buffer ? items(z, word(z, z->at->buffered.buffer_size), 1) : 0);
}

/* Codes (formatcode: four words) to one without fmtdef. */
static uint64_t
size_packer(struct cpt_sizing *z)
{
    uint64_t codes = word(z, z->at->packer.s_codes), count = 0;

    if (!z->status && !codes)
        return cpt_size_unknown(z, "what an uninitialized Struct holds");
    while (!z->status && count < MAX_CODES && word_of(z, codes + count * CODE_SIZE, 0))
        count++;
    return z->object->type->basicsize + items(z, count < MAX_CODES ? count + 1 : UINT64_MAX, CODE_SIZE);
}

static uint64_t
size_element(struct cpt_sizing *z)
{
    uint64_t extra = word(z, z->at->element.extra), size = z->object->type->basicsize;

    if (!extra)
        return size;
    size += structure(z, z->at->elementextra.size);
    if (word_of(z, extra, z->at->elementextra.children) != extra + structure(z, z->at->elementextra.embedded))
        size += items(z, word_of(z, extra, z->at->elementextra.allocated), POINTER);
    return size;
}

static uint64_t
size_combinations(struct cpt_sizing *z)
{
    return z->object->type->basicsize + items(z, word(z, z->at->combinations.r), POINTER);
}

static uint64_t
size_permutations(struct cpt_sizing *z)
{
    return z->object->type->basicsize + items(z, length_of(z, word(z, z->at->permutations.pool)), POINTER) +
           items(z, word(z, z->at->permutations.r), POINTER);
}

static uint64_t
size_product(struct cpt_sizing *z)
{
    return z->object->type->basicsize + items(z, length_of(z, word(z, z->at->product.pools)), POINTER);
}

/* From 3.15; before, it has none of its own. */
static uint64_t
size_simplequeue(struct cpt_sizing *z)
{
    return structure(z, z->at->simplequeue.size) + items(z, word(z, z->at->simplequeue.items_cap), POINTER);
}

/* tp_basicsize of the type of C that the object's type derives from: the last in the line of bases before object. */
static uint64_t
root_basicsize(struct cpt_sizing *z)
{
    uint64_t size = z->object->type->basicsize, base = z->object->type->base;

    for (int i = 0; i < MAX_BASES && base; i++) {
        uint64_t next = word_of(z, base, z->at->type.tp_base);

        if (next)
            size = word_of(z, base, z->at->type.tp_basicsize);
        base = next;
    }
    return size;
}

static uint64_t
size_pickler(struct cpt_sizing *z)
{
    uint64_t memo = word(z, z->at->pickler.memo), size = z->object->type->basicsize, buffer;
    int32_t output = cpt_layout_pickler_output(root_basicsize(z));

    if (!z->status && !CPT_HAS(output))
        return cpt_size_unknown(z, "how a Pickler of this version is laid out");
    if (memo)
        size += structure(z, z->at->memotable.size) +
                items(z, word_of(z, memo, z->at->memotable.mt_allocated), MEMO_ENTRY_SIZE);
    buffer = word(z, output);
    return size + (buffer ? cpt_size_bytes(z, buffer) : 0);
}

static uint64_t
size_unpickler(struct cpt_sizing *z)
{
    const struct cpt_unpickler_layout *at = cpt_layout_unpickler(root_basicsize(z));
    uint64_t size = z->object->type->basicsize;

    if (z->status || !at)
        return cpt_size_unknown(z, "how an Unpickler of this version is laid out");
    if (word(z, z->at->unpickler.memo))
        size += items(z, word(z, z->at->unpickler.memo_size), POINTER);
    if (word(z, at->marks))
        size += items(z, word(z, at->marks_size), POINTER);
    return size + cpt_size_text(z, word(z, at->input_line)) + cpt_size_text(z, word(z, at->encoding)) +
           cpt_size_text(z, word(z, at->errors));
}

/* Of ctypes' types: the format, an element of libffi's for each field and one more, and a word for each dimension. */
static uint64_t
size_parts(struct cpt_sizing *z, uint64_t format, uint64_t elements, uint64_t length, uint32_t dimensions)
{
    return cpt_size_text(z, format) + (elements ? items(z, length + 1, POINTER) : 0) + items(z, dimensions, POINTER);
}

/* To 3.12: the dict of a type. What it has beyond a dict is in tp_basicsize already, and counted once more. */
static uint64_t
size_stgdict(struct cpt_sizing *z)
{
    const struct cpt_layout_fields *at = z->at;

    return cpt_size_dict(z) + structure(z, at->stgdict.size) - structure(z, at->dict.size) +
           size_parts(z, word(z, at->stgdict.format), word(z, at->stgdict.elements), word(z, at->stgdict.length),
                      int_of(z, z->object->address, at->stgdict.ndim));
}

/* From 3.13: the type itself. */
static uint64_t
size_ctype(struct cpt_sizing *z)
{
    const struct cpt_layout_fields *at = z->at;
    uint64_t info = z->object->address + (structure(z, at->heaptype.size) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

    return z->object->type->basicsize + items(z, word(z, at->var.ob_size), z->object->type->itemsize) +
           size_parts(z, word_of(z, info, at->stginfo.format), word_of(z, info, at->stginfo.elements),
                      word_of(z, info, at->stginfo.length), int_of(z, info, at->stginfo.ndim));
}

const struct cpt_sizer cpt_sizers_library[] = {
    {.name = "collections.OrderedDict", .size = size_odict},
    {.name = "collections.deque", .size = size_deque},
    {.name = "array.array", .size = size_array},
    {.name = "decimal.Decimal", .size = size_decimal},
    {.name = "_io.BytesIO", .size = size_bytesio},
    {.name = "_io.BufferedReader", .size = size_buffered},
    {.name = "_io.BufferedWriter", .size = size_buffered},
    {.name = "_io.BufferedRandom", .size = size_buffered},
    {.name = "_struct.Struct", .size = size_packer},
    {.name = "Struct", .size = size_packer, .library = "_struct"}, /* to 3.8 */
    {.name = "xml.etree.ElementTree.Element", .size = size_element},
    {.name = "itertools.combinations", .size = size_combinations},
    {.name = "itertools.combinations_with_replacement", .size = size_combinations},
    {.name = "itertools.permutations", .size = size_permutations},
    {.name = "itertools.product", .size = size_product},
    {.name = "_queue.SimpleQueue", .size = size_simplequeue},
    {.name = "_pickle.Pickler", .size = size_pickler},
    {.name = "_pickle.Unpickler", .size = size_unpickler},
    {.name = "StgDict", .size = size_stgdict, .library = "_ctypes"},
    {.name = "_ctypes.CType_Type", .size = size_ctype},
    {.name = NULL},
};

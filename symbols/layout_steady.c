/* Structures of standard extension modules, which are files of their own in many builds, so that the interpreter's
 * DWARF and the tables made from it lack them. They are the same in every CPython from 3.7 to 3.15 with the GIL, or in
 * the minor versions given (compared in the DWARF of 22 builds; tests/unit/test_layout.c compares them with the tables
 * that have them).
 */
#include "symbols/layout.h"

#include <limits.h>

struct steady {
    size_t index;
    int32_t offset;
    unsigned first, last; /* minor versions that have it so */
};

#define ANY UINT_MAX

#define BETWEEN(first, last, field, offset) {CPT_LAYOUT_INDEX(field), offset, first, last}
#define AT(field, offset) BETWEEN(0, ANY, field, offset)

static const struct steady steady[] = {
    /* Modules/_datetimemodule.c (Include/datetime.h) */
    AT(date.size, 32), AT(date.data, 25),
    AT(datetime.size, 48), AT(datetime.hastzinfo, 24), AT(datetime.data, 25), AT(datetime.fold, 35),
    AT(datetime.tzinfo, 40),
    AT(time.size, 40), AT(time.hastzinfo, 24), AT(time.data, 25), AT(time.fold, 31), AT(time.tzinfo, 32),
    AT(delta.size, 40), AT(delta.days, 24), AT(delta.seconds, 28), AT(delta.microseconds, 32),
    AT(timezone.size, 32), AT(timezone.offset, 16), AT(timezone.name, 24),
    /* Modules/_decimal/_decimal.c and libmpdec's mpd_t */
    AT(decimal.size, 104), AT(decimal.flags, 24), AT(decimal.exp, 32), AT(decimal.digits, 40),
    AT(decimal.len, 48), AT(decimal.alloc, 56), AT(decimal.data, 64),
    /* Modules/arraymodule.c; arraydescr became smaller behind these in 3.15 */
    AT(array.size, 64), AT(array.ob_item, 24), AT(array.allocated, 32), AT(array.ob_descr, 40),
    AT(arraydescr.typecode, 0), AT(arraydescr.itemsize, 4),
    /* Objects/capsule.c, Modules/_sre/sre.h, Modules/_operator.c, Modules/itertoolsmodule.c, pycore_context.h */
    AT(capsule.name, 24),
    AT(pattern.pattern, 48), AT(pattern.flags, 56), AT(match.string, 24), AT(match.mark, 80),
    AT(attrgetter.nattrs, 16), AT(attrgetter.attr, 24), AT(itemgetter.nitems, 16), AT(itemgetter.item, 24),
    AT(counter.cnt, 16), AT(counter.long_cnt, 24), AT(counter.long_step, 32),
    AT(repeat.element, 16), AT(repeat.cnt, 24),
    AT(contextvar.var_name, 16), AT(contextvar.var_default, 24), AT(contexttoken.tok_var, 24),
    AT(contexttoken.tok_used, 40),
    /* Modules/_io */
    AT(fileio.fd, 16), AT(fileio.dict, 40), AT(fileio.created, CPT_BITFIELD(20, 0, 1)),
    AT(fileio.readable, CPT_BITFIELD(20, 1, 1)), AT(fileio.writable, CPT_BITFIELD(20, 2, 1)),
    AT(fileio.appending, CPT_BITFIELD(20, 3, 1)),
    AT(bytesio.size, 64), AT(bytesio.buf, 16), AT(stringio.buf, 16), AT(stringio.buf_size, 40),
    AT(buffered.buffer, 56), AT(buffered.buffer_size, 120),
    AT(buffered.raw, 16), AT(textio.buffer, 32), AT(textio.encoding, 40), AT(textio.dict, 184),
    /* Modules/_struct.c, Modules/_ctypes/ctypes.h, Modules/_elementtree.c */
    AT(packer.s_codes, 32),
    AT(cdata.b_ptr, 16), AT(cdata.b_needsfree, 24), AT(cdata.b_size, 40),
    AT(element.extra, 40), AT(elementextra.attrib, 0), AT(elementextra.length, 8), AT(elementextra.allocated, 16),
    AT(elementextra.children, 24), AT(elementextra.embedded, 32), AT(elementextra.size, 64),
    BETWEEN(7, 12, stgdict.size, 192), BETWEEN(7, 12, stgdict.length, 64), BETWEEN(7, 12, stgdict.elements, 88),
    BETWEEN(7, 12, stgdict.format, 168), BETWEEN(7, 12, stgdict.ndim, 176),
    BETWEEN(13, ANY, stginfo.length, 24), BETWEEN(13, ANY, stginfo.elements, 48),
    BETWEEN(13, 13, stginfo.size, 160), BETWEEN(13, 13, stginfo.format, 136), BETWEEN(13, 13, stginfo.ndim, 144),
    BETWEEN(14, ANY, stginfo.size, 168), BETWEEN(14, ANY, stginfo.format, 144), BETWEEN(14, ANY, stginfo.ndim, 152),
    /* Modules/itertoolsmodule.c, Modules/_pickle.c, Modules/_queuemodule.c */
    AT(combinations.size, 56), AT(combinations.pool, 16), AT(combinations.r, 40),
    AT(permutations.size, 64), AT(permutations.pool, 16), AT(permutations.r, 48),
    AT(product.size, 48), AT(product.pools, 16),
    AT(pickler.memo, 16), AT(memotable.size, 32), AT(memotable.mt_allocated, 16), AT(memotable.mt_table, 24),
    AT(unpickler.memo, 24), AT(unpickler.memo_size, 32),
    BETWEEN(13, ANY, simplequeue.size, 72), BETWEEN(13, ANY, simplequeue.items, 40),
    BETWEEN(13, ANY, simplequeue.items_cap, 48),
};

#undef AT
#undef BETWEEN

void
cpt_layout_add_steady(struct cpt_layout_fields *fields, uint32_t hex)
{
    unsigned minor = CPT_PYTHON_MINOR(hex);

    for (size_t i = 0; i < sizeof(steady) / sizeof(steady[0]); i++) {
        if (minor >= steady[i].first && minor <= steady[i].last && !CPT_HAS(cpt_layout_get(fields, steady[i].index)))
            cpt_layout_set(fields, steady[i].index, steady[i].offset);
    }
}

/* Modules/_pickle.c. persistent_id and persistent_load came and went within 3.13 as one pointer or two. */
static const struct {
    uint64_t basicsize;
    int32_t output_buffer;
} picklers[] = {
    {136, 56}, /* 3.7 */
    {144, 56}, /* 3.13.0 */
    {152, 64}, /* 3.8 to 3.12; 3.13.18; 3.14, 3.15 */
};

int32_t
cpt_layout_pickler_output(uint64_t basicsize)
{
    for (size_t i = 0; i < sizeof(picklers) / sizeof(picklers[0]); i++) {
        if (picklers[i].basicsize == basicsize)
            return picklers[i].output_buffer;
    }
    return CPT_NO_FIELD;
}

static const struct {
    uint64_t basicsize;
    struct cpt_unpickler_layout at;
} unpicklers[] = {
    {256, {.input_line = 152, .encoding = 208, .errors = 216, .marks = 224, .marks_size = 240}}, /* 3.7 */
    {264, {.input_line = 144, .encoding = 216, .errors = 224, .marks = 232, .marks_size = 248}}, /* 3.13.0 */
    {272, {.input_line = 152, .encoding = 224, .errors = 232, .marks = 240, .marks_size = 256}}, /* 3.8 to 3.12 */
    {296, {.input_line = 152, .encoding = 240, .errors = 248, .marks = 256, .marks_size = 272}}, /* 3.13.18, 3.14.10 */
    {304, {.input_line = 160, .encoding = 248, .errors = 256, .marks = 264, .marks_size = 280}}, /* 3.15.2 */
};

const struct cpt_unpickler_layout *
cpt_layout_unpickler(uint64_t basicsize)
{
    for (size_t i = 0; i < sizeof(unpicklers) / sizeof(unpicklers[0]); i++) {
        if (unpicklers[i].basicsize == basicsize)
            return &unpicklers[i].at;
    }
    return NULL;
}

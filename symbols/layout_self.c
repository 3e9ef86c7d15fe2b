/* _Py_DebugOffsets: what CPython 3.13 and later say of their own layout.
 *
 * _PyRuntime begins with it: a cookie, then one 64-bit number for each offset ("slot"). Their order
 * is fixed within a minor version and differs between them.
 */
#include "coreanalyze/base/bytes.h"
#include "symbols/layout.h"

#include <inttypes.h>
#include <string.h>

#define SLOT_VERSION 8
#define SLOT_FREE_THREADED 16
#define HEADER_SIZE 24

#define FIRST_MINOR 13
#define MINOR_COUNT 3

/* Far above what any CPython has: 3.15's runtime is 350 KiB, other structures are below 1 KiB. */
#define MAX_STATE_SIZE (16u << 20) /* of the runtime and of an interpreter */
#define MAX_STRUCT_SIZE (64u << 10)

static const uint16_t struct_sizes[MINOR_COUNT] = {584, 760, 888};

/* Where a slot is in 3.13, 3.14, 3.15: bytes from the start; 0 where there is none. */
struct slots {
    uint16_t at[MINOR_COUNT];
};

struct row {
    uint16_t field;
    struct slots slots;
};

#define ROW(field, in_3_13, in_3_14, in_3_15)                                                      \
    {CPT_LAYOUT_INDEX(field), {{in_3_13, in_3_14, in_3_15}}}

static const struct row rows[] = {
    ROW(runtime.size, 24, 24, 24),
    ROW(runtime.finalizing, 32, 32, 32),
    ROW(runtime.interpreters_head, 40, 40, 40),
    ROW(interp.size, 48, 48, 48),
    ROW(interp.id, 56, 56, 56),
    ROW(interp.next, 64, 64, 64),
    ROW(interp.threads_head, 72, 72, 72),
    ROW(interp.gc, 80, 88, 88),
    ROW(interp.modules, 88, 96, 96),
    ROW(interp.sysdict, 96, 104, 104),
    ROW(interp.builtins, 104, 112, 112),
    ROW(interp.ceval_gil, 112, 120, 120),
    ROW(tstate.size, 152, 176, 176),
    ROW(tstate.next, 168, 192, 192),
    ROW(tstate.interp, 176, 200, 200),
    ROW(tstate.current_frame, 184, 208, 208),
    ROW(tstate.thread_id, 192, 216, 240),
    ROW(tstate.native_thread_id, 200, 224, 248),
    ROW(tstate.datastack_chunk, 208, 232, 256),
    ROW(iframe.size, 224, 248, 312),
    ROW(iframe.previous, 232, 256, 320),
    ROW(iframe.f_executable, 240, 264, 328),
    ROW(iframe.instr_ptr, 248, 272, 336),
    ROW(iframe.localsplus, 256, 280, 344),
    ROW(iframe.owner, 264, 288, 352),
    ROW(iframe.stackpointer, 0, 296, 360),
    ROW(code.size, 272, 312, 376),
    ROW(code.co_filename, 280, 320, 384),
    ROW(code.co_name, 288, 328, 392),
    ROW(code.co_qualname, 296, 336, 400),
    ROW(code.co_linetable, 304, 344, 408),
    ROW(code.co_firstlineno, 312, 352, 416),
    ROW(code.co_code_adaptive, 344, 384, 448),
    ROW(code.co_argcount, 320, 360, 424),
    ROW(code.co_localsplusnames, 328, 368, 432),
    ROW(code.co_localspluskinds, 336, 376, 440),
    ROW(object.size, 352, 400, 464),
    ROW(object.ob_type, 360, 408, 472),
    ROW(type.size, 368, 416, 480),
    ROW(type.tp_name, 376, 424, 488),
    ROW(type.tp_repr, 384, 432, 496),
    ROW(type.tp_flags, 392, 440, 504),
    ROW(type.tp_basicsize, 0, 0, 512),
    ROW(type.tp_dictoffset, 0, 0, 520),
    ROW(heaptype.size, 0, 0, 528),
    ROW(heaptype.ht_cached_keys, 0, 0, 536),
    ROW(tuple.size, 400, 448, 544),
    ROW(tuple.ob_item, 408, 456, 552),
    ROW(var.ob_size, 416, 464, 560), /* tuple_object.ob_size */
    ROW(list.size, 424, 472, 568),
    ROW(list.ob_item, 432, 480, 576),
    ROW(set.size, 0, 496, 592),
    ROW(set.used, 0, 504, 600),
    ROW(set.table, 0, 512, 608),
    ROW(set.mask, 0, 520, 616),
    ROW(dict.size, 448, 528, 624),
    ROW(dict.ma_keys, 456, 536, 632),
    ROW(dict.ma_values, 464, 544, 640),
    ROW(floating.size, 472, 552, 648),
    ROW(floating.ob_fval, 480, 560, 656),
    ROW(integer.size, 488, 568, 664),
    ROW(integer.lv_tag, 496, 576, 672),
    ROW(integer.ob_digit, 504, 584, 680),
    ROW(bytes.size, 512, 592, 688),
    ROW(bytes.ob_sval, 528, 608, 704),
    ROW(unicode.size, 536, 616, 712),
    ROW(ascii.state, 544, 624, 720),
    ROW(ascii.length, 552, 632, 728),
    ROW(ascii.size, 560, 640, 736),
    ROW(compact.size, 0, 0, 744),
    ROW(gc.size, 568, 648, 752),
    ROW(gc.collecting, 576, 656, 760),
    ROW(gc.frame, 0, 0, 768),
    ROW(gen.size, 0, 664, 792),
    ROW(gen.gi_name, 0, 672, 800),
    ROW(gen.gi_iframe, 0, 680, 808),
    ROW(gen.gi_frame_state, 0, 688, 816),
    ROW(tstate.current_exception, 0, 0, 288),
    ROW(errstack.exc_value, 0, 0, 304),
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

/* Slots that become fields only together with others. */
static const struct slots gil_start = {{120, 128, 128}};  /* gil_runtime_state */
static const struct slots gil_locked = {{136, 144, 144}}; /* gil_runtime_state_locked */
static const struct slots gil_holder = {{144, 152, 152}}; /* gil_runtime_state_holder */
static const struct slots list_size = {{440, 488, 584}};  /* list_object.ob_size */
static const struct slots bytes_size = {{520, 600, 696}}; /* bytes_object.ob_size */

/* One parse. */
struct parse {
    const uint8_t *bytes;
    size_t column; /* of `struct slots` */
    struct cpt_layout_fields *fields;
    struct cpt_error *error;
};

size_t
cpt_debug_offsets_size(void)
{
    return struct_sizes[MINOR_COUNT - 1];
}

static uint64_t
read_slot(const struct parse *parse, const struct slots *slots)
{
    return cpt_load_u64(parse->bytes + slots->at[parse->column]);
}

static cpt_status
implausible(const struct parse *parse, size_t index, uint64_t value)
{
    const struct cpt_layout_field *field = cpt_layout_field(index);

    return cpt_error_set(parse->error, CPT_CORRUPT,
                         "the target's _Py_DebugOffsets are damaged: %s.%s is %" PRIu64,
                         field->structure, field->name, value);
}

/* Cookie and version, which say how the rest is to be read. */
static cpt_status
read_header(const uint8_t *bytes, size_t size, struct cpt_python_version *version,
            struct cpt_error *error)
{
    uint64_t hex, free_threaded;

    memset(version, 0, sizeof(*version));
    if (size < HEADER_SIZE || cpt_load_u64(bytes) != CPT_DEBUG_COOKIE)
        return cpt_error_set(error, CPT_CORRUPT,
                             "no _Py_DebugOffsets there: the cookie is missing");
    hex = cpt_load_u64(bytes + SLOT_VERSION);
    free_threaded = cpt_load_u64(bytes + SLOT_FREE_THREADED);
    if (hex >> 24 != 3 || CPT_PYTHON_MINOR(hex) < FIRST_MINOR || free_threaded > 1)
        return cpt_error_set(error, CPT_CORRUPT,
                             "the target's _Py_DebugOffsets are damaged: version 0x%" PRIx64
                             ", free_threaded %" PRIu64, hex, free_threaded);
    version->hex = (uint32_t)hex;
    version->free_threaded = free_threaded != 0;
    return CPT_OK;
}

/* Alphas and betas: slots come and go until the first release candidate. */
static cpt_status
check_version(const struct cpt_python_version *version, size_t size, struct cpt_error *error)
{
    size_t column = CPT_PYTHON_MINOR(version->hex) - FIRST_MINOR;
    char text[16];

    cpt_python_version_format(version->hex, text, sizeof(text));
    if (column >= MINOR_COUNT || (version->hex >> 4 & 0xf) < 0xc)
        return cpt_error_set(error, CPT_UNSUPPORTED,
                             "the order of _Py_DebugOffsets in CPython %s is not known", text);
    if (size < struct_sizes[column])
        return cpt_error_set(error, CPT_CORRUPT,
                             "the _Py_DebugOffsets of CPython %s are cut short: %zu of %u bytes",
                             text, size, (unsigned)struct_sizes[column]);
    return CPT_OK;
}

static cpt_status
read_rows(const struct parse *parse)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        uint64_t value;

        if (!rows[i].slots.at[parse->column])
            continue;
        value = read_slot(parse, &rows[i].slots);
        if (value > MAX_STATE_SIZE)
            return implausible(parse, rows[i].field, value);
        cpt_layout_set(parse->fields, rows[i].field, (int32_t)value);
    }
    return CPT_OK;
}

/* The slots count from the interpreter to its own GIL; what interp.ceval_gil points at may be
   another one. */
static cpt_status
derive_gil(const struct parse *parse)
{
    uint64_t start = read_slot(parse, &gil_start);
    uint64_t locked = read_slot(parse, &gil_locked);
    uint64_t holder = read_slot(parse, &gil_holder);

    if (locked < start || locked - start > MAX_STRUCT_SIZE || locked > MAX_STATE_SIZE)
        return implausible(parse, CPT_LAYOUT_INDEX(gil.locked), locked);
    if (holder < start || holder - start > MAX_STRUCT_SIZE || holder > MAX_STATE_SIZE)
        return implausible(parse, CPT_LAYOUT_INDEX(gil.last_holder), holder);
    parse->fields->gil.locked = (int32_t)(locked - start);
    parse->fields->gil.last_holder = (int32_t)(holder - start);
    return CPT_OK;
}

/* PyASCIIObject.state's bits, which no slot tells. In free-threaded 3.14 and later `interned` has a
   byte of its own. */
static void
derive_string_bits(struct cpt_layout_fields *at, const struct cpt_python_version *version)
{
    bool own_byte = version->free_threaded && CPT_PYTHON_MINOR(version->hex) >= 14;
    int32_t first = own_byte ? at->ascii.state * 8 + 8 : at->ascii.state * 8 + 2;

    at->ascii.kind = CPT_BITFIELD(0, first, 3);
    at->ascii.compact = CPT_BITFIELD(0, first + 3, 1);
    at->ascii.ascii = CPT_BITFIELD(0, first + 4, 1);
}

/* PyUnicodeObject is a PyCompactUnicodeObject and one pointer. Only 3.15 tells the size of the
   former. */
static cpt_status
derive_strings(const struct parse *parse, const struct cpt_python_version *version)
{
    struct cpt_layout_fields *at = parse->fields;
    int32_t compact = at->unicode.size - 8;

    if (compact <= at->ascii.size)
        return implausible(parse, CPT_LAYOUT_INDEX(unicode.size), (uint64_t)at->unicode.size);
    if (CPT_HAS(at->compact.size) && at->compact.size != compact)
        return implausible(parse, CPT_LAYOUT_INDEX(compact.size), (uint64_t)at->compact.size);
    at->compact.size = compact;
    at->unicode.data = compact;
    derive_string_bits(at, version);
    return CPT_OK;
}

/* Whether some field before INDEX of the same structure has the same offset. */
static bool
is_taken(const struct cpt_layout_fields *fields, size_t index)
{
    const struct cpt_layout_field *field = cpt_layout_field(index);

    for (size_t i = field->size_index + 1; i < index; i++)
        if (!cpt_layout_field(i)->is_bits &&
            cpt_layout_get(fields, i) == cpt_layout_get(fields, index))
            return true;
    return false;
}

/* Each offset lies within its structure, and no two of one structure are the same. */
static cpt_status
check_field(const struct parse *parse, size_t index)
{
    const struct cpt_layout_field *field = cpt_layout_field(index);
    int32_t value = cpt_layout_get(parse->fields, index);
    int32_t size = cpt_layout_get(parse->fields, field->size_index);
    int32_t limit = MAX_STRUCT_SIZE;

    if (!CPT_HAS(value) || field->is_bits)
        return CPT_OK;
    if (index == CPT_LAYOUT_INDEX(runtime.size) || index == CPT_LAYOUT_INDEX(interp.size))
        limit = MAX_STATE_SIZE;
    if (index == field->size_index)
        return value > 0 && value <= limit ? CPT_OK : implausible(parse, index, (uint64_t)value);
    if ((CPT_HAS(size) && value >= size) || is_taken(parse->fields, index))
        return implausible(parse, index, (uint64_t)value);
    return CPT_OK;
}

static cpt_status
check_fields(const struct parse *parse)
{
    const struct cpt_layout_fields *at = parse->fields;
    uint64_t in_list = read_slot(parse, &list_size), in_bytes = read_slot(parse, &bytes_size);

    for (size_t i = 0; i < CPT_LAYOUT_FIELD_COUNT; i++) {
        cpt_status status = check_field(parse, i);

        if (status)
            return status;
    }
    if (at->gc.size > at->interp.size - at->interp.gc)
        return implausible(parse, CPT_LAYOUT_INDEX(gc.size), (uint64_t)at->gc.size);
    if (in_list != (uint64_t)at->var.ob_size || at->var.ob_size >= at->tuple.size)
        return implausible(parse, CPT_LAYOUT_INDEX(var.ob_size), in_list);
    if (in_bytes != in_list)
        return implausible(parse, CPT_LAYOUT_INDEX(var.ob_size), in_bytes);
    return CPT_OK;
}

cpt_status
cpt_layout_from_self(struct cpt_layout_fields *fields, struct cpt_python_version *version,
                     const void *bytes, size_t size, struct cpt_error *error)
{
    struct parse parse = {.bytes = bytes, .fields = fields, .error = error};
    cpt_status status;

    cpt_layout_fields_init(fields);
    status = read_header(bytes, size, version, error);
    if (!status)
        status = check_version(version, size, error);
    if (status)
        return status;
    parse.column = CPT_PYTHON_MINOR(version->hex) - FIRST_MINOR;
    status = read_rows(&parse);
    if (!status)
        status = derive_gil(&parse);
    if (!status)
        status = derive_strings(&parse, version);
    if (!status)
        status = check_fields(&parse);
    if (status)
        cpt_layout_fields_init(fields);
    return status;
}

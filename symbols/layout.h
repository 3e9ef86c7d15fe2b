/* Where every field is, for one target: what decoders read CPython's structures by.
 *
 * A decoder writes `layout->at.tstate.interp` and gets the field's byte offset, or CPT_NO_FIELD.
 */
#ifndef CPT_SYMBOLS_LAYOUT_H
#define CPT_SYMBOLS_LAYOUT_H

#include "coreanalyze/base/error.h"
#include "symbols/layout_fields.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPT_NO_FIELD (-1)

/* Whether the target's CPython has FIELD (an offset of struct cpt_layout), and it is known. */
#define CPT_HAS(field) ((field) != CPT_NO_FIELD)

struct cpt_layout_fields {
#define CPT_DECLARE_FIELD_(s, name, path) int32_t name;
#define CPT_DECLARE_STRUCT_(s, dwarf)                                                              \
    struct {                                                                                       \
        int32_t size;                                                                              \
        CPT_LAYOUT_##s(CPT_DECLARE_FIELD_, CPT_DECLARE_FIELD_)                                     \
    } s;
    CPT_LAYOUT_STRUCTS(CPT_DECLARE_STRUCT_)
#undef CPT_DECLARE_STRUCT_
#undef CPT_DECLARE_FIELD_
};

#define CPT_LAYOUT_FIELD_COUNT (sizeof(struct cpt_layout_fields) / sizeof(int32_t))

/* The number of FIELD ("tstate.interp") among the fields, from 0. */
#define CPT_LAYOUT_INDEX(field) (offsetof(struct cpt_layout_fields, field) / sizeof(int32_t))

/* The field with number INDEX. */
static inline int32_t
cpt_layout_get(const struct cpt_layout_fields *fields, size_t index)
{
    return ((const int32_t *)fields)[index];
}

static inline void
cpt_layout_set(struct cpt_layout_fields *fields, size_t index, int32_t value)
{
    ((int32_t *)fields)[index] = value;
}

/* A bit-field is kept as one number: the bit's number from the start of the structure, and the
   width. */
#define CPT_BITFIELD(byte, bit, width) ((int32_t)((width) << 24 | ((byte) * 8 + (bit))))
#define CPT_BITFIELD_FIRST(value) ((value) & 0xffffff)
#define CPT_BITFIELD_WIDTH(value) ((value) >> 24)

/* The bit-field FIELD of a structure whose bytes are at STRUCTURE (bit order of little-endian
   targets). */
static inline unsigned
cpt_bitfield_get(const void *structure, int32_t field)
{
    const uint8_t *bytes = structure;
    int32_t first = CPT_BITFIELD_FIRST(field);
    unsigned word = bytes[first / 8];

    if (first % 8 + CPT_BITFIELD_WIDTH(field) > 8)
        word |= (unsigned)bytes[first / 8 + 1] << 8;
    return word >> (first % 8) & ((1u << CPT_BITFIELD_WIDTH(field)) - 1);
}

enum cpt_layout_origin {
    CPT_LAYOUT_NONE,  /* of a field: absent */
    CPT_LAYOUT_SELF,  /* the target's own _Py_DebugOffsets */
    CPT_LAYOUT_TABLE, /* built in */
    CPT_LAYOUT_DWARF, /* the target's debug information */
    CPT_LAYOUT_AUTO,  /* as a wish: each field from the first of these that has it */
};

/* Which CPython the target runs. */
struct cpt_python_version {
    uint32_t hex; /* PY_VERSION_HEX: 0x030b07f0 is 3.11.7; 0: not known */
    bool free_threaded;
    bool debug_build; /* Py_DEBUG */
};

#define CPT_PYTHON_MAJOR(hex) ((hex) >> 24 & 0xff)
#define CPT_PYTHON_MINOR(hex) ((hex) >> 16 & 0xff)
#define CPT_PYTHON_MICRO(hex) ((hex) >> 8 & 0xff)

/* "3.11.7", "3.15.0b2": into TEXT of at least 16 bytes. */
void cpt_python_version_format(uint32_t hex, char *text, size_t size);

/* How a CPython writes and counts things where no offset tells: the texts of repr() that changed, and numbers whose
   meaning did. */
struct cpt_dialect {
    unsigned minor;              /* of the version: which characters are printable (unicode_table.h) */
    bool odict_as_dict;          /* OrderedDict({…}) from 3.12, OrderedDict([(…), …]) before */
    bool bytearray_escapes_single; /* \' in a bytearray whatever quotes it has, to 3.14 */
    bool namespace_sorted;       /* namespace(…) by name, to 3.8 */
    bool immortals;              /* a negative half of ob_refcnt marks an object as immortal, from 3.12 */
    bool int_has_digit;          /* 0 has a digit too, from 3.11 */
    bool int_size_by_type;       /* int.__sizeof__ begins with tp_basicsize, from 3.13 */
    bool static_types_have_head; /* sys.getsizeof() counts a PyGC_Head for static types, which have none: 3.11, 3.12 */
    bool metatypes_have_head;    /* for static types whose type is not `type` itself: from 3.13 */
    bool partial_full_name;      /* functools.partial with its module, also of subclasses: from 3.13 */
    bool weakref_own_name;       /* of a referent its own __name__ attribute, not its type's: to 3.11.3 */
    bool weakref_full_name;      /* of a referent's type, and <weakproxy at 0x…; to 'm.T' at 0x…>: from 3.13 */
    bool object_attributes_bare; /* <attribute '__dict__'> for what object gives to every class, from 3.15 */
    uint8_t fileio_closefd;      /* the bit of FileIO's flags that says so; one more came before it in 3.15 */
    bool loader_names_module;    /* modules that are built in or frozen by __name__, not __spec__.name: to 3.9 */
    bool namespace_paths;        /* <module 'x' (namespace) from ['…']>: from 3.12 */
    bool class_visited;          /* the collector sees the reference of an instance to its class: from 3.8 */
    bool dict_visits_inline;     /* it goes through values within an instance by its dict, where that exists: from 3.13.13, 3.14.4 */
    bool gen_code_kept;          /* a generator keeps its frame's code when it has finished: from 3.12 */
    bool gen_code_stays;         /* the collector sees that: from 3.13 */
    int8_t gen_created;          /* gi_frame_state (3.11+), PyFrameState in pycore_frame.h */
    int8_t gen_executing;
    int8_t gen_completed;        /* this or above: finished */
    int8_t gen_cleared;          /* this or above: its frame is empty. To 3.13.0 one that is closed before it has begun is not */
};

/* The dialect of the CPython with PY_VERSION_HEX. */
void cpt_dialect_init(struct cpt_dialect *dialect, uint32_t hex);

struct cpt_layout {
    struct cpt_layout_fields at;
    /* enum cpt_layout_origin of each field of AT, in its order. */
    uint8_t origin[CPT_LAYOUT_FIELD_COUNT];
    /* Where the fields that stacks need come from: the first one used. */
    enum cpt_layout_origin main_origin;
    struct cpt_python_version version;
    const char *table;                      /* build that the table was made from, or NULL */
};

/* All fields absent. */
void cpt_layout_init(struct cpt_layout *layout);
void cpt_layout_fields_init(struct cpt_layout_fields *fields);

/* "self", "table", "dwarf", "auto". */
const char *cpt_layout_origin_name(enum cpt_layout_origin origin);

/* A field's description, for messages, tables and tests. */
struct cpt_layout_field {
    const char *structure; /* ours: "tstate" */
    const char *name;      /* ours: "interp"; "size" for the structure's own size */
    const char *dwarf;     /* names of the structure in DWARF, separated by | */
    const char *path;      /* member paths in DWARF, separated by |; NULL for "size" */
    bool is_bits;
    size_t size_index;     /* index of the structure's own size */
};

/* The description of field INDEX (0 … CPT_LAYOUT_FIELD_COUNT - 1, the order of struct
   cpt_layout_fields). */
const struct cpt_layout_field *cpt_layout_field(size_t index);

/* Takes FIELDS into LAYOUT where LAYOUT has nothing yet, as coming from ORIGIN. */
void cpt_layout_fill(struct cpt_layout *layout, const struct cpt_layout_fields *fields,
                     enum cpt_layout_origin origin);

/* Whether every field is there without which no stack can be decoded; else NAME (if not NULL) is
   "tstate.interp" of the first one missing, in SIZE bytes. */
bool cpt_layout_is_complete(const struct cpt_layout *layout, char *name, size_t size);

/* "xdebugpy", with which _Py_DebugOffsets begin, as a little-endian word. */
#define CPT_DEBUG_COOKIE UINT64_C(0x7970677562656478)

/* The bytes of _Py_DebugOffsets (3.13 and later) read as a layout. SIZE bytes at BYTES begin with
   the cookie. VERSION is filled too, also when the version is unsupported. CPT_UNSUPPORTED: an
   unknown minor version, or an alpha or beta, whose slots need not be those of the release;
   CPT_CORRUPT: no cookie, cut short, implausible. A debug build cannot be told from it:
   VERSION->debug_build is false. */
CPT_MUST_USE cpt_status cpt_layout_from_self(struct cpt_layout_fields *fields,
                                             struct cpt_python_version *version, const void *bytes,
                                             size_t size, struct cpt_error *error);

/* Size in bytes of the largest _Py_DebugOffsets known: read so much, or less at memory's end. */
size_t cpt_debug_offsets_size(void);

/* What identifies the patch release where a table's key alone does not: sizes the target tells of
   itself, 0 where not known. */
struct cpt_layout_hints {
    uint64_t runtime_size; /* st_size of _PyRuntime, or debug offsets' runtime_state.size */
    uint64_t interp_size;
    uint64_t tstate_size;
};

/* The built-in table for VERSION; CPT_UNSUPPORTED, with a message that names the version and what
   did not match, when there is none. *BUILD (may be NULL) is the build it came from. To 3.12 a
   table serves its whole minor series, and HINTS can only contradict it. From 3.13 on HINTS choose
   among the builds known of the minor series, debug builds among them; without any, only the very
   version that a table was made from is served. */
CPT_MUST_USE cpt_status cpt_layout_from_table(struct cpt_layout_fields *fields, const char **build,
                                              const struct cpt_python_version *version,
                                              const struct cpt_layout_hints *hints,
                                              struct cpt_error *error);

/* From 3.13 on, for a patch release that no table knows: the fields that are the same in every
   build known of the minor series. Meant to fill up what the target says of itself (most fields
   that `self` lacks never moved: dict keys, data stack chunks); it leaves out those that did, and
   the size of anything that grew. */
CPT_MUST_USE cpt_status cpt_layout_from_series(struct cpt_layout_fields *fields,
                                               const struct cpt_python_version *version,
                                               struct cpt_error *error);

/* Adds what FIELDS lack of the structures of standard extension modules (datetime, decimal, array), which no CPython
   ever changed, or none but by minor version. HEX: PY_VERSION_HEX; 0 where it is not known. */
void cpt_layout_add_steady(struct cpt_layout_fields *fields, uint32_t hex);

/* _pickle.Pickler and _pickle.Unpickler changed within minor versions too, and are told by the tp_basicsize of the type
   itself. CPT_NO_FIELD, NULL: one that is not known. */
int32_t cpt_layout_pickler_output(uint64_t basicsize);

struct cpt_unpickler_layout {
    int32_t input_line, encoding, errors, marks, marks_size;
};

const struct cpt_unpickler_layout *cpt_layout_unpickler(uint64_t basicsize);

/* The layout that the debug information of the ELF file at PATH (or of the separate debug file that
   belongs to it by build-id or debuglink, looked up under SYSROOT too if not NULL) describes.
   Errors: CPT_ABSENT where there is none, or none of CPython; CPT_IO; CPT_UNSUPPORTED (not an ELF
   file). Never goes to the network. */
CPT_MUST_USE cpt_status cpt_layout_from_dwarf(struct cpt_layout_fields *fields, const char *path,
                                              const char *sysroot, struct cpt_error *error);

/* The versions that tables serve, for messages: "3.7.5 to 3.15". */
const char *cpt_layout_supported_versions(void);

#endif

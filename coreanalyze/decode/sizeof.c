#include "coreanalyze/decode/sizeof.h"

#include "coreanalyze/decode/dict.h"

#include <inttypes.h>
#include <string.h>

#define MAX_COUNT (UINT64_C(1) << 44) /* of items; more is damage */
#define MAX_COUNT_SIZE (UINT64_C(1) << 19) /* of one item: what an array of structures has */
#define MAX_PAIRS (UINT64_C(1) << 20) /* names of one code object that are compared with each other */
#define POINTER 8
#define WCHAR 4
#define CODE_UNIT 2

/* co_flags */
#define CO_VARARGS 4
#define CO_VARKEYWORDS 8

/* mpd_t.flags: the digits are not in a block of their own (libmpdec's MPD_DATAFLAGS). */
#define MPD_NOT_DYNAMIC 0xe0

/* One size under way. The first failure stays; all later reads give 0. */
struct sizing {
    struct cpt_values *values;
    struct cpt_decode *decode;
    const struct cpt_layout_fields *at;
    const struct cpt_object *object;
    struct cpt_error *error;
    cpt_status status;
};

/* The word FIELD of the structure at ADDRESS. */
static uint64_t
word_of(struct sizing *z, uint64_t address, int32_t field)
{
    uint64_t word = 0;

    if (!z->status && !CPT_HAS(field))
        z->status = cpt_error_set(z->error, CPT_ABSENT, "the layout lacks a field");
    if (!z->status && !cpt_pointer_is_plausible(address))
        z->status = cpt_error_set(z->error, CPT_CORRUPT, "0x%" PRIx64 " is no pointer", address);
    if (!z->status)
        z->status = cpt_memory_read_u64(z->decode->memory, address + (uint64_t)field, &word, z->error);
    return z->status ? 0 : word;
}

static uint64_t
word(struct sizing *z, int32_t field)
{
    return word_of(z, z->object->address, field);
}

static uint32_t
int_of(struct sizing *z, uint64_t address, int32_t field)
{
    return (uint32_t)word_of(z, address, field);
}

/* COUNT items of SIZE bytes. */
static uint64_t
items(struct sizing *z, uint64_t count, uint64_t size)
{
    if (!z->status && (count > MAX_COUNT || size > MAX_COUNT_SIZE)) {
        z->status = cpt_error_set(z->error, CPT_CORRUPT, "%" PRIu64 " items are not plausible", count);
        if (z->error)
            z->error->address = z->object->address;
    }
    return z->status ? 0 : count * size;
}

static uint64_t
structure(struct sizing *z, int32_t size)
{
    if (!z->status && !CPT_HAS(size))
        z->status = cpt_error_set(z->error, CPT_ABSENT, "the layout lacks a structure");
    return z->status ? 0 : (uint64_t)size;
}

/* object.__sizeof__ */
static uint64_t
size_default(struct sizing *z)
{
    const struct cpt_type *type = z->object->type;
    int64_t count;

    if (!type->itemsize)
        return type->basicsize;
    count = (int64_t)word(z, z->at->var.ob_size);
    return type->basicsize + (count > 0 ? items(z, (uint64_t)count, type->itemsize) : 0);
}

static uint64_t
size_int(struct sizing *z)
{
    const struct cpt_dialect *dialect = &z->values->dialect;
    int64_t count;

    if (CPT_HAS(z->at->integer.lv_tag))
        count = (int64_t)(word(z, z->at->integer.lv_tag) >> 3);
    else
        count = (int64_t)word(z, z->at->var.ob_size);
    if (count < 0 && count != INT64_MIN)
        count = -count;
    if (!count && dialect->int_has_digit)
        count = 1;
    return (dialect->int_size_by_type ? z->object->type->basicsize : structure(z, z->at->integer.ob_digit)) +
           items(z, (uint64_t)count, 4);
}

/* Where the characters of the str S are; 0: nowhere. *HEAD is the size of what is in front of them. */
static uint64_t
str_data(struct sizing *z, const struct cpt_struct *s, uint64_t *head)
{
    bool compact = cpt_struct_bits(s, z->at->ascii.compact);

    if (compact) {
        *head = structure(z, cpt_struct_bits(s, z->at->ascii.ascii) ? z->at->ascii.size : z->at->compact.size);
        return z->object->address + *head;
    }
    *head = structure(z, z->at->unicode.size);
    return cpt_struct_u64(s, z->at->unicode.data);
}

/* The second form that a str keeps: UTF-8, and to 3.11 wchar_t, where that is not the first. */
static uint64_t
size_str_caches(struct sizing *z, const struct cpt_struct *s, uint64_t data)
{
    bool ascii = cpt_struct_bits(s, z->at->ascii.compact) && cpt_struct_bits(s, z->at->ascii.ascii);
    bool ready = !CPT_HAS(z->at->ascii.ready) || cpt_struct_bits(s, z->at->ascii.ready);
    uint64_t wstr = cpt_struct_u64(s, z->at->ascii.wstr), utf8 = cpt_struct_u64(s, z->at->compact.utf8);
    uint64_t length = cpt_struct_u64(s, ascii ? z->at->ascii.length : z->at->compact.wstr_length), size = 0;

    if (wstr && (!ready || wstr != data))
        size += items(z, length + 1, WCHAR);
    if (!ascii && utf8 && utf8 != data)
        size += items(z, cpt_struct_u64(s, z->at->compact.utf8_length) + 1, 1);
    return size;
}

static uint64_t
size_str(struct sizing *z)
{
    struct cpt_struct s;
    uint64_t head, data, size;

    if (!CPT_HAS(z->at->unicode.size) || !CPT_HAS(z->at->ascii.size) || !CPT_HAS(z->at->ascii.kind)) {
        z->status = cpt_error_set(z->error, CPT_ABSENT, "the layout lacks str");
        return 0;
    }
    z->status = cpt_struct_read_some(z->decode, &s, z->object->address, (size_t)z->at->unicode.size,
                                     (size_t)z->at->ascii.size, z->error);
    if (z->status)
        return 0;
    data = str_data(z, &s, &head);
    size = head + size_str_caches(z, &s, data);
    if (data)
        size += items(z, cpt_struct_u64(&s, z->at->ascii.length) + 1, cpt_struct_bits(&s, z->at->ascii.kind));
    return size;
}

/* From 3.15 the bytes are those of a bytes object. */
static uint64_t
size_bytearray(struct sizing *z)
{
    uint64_t size = items(z, word(z, z->at->bytearray.ob_alloc), 1);

    if (size && CPT_HAS(z->at->bytearray.ob_bytes_object))
        size += structure(z, z->at->bytes.ob_sval) + 1;
    return z->object->type->basicsize + size;
}

static uint64_t
size_list(struct sizing *z)
{
    return z->object->type->basicsize + items(z, word(z, z->at->list.allocated), POINTER);
}

/* USABLE_FRACTION in Objects/dictobject.c. */
static uint64_t
usable(uint64_t size)
{
    return (size << 1) / 3;
}

static unsigned
index_width(uint64_t size)
{
    if (size <= 0xff)
        return 1;
    if (size <= 0xffff)
        return 2;
    return size <= 0xffffffff ? 4 : 8;
}

/* The table of a dict, at ADDRESS, of 3.10 and before; 24 bytes for an entry. */
static uint64_t
size_old_keys(struct sizing *z, uint64_t address)
{
    uint64_t size = word_of(z, address, z->at->keys.dk_size);

    return structure(z, z->at->keys.dk_indices) + items(z, size, index_width(size)) + items(z, usable(size), 24);
}

static uint64_t
size_keys(struct sizing *z, uint64_t address)
{
    unsigned log2_size, log2_index_bytes, kind;

    if (CPT_HAS(z->at->keys.dk_size))
        return size_old_keys(z, address);
    log2_size = int_of(z, address, z->at->keys.dk_log2_size) & 0xff;
    log2_index_bytes = int_of(z, address, z->at->keys.dk_log2_index_bytes) & 0xff;
    kind = int_of(z, address, z->at->keys.dk_kind) & 0xff;
    if (log2_size > 44 || log2_index_bytes > 47)
        return items(z, UINT64_MAX, 1);
    return structure(z, z->at->keys.dk_indices) + (UINT64_C(1) << log2_index_bytes) +
           items(z, usable(UINT64_C(1) << log2_size), kind ? 16 : 24);
}

/* The values that a dict keeps apart from the keys that it shares. */
static uint64_t
size_split_values(struct sizing *z, uint64_t keys)
{
    if (CPT_HAS(z->at->keys.dk_size))
        return items(z, usable(word_of(z, keys, z->at->keys.dk_size)), POINTER);
    return items(z, word_of(z, keys, z->at->keys.dk_usable) + word_of(z, keys, z->at->keys.dk_nentries), POINTER);
}

static uint64_t
size_dict(struct sizing *z)
{
    uint64_t size = z->object->type->basicsize, keys = word(z, z->at->dict.ma_keys);

    if (word(z, z->at->dict.ma_values))
        size += size_split_values(z, keys);
    if (word_of(z, keys, z->at->keys.dk_refcnt) == 1)
        size += size_keys(z, keys);
    return size;
}

static uint64_t
size_odict(struct sizing *z)
{
    return size_dict(z) + items(z, word(z, z->at->odict.od_fast_nodes_size), POINTER) +
           items(z, word(z, z->at->dict.ma_used), structure(z, z->at->odictnode.size));
}

static uint64_t
size_set(struct sizing *z)
{
    uint64_t size = z->object->type->basicsize;

    if (word(z, z->at->set.table) == z->object->address + structure(z, z->at->set.smalltable))
        return size;
    return size + items(z, word(z, z->at->set.mask) + 1, structure(z, z->at->setentry.size));
}

static uint64_t
size_type(struct sizing *z)
{
    struct cpt_type *type = cpt_type_get(&z->values->types, z->object->address);
    uint64_t keys;

    if (!type)
        z->status = cpt_error_set(z->error, CPT_NOMEM, "out of memory");
    else if (type->broken)
        z->status = cpt_error_set(z->error, CPT_CORRUPT, "0x%" PRIx64 " is no type", z->object->address);
    if (z->status || !(type->flags & CPT_TYPE_HEAP))
        return structure(z, z->at->type.size);
    keys = word(z, z->at->heaptype.ht_cached_keys);
    return structure(z, z->at->heaptype.size) + (keys ? size_keys(z, keys) : 0);
}

/* The count of the tuple at ADDRESS. */
static uint64_t
tuple_size(struct sizing *z, uint64_t address)
{
    return word_of(z, address, z->at->var.ob_size);
}

/* Whether an argument is a cell too: then 3.10 and before keep an index for each cell (co_cell2arg). */
static bool
has_cell_arguments(struct sizing *z, uint64_t cells, uint64_t cell_count)
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
size_code_extra(struct sizing *z)
{
    uint64_t extra = word(z, z->at->code.co_extra);

    return extra ? POINTER + items(z, word_of(z, extra, 0), POINTER) : 0;
}

static uint64_t
size_code(struct sizing *z)
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
size_slots(struct sizing *z, uint64_t code)
{
    return items(z,
                 (uint64_t)int_of(z, code, z->at->code.co_nlocalsplus) + int_of(z, code, z->at->code.co_stacksize),
                 POINTER);
}

/* The code that the _PyInterpreterFrame at ADDRESS runs; from 3.14 the pointer has a tag. */
static uint64_t
frame_code(struct sizing *z, uint64_t address)
{
    return word_of(z, address, z->at->iframe.f_executable) & ~UINT64_C(3);
}

static uint64_t
size_old_frame(struct sizing *z)
{
    uint64_t code = word(z, z->at->frame.f_code), slots;

    slots = tuple_size(z, word_of(z, code, z->at->code.co_cellvars)) +
            tuple_size(z, word_of(z, code, z->at->code.co_freevars)) +
            int_of(z, code, z->at->code.co_nlocals) + int_of(z, code, z->at->code.co_stacksize);
    return structure(z, z->at->frame.f_localsplus) + items(z, slots, POINTER);
}

/* From 3.11 the structure ends with a pointer's place where the frame is kept once it has ended (_f_frame_data[1]). */
static uint64_t
size_frame(struct sizing *z)
{
    if (CPT_HAS(z->at->frame.f_code))
        return size_old_frame(z);
    return structure(z, z->at->frame.size) - POINTER + structure(z, z->at->iframe.localsplus) +
           size_slots(z, frame_code(z, word(z, z->at->frame.f_frame)));
}

/* Generators, coroutines and asynchronous generators: from 3.11 with their frame inside. */
static uint64_t
size_generator(struct sizing *z)
{
    if (!CPT_HAS(z->at->gen.gi_iframe))
        return size_default(z);
    return (uint64_t)z->at->gen.gi_iframe + structure(z, z->at->iframe.localsplus) +
           size_slots(z, frame_code(z, z->object->address + (uint64_t)z->at->gen.gi_iframe));
}

static uint64_t
size_deque(struct sizing *z)
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
size_array(struct sizing *z)
{
    uint64_t descr = word(z, z->at->array.ob_descr);

    return z->object->type->basicsize + items(z, word(z, z->at->array.allocated),
                                              int_of(z, descr, z->at->arraydescr.itemsize) & 0xff);
}

static uint64_t
size_decimal(struct sizing *z)
{
    uint64_t size = z->object->type->basicsize;

    if (word(z, z->at->decimal.flags) & MPD_NOT_DYNAMIC)
        return size;
    return size + items(z, word(z, z->at->decimal.alloc), 8);
}

/* The types with a __sizeof__ that is known here, by tp_name. */
static const struct sizer {
    const char *name;
    uint64_t (*size)(struct sizing *z);
} sizers[] = {
    {"object", size_default},
    {"int", size_int},
    {"str", size_str},
    {"bytearray", size_bytearray},
    {"list", size_list},
    {"dict", size_dict},
    {"frozendict", size_dict},
    {"set", size_set},
    {"frozenset", size_set},
    {"type", size_type},
    {"code", size_code},
    {"frame", size_frame},
    {"generator", size_generator},
    {"coroutine", size_generator},
    {"async_generator", size_generator},
    {"collections.OrderedDict", size_odict},
    {"collections.deque", size_deque},
    {"array.array", size_array},
    {"decimal.Decimal", size_decimal},
};

static const struct sizer *
known_sizer(const struct cpt_type *type)
{
    if (cpt_type_is_python(type) || type->foreign)
        return NULL;
    for (size_t i = 0; i < sizeof(sizers) / sizeof(sizers[0]); i++) {
        if (cpt_text_is(&type->raw, sizers[i].name))
            return &sizers[i];
    }
    return NULL;
}

/* The first type of the method resolution order with a __sizeof__ of its own. Static types of 3.12 and later keep no dict
   with themselves: those of them with a __sizeof__ are all among the ones known. */
static const struct sizer *
find_sizer(struct sizing *z)
{
    const struct cpt_type *entry;
    uint64_t ignored;

    for (size_t i = 0; !z->status && (entry = cpt_type_mro(&z->values->types, z->object->type, i)); i++) {
        const struct sizer *sizer = known_sizer(entry);
        cpt_status status =
            entry->dict ? cpt_dict_find(z->decode, entry->dict, "__sizeof__", &ignored, z->error) : CPT_ABSENT;

        if (sizer && (!status || !(entry->flags & CPT_TYPE_HEAP)))
            return sizer;
        if (status != CPT_ABSENT)
            z->status = status ? status : cpt_error_set(z->error, CPT_ABSENT, "a __sizeof__ that is not known");
    }
    if (!z->status)
        z->status = cpt_error_set(z->error, CPT_ABSENT, "no __sizeof__ is known");
    return NULL;
}

/* What the interpreter keeps in front of the object. 3.11 and 3.12 count a collector's head for static types too. */
static uint64_t
size_in_front(struct sizing *z, const struct cpt_header *header)
{
    uint64_t flags = z->object->type->flags, size = 0;

    if (header->collected || ((flags & CPT_TYPE_GC) && z->values->dialect.static_types_have_head))
        size = structure(z, z->at->gchead.size);
    if (flags & (CPT_TYPE_MANAGED_DICT | CPT_TYPE_MANAGED_WEAKREF))
        size += (uint64_t)2 * POINTER;
    return size;
}

cpt_status
cpt_object_sizeof(struct cpt_values *values, const struct cpt_object *object, const struct cpt_header *header,
                  uint64_t *size, struct cpt_error *error)
{
    struct sizing z = {
        .values = values,
        .decode = values->decode,
        .at = values->decode->at,
        .object = object,
        .error = error,
    };
    const struct sizer *sizer = find_sizer(&z);

    if (sizer)
        *size = sizer->size(&z) + size_in_front(&z, header);
    return z.status;
}

#include "tests/synthetic/objects.h"

#include <stdlib.h>
#include <string.h>

#define AT(world) (&(world)->layout->at)

/* tp_flags; Include/object.h */
#define INLINE_VALUES (UINT64_C(1) << 2)
#define MANAGED_DICT (UINT64_C(1) << 4)
#define HEAP_TYPE (UINT64_C(1) << 9)
#define READY (UINT64_C(1) << 12)
#define LONG_SUBCLASS (UINT64_C(1) << 24)
#define BYTES_SUBCLASS (UINT64_C(1) << 27)
#define UNICODE_SUBCLASS (UINT64_C(1) << 28)
#define DICT_SUBCLASS (UINT64_C(1) << 29)
#define TYPE_SUBCLASS (UINT64_C(1) << 31)

#define REFCOUNT 1
#define MAX_CHARACTERS 256

enum { KEYS_GENERAL, KEYS_UNICODE, KEYS_SPLIT }; /* DictKeysKind */

static uint64_t
type_of_types(struct world *world)
{
    if (!world->type_type) {
        unsigned touches = world->touches;

        world->touches = ~0u;
        world->type_type = world_add(world, "type", (size_t)AT(world)->heaptype.size);
        world_point(world, "type.ob_type", world->type_type, AT(world)->object.ob_type,
                    world->type_type, WORLD_POINTER);
        world_put(world, "type.tp_flags", world->type_type, AT(world)->type.tp_flags, 8,
                  TYPE_SUBCLASS | READY, WORLD_DATA);
        world->touches = touches;
    }
    return world->type_type;
}

static uint64_t
new_type(struct world *world, const char *name, size_t size, uint64_t flags)
{
    uint64_t metatype = type_of_types(world), type = world_add(world, name, size);

    world_point(world, "type.ob_type", type, AT(world)->object.ob_type, metatype, WORLD_HINT);
    world_put(world, "type.tp_flags", type, AT(world)->type.tp_flags, 8, flags | READY, WORLD_DATA);
    return type;
}

/* A built-in type, which all threads share. */
static uint64_t
built_in(struct world *world, uint64_t *type, const char *name, uint64_t flags)
{
    unsigned touches = world->touches;

    world->touches = ~0u;
    if (!*type)
        *type = new_type(world, name, (size_t)AT(world)->type.size, flags);
    world->touches = touches;
    return *type;
}

static uint64_t
new_object(struct world *world, const char *name, size_t size, uint64_t type)
{
    uint64_t object = world_add(world, name, size);

    *world_bytes(world, object, 1) = REFCOUNT;
    world_point(world, "ob_type", object, AT(world)->object.ob_type, type, WORLD_POINTER);
    return object;
}

uint64_t
object_none(struct world *world)
{
    if (!world->none)
        world->none = new_object(world, "None", 16, built_in(world, &world->code_type, "other", 0));
    return world->none;
}

/* --- str ------------------------------------------------------------------------------------- */

static size_t
decode_utf8(const char *text, uint32_t *characters)
{
    size_t count = 0;

    while (*text && count < MAX_CHARACTERS) {
        unsigned char first = (unsigned char)*text++;
        int more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
        uint32_t c = more ? first & (0x3fu >> more) : first;

        while (more-- > 0)
            c = c << 6 | ((unsigned char)*text++ & 0x3f);
        characters[count++] = c;
    }
    return count;
}

static void
set_bits(struct world *world, uint64_t object, int32_t field, unsigned value)
{
    int32_t first = CPT_BITFIELD_FIRST(field);

    if (CPT_HAS(field))
        *world_bytes(world, object + (uint64_t)first / 8, 1) |= (uint8_t)(value << first % 8);
}

static void
put_characters(struct world *world, uint64_t address, const uint32_t *characters, size_t count,
               unsigned width)
{
    for (size_t i = 0; i < count; i++)
        memcpy(world_bytes(world, address + i * width, width), &characters[i], width);
}

static uint64_t
legacy_str(struct world *world, uint64_t type, const uint32_t *characters, size_t count)
{
    const struct cpt_layout_fields *at = AT(world);
    uint64_t object = new_object(world, "legacy str", (size_t)at->unicode.size, type);
    uint64_t data = world_add(world, "wchar_t characters", (count + 1) * 4);

    put_characters(world, data, characters, count, 4);
    world_point(world, "str.wstr", object, at->ascii.wstr, data, WORLD_RAW);
    world_put(world, "str.wstr_length", object, at->compact.wstr_length, 8, count, WORLD_RAW);
    return object;
}

static uint64_t
ready_str(struct world *world, uint64_t type, const uint32_t *characters, size_t count,
          uint32_t largest, bool compact)
{
    const struct cpt_layout_fields *at = AT(world);
    unsigned width = largest < 0x100 ? 1 : largest < 0x10000 ? 2 : 4;
    bool ascii = largest < 0x80;
    size_t head = (size_t)(!compact ? at->unicode.size : ascii ? at->ascii.size : at->compact.size);
    uint64_t object, data;

    object = new_object(world, "str", head + (compact ? (count + 1) * width : 0), type);
    data = compact ? object + head : world_add(world, "characters", (count + 1) * width);
    put_characters(world, data, characters, count, width);
    world_put(world, "str.length", object, at->ascii.length, 8, count, WORLD_RAW);
    set_bits(world, object, at->ascii.kind, width);
    set_bits(world, object, at->ascii.compact, compact);
    set_bits(world, object, at->ascii.ascii, ascii);
    set_bits(world, object, at->ascii.ready, 1);
    world_put(world, "str.state", object, at->ascii.state, 1,
              *world_bytes(world, object + (uint64_t)at->ascii.state, 1), WORLD_DATA);
    if (!compact)
        world_point(world, "str.data", object, at->unicode.data, data, WORLD_RAW);
    return object;
}

uint64_t
object_str(struct world *world, const char *utf8, enum object_str form)
{
    uint64_t type = built_in(world, &world->str_type, "str type", UNICODE_SUBCLASS);
    uint32_t characters[MAX_CHARACTERS], largest = 0;
    size_t count = decode_utf8(utf8, characters);

    if (form == STR_LEGACY && CPT_HAS(AT(world)->ascii.wstr))
        return legacy_str(world, type, characters, count);
    for (size_t i = 0; i < count; i++)
        largest = characters[i] > largest ? characters[i] : largest;
    return ready_str(world, type, characters, count, largest, form == STR_SMALLEST);
}

/* --- bytes, int ------------------------------------------------------------------------------ */

uint64_t
object_bytes(struct world *world, const void *bytes, size_t size)
{
    const struct cpt_layout_fields *at = AT(world);
    uint64_t type = built_in(world, &world->bytes_type, "bytes type", BYTES_SUBCLASS);
    uint64_t object = new_object(world, "bytes", (size_t)at->bytes.ob_sval + size + 1, type);

    world_put(world, "bytes.ob_size", object, at->var.ob_size, 8, size, WORLD_RAW);
    memcpy(world_bytes(world, object + (uint64_t)at->bytes.ob_sval, size), bytes, size);
    return object;
}

uint64_t
object_int(struct world *world, uint64_t value)
{
    const struct cpt_layout_fields *at = AT(world);
    uint64_t type = built_in(world, &world->int_type, "int type", LONG_SUBCLASS), count = 0;
    uint64_t object = new_object(world, "int", (size_t)at->integer.ob_digit + 12, type);

    for (; value; value >>= 30) {
        uint32_t digit = value & 0x3fffffff;

        memcpy(world_bytes(world, object + (uint64_t)at->integer.ob_digit + 4 * count++, 4), &digit,
               4);
    }
    if (CPT_HAS(at->integer.lv_tag)) /* 1: zero */
        world_put(world, "int.lv_tag", object, at->integer.lv_tag, 8, count ? count << 3 : 1,
                  WORLD_HINT);
    else
        world_put(world, "int.ob_size", object, at->var.ob_size, 8, count, WORLD_HINT);
    return object;
}

/* --- dict ------------------------------------------------------------------------------------ */

#define DICT_SIZE 16 /* slots of the index, for all dicts here */

/* Key table with COUNT entries; KIND as of 3.11. */
static uint64_t
new_keys(struct world *world, size_t count, int kind, unsigned *entry_size, uint64_t *entries)
{
    const struct cpt_layout_fields *at = AT(world);
    uint64_t keys;

    *entry_size = CPT_HAS(at->keys.dk_size) || kind == KEYS_GENERAL ? 24 : 16;
    keys = world_add(world, "dict keys",
                     (size_t)at->keys.dk_indices + DICT_SIZE + count * *entry_size);
    world_put(world, "keys.dk_size", keys, at->keys.dk_size, 8, DICT_SIZE, WORLD_HINT);
    world_put(world, "keys.dk_log2_size", keys, at->keys.dk_log2_size, 1, 4, WORLD_HINT);
    world_put(world, "keys.dk_log2_index_bytes", keys, at->keys.dk_log2_index_bytes, 1, 4,
              WORLD_HINT);
    world_put(world, "keys.dk_kind", keys, at->keys.dk_kind, 1, (uint64_t)kind, WORLD_HINT);
    world_put(world, "keys.dk_nentries", keys, at->keys.dk_nentries, 8, count, WORLD_HINT);
    *entries = keys + (uint64_t)at->keys.dk_indices + DICT_SIZE;
    return keys;
}

static void
put_entry(struct world *world, uint64_t entries, unsigned size, size_t i, uint64_t key,
          uint64_t value)
{
    int32_t key_at = (int32_t)(i * size + (size == 24 ? 8 : 0));

    world_point(world, "entry.key", entries, key_at, key, WORLD_HINT);
    world_point(world, "entry.value", entries, key_at + 8, value, WORLD_HINT);
}

static uint64_t
fill_dict(struct world *world, uint64_t dict, size_t used, uint64_t keys, uint64_t values)
{
    const struct cpt_layout_fields *at = AT(world);

    world_put(world, "dict.ma_used", dict, at->dict.ma_used, 8, used, WORLD_DATA);
    world_point(world, "dict.ma_keys", dict, at->dict.ma_keys, keys, WORLD_HINT);
    world_point(world, "dict.ma_values", dict, at->dict.ma_values, values, WORLD_HINT);
    return dict;
}

static uint64_t
new_dict(struct world *world, size_t used, uint64_t keys, uint64_t values)
{
    uint64_t type = built_in(world, &world->dict_type, "dict type", DICT_SUBCLASS);
    uint64_t dict = new_object(world, "dict", (size_t)AT(world)->dict.size, type);

    return fill_dict(world, dict, used, keys, values);
}

static uint64_t
keys_of(struct world *world, const struct object_item *items, size_t count, bool str_keys)
{
    uint64_t entries, keys;
    unsigned entry_size;
    size_t next = 0;

    keys = new_keys(world, count + 1, str_keys ? KEYS_UNICODE : KEYS_GENERAL, &entry_size,
                    &entries);
    for (size_t i = 0; i < count; i++) {
        if (i + 1 == count)
            put_entry(world, entries, entry_size, next++, 0, 0);
        put_entry(world, entries, entry_size, next++, items[i].key, items[i].value);
    }
    return keys;
}

uint64_t
object_dict(struct world *world, const struct object_item *items, size_t count, bool str_keys)
{
    uint64_t keys = keys_of(world, items, count, str_keys);

    return new_dict(world, count, keys, 0);
}

void
object_fill_dict(struct world *world, uint64_t dict, const struct object_item *items, size_t count, bool str_keys)
{
    fill_dict(world, dict, count, keys_of(world, items, count, str_keys), 0);
}

/* Values of a split table, which from 3.11 on come with the order of their insertion: in bytes before them (3.11, 3.12)
   or behind them (3.13+). */
static uint64_t
new_values(struct world *world, const struct object_item *items, size_t count)
{
    const struct cpt_layout_fields *at = AT(world);
    size_t first = CPT_HAS(at->values.values) ? (size_t)at->values.values : 0, before = 0, behind = 0;
    uint64_t values;

    if (CPT_HAS(at->values.values))
        *(CPT_HAS(at->values.valid) ? &behind : &before) = 16;
    values = world_add_behind(world, "split values", before, first + 8 * count + behind);
    world_put(world, "values.capacity", values, at->values.capacity, 1, count, WORLD_DATA);
    world_put(world, "values.valid", values, at->values.valid, 1, 1, WORLD_DATA);
    if (behind)
        world_put(world, "values.size", values, at->values.capacity + 1, 1, count, WORLD_DATA);
    if (before) {
        world_put(world, "values.prefix_size", values - 1, 0, 1, before, WORLD_DATA);
        world_put(world, "values.size", values - 2, 0, 1, count, WORLD_DATA);
    }
    for (size_t i = 0; i < count; i++) {
        world_point(world, "values.values[]", values, (int32_t)(first + 8 * i), items[i].value, WORLD_HINT);
        if (before)
            world_put(world, "values.order[]", values - 3 - i, 0, 1, i, WORLD_DATA);
        if (behind)
            world_put(world, "values.order[]", values, (int32_t)(first + 8 * count + i), 1, i, WORLD_DATA);
    }
    return values;
}

void
object_fill_split_dict(struct world *world, uint64_t dict, const struct object_item *items, size_t count)
{
    uint64_t entries, keys;
    unsigned entry_size;

    keys = new_keys(world, count, KEYS_SPLIT, &entry_size, &entries);
    for (size_t i = 0; i < count; i++)
        put_entry(world, entries, entry_size, i, items[i].key, 0);
    fill_dict(world, dict, count, keys, new_values(world, items, count));
}

uint64_t
object_module(struct world *world, uint64_t dict)
{
    uint64_t type = built_in(world, &world->module_type, "module type", 0);
    uint64_t module = new_object(world, "module", (size_t)AT(world)->module.size, type);

    world_point(world, "module.md_dict", module, AT(world)->module.md_dict, dict, WORLD_HINT);
    return module;
}

/* --- instances ------------------------------------------------------------------------------- */

#define BASIC_SIZE 16 /* of an instance without __dict__ pointer */
#define DICT_AT 16    /* tp_dictoffset to 3.10 */
#define BEFORE 32     /* collector's header and two words, in front of an instance */

static bool
has_inline_values(const struct cpt_layout_fields *at)
{
    return CPT_HAS(at->values.valid);
}

static bool
has_managed_dict(const struct cpt_layout_fields *at)
{
    return CPT_HAS(at->values.values);
}

uint64_t
object_class(struct world *world, const uint64_t *keys, size_t count)
{
    const struct cpt_layout_fields *at = AT(world);
    uint64_t flags = HEAP_TYPE, type, entries, shared;
    unsigned entry_size;

    if (has_managed_dict(at))
        flags |= MANAGED_DICT;
    if (has_inline_values(at))
        flags |= INLINE_VALUES;
    type = new_type(world, "class", (size_t)at->heaptype.size, flags);
    shared = new_keys(world, count, KEYS_SPLIT, &entry_size, &entries);
    for (size_t i = 0; i < count; i++)
        put_entry(world, entries, entry_size, i, keys[i], 0);
    world_put(world, "type.tp_basicsize", type, at->type.tp_basicsize, 8,
              has_managed_dict(at) ? BASIC_SIZE : BASIC_SIZE + 8, WORLD_HINT);
    world_put(world, "type.tp_dictoffset", type, at->type.tp_dictoffset, 8,
              has_managed_dict(at) ? UINT64_MAX : DICT_AT, WORLD_HINT);
    world_point(world, "type.ht_cached_keys", type, at->heaptype.ht_cached_keys, shared,
                WORLD_HINT);
    return type;
}

static uint64_t
dict_of_values(struct world *world, const uint64_t *keys, const uint64_t *values, size_t count)
{
    struct object_item items[8];

    for (size_t i = 0; i < count && i < 8; i++)
        items[i] = (struct object_item){keys[i], values[i]};
    return object_dict(world, items, count < 8 ? count : 8, true);
}

static void
put_values(struct world *world, uint64_t address, int32_t first, const uint64_t *values,
           size_t count)
{
    for (size_t i = 0; i < count; i++)
        world_point(world, "values.values[]", address, first + (int32_t)(8 * i), values[i],
                    WORLD_HINT);
}

static uint64_t
split_dict(struct world *world, uint64_t type, const uint64_t *values, size_t count)
{
    const struct cpt_layout_fields *at = AT(world);
    uint64_t shared, array = world_add(world, "split values", 8 * count);

    memcpy(&shared, world_bytes(world, type + (uint64_t)at->heaptype.ht_cached_keys, 8), 8);
    put_values(world, array, 0, values, count);
    return new_dict(world, count, shared, array);
}

static void
put_inline_values(struct world *world, uint64_t object, const uint64_t *values, size_t count,
                  bool valid)
{
    const struct cpt_layout_fields *at = AT(world);
    uint64_t inline_values = object + BASIC_SIZE;

    world_put(world, "values.capacity", inline_values, at->values.capacity, 1, count, WORLD_DATA);
    world_put(world, "values.size", inline_values, at->values.capacity + 1, 1, valid ? count : 0, WORLD_DATA);
    world_put(world, "values.valid", inline_values, at->values.valid, 1, valid, WORLD_DATA);
    if (!valid)
        return;
    put_values(world, inline_values, at->values.values, values, count);
    for (size_t i = 0; i < count; i++)
        world_put(world, "values' order", inline_values, at->values.values + (int32_t)(8 * count + i), 1, i,
                  WORLD_DATA);
}

/* Values apart from the instance: 3.11 points at them with one word, 3.12 with the other, tagged.
   */
static void
put_separate_values(struct world *world, uint64_t object, const uint64_t *values, size_t count)
{
    const struct cpt_layout_fields *at = AT(world);
    size_t prefix = (2 + count + 7) / 8 * 8;
    uint64_t apart = world_add_behind(world, "values", prefix, (size_t)at->values.values + 8 * count);

    put_values(world, apart, at->values.values, values, count);
    world_put(world, "values' prefix", apart - 1, 0, 1, prefix, WORLD_DATA);
    world_put(world, "values.size", apart - 2, 0, 1, count, WORLD_DATA);
    for (size_t i = 0; i < count; i++)
        world_put(world, "values' order", apart - 3 - i, 0, 1, i, WORLD_DATA);
    if (CPT_HAS(at->interp.ceval_gil))
        world_put(world, "managed values", object - 24, 0, 8, apart - 1, WORLD_HINT);
    else
        world_point(world, "managed values", object - 32, 0, apart, WORLD_HINT);
}

uint64_t
object_instance(struct world *world, uint64_t type, const uint64_t *keys, const uint64_t *values,
                size_t count, enum object_attributes where)
{
    const struct cpt_layout_fields *at = AT(world);
    size_t size = has_inline_values(at) ? BASIC_SIZE + (size_t)at->values.values + 9 * count
                                        : BASIC_SIZE + 8;
    uint64_t object = world_add_behind(world, "instance", BEFORE, size), dict = 0;
    bool shared = where == ATTRIBUTES_SHARED;

    world_point(world, "ob_type", object, at->object.ob_type, type, WORLD_HINT);
    if (!shared)
        dict = dict_of_values(world, keys, values, count);
    else if (!has_managed_dict(at))
        dict = split_dict(world, type, values, count);
    if (!has_managed_dict(at)) {
        world_point(world, "instance.__dict__", object, DICT_AT, dict, WORLD_HINT);
        return object;
    }
    if (dict)
        world_point(world, "managed dict", object - 24, 0, dict, WORLD_HINT);
    if (has_inline_values(at))
        put_inline_values(world, object, values, count, shared);
    else if (shared)
        put_separate_values(world, object, values, count);
    return object;
}

/* --- code ------------------------------------------------------------------------------------ */

#define BYTES_A_LINE 4 /* two code units */
#define COLUMNS 9      /* each line's place spans so many */

/* The line table of a code object with LINES lines. */
static uint64_t
line_table(struct world *world, size_t lines)
{
    const struct cpt_layout_fields *at = AT(world);
    bool locations = CPT_HAS(at->code.co_code_adaptive);
    bool lnotab = !CPT_HAS(at->code.co_linetable);
    uint8_t table[256];
    size_t size = 0;

    for (size_t i = 0; i < lines && size + 3 <= sizeof(table); i++) {
        if (locations) { /* the one-line form, one line down but at first, of two units */
            table[size++] = (uint8_t)(0x80 | (i ? 11 : 10) << 3 | 1);
            table[size++] = (uint8_t)(i % 64);
            table[size++] = (uint8_t)(i % 64 + COLUMNS);
        } else {
            table[size++] = i || !lnotab ? BYTES_A_LINE : 0;
            table[size++] = i ? 1 : 0;
        }
    }
    return object_bytes(world, table, size);
}

struct object_place
object_code_place(const struct cpt_layout *layout, const struct object_code *code, int lasti)
{
    int index = lasti / BYTES_A_LINE, column = index % 64;
    int32_t line = code->first_line + index;

    if (CPT_HAS(layout->at.code.co_code_adaptive))
        return (struct object_place){line, line, column, column + COLUMNS};
    return (struct object_place){line, -1, -1, -1};
}

uint64_t
object_code(struct world *world, const struct object_code *code)
{
    const struct cpt_layout_fields *at = AT(world);
    uint64_t type = built_in(world, &world->code_type, "code type", 0);
    uint64_t object, lines = line_table(world, (code->units * 2 + 3) / BYTES_A_LINE);
    size_t size = (size_t)at->code.size;

    if (CPT_HAS(at->code.co_code_adaptive))
        size = (size_t)at->code.co_code_adaptive + code->units * 2;
    object = new_object(world, "code", size, type);
    world_point(world, "code.co_name", object, at->code.co_name, code->name, WORLD_POINTER);
    world_point(world, "code.co_filename", object, at->code.co_filename, code->file, WORLD_POINTER);
    world_point(world, "code.co_qualname", object, at->code.co_qualname, code->qualname,
                WORLD_POINTER);
    world_put(world, "code.co_firstlineno", object, at->code.co_firstlineno, 4,
              (uint32_t)code->first_line, WORLD_DATA);
    world_point(world, "code.co_linetable", object,
                CPT_HAS(at->code.co_linetable) ? at->code.co_linetable : at->code.co_lnotab, lines,
                WORLD_POINTER);
    if (CPT_HAS(at->code.co_code_adaptive))
        world_put(world, "code.ob_size", object, at->var.ob_size, 8, code->units, WORLD_RAW);
    world_put(world, "code.co_firsttraceable", object, at->code.co_firsttraceable, 4,
              code->traceable_at, WORLD_DATA);
    return object;
}

#include "tests/synthetic/gallery_build.h"

#include <string.h>

static void
make_int(struct gallery_maker *maker, const char *name, int sign, const uint32_t *digits, size_t count,
         const char *repr)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t object = gallery_object(maker, "int", G_INT, at->integer.ob_digit + (int32_t)(4 * (count ? count : 1)));

    for (size_t i = 0; i < count; i++)
        gallery_put(maker, "int.ob_digit[]", object, at->integer.ob_digit + (int32_t)(4 * i), 4, digits[i]);
    if (CPT_HAS(at->integer.lv_tag))
        gallery_put(maker, "int.lv_tag", object, at->integer.lv_tag, 8,
                    count << 3 | (count ? (sign < 0 ? 2 : 0) : 1));
    else
        gallery_put(maker, "int.ob_size", object, at->var.ob_size, 8, sign < 0 ? -(uint64_t)count : count);
    gallery_add(maker, name, object, "%s", repr);
}

static void
make_bool(struct gallery_maker *maker, bool value)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t object = gallery_object(maker, "bool", G_BOOL, at->integer.ob_digit + 4);

    gallery_put(maker, "int.ob_digit[]", object, at->integer.ob_digit, 4, value);
    if (CPT_HAS(at->integer.lv_tag))
        gallery_put(maker, "int.lv_tag", object, at->integer.lv_tag, 8, value ? 1 << 3 : 1);
    else
        gallery_put(maker, "int.ob_size", object, at->var.ob_size, 8, value);
    gallery_add(maker, "bool", object, value ? "True" : "False");
}

static void
put_double(struct gallery_maker *maker, const char *name, uint64_t object, int32_t field, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, 8);
    gallery_put(maker, name, object, field, 8, bits);
}

static void
make_numbers(struct gallery_maker *maker)
{
    const uint32_t large[] = {0x3fffffff, 0, 1, 7}, hundred[] = {100};
    const struct cpt_layout_fields *at = maker->at;
    uint64_t object;

    make_int(maker, "zero", 1, NULL, 0, "0");
    make_int(maker, "int", -1, hundred, 1, "-100");
    make_int(maker, "large int", 1, large, 4, "8665580276150583429974458367");
    make_bool(maker, true);
    make_bool(maker, false);
    object = gallery_object(maker, "float", G_FLOAT, at->floating.size);
    put_double(maker, "float.ob_fval", object, at->floating.ob_fval, 0.1);
    gallery_add(maker, "float", object, "0.1");
    object = gallery_object(maker, "complex", G_COMPLEX, at->complexnum.size);
    put_double(maker, "complex.real", object, at->complexnum.real, 1.5);
    put_double(maker, "complex.imag", object, at->complexnum.imag, -2);
    gallery_add(maker, "complex", object, "(1.5-2j)");
}

static void
make_decimal(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t object, words;

    if (!CPT_HAS(at->decimal.size))
        return;
    object = gallery_object(maker, "Decimal", G_DECIMAL, at->decimal.size);
    gallery_put(maker, "decimal.flags", object, at->decimal.flags, 1, 1);
    gallery_put(maker, "decimal.exp", object, at->decimal.exp, 8, (uint64_t)-2);
    gallery_put(maker, "decimal.digits", object, at->decimal.digits, 8, 20);
    gallery_put(maker, "decimal.len", object, at->decimal.len, 8, 2);
    words = world_add(maker->world, "words of a Decimal", 16);
    gallery_put(maker, "words", words, 0, 8, UINT64_C(1000000000000000025));
    gallery_put(maker, "words", words, 8, 8, 3);
    gallery_point(maker, "decimal.data", object, at->decimal.data, words);
    gallery_add(maker, "Decimal", object, "Decimal('-310000000000000000.25')");
}

static void
make_texts(struct gallery_maker *maker)
{
    static const struct {
        const char *name, *text, *repr;
        enum object_str form;
    } texts[] = {
        {"ASCII", "it's", "\"it's\"", STR_SMALLEST},
        {"Latin-1", "caf\u00e9\n", "'caf\u00e9\\n'", STR_SMALLEST},
        {"UCS-2", "\u20ac", "'\u20ac'", STR_SMALLEST},
        {"UCS-4", "\U0001f40d!", "'\U0001f40d!'", STR_SMALLEST},
        {"apart", "\u20ac apart", "'\u20ac apart'", STR_NOT_COMPACT},
        {"legacy", "legacy", "'legacy'", STR_LEGACY},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        gallery_add(maker, texts[i].name, object_str(maker->world, texts[i].text, texts[i].form), "%s", texts[i].repr);
    gallery_add(maker, "bytes", object_bytes(maker->world, "a\0'\xff", 4), "b\"a\\x00'\\xff\"");
}

static void
make_bytearray(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t object = gallery_object(maker, "bytearray", G_BYTEARRAY, at->bytearray.size), data;

    if (CPT_HAS(at->bytearray.ob_bytes_object)) {
        uint64_t bytes = object_bytes(maker->world, "xyz", 3);

        gallery_point(maker, "bytearray.ob_bytes_object", object, at->bytearray.ob_bytes_object, bytes);
        data = bytes + (uint64_t)at->bytes.ob_sval;
    } else {
        data = world_add(maker->world, "bytes of a bytearray", 8);
        memcpy(world_bytes(maker->world, data, 3), "xyz", 3);
    }
    gallery_put(maker, "bytearray.ob_size", object, at->var.ob_size, 8, 2);
    gallery_put(maker, "bytearray.ob_alloc", object, at->bytearray.ob_alloc, 8, 4);
    gallery_point(maker, "bytearray.ob_start", object, at->bytearray.ob_start, data + 1);
    gallery_add(maker, "bytearray", object, "bytearray(b'yz')");
}

static void
put_bytes(struct gallery_maker *maker, uint64_t object, int32_t field, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        gallery_put(maker, "data[]", object, field + (int32_t)i, 1, bytes[i]);
}

static uint64_t
make_delta(struct gallery_maker *maker, int32_t days, int32_t seconds, int32_t microseconds)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t object = gallery_object(maker, "timedelta", G_DELTA, at->delta.size);

    gallery_put(maker, "delta.days", object, at->delta.days, 4, (uint32_t)days);
    gallery_put(maker, "delta.seconds", object, at->delta.seconds, 4, (uint32_t)seconds);
    gallery_put(maker, "delta.microseconds", object, at->delta.microseconds, 4, (uint32_t)microseconds);
    return object;
}

static uint64_t
make_timezone(struct gallery_maker *maker)
{
    uint64_t delta = make_delta(maker, 0, 3600, 0);
    uint64_t object = gallery_object(maker, "timezone", G_TIMEZONE, maker->at->timezone.size);

    gallery_point(maker, "timezone.offset", object, maker->at->timezone.offset, delta);
    gallery_point(maker, "timezone.name", object, maker->at->timezone.name, 0);
    return object;
}

static void
make_times(struct gallery_maker *maker)
{
    static const uint8_t date[] = {2024 >> 8, 2024 & 0xff, 2, 29, 23, 59, 58, 0, 0, 7};
    const struct cpt_layout_fields *at = maker->at;
    uint64_t object, zone;

    if (!CPT_HAS(at->date.size))
        return;
    object = gallery_object(maker, "date", G_DATE, at->date.size);
    put_bytes(maker, object, at->date.data, date, 4);
    gallery_add(maker, "date", object, "datetime.date(2024, 2, 29)");

    zone = make_timezone(maker);
    object = gallery_object(maker, "datetime", G_DATETIME, at->datetime.size);
    put_bytes(maker, object, at->datetime.data, date, 10);
    gallery_put(maker, "datetime.hastzinfo", object, at->datetime.hastzinfo, 1, 1);
    gallery_point(maker, "datetime.tzinfo", object, at->datetime.tzinfo, zone);
    gallery_add(maker, "datetime", object,
                "datetime.datetime(2024, 2, 29, 23, 59, 58, 7, "
                "tzinfo=datetime.timezone(datetime.timedelta(seconds=3600)))");

    object = gallery_object(maker, "time", G_TIME, at->time.size);
    put_bytes(maker, object, at->time.data, date + 4, 6);
    gallery_put(maker, "time.hastzinfo", object, at->time.hastzinfo, 1, 0);
    gallery_add(maker, "time", object, "datetime.time(23, 59, 58, 7)");

    gallery_add(maker, "timedelta", make_delta(maker, -1, 2, 3),
                "datetime.timedelta(days=-1, seconds=2, microseconds=3)");
    gallery_add(maker, "timezone", make_timezone(maker), "datetime.timezone(datetime.timedelta(seconds=3600))");
}

static void
make_array(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t object, description, items;
    const int32_t numbers[] = {1, -2};

    if (!CPT_HAS(at->array.size))
        return;
    object = gallery_object(maker, "array", G_ARRAY, at->array.size);
    description = world_add(maker->world, "arraydescr", (size_t)at->arraydescr.size);
    gallery_put(maker, "arraydescr.typecode", description, at->arraydescr.typecode, 1, 'i');
    gallery_put(maker, "arraydescr.itemsize", description, at->arraydescr.itemsize, 4, 4);
    items = world_add(maker->world, "items of an array", 8);
    memcpy(world_bytes(maker->world, items, 8), numbers, 8);
    gallery_put(maker, "array.ob_size", object, at->var.ob_size, 8, 2);
    gallery_put(maker, "array.allocated", object, at->array.allocated, 8, 2);
    gallery_point(maker, "array.ob_item", object, at->array.ob_item, items);
    gallery_point(maker, "array.ob_descr", object, at->array.ob_descr, description);
    gallery_add(maker, "array", object, "array('i', [1, -2])");
}

void
gallery_make_simple(struct gallery_maker *maker)
{
    gallery_add(maker, "None", maker->none, "None");
    gallery_add(maker, "Ellipsis", maker->ellipsis, "Ellipsis");
    make_numbers(maker);
    make_decimal(maker);
    make_texts(maker);
    make_bytearray(maker);
    make_times(maker);
    make_array(maker);
}

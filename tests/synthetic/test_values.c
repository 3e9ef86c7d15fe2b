/* Values over sound structures of every built-in layout, and then with every field and every structure of theirs
   damaged, one at a time: it ends soon, the damaged value is said to be broken or is what it still is, and its neighbours
   in a list are as before. */
#include "tests/synthetic/damages.h"
#include "tests/synthetic/gallery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PATIENCE 2.0 /* seconds for all values, under sanitizers too */
#define WHOLE 100000 /* characters of a repr: all of them, where the list is sound */
#define NOTHING (SIZE_MAX - 1)
#define MANY GALLERY_MAX

static size_t complaints;

/* Says what is wrong; the test goes on, to fail at its end. */
static void CPT_PRINTF(1, 2)
complain(const char *format, ...)
{
    char text[2048];
    va_list ap;

    va_start(ap, format);
    vsnprintf(text, sizeof(text), format, ap);
    va_end(ap);
    if (complaints++ < 40)
        print_message("# %s\n", text);
}

static double
now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* One damage, in words, for messages. */
static const char *
damage_name(const struct gallery *gallery, const char *value, const char *field, const char *damage)
{
    static char name[256];

    snprintf(name, sizeof(name), "%s: %s, %s: %s", gallery->world.layout->table, value, field, damage);
    return name;
}

static bool
is_utf8(const char *text, size_t size)
{
    for (size_t i = 0; i < size;) {
        uint8_t lead = (uint8_t)text[i++];
        int more = lead < 0x80 ? 0 : lead >= 0xf0 && lead < 0xf5 ? 3 : lead >= 0xe0 && lead < 0xf0 ? 2
                                 : lead >= 0xc2 && lead < 0xe0 ? 1 : -1;

        if (more < 0)
            return false;
        for (; more; more--) {
            if (i == size || ((uint8_t)text[i++] & 0xc0) != 0x80)
                return false;
        }
    }
    return true;
}

static bool
is_right(const struct gallery *gallery, const struct gallery_reading *reading, size_t i)
{
    const struct cpt_value *value = &reading->values[i];

    return value->repr.size == strlen(gallery->values[i].repr) &&
           memcmp(value->repr.data, gallery->values[i].repr, value->repr.size) == 0 && !value->broken;
}

/* How many objects a text shows in the plain form, which says no more than that something is there. */
static size_t
count_plain(const char *text)
{
    static const char plain[] = " object at 0x";
    size_t count = 0;

    for (text = strstr(text, plain); text; text = strstr(text + 1, plain))
        count++;
    return count;
}

static bool
is_plain(const struct gallery *gallery, const struct gallery_reading *reading, size_t i)
{
    return count_plain(reading->values[i].repr.data) > count_plain(gallery->values[i].repr);
}

static bool
is_told(const struct gallery *gallery, const struct gallery_reading *reading, size_t i)
{
    return reading->values[i].broken || reading->told[i] || is_plain(gallery, reading, i);
}

static bool
is_cut(const struct cpt_text *repr)
{
    return repr->size >= 3 && memcmp(repr->data + repr->size - 3, "…", 3) == 0;
}

/* The list is written as its items are by themselves: all as they are but DAMAGED, which is as it was read. One that
   goes on for good takes what is behind it along. */
static void
check_list(const struct gallery *gallery, const struct gallery_reading *reading, size_t damaged, const char *name)
{
    static char expected[4 * WHOLE + GALLERY_MAX * 256];
    const struct cpt_text *list = &reading->list.repr;
    size_t size = 0;

    for (size_t i = 0; i < gallery->count; i++) {
        const struct cpt_text *repr = &reading->values[i].repr;

        size += (size_t)snprintf(expected + size, sizeof(expected) - size, "%s", i ? ", " : "[");
        if (i == damaged && is_cut(repr)) {
            if (list->size < size || memcmp(list->data, expected, size) != 0 || !is_cut(list))
                complain("%s: the list is\n%.*s", name, (int)list->size, list->data);
            return;
        }
        size += (size_t)(i == damaged ? snprintf(expected + size, sizeof(expected) - size, "%.*s", (int)repr->size,
                                                 repr->data)
                                      : snprintf(expected + size, sizeof(expected) - size, "%s",
                                                 gallery->values[i].repr));
    }
    expected[size++] = ']';
    if (list->size != size || memcmp(list->data, expected, size) != 0)
        complain("%s: the list is\n%.*s\nnot\n%.*s", name, (int)list->size, list->data, (int)size, expected);
}

static void
check_text(const struct gallery *gallery, const struct cpt_value *value, const char *name)
{
    if (!value->repr.data || !is_utf8(value->repr.data, value->repr.size) || value->repr.size > 4 * WHOLE + 3)
        complain("%s: no text for 0x%llx of %s", name, (unsigned long long)value->address,
                 gallery->world.layout->table);
}

/* Reads MEMORY, in which value number DAMAGED is damaged (NOTHING: none; MANY: any may be). TELL: if it changes, that
   must be told. */
static void
judge(const struct gallery *gallery, struct cpt_memory *memory, size_t damaged, bool tell, const char *name)
{
    struct gallery_reading reading;
    double start = now();

    if (!gallery_read(gallery, memory, gallery->world.layout, WHOLE, damaged == MANY ? GALLERY_ALL : damaged, &reading))
        fail_msg("%s: out of memory", name);
    if (now() - start > PATIENCE)
        complain("%s: takes %.1f s", name, now() - start);
    for (size_t i = 0; i < gallery->count; i++) {
        if (i == damaged || damaged == MANY)
            check_text(gallery, &reading.values[i], name);
    }
    check_text(gallery, &reading.list, name);
    if (damaged < gallery->count && tell && !is_right(gallery, &reading, damaged) &&
        !is_told(gallery, &reading, damaged))
        complain("%s: is %.*s in silence", name, (int)reading.values[damaged].repr.size,
                 reading.values[damaged].repr.data);
    if (damaged != MANY)
        check_list(gallery, &reading, damaged, name);
    gallery_reading_free(&reading);
}

/* --- walks ----------------------------------------------------------------------------------- */

typedef void check_function(const struct gallery *gallery, bool views);

/* Damage is judged by what is said of the sound values, which is a matter of its own. */
static void
adopt(struct gallery *gallery)
{
    struct cpt_memory *memory = world_open(&gallery->world, false);
    struct gallery_reading reading;

    assert_true(gallery_read(gallery, memory, gallery->world.layout, WHOLE, GALLERY_ALL, &reading));
    for (size_t i = 0; i < gallery->count; i++)
        snprintf(gallery->values[i].repr, sizeof(gallery->values[i].repr), "%s", reading.values[i].repr.data);
    gallery_reading_free(&reading);
    cpt_synthetic_close(memory);
}

/* Every built-in layout, or one for each generation when there is little time. */
static void
for_each_layout(check_function *check, bool judged_by_sound)
{
    static const size_t few[] = {0, 4, 8, 14};
    const char *quick = getenv("CPT_TEST_QUICK");
    bool is_quick = quick && *quick;

    complaints = 0;
    for (size_t i = 0; i < (is_quick ? COUNT(few) : LAYOUT_COUNT); i++) {
        struct cpt_layout layout;
        struct gallery gallery;

        layout_make(is_quick ? few[i] : i, &layout);
        gallery_build(&gallery, &layout);
        if (judged_by_sound)
            adopt(&gallery);
        check(&gallery, i % 2);
        gallery_free(&gallery);
    }
    assert_int_equal(complaints, 0);
}

/* The value that structure number INDEX belongs to; MANY: shared. */
static size_t
owner_of(const struct gallery *gallery, size_t index)
{
    for (size_t i = 0; i < gallery->count; i++) {
        if (index >= gallery->values[i].first && index < gallery->values[i].end)
            return i;
    }
    return MANY;
}

static const char *
owner_name(const struct gallery *gallery, size_t owner)
{
    return owner == MANY ? "shared" : gallery->values[owner].name;
}

/* --- checks ---------------------------------------------------------------------------------- */

static void
check_sound(const struct gallery *gallery, bool views)
{
    struct cpt_memory *memory = world_open(&gallery->world, views);
    struct gallery_reading reading;

    assert_true(gallery_read(gallery, memory, gallery->world.layout, WHOLE, GALLERY_ALL, &reading));
    for (size_t i = 0; i < gallery->count; i++) {
        if (!is_right(gallery, &reading, i))
            complain("%s: %s is %s, not %s; holes: %s", gallery->world.layout->table, gallery->values[i].name,
                     reading.values[i].repr.data, gallery->values[i].repr,
                     reading.holes.count ? reading.holes.items[0].message : "none");
    }
    check_list(gallery, &reading, NOTHING, gallery->world.layout->table);
    assert_int_equal(reading.holes.count, 0);
    gallery_reading_free(&reading);
    cpt_synthetic_close(memory);
}

/* The first LIMIT characters of a repr, and an ellipsis where there are more. */
static void
check_limits(const struct gallery *gallery, bool views)
{
    struct cpt_memory *memory = world_open(&gallery->world, views);

    for (size_t limit = 0; limit < 40; limit++) {
        struct gallery_reading reading;

        assert_true(gallery_read(gallery, memory, gallery->world.layout, limit, GALLERY_ALL, &reading));
        for (size_t i = 0; i < gallery->count; i++) {
            const char *repr = gallery->values[i].repr;
            size_t size = 0, characters = 0;

            for (; repr[size] && (characters < limit || (repr[size] & 0xc0) == 0x80); size++)
                characters += (repr[size] & 0xc0) != 0x80;
            /* SIZE stopped behind the lead byte's character. */
            while ((repr[size] & 0xc0) == 0x80)
                size++;
            if (strncmp(reading.values[i].repr.data, repr, size) != 0 ||
                strcmp(reading.values[i].repr.data + size, repr[size] ? "…" : "") != 0)
                complain("%s: %s at a limit of %zu is %s", gallery->world.layout->table, gallery->values[i].name, limit,
                         reading.values[i].repr.data);
        }
        gallery_reading_free(&reading);
    }
    cpt_synthetic_close(memory);
}

static void
damage_field(const struct gallery *gallery, struct cpt_memory *memory, const struct world_field *field)
{
    const struct world_structure *structure = &gallery->world.structures.items[field->structure];
    struct damage_place place = {&gallery->world, field, structure, 0};
    void *bytes = cpt_synthetic_bytes(memory, field->address, field->width);
    size_t owner = owner_of(gallery, field->structure);

    assert_non_null(bytes);
    memcpy(&place.value, bytes, field->width);
    for (size_t d = 0; d < damage_count; d++) {
        uint64_t value = damages[d].make(&place), cut = 0;

        memcpy(&cut, &value, field->width);
        if (cut == place.value)
            continue;
        memcpy(bytes, &value, field->width);
        /* Any object may be where another one was: only what is none can be told. */
        judge(gallery, memory, owner, damages[d].far && damage_must_be_told(field, &damages[d], cut),
              damage_name(gallery, owner_name(gallery, owner), field->name, damages[d].name));
    }
    memcpy(bytes, &place.value, field->width);
}

static void
check_fields(const struct gallery *gallery, bool views)
{
    struct cpt_memory *memory = world_open(&gallery->world, views);

    for (size_t f = 0; f < gallery->world.fields.count; f++)
        damage_field(gallery, memory, &gallery->world.fields.items[f]);
    judge(gallery, memory, NOTHING, true, gallery->world.layout->table);
    cpt_synthetic_close(memory);
}

static void
check_overwritten(const struct gallery *gallery, bool views)
{
    struct cpt_memory *memory = world_open(&gallery->world, views);

    for (size_t s = 0; s < gallery->world.structures.count; s++) {
        const struct world_structure *structure = &gallery->world.structures.items[s];
        const uint64_t words[] = {0, UINT64_MAX, UINT64_C(0x4141414141414141), structure->object, WORLD_HOLE,
                                  UINT64_C(0x0101010101010101)};
        uint8_t *bytes = cpt_synthetic_bytes(memory, structure->address, structure->size);
        size_t owner = owner_of(gallery, s);

        assert_non_null(bytes);
        for (size_t w = 0; w < COUNT(words); w++) {
            for (size_t i = 0; i < structure->size; i++)
                bytes[i] = (uint8_t)(words[w] >> i % 8 * 8);
            judge(gallery, memory, owner, false,
                  damage_name(gallery, owner_name(gallery, owner), structure->name, "overwritten"));
        }
        memcpy(bytes, structure->bytes, structure->size);
    }
    cpt_synthetic_close(memory);
}

static void
check_unreadable(const struct gallery *gallery, bool views)
{
    for (size_t s = 0; s < gallery->world.structures.count; s++) {
        const struct world_structure *structure = &gallery->world.structures.items[s];
        size_t owner = owner_of(gallery, s);
        struct cpt_memory *memory = world_open_without(&gallery->world, structure->address, structure->size, views);

        judge(gallery, memory, owner, structure->matters,
              damage_name(gallery, owner_name(gallery, owner), structure->name, "unreadable"));
        cpt_synthetic_close(memory);
    }
}

/* Whatever a field of the layout says, nothing is read beyond our own buffers, and it ends. */
static void
check_lying_layout(const struct gallery *gallery, bool views)
{
    static const int32_t lies[] = {CPT_NO_FIELD, 0, 504, 60000, 1 << 20, CPT_BITFIELD(60000, 7, 8)};
    struct cpt_memory *memory = world_open(&gallery->world, views);

    for (size_t f = 0; f < CPT_LAYOUT_FIELD_COUNT * COUNT(lies); f++) {
        struct cpt_layout lying = *gallery->world.layout;
        struct gallery_reading reading;

        if (!CPT_HAS(cpt_layout_get(&lying.at, f / COUNT(lies))))
            continue;
        cpt_layout_set(&lying.at, f / COUNT(lies), lies[f % COUNT(lies)]);
        assert_true(gallery_read(gallery, memory, &lying, WHOLE, GALLERY_ALL, &reading));
        gallery_reading_free(&reading);
    }
    cpt_synthetic_close(memory);
}

static void
sound_values(void **state)
{
    (void)state;
    for_each_layout(check_sound, false);
}

static void
limits(void **state)
{
    (void)state;
    for_each_layout(check_limits, true);
}

static void
damaged_fields(void **state)
{
    (void)state;
    for_each_layout(check_fields, true);
}

static void
overwritten_structures(void **state)
{
    (void)state;
    for_each_layout(check_overwritten, true);
}

static void
unreadable_structures(void **state)
{
    (void)state;
    for_each_layout(check_unreadable, true);
}

static void
lying_layouts(void **state)
{
    (void)state;
    for_each_layout(check_lying_layout, true);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_values),
        cmocka_unit_test(limits),
        cmocka_unit_test(damaged_fields),
        cmocka_unit_test(overwritten_structures),
        cmocka_unit_test(unreadable_structures),
        cmocka_unit_test(lying_layouts),
    };

    return cmocka_run_group_tests_name("synthetic values", tests, NULL, NULL);
}

#include "symbols/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The slots of _Py_DebugOffsets after the cookie, in their order, as real builds have them. */

static const uint64_t slots_3_13_0[] = {
    0x030d00f0, 0,   283320, 608, 632, 194968, 7272, 7264, 7344, 7400, 7656, 7640, 7648, 16, 7752,
    0,          7768, 7760,  304, 0,   8,      16,   72,   152,  160,  232,  32,   80,   8,  0,
    56,         72,  70,     208, 112, 120,    128,  136,  68,   52,   96,   104,  200,  16, 8,
    416,        24,  88,     168, 32,  24,     16,   40,   24,   16,   48,   32,   40,   24, 16,
    32,         16,  24,     40,  16,  32,     64,   32,   16,   40,   240,  200};

static const uint64_t slots_3_14_10[] = {
    0x030e0af0, 0,  316616, 784, 808, 225864, 7280, 7272, 7344, 7360, 7408, 7688, 7672, 7680, 16,
    7784,       0,  7800,   7792, 7992, 0,    832,  0,    8,    16,   72,   152,  160,  232,  32,
    88,         8,  0,      56,  80,  74,     64,   0,    216,  112,  120,  128,  136,  68,   52,
    96,         104, 208,   0,   16,  8,      416,  24,   88,   168,  40,   32,   16,   40,   24,
    16,         200, 24,    40,  32,  48,     32,   40,   24,   16,   32,   16,   24,   40,   16,
    32,         64, 32,     16,  40,  264,    192,  160,  24,   72,   67,   0,    8,    24,   304,
    8076,       0,  4,      512};

static const uint64_t slots_3_15_2[] = {
    0x030f02f0, 0,    346568, 912, 936, 226240, 7272, 7264, 7336, 7352, 7400, 7592, 7576, 7584, 16,
    7736,       0,    7752,   7744, 7944, 0,    888,  0,    8,    16,   72,   80,   88,   96,   176,
    184,        256,  32,     36,  40,  136,    288,  0,    88,   8,    0,    56,   80,   74,   64,
    0,          216,  112,    120, 128, 136,    68,   52,   96,   104,  208,  0,    16,   8,    424,
    24,         88,   168,    32,  288, 944,    888,  40,   32,   16,   40,   24,   16,   200,  24,
    40,         32,   48,     32,  40,  24,     16,   32,   16,   24,   40,   16,   32,   64,   32,
    16,         40,   56,     176, 112, 120,    1120, 104,  160,  24,   72,   67,   0,    8,    24,
    344,        8028, 0,      4,   512};

static const struct described {
    const uint64_t *slots;
    size_t count;
} described[] = {
    {slots_3_13_0, COUNT(slots_3_13_0)},
    {slots_3_14_10, COUNT(slots_3_14_10)},
    {slots_3_15_2, COUNT(slots_3_15_2)},
};

/* One parse: what went in and what came out. */
struct parsed {
    uint8_t bytes[1024];
    size_t size;
    struct cpt_layout_fields fields;
    struct cpt_python_version version;
    struct cpt_error error;
};

static void
fill(struct parsed *parsed, const struct described *from)
{
    memset(parsed, 0, sizeof(*parsed));
    memcpy(parsed->bytes, "xdebugpy", 8);
    memcpy(parsed->bytes + 8, from->slots, from->count * 8);
    parsed->size = 8 + from->count * 8;
}

static void
set_slot(struct parsed *parsed, size_t slot, uint64_t value)
{
    memcpy(parsed->bytes + 8 + slot * 8, &value, 8);
}

/* Parses from a block of exactly the size, so that a sanitizer sees reads beyond it. */
static cpt_status
parse(struct parsed *parsed)
{
    uint8_t *exact = malloc(parsed->size ? parsed->size : 1);
    cpt_status status;

    assert_non_null(exact);
    memcpy(exact, parsed->bytes, parsed->size);
    memset(&parsed->error, 0, sizeof(parsed->error));
    status = cpt_layout_from_self(&parsed->fields, &parsed->version, exact, parsed->size,
                                  &parsed->error);
    free(exact);
    assert_int_equal(status, parsed->error.status);
    return status;
}

static struct cpt_layout_hints
hints_of(const struct cpt_layout_fields *fields)
{
    return (struct cpt_layout_hints){
        .runtime_size = (uint64_t)fields->runtime.size,
        .interp_size = (uint64_t)fields->interp.size,
        .tstate_size = (uint64_t)fields->tstate.size,
    };
}

static void
assert_same_field(size_t index, int32_t a, int32_t b)
{
    const struct cpt_layout_field *field = cpt_layout_field(index);

    if (a != b)
        fail_msg("%s.%s: %d and %d", field->structure, field->name, a, b);
}

/* What a build says of itself is what its DWARF, and so its table, says. */
static void
test_self_agrees_with_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(described); i++) {
        struct cpt_layout_hints hints;
        struct cpt_layout_fields table;
        struct parsed parsed;
        const char *build;

        fill(&parsed, &described[i]);
        assert_int_equal(parse(&parsed), CPT_OK);
        assert_int_equal(parsed.version.hex, described[i].slots[0]);
        assert_false(parsed.version.free_threaded);
        hints = hints_of(&parsed.fields);
        assert_int_equal(
            cpt_layout_from_table(&table, &build, &parsed.version, &hints, &parsed.error), CPT_OK);
        for (size_t f = 0; f < CPT_LAYOUT_FIELD_COUNT; f++)
            if (CPT_HAS(cpt_layout_get(&parsed.fields, f)))
                assert_same_field(f, cpt_layout_get(&parsed.fields, f), cpt_layout_get(&table, f));
    }
}

static void
test_self_derived(void **state)
{
    struct parsed parsed;

    (void)state;
    fill(&parsed, &described[0]);
    assert_int_equal(parse(&parsed), CPT_OK);
    assert_int_equal(parsed.fields.gil.last_holder, 8);
    assert_int_equal(parsed.fields.gil.locked, 16);
    assert_int_equal(parsed.fields.compact.size, 56);
    assert_int_equal(parsed.fields.unicode.data, 56);
    assert_int_equal(parsed.fields.ascii.kind, CPT_BITFIELD(32, 2, 3));
    assert_int_equal(parsed.fields.ascii.compact, CPT_BITFIELD(32, 5, 1));
    assert_int_equal(parsed.fields.ascii.ascii, CPT_BITFIELD(32, 6, 1));
    assert_int_equal(parsed.fields.iframe.stackpointer, CPT_NO_FIELD);
    fill(&parsed, &described[1]);
    assert_int_equal(parse(&parsed), CPT_OK);
    assert_int_equal(parsed.fields.iframe.stackpointer, 64);
}

/* 3.14t has `interned` in a byte of its own. */
static void
test_self_free_threaded(void **state)
{
    struct parsed parsed;

    (void)state;
    fill(&parsed, &described[1]);
    set_slot(&parsed, 1, 1);
    assert_int_equal(parse(&parsed), CPT_OK);
    assert_true(parsed.version.free_threaded);
    assert_int_equal(parsed.fields.ascii.kind, CPT_BITFIELD(33, 0, 3));
    assert_int_equal(parsed.fields.ascii.ascii, CPT_BITFIELD(33, 4, 1));
}

static void
test_self_versions(void **state)
{
    static const struct {
        uint64_t hex;
        cpt_status status;
    } cases[] = {
        {0x030d00f0, CPT_OK},          {0x030dfff0, CPT_OK},
        {0x030d00c2, CPT_OK},          {0x030d00b4, CPT_UNSUPPORTED},
        {0x030d00a1, CPT_UNSUPPORTED}, {0x031000f0, CPT_UNSUPPORTED},
        {0x030c01f0, CPT_CORRUPT},     {0x020d00f0, CPT_CORRUPT},
        {0x1030d00f0, CPT_CORRUPT},    {0, CPT_CORRUPT},
        {UINT64_MAX, CPT_CORRUPT},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct parsed parsed;

        fill(&parsed, &described[0]);
        set_slot(&parsed, 0, cases[i].hex);
        assert_int_equal(parse(&parsed), cases[i].status);
        if (cases[i].status == CPT_UNSUPPORTED)
            assert_int_equal(parsed.version.hex, cases[i].hex);
    }
}

static void
test_self_cut_short(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(described); i++) {
        struct parsed parsed;

        fill(&parsed, &described[i]);
        for (size_t size = 0; size < 8 + described[i].count * 8; size++) {
            parsed.size = size;
            assert_int_equal(parse(&parsed), CPT_CORRUPT);
        }
        fill(&parsed, &described[i]);
        parsed.bytes[3] ^= 0x20;
        assert_int_equal(parse(&parsed), CPT_CORRUPT);
    }
}

/* Whatever is accepted, no offset lies outside of its structure. */
static void
check_sane(const struct cpt_layout_fields *fields)
{
    for (size_t i = 0; i < CPT_LAYOUT_FIELD_COUNT; i++) {
        const struct cpt_layout_field *field = cpt_layout_field(i);
        int32_t value = cpt_layout_get(fields, i);
        int32_t size = cpt_layout_get(fields, field->size_index);

        if (!CPT_HAS(value) || field->is_bits)
            continue;
        assert_true(value >= 0 && value <= 16 << 20);
        if (i != field->size_index && CPT_HAS(size))
            assert_true(value < size);
    }
}

/* Whether the parse depends on SLOT. */
static bool
is_read(const struct described *from, size_t slot)
{
    struct parsed before, after;

    fill(&before, from);
    fill(&after, from);
    set_slot(&after, slot, from->slots[slot] ^ 4);
    assert_int_equal(parse(&before), CPT_OK);
    return parse(&after) || memcmp(&before.fields, &after.fields, sizeof(before.fields)) != 0;
}

static void
test_self_damaged(void **state)
{
    static const uint64_t damages[] = {UINT64_MAX, INT64_MAX, (uint64_t)1 << 32, 0x80000000,
                                       INT32_MAX,  1 << 25,   (16 << 20) + 1,    0};

    (void)state;
    for (size_t i = 0; i < COUNT(described); i++)
        for (size_t slot = 0; slot < described[i].count; slot++)
            for (size_t d = 0; d < COUNT(damages); d++) {
                struct parsed parsed;
                cpt_status status;

                fill(&parsed, &described[i]);
                set_slot(&parsed, slot, damages[d]);
                status = parse(&parsed);
                if (damages[d] && is_read(&described[i], slot))
                    assert_int_equal(status, CPT_CORRUPT);
                if (!status)
                    check_sane(&parsed.fields);
            }
}

/* A layout that contradicts itself: two fields at one place, sizes of 0, sizes that differ. */
static void
test_self_implausible(void **state)
{
    static const struct {
        size_t slot;
        uint64_t value;
    } cases[] = {
        {2, 0},      /* runtime_state.size */
        {5, 5000},   /* interpreter_state.size below most of its fields */
        {21, 72},    /* thread_state.interp where current_frame is */
        {35, 112},   /* code_object.name where filename is */
        {54, 24},    /* list_object.ob_size, not tuple's */
        {64, 24},    /* bytes_object.ob_size, not tuple's */
        {66, 40},    /* unicode_object.size */
        {16, 7000},  /* gil_runtime_state_locked before gil_runtime_state */
        {9, 194900}, /* interpreter_state.gc so near to the end that it does not fit */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct parsed parsed;

        fill(&parsed, &described[0]);
        set_slot(&parsed, cases[i].slot, cases[i].value);
        if (parse(&parsed) != CPT_CORRUPT)
            fail_msg("slot %zu = %u was accepted", cases[i].slot, (unsigned)cases[i].value);
    }
}

static void
test_complete_self(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(described); i++) {
        struct cpt_layout layout;
        struct parsed parsed;

        fill(&parsed, &described[i]);
        assert_int_equal(parse(&parsed), CPT_OK);
        cpt_layout_init(&layout);
        assert_false(cpt_layout_is_complete(&layout, NULL, 0));
        cpt_layout_fill(&layout, &parsed.fields, CPT_LAYOUT_SELF);
        assert_true(cpt_layout_is_complete(&layout, NULL, 0));
        assert_int_equal(layout.main_origin, CPT_LAYOUT_SELF);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_self_agrees_with_table),
        cmocka_unit_test(test_self_derived),
        cmocka_unit_test(test_self_free_threaded),
        cmocka_unit_test(test_self_versions),
        cmocka_unit_test(test_self_cut_short),
        cmocka_unit_test(test_self_damaged),
        cmocka_unit_test(test_self_implausible),
        cmocka_unit_test(test_complete_self),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

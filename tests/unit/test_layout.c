#include "symbols/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Which table serves what. BUILD NULL: none. */
struct choice {
    uint32_t hex;
    bool debug, free_threaded;
    struct cpt_layout_hints hints;
    const char *build;
};

static const struct choice choices[] = {
    /* To 3.12: the series, and the runtime's size may contradict. */
    {0x030700f0, false, false, {0}, NULL},
    {0x030704f0, false, false, {0}, NULL},
    {0x030705f0, false, false, {0}, "3.7.16"},
    {0x030710f0, false, false, {1520, 0, 0}, "3.7.16"},
    {0x030800f0, false, false, {1464, 2712, 264}, "3.8.18"},
    {0x030800c1, false, false, {0}, NULL},
    {0x030814f0, false, false, {1472, 0, 0}, NULL},
    {0x030902f0, false, false, {656, 5648, 0}, "3.9.18"},
    {0x030a04f0, false, false, {672, 0, 0}, "3.10.13"},
    {0x030a04f0, false, false, {672, 0, 288}, NULL},
    {0x030a04f0, true, false, {672, 0, 0}, NULL},
    {0x030b02f0, false, false, {166688, 0, 0}, "3.11.7"},
    {0x030b02f0, true, false, {166688, 0, 0}, "3.11.2 debug"},
    {0x030c00f0, false, false, {459944, 0, 0}, "3.12.1"},
    {0x030c0bf0, false, false, {459992, 0, 0}, "3.12.1"},
    {0x030c01f0, false, false, {475936, 0, 0}, NULL},
    {0x030c01f0, true, false, {0}, NULL},
    /* From 3.13 on: sizes choose. */
    {0x030d00f0, false, false, {0}, "3.13.0"},
    {0x030d05f0, false, false, {0}, NULL},
    {0x030d07f0, false, false, {283376, 0, 0}, "3.13.7"},
    {0x030d06f0, false, false, {283376, 194976, 304}, "3.13.7"},
    {0x030d12f0, false, false, {283408, 194984, 312}, "3.13.18"},
    {0x030d00f0, false, false, {283408, 194984, 312}, "3.13.18"},
    {0x030d07f0, false, false, {283376, 194976, 312}, NULL},
    {0x030d07f0, false, false, {283384, 0, 0}, NULL},
    {0x030d00f0, false, true, {0}, NULL},
    {0x030e00f0, false, false, {316536, 225808, 824}, "3.14.0"},
    {0x030e04f0, false, false, {316592, 225840, 832}, "3.14.4"},
    {0x030e0af0, false, false, {316616, 225864, 832}, "3.14.10"},
    {0x030e0af0, false, false, {332632, 225880, 832}, "3.14.10 debug"},
    {0x030e0af0, true, false, {332632, 225880, 832}, "3.14.10 debug"},
    {0x030e0af0, true, false, {0}, "3.14.10 debug"},
    {0x030e0af0, true, false, {316616, 225864, 832}, NULL},
    {0x030e05f0, false, false, {316600, 225864, 832}, NULL},
    {0x030f02f0, false, false, {346568, 226240, 888}, "3.15.2"},
    {0x030f02f0, false, false, {346560, 226232, 888}, "3.15.2"}, /* without the JIT */
    {0x030f02f0, false, false, {346560, 226240, 888}, NULL},
    {0x030f00b1, false, false, {346568, 226240, 888}, NULL},
    {0x031000f0, false, false, {346568, 226240, 888}, NULL},
    {0x030600f0, false, false, {0}, NULL},
    {0x040800f0, false, false, {0}, NULL},
    {0, false, false, {0}, NULL},
};

static void
test_table_choice(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(choices); i++) {
        const struct choice *choice = &choices[i];
        struct cpt_python_version version = {choice->hex, choice->free_threaded, choice->debug};
        struct cpt_layout_fields fields;
        struct cpt_error error;
        const char *build = NULL;
        char text[16];
        cpt_status status =
            cpt_layout_from_table(&fields, &build, &version, &choice->hints, &error);

        cpt_python_version_format(choice->hex, text, sizeof(text));
        if (!choice->build != !build || (build && strcmp(build, choice->build)))
            fail_msg("case %zu, %s: %s instead of %s", i, text, build ? build : "none",
                     choice->build ? choice->build : "none");
        assert_int_equal(status, choice->build ? CPT_OK : CPT_UNSUPPORTED);
        if (status)
            assert_non_null(strstr(error.what, text));
        if (!status && choice->hints.runtime_size && CPT_PYTHON_MINOR(choice->hex) >= 13)
            assert_int_equal(fields.runtime.size, choice->hints.runtime_size);
    }
}

static void
test_table_without_hints_or_build(void **state)
{
    struct cpt_python_version version = {.hex = 0x030812f0};
    struct cpt_layout_fields fields;
    struct cpt_error error;

    (void)state;
    assert_int_equal(cpt_layout_from_table(&fields, NULL, &version, NULL, &error), CPT_OK);
    assert_int_equal(fields.tstate.frame, 24);
    assert_int_equal(fields.tstate.current_frame, CPT_NO_FIELD);
    assert_non_null(strstr(cpt_layout_supported_versions(), "3.15"));
}

static void
test_series(void **state)
{
    struct cpt_python_version version = {.hex = 0x030e06f0};
    struct cpt_layout_fields fields;
    struct cpt_error error;

    (void)state;
    assert_int_equal(cpt_layout_from_series(&fields, &version, &error), CPT_OK);
    assert_int_equal(fields.keys.dk_log2_size, 8);
    assert_int_equal(fields.code.co_firsttraceable, 192);
    assert_int_equal(fields.runtime.main_thread, 832);
    assert_int_equal(fields.interp.modules, CPT_NO_FIELD); /* moved in 3.14.5 */
    assert_int_equal(fields.tstate.size, CPT_NO_FIELD);
    assert_int_equal(fields.runtime.preconfig_allocator, CPT_NO_FIELD);
    version.hex = 0x030c01f0;
    assert_int_equal(cpt_layout_from_series(&fields, &version, &error), CPT_UNSUPPORTED);
    version.hex = 0x031000f0;
    assert_int_equal(cpt_layout_from_series(&fields, &version, &error), CPT_UNSUPPORTED);
}

/* What never changed is the same in every table that has it. */
static void
test_steady(void **state)
{
    size_t compared = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(choices); i++) {
        struct cpt_python_version version = {choices[i].hex, choices[i].free_threaded, choices[i].debug};
        struct cpt_layout_fields steady, fields, filled;
        struct cpt_error error;

        cpt_layout_fields_init(&steady);
        cpt_layout_add_steady(&steady, choices[i].hex);

        if (cpt_layout_from_table(&fields, NULL, &version, &choices[i].hints, &error))
            continue;
        filled = fields;
        cpt_layout_add_steady(&filled, choices[i].hex);
        assert_int_equal(filled.decimal.digits, 40);
        for (size_t field = 0; field < CPT_LAYOUT_FIELD_COUNT; field++) {
            int32_t offset = cpt_layout_get(&steady, field);

            if (!CPT_HAS(offset) || !CPT_HAS(cpt_layout_get(&fields, field)))
                continue;
            assert_int_equal(cpt_layout_get(&fields, field), offset);
            compared++;
        }
    }
    assert_true(compared > 100);
}

/* Each table alone is enough for stacks, and says where the needed fields come from. */
static void
test_complete_tables(void **state)
{
    size_t complete = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(choices); i++) {
        struct cpt_python_version version = {choices[i].hex, false, choices[i].debug};
        struct cpt_layout_fields fields;
        struct cpt_layout layout;
        char missing[64] = "";

        if (!choices[i].build)
            continue;
        assert_int_equal(
            cpt_layout_from_table(&fields, NULL, &version, &choices[i].hints, NULL), CPT_OK);
        cpt_layout_init(&layout);
        cpt_layout_fill(&layout, &fields, CPT_LAYOUT_TABLE);
        if (!cpt_layout_is_complete(&layout, missing, sizeof(missing)))
            fail_msg("%s lacks %s", choices[i].build, missing);
        assert_int_equal(layout.main_origin, CPT_LAYOUT_TABLE);
        complete++;
    }
    assert_true(complete > 16);
}

/* A field that a generation of frames needs is missed, by name. */
static void
test_incomplete(void **state)
{
    static const struct {
        uint32_t hex;
        size_t field;
        const char *name;
    } cases[] = {
        {0x030812f0, CPT_LAYOUT_INDEX(frame.f_lasti), "frame.f_lasti"},
        {0x030812f0, CPT_LAYOUT_INDEX(code.co_lnotab), "code.co_linetable"},
        {0x030812f0, CPT_LAYOUT_INDEX(tstate.frame), "tstate.current_frame"},
        {0x030a0df0, CPT_LAYOUT_INDEX(frame.f_back), "frame.f_back"},
        {0x030b07f0, CPT_LAYOUT_INDEX(iframe.prev_instr), "iframe.prev_instr"},
        {0x030b07f0, CPT_LAYOUT_INDEX(tstate.cframe), "tstate.cframe"},
        {0x030d00f0, CPT_LAYOUT_INDEX(iframe.instr_ptr), "iframe.instr_ptr"},
        {0x030d00f0, CPT_LAYOUT_INDEX(tstate.interp), "tstate.interp"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cpt_python_version version = {.hex = cases[i].hex};
        struct cpt_layout_fields fields;
        struct cpt_layout layout;
        char name[64];

        assert_int_equal(cpt_layout_from_table(&fields, NULL, &version, NULL, NULL), CPT_OK);
        cpt_layout_set(&fields, cases[i].field, CPT_NO_FIELD);
        cpt_layout_init(&layout);
        cpt_layout_fill(&layout, &fields, CPT_LAYOUT_TABLE);
        assert_false(cpt_layout_is_complete(&layout, name, sizeof(name)));
        assert_string_equal(name, cases[i].name);
    }
}

static void
test_fill_keeps_the_first(void **state)
{
    struct cpt_layout_fields fields;
    struct cpt_layout layout;

    (void)state;
    cpt_layout_init(&layout);
    assert_int_equal(layout.main_origin, CPT_LAYOUT_NONE);
    cpt_layout_fields_init(&fields);
    fields.keys.dk_kind = 10;
    cpt_layout_fill(&layout, &fields, CPT_LAYOUT_TABLE);
    assert_int_equal(layout.main_origin, CPT_LAYOUT_NONE); /* stacks do without it */
    fields.keys.dk_kind = 11;
    fields.tstate.interp = 16;
    cpt_layout_fill(&layout, &fields, CPT_LAYOUT_DWARF);
    assert_int_equal(layout.at.keys.dk_kind, 10);
    assert_int_equal(layout.at.tstate.interp, 16);
    assert_int_equal(layout.origin[CPT_LAYOUT_INDEX(keys.dk_kind)], CPT_LAYOUT_TABLE);
    assert_int_equal(layout.origin[CPT_LAYOUT_INDEX(tstate.interp)], CPT_LAYOUT_DWARF);
    assert_int_equal(layout.origin[CPT_LAYOUT_INDEX(tstate.frame)], CPT_LAYOUT_NONE);
    assert_int_equal(layout.main_origin, CPT_LAYOUT_DWARF);
    assert_string_equal(cpt_layout_origin_name(layout.main_origin), "dwarf");
}

static void
test_descriptions(void **state)
{
    const struct cpt_layout_field *field = cpt_layout_field(CPT_LAYOUT_INDEX(ascii.kind));

    (void)state;
    assert_string_equal(field->structure, "ascii");
    assert_string_equal(field->name, "kind");
    assert_string_equal(field->path, "state.kind");
    assert_true(field->is_bits);
    assert_int_equal(field->size_index, CPT_LAYOUT_INDEX(ascii.size));
    for (size_t i = 0; i < CPT_LAYOUT_FIELD_COUNT; i++) {
        field = cpt_layout_field(i);
        assert_true(field->size_index <= i);
        assert_int_equal(field->path == NULL, field->size_index == i);
    }
}

static void
test_bitfields(void **state)
{
    const uint8_t bytes[] = {0xff, 0x64, 0x80, 0x01};

    (void)state;
    assert_int_equal(cpt_bitfield_get(bytes, CPT_BITFIELD(1, 2, 3)), 1);
    assert_int_equal(cpt_bitfield_get(bytes, CPT_BITFIELD(1, 5, 1)), 1);
    assert_int_equal(cpt_bitfield_get(bytes, CPT_BITFIELD(1, 7, 1)), 0);
    assert_int_equal(cpt_bitfield_get(bytes, CPT_BITFIELD(2, 7, 2)), 3); /* over two bytes */
    assert_int_equal(cpt_bitfield_get(bytes, CPT_BITFIELD(0, 0, 8)), 0xff);
    assert_int_equal(CPT_BITFIELD_FIRST(CPT_BITFIELD(49, 3, 1)), 395);
    assert_int_equal(CPT_BITFIELD_WIDTH(CPT_BITFIELD(49, 0, 3)), 3);
}

static void
test_version_text(void **state)
{
    static const struct {
        uint32_t hex;
        const char *text;
    } cases[] = {
        {0x030b07f0, "3.11.7"},    {0x030f00b2, "3.15.0b2"}, {0x030e00c1, "3.14.0rc1"},
        {0x030d00a6, "3.13.0a6"},  {0x030d12f0, "3.13.18"},  {0xffffffff, "255.255.255"},
        {0xffffffcf, "255.255.255rc15"},
    };
    char text[16];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        cpt_python_version_format(cases[i].hex, text, sizeof(text));
        assert_string_equal(text, cases[i].text);
    }
    cpt_python_version_format(0x030f00b2, text, 5);
    assert_string_equal(text, "3.15");
}

/* This program's own DWARF is read as if it were CPython's: structures of each shape, named as
   CPython's are. */

typedef struct pyruntimestate {
    char padding[24];
    struct {
        union {
            int64_t unused;
            struct {
                void *lock;
                void *head, *main;
            };
        };
    } interpreters;
    const volatile int _finalizing;
    struct {
        struct {
            int x;
        } gil[2];
    } ceval;
} _PyRuntimeState;

struct _is {
    uint64_t id;
    struct _is *next;
};
typedef struct _is PyInterpreterState;

typedef struct {
    char head[30];
    struct {
        unsigned int interned : 2;
        unsigned int kind : 3;
        unsigned int compact : 1;
        unsigned int : 6;
        unsigned int ascii : 1;
        unsigned char ready;
    } state;
} PyASCIIObject;

typedef union {
    struct {
        long lv_tag;
    } long_value;
} PyLongObject; /* no structure: not to be taken */

struct _ts; /* never defined */

_PyRuntimeState layout_test_runtime;
PyInterpreterState layout_test_interp;
PyASCIIObject layout_test_ascii;
PyLongObject layout_test_long;
struct _ts *layout_test_tstate;

static void
test_dwarf(void **state)
{
    struct cpt_layout_fields at;
    struct cpt_error error;
    cpt_status status = cpt_layout_from_dwarf(&at, "/proc/self/exe", NULL, &error);
    PyASCIIObject bits = {.state = {.kind = 5, .compact = 0, .ascii = 1}};

    (void)state;
    if (status == CPT_ABSENT)
        skip(); /* built without -g */
    assert_int_equal(status, CPT_OK);
    assert_int_equal(at.runtime.size, sizeof(_PyRuntimeState));
    assert_int_equal(at.runtime.interpreters_head, 32);
    assert_int_equal(at.runtime.interpreters_main, 40);
    assert_int_equal(at.runtime.finalizing, 48);
    assert_int_equal(at.runtime.ceval_gil, 52);
    assert_int_equal(at.runtime.main_thread, CPT_NO_FIELD);
    assert_int_equal(at.interp.id, 0);
    assert_int_equal(at.interp.next, 8);
    assert_int_equal(at.tstate.size, CPT_NO_FIELD);
    assert_int_equal(at.ascii.size, sizeof(PyASCIIObject));
    assert_int_equal(at.ascii.state, offsetof(PyASCIIObject, state));
    assert_int_equal(cpt_bitfield_get(&bits, at.ascii.kind), 5);
    assert_int_equal(cpt_bitfield_get(&bits, at.ascii.compact), 0);
    assert_int_equal(cpt_bitfield_get(&bits, at.ascii.ascii), 1);
    assert_int_equal(CPT_BITFIELD_WIDTH(at.ascii.kind), 3);
    assert_int_equal(CPT_BITFIELD_WIDTH(at.ascii.ready), 8);
    assert_int_equal(CPT_BITFIELD_FIRST(at.ascii.ready), 34 * 8);
}

static void
test_dwarf_errors(void **state)
{
    struct cpt_layout_fields at;
    struct cpt_error error;

    (void)state;
    assert_int_equal(cpt_layout_from_dwarf(&at, "/nonexistent", NULL, &error), CPT_IO);
    assert_int_equal(cpt_layout_from_dwarf(&at, "/dev/null", NULL, &error), CPT_UNSUPPORTED);
    assert_int_equal(cpt_layout_from_dwarf(&at, "/proc/self/status", NULL, &error),
                     CPT_UNSUPPORTED);
    assert_int_equal(at.runtime.size, CPT_NO_FIELD);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_choice),
        cmocka_unit_test(test_table_without_hints_or_build),
        cmocka_unit_test(test_series),
        cmocka_unit_test(test_steady),
        cmocka_unit_test(test_complete_tables),
        cmocka_unit_test(test_incomplete),
        cmocka_unit_test(test_fill_keeps_the_first),
        cmocka_unit_test(test_descriptions),
        cmocka_unit_test(test_bitfields),
        cmocka_unit_test(test_version_text),
        cmocka_unit_test(test_dwarf),
        cmocka_unit_test(test_dwarf_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Which CPython an image is: the text of sys.version, the exported number, and what symbols tell of
   the build. */
#include "symbols/version.h"
#include "tests/synthetic/elfimage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BASE UINT64_C(0x7f1200000000)
#define DATA (BASE + 0x100000)
#define DATA_SIZE 0x100000

/* --- the text -------------------------------------------------------------------------------- */

struct text_case {
    const char *text;
    uint32_t hex; /* 0: none */
};

static const struct text_case texts[] = {
    {"3.8.18 (default, Mar  1 2024, 12:00:00) [GCC 12.2.0]", 0x030812f0},
    {"3.11.2 (main, May  2 2024, 11:59:08) [GCC 12.2.0]", 0x030b02f0},
    {"3.11.2+ (main, May  2 2024, 11:59:08) [GCC 12.2.0]", 0x030b02f0},
    {"3.9.0a6 (heads/master:1, Jan  1 2020)", 0x030900a6},
    {"3.15.0b1+ (heads/3.15:1, Jan  1 2026)", 0x030f00b1},
    {"3.13.0rc3 (main, Oct  1 2024, 12:00:00)", 0x030d00c3},
    {"3.13.0 experimental free-threading build (main, Oct  7 2024)", 0x030d00f0},
    {"3.14.0 free-threading build (main, Oct  7 2025)", 0x030e00f0},
    {"2.7.18 (default, Apr 20 2020)", 0x020712f0},
    {"3.10.13 ()", 0x030a0df0},
    {"3.10.20 | packaged by conda-forge | (main, Jan  1 2026)", 0x030a14f0},
    {"3.8.8 |Anaconda, Inc.| (default, Apr 13 2021)", 0x030808f0},
    {"", 0},
    {"3", 0},
    {"3.", 0},
    {"3.8", 0},
    {"3.8.", 0},
    {"3.8.18", 0},
    {"3.8.18 ", 0},
    {"3.8.18(", 0},
    {"3.8.18  (", 0},
    {"3.8.18 [", 0},
    {"3.8.18+", 0},
    {"3.8.18++ (", 0},
    {"3.8.18.1 (", 0},
    {"3.8.18r1 (", 0},
    {"3.8.18rc (", 0},
    {"3.8.18a (", 0},
    {"3.8.18a16 (", 0},
    {"3.8.18c1 (", 0},
    {"3.100.1 (", 0},
    {"3.8.100 (", 0},
    {"3.99999999999999999999.1 (", 0},
    {"10.8.1 (", 0},
    {"-3.8.1 (", 0},
    {" 3.8.1 (", 0},
    {"3 .8.1 (", 0},
    {"\xff\xff\xff\xff", 0},
};

/* Parses from exactly SIZE bytes, so that a sanitizer sees a read beyond them. */
static uint32_t
parse(const char *text, size_t size)
{
    char *exact = malloc(size ? size : 1);
    uint32_t hex;

    assert_non_null(exact);
    memcpy(exact, text, size);
    hex = cpt_version_parse(exact, size);
    free(exact);
    return hex;
}

static void
texts_are_parsed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        size_t length = strlen(texts[i].text);

        if (parse(texts[i].text, length) != texts[i].hex)
            fail_msg("%s: 0x%x", texts[i].text, parse(texts[i].text, length));
        assert_int_equal(parse(texts[i].text, length + 1), texts[i].hex); /* with its NUL */
        for (size_t size = 0; size < length; size++) {
            uint32_t hex = parse(texts[i].text, size);

            assert_true(hex == 0 || hex == texts[i].hex);
        }
    }
}

static void
parsed_texts_are_formatted(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        char text[16];

        if (!texts[i].hex)
            continue;
        cpt_python_version_format(texts[i].hex, text, sizeof(text));
        assert_memory_equal(text, texts[i].text, strlen(text));
    }
}

/* --- finding it ------------------------------------------------------------------------------ */

static struct elfimage image;

/* A target: the image, and behind it writable data. */
struct target {
    struct cpt_memory *memory;
    struct cpt_image opened;
    struct cpt_python_version version;
    struct cpt_error error;
};

static void
open_target(struct target *target, const struct elfimage_symbol *symbols, size_t count,
            const void *data, size_t size)
{
    struct cpt_synthetic_region regions[2] = {
        {.address = BASE, .bytes = image.bytes, .size = ELFIMAGE_SIZE},
        {.address = DATA, .bytes = data, .size = size, .writable = true},
    };

    memset(target, 0, sizeof(*target));
    image = (struct elfimage){.base = BASE, .gnu = true, .symbols = symbols, .count = count};
    elfimage_build(&image);
    assert_int_equal(cpt_synthetic_open(&target->memory, regions, data ? 2 : 1, false, NULL),
                     CPT_OK);
    assert_int_equal(cpt_image_open(&target->opened, target->memory, BASE, NULL), CPT_OK);
}

/* The version found with DATA (SIZE bytes of it) as the image's data; 0: none. */
static uint32_t
find_in(const void *data, size_t size)
{
    struct target target;
    cpt_status status;

    open_target(&target, NULL, 0, data, size);
    status = cpt_version_find(&target.opened, DATA, DATA + size, &target.version, &target.error);
    assert_int_equal(status, status ? CPT_ABSENT : CPT_OK);
    cpt_synthetic_close(target.memory);
    return status ? 0 : target.version.hex;
}

static void
the_exported_number_comes_first(void **state)
{
    static const struct elfimage_symbol symbols[] = {{"Py_Version", ELFIMAGE_DATA, 18}};
    static const char text[] = "3.8.18 (default, Mar  1 2024)";
    static const uint64_t numbers[] = {0x030b07f0, 0x020712f0, 0, UINT64_MAX, 0x0103000000000000};

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        struct target target;

        open_target(&target, symbols, 1, text, sizeof(text));
        memcpy(cpt_synthetic_bytes(target.memory, BASE + ELFIMAGE_DATA, 8), &numbers[i], 8);
        assert_int_equal(cpt_version_find(&target.opened, DATA, DATA + sizeof(text),
                                          &target.version, &target.error),
                         CPT_OK);
        assert_int_equal(target.version.hex, i ? 0x030812f0 : 0x030b07f0);
        cpt_synthetic_close(target.memory);
    }
}

static void
a_number_that_cannot_be_read(void **state)
{
    static const struct elfimage_symbol symbols[] = {{"Py_Version", UINT64_C(0x50000000), 18}};
    static const char text[] = "3.11.2 (main, Mar  1 2024)";
    struct target target;

    (void)state;
    open_target(&target, symbols, 1, text, sizeof(text));
    assert_int_equal(
        cpt_version_find(&target.opened, DATA, DATA + sizeof(text), &target.version, &target.error),
        CPT_OK);
    assert_int_equal(target.version.hex, 0x030b02f0);
    assert_int_equal(cpt_version_find(&target.opened, 0, 0, &target.version, &target.error),
                     CPT_ABSENT);
    cpt_synthetic_close(target.memory);
}

/* The text may stand anywhere, also across the steps that memory is searched in. */
static void
the_text_is_found_anywhere(void **state)
{
    static const char text[] = "3.10.13 (main, Mar  1 2024, 12:00:00)";
    static const size_t steps[] = {0, 4096, 0x40000, 0x80000};
    char *data = calloc(1, DATA_SIZE);

    (void)state;
    assert_non_null(data);
    for (size_t s = 0; s < COUNT(steps); s++) {
        for (size_t before = 0; before <= 48 && before <= steps[s]; before += 1) {
            char *at = data + steps[s] - before;

            memcpy(at, text, sizeof(text));
            assert_int_equal(find_in(data, DATA_SIZE), 0x030a0df0);
            memset(at, 0, sizeof(text));
        }
    }
    memcpy(data + DATA_SIZE - sizeof(text), text, sizeof(text));
    assert_int_equal(find_in(data, DATA_SIZE), 0x030a0df0);
    assert_int_equal(find_in(data + DATA_SIZE - sizeof(text), sizeof(text)), 0x030a0df0);
    free(data);
}

static void
other_texts_are_passed_over(void **state)
{
    static const char decoys[] = "\0Python 3.7.1 (x)\0"
                                 "3.7\0"
                                 "33.7.1 (x)\0"
                                 "3.7.1\0"
                                 "x3.7.1 (x)\0"
                                 "3333333333333333333333333333333333333333333333\0";
    static const char found[] = "\0Python 3.7.1 (x)\0"
                                "3.\0\0"
                                "3.12.1 (main, Dec  8 2023)";

    (void)state;
    assert_int_equal(find_in(decoys, sizeof(decoys)), 0);
    assert_int_equal(find_in(found, sizeof(found)), 0x030c01f0);
    for (size_t size = 1; size < sizeof(found); size++) {
        uint32_t hex = find_in(found, size);

        assert_true(hex == 0 || hex == 0x030c01f0);
    }
}

/* Data that is cut, has holes, or goes on to the end of the address space. */
static void
holes_are_passed_over(void **state)
{
    static const char text[] = "3.9.18 (main, Mar  1 2024)";
    struct target target;

    (void)state;
    open_target(&target, NULL, 0, text, sizeof(text));
    assert_int_equal(cpt_version_find(&target.opened, DATA - 0x80000, DATA + 0x1000,
                                      &target.version, &target.error),
                     CPT_OK);
    assert_int_equal(target.version.hex, 0x030912f0);
    assert_int_equal(cpt_version_find(&target.opened, UINT64_MAX - 0x80000, UINT64_MAX,
                                      &target.version, &target.error),
                     CPT_ABSENT);
    assert_int_equal(cpt_version_find(&target.opened, DATA, DATA, &target.version, &target.error),
                     CPT_ABSENT);
    assert_int_equal(
        cpt_version_find(&target.opened, DATA + 1, DATA, &target.version, &target.error),
        CPT_ABSENT);
    cpt_synthetic_close(target.memory);
}

/* --- what kind of build it is ---------------------------------------------------------------- */

struct build_case {
    const char *symbol;
    uint32_t hex;
    cpt_status status;
    bool debug;
};

static const struct build_case builds[] = {
    {"_PyRuntime", 0x030b07f0, CPT_OK, false},
    {"PyString_FromString", 0, CPT_UNSUPPORTED, false},
    {"_PyThreadState_Current", 0, CPT_UNSUPPORTED, false},
    {"_Py_NegativeRefcount", 0x030b07f0, CPT_OK, true},
    {"_Py_RefTotal", 0x030710f0, CPT_OK, true},
    {"_Py_PrintReferences", 0x030c01f0, CPT_UNSUPPORTED, false},
    {"_Py_PrintReferences", 0x030d00f0, CPT_OK, false},
};

static void
builds_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(builds); i++) {
        struct elfimage_symbol symbols[] = {{"Py_Initialize", 0x1000, 12},
                                            {builds[i].symbol, 0x1010, 12}};
        struct target target;

        open_target(&target, symbols, COUNT(symbols), NULL, 0);
        target.version.hex = builds[i].hex;
        assert_int_equal(cpt_version_check_build(&target.opened, &target.version, &target.error),
                         builds[i].status);
        if (!builds[i].status)
            assert_int_equal(target.version.debug_build, builds[i].debug);
        assert_int_equal(target.version.hex, builds[i].hex);
        cpt_synthetic_close(target.memory);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_parsed),
        cmocka_unit_test(parsed_texts_are_formatted),
        cmocka_unit_test(the_exported_number_comes_first),
        cmocka_unit_test(a_number_that_cannot_be_read),
        cmocka_unit_test(the_text_is_found_anywhere),
        cmocka_unit_test(other_texts_are_passed_over),
        cmocka_unit_test(holes_are_passed_over),
        cmocka_unit_test(builds_are_told_apart),
    };

    return cmocka_run_group_tests_name("version", tests, NULL, NULL);
}

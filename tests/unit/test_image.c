/* Dynamic symbols of an image in memory, through both kinds of hash table, sound and damaged. */
#include "symbols/image.h"
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
#define FIXED UINT64_C(0x400000)

static const struct elfimage_symbol few[] = {
    {"malloc", 0, SHN_UNDEF},
    {"_PyRuntime", 0xd100, 20},
    {"Py_Version", 0xd008, 18},
    {"_Py_NoneStruct", 0xd200, 20},
    {"absolute", 0x1234, SHN_ABS},
    {"free", 0, SHN_UNDEF},
    {"a", 0xd300, 20},
    {"a_name_of_63_characters_which_is_the_longest_one_to_be_looked_up", 0xd308, 20},
    {"a_name_of_more_characters_than_anyone_here_ever_needs_to_look_for_", 0xd310, 20},
};

/* The ways an image can be laid out. */
static const struct elfimage ways[] = {
    {.base = BASE, .gnu = true, .relocated = true},
    {.base = BASE, .sysv = true, .relocated = true},
    {.base = BASE, .gnu = true, .sysv = true},
    {.base = BASE, .sysv = true},
    {.base = FIXED, .vaddr = FIXED, .gnu = true, .relocated = true},
    {.base = FIXED, .vaddr = FIXED, .sysv = true},
    {.base = BASE, .vaddr = 0x10000, .gnu = true, .relocated = true},
    {.base = BASE, .vaddr = 0x10000, .sysv = true},
    {.base = BASE, .gnu = true, .buckets = 1},
    {.base = BASE, .sysv = true, .buckets = 1},
    {.base = BASE, .gnu = true, .buckets = 97},
    {.base = BASE, .sysv = true, .buckets = 97},
};

static struct elfimage image; /* the one under test: too large for the stack */

static void
build(const struct elfimage *way, const struct elfimage_symbol *symbols, size_t count)
{
    image = *way;
    image.symbols = symbols;
    image.count = count;
    elfimage_build(&image);
}

/* The status of looking NAME up in the first SIZE bytes of the image. */
static cpt_status
look_up(size_t size, const char *name, struct cpt_symbol *symbol)
{
    struct cpt_memory *memory = elfimage_open(&image, size);
    struct cpt_error error = {0};
    struct cpt_image opened;
    cpt_status status = cpt_image_open(&opened, memory, image.base, &error);

    memset(symbol, 0, sizeof(*symbol));
    if (!status)
        status = cpt_image_symbol(&opened, name, symbol, &error);
    assert_int_equal(status, error.status);
    cpt_synthetic_close(memory);
    return status;
}

static void
check_symbol(const struct elfimage_symbol *expected)
{
    uint64_t bias = expected->section == SHN_ABS ? 0 : image.base - image.vaddr;
    bool there = expected->section != SHN_UNDEF && strlen(expected->name) < 64;
    struct cpt_symbol symbol;
    cpt_status status = look_up(ELFIMAGE_SIZE, expected->name, &symbol);

    if (status != (there ? CPT_OK : CPT_ABSENT))
        fail_msg("%s: status %d", expected->name, status);
    if (there && symbol.address != bias + expected->value)
        fail_msg("%s: at 0x%llx", expected->name, (unsigned long long)symbol.address);
    if (there)
        assert_true(symbol.size >= 8 && symbol.size % 8 == 0);
}

static void
symbols_are_found(void **state)
{
    static const char *const absent[] = {"_PyRuntim", "_PyRuntime2", "PyRuntime", "", "b", "aa"};
    struct cpt_symbol symbol;

    (void)state;
    for (size_t i = 0; i < COUNT(ways); i++) {
        build(&ways[i], few, COUNT(few));
        for (size_t s = 0; s < COUNT(few); s++)
            check_symbol(&few[s]);
        for (size_t a = 0; a < COUNT(absent); a++)
            assert_int_equal(look_up(ELFIMAGE_SIZE, absent[a], &symbol), CPT_ABSENT);
    }
}

static void
many_symbols_are_found(void **state)
{
    struct elfimage_symbol symbols[400];
    char names[400][16];

    (void)state;
    for (size_t s = 0; s < COUNT(symbols); s++) {
        snprintf(names[s], sizeof(names[s]), "Py_%zx_%zu", s * 7919, s);
        symbols[s] = (struct elfimage_symbol){names[s], 0xd000 + 8 * s, 20};
    }
    for (size_t i = 0; i < COUNT(ways); i++) {
        build(&ways[i], symbols, COUNT(symbols));
        for (size_t s = 0; s < COUNT(symbols); s++)
            check_symbol(&symbols[s]);
    }
}

static void
an_image_without_tables_has_no_symbols(void **state)
{
    struct cpt_symbol symbol;
    struct cpt_memory *memory;
    struct cpt_image opened;

    (void)state;
    build(&(struct elfimage){.base = BASE}, few, COUNT(few));
    assert_int_equal(look_up(ELFIMAGE_SIZE, "_PyRuntime", &symbol), CPT_ABSENT);
    build(&ways[0], few, COUNT(few));
    image.bytes[sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr)] = PT_NOTE; /* instead of PT_DYNAMIC */
    assert_int_equal(look_up(ELFIMAGE_SIZE, "_PyRuntime", &symbol), CPT_ABSENT);
    memory = elfimage_open(&image, ELFIMAGE_SIZE);
    assert_int_equal(cpt_image_open(&opened, memory, BASE, NULL), CPT_OK);
    assert_int_equal(opened.bias, BASE);
    assert_int_equal(opened.end, BASE + ELFIMAGE_SIZE);
    cpt_synthetic_close(memory);
}

static void
program_headers_may_be_anywhere(void **state)
{
    struct cpt_symbol symbol;
    uint64_t there = ELFIMAGE_DATA + 8;

    (void)state;
    build(&ways[0], few, COUNT(few));
    memcpy(image.bytes + there, image.bytes + sizeof(Elf64_Ehdr), 3 * sizeof(Elf64_Phdr));
    memset(image.bytes + sizeof(Elf64_Ehdr), 0xff, 3 * sizeof(Elf64_Phdr));
    memcpy(image.bytes + offsetof(Elf64_Ehdr, e_phoff), &there, 8);
    assert_int_equal(look_up(ELFIMAGE_SIZE, "_PyRuntime", &symbol), CPT_OK);
    assert_int_equal(look_up(there + 3 * sizeof(Elf64_Phdr) - 1, "_PyRuntime", &symbol), CPT_FAULT);
    there = UINT64_MAX - 8;
    memcpy(image.bytes + offsetof(Elf64_Ehdr, e_phoff), &there, 8);
    assert_int_equal(look_up(ELFIMAGE_SIZE, "_PyRuntime", &symbol), CPT_FAULT);
}

struct header_change {
    size_t at;
    uint8_t value;
};

static void
other_headers_are_no_image(void **state)
{
    static const struct header_change changes[] = {
        {0, 0},
        {3, 'f'},
        {EI_CLASS, ELFCLASS32},
        {EI_DATA, ELFDATA2MSB},
        {offsetof(Elf64_Ehdr, e_type), ET_CORE},
        {offsetof(Elf64_Ehdr, e_type), ET_REL},
        {offsetof(Elf64_Ehdr, e_phentsize), 32},
        {offsetof(Elf64_Ehdr, e_phnum), 0},
        {offsetof(Elf64_Ehdr, e_phnum) + 1, 0xff},
        {sizeof(Elf64_Ehdr), PT_NOTE}, /* and the next: no segment is loaded */
    };
    struct cpt_symbol symbol;

    (void)state;
    for (size_t i = 0; i < COUNT(changes); i++) {
        build(&ways[0], few, COUNT(few));
        image.bytes[changes[i].at] = changes[i].value;
        if (changes[i].at == sizeof(Elf64_Ehdr))
            image.bytes[sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr)] = PT_NOTE;
        assert_int_equal(look_up(ELFIMAGE_SIZE, "_PyRuntime", &symbol), CPT_ABSENT);
    }
}

/* Cut anywhere: the symbol where it is, or none. */
static void
cut_images(void **state)
{
    struct cpt_symbol symbol;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        build(&ways[i], few, COUNT(few));
        for (size_t size = 0; size < ELFIMAGE_SIZE; size += size < 0x480 ? 1 : 509) {
            cpt_status status = look_up(size, "_PyRuntime", &symbol);

            assert_true(status == CPT_OK || status == CPT_FAULT || status == CPT_ABSENT);
            if (status == CPT_OK)
                assert_int_equal(symbol.address, BASE + 0xd100);
        }
    }
}

/* --- damaged tables -------------------------------------------------------------------------- */

struct word_change {
    size_t at; /* of the hash table */
    uint32_t value;
};

static void
check_changes(const struct elfimage *way, size_t table, const struct word_change *changes,
              size_t count)
{
    struct cpt_symbol symbol;

    for (size_t i = 0; i < count; i++) {
        cpt_status status;

        build(way, few, COUNT(few));
        memcpy(image.bytes + table + changes[i].at, &changes[i].value, 4);
        status = look_up(ELFIMAGE_SIZE, "_PyRuntime", &symbol);
        if (status == CPT_OK && symbol.address != BASE + 0xd100)
            fail_msg("change %zu: at 0x%llx", i, (unsigned long long)symbol.address);
        assert_true(status == CPT_OK || status == CPT_ABSENT || status == CPT_FAULT);
    }
}

static void
damaged_gnu_tables(void **state)
{
    static const struct word_change changes[] = {
        {0, 0},           {0, 1},   {0, UINT32_MAX},  {0, 0x40000000}, /* buckets */
        {4, 0},           {4, 1},   {4, UINT32_MAX},  {4, 5},          /* first symbol */
        {8, 0},           {8, 1},   {8, UINT32_MAX},  {8, 0x40000000}, /* bloom words */
        {12, 0},          {12, 64}, {12, UINT32_MAX},                  /* shift */
        {16, 0},          {20, 0},  {24, 0},          {28, 0},         /* bloom filter */
        {32, UINT32_MAX}, {32, 0},  {36, 1u << 31},   {40, 500},       /* buckets */
    };

    (void)state;
    check_changes(&ways[0], ELFIMAGE_GNU_HASH, changes, COUNT(changes));
}

static void
damaged_sysv_tables(void **state)
{
    static const struct word_change changes[] = {
        {0, 0}, {0, 1},  {0, UINT32_MAX},  {0, 0x40000000}, /* buckets */
        {4, 0}, {4, 1},  {4, UINT32_MAX},  {4, 0x40000000}, /* chains */
        {8, 0}, {12, 3}, {12, UINT32_MAX}, {16, 1u << 31},  {20, 500},
    };

    (void)state;
    check_changes(&ways[1], ELFIMAGE_SYSV_HASH, changes, COUNT(changes));
}

/* A chain without an end mark goes on to the end of memory, and not for ever. */
static void
endless_chains(void **state)
{
    struct cpt_symbol symbol;

    (void)state;
    build(&(struct elfimage){.base = BASE, .gnu = true, .buckets = 1}, few, COUNT(few));
    for (size_t at = ELFIMAGE_GNU_HASH + 36; at < ELFIMAGE_SIZE; at += 4)
        memcpy(image.bytes + at, &(uint32_t){2}, 4);
    memset(image.bytes + ELFIMAGE_GNU_HASH + 16, 0xff, 16);
    assert_int_equal(look_up(ELFIMAGE_SIZE, "_PyRuntime", &symbol), CPT_FAULT);
    build(&(struct elfimage){.base = BASE, .sysv = true, .buckets = 1}, few, COUNT(few));
    for (size_t i = 1; i <= COUNT(few); i++) /* each symbol is followed by itself */
        memcpy(image.bytes + ELFIMAGE_SYSV_HASH + 12 + 4 * i, &(uint32_t){(uint32_t)i}, 4);
    assert_int_equal(look_up(ELFIMAGE_SIZE, "absent", &symbol), CPT_ABSENT);
}

static void
symbols_outside_of_their_tables(void **state)
{
    struct cpt_symbol symbol;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        build(&ways[i], few, COUNT(few));
        for (size_t s = 1; s <= COUNT(few); s++) /* st_name */
            memset(image.bytes + ELFIMAGE_SYMTAB + s * sizeof(Elf64_Sym), 0xff, 4);
        assert_int_equal(look_up(ELFIMAGE_SIZE, "_PyRuntime", &symbol), CPT_ABSENT);
        build(&ways[i], few, COUNT(few));
        memset(image.bytes + ELFIMAGE_DYNAMIC + 40, 0x77, 8); /* DT_SYMTAB */
        assert_int_equal(look_up(ELFIMAGE_SIZE, "_PyRuntime", &symbol), CPT_FAULT);
        build(&ways[i], few, COUNT(few));
        memset(image.bytes + ELFIMAGE_DYNAMIC + 24, 0x77, 8); /* DT_STRTAB */
        assert_int_equal(look_up(ELFIMAGE_SIZE, "_PyRuntime", &symbol), CPT_ABSENT);
    }
}

static void
a_dynamic_section_without_an_end(void **state)
{
    struct cpt_symbol symbol;
    Elf64_Dyn other = {.d_tag = DT_NEEDED};

    (void)state;
    build(&ways[0], few, COUNT(few));
    for (size_t at = ELFIMAGE_DYNAMIC + 5 * sizeof(other); at < ELFIMAGE_SIZE; at += sizeof(other))
        memcpy(image.bytes + at, &other, sizeof(other));
    assert_true(look_up(ELFIMAGE_SIZE, "_PyRuntime", &symbol) != CPT_OK);
}

/* Random bytes of headers and tables changed: no more is asked than that it ends, without a crash.
   */
static void
tables_damaged_at_random(void **state)
{
    static const struct {
        size_t at, size;
    } parts[] = {
        {0, sizeof(Elf64_Ehdr)},  {64, 168},
        {ELFIMAGE_DYNAMIC, 128},  {ELFIMAGE_SYMTAB, 240},
        {ELFIMAGE_STRTAB, 64},    {ELFIMAGE_GNU_HASH, 96},
        {ELFIMAGE_SYSV_HASH, 96},
    };
    struct cpt_symbol symbol;

    (void)state;
    srandom(4711);
    for (size_t round = 0; round < 6000; round++) {
        build(&ways[round % 6], few, COUNT(few));
        for (long n = random() % 4; n >= 0; n--) {
            size_t part = (size_t)random() % COUNT(parts);

            image.bytes[parts[part].at + (size_t)random() % parts[part].size] =
                (uint8_t)(random() % 3   ? random()
                          : random() % 2 ? 0xff
                                         : 0);
        }
        (void)!look_up(ELFIMAGE_SIZE, "_PyRuntime", &symbol);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbols_are_found),
        cmocka_unit_test(many_symbols_are_found),
        cmocka_unit_test(an_image_without_tables_has_no_symbols),
        cmocka_unit_test(program_headers_may_be_anywhere),
        cmocka_unit_test(other_headers_are_no_image),
        cmocka_unit_test(cut_images),
        cmocka_unit_test(damaged_gnu_tables),
        cmocka_unit_test(damaged_sysv_tables),
        cmocka_unit_test(endless_chains),
        cmocka_unit_test(symbols_outside_of_their_tables),
        cmocka_unit_test(a_dynamic_section_without_an_end),
        cmocka_unit_test(tables_damaged_at_random),
    };

    return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}

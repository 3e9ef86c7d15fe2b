/* Numbers and characters as repr() writes them. The tables are what Python says; the last tests ask one that is here. */
#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/floattext.h"
#include "coreanalyze/decode/inttext.h"
#include "coreanalyze/decode/numpy.h"
#include "coreanalyze/decode/repr.h"
#include "coreanalyze/decode/unicode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static double
from_bits(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

static void
test_float_table(void **state)
{
    static const struct {
        double value;
        const char *text;
    } table[] = {
        {0.0, "0.0"}, {-0.0, "-0.0"}, {1.0, "1.0"}, {-1.5, "-1.5"}, {0.1, "0.1"}, {0.1 + 0.2, "0.30000000000000004"},
        {1e15, "1000000000000000.0"}, {1e16, "1e+16"}, {9999999999999998.0, "9999999999999998.0"},
        {123456789012345680.0, "1.2345678901234568e+17"}, {1e-4, "0.0001"}, {1e-5, "1e-05"}, {1.5e-5, "1.5e-05"},
        {1e22, "1e+22"}, {1e23, "1e+23"}, {5e-324, "5e-324"}, {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {1.7976931348623157e308, "1.7976931348623157e+308"}, {9007199254740993.0, "9007199254740992.0"},
        /* The nearest decimal of 16 digits to 2**-44 is no 2**-44 when read: the next one is. */
        {0x1p-44, "5.684341886080802e-14"}, {0x1p-1022, "2.2250738585072014e-308"}, {0x1p+1023, "8.98846567431158e+307"},
    };
    char text[CPT_FLOAT_TEXT];

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        cpt_float_text(table[i].value, CPT_FLOAT_POINT, text);
        assert_string_equal(text, table[i].text);
    }
    cpt_float_text(__builtin_inf(), CPT_FLOAT_POINT, text);
    assert_string_equal(text, "inf");
    cpt_float_text(-__builtin_inf(), 0, text);
    assert_string_equal(text, "-inf");
    cpt_float_text(-__builtin_nan(""), CPT_FLOAT_SIGN, text);
    assert_string_equal(text, "+nan");
    cpt_float_text(2, CPT_FLOAT_SIGN, text);
    assert_string_equal(text, "+2");
}

/* No decimal with fewer digits than TEXT has reads back as VALUE: neither the nearest one nor its neighbours. */
static void
check_shortest(double value)
{
    const struct cpt_float number = cpt_float_unpack(&value, sizeof(value));
    struct cpt_decimal decimal;
    char text[CPT_FLOAT_TEXT], shorter[64];

    cpt_float_text(value, CPT_FLOAT_POINT, text);
    assert_true(strtod(text, NULL) == value);
    cpt_float_shortest(&number, CPT_FLOAT_EXACT, CPT_FLOAT_EXACT, &decimal);
    if (decimal.count == 1)
        return;
    snprintf(shorter, sizeof(shorter), "%.*e", decimal.count - 2, value);
    assert_true(strtod(shorter, NULL) != value);
}

static void
test_floats_read_back(void **state)
{
    uint64_t bits = 88172645463325252u;

    (void)state;
    for (uint64_t exponent = 0; exponent < 2047; exponent++) {
        for (uint64_t i = 0; i < 3; i++)
            check_shortest(from_bits((exponent << 52) + i + (exponent == 0)));
        check_shortest(from_bits((exponent << 52 | 0xfffffffffffff)));
    }
    for (int i = 0; i < 20000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        if ((bits >> 52 & 0x7ff) != 0x7ff && bits << 1)
            check_shortest(from_bits(bits & ~(UINT64_C(1) << 63)));
    }
}

static void
check_unpacked(const void *bytes, size_t size, const char *expected)
{
    const struct cpt_float number = cpt_float_unpack(bytes, size);
    char text[CPT_FLOAT_TEXT];

    cpt_float_write(&number, CPT_FLOAT_POINT, text);
    assert_string_equal(text, expected);
}

static void
test_other_precisions(void **state)
{
    const float tenth = 0.1f, large = 3.4028235e38f;
    /* 0.1 and the greatest and smallest numbers of x87, and 1/10 of 16 bits. */
    static const uint8_t extended[3][16] = {
        {0xcd, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xfb, 0x3f},
        {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0x7f},
        {1},
    };
    const uint16_t half = 0x2e66;

    (void)state;
    check_unpacked(&tenth, 4, "0.1");
    check_unpacked(&large, 4, "3.4028235e+38");
    check_unpacked(extended[0], 16, "0.1");
    check_unpacked(extended[1], 16, "1.189731495357231765e+4932");
    check_unpacked(extended[2], 16, "4e-4951");
    check_unpacked(&half, 2, "0.1");
    check_unpacked(&half, 3, "nan");
}

static void
test_float_rounding(void **state)
{
    const double value = 0.99999999999, tie = 2.5, tenth = 0.1;
    struct cpt_float number = cpt_float_unpack(&value, 8);
    struct cpt_decimal decimal;

    (void)state;
    cpt_float_shortest(&number, CPT_FLOAT_EXACT, 8, &decimal);
    assert_string_equal(decimal.digits, "1");
    assert_int_equal(decimal.point, 1);
    number = cpt_float_unpack(&tie, 8);
    cpt_float_round(&number, 1, &decimal);
    assert_string_equal(decimal.digits, "2");
    number = cpt_float_unpack(&tenth, 8);
    cpt_float_round(&number, 20, &decimal);
    assert_string_equal(decimal.digits, "10000000000000000555");
    assert_int_equal(decimal.point, 0);
}

/* Powers of ten, whose digits are known, and one less. */
static void
test_ints(void **state)
{
    uint32_t digits[400] = {1}, copy[400];
    size_t count = 1, size = cpt_int_text_size(400);
    char *text = malloc(size), *expected = malloc(size);

    (void)state;
    for (size_t power = 0; power < 3500; power++) {
        uint64_t carry = 0;

        memcpy(copy, digits, sizeof(digits));
        memset(expected, '0', size);
        expected[0] = '1';
        expected[power + 1] = '\0';
        assert_string_equal(cpt_int_text(copy, count, text, size), expected);
        memcpy(copy, digits, sizeof(digits));
        for (size_t i = 0; copy[i]-- == 0; i++)
            copy[i] = (1u << CPT_INT_DIGIT_BITS) - 1;
        memset(expected, '9', size);
        expected[power ? power : 1] = '\0';
        assert_string_equal(cpt_int_text(copy, count, text, size), power ? expected : "0");
        for (size_t i = 0; i < count; i++) {
            carry += (uint64_t)digits[i] * 10;
            digits[i] = carry & ((1u << CPT_INT_DIGIT_BITS) - 1);
            carry >>= CPT_INT_DIGIT_BITS;
        }
        if (carry)
            digits[count++] = (uint32_t)carry;
    }
    assert_string_equal(cpt_int_text(NULL, 0, text, size), "0");
    free(text);
    free(expected);
}

/* How many characters of all are printable in each version, as Python says. */
static void
test_printable(void **state)
{
    static const struct {
        unsigned minor, count;
    } table[] = {{7, 137204}, {8, 137750}, {9, 143680}, {10, 143680}, {11, 144516}, {12, 148998}, {13, 149625},
                 {14, 154810}, {15, 159613}};

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        unsigned count = 0;

        for (uint32_t c = 0; c < 0x110000; c++)
            count += cpt_unicode_is_printable(c, table[i].minor);
        assert_int_equal(count, table[i].count);
    }
    assert_false(cpt_unicode_is_printable(0xd800, 15));
    assert_false(cpt_unicode_is_printable(0xa0, 15));
    assert_false(cpt_unicode_is_printable(0x110000, 15));
    assert_false(cpt_unicode_is_printable(0x1fae8, 11)); /* a shaking face, new in Unicode 15 */
    assert_true(cpt_unicode_is_printable(0x1fae8, 12));
}

static void
check_quoted(const char *text, size_t size, size_t limit, const char *expected, bool full)
{
    struct cpt_values values = {.dialect.minor = 11};
    struct cpt_buffer out = {0};
    struct cpt_repr repr = {.values = &values, .out = &out, .limit = limit};

    cpt_repr_quoted(&repr, text, size);
    assert_string_equal(out.data, expected);
    assert_int_equal(repr.full, full);
    cpt_buffer_free(&out);
}

static void
test_quoted(void **state)
{
    static const char cut[] = "a\xe2\x82";

    (void)state;
    check_quoted("", 0, 80, "''", false);
    check_quoted("it's", 4, 80, "\"it's\"", false);
    check_quoted("'\"", 2, 80, "'\\'\"'", false);
    check_quoted("\\\n\r\t\0\x7f", 6, 80, "'\\\\\\n\\r\\t\\x00\\x7f'", false);
    check_quoted("\u00e9\u20ac\U0001f600", 9, 80, "'\u00e9\u20ac\U0001f600'", false);
    check_quoted("\u00a0\u200b\U000e0001\U0001fae8", 13, 80, "'\\xa0\\u200b\\U000e0001\\U0001fae8'", false);
    check_quoted("abcdef", 6, 4, "'abc", true);
    check_quoted(cut, 3, 80, "'a\u00e2\\x82'", false);
}

static void
test_numpy_times(void **state)
{
    static const struct {
        int64_t value;
        int unit, multiple;
        const char *text;
    } table[] = {
        {50, 0, 1, "2020"}, {-1, 1, 1, "1969-12"}, {18262, 4, 1, "2020-01-01"}, {-719162, 4, 1, "0001-01-01"},
        {-719529, 4, 1, "-001-12-31"}, {11016, 4, 1, "2000-02-29"}, {1, 2, 1, "1970-01-08"}, {5, 5, 1, "1970-01-01T05"},
        {-1, 6, 1, "1969-12-31T23:59"}, {-1, 9, 1, "1969-12-31T23:59:59.999999"}, {2, 7, 25, "1970-01-01T00:00:50"},
        {-1, 13, 1, "1969-12-31T23:59:59.999999999999999999"}, {INT64_MIN, 4, 1, "NaT"}, {1, 99, 1, "?"},
        {INT64_MAX, 4, 1, "?"}, {INT64_MAX, 0, 1, "?"},
    };
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        cpt_numpy_datetime(table[i].value, table[i].unit, table[i].multiple, text, sizeof(text));
        assert_string_equal(text, table[i].text);
    }
}

/* A Python of this machine, as an oracle: one line for each number. */
static const char numbers[] =
    "python3 -c \"\n"
    "import random, struct, sys\n"
    "getattr(sys, 'set_int_max_str_digits', int)(0)\n"
    "random.seed(5)\n"
    "def real(value): print('%016x %r' % (struct.unpack('<Q', struct.pack('<d', value))[0], value))\n"
    "for e in range(-1074, 1024):\n"
    "    real(2.0 ** e)\n"
    "for i in range(10000):\n"
    "    real(struct.unpack('<d', struct.pack('<Q', random.getrandbits(64)))[0])\n"
    "    real(struct.unpack('<d', struct.pack('<Q', random.getrandbits(random.randrange(1, 53))))[0])\n"
    "    real(round(random.uniform(-1e4, 1e4), random.randrange(6)))\n"
    "    real(float(random.randrange(10 ** random.randrange(1, 23))))\n"
    "\" 2>/dev/null";

static void
test_floats_of_python(void **state)
{
    char line[128], text[CPT_FLOAT_TEXT];
    FILE *python = popen(numbers, "r");
    size_t count = 0;

    (void)state;
    assert_non_null(python);
    for (; fgets(line, sizeof(line), python); count++) {
        line[strcspn(line, "\n")] = '\0';
        cpt_float_text(from_bits(strtoull(line, NULL, 16)), CPT_FLOAT_POINT, text);
        assert_string_equal(text, line + 17);
    }
    if (pclose(python) && !count)
        skip();
    assert_int_equal(count, 42098);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_float_table),
        cmocka_unit_test(test_floats_read_back),
        cmocka_unit_test(test_other_precisions),
        cmocka_unit_test(test_float_rounding),
        cmocka_unit_test(test_ints),
        cmocka_unit_test(test_printable),
        cmocka_unit_test(test_quoted),
        cmocka_unit_test(test_numpy_times),
        cmocka_unit_test(test_floats_of_python),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* IPv6 addresses as Python's ipaddress writes them. What is expected is what str(ipaddress.IPv6Address(…)) of 3.11 gave. */
#include "coreanalyze/decode/repr_python.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    uint64_t high, low;
    const char *text;
} cases[] = {
    {0, 0, "::"},
    {0, 1, "::1"},
    {0x0001000000000000, 0, "1::"},
    {0x0001000200030004, 0x0005000600070008, "1:2:3:4:5:6:7:8"},
    /* The first of two runs of the same length, the longer one otherwise; a single zero is no run. */
    {0x0001000000000002, 0x0000000000000003, "1:0:0:2::3"},
    {0x0001000000000002, 0x0003000000000004, "1::2:3:0:0:4"},
    {0x0001000000020003, 0x0004000500060007, "1:0:2:3:4:5:6:7"},
    {0x0000000100020003, 0x0004000500060007, "0:1:2:3:4:5:6:7"},
    {0x0001000200030004, 0x0005000600000000, "1:2:3:4:5:6::"},
    {0x0000000000010000, 0x0000000000000000, "0:0:1::"},
    {0xfe80000000000000, 0x0001000000000002, "fe80::1:0:0:2"},
    {0xffffffffffffffff, 0xffffffffffffffff, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    {0x0001000200030004, 0x0005000600070000, "1:2:3:4:5:6:7:0"},
};

static void
addresses(void **state)
{
    char text[48];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cpt_format_ipv6((unsigned __int128)cases[i].high << 64 | cases[i].low, text, sizeof(text));
        assert_string_equal(text, cases[i].text);
    }
}

/* Room for 40 bytes is what the longest takes; with less it is cut and still ended. */
static void
room(void **state)
{
    char text[40], small[12];

    (void)state;
    cpt_format_ipv6(~(unsigned __int128)0, text, sizeof(text));
    assert_string_equal(text, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    cpt_format_ipv6(~(unsigned __int128)0, small, sizeof(small));
    assert_true(strlen(small) < sizeof(small));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(room),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}

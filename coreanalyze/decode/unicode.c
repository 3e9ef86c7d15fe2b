#include "coreanalyze/decode/unicode.h"

#include <stddef.h>

struct range {
    uint32_t first, last;
    uint8_t since;
};

static const struct range printable[] = {
#include "coreanalyze/decode/unicode_table.h"
};

bool
cpt_unicode_is_printable(uint32_t c, unsigned minor)
{
    size_t low = 0, high = sizeof(printable) / sizeof(printable[0]);

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (c > printable[middle].last)
            low = middle + 1;
        else if (c < printable[middle].first)
            high = middle;
        else
            return minor >= printable[middle].since;
    }
    return false;
}

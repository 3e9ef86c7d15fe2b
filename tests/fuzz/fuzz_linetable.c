/* Line tables. Input: format, first line (4 bytes), first instruction asked for (2 bytes), the
   table. */
#include "coreanalyze/base/bytes.h"
#include "coreanalyze/decode/linetable.h"
#include "tests/fuzz/target.h"

#include <stdlib.h>

#define HEADER 7
#define ASKED 64 /* instructions looked up for one input */

/* A position is whole or partly there, and no number in it is below "none". */
static void
check(struct cpt_position p)
{
    if (p.line < CPT_NO_POSITION || p.end_line < CPT_NO_POSITION || p.column < CPT_NO_POSITION ||
        p.end_column < CPT_NO_POSITION)
        abort();
    if (p.line == CPT_NO_POSITION && (p.end_line != CPT_NO_POSITION || p.column > CPT_NO_POSITION))
        abort();
    if (p.end_line != CPT_NO_POSITION && p.end_line < p.line)
        abort();
}

void
fuzz_linetable(const uint8_t *data, size_t size)
{
    struct cpt_linetable table;
    int64_t first;

    if (size < HEADER)
        return;
    table.format = (enum cpt_linetable_format)(data[0] % 3);
    table.first_line = (int32_t)cpt_load_u32(data + 1);
    table.bytes = data + HEADER;
    table.size = size - HEADER;
    first = (int16_t)cpt_load_u16(data + 5);
    for (int64_t i = 0; i < ASKED; i++)
        check(cpt_linetable_find(&table, first + i));
    check(cpt_linetable_find(&table, INT64_MAX));
    check(cpt_linetable_find(&table, INT64_MIN));
}

CPT_FUZZ_ENTRY(fuzz_linetable)

/* Line tables: from an instruction to its place in the source. Pure functions over bytes. */
#ifndef CPT_DECODE_LINETABLE_H
#define CPT_DECODE_LINETABLE_H

#include <stddef.h>
#include <stdint.h>

enum cpt_linetable_format {
    CPT_LINES_LNOTAB,    /* co_lnotab, to 3.9 (Objects/lnotab_notes.txt) */
    CPT_LINES_DELTAS,    /* co_linetable of 3.10 (PEP 626) */
    CPT_LINES_LOCATIONS, /* co_linetable from 3.11 (Objects/locations.md) */
};

struct cpt_linetable {
    enum cpt_linetable_format format;
    const uint8_t *bytes;
    size_t size;
    int32_t first_line; /* co_firstlineno */
};

#define CPT_NO_POSITION (-1)

/* A place in the source. Lines count from 1; columns are UTF-8 bytes from 0; CPT_NO_POSITION where the table has
   none (all but the line before 3.11, columns with -X no_debug_ranges, all of code without a location). */
struct cpt_position {
    int32_t line, end_line;
    int32_t column, end_column;
};

static const struct cpt_position cpt_no_position = {CPT_NO_POSITION, CPT_NO_POSITION,
                                                    CPT_NO_POSITION, CPT_NO_POSITION};

/* The position of the instruction at byte LASTI of the bytecode, as CPython's PyCode_Addr2Location; LASTI < 0 (not
   started) is the first line. A table that ends too early gives no position. */
struct cpt_position cpt_linetable_find(const struct cpt_linetable *table, int64_t lasti);

#endif

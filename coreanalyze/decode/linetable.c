#include "coreanalyze/decode/linetable.h"

#include <stdbool.h>

static struct cpt_position
line_only(int64_t line)
{
    struct cpt_position position = cpt_no_position;

    if (line >= 0 && line <= INT32_MAX)
        position.line = (int32_t)line;
    return position;
}

/* Pairs (bytes of code, signed lines): the line grows once the code address is passed. */
static struct cpt_position
find_in_lnotab(const struct cpt_linetable *table, int64_t lasti)
{
    int64_t address = 0, line = table->first_line;

    for (size_t i = 0; i + 1 < table->size; i += 2) {
        address += table->bytes[i];
        if (address > lasti)
            break;
        line += (int8_t)table->bytes[i + 1];
    }
    return line_only(line);
}

/* Pairs (bytes of code, signed lines) of ranges; -128 marks a range without a line. */
static struct cpt_position
find_in_deltas(const struct cpt_linetable *table, int64_t lasti)
{
    int64_t end = 0, line = table->first_line;

    for (size_t i = 0; i + 1 < table->size; i += 2) {
        int8_t delta = (int8_t)table->bytes[i + 1];

        end += table->bytes[i];
        if (delta != -128)
            line += delta;
        if (lasti < end)
            return delta == -128 ? cpt_no_position : line_only(line);
    }
    return cpt_no_position;
}

/* A cursor over location entries that cannot leave the table. */
struct cursor {
    const uint8_t *next, *end;
    bool cut; /* more was asked for than there is */
};

static uint8_t
take_byte(struct cursor *cursor)
{
    if (cursor->next < cursor->end)
        return *cursor->next++;
    cursor->cut = true;
    return 0;
}

/* Six bits a byte, the least significant first; bit 6 says that more follow. */
static uint32_t
take_varint(struct cursor *cursor)
{
    uint32_t value = 0;
    uint8_t byte;
    int shift = 0;

    do {
        byte = take_byte(cursor);
        if (shift < 32)
            value |= (uint32_t)(byte & 63) << shift;
        shift += 6;
    } while (byte & 64);
    return value;
}

static int64_t
take_signed_varint(struct cursor *cursor)
{
    uint32_t value = take_varint(cursor);

    return value & 1 ? -(int64_t)(value >> 1) : (int64_t)(value >> 1);
}

enum {
    ENTRY_SHORT_LAST = 9,
    ENTRY_ONE_LINE_FIRST = 10,
    ENTRY_ONE_LINE_LAST = 12,
    ENTRY_NO_COLUMNS = 13,
    ENTRY_LONG = 14,
    ENTRY_NONE = 15,
};

static void
set_columns(struct cpt_position *position, int64_t column, int64_t end_column)
{
    position->column = (int32_t)column;
    position->end_column = (int32_t)end_column;
}

/* Takes the payload of an entry of kind CODE whose first byte is taken; LINE runs along. */
static struct cpt_position
take_location(struct cursor *cursor, int code, int64_t *line)
{
    struct cpt_position position;
    uint8_t byte;

    if (code == ENTRY_NONE)
        return cpt_no_position;
    if (code == ENTRY_LONG || code == ENTRY_NO_COLUMNS)
        *line += take_signed_varint(cursor);
    else if (code >= ENTRY_ONE_LINE_FIRST)
        *line += code - ENTRY_ONE_LINE_FIRST;
    position = line_only(*line);
    position.end_line = position.line;
    if (code <= ENTRY_SHORT_LAST) {
        byte = take_byte(cursor);
        set_columns(&position, code * 8 + (byte >> 4), code * 8 + (byte >> 4) + (byte & 15));
    } else if (code <= ENTRY_ONE_LINE_LAST) {
        byte = take_byte(cursor);
        set_columns(&position, byte, take_byte(cursor));
    } else if (code == ENTRY_LONG) {
        uint32_t lines = take_varint(cursor), column = take_varint(cursor);

        if (position.line != CPT_NO_POSITION && lines <= (uint32_t)(INT32_MAX - position.line))
            position.end_line = position.line + (int32_t)lines;
        /* Columns are stored plus one, so that 0 can say "none"; beyond int32 they are damaged. */
        if (column <= INT32_MAX)
            position.column = (int32_t)column - 1;
        column = take_varint(cursor);
        if (column <= INT32_MAX)
            position.end_column = (int32_t)column - 1;
    }
    /* Columns of no line are of no use. */
    return position.line == CPT_NO_POSITION ? cpt_no_position : position;
}

static struct cpt_position
find_in_locations(const struct cpt_linetable *table, int64_t lasti)
{
    struct cursor cursor = {table->bytes, table->bytes, false};
    int64_t line = table->first_line, end = 0;

    if (table->size) /* else there may be no bytes to count from */
        cursor.end += table->size;
    while (cursor.next < cursor.end) {
        uint8_t first = take_byte(&cursor);
        struct cpt_position position;

        /* Bit 7 starts an entry; a byte without it here is a continuation of a damaged one. */
        if (!(first & 0x80))
            continue;
        end += ((first & 7) + 1) * 2;
        position = take_location(&cursor, first >> 3 & 15, &line);
        if (lasti < end)
            return cursor.cut ? cpt_no_position : position;
    }
    return cpt_no_position;
}

struct cpt_position
cpt_linetable_find(const struct cpt_linetable *table, int64_t lasti)
{
    if (lasti < 0)
        return line_only(table->first_line);
    switch (table->format) {
    case CPT_LINES_LNOTAB:
        return find_in_lnotab(table, lasti);
    case CPT_LINES_DELTAS:
        return find_in_deltas(table, lasti);
    case CPT_LINES_LOCATIONS:
        return find_in_locations(table, lasti);
    }
    return cpt_no_position;
}

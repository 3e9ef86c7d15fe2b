/* The census as text and JSON. */
#include "coreanalyze/output/envelope.h"
#include "coreanalyze/output/text.h"

#include <stdlib.h>

/* How many rows are shown where TOP are wanted, 0: as many as there are. */
static size_t
shown_rows(const struct cpt_census *census, size_t top)
{
    return top && top < census->row_count ? top : census->row_count;
}

/* JSON */

static void
write_row_json(struct cpt_json *json, const struct cpt_census *census, const struct cpt_census_row *row)
{
    cpt_json_line(json, 2);
    cpt_json_object_open(json);
    cpt_json_member_text(json, "type", &row->name);
    if (row->type_address)
        cpt_json_member_address(json, "type_address", row->type_address);
    else
        cpt_json_member_null(json, "type_address");
    cpt_json_member_uint(json, "objects", row->objects);
    cpt_json_member_uint(json, "bytes", row->bytes);
    cpt_json_member_uint(json, "sizeof", row->size_of);
    cpt_json_member_bool(json, "sizeof_exact", !row->size_of_guessed);
    if (census->by == CPT_CENSUS_SIZE) {
        cpt_json_member_uint(json, "above", row->above);
        cpt_json_member_uint(json, "to", row->to);
    }
    cpt_json_object_close(json);
}

void
cpt_census_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_census *census,
                      size_t top)
{
    static const char *const words[] = {
        [CPT_CENSUS_TYPE] = "type", [CPT_CENSUS_MODULE] = "module", [CPT_CENSUS_SIZE] = "size"};
    struct cpt_json json;

    cpt_json_init(&json, out);
    cpt_envelope_open_json(&json, envelope);
    cpt_json_object_open(&json);
    cpt_json_member_cstring(&json, "by", words[census->by]);
    cpt_json_member_uint(&json, "objects", census->objects);
    cpt_json_member_uint(&json, "bytes", census->bytes);
    cpt_json_member_uint(&json, "sizeof", census->size_of);
    cpt_json_member_uint(&json, "used_blocks", census->used_blocks);
    cpt_json_member_uint(&json, "unexplained_blocks", census->unexplained_blocks);
    cpt_json_line(&json, 1);
    cpt_json_member_uint(&json, "types_total", census->row_count);
    cpt_json_key(&json, "types");
    cpt_json_array_open(&json);
    for (size_t i = 0; i < shown_rows(census, top); i++)
        write_row_json(&json, census, &census->rows[i]);
    cpt_json_array_close(&json);
    cpt_json_object_close(&json);
    cpt_envelope_close_json(&json);
}

/* Text */

#define DEFAULT_TOP 30
#define MIN_NAME_WIDTH 16

struct table {
    struct cpt_buffer *out;
    bool color;
    uint64_t whole;      /* bytes of all rows */
    int objects_width;   /* columns of the numbers of objects */
    size_t name_width;   /* of the last column; 0: not limited */
};

static uint64_t
average(uint64_t bytes, uint64_t objects)
{
    return objects ? bytes / objects + (bytes % objects >= objects - objects / 2) : 0;
}

/* All columns but the last, with what separates them. */
static int
write_columns(struct table *table, const char *share, const char *bytes, const char *objects, const char *size)
{
    size_t before = table->out->size;

    cpt_buffer_printf(table->out, "%6s %11s %*s %11s  ", share, bytes, table->objects_width, objects, size);
    return (int)(table->out->size - before);
}

static void
write_numbers(struct table *table, uint64_t bytes, uint64_t objects)
{
    char share[CPT_NUMBER_TEXT], size[CPT_NUMBER_TEXT], number[CPT_NUMBER_TEXT], each[CPT_NUMBER_TEXT];

    write_columns(table, cpt_text_share(bytes, table->whole, share), cpt_text_size(bytes, size),
                  cpt_text_number(objects, number), cpt_text_size(average(bytes, objects), each));
}

static void
write_row(struct table *table, const struct cpt_census_row *row)
{
    write_numbers(table, row->bytes, row->objects);
    cpt_text_style(table->out, table->color, CPT_STYLE_FUNCTION);
    cpt_text_add_clipped(table->out, &row->name, table->name_width);
    cpt_text_style(table->out, table->color, CPT_STYLE_NONE);
    cpt_buffer_add_char(table->out, '\n');
}

static int
by_size(const void *left, const void *right)
{
    const struct cpt_census_row *a = *(const struct cpt_census_row *const *)left,
                                *b = *(const struct cpt_census_row *const *)right;

    return (a->above > b->above) - (a->above < b->above);
}

/* Ranges of sizes are chosen like all rows, but read best in their own order. */
static void
write_ranges(struct table *table, const struct cpt_census *census, size_t count)
{
    const struct cpt_census_row *rows[CPT_SIZE_BINS];

    count = count < CPT_SIZE_BINS ? count : CPT_SIZE_BINS;
    for (size_t i = 0; i < count; i++)
        rows[i] = &census->rows[i];
    qsort(rows, count, sizeof(rows[0]), by_size);
    for (size_t i = 0; i < count; i++)
        write_row(table, rows[i]);
}

/* What is left out, summed up. */
static void
write_rest(struct table *table, const struct cpt_census *census, size_t shown)
{
    static const char *const nouns[] = {
        [CPT_CENSUS_TYPE] = "more type", [CPT_CENSUS_MODULE] = "more module", [CPT_CENSUS_SIZE] = "more range"};
    uint64_t bytes = 0, objects = 0;

    if (shown == census->row_count)
        return;
    for (size_t i = shown; i < census->row_count; i++) {
        bytes += census->rows[i].bytes;
        objects += census->rows[i].objects;
    }
    cpt_text_style(table->out, table->color, CPT_STYLE_DIM);
    write_numbers(table, bytes, objects);
    cpt_buffer_add_char(table->out, '(');
    cpt_text_add_count(table->out, census->row_count - shown, nouns[census->by]);
    cpt_buffer_add_char(table->out, ')');
    cpt_text_style(table->out, table->color, CPT_STYLE_NONE);
    cpt_buffer_add_char(table->out, '\n');
}

static bool
has_guesses(const struct cpt_census *census)
{
    for (size_t i = 0; i < census->row_count; i++) {
        if (census->rows[i].size_of_guessed)
            return true;
    }
    return false;
}

/* How much there is, and how far that can be relied on. */
static void
write_totals(struct table *table, const struct cpt_census *census)
{
    char number[CPT_NUMBER_TEXT];

    cpt_text_style(table->out, table->color, CPT_STYLE_HEAD);
    cpt_text_add_count(table->out, census->objects, "object");
    cpt_buffer_printf(table->out, ", %s", cpt_text_size(census->bytes, number));
    cpt_text_style(table->out, table->color, CPT_STYLE_NONE);
    cpt_buffer_printf(table->out, " (sys.getsizeof() says %s%s)\n", has_guesses(census) ? "about " : "",
                      cpt_text_size(census->size_of, number));
    if (!census->used_blocks)
        return;
    cpt_buffer_printf(table->out, "Unexplained: %s %% of pymalloc's used blocks, ",
                      cpt_text_share(census->unexplained_blocks, census->used_blocks, number));
    cpt_buffer_printf(table->out, "%s of ", cpt_text_number(census->unexplained_blocks, number));
    cpt_buffer_printf(table->out, "%s\n", cpt_text_number(census->used_blocks, number));
}

/* The heads of the columns; what is left of the terminal's WIDTH is for names. */
static void
write_heads(struct table *table, const struct cpt_census *census, int width)
{
    static const char *const heads[] = {
        [CPT_CENSUS_TYPE] = "type", [CPT_CENSUS_MODULE] = "module", [CPT_CENSUS_SIZE] = "size of each"};
    int used;

    cpt_buffer_add_char(table->out, '\n');
    cpt_text_style(table->out, table->color, CPT_STYLE_DIM);
    used = write_columns(table, "%", "bytes", "objects", "average");
    cpt_buffer_add_text(table->out, heads[census->by]);
    cpt_text_style(table->out, table->color, CPT_STYLE_NONE);
    cpt_buffer_add_char(table->out, '\n');
    if (width > 0)
        table->name_width = width - used > MIN_NAME_WIDTH ? (size_t)(width - used) : MIN_NAME_WIDTH;
}

static int
width_of_number(uint64_t number)
{
    char text[CPT_NUMBER_TEXT];
    int width = 0;

    cpt_text_number(number, text);
    while (text[width])
        width++;
    return width;
}

void
cpt_census_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_census *census,
                      size_t top, const struct cpt_text_options *options)
{
    struct table table = {.out = out, .color = options->color, .whole = census->bytes};
    size_t count = shown_rows(census, top ? top : DEFAULT_TOP);

    table.objects_width = width_of_number(census->objects);
    if (table.objects_width < 9)
        table.objects_width = 9;
    cpt_envelope_head_text(out, envelope, options);
    write_totals(&table, census);
    write_heads(&table, census, options->width);
    if (census->by == CPT_CENSUS_SIZE) {
        write_ranges(&table, census, count);
    } else {
        for (size_t i = 0; i < count; i++)
            write_row(&table, &census->rows[i]);
    }
    write_rest(&table, census, count);
    cpt_envelope_warnings_text(out, envelope, options);
}

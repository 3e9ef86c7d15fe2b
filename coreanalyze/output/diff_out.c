/* Growth as text and JSON. */
#include "coreanalyze/output/envelope.h"
#include "coreanalyze/output/text.h"

#include <inttypes.h>
#include <stdio.h>

/* JSON */

static void
write_end_json(struct cpt_json *json, const char *key, const struct cpt_diff_end *end)
{
    cpt_json_line(json, 1);
    cpt_json_key(json, key);
    cpt_json_object_open(json);
    cpt_json_member_cstring(json, "kind", end->saved ? "census" : end->envelope.is_core ? "core" : "process");
    cpt_json_member_cstring(json, "path", end->saved ? end->saved : end->envelope.path);
    cpt_json_member_int(json, "pid", end->envelope.pid);
    cpt_json_member_uint(json, "objects", end->objects);
    cpt_json_member_uint(json, "bytes", end->bytes);
    cpt_json_object_close(json);
}

static void
write_examples_json(struct cpt_json *json, const struct cpt_diff_row *row)
{
    cpt_json_key(json, "examples");
    cpt_json_array_open(json);
    for (size_t i = 0; i < row->example_count; i++) {
        cpt_json_object_open(json);
        cpt_json_member_address(json, "address", row->examples[i].address);
        cpt_json_member_text(json, "path", &row->examples[i].path);
        cpt_json_member_bool(json, "exact", row->examples[i].exact);
        cpt_json_object_close(json);
    }
    cpt_json_array_close(json);
}

static void
write_row_json(struct cpt_json *json, const struct cpt_diff *diff, const struct cpt_diff_row *row)
{
    cpt_json_line(json, 2);
    cpt_json_object_open(json);
    cpt_json_member_text(json, "type", &row->name);
    cpt_json_member_uint(json, "objects_before", row->objects_before);
    cpt_json_member_uint(json, "objects_after", row->objects_after);
    cpt_json_member_uint(json, "bytes_before", row->bytes_before);
    cpt_json_member_uint(json, "bytes_after", row->bytes_after);
    if (diff->has_survivors) {
        cpt_json_member_uint(json, "survived", row->survived);
        cpt_json_member_uint(json, "new", row->new_objects);
    }
    if (row->example_count)
        write_examples_json(json, row);
    cpt_json_object_close(json);
}

void
cpt_diff_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_diff_end *before,
                    const struct cpt_diff_end *after, const struct cpt_diff *diff, size_t top)
{
    struct cpt_json json;

    cpt_json_init(&json, out);
    cpt_envelope_open_json(&json, envelope);
    cpt_json_object_open(&json);
    cpt_json_member_int(&json, "objects", diff->objects);
    cpt_json_member_int(&json, "bytes", diff->bytes);
    cpt_json_member_bool(&json, "same_process", diff->has_survivors);
    if (diff->has_survivors) {
        cpt_json_member_uint(&json, "survived", diff->survived);
        cpt_json_member_uint(&json, "new", diff->new_objects);
    }
    write_end_json(&json, "before", before);
    write_end_json(&json, "after", after);
    cpt_json_line(&json, 1);
    cpt_json_member_uint(&json, "types_total", diff->count);
    cpt_json_key(&json, "types");
    cpt_json_array_open(&json);
    for (size_t i = 0; i < diff->count && !(top && i >= top); i++)
        write_row_json(&json, diff, &diff->rows[i]);
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
    size_t name_width; /* of the last column; 0: not limited */
};

static void
write_end_text(struct cpt_buffer *out, bool color, const char *label, const struct cpt_diff_end *end)
{
    const struct cpt_envelope *envelope = &end->envelope;
    const char *place = end->saved ? end->saved : envelope->is_core ? envelope->path : envelope->executable;
    char number[CPT_NUMBER_TEXT];

    cpt_text_style(out, color, CPT_STYLE_HEAD);
    cpt_buffer_printf(out, "%-7s ", label);
    cpt_text_style(out, color, CPT_STYLE_NONE);
    cpt_buffer_add_text(out, end->saved ? "census of " : "");
    cpt_buffer_printf(out, envelope->is_core ? "core of process %d: " : "process %d: ", envelope->pid);
    cpt_text_add_string(out, place ? place : "?");
    cpt_buffer_add_text(out, ", Python ");
    cpt_text_add_string(out, envelope->version ? envelope->version : "?");
    cpt_buffer_add_text(out, "\n        ");
    cpt_text_add_count(out, end->objects, "object");
    cpt_buffer_printf(out, ", %s\n", cpt_text_size(end->bytes, number));
}

/* "+1.5 MiB", "-3 B"; "0 B". */
static const char *
size_change(uint64_t before, uint64_t after, char text[CPT_NUMBER_TEXT + 1])
{
    char size[CPT_NUMBER_TEXT];

    snprintf(text, CPT_NUMBER_TEXT + 1, "%s%s", after == before ? "" : after > before ? "+" : "-",
             cpt_text_size(after > before ? after - before : before - after, size));
    return text;
}

static const char *
count_change(uint64_t before, uint64_t after, char text[CPT_NUMBER_TEXT + 1])
{
    char number[CPT_NUMBER_TEXT];

    snprintf(text, CPT_NUMBER_TEXT + 1, "%s%s", after == before ? "" : after > before ? "+" : "-",
             cpt_text_number(after > before ? after - before : before - after, number));
    return text;
}

static size_t
write_columns(struct table *table, const char *const columns[6])
{
    size_t start = table->out->size;

    cpt_buffer_printf(table->out, "%12s %10s %10s %11s %10s %10s  ", columns[0], columns[1], columns[2], columns[3],
                      columns[4], columns[5]);
    return table->out->size - start;
}

static void
write_numbers(struct table *table, const struct cpt_diff_row *row)
{
    char bytes[CPT_NUMBER_TEXT + 1], before[CPT_NUMBER_TEXT], after[CPT_NUMBER_TEXT], objects[CPT_NUMBER_TEXT + 1],
        old[CPT_NUMBER_TEXT], now[CPT_NUMBER_TEXT];

    write_columns(table, (const char *const[6]){
                             size_change(row->bytes_before, row->bytes_after, bytes),
                             cpt_text_size(row->bytes_before, before), cpt_text_size(row->bytes_after, after),
                             count_change(row->objects_before, row->objects_after, objects),
                             cpt_text_number(row->objects_before, old), cpt_text_number(row->objects_after, now)});
}

static void
write_row(struct table *table, const struct cpt_diff_row *row)
{
    write_numbers(table, row);
    cpt_text_style(table->out, table->color, CPT_STYLE_FUNCTION);
    cpt_text_add_clipped(table->out, &row->name, table->name_width);
    cpt_text_style(table->out, table->color, CPT_STYLE_NONE);
    cpt_buffer_add_char(table->out, '\n');
}

static bool
has_changed(const struct cpt_diff_row *row)
{
    return row->bytes_before != row->bytes_after || row->objects_before != row->objects_after;
}

/* In what order rows changed: those that grew come first, those that shrank last. */
struct bounds {
    size_t grown;  /* rows before it grew */
    size_t shrunk; /* rows from it on shrank */
};

static struct bounds
find_bounds(const struct cpt_diff *diff)
{
    struct bounds bounds = {0, diff->count};

    while (bounds.grown < diff->count && has_changed(&diff->rows[bounds.grown]) &&
           diff->rows[bounds.grown].bytes_after >= diff->rows[bounds.grown].bytes_before &&
           (diff->rows[bounds.grown].bytes_after > diff->rows[bounds.grown].bytes_before ||
            diff->rows[bounds.grown].objects_after > diff->rows[bounds.grown].objects_before))
        bounds.grown++;
    while (bounds.shrunk > bounds.grown && has_changed(&diff->rows[bounds.shrunk - 1]))
        bounds.shrunk--;
    return bounds;
}

/* Rows [FROM, TO), which are not shown, in one line. */
static void
write_rest(struct table *table, const struct cpt_diff *diff, size_t from, size_t to, const char *what)
{
    struct cpt_diff_row sum = {{0}, 0, 0, 0, 0, 0, 0, {{0}}, 0};

    if (from >= to)
        return;
    for (size_t i = from; i < to; i++) {
        sum.objects_before += diff->rows[i].objects_before;
        sum.objects_after += diff->rows[i].objects_after;
        sum.bytes_before += diff->rows[i].bytes_before;
        sum.bytes_after += diff->rows[i].bytes_after;
    }
    cpt_text_style(table->out, table->color, CPT_STYLE_DIM);
    write_numbers(table, &sum);
    cpt_buffer_add_char(table->out, '(');
    cpt_text_add_count(table->out, to - from, "more type");
    cpt_buffer_printf(table->out, " that %s)", what);
    cpt_text_style(table->out, table->color, CPT_STYLE_NONE);
    cpt_buffer_add_char(table->out, '\n');
}

/* At most TOP rows: what grew, and where there is room what shrank, that by most last. What did not change is not
   shown. */
static void
write_table(struct table *table, const struct cpt_diff *diff, size_t top, int width)
{
    static const char *const heads[6] = {"growth", "before", "after", "objects", "before", "after"};
    struct bounds bounds = find_bounds(diff);
    size_t grown = bounds.grown < top ? bounds.grown : top, shrunk = diff->count - bounds.shrunk, used;

    if (!bounds.grown && !shrunk) {
        cpt_buffer_add_text(table->out, "\nNo type grew or shrank.\n");
        return;
    }
    shrunk = shrunk < top - grown ? shrunk : top - grown;
    cpt_buffer_add_char(table->out, '\n');
    cpt_text_style(table->out, table->color, CPT_STYLE_DIM);
    used = write_columns(table, heads);
    cpt_buffer_add_text(table->out, "type");
    cpt_text_style(table->out, table->color, CPT_STYLE_NONE);
    cpt_buffer_add_char(table->out, '\n');
    if (width > 0)
        table->name_width = (size_t)width > used + MIN_NAME_WIDTH ? (size_t)width - used : MIN_NAME_WIDTH;
    for (size_t i = 0; i < grown; i++)
        write_row(table, &diff->rows[i]);
    write_rest(table, diff, grown, bounds.grown, "grew");
    write_rest(table, diff, bounds.shrunk, diff->count - shrunk, "shrank");
    for (size_t i = diff->count - shrunk; i < diff->count; i++)
        write_row(table, &diff->rows[i]);
}

static void
write_totals(struct cpt_buffer *out, bool color, const struct cpt_diff *diff, const struct cpt_diff_end *before,
             const struct cpt_diff_end *after)
{
    char change[CPT_NUMBER_TEXT + 1], number[CPT_NUMBER_TEXT];

    cpt_text_style(out, color, CPT_STYLE_HEAD);
    cpt_buffer_printf(out, "Growth: %s objects, ", count_change(before->objects, after->objects, change));
    cpt_buffer_add_text(out, size_change(before->bytes, after->bytes, change));
    cpt_text_style(out, color, CPT_STYLE_NONE);
    cpt_buffer_add_char(out, '\n');
    if (!diff->has_survivors)
        return;
    cpt_buffer_add_text(out, "One process: ");
    cpt_text_add_count(out, diff->survived, "object");
    cpt_buffer_printf(out, " of before %s still there, ", diff->survived == 1 ? "is" : "are");
    cpt_buffer_printf(out, "%s %s new\n", cpt_text_number(diff->new_objects, number),
                      diff->new_objects == 1 ? "is" : "are");
}

/* What of a type is new, and where some of it is. */
static void
write_new(struct cpt_buffer *out, bool color, const struct cpt_diff_row *row)
{
    char number[CPT_NUMBER_TEXT];

    cpt_buffer_add_text(out, "  ");
    cpt_text_style(out, color, CPT_STYLE_FUNCTION);
    cpt_text_add(out, &row->name);
    cpt_text_style(out, color, CPT_STYLE_NONE);
    cpt_buffer_printf(out, ": %s new, ", cpt_text_number(row->new_objects, number));
    cpt_buffer_printf(out, "%s of before still there\n", cpt_text_number(row->survived, number));
    for (size_t i = 0; i < row->example_count; i++) {
        cpt_buffer_printf(out, "    0x%" PRIx64 "  ", row->examples[i].address);
        if (row->examples[i].path.data)
            cpt_text_add(out, &row->examples[i].path);
        else
            cpt_buffer_add_text(out, "nothing found keeps it alive");
        if (row->examples[i].path.data && !row->examples[i].exact)
            cpt_buffer_add_text(out, " (found by scanning)");
        cpt_buffer_add_char(out, '\n');
    }
}

static void
write_examples(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_diff *diff,
               const struct cpt_text_options *options)
{
    bool any = false, unkept = false;

    for (size_t i = 0; i < diff->count; i++) {
        const struct cpt_diff_row *row = &diff->rows[i];

        for (size_t j = 0; j < row->example_count; j++)
            unkept |= !row->examples[j].path.data;
        if (!row->example_count)
            continue;
        if (!any)
            cpt_buffer_add_text(out, "\nWhat is new, of the types that grew most, with some examples:\n");
        any = true;
        write_new(out, options->color, row);
    }
    if (any) {
        cpt_buffer_add_text(out, "What keeps another one alive: ");
        cpt_envelope_add_command(out, envelope, "path");
        cpt_buffer_add_text(out, " ADDRESS\n");
    }
    if (unkept) {
        cpt_buffer_add_text(out, "What nothing keeps alive is garbage, or lost: ");
        cpt_envelope_add_command(out, envelope, "leaks");
        cpt_buffer_add_char(out, '\n');
    }
}

void
cpt_diff_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_diff_end *before,
                    const struct cpt_diff_end *after, const struct cpt_diff *diff, size_t top,
                    const struct cpt_text_options *options)
{
    struct table table = {.out = out, .color = options->color};

    write_end_text(out, options->color, "Before:", before);
    write_end_text(out, options->color, "After:", after);
    write_totals(out, options->color, diff, before, after);
    write_table(&table, diff, top ? top : DEFAULT_TOP, options->width);
    write_examples(out, envelope, diff, options);
    cpt_envelope_warnings_text(out, envelope, options);
}

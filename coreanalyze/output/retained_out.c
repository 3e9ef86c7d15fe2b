/* What keeps most memory alive, as text and JSON. */
#include "coreanalyze/output/retained_out.h"

#include "coreanalyze/output/envelope.h"
#include "coreanalyze/output/value_out.h"

#include <inttypes.h>

/* JSON */

void
cpt_retainers_write_json(struct cpt_json *json, const struct cpt_retained *retained)
{
    cpt_json_line(json, 1);
    cpt_json_key(json, "retainers");
    cpt_json_array_open(json);
    for (size_t i = 0; i < retained->count; i++) {
        const struct cpt_retainer *retainer = &retained->items[i];

        cpt_json_line(json, 2);
        cpt_json_object_open(json);
        cpt_json_key(json, "object");
        cpt_value_write_json(json, &retainer->object);
        cpt_json_member_text(json, "path", &retainer->path);
        cpt_json_member_bool(json, "exact", retainer->exact);
        cpt_json_member_bool(json, "link", retainer->link);
        cpt_json_member_uint(json, "retained_objects", retainer->objects);
        cpt_json_member_uint(json, "retained_bytes", retainer->bytes);
        cpt_json_object_close(json);
    }
    cpt_json_array_close(json);
}

void
cpt_retained_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                        const struct cpt_retained *retained)
{
    struct cpt_json json;

    cpt_json_init(&json, out);
    cpt_envelope_open_json(&json, envelope);
    cpt_json_object_open(&json);
    cpt_json_member_uint(&json, "reachable_objects", retained->objects);
    cpt_json_member_uint(&json, "reachable_bytes", retained->bytes);
    cpt_retainers_write_json(&json, retained);
    cpt_json_object_close(&json);
    cpt_envelope_close_json(&json);
}

/* Text */

#define MIN_NAME_WIDTH 24

static size_t
write_columns(struct cpt_buffer *out, const char *share, const char *bytes, const char *objects)
{
    size_t start = out->size;

    cpt_buffer_printf(out, "%6s %11s %11s  ", share, bytes, objects);
    return out->size - start;
}

/* "app.cache: dict at 0x7f…"; a native block has no type. */
static void
write_name(struct cpt_buffer *out, bool color, const struct cpt_retainer *retainer, size_t width)
{
    struct cpt_buffer name = {0};
    struct cpt_text text;

    if (retainer->path.data)
        cpt_text_add(&name, &retainer->path);
    else
        cpt_buffer_add_text(&name, "(no path)");
    cpt_buffer_add_text(&name, retainer->exact || !retainer->path.data ? "" : " (found by scanning)");
    text = (struct cpt_text){name.data, name.size};
    cpt_text_style(out, color, CPT_STYLE_FUNCTION);
    cpt_text_add_clipped(out, &text, width);
    cpt_text_style(out, color, CPT_STYLE_NONE);
    cpt_buffer_free(&name);
}

static void
write_row(struct cpt_buffer *out, const struct cpt_retained *retained, const struct cpt_retainer *retainer, bool color,
          size_t width)
{
    char share[CPT_NUMBER_TEXT], bytes[CPT_NUMBER_TEXT], objects[CPT_NUMBER_TEXT];
    size_t used = write_columns(out, cpt_text_share(retainer->bytes, retained->bytes, share),
                                cpt_text_size(retainer->bytes, bytes), cpt_text_number(retainer->objects, objects));

    write_name(out, color, retainer, width);
    cpt_buffer_printf(out, "\n%*s", (int)used + 2, "");
    if (retainer->object.type.data)
        cpt_text_add_clipped(out, &retainer->object.type, width);
    else
        cpt_buffer_add_text(out, "native memory");
    cpt_buffer_printf(out, " at 0x%" PRIx64 "\n", retainer->object.address);
}

void
cpt_retainers_write_text(struct cpt_buffer *out, const struct cpt_retained *retained, bool color, int width)
{
    size_t used, names = 0;

    cpt_text_style(out, color, CPT_STYLE_DIM);
    used = write_columns(out, "%", "keeps bytes", "objects");
    cpt_buffer_add_text(out, "what");
    cpt_text_style(out, color, CPT_STYLE_NONE);
    cpt_buffer_add_char(out, '\n');
    if (width > 0)
        names = (size_t)width > used + MIN_NAME_WIDTH ? (size_t)width - used : MIN_NAME_WIDTH;
    for (size_t i = 0; i < retained->count; i++)
        write_row(out, retained, &retained->items[i], color, names);
}

void
cpt_retained_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                        const struct cpt_retained *retained, const struct cpt_text_options *options)
{
    char number[CPT_NUMBER_TEXT];

    cpt_envelope_head_text(out, envelope, options);
    cpt_text_style(out, options->color, CPT_STYLE_HEAD);
    cpt_text_add_count(out, retained->objects, "object");
    cpt_buffer_printf(out, ", %s", cpt_text_size(retained->bytes, number));
    cpt_text_style(out, options->color, CPT_STYLE_NONE);
    cpt_buffer_add_text(out, " can be reached\n\n");
    cpt_retainers_write_text(out, retained, options->color, options->width);
    cpt_envelope_warnings_text(out, envelope, options);
}

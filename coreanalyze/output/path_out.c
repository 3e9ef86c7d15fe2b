/* What keeps an object alive, as text and JSON. */
#include "coreanalyze/output/envelope.h"
#include "coreanalyze/output/value_out.h"

#include <inttypes.h>

/* JSON */

static void
write_step_json(struct cpt_json *json, const struct cpt_path_step *step)
{
    cpt_json_line(json, 2);
    cpt_json_object_open(json);
    cpt_json_key(json, "object");
    cpt_value_write_json(json, &step->object);
    cpt_json_member_text(json, "edge", &step->edge);
    cpt_json_member_bool(json, "exact", step->exact);
    if (!step->object.type.data && step->object.address)
        cpt_json_member_address(json, "address", step->object.address);
    cpt_json_object_close(json);
}

void
cpt_path_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_path *path)
{
    struct cpt_json json;

    cpt_json_init(&json, out);
    cpt_envelope_open_json(&json, envelope);
    cpt_json_object_open(&json);
    cpt_json_line(&json, 1);
    cpt_json_key(&json, "object");
    cpt_value_write_json(&json, &path->object);
    cpt_json_line(&json, 1);
    cpt_json_member_text(&json, "path", &path->path);
    if (path->path.data)
        cpt_json_member_bool(&json, "exact", path->exact);
    else
        cpt_json_member_null(&json, "exact");
    cpt_json_key(&json, "steps");
    cpt_json_array_open(&json);
    for (size_t i = 0; i < path->count; i++)
        write_step_json(&json, &path->steps[i]);
    cpt_json_array_close(&json);
    cpt_json_object_close(&json);
    cpt_envelope_close_json(&json);
}

/* Text */

#define MAX_EDGE_WIDTH 30 /* columns: longer ones put their line out of the table */

static void
write_step(struct cpt_buffer *out, bool color, const struct cpt_path_step *step, size_t width)
{
    size_t before;

    cpt_buffer_add_text(out, "  ");
    before = out->size;
    cpt_text_add(out, &step->edge);
    cpt_buffer_printf(out, "%*s  ", out->size - before < width ? (int)(width - (out->size - before)) : 0, "");
    if (step->object.type.data) {
        cpt_text_style(out, color, CPT_STYLE_FUNCTION);
        cpt_text_add(out, &step->object.type);
        cpt_text_style(out, color, CPT_STYLE_NONE);
        cpt_buffer_printf(out, " at 0x%" PRIx64 ": ", step->object.address);
        cpt_text_style(out, color && step->object.broken, CPT_STYLE_BAD);
        cpt_text_add(out, &step->object.repr);
        cpt_text_style(out, color && step->object.broken, CPT_STYLE_NONE);
    } else {
        cpt_buffer_printf(out, "native memory at 0x%" PRIx64, step->object.address);
    }
    if (!step->exact) {
        cpt_text_style(out, color, CPT_STYLE_DIM);
        cpt_buffer_add_text(out, " (found by scanning)");
        cpt_text_style(out, color, CPT_STYLE_NONE);
    }
    cpt_buffer_add_char(out, '\n');
}

static void
write_steps(struct cpt_buffer *out, bool color, const struct cpt_path *path)
{
    size_t width = 0;

    for (size_t i = 0; i < path->count; i++) {
        if (path->steps[i].edge.size > width && path->steps[i].edge.size <= MAX_EDGE_WIDTH)
            width = path->steps[i].edge.size;
    }
    if (path->count)
        cpt_buffer_add_char(out, '\n');
    for (size_t i = 0; i < path->count; i++)
        write_step(out, color, &path->steps[i], width);
}

/* There is no path: why that can be, and what to look at. */
static void
write_none(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_path *path)
{
    cpt_buffer_add_text(out, "Nothing found keeps ");
    cpt_text_add(out, &path->object.repr);
    cpt_buffer_printf(out, " (0x%" PRIx64 ") alive: it is cyclic garbage, or lost by native code.\n",
                      path->object.address);
    cpt_buffer_add_text(out, "Who refers to it at all: ");
    cpt_envelope_add_command(out, envelope, "refs");
    cpt_buffer_printf(out, " 0x%" PRIx64 "\n", path->object.address);
}

void
cpt_path_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_path *path,
                    const struct cpt_text_options *options)
{
    cpt_envelope_head_text(out, envelope, options);
    cpt_buffer_add_char(out, '\n');
    if (path->path.data) {
        cpt_text_style(out, options->color, CPT_STYLE_HEAD);
        cpt_text_add(out, &path->path);
        cpt_text_style(out, options->color, CPT_STYLE_NONE);
        cpt_buffer_add_char(out, '\n');
        write_steps(out, options->color, path);
        if (!path->exact)
            cpt_buffer_add_text(out, "\nIt has steps that were found by scanning memory, which may be wrong.\n");
    } else {
        write_none(out, envelope, path);
    }
    cpt_envelope_warnings_text(out, envelope, options);
}

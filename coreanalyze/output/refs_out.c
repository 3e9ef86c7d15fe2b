/* Who refers to an object, or what it refers to, as text and JSON. */
#include "coreanalyze/output/envelope.h"
#include "coreanalyze/output/value_out.h"

#include <inttypes.h>

/* JSON */

static const char *
kind_word(const struct cpt_value *other)
{
    return other->type.data ? "object" : other->address ? "block" : "root";
}

/* FROM is whoever refers, TO (with --to) what is referred to. */
static void
write_reference_json(struct cpt_json *json, const struct cpt_refs *refs, const struct cpt_reference *reference, bool to)
{
    cpt_json_line(json, 2);
    cpt_json_object_open(json);
    cpt_json_key(json, "from");
    cpt_value_write_json(json, to ? &refs->object : &reference->other);
    if (to) {
        cpt_json_key(json, "to");
        cpt_value_write_json(json, &reference->other);
    }
    cpt_json_member_text(json, "edge", &reference->edge);
    cpt_json_member_bool(json, "exact", reference->exact);
    cpt_json_member_cstring(json, "kind", kind_word(&reference->other));
    if (!reference->other.type.data && reference->other.address)
        cpt_json_member_address(json, "address", reference->other.address);
    cpt_json_object_close(json);
}

void
cpt_refs_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_refs *refs, bool to)
{
    struct cpt_json json;

    cpt_json_init(&json, out);
    cpt_envelope_open_json(&json, envelope);
    cpt_json_object_open(&json);
    cpt_json_line(&json, 1);
    cpt_json_key(&json, "object");
    cpt_value_write_json(&json, &refs->object);
    cpt_json_line(&json, 1);
    if (refs->references == UINT64_MAX)
        cpt_json_member_null(&json, "reference_count");
    else
        cpt_json_member_uint(&json, "reference_count", refs->references);
    cpt_json_member_bool(&json, "immortal", refs->references == UINT64_MAX);
    cpt_json_member_uint(&json, "references_total", refs->total);
    cpt_json_key(&json, "references");
    cpt_json_array_open(&json);
    for (size_t i = 0; i < refs->count; i++)
        write_reference_json(&json, refs, &refs->items[i], to);
    cpt_json_array_close(&json);
    cpt_json_object_close(&json);
    cpt_envelope_close_json(&json);
}

/* Text */

#define MAX_EDGE_WIDTH 30 /* columns: longer ones put their line out of the table */

static size_t
edge_width(const struct cpt_refs *refs)
{
    size_t width = 0;

    for (size_t i = 0; i < refs->count; i++) {
        if (refs->items[i].edge.size > width && refs->items[i].edge.size <= MAX_EDGE_WIDTH)
            width = refs->items[i].edge.size;
    }
    return width;
}

/* "dict at 0x7f…: {'key': 1}". */
static void
write_object(struct cpt_buffer *out, bool color, const struct cpt_value *value)
{
    cpt_text_style(out, color, CPT_STYLE_FUNCTION);
    cpt_text_add(out, &value->type);
    cpt_text_style(out, color, CPT_STYLE_NONE);
    cpt_buffer_printf(out, " at 0x%" PRIx64 ": ", value->address);
    cpt_text_style(out, color && value->broken, CPT_STYLE_BAD);
    cpt_text_add(out, &value->repr);
    cpt_text_style(out, color && value->broken, CPT_STYLE_NONE);
}

static void
write_reference(struct cpt_buffer *out, bool color, const struct cpt_reference *reference, size_t width)
{
    size_t before;

    cpt_buffer_add_text(out, "  ");
    before = out->size;
    cpt_text_add(out, &reference->edge);
    cpt_buffer_printf(out, "%*s", out->size - before < width ? (int)(width - (out->size - before)) : 0, "");
    if (reference->other.type.data) {
        cpt_buffer_add_text(out, "  ");
        write_object(out, color, &reference->other);
    } else if (reference->other.address) {
        cpt_buffer_printf(out, "  native memory at 0x%" PRIx64, reference->other.address);
    }
    if (!reference->exact) {
        cpt_text_style(out, color, CPT_STYLE_DIM);
        cpt_buffer_add_text(out, " (found by scanning)");
        cpt_text_style(out, color, CPT_STYLE_NONE);
    }
    cpt_buffer_add_char(out, '\n');
}

/* How many there are, and how many the object itself counts. */
static void
write_summary(struct cpt_buffer *out, const struct cpt_refs *refs, bool to)
{
    char number[CPT_NUMBER_TEXT];

    if (to) {
        cpt_buffer_add_text(out, "It has ");
        cpt_text_add_count(out, refs->total, "reference");
        cpt_buffer_add_text(out, refs->total ? ":\n" : " to others.\n");
        return;
    }
    cpt_text_add_count(out, refs->total, "reference");
    cpt_buffer_printf(out, " to it %s found; ", refs->total == 1 ? "was" : "were");
    if (refs->references == UINT64_MAX)
        cpt_buffer_add_text(out, "it is immortal, and counts none");
    else
        cpt_buffer_printf(out, "its reference count is %s", cpt_text_number(refs->references, number));
    cpt_buffer_add_text(out, refs->total ? ":\n" : "\n");
}

/* What to do where nobody was found to refer to it. */
static void
write_hint(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_refs *refs)
{
    cpt_buffer_add_text(out, "What keeps it alive: ");
    cpt_envelope_add_command(out, envelope, "path");
    cpt_buffer_printf(out, " 0x%" PRIx64 "\n", refs->object.address);
}

void
cpt_refs_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_refs *refs, bool to,
                    const struct cpt_text_options *options)
{
    size_t width = edge_width(refs);
    char number[CPT_NUMBER_TEXT];

    cpt_envelope_head_text(out, envelope, options);
    cpt_buffer_add_char(out, '\n');
    write_object(out, options->color, &refs->object);
    cpt_buffer_add_char(out, '\n');
    write_summary(out, refs, to);
    for (size_t i = 0; i < refs->count; i++)
        write_reference(out, options->color, &refs->items[i], width);
    if (refs->total > refs->count)
        cpt_buffer_printf(out, "  … %s more (--limit)\n", cpt_text_number(refs->total - refs->count, number));
    if (!to && refs->total)
        write_hint(out, envelope, refs);
    cpt_envelope_warnings_text(out, envelope, options);
}

#include "coreanalyze/output/envelope.h"
#include "coreanalyze/output/text.h"

#include <inttypes.h>

/* JSON */

static void
write_value_json(struct cpt_json *json, const struct cpt_value *value)
{
    cpt_json_object_open(json);
    cpt_json_key(json, "type");
    cpt_json_string(json, value->type.data ? value->type.data : "?", value->type.data ? value->type.size : 1);
    cpt_json_member_address(json, "address", value->address);
    cpt_json_member_text(json, "repr", &value->repr);
    cpt_json_object_close(json);
}

static void
write_names_json(struct cpt_json *json, const char *key, const struct cpt_text *names, size_t count)
{
    cpt_json_key(json, key);
    cpt_json_array_open(json);
    for (size_t i = 0; i < count; i++)
        cpt_json_text(json, &names[i]);
    cpt_json_array_close(json);
}

/* Parts nest no deeper than --depth goes. */
static void
write_parts_json(struct cpt_json *json, const struct cpt_value *value, unsigned indent)
{
    cpt_json_key(json, "parts");
    cpt_json_array_open(json);
    for (size_t i = 0; i < value->part_count; i++) {
        const struct cpt_value_part *part = &value->parts[i];

        cpt_json_line(json, indent);
        cpt_json_object_open(json);
        cpt_json_member_text(json, "label", &part->label);
        cpt_json_key(json, "value");
        write_value_json(json, &part->value);
        write_parts_json(json, &part->value, indent + 1);
        cpt_json_object_close(json);
    }
    cpt_json_array_close(json);
    cpt_json_member_bool(json, "more_parts", value->more_parts);
}

static void
write_type_json(struct cpt_json *json, const struct cpt_object_answer *answer)
{
    cpt_json_key(json, "type");
    cpt_json_object_open(json);
    cpt_json_member_text(json, "name", &answer->value.type);
    cpt_json_member_address(json, "address", answer->type);
    write_names_json(json, "bases", answer->bases, answer->base_count);
    write_names_json(json, "mro", answer->mro, answer->mro_count);
    cpt_json_object_close(json);
}

void
cpt_object_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                      const struct cpt_object_answer *answer)
{
    struct cpt_json json;

    cpt_json_init(&json, out);
    cpt_envelope_open_json(&json, envelope);
    cpt_json_object_open(&json);
    cpt_json_line(&json, 1);
    cpt_json_key(&json, "object");
    write_value_json(&json, &answer->value);
    cpt_json_line(&json, 1);
    write_type_json(&json, answer);
    cpt_json_line(&json, 1);
    if (answer->has_size)
        cpt_json_member_uint(&json, "size", answer->size);
    else
        cpt_json_member_null(&json, "size");
    cpt_json_member_uint(&json, "reference_count", answer->header.references);
    cpt_json_member_bool(&json, "immortal", answer->header.immortal);
    if (answer->header.tracked < 0)
        cpt_json_member_null(&json, "tracked");
    else
        cpt_json_member_bool(&json, "tracked", answer->header.tracked > 0);
    cpt_json_line(&json, 1);
    write_parts_json(&json, &answer->value, 2);
    cpt_json_object_close(&json);
    cpt_envelope_close_json(&json);
}

/* Text */

static void
write_label(struct cpt_buffer *out, const char *label)
{
    cpt_buffer_printf(out, "%-13s", label);
}

static void
write_names(struct cpt_buffer *out, const char *label, const struct cpt_text *names, size_t count)
{
    if (!count)
        return;
    write_label(out, label);
    for (size_t i = 0; i < count; i++) {
        cpt_buffer_add_text(out, i ? ", " : "");
        cpt_text_add(out, &names[i]);
    }
    cpt_buffer_add_char(out, '\n');
}

static void
write_parts(struct cpt_buffer *out, bool color, const struct cpt_value *value, unsigned indent)
{
    for (size_t i = 0; i < value->part_count; i++) {
        const struct cpt_value_part *part = &value->parts[i];

        cpt_buffer_printf(out, "%*s", (int)(2 * indent), "");
        cpt_text_style(out, color, CPT_STYLE_FUNCTION);
        cpt_text_add(out, &part->label);
        cpt_text_style(out, color, CPT_STYLE_NONE);
        cpt_buffer_add_text(out, " = ");
        cpt_text_add(out, &part->value.repr);
        cpt_buffer_add_char(out, '\n');
        write_parts(out, color, &part->value, indent + 1);
    }
    if (value->more_parts)
        cpt_buffer_printf(out, "%*s… more than %zu: the rest is not shown (--limit)\n", (int)(2 * indent), "",
                          value->part_count);
}

static void
write_facts(struct cpt_buffer *out, const struct cpt_object_answer *answer)
{
    write_label(out, "size");
    if (answer->has_size)
        cpt_text_add_count(out, answer->size, "byte");
    else
        cpt_buffer_add_text(out, "not known");
    cpt_buffer_add_char(out, '\n');
    write_label(out, "references");
    if (answer->header.immortal)
        cpt_buffer_add_text(out, "immortal");
    else
        cpt_buffer_printf(out, "%" PRIu64, answer->header.references);
    cpt_buffer_add_char(out, '\n');
    write_label(out, "collector");
    if (answer->header.tracked < 0)
        cpt_buffer_add_text(out, "not known\n");
    else
        cpt_buffer_add_text(out, answer->header.tracked ? "tracks it\n" : "does not track it\n");
}

void
cpt_object_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                      const struct cpt_object_answer *answer, const struct cpt_text_options *options)
{
    const struct cpt_value *value = &answer->value;

    cpt_envelope_head_text(out, envelope, options);
    cpt_buffer_add_char(out, '\n');
    cpt_text_style(out, options->color, CPT_STYLE_HEAD);
    cpt_text_add(out, &value->repr);
    cpt_text_style(out, options->color, CPT_STYLE_NONE);
    cpt_buffer_add_char(out, '\n');
    write_label(out, "address");
    cpt_buffer_printf(out, "0x%" PRIx64 "\n", value->address);
    if (value->where.data) {
        write_label(out, "state");
        cpt_text_add(out, &value->where);
        cpt_buffer_add_char(out, '\n');
    }
    write_label(out, "type");
    cpt_text_add(out, &value->type);
    cpt_buffer_printf(out, " at 0x%" PRIx64 "\n", answer->type);
    write_names(out, "bases", answer->bases, answer->base_count);
    write_names(out, "order", answer->mro, answer->mro_count);
    write_facts(out, answer);
    if (value->part_count || value->more_parts)
        cpt_buffer_add_char(out, '\n');
    write_parts(out, options->color, value, 0);
    cpt_envelope_warnings_text(out, envelope, options);
}

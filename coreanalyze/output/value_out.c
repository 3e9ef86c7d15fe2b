#include "coreanalyze/output/value_out.h"

#include "coreanalyze/analyses/stack.h"

#define INDENT_STEP 2

static void
write_parts_json(struct cpt_json *json, const struct cpt_value *value)
{
    cpt_json_key(json, "attributes");
    cpt_json_array_open(json);
    for (size_t i = 0; i < value->part_count; i++) {
        cpt_json_object_open(json);
        cpt_json_member_text(json, "name", &value->parts[i].label);
        cpt_json_key(json, "value");
        cpt_value_write_json(json, &value->parts[i].value);
        cpt_json_object_close(json);
    }
    cpt_json_array_close(json);
    if (value->more_parts)
        cpt_json_member_bool(json, "more_attributes", true);
}

void
cpt_value_write_json(struct cpt_json *json, const struct cpt_value *value)
{
    if (!value->type.data) {
        cpt_json_null(json);
        return;
    }
    cpt_json_object_open(json);
    cpt_json_member_text(json, "type", &value->type);
    cpt_json_member_address(json, "address", value->address);
    cpt_json_member_text(json, "repr", &value->repr);
    if (value->part_count)
        write_parts_json(json, value);
    cpt_json_object_close(json);
}

void
cpt_value_write_text(struct cpt_buffer *out, bool color, const struct cpt_value *value, unsigned indent)
{
    cpt_text_style(out, color && value->broken, CPT_STYLE_BAD);
    cpt_text_add(out, &value->repr);
    cpt_text_style(out, color && value->broken, CPT_STYLE_NONE);
    if (value->where.data) {
        cpt_buffer_add_text(out, ", ");
        cpt_text_add(out, &value->where);
    }
    cpt_buffer_add_char(out, '\n');
    for (size_t i = 0; i < value->part_count; i++) {
        cpt_buffer_printf(out, "%*s", (int)(indent + INDENT_STEP), "");
        cpt_text_add(out, &value->parts[i].label);
        cpt_buffer_add_text(out, " = ");
        cpt_value_write_text(out, color, &value->parts[i].value, indent + INDENT_STEP);
    }
    if (value->more_parts)
        cpt_buffer_printf(out, "%*s…\n", (int)(indent + INDENT_STEP), "");
}

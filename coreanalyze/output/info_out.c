#include "coreanalyze/output/envelope.h"
#include "coreanalyze/output/text.h"

#include <stdio.h>
#include <string.h>

/* JSON */

static void
write_module_json(struct cpt_json *json, const struct cpt_info_module *module)
{
    const char *build_id = module->build_id && module->build_id[0] ? module->build_id : NULL;

    cpt_json_line(json, 2);
    cpt_json_object_open(json);
    cpt_json_member_cstring(json, "path", module->path);
    cpt_json_member_cstring(json, "build_id", build_id);
    if (module->match < 0)
        cpt_json_member_null(json, "match");
    else
        cpt_json_member_bool(json, "match", module->match > 0);
    cpt_json_member_cstring(json, "found", module->found);
    cpt_json_member_bool(json, "python", module->python);
    cpt_json_object_close(json);
}

static void
write_core_json(struct cpt_json *json, const struct cpt_info *info)
{
    cpt_json_line(json, 1);
    cpt_json_key(json, "core");
    if (!info->is_core) {
        cpt_json_null(json);
        return;
    }
    cpt_json_object_open(json);
    cpt_json_member_bool(json, "truncated", info->truncated);
    cpt_json_member_uint(json, "missing_bytes", info->missing_bytes);
    cpt_json_member_uint(json, "left_out_bytes", info->left_out_bytes);
    cpt_json_object_close(json);
}

static void
write_arguments_json(struct cpt_json *json, const struct cpt_info *info)
{
    cpt_json_key(json, "argv");
    cpt_json_array_open(json);
    for (size_t i = 0; i < info->argument_count; i++)
        cpt_json_cstring(json, info->arguments[i]);
    cpt_json_array_close(json);
}

void
cpt_info_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                    const struct cpt_info *info)
{
    struct cpt_json json;

    cpt_json_init(&json, out);
    cpt_envelope_open_json(&json, envelope);
    cpt_json_object_open(&json);
    write_arguments_json(&json, info);
    cpt_json_line(&json, 1);
    cpt_json_member_uint(&json, "interpreters", info->interpreters);
    cpt_json_member_uint(&json, "threads", info->threads);
    cpt_json_member_uint(&json, "native_threads", info->native_threads);
    cpt_json_member_cstring(&json, "allocator", info->allocator);
    cpt_json_member_cstring(&json, "found_by", info->found_by);
    cpt_json_member_cstring(&json, "table", info->table);
    write_core_json(&json, info);
    cpt_json_line(&json, 1);
    cpt_json_key(&json, "modules");
    cpt_json_array_open(&json);
    for (size_t i = 0; i < info->module_count; i++)
        write_module_json(&json, &info->modules[i]);
    cpt_json_array_close(&json);
    cpt_json_object_close(&json);
    cpt_envelope_close_json(&json);
}

/* Text */

/* A label, padded so that what follows stands in one column. */
static void
write_label(struct cpt_buffer *out, const char *label)
{
    cpt_buffer_printf(out, "%-14s", label);
}

/* As one would type it, nearly: an argument with blanks or quotes stands in quotes. */
static void
write_argument(struct cpt_buffer *out, const char *argument)
{
    bool plain = *argument && !strpbrk(argument, " \t\n\"'\\$`*?;&|<>()");
    const char *quote = plain ? "" : strchr(argument, '\'') ? "\"" : "'";

    cpt_buffer_add_text(out, quote);
    cpt_text_add_string(out, argument);
    cpt_buffer_add_text(out, quote);
}

static void
write_arguments_text(struct cpt_buffer *out, const struct cpt_info *info)
{
    if (!info->argument_count)
        return;
    write_label(out, "Arguments");
    for (size_t i = 0; i < info->argument_count; i++) {
        cpt_buffer_add_text(out, i ? " " : "");
        write_argument(out, info->arguments[i]);
    }
    cpt_buffer_add_char(out, '\n');
}

static const char *
found_by_text(const char *word)
{
    static const struct {
        const char *word, *text;
    } texts[] = {
        {"dynsym", "dynamic symbols"},     {"symtab", "symbol table"},
        {"section", ".PyRuntime section"}, {"cookie", "search for the debug offsets"},
        {"scan", "search of its data"},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (!strcmp(word, texts[i].word))
            return texts[i].text;
    }
    return word;
}

/* Where the structure offsets come from, and how the interpreter was found. */
static void
write_layout_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                  const struct cpt_info *info)
{
    const char *layout = envelope->layout ? envelope->layout : "";

    write_label(out, "Offsets");
    if (!strcmp(layout, "self"))
        cpt_buffer_add_text(out, "from the target itself");
    else if (!strcmp(layout, "table"))
        cpt_buffer_add_text(out, "from a built-in table");
    else if (!strcmp(layout, "dwarf"))
        cpt_buffer_add_text(out, "from debug information");
    else
        cpt_buffer_add_text(out, "not known");
    if (info->table) {
        cpt_buffer_add_text(out, strcmp(layout, "table") ? ", the rest as in " : ", made from ");
        cpt_text_add_string(out, info->table);
    }
    cpt_buffer_add_char(out, '\n');
    if (info->found_by) {
        write_label(out, "Found by");
        cpt_text_add_string(out, found_by_text(info->found_by));
        cpt_buffer_add_char(out, '\n');
    }
}

static void
write_counts_text(struct cpt_buffer *out, const struct cpt_info *info)
{
    write_label(out, "Threads");
    cpt_text_add_count(out, info->threads, "Python thread");
    cpt_buffer_add_text(out, " in ");
    cpt_text_add_count(out, info->interpreters, "interpreter");
    if (info->native_threads) {
        cpt_buffer_add_text(out, ", ");
        cpt_text_add_count(out, info->native_threads, "thread");
        cpt_buffer_add_text(out, " in all");
    }
    cpt_buffer_add_char(out, '\n');
    write_label(out, "Allocator");
    cpt_text_add_string(out, info->allocator ? info->allocator : "not known");
    cpt_buffer_add_char(out, '\n');
}

static void
write_core_text(struct cpt_buffer *out, bool color, const struct cpt_info *info)
{
    if (!info->is_core)
        return;
    write_label(out, "Core");
    if (info->truncated) {
        cpt_text_style(out, color, CPT_STYLE_BAD);
        cpt_buffer_add_text(out, "TRUNCATED");
        cpt_text_style(out, color, CPT_STYLE_NONE);
        cpt_buffer_add_text(out, ": ");
        cpt_text_add_count(out, info->missing_bytes, "byte");
        cpt_buffer_add_text(out, " are missing at its end");
    } else {
        cpt_buffer_add_text(out, "complete");
    }
    if (info->left_out_bytes) {
        cpt_buffer_add_text(out, "; ");
        cpt_text_add_count(out, info->left_out_bytes, "byte");
        cpt_buffer_add_text(out, " of files were not dumped");
    }
    cpt_buffer_add_char(out, '\n');
}

static const char *
match_text(const struct cpt_info_module *module, enum cpt_style *style)
{
    *style = module->match > 0 ? CPT_STYLE_GOOD : CPT_STYLE_BAD;
    if (module->match > 0)
        return "ok";
    if (module->match == 0)
        return "DIFFERS";
    if (!module->found)
        return "missing";
    *style = CPT_STYLE_DIM;
    return "?";
}

static const char *
build_id_text(const struct cpt_info_module *module)
{
    return module->build_id && module->build_id[0] ? module->build_id : "-";
}

static void
write_module_text(struct cpt_buffer *out, bool color, const struct cpt_info_module *module,
                  int build_id_width)
{
    enum cpt_style style;
    const char *match = match_text(module, &style);

    cpt_buffer_add_text(out, "  ");
    cpt_text_style(out, color, style);
    cpt_buffer_printf(out, "%-7s", match);
    cpt_text_style(out, color, CPT_STYLE_NONE);
    cpt_buffer_printf(out, "  %-*s  ", build_id_width, build_id_text(module));
    cpt_text_add_string(out, module->path);
    cpt_buffer_add_text(out, module->python ? " [Python]" : "");
    if (module->found && strcmp(module->found, module->path)) {
        cpt_buffer_add_text(out, ", here ");
        cpt_text_add_string(out, module->found);
    }
    cpt_buffer_add_char(out, '\n');
}

static void
write_modules_text(struct cpt_buffer *out, bool color, const struct cpt_info *info)
{
    size_t width = 0;

    if (!info->module_count)
        return;
    for (size_t i = 0; i < info->module_count; i++) {
        size_t length = strlen(build_id_text(&info->modules[i]));

        width = length > width ? length : width;
    }
    cpt_buffer_add_text(out, "\nModules: is the file on this machine the same build?\n");
    for (size_t i = 0; i < info->module_count; i++)
        write_module_text(out, color, &info->modules[i], width < 64 ? (int)width : 64);
}

void
cpt_info_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                    const struct cpt_info *info, const struct cpt_text_options *options)
{
    cpt_envelope_head_text(out, envelope, options);
    cpt_buffer_add_char(out, '\n');
    write_arguments_text(out, info);
    write_counts_text(out, info);
    write_layout_text(out, envelope, info);
    write_core_text(out, options->color, info);
    write_modules_text(out, options->color, info);
    cpt_envelope_warnings_text(out, envelope, options);
}

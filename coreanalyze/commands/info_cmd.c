#include "coreanalyze/commands/command.h"

#include <string.h>

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "out of memory");
}

static int
match_of(enum cpt_file_match match)
{
    if (match == CPT_FILE_MATCHES)
        return 1;
    return match == CPT_FILE_DIFFERS ? 0 : -1;
}

/* Whether FILE is an executable or library; what else was mapped (locale archives, fonts) is none. Without its first
   page a core still tells by the mappings that could be executed. */
static bool
is_module(struct cpt_target *target, struct cpt_file *file)
{
    if (cpt_filemap_identify(target->filemap, file)->is_elf)
        return true;
    for (size_t i = 0; i < target->memory->mapping_count; i++) {
        const struct cpt_mapping *mapping = &target->memory->mappings[i];

        if (mapping->executable && mapping->path && strcmp(mapping->path, file->path) == 0)
            return true;
    }
    return false;
}

static cpt_status
add_module(struct cpt_target *target, struct cpt_info *info, struct cpt_file *file,
           struct cpt_error *error)
{
    struct cpt_info_module *module = &info->modules[info->module_count];
    char hex[2 * CPT_BUILD_ID_MAX + 1];

    module->match = match_of(cpt_filemap_resolve(target->filemap, file));
    cpt_elf_ident_hex(&file->ident, hex);
    module->path = file->path;
    module->found = file->found;
    module->build_id = cpt_arena_text(&info->arena, hex, strlen(hex));
    module->python = file == cpt_target_python(target);
    if (!module->build_id)
        return out_of_memory(error);
    info->module_count++;
    return CPT_OK;
}

static cpt_status
add_modules(struct cpt_target *target, struct cpt_info *info, struct cpt_error *error)
{
    size_t count;
    struct cpt_file *files = cpt_filemap_files(target->filemap, &count);
    cpt_status status = CPT_OK;

    info->modules = cpt_arena_array(&info->arena, count, sizeof(*info->modules));
    if (!info->modules)
        return out_of_memory(error);
    for (size_t i = 0; !status && i < count; i++) {
        if (is_module(target, &files[i]))
            status = add_module(target, info, &files[i], error);
    }
    if (target->core)
        cpt_filemap_resolve_all(target->filemap, &target->holes);
    else
        cpt_target_note_files(target);
    return status;
}

static const char *
command_line(struct cpt_target *target, size_t *size)
{
    if (target->core)
        return cpt_core_command_line(target->core, size);
    return target->process ? cpt_process_command_line(target->process, size)
                           : cpt_callback_command_line(target->callback, size);
}

static cpt_status
add_arguments(struct cpt_target *target, struct cpt_info *info, struct cpt_error *error)
{
    size_t size, count = 0;
    const char *line = command_line(target, &size);
    char *copy = cpt_arena_text(&info->arena, line, size);

    for (size_t i = 0; i < size; i++)
        count += line[i] == '\0';
    info->arguments = cpt_arena_array(&info->arena, count + 1, sizeof(*info->arguments));
    if (!copy || !info->arguments)
        return out_of_memory(error);
    for (size_t i = 0; i < size; i += strlen(copy + i) + 1)
        info->arguments[info->argument_count++] = copy + i;
    return CPT_OK;
}

static void
describe_core(const struct cpt_target *target, struct cpt_info *info)
{
    const struct cpt_core_info *core = cpt_core_info(target->core);

    info->is_core = true;
    info->truncated = core->truncated;
    info->missing_bytes = core->missing_bytes;
    info->left_out_bytes = core->left_out_bytes;
}

static cpt_status
read_info(struct cpt_target *target, const struct cpt_options *options, struct cpt_info *info,
          struct cpt_error *error)
{
    cpt_status status = cpt_target_hold(target, options, error);

    if (!status)
        status = cpt_info_take(info, target->memory, &target->found.layout, target->found.runtime,
                               &target->holes, error);
    status = cpt_target_release(target, status, error);
    if (!status)
        status = add_arguments(target, info, error);
    if (!status)
        status = add_modules(target, info, error);
    if (target->core)
        describe_core(target, info);
    info->found_by = cpt_find_way_name(target->found.way);
    info->table = target->found.layout.table;
    return status;
}

cpt_status
cpt_command_info(struct cpt_target *target, const struct cpt_options *options,
                 const struct cpt_text_options *text, struct cpt_buffer *out,
                 struct cpt_error *error)
{
    struct cpt_info info = {0};
    struct cpt_envelope envelope;
    cpt_status status = read_info(target, options, &info, error);

    if (!status) {
        cpt_target_envelope(target, "info", &envelope);
        if (options->json)
            cpt_info_write_json(out, &envelope, &info);
        else
            cpt_info_write_text(out, &envelope, &info, text);
    }
    cpt_info_free(&info);
    return status;
}

#include "coreanalyze/analyses/frame_names.h"

#include <inttypes.h>

#define PARTS_OF_A_VALUE 20 /* attributes of one object, as stacks have them */

/* What the reading of frames needs. */
struct reading {
    struct cpt_decode decode;
    struct cpt_values values;
    uint64_t builtins; /* builtins.__dict__ of the frame's interpreter, or 0 */
};

/* The namespaces of the interpreter at ADDRESS; zeros where it cannot be read. */
static struct cpt_interpreter
look_around(struct cpt_decode *decode, uint64_t runtime, uint64_t address)
{
    struct cpt_holes ignored_holes = {0}, *holes = decode->holes;
    struct cpt_interpreter interpreter = {0};
    struct cpt_runtime found;
    struct cpt_error ignored;

    decode->holes = &ignored_holes;
    if (cpt_runtime_read(decode, runtime, &found, &ignored) ||
        cpt_interpreter_read(decode, &found, address, &interpreter, &ignored))
        interpreter = (struct cpt_interpreter){0};
    decode->holes = holes;
    cpt_holes_free(&ignored_holes);
    return interpreter;
}

static void
begin(struct reading *reading, struct cpt_stack *stack, const struct cpt_frame_query *query, uint64_t interpreter)
{
    struct cpt_interpreter around;

    cpt_decode_init(&reading->decode, query->memory, &query->layout->at, &stack->arena, query->holes);
    around = look_around(&reading->decode, query->runtime, interpreter);
    reading->builtins = around.builtins;
    cpt_values_init(&reading->values, &reading->decode, query->layout, query->repr_limit, around.builtins,
                    around.modules);
}

static void
end(struct reading *reading)
{
    cpt_values_free(&reading->values);
    cpt_decode_free(&reading->decode);
}

cpt_status
cpt_frame_variables_take(struct cpt_stack *stack, const struct cpt_frame_query *query,
                         const struct cpt_frame_entry *entries, size_t count, struct cpt_error *error)
{
    struct reading reading;
    cpt_status status = CPT_OK;

    if (!count)
        return CPT_OK;
    begin(&reading, stack, query, entries[0].thread->interpreter_address);
    for (size_t i = 0; !status && i < count; i++) {
        struct cpt_frame *frame = entries[i].frame;

        status = cpt_locals_read(&reading.values, frame, query->depth, &frame->locals, &frame->local_count, error);
    }
    end(&reading);
    return status;
}

/* The object that NAME stands for. What cannot be searched becomes a hole, and the search goes on. */
static cpt_status
look_up(struct reading *reading, const struct cpt_frame *frame, const struct cpt_text *name,
        struct cpt_frame_name *result, uint64_t *object, struct cpt_error *error)
{
    struct cpt_decode *decode = &reading->decode;
    cpt_status status = cpt_locals_find(&reading->values, frame, name, &result->kind, object, error);

    if (status && status != CPT_ABSENT)
        return status;
    result->unset = !status && !*object;
    if (!status && *object) {
        result->scope = CPT_SCOPE_FRAME;
        return CPT_OK;
    }
    status = cpt_namespace_find(decode, cpt_frame_globals(decode, frame), name, object, error);
    if (!status) {
        result->scope = CPT_SCOPE_GLOBAL;
        return CPT_OK;
    }
    if (status == CPT_NOMEM)
        return status;
    status = cpt_namespace_find(decode, reading->builtins, name, object, error);
    if (!status)
        result->scope = CPT_SCOPE_BUILTIN;
    return status == CPT_NOMEM ? status : CPT_OK;
}

cpt_status
cpt_frame_name_take(struct cpt_frame_name *result, struct cpt_stack *stack, const struct cpt_frame_query *query,
                    const struct cpt_frame_entry *entry, const struct cpt_text *name, struct cpt_error *error)
{
    struct reading reading;
    uint64_t object = 0;
    cpt_status status;

    *result = (struct cpt_frame_name){0};
    begin(&reading, stack, query, entry->thread->interpreter_address);
    status = look_up(&reading, entry->frame, name, result, &object, error);
    if (!status && result->scope != CPT_SCOPE_NONE)
        status = cpt_value_read_parts(&reading.values, object, CPT_PARTS_ATTRIBUTES, query->depth, PARTS_OF_A_VALUE,
                                      &result->value, error);
    end(&reading);
    return status;
}

const char *
cpt_frame_name_scope(const struct cpt_frame_name *name)
{
    switch (name->scope) {
    case CPT_SCOPE_FRAME:
        return cpt_variable_kind_name(name->kind);
    case CPT_SCOPE_GLOBAL:
        return "global";
    case CPT_SCOPE_BUILTIN:
        return "builtin";
    default:
        return NULL;
    }
}

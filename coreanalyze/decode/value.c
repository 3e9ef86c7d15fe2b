#include "coreanalyze/decode/value.h"

#include "coreanalyze/decode/generator.h"
#include "coreanalyze/decode/repr_parts.h"

#include <inttypes.h>
#include <string.h>

void
cpt_values_init(struct cpt_values *values, struct cpt_decode *decode, const struct cpt_layout *layout, size_t limit,
                uint64_t builtins, uint64_t modules)
{
    memset(values, 0, sizeof(*values));
    values->decode = decode;
    values->limit = limit;
    values->types.decode = decode;
    values->types.builtins = builtins;
    values->types.modules = modules;
    cpt_dialect_init(&values->dialect, layout->version.hex);
}

void
cpt_values_free(struct cpt_values *values)
{
    cpt_types_free(&values->types);
    cpt_buffer_free(&values->buffer);
    cpt_hash_free(&values->told);
    cpt_hash_free(&values->shared);
}

cpt_status
cpt_values_keep(struct cpt_values *values, struct cpt_text *text, struct cpt_error *error)
{
    struct cpt_buffer *out = &values->buffer;

    if (!out->failed && !cpt_decode_keeps(values->decode, out->size)) {
        cpt_buffer_clear(out);
        cpt_buffer_add_text(out, "…");
    }
    text->data = out->failed ? NULL : cpt_arena_text(values->decode->arena, out->data ? out->data : "", out->size);
    text->size = out->size;
    return text->data ? CPT_OK : cpt_error_set(error, CPT_NOMEM, "out of memory");
}

static bool
is_generator(const struct cpt_type *type)
{
    return cpt_type_is(type, "generator") || cpt_type_is(type, "coroutine") ||
           cpt_type_is(type, "async_generator");
}

/* What a generator is doing belongs to no repr(), but is what one wants to know of it. Damage leaves it out. */
static cpt_status
read_where(struct cpt_values *values, struct cpt_value *value, struct cpt_error *error)
{
    struct cpt_buffer *out = &values->buffer;
    struct cpt_generator generator;
    struct cpt_error ignored;
    struct cpt_holes *holes = values->decode->holes, unused = {0};
    cpt_status status;

    values->decode->holes = &unused;
    status = cpt_generator_line(values, value->address, &generator, &ignored);
    values->decode->holes = holes;
    cpt_holes_free(&unused);
    if (status || !generator.state)
        return status == CPT_NOMEM ? cpt_error_set(error, CPT_NOMEM, "out of memory") : CPT_OK;
    cpt_buffer_clear(out);
    cpt_buffer_add_text(out, cpt_generator_state_name(generator.state));
    if (generator.frame.code && generator.frame.code->file.data) {
        cpt_buffer_add_text(out, " at ");
        cpt_buffer_add(out, generator.frame.code->file.data, generator.frame.code->file.size);
        if (generator.frame.position.line >= 0)
            cpt_buffer_printf(out, ":%d", (int)generator.frame.position.line);
    }
    return cpt_values_keep(values, &value->where, error);
}

cpt_status
cpt_value_read(struct cpt_values *values, uint64_t address, struct cpt_value *value, struct cpt_error *error)
{
    struct cpt_repr repr = {.values = values,
                            .decode = values->decode,
                            .out = &values->buffer,
                            .limit = values->limit};
    struct cpt_object object = {0};
    struct cpt_error ignored;
    cpt_status status;

    memset(value, 0, sizeof(*value));
    value->address = address;
    cpt_buffer_clear(&values->buffer);
    if (cpt_object_open(&values->types, address, &object, &ignored))
        object.type = NULL;
    else
        value->type = object.type->name;
    status = cpt_repr_object(&repr, address);
    if (status)
        return cpt_error_set(error, status, "out of memory");
    value->broken = repr.whole_is_broken;
    if (repr.full)
        cpt_buffer_add_text(&values->buffer, "…");
    status = cpt_values_keep(values, &value->repr, error);
    if (!status && object.type && !value->broken && is_generator(object.type))
        status = read_where(values, value, error);
    return status;
}

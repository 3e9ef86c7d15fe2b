#include "coreanalyze/decode/locals.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"
#include "coreanalyze/decode/dict.h"
#include "coreanalyze/decode/slots.h"
#include "coreanalyze/decode/str.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* How much of an instance's attributes is taken with a variable. */
#define ATTRIBUTES_OF_A_LOCAL 20

struct local_list {
    struct cpt_local *items;
    size_t count, capacity;
};

/* One frame's reading. */
struct reading {
    struct cpt_values *values;
    const struct cpt_frame *frame;
    unsigned depth; /* levels of attributes of values */
    struct local_list list;
    struct cpt_error *error;
};

static void
tell_limit(struct reading *reading, unsigned most)
{
    cpt_holes_add(reading->values->decode->holes, cpt_status_code(CPT_LIMIT), reading->frame->address,
                  "more than %u variables in all: further ones are left out", most);
}

/* The same object is a variable of many frames. */
static cpt_status
shared_value(struct reading *reading, uint64_t object, const struct cpt_value **value)
{
    struct cpt_values *values = reading->values;
    struct cpt_value *fresh = cpt_hash_get(&values->shared, object);
    cpt_status status;

    *value = fresh;
    if (fresh)
        return CPT_OK;
    fresh = cpt_arena_alloc(values->decode->arena, sizeof(*fresh));
    if (!fresh || !cpt_hash_set(&values->shared, object, fresh))
        return cpt_error_set(reading->error, CPT_NOMEM, "out of memory");
    status = cpt_value_read_parts(values, object, CPT_PARTS_ATTRIBUTES, reading->depth, ATTRIBUTES_OF_A_LOCAL, fresh,
                                  reading->error);
    *value = fresh;
    return status;
}

static cpt_status
add_local(struct reading *reading, struct cpt_text name, enum cpt_variable_kind kind, uint64_t object)
{
    struct cpt_values *values = reading->values;
    struct cpt_local *local;

    if (values->locals == CPT_MAX_LOCALS) {
        values->locals++;
        tell_limit(reading, CPT_MAX_LOCALS);
    }
    if (values->locals > CPT_MAX_LOCALS)
        return CPT_OK;
    values->locals++;
    local = cpt_vec_add(&reading->list);
    if (!local)
        return cpt_error_set(reading->error, CPT_NOMEM, "out of memory");
    local->name = name;
    local->kind = kind;
    return shared_value(reading, object, &local->value);
}

uint64_t
cpt_cell_content(struct cpt_values *values, uint64_t address)
{
    const struct cpt_layout_fields *at = values->decode->at;
    struct cpt_error ignored;
    uint64_t content;

    if (!CPT_HAS(at->cell.ob_ref) || !cpt_object_is(&values->types, address, "cell"))
        return address;
    if (cpt_memory_read_u64(values->decode->memory, address + (uint64_t)at->cell.ob_ref, &content, &ignored))
        return address;
    return content;
}

static cpt_status
add_slots(struct reading *reading, const struct cpt_variables *variables, const uint64_t *slots)
{
    struct cpt_values *values = reading->values;
    cpt_status status = CPT_OK;

    for (size_t i = 0; !status && i < variables->count; i++) {
        const struct cpt_variable *variable = &variables->items[i];
        uint64_t object = slots[variable->slot];

        /* From 3.11 the slot holds the object itself until MAKE_CELL ran. */
        if (object && variable->in_cell)
            object = cpt_cell_content(values, object);
        if (object && variable->name.data)
            status = add_local(reading, variable->name, variable->kind, object);
    }
    return status;
}

/* Whether COUNT more slots may be gone through. */
static bool
takes_slots(struct reading *reading, uint32_t count)
{
    struct cpt_values *values = reading->values;
    bool before = values->slots <= CPT_MAX_SLOTS;

    values->slots += before ? count : 0;
    if (before && values->slots > CPT_MAX_SLOTS)
        tell_limit(reading, CPT_MAX_SLOTS);
    return values->slots <= CPT_MAX_SLOTS;
}

static cpt_status
read_slots(struct reading *reading, const struct cpt_variables *variables)
{
    struct cpt_decode *decode = reading->values->decode;
    struct cpt_error error;
    uint64_t *slots;
    cpt_status status;

    if (!variables->count || !cpt_frame_slots_address(decode, reading->frame) ||
        !takes_slots(reading, variables->slots))
        return CPT_OK;
    status = cpt_frame_slots(decode, reading->frame, 0, variables->slots, &slots, &error);
    if (status == CPT_NOMEM) {
        *reading->error = error;
        return status;
    }
    if (status) {
        cpt_holes_add_error(decode->holes, &error, "variables of the frame at 0x%" PRIx64, reading->frame->address);
        return CPT_OK;
    }
    status = add_slots(reading, variables, slots);
    free(slots);
    return status;
}

/* A field of the frame, which has another place in frame objects (to 3.10); 0 where it cannot be read. */
static uint64_t
frame_word(const struct cpt_decode *decode, const struct cpt_frame *frame, int32_t of_object, int32_t of_internal)
{
    int32_t field = CPT_HAS(decode->at->frame.f_lasti) ? of_object : of_internal;
    struct cpt_error ignored;
    uint64_t word;

    if (!CPT_HAS(field) ||
        cpt_memory_read_u64(decode->memory, frame->address + (uint64_t)field, &word, &ignored))
        return 0;
    return word;
}

uint64_t
cpt_frame_globals(const struct cpt_decode *decode, const struct cpt_frame *frame)
{
    return frame_word(decode, frame, decode->at->frame.f_globals, decode->at->iframe.f_globals);
}

/* f_locals, where it is a namespace of the frame's own; else 0. */
static uint64_t
own_namespace(const struct cpt_decode *decode, const struct cpt_frame *frame)
{
    uint64_t locals = frame_word(decode, frame, decode->at->frame.f_locals, decode->at->iframe.f_locals);
    uint64_t globals = cpt_frame_globals(decode, frame);

    return !globals || locals == globals ? 0 : locals;
}

static cpt_status
read_namespace(struct reading *reading, uint64_t dict)
{
    struct cpt_decode *decode = reading->values->decode;
    struct cpt_dict_walk walk;
    struct cpt_error error;
    struct cpt_text name;
    uint64_t key, value;
    cpt_status status = cpt_dict_open(&walk, decode, dict, &error);

    while (!status && !(status = cpt_dict_next(&walk, &key, &value, &error))) {
        struct cpt_error ignored;

        if (cpt_str_read(decode, key, CPT_MAX_NAME, &name, &ignored))
            continue;
        status = add_local(reading, name, CPT_VARIABLE_LOCAL, value);
        if (status)
            return status;
    }
    if (status != CPT_ABSENT)
        cpt_holes_add_error(decode->holes, &error, "namespace of the frame at 0x%" PRIx64, reading->frame->address);
    return CPT_OK;
}

static cpt_status
keep_list(struct reading *reading, struct cpt_local **locals, size_t *count)
{
    *locals = cpt_arena_array(reading->values->decode->arena, reading->list.count, sizeof(**locals));
    if (!*locals)
        return cpt_error_set(reading->error, CPT_NOMEM, "out of memory");
    if (reading->list.count)
        memcpy(*locals, reading->list.items, reading->list.count * sizeof(**locals));
    *count = reading->list.count;
    return CPT_OK;
}

cpt_status
cpt_locals_read(struct cpt_values *values, const struct cpt_frame *frame, unsigned depth, struct cpt_local **locals,
                size_t *count, struct cpt_error *error)
{
    struct reading reading = {.values = values, .frame = frame, .depth = depth, .error = error};
    const struct cpt_variables *variables;
    cpt_status status;
    uint64_t dict;

    *locals = NULL;
    *count = 0;
    if (!frame->code)
        return CPT_OK;
    variables = cpt_code_variables(values->decode, frame->code);
    if (!variables)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    status = read_slots(&reading, variables);
    dict = !status && !variables->optimized ? own_namespace(values->decode, frame) : 0;
    if (dict)
        status = read_namespace(&reading, dict);
    if (!status)
        status = keep_list(&reading, locals, count);
    cpt_vec_free(&reading.list);
    return status;
}

/* Names that are not ASCII are compared as UTF-8. */
static bool
is_key(struct cpt_decode *decode, uint64_t key, const struct cpt_text *name)
{
    struct cpt_error ignored;
    struct cpt_characters characters;
    struct cpt_text text;

    return !cpt_str_locate(decode, key, &characters, &ignored) && characters.count <= name->size &&
           characters.count * 4 >= name->size && !cpt_str_read(decode, key, name->size, &text, &ignored) &&
           text.size == name->size && memcmp(text.data, name->data, name->size) == 0;
}

cpt_status
cpt_namespace_find(struct cpt_decode *decode, uint64_t address, const struct cpt_text *name, uint64_t *value,
                   struct cpt_error *error)
{
    struct cpt_dict_walk walk;
    uint64_t key;
    cpt_status status;

    if (!address)
        return cpt_error_set(error, CPT_ABSENT, "there is no namespace");
    status = cpt_dict_open(&walk, decode, address, error);
    while (!status && !(status = cpt_dict_next(&walk, &key, value, error))) {
        if (is_key(decode, key, name))
            return CPT_OK;
    }
    if (status == CPT_NOMEM)
        return status;
    if (status != CPT_ABSENT)
        cpt_holes_add_error(decode->holes, error, "the namespace at 0x%" PRIx64, address);
    return CPT_ABSENT;
}

/* The variable NAME among those of VARIABLES that are cells, of outer or for inner functions, or that are not. */
static const struct cpt_variable *
variable_named(const struct cpt_variables *variables, const struct cpt_text *name, bool cells)
{
    for (size_t i = 0; i < variables->count; i++) {
        const struct cpt_variable *variable = &variables->items[i];
        bool is_cell = variable->kind == CPT_VARIABLE_CELL || variable->kind == CPT_VARIABLE_FREE;

        if (is_cell == cells && variable->name.data && variable->name.size == name->size &&
            memcmp(variable->name.data, name->data, name->size) == 0)
            return variable;
    }
    return NULL;
}

static cpt_status
read_variable(struct reading *reading, const struct cpt_variable *variable, uint64_t *object)
{
    struct cpt_decode *decode = reading->values->decode;
    struct cpt_error error;
    uint64_t *slot;
    cpt_status status = cpt_frame_slots(decode, reading->frame, variable->slot, 1, &slot, &error);

    *object = 0;
    if (status == CPT_NOMEM) {
        *reading->error = error;
        return status;
    }
    if (status) {
        cpt_holes_add_error(decode->holes, &error, "variables of the frame at 0x%" PRIx64, reading->frame->address);
        return CPT_OK;
    }
    *object = *slot && variable->in_cell ? cpt_cell_content(reading->values, *slot) : *slot;
    free(slot);
    return CPT_OK;
}

/* The body of a class has its names in its namespace, which goes before what it has of outer functions; and before that
   go the variables of comprehensions, which from 3.12 on run in it. */
cpt_status
cpt_locals_find(struct cpt_values *values, const struct cpt_frame *frame, const struct cpt_text *name,
                enum cpt_variable_kind *kind, uint64_t *object, struct cpt_error *error)
{
    struct reading reading = {.values = values, .frame = frame, .error = error};
    const struct cpt_variables *variables = frame->code ? cpt_code_variables(values->decode, frame->code) : NULL;
    const struct cpt_variable *variable;
    cpt_status status;

    if (frame->code && !variables)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    if (!variables)
        return cpt_error_set(error, CPT_ABSENT, "the variables of the frame are not known");
    variable = variable_named(variables, name, false);
    status = variable ? read_variable(&reading, variable, object) : CPT_OK;
    if (status || (variable && (*object || variables->optimized))) {
        *kind = variable->kind;
        return status;
    }
    *kind = CPT_VARIABLE_LOCAL;
    if (!variables->optimized && own_namespace(values->decode, frame)) {
        status = cpt_namespace_find(values->decode, own_namespace(values->decode, frame), name, object, error);
        if (status != CPT_ABSENT)
            return status;
    }
    variable = variable_named(variables, name, true);
    if (!variable)
        return cpt_error_set(error, CPT_ABSENT, "the frame has no such variable");
    *kind = variable->kind;
    return read_variable(&reading, variable, object);
}

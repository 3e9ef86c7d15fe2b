#include "coreanalyze/decode/variables.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/str.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* co_flags (Include/cpython/code.h) */
#define CO_OPTIMIZED 0x1
#define CO_VARARGS 0x4
#define CO_VARKEYWORDS 0x8

/* co_localspluskinds (Include/internal/pycore_code.h) */
#define CO_FAST_CELL 0x40
#define CO_FAST_FREE 0x80

/* A tuple of names, copied: what the target says of its length is not believed before it was read. */
struct names {
    uint64_t *items;
    size_t count;
};

static cpt_status
read_names(struct cpt_decode *decode, uint64_t tuple, struct names *names, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    uint64_t count;
    cpt_status status = cpt_memory_read_u64(decode->memory, tuple + (uint64_t)at->var.ob_size, &count, error);

    if (status)
        return status;
    if (count > CPT_MAX_VARIABLES) {
        cpt_error_set(error, CPT_CORRUPT, "a tuple of %" PRIu64 " names is too long", count);
        error->address = tuple;
        return CPT_CORRUPT;
    }
    names->items = malloc((size_t)count * 8 + 1);
    if (!names->items)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    names->count = (size_t)count;
    return cpt_memory_read(decode->memory, tuple + (uint64_t)at->tuple.ob_item, names->items, names->count * 8, error);
}

/* Arguments come first among the names. */
static uint64_t
argument_count(const struct cpt_layout_fields *at, const struct cpt_struct *s)
{
    uint32_t flags = cpt_struct_u32(s, at->code.co_flags);

    return (uint64_t)cpt_struct_u32(s, at->code.co_argcount) + cpt_struct_u32(s, at->code.co_kwonlyargcount) +
           !!(flags & CO_VARARGS) + !!(flags & CO_VARKEYWORDS);
}

static void
set_name(struct cpt_decode *decode, struct cpt_variable *variable, uint64_t name, struct cpt_error *first)
{
    struct cpt_error error;

    if (!cpt_str_read(decode, name, CPT_MAX_NAME, &variable->name, &error))
        return;
    variable->name.data = NULL;
    if (!first->status)
        *first = error;
}

/* From 3.11: one tuple of names for all slots, and a byte of flags for each. */
static cpt_status
read_slots(struct cpt_decode *decode, const struct cpt_struct *s, struct cpt_variables *variables,
           struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    uint64_t arguments = argument_count(at, s), kinds_at = cpt_struct_u64(s, at->code.co_localspluskinds);
    struct cpt_error first = {0};
    struct names names = {0};
    uint8_t *kinds = NULL;
    cpt_status status = read_names(decode, cpt_struct_u64(s, at->code.co_localsplusnames), &names, error);

    if (!status) {
        kinds = malloc(names.count + 1);
        variables->items = cpt_arena_array(decode->arena, names.count, sizeof(*variables->items));
        status = kinds && variables->items
                     ? cpt_memory_read(decode->memory, kinds_at + (uint64_t)at->bytes.ob_sval, kinds, names.count, error)
                     : cpt_error_set(error, CPT_NOMEM, "out of memory");
    }
    for (size_t i = 0; !status && i < names.count; i++) {
        struct cpt_variable *variable = &variables->items[variables->count++];

        variable->slot = (uint32_t)i;
        variable->in_cell = kinds[i] & (CO_FAST_CELL | CO_FAST_FREE);
        variable->kind = i < arguments              ? CPT_VARIABLE_ARGUMENT
                         : kinds[i] & CO_FAST_FREE  ? CPT_VARIABLE_FREE
                         : kinds[i] & CO_FAST_CELL  ? CPT_VARIABLE_CELL
                                                    : CPT_VARIABLE_LOCAL;
        set_name(decode, variable, names.items[i], &first);
    }
    variables->slots = (uint32_t)names.count;
    free(kinds);
    free(names.items);
    if (!status && first.status) {
        *error = first;
        status = first.status;
    }
    return status;
}

/* To 3.10 an argument that inner functions use is moved into a cell: its own slot is empty then. */
static struct cpt_variable *
argument_named(struct cpt_variables *variables, size_t arguments, const struct cpt_text *name)
{
    for (size_t i = 0; i < arguments && i < variables->count && name->data; i++) {
        struct cpt_variable *variable = &variables->items[i];

        if (variable->name.data && variable->name.size == name->size &&
            memcmp(variable->name.data, name->data, name->size) == 0)
            return variable;
    }
    return NULL;
}

static void
add_cell(struct cpt_decode *decode, struct cpt_variables *variables, size_t arguments, uint64_t name,
         struct cpt_error *first)
{
    struct cpt_variable *added = &variables->items[variables->count], *argument;

    added->slot = variables->slots++;
    added->kind = CPT_VARIABLE_CELL;
    added->in_cell = true;
    set_name(decode, added, name, first);
    argument = argument_named(variables, arguments, &added->name);
    if (!argument) {
        variables->count++;
        return;
    }
    argument->slot = added->slot;
    argument->in_cell = true;
    memset(added, 0, sizeof(*added));
}

/* To 3.10: three tuples, one for each kind. */
static cpt_status
read_tuples(struct cpt_decode *decode, const struct cpt_struct *s, struct cpt_variables *variables,
            struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    struct names locals = {0}, cells = {0}, frees = {0};
    uint64_t arguments = argument_count(at, s);
    struct cpt_error first = {0};
    cpt_status status = read_names(decode, cpt_struct_u64(s, at->code.co_varnames), &locals, error);

    if (!status)
        status = read_names(decode, cpt_struct_u64(s, at->code.co_cellvars), &cells, error);
    if (!status)
        status = read_names(decode, cpt_struct_u64(s, at->code.co_freevars), &frees, error);
    if (!status) {
        variables->items = cpt_arena_array(decode->arena, locals.count + cells.count + frees.count,
                                           sizeof(*variables->items));
        status = variables->items ? CPT_OK : cpt_error_set(error, CPT_NOMEM, "out of memory");
    }
    for (size_t i = 0; !status && i < locals.count; i++) {
        struct cpt_variable *variable = &variables->items[variables->count++];

        variable->slot = variables->slots++;
        variable->kind = i < arguments ? CPT_VARIABLE_ARGUMENT : CPT_VARIABLE_LOCAL;
        set_name(decode, variable, locals.items[i], &first);
    }
    for (size_t i = 0; !status && i < cells.count; i++)
        add_cell(decode, variables, arguments < locals.count ? (size_t)arguments : locals.count, cells.items[i], &first);
    for (size_t i = 0; !status && i < frees.count; i++) {
        struct cpt_variable *variable = &variables->items[variables->count++];

        variable->slot = variables->slots++;
        variable->kind = CPT_VARIABLE_FREE;
        variable->in_cell = true;
        set_name(decode, variable, frees.items[i], &first);
    }
    free(locals.items);
    free(cells.items);
    free(frees.items);
    if (!status && first.status) {
        *error = first;
        status = first.status;
    }
    return status;
}

static cpt_status
read_variables(struct cpt_decode *decode, const struct cpt_code *code, struct cpt_variables *variables,
               struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    size_t size = cpt_struct_cover(0, at->code.co_argcount, 4);
    struct cpt_struct s;
    cpt_status status;

    if (!CPT_HAS(at->code.co_localsplusnames) && !CPT_HAS(at->code.co_varnames))
        return cpt_error_set(error, CPT_ABSENT, "the layout does not say where the names of variables are");
    size = cpt_struct_cover(size, at->code.co_kwonlyargcount, 4);
    size = cpt_struct_cover(size, at->code.co_flags, 4);
    size = cpt_struct_cover(size, at->code.co_stacksize, 4);
    size = cpt_struct_cover(size, at->code.co_varnames, 8);
    size = cpt_struct_cover(size, at->code.co_cellvars, 8);
    size = cpt_struct_cover(size, at->code.co_freevars, 8);
    size = cpt_struct_cover(size, at->code.co_localsplusnames, 8);
    size = cpt_struct_cover(size, at->code.co_localspluskinds, 8);
    status = cpt_struct_read(decode, &s, code->address, size, error);
    if (status)
        return status;
    variables->optimized = !CPT_HAS(at->code.co_flags) || (cpt_struct_u32(&s, at->code.co_flags) & CO_OPTIMIZED);
    variables->stack_slots = cpt_struct_u32(&s, at->code.co_stacksize);
    if (variables->stack_slots > CPT_MAX_VARIABLES)
        variables->stack_slots = 0;
    if (CPT_HAS(at->code.co_localsplusnames))
        return read_slots(decode, &s, variables, error);
    return read_tuples(decode, &s, variables, error);
}

const char *
cpt_variable_kind_name(enum cpt_variable_kind kind)
{
    static const char *const words[] = {
        [CPT_VARIABLE_ARGUMENT] = "argument",
        [CPT_VARIABLE_LOCAL] = "local",
        [CPT_VARIABLE_CELL] = "cell",
        [CPT_VARIABLE_FREE] = "free",
    };

    return words[kind];
}

const struct cpt_variables *
cpt_code_variables(struct cpt_decode *decode, struct cpt_code *code)
{
    struct cpt_error error;

    if (code->variables)
        return code->variables;
    code->variables = cpt_arena_alloc(decode->arena, sizeof(*code->variables));
    if (code->variables && read_variables(decode, code, code->variables, &error)) {
        if (error.status == CPT_NOMEM)
            return NULL;
        cpt_holes_add_error(decode->holes, &error, "variables of the code object at 0x%" PRIx64, code->address);
    }
    return code->variables;
}

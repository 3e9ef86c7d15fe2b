#include "coreanalyze/analyses/object.h"

#include "coreanalyze/decode/runtime.h"
#include "coreanalyze/decode/sizeof.h"

#include <inttypes.h>
#include <string.h>

/* Types that are named: a real class has fewer bases. */
#define MAX_NAMED_TYPES 1000

void
cpt_object_free(struct cpt_object_answer *answer)
{
    cpt_arena_free(&answer->arena);
    memset(answer, 0, sizeof(*answer));
}

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "out of memory");
}

/* builtins.__dict__ and sys.modules of the main interpreter, 0 where they cannot be found: they only help to name types
   whose names are in pages that a core left out. */
static void
find_namespaces(struct cpt_decode *decode, uint64_t address, uint64_t *builtins, uint64_t *modules)
{
    struct cpt_holes ignored_holes = {0};
    struct cpt_holes *holes = decode->holes;
    struct cpt_error ignored;
    struct cpt_runtime runtime;
    struct cpt_interpreter interpreter;

    *builtins = *modules = 0;
    decode->holes = &ignored_holes;
    if (!cpt_runtime_read(decode, address, &runtime, &ignored) &&
        !cpt_interpreter_read(decode, &runtime, runtime.main_interpreter, &interpreter, &ignored)) {
        *modules = interpreter.modules;
        *builtins = interpreter.builtins;
    }
    decode->holes = holes;
    cpt_holes_free(&ignored_holes);
}

/* The names of the types in the tuple at ADDRESS. */
static cpt_status
name_types(struct cpt_values *values, uint64_t address, struct cpt_text **names, size_t *count, struct cpt_error *error)
{
    struct cpt_decode *decode = values->decode;
    struct cpt_error ignored;
    uint64_t size, items = address + (uint64_t)decode->at->tuple.ob_item, type;

    *count = 0;
    if (!address || !CPT_HAS(decode->at->tuple.ob_item) ||
        cpt_memory_read_u64(decode->memory, address + (uint64_t)decode->at->var.ob_size, &size, &ignored))
        size = 0;
    if (size > MAX_NAMED_TYPES)
        size = 0;
    *names = cpt_arena_array(decode->arena, (size_t)size, sizeof(**names));
    if (!*names)
        return out_of_memory(error);
    for (uint64_t i = 0; i < size; i++) {
        const struct cpt_type *entry;

        if (cpt_memory_read_u64(decode->memory, items + 8 * i, &type, &ignored))
            break;
        entry = cpt_type_get(&values->types, type);
        if (!entry)
            return out_of_memory(error);
        (*names)[(*count)++] = entry->name;
    }
    return CPT_OK;
}

/* A size that is not known is no hole; one that cannot be read is. */
static void
take_size(struct cpt_values *values, struct cpt_object_answer *answer, const struct cpt_object *object)
{
    struct cpt_error why;
    cpt_status status = cpt_object_sizeof(values, object, &answer->header, &answer->size, &why);

    answer->has_size = !status;
    if (status && status != CPT_ABSENT)
        cpt_holes_add_error(values->decode->holes, &why, "the size of the %s at 0x%" PRIx64, object->type->name.data,
                            object->address);
}

static cpt_status
describe(struct cpt_values *values, struct cpt_object_answer *answer, const struct cpt_object_query *query,
         struct cpt_error *error)
{
    struct cpt_object object;
    cpt_status status = cpt_object_verify(values, query->address, &object, &answer->header, error);

    if (status)
        return status;
    answer->type = object.type->address;
    take_size(values, answer, &object);
    status = name_types(values, object.type->bases, &answer->bases, &answer->base_count, error);
    if (!status)
        status = name_types(values, object.type->mro, &answer->mro, &answer->mro_count, error);
    if (!status)
        status = cpt_value_read_parts(values, query->address, CPT_PARTS_ALL, query->depth, query->limit, &answer->value,
                                      error);
    return status;
}

cpt_status
cpt_object_take(struct cpt_object_answer *answer, const struct cpt_object_query *query, struct cpt_error *error)
{
    struct cpt_decode decode;
    struct cpt_values values;
    uint64_t builtins, modules;
    cpt_status status;

    memset(answer, 0, sizeof(*answer));
    cpt_decode_init(&decode, query->memory, &query->layout->at, &answer->arena, query->holes);
    find_namespaces(&decode, query->runtime, &builtins, &modules);
    cpt_values_init(&values, &decode, query->layout, query->repr_limit, builtins, modules);
    status = describe(&values, answer, query, error);
    cpt_values_free(&values);
    cpt_decode_free(&decode);
    return status;
}

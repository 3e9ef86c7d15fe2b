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

/* What is known of the main interpreter: fields are 0 where it cannot be read. Its namespaces only help to name types whose
   names are in pages that a core left out. */
struct surroundings {
    uint64_t builtins, modules; /* builtins.__dict__ and sys.modules */
    bool collecting;            /* the collector is at work, and uses its lists for other things */
};

static struct surroundings
look_around(struct cpt_decode *decode, uint64_t address)
{
    struct cpt_holes ignored_holes = {0};
    struct cpt_holes *holes = decode->holes;
    struct cpt_error ignored;
    struct cpt_runtime runtime;
    struct cpt_interpreter interpreter = {0};

    decode->holes = &ignored_holes;
    if (cpt_runtime_read(decode, address, &runtime, &ignored) ||
        cpt_interpreter_read(decode, &runtime, runtime.main_interpreter, &interpreter, &ignored))
        memset(&interpreter, 0, sizeof(interpreter));
    else
        interpreter.collecting |= runtime.collecting;
    decode->holes = holes;
    cpt_holes_free(&ignored_holes);
    return (struct surroundings){interpreter.builtins, interpreter.modules, interpreter.collecting};
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

/* A pointer to a type that lies there by chance: what cannot be decoded as what it says it is, and what the collector does
   not know although it tracks such objects. */
static bool
is_chance(const struct cpt_object_answer *answer, const struct surroundings *around)
{
    return answer->value.broken && answer->header.tracked && !answer->header.linked && !around->collecting;
}

static cpt_status
describe(struct cpt_values *values, struct cpt_object_answer *answer, const struct cpt_object_query *query,
         const struct surroundings *around, struct cpt_error *error)
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
    if (!status && is_chance(answer, around)) {
        cpt_error_set(error, CPT_CORRUPT, "there is no object at 0x%" PRIx64, query->address);
        return CPT_CORRUPT;
    }
    return status;
}

cpt_status
cpt_object_take(struct cpt_object_answer *answer, const struct cpt_object_query *query, struct cpt_error *error)
{
    struct cpt_decode decode;
    struct cpt_values values;
    struct surroundings around;
    cpt_status status;

    memset(answer, 0, sizeof(*answer));
    cpt_decode_init(&decode, query->memory, &query->layout->at, &answer->arena, query->holes);
    around = look_around(&decode, query->runtime);
    cpt_values_init(&values, &decode, query->layout, query->repr_limit, around.builtins, around.modules);
    status = describe(&values, answer, query, &around, error);
    cpt_values_free(&values);
    cpt_decode_free(&decode);
    return status;
}

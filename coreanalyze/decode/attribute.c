#include "coreanalyze/decode/attribute.h"

#include "coreanalyze/decode/instance.h"
#include "coreanalyze/decode/members.h"
#include "coreanalyze/decode/repr_parts.h"

#include <string.h>

#define MAX_WORD 64
#define DIGIT_BITS 30 /* sys.int_info.bits_per_digit on every 64-bit build */

cpt_status
cpt_attribute_own(struct cpt_repr *repr, const struct cpt_object *object, const char *word, uint64_t *value)
{
    cpt_status status = cpt_members_find(&repr->values->types, object, word, value, &repr->error);

    if (status != CPT_ABSENT)
        return status;
    return cpt_instance_find(repr->decode, object->address, word, value, &repr->error);
}

cpt_status
cpt_class_attribute(struct cpt_repr *repr, const struct cpt_type *type, const char *word, uint64_t *value)
{
    return cpt_type_find(&repr->values->types, type, word, value, NULL, &repr->error);
}

cpt_status
cpt_attribute_get(struct cpt_repr *repr, const struct cpt_object *object, const char *word, uint64_t *value)
{
    struct cpt_object attribute;
    uint64_t of_class;
    cpt_status status = cpt_members_find(&repr->values->types, object, word, value, &repr->error), found;

    if (status != CPT_ABSENT)
        return status;
    found = cpt_class_attribute(repr, object->type, word, &of_class);
    if (!found)
        found = cpt_object_open(&repr->values->types, of_class, &attribute, &repr->error);
    if (found && found != CPT_ABSENT)
        return found;
    if (!found && attribute.type->data_descriptor)
        return cpt_repr_fail(repr, CPT_ABSENT, 0, "a property would have to be asked");
    status = cpt_instance_find(repr->decode, object->address, word, value, &repr->error);
    if (status != CPT_ABSENT)
        return status;
    if (found || attribute.type->descriptor)
        return cpt_repr_fail(repr, CPT_ABSENT, 0, "the object has no '%s'", word);
    *value = of_class;
    return CPT_OK;
}

/* Whether both modules are of one package: "pathlib" and "pathlib._local". */
static bool
is_of_package(const struct cpt_text *module, const char *name)
{
    size_t size = strcspn(name, ".");

    return size && module->data && module->size >= size && memcmp(module->data, name, size) == 0 &&
           (module->size == size || module->data[size] == '.');
}

bool
cpt_class_is_faithful(struct cpt_values *values, struct cpt_type *type, const char *module, const char *words)
{
    char word[MAX_WORD];
    struct cpt_error ignored;
    struct cpt_type *owner;
    uint64_t value;

    while (words && *words) {
        size_t size = strcspn(words, " ");
        cpt_status status;

        if (size >= sizeof(word))
            return false;
        memcpy(word, words, size);
        word[size] = '\0';
        words += size + (words[size] == ' ');
        owner = NULL;
        status = cpt_type_find(&values->types, type, word, &value, &owner, &ignored);
        if (status == CPT_ABSENT)
            continue;
        if (status || !owner || (cpt_type_is_python(owner) && !is_of_package(&owner->module, module)))
            return false;
    }
    return true;
}

cpt_status
cpt_attribute_int(struct cpt_repr *repr, uint64_t address, bool *negative, unsigned __int128 *magnitude)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    uint32_t digits[5];
    uint64_t flags, word;
    int64_t count;
    cpt_status status = cpt_object_flags(repr->decode, address, &flags, &repr->error);

    if (!status && (!(flags & CPT_TYPE_LONG) || !CPT_HAS(at->integer.ob_digit)))
        return cpt_repr_fail(repr, CPT_ABSENT, 0, "no int where one belongs");
    if (!status)
        status = cpt_memory_read_u64(
            repr->decode->memory,
            address + (uint64_t)(CPT_HAS(at->integer.lv_tag) ? at->integer.lv_tag : at->var.ob_size), &word,
            &repr->error);
    if (status)
        return status;
    /* 3.12+: the number of digits above three bits, the lowest two 0 for positive, 1 for zero and 2 for negative. */
    count = CPT_HAS(at->integer.lv_tag) ? (int64_t)(word >> 3) : (int64_t)word;
    *negative = CPT_HAS(at->integer.lv_tag) ? (word & 3) == 2 : count < 0;
    if (CPT_HAS(at->integer.lv_tag) && (word & 3) == 1)
        count = 0;
    if (count < -5 || count > 5)
        return cpt_repr_fail(repr, CPT_ABSENT, 0, "a large int");
    if (count < 0)
        count = -count;
    status = cpt_memory_read(repr->decode->memory, address + (uint64_t)at->integer.ob_digit, digits,
                             (size_t)count * sizeof(digits[0]), &repr->error);
    if (status)
        return status;
    if (count == 5 && digits[4] >> (128 - 4 * DIGIT_BITS))
        return cpt_repr_fail(repr, CPT_ABSENT, 0, "a large int");
    *magnitude = 0;
    while (count--)
        *magnitude = *magnitude << DIGIT_BITS | digits[count];
    return CPT_OK;
}

cpt_status
cpt_attribute_i64(struct cpt_repr *repr, uint64_t address, int64_t *value)
{
    unsigned __int128 magnitude = 0;
    bool negative = false;
    cpt_status status = cpt_attribute_int(repr, address, &negative, &magnitude);

    if (status)
        return status;
    if (magnitude > INT64_MAX)
        return cpt_repr_fail(repr, CPT_ABSENT, 0, "a large int");
    *value = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return CPT_OK;
}

cpt_status
cpt_attribute_bool(struct cpt_repr *repr, const struct cpt_object *object, const char *word, bool *value)
{
    int64_t number = 0;
    uint64_t address;
    cpt_status status = cpt_attribute_own(repr, object, word, &address);

    if (status)
        return status;
    if (cpt_is_none(repr->values, address)) {
        *value = false;
        return CPT_OK;
    }
    status = cpt_attribute_i64(repr, address, &number);
    *value = !status && number;
    return status;
}

#include "coreanalyze/decode/sizeof.h"

#include "coreanalyze/decode/dict.h"
#include "coreanalyze/decode/sizeof_rules.h"

static const struct cpt_sizer *const families[] = {cpt_sizers_builtin, cpt_sizers_code, cpt_sizers_library};

uint64_t
cpt_size_default(struct cpt_sizing *z)
{
    const struct cpt_type *type = z->object->type;
    int64_t count;

    if (!type->itemsize)
        return type->basicsize;
    count = (int64_t)word(z, z->at->var.ob_size);
    return type->basicsize + (count > 0 ? items(z, (uint64_t)count, type->itemsize) : 0);
}

static const struct cpt_sizer *
known_sizer(const struct cpt_type *type)
{
    if (cpt_type_is_python(type) || type->foreign)
        return NULL;
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        for (const struct cpt_sizer *sizer = families[i]; sizer->name; sizer++) {
            if (cpt_text_is(&type->raw, sizer->name))
                return sizer;
        }
    }
    return NULL;
}

/* The first type of the method resolution order with a __sizeof__ of its own tells. Static types of 3.12 and later keep
   no dict with themselves: those of them with a __sizeof__ are all among the ones known. */
static cpt_status
find_sizer(struct cpt_values *values, const struct cpt_type *type, const struct cpt_sizer **found,
           struct cpt_error *error)
{
    const struct cpt_type *entry;
    uint64_t ignored;

    for (size_t i = 0; (entry = cpt_type_mro(&values->types, type, i)); i++) {
        cpt_status status =
            entry->dict ? cpt_dict_find(values->decode, entry->dict, "__sizeof__", &ignored, error) : CPT_ABSENT;

        *found = known_sizer(entry);
        if (*found && (!status || !(entry->flags & CPT_TYPE_HEAP)))
            return CPT_OK;
        if (status != CPT_ABSENT)
            return status ? status : cpt_error_set(error, CPT_ABSENT, "a __sizeof__ that is not known");
    }
    return cpt_error_set(error, CPT_ABSENT, "no __sizeof__ is known");
}

const struct cpt_sizer *
cpt_sizer_find(struct cpt_values *values, const struct cpt_type *type)
{
    const struct cpt_sizer *found = NULL;
    struct cpt_error ignored;

    return find_sizer(values, type, &found, &ignored) ? NULL : found;
}

const char *
cpt_sizer_name(const struct cpt_sizer *sizer)
{
    return sizer->name;
}

/* What the interpreter keeps in front of the object. 3.11 and 3.12 count a collector's head for static types too. */
static uint64_t
size_in_front(struct cpt_sizing *z, const struct cpt_header *header)
{
    uint64_t flags = z->object->type->flags, size = 0;

    if (header->collected || ((flags & CPT_TYPE_GC) && z->values->dialect.static_types_have_head))
        size = structure(z, z->at->gchead.size);
    if (flags & (CPT_TYPE_MANAGED_DICT | CPT_TYPE_MANAGED_WEAKREF))
        size += (uint64_t)2 * POINTER;
    return size;
}

cpt_status
cpt_sizer_size(struct cpt_values *values, const struct cpt_sizer *sizer, const struct cpt_object *object,
               const struct cpt_header *header, uint64_t *size, struct cpt_error *error)
{
    struct cpt_sizing z = {
        .values = values,
        .decode = values->decode,
        .at = values->decode->at,
        .object = object,
        .error = error,
    };

    *size = sizer->size(&z) + size_in_front(&z, header);
    return z.status;
}

cpt_status
cpt_object_sizeof(struct cpt_values *values, const struct cpt_object *object, const struct cpt_header *header,
                  uint64_t *size, struct cpt_error *error)
{
    const struct cpt_sizer *sizer;
    cpt_status status = find_sizer(values, object->type, &sizer, error);

    return status ? status : cpt_sizer_size(values, sizer, object, header, size, error);
}

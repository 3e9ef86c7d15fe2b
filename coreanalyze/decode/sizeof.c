#include "coreanalyze/decode/sizeof.h"

#include "coreanalyze/decode/dict.h"
#include "coreanalyze/decode/sizeof_rules.h"

#include <string.h>

#define MAX_TEXT 4096 /* bytes of a C string that is counted; a longer one is damage */

static const struct cpt_sizer *const families[] = {cpt_sizers_builtin, cpt_sizers_code, cpt_sizers_library,
                                                 cpt_sizers_numpy};

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

uint64_t
cpt_size_bytes(struct cpt_sizing *z, uint64_t address)
{
    return structure(z, z->at->bytes.ob_sval) + items(z, length_of(z, address), 1) + 1;
}

uint64_t
cpt_size_text(struct cpt_sizing *z, uint64_t address)
{
    char text[MAX_TEXT];

    if (z->status || !address)
        return 0;
    z->status = cpt_memory_read_string(z->decode->memory, address, text, sizeof(text), z->error);
    return z->status ? 0 : strlen(text) + 1;
}

uint64_t
cpt_size_unknown(struct cpt_sizing *z, const char *what)
{
    if (!z->status)
        z->status = cpt_error_set(z->error, CPT_ABSENT, "%s is not known", what);
    return 0;
}

/* Whether the file that holds TYPE is called LIBRARY, whatever is behind the first dot. */
static bool
is_of_library(const struct cpt_values *values, const struct cpt_type *type, const char *library)
{
    const struct cpt_mapping *mapping = cpt_memory_mapping(values->decode->memory, type->address);
    const char *name = mapping && mapping->path ? strrchr(mapping->path, '/') : NULL;
    size_t size = strlen(library);

    return name && strncmp(name + 1, library, size) == 0 && name[1 + size] == '.';
}

static const struct cpt_sizer *
known_sizer(const struct cpt_values *values, const struct cpt_type *type)
{
    if (cpt_type_is_python(type))
        return NULL;
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        for (const struct cpt_sizer *sizer = families[i]; sizer->name; sizer++) {
            if (cpt_text_is(&type->raw, sizer->name))
                return !type->foreign || (sizer->library && is_of_library(values, type, sizer->library)) ? sizer : NULL;
        }
    }
    return NULL;
}

/* numpy's scalars share one __sizeof__, which goes by the type. */
static cpt_status
narrow(struct cpt_values *values, const struct cpt_type *type, const struct cpt_sizer **found, struct cpt_error *error)
{
    if (!(*found)->size)
        *found = cpt_sizer_of_scalar(values, type);
    return *found ? CPT_OK : cpt_error_set(error, CPT_ABSENT, "a scalar of numpy that is not known");
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

        *found = known_sizer(values, entry);
        if (*found && (!status || (!entry->dict && !(entry->flags & CPT_TYPE_HEAP))))
            return narrow(values, type, found, error);
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

/* Whether a collector's head is counted. That of static types, which have none, is in some versions. */
static bool
counts_head(const struct cpt_sizing *z, const struct cpt_header *header)
{
    const struct cpt_dialect *dialect = &z->values->dialect;
    const struct cpt_type *type = z->object->type;

    return header->collected || ((type->flags & CPT_TYPE_GC) &&
                                 (dialect->static_types_have_head ||
                                  (dialect->metatypes_have_head && type->address != type->meta)));
}

/* What the interpreter keeps in front of the object. */
static uint64_t
size_in_front(struct cpt_sizing *z, const struct cpt_header *header)
{
    uint64_t flags = z->object->type->flags, size = 0;

    if (counts_head(z, header))
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
        .sizer = sizer,
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

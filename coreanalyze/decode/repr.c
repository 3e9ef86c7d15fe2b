#include "coreanalyze/decode/repr.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* How many bytes of the SIZE at TEXT are LEFT characters of UTF-8, or all; *CHARACTERS is how many there are. */
static size_t
measure(const char *text, size_t size, size_t left, size_t *characters)
{
    size_t i = 0;

    for (*characters = 0; i < size; i++) {
        if (((uint8_t)text[i] & 0xc0) == 0x80)
            continue;
        if (*characters == left)
            break;
        ++*characters;
    }
    return i;
}

void
cpt_repr_bytes(struct cpt_repr *repr, const char *text, size_t size)
{
    size_t fits, characters;

    if (repr->full)
        return;
    fits = measure(text, size, repr->limit - repr->characters, &characters);
    cpt_buffer_add(repr->out, text, fits);
    repr->characters += characters;
    repr->full = fits < size;
}

void
cpt_repr_text(struct cpt_repr *repr, const char *text)
{
    cpt_repr_bytes(repr, text, strlen(text));
}

void
cpt_repr_codepoint(struct cpt_repr *repr, uint32_t codepoint)
{
    if (codepoint < 0x80) {
        char c = (char)codepoint;

        cpt_repr_bytes(repr, &c, 1);
        return;
    }
    if (repr->characters >= repr->limit)
        repr->full = true;
    if (repr->full)
        return;
    cpt_buffer_add_codepoint(repr->out, codepoint);
    repr->characters++;
}

void
cpt_repr_printf(struct cpt_repr *repr, const char *format, ...)
{
    char text[512];
    va_list ap;
    int size;

    va_start(ap, format);
    size = vsnprintf(text, sizeof(text), format, ap);
    va_end(ap);
    if (size > 0)
        cpt_repr_bytes(repr, text, (size_t)size < sizeof(text) ? (size_t)size : sizeof(text) - 1);
}

bool
cpt_repr_step(struct cpt_repr *repr)
{
    struct cpt_values *values = repr->values;

    if (values->steps++ < CPT_MAX_VALUE_STEPS)
        return true;
    if (!values->exhausted)
        cpt_holes_add(repr->decode->holes, cpt_status_code(CPT_LIMIT), 0,
                      "values of more than %u objects and entries: the rest is left out", CPT_MAX_VALUE_STEPS);
    values->exhausted = repr->full = true;
    return false;
}

bool
cpt_repr_enter(struct cpt_repr *repr, uint64_t address, bool *cycle)
{
    *cycle = false;
    for (size_t i = repr->depth; i-- > 0;) {
        if (repr->active[i] == address) {
            *cycle = true;
            return false;
        }
    }
    if (repr->depth == CPT_MAX_REPR_DEPTH) {
        repr->full = true;
        return false;
    }
    repr->active[repr->depth++] = address;
    return true;
}

void
cpt_repr_leave(struct cpt_repr *repr)
{
    repr->depth--;
}

cpt_status
cpt_repr_fail(struct cpt_repr *repr, cpt_status status, uint64_t address, const char *format, ...)
{
    char what[256];
    va_list ap;

    va_start(ap, format);
    vsnprintf(what, sizeof(what), format, ap);
    va_end(ap);
    cpt_error_set(&repr->error, status, "%s", what);
    repr->error.address = address;
    return status;
}

cpt_status
cpt_repr_needs(struct cpt_repr *repr, int32_t field)
{
    return CPT_HAS(field) ? CPT_OK : cpt_repr_fail(repr, CPT_ABSENT, 0, "the layout lacks a field");
}

cpt_status
cpt_repr_struct(struct cpt_repr *repr, const struct cpt_object *object, size_t size, struct cpt_struct *s)
{
    return cpt_struct_read(repr->decode, s, object->address, size, &repr->error);
}

cpt_status
cpt_repr_plain_object(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_type *type = object->type;

    cpt_repr_text(repr, "<");
    /* object_repr writes tp_name where there is no module but builtins. */
    if (type->raw.data && (!type->module.data || cpt_text_is(&type->module, "builtins")))
        cpt_repr_bytes(repr, type->raw.data, type->raw.size);
    else
        cpt_repr_bytes(repr, type->name.data, type->name.size);
    cpt_repr_printf(repr, " object at 0x%" PRIx64 ">", object->address);
    return CPT_OK;
}

static void
write_last_part(struct cpt_repr *repr, const struct cpt_text *name)
{
    size_t dot = name->size;

    while (dot && name->data[dot - 1] != '.')
        dot--;
    cpt_repr_bytes(repr, name->data + dot, name->size - dot);
}

void
cpt_repr_type_name(struct cpt_repr *repr, const struct cpt_type *type)
{
    write_last_part(repr, type->raw.data ? &type->raw : &type->name);
}

void
cpt_repr_type_full_name(struct cpt_repr *repr, const struct cpt_type *type)
{
    if (type->raw.data)
        cpt_repr_bytes(repr, type->raw.data, type->raw.size);
    else if (type->flags & CPT_TYPE_HEAP) /* a class of Python's, with a name that is not ASCII */
        write_last_part(repr, &type->name);
    else
        cpt_repr_bytes(repr, type->name.data, type->name.size);
}

/* The text so far, to go back to. */
struct mark {
    size_t size, characters, depth;
    bool full;
};

static void
rewind_to(struct cpt_repr *repr, const struct mark *mark)
{
    repr->out->size = mark->size;
    if (repr->out->data)
        repr->out->data[mark->size] = '\0';
    repr->characters = mark->characters;
    repr->depth = mark->depth;
    repr->full = mark->full;
}

/* Each damaged object is told once, however often it is met. */
static void
tell(struct cpt_repr *repr, uint64_t address, const char *type)
{
    struct cpt_values *values = repr->values;

    if (cpt_hash_get(&values->told, address) || !cpt_hash_set(&values->told, address, values))
        return;
    if (!repr->error.address)
        repr->error.address = address;
    cpt_holes_add_error(repr->decode->holes, &repr->error, "the %s at 0x%" PRIx64 " is broken", type, address);
}

static cpt_status
write_broken(struct cpt_repr *repr, uint64_t address, const struct cpt_type *type)
{
    if (!repr->nesting)
        repr->whole_is_broken = true;
    if (!type) {
        tell(repr, address, "object");
        cpt_repr_printf(repr, "<broken object at 0x%" PRIx64 ">", address);
        return CPT_OK;
    }
    tell(repr, address, type->name.data);
    cpt_repr_text(repr, "<broken ");
    cpt_repr_bytes(repr, type->name.data, type->name.size);
    cpt_repr_printf(repr, " object at 0x%" PRIx64 ">", address);
    return CPT_OK;
}

static cpt_status
write_object(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct mark mark = {repr->out->size, repr->characters, repr->depth, repr->full};
    const struct cpt_kind *kind = cpt_kind_of(repr->values, object->type);
    cpt_status status;

    repr->nesting++;
    status = kind->write(repr, object);
    repr->nesting--;
    if (!status || status == CPT_NOMEM)
        return status;
    rewind_to(repr, &mark);
    if (status == CPT_ABSENT)
        return cpt_repr_plain_object(repr, object);
    return write_broken(repr, object->address, object->type);
}

cpt_status
cpt_repr_object(struct cpt_repr *repr, uint64_t address)
{
    struct cpt_object object;
    cpt_status status;

    if (repr->full || !cpt_repr_step(repr))
        return CPT_OK;
    if (repr->nesting == CPT_MAX_REPR_DEPTH) {
        repr->full = true;
        return CPT_OK;
    }
    status = cpt_object_open(&repr->values->types, address, &object, &repr->error);
    if (status == CPT_NOMEM)
        return status;
    return status ? write_broken(repr, address, NULL) : write_object(repr, &object);
}

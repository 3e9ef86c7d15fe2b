/* repr() of weak references, generators, frames, locks and capsules. */
#include "coreanalyze/decode/frame.h"
#include "coreanalyze/decode/instance.h"
#include "coreanalyze/decode/repr_parts.h"

#include <inttypes.h>

/* " (name)" of what a weak reference refers to. From 3.11 a name that its type knows of, before, an attribute. */
static cpt_status
write_referent_name(struct cpt_repr *repr, const struct cpt_object *referent)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_error ignored;
    struct cpt_text own = {0};
    uint64_t name = 0;
    char word[256];
    cpt_status status = CPT_OK;

    if (referent->type->flags & CPT_TYPE_TYPE) {
        const struct cpt_type *type = cpt_type_get(&repr->values->types, referent->address);

        if (!type || !type->name.data)
            return CPT_OK;
        cpt_repr_text(repr, " (");
        cpt_repr_type_name(repr, type);
        cpt_repr_text(repr, ")");
        return CPT_OK;
    }
    if (cpt_type_is(referent->type, "function")) {
        name = cpt_repr_peek(repr, referent->address, at->function.func_name);
    } else if (cpt_is_instance(repr->values, referent, "builtin_function_or_method")) {
        if (cpt_repr_c_string(repr, cpt_repr_peek(repr, cpt_repr_peek(repr, referent->address, at->cfunction.m_ml),
                                                  at->methoddef.ml_name), word))
            return CPT_OK;
        own = (struct cpt_text){.data = word, .size = strlen(word)};
    } else if (cpt_type_is(referent->type, "generator") || cpt_type_is(referent->type, "coroutine") ||
               cpt_type_is(referent->type, "async_generator")) {
        name = cpt_repr_peek(repr, referent->address, at->gen.gi_name);
    } else if (repr->values->dialect.weakref_own_name &&
               cpt_instance_find(repr->decode, referent->address, "__name__", &name, &ignored)) {
        name = 0;
    }
    if (!own.data && !(name && cpt_is_str(repr->values, name)))
        return CPT_OK;
    cpt_repr_text(repr, " (");
    if (own.data)
        cpt_repr_bytes(repr, own.data, own.size);
    else
        status = cpt_repr_str_plain(repr, name);
    cpt_repr_text(repr, ")");
    return status;
}

/* tp_name, or from 3.13 "%T": the name with its module, unless that is builtins or the main program. */
static void
write_referent_type(struct cpt_repr *repr, const struct cpt_type *type)
{
    if (!repr->values->dialect.weakref_full_name)
        cpt_repr_type_full_name(repr, type);
    else if (cpt_text_is(&type->module, "__main__"))
        cpt_repr_bytes(repr, type->qualname.data, type->qualname.size);
    else
        cpt_repr_bytes(repr, type->name.data, type->name.size);
}

/* Opens what the weak reference OBJECT refers to; *ALIVE is false where that is gone. */
static cpt_status
open_referent(struct cpt_repr *repr, const struct cpt_object *object, struct cpt_object *referent, bool *alive)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->weakref.wr_object);

    if (!status)
        status = cpt_object_open(&repr->values->types, cpt_struct_u64(&s, at->weakref.wr_object), referent,
                                 &repr->error);
    *alive = !status && !cpt_type_is(referent->type, "NoneType");
    return status;
}

/* weakref_repr in Objects/weakrefobject.c */
static cpt_status
write_weakref(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct cpt_object referent;
    bool alive;
    cpt_status status = open_referent(repr, object, &referent, &alive);

    if (status)
        return status;
    cpt_repr_printf(repr, "<weakref at 0x%" PRIx64 "; ", object->address);
    if (!alive) {
        cpt_repr_text(repr, "dead>");
        return CPT_OK;
    }
    cpt_repr_text(repr, "to '");
    write_referent_type(repr, referent.type);
    cpt_repr_printf(repr, "' at 0x%" PRIx64, referent.address);
    status = write_referent_name(repr, &referent);
    cpt_repr_text(repr, ">");
    return status;
}

static cpt_status
write_weakproxy(struct cpt_repr *repr, const struct cpt_object *object)
{
    bool new_style = repr->values->dialect.weakref_full_name, alive;
    struct cpt_object referent;
    cpt_status status = open_referent(repr, object, &referent, &alive);

    if (status)
        return status;
    cpt_repr_printf(repr, "<weakproxy at 0x%" PRIx64, object->address);
    if (new_style && !alive) {
        cpt_repr_text(repr, "; dead>");
        return CPT_OK;
    }
    cpt_repr_text(repr, new_style ? "; to '" : " to ");
    write_referent_type(repr, referent.type);
    cpt_repr_printf(repr, "%s at 0x%" PRIx64 ">", new_style ? "'" : "", referent.address);
    return CPT_OK;
}

static cpt_status
write_generator_like(struct cpt_repr *repr, const struct cpt_object *object, const char *word)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->gen.gi_qualname);

    if (status)
        return status;
    cpt_repr_printf(repr, "<%s object ", word);
    status = cpt_repr_str_plain(repr, cpt_struct_u64(&s, at->gen.gi_qualname));
    cpt_repr_printf(repr, " at 0x%" PRIx64 ">", object->address);
    return status;
}

static cpt_status
write_generator(struct cpt_repr *repr, const struct cpt_object *object)
{
    return write_generator_like(repr, object, "generator");
}

static cpt_status
write_coroutine(struct cpt_repr *repr, const struct cpt_object *object)
{
    return write_generator_like(repr, object, "coroutine");
}

static cpt_status
write_async_generator(struct cpt_repr *repr, const struct cpt_object *object)
{
    return write_generator_like(repr, object, "async_generator");
}

/* frame_repr in Objects/frameobject.c */
static cpt_status
write_frame(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_frame frame;
    cpt_status status = cpt_frame_object_read(repr->decode, object->address, &frame, &repr->error);

    if (status)
        return status;
    if (!frame.code)
        return cpt_repr_fail(repr, CPT_CORRUPT, object->address, "it has no code");
    cpt_repr_printf(repr, "<frame at 0x%" PRIx64 ", file ", object->address);
    status = cpt_repr_object(repr, cpt_repr_peek(repr, frame.code->address, at->code.co_filename));
    cpt_repr_printf(repr, ", line %d, code ", (int)frame.position.line);
    if (!status)
        status = cpt_repr_str_plain(repr, cpt_repr_peek(repr, frame.code->address, at->code.co_name));
    cpt_repr_text(repr, ">");
    return status;
}

/* A byte that says whether a lock is taken: a flag beside a semaphore, or since 3.13.1 bit 0 of a PyMutex. Which one it
   is was changed within 3.13, and the size of the type tells. */
static cpt_status
find_lock_byte(struct cpt_repr *repr, const struct cpt_object *object, int32_t *field)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    bool is_mutex = object->type->basicsize == (uint64_t)at->object.size + 8;

    *field = is_mutex ? at->lock.mutex : at->lock.locked;
    if (is_mutex && !CPT_HAS(*field))
        *field = at->object.size; /* the PyMutex is all there is behind the head */
    return cpt_repr_needs(repr, *field);
}

static cpt_status
write_lock(struct cpt_repr *repr, const struct cpt_object *object)
{
    int32_t field;
    uint8_t byte;
    cpt_status status = find_lock_byte(repr, object, &field);

    if (!status)
        status = cpt_memory_read(repr->decode->memory, object->address + (uint64_t)field, &byte, 1, &repr->error);
    if (status)
        return status;
    cpt_repr_text(repr, byte & 1 ? "<locked " : "<unlocked ");
    cpt_repr_type_full_name(repr, object->type);
    cpt_repr_printf(repr, " object at 0x%" PRIx64 ">", object->address);
    return CPT_OK;
}

static cpt_status
write_rlock(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint64_t owner, count;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->rlock.owner, at->rlock.count);

    if (status)
        return status;
    owner = cpt_struct_u64(&s, at->rlock.owner);
    count = cpt_struct_u64(&s, at->rlock.count);
    /* A recursive mutex (3.14+) counts from 0, and is free where nobody owns it. */
    if (CPT_HAS(at->rlock.mutex))
        count = owner ? count + 1 : 0;
    cpt_repr_text(repr, count ? "<locked " : "<unlocked ");
    cpt_repr_type_full_name(repr, object->type);
    cpt_repr_printf(repr, " object owner=%" PRId64 " count=%" PRIu64 " at 0x%" PRIx64 ">", (int64_t)owner, count,
                    object->address);
    return CPT_OK;
}

/* capsule_repr in Objects/capsule.c */
static cpt_status
write_capsule(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct cpt_struct s;
    uint64_t address;
    char name[256];
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, repr->decode->at->capsule.name);

    if (status)
        return status;
    address = cpt_struct_u64(&s, repr->decode->at->capsule.name);
    if (address)
        status = cpt_repr_c_string(repr, address, name);
    if (status)
        return status;
    cpt_repr_text(repr, "<capsule object ");
    cpt_repr_printf(repr, address ? "\"%s\"" : "NULL", name);
    cpt_repr_printf(repr, " at 0x%" PRIx64 ">", object->address);
    return CPT_OK;
}

const struct cpt_kind cpt_kinds_references[] = {
    {"weakref", write_weakref}, /* to 3.11 */
    {"weakref.ReferenceType", write_weakref},
    {"weakproxy", write_weakproxy}, /* to 3.11 */
    {"weakcallableproxy", write_weakproxy},
    {"weakref.ProxyType", write_weakproxy},
    {"weakref.CallableProxyType", write_weakproxy},
    {"generator", write_generator},
    {"coroutine", write_coroutine},
    {"async_generator", write_async_generator},
    {"frame", write_frame},
    {"_thread.lock", write_lock},
    {"_thread.RLock", write_rlock},
    {"PyCapsule", write_capsule},
    {"types.CapsuleType", write_capsule}, /* from 3.13 */
    {NULL, NULL},
};

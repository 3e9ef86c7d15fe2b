/* repr() of functions, methods, descriptors, code, types. */
#include "coreanalyze/decode/instance.h"
#include "coreanalyze/decode/repr_parts.h"

#include <inttypes.h>

/* type_repr in Objects/typeobject.c */
static cpt_status
write_type(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_type *type = cpt_type_get(&repr->values->types, object->address);

    if (!type)
        return cpt_repr_fail(repr, CPT_NOMEM, 0, "out of memory");
    if (type->broken)
        return cpt_repr_fail(repr, CPT_CORRUPT, object->address, "it is no type");
    cpt_repr_text(repr, "<class '");
    cpt_repr_bytes(repr, type->name.data, type->name.size);
    cpt_repr_text(repr, "'>");
    return CPT_OK;
}

static cpt_status
write_function(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->function.func_qualname);

    if (status)
        return status;
    cpt_repr_text(repr, "<function ");
    status = cpt_repr_str_plain(repr, cpt_struct_u64(&s, at->function.func_qualname));
    cpt_repr_printf(repr, " at 0x%" PRIx64 ">", object->address);
    return status;
}

static bool
is_module(struct cpt_repr *repr, uint64_t address)
{
    struct cpt_object object;
    struct cpt_error ignored;

    return !cpt_object_open(&repr->values->types, address, &object, &ignored) &&
           cpt_is_instance(repr->values, &object, "module");
}

/* The name of a function written in C, whose object is at ADDRESS; *SELF is what it is bound to, 0 for a function of a
   module. */
static cpt_status
read_builtin(struct cpt_repr *repr, const struct cpt_object *object, uint64_t *self, char name[256])
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint64_t text;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->cfunction.m_ml, at->cfunction.m_self);

    if (!status)
        status = cpt_repr_needs(repr, at->methoddef.ml_name);
    if (status)
        return status;
    *self = cpt_struct_u64(&s, at->cfunction.m_self);
    if (*self && is_module(repr, *self))
        *self = 0;
    text = cpt_repr_peek(repr, cpt_struct_u64(&s, at->cfunction.m_ml), at->methoddef.ml_name);
    return cpt_repr_c_string(repr, text, name);
}

/* " of T object at 0x…>", with the type of the object at ADDRESS */
static cpt_status
write_of_object(struct cpt_repr *repr, uint64_t address)
{
    struct cpt_object self;
    cpt_status status = cpt_object_open(&repr->values->types, address, &self, &repr->error);

    if (status)
        return status;
    cpt_repr_text(repr, " of ");
    cpt_repr_type_full_name(repr, self.type);
    cpt_repr_printf(repr, " object at 0x%" PRIx64 ">", address);
    return CPT_OK;
}

/* meth_repr in Objects/methodobject.c */
static cpt_status
write_builtin(struct cpt_repr *repr, const struct cpt_object *object)
{
    char name[256];
    uint64_t self;
    cpt_status status = read_builtin(repr, object, &self, name);

    if (status)
        return status;
    cpt_repr_text(repr, self ? "<built-in method " : "<built-in function ");
    cpt_repr_text(repr, name);
    if (self)
        return write_of_object(repr, self);
    cpt_repr_text(repr, ">");
    return CPT_OK;
}

/* meth_get__qualname__: that of the type that the method is bound to or of, and the name. */
static cpt_status
write_builtin_qualname(struct cpt_repr *repr, const struct cpt_object *object)
{
    char name[256];
    uint64_t self;
    struct cpt_object owner;
    const struct cpt_type *type;
    cpt_status status = read_builtin(repr, object, &self, name);

    if (!status && self) {
        status = cpt_object_open(&repr->values->types, self, &owner, &repr->error);
        if (status)
            return status;
        type = owner.type->flags & CPT_TYPE_TYPE ? cpt_type_get(&repr->values->types, self) : owner.type;
        if (!type)
            return cpt_repr_fail(repr, CPT_NOMEM, 0, "out of memory");
        cpt_repr_bytes(repr, type->qualname.data ? type->qualname.data : "?", type->qualname.data ? type->qualname.size : 1);
        cpt_repr_text(repr, ".");
    }
    if (!status)
        cpt_repr_text(repr, name);
    return status;
}

/* What a callable's own __dict__ says, as functools.update_wrapper leaves it. */
static cpt_status
write_attribute_name(struct cpt_repr *repr, uint64_t address)
{
    struct cpt_error ignored;
    uint64_t name;

    if (cpt_instance_find(repr->decode, address, "__qualname__", &name, &ignored) &&
        cpt_instance_find(repr->decode, address, "__name__", &name, &ignored)) {
        cpt_repr_text(repr, "?");
        return CPT_OK;
    }
    return cpt_repr_name(repr, name);
}

/* __qualname__ of what a method is bound to; a method has that of its function. */
static cpt_status
write_callable_name(struct cpt_repr *repr, uint64_t address)
{
    const struct cpt_layout_fields *at = repr->decode->at;

    for (int depth = 0; depth < 8; depth++) {
        struct cpt_object callable;
        cpt_status status = cpt_object_open(&repr->values->types, address, &callable, &repr->error);

        if (status)
            return status;
        if (cpt_type_is(callable.type, "function"))
            return cpt_repr_str_plain(repr, cpt_repr_peek(repr, address, at->function.func_qualname));
        if (cpt_is_instance(repr->values, &callable, "builtin_function_or_method"))
            return write_builtin_qualname(repr, &callable);
        if (callable.type->flags & CPT_TYPE_TYPE) {
            const struct cpt_type *type = cpt_type_get(&repr->values->types, address);

            if (type && type->qualname.data)
                cpt_repr_bytes(repr, type->qualname.data, type->qualname.size);
            return CPT_OK;
        }
        if (!cpt_type_is(callable.type, "method"))
            return write_attribute_name(repr, address);
        address = cpt_repr_peek(repr, address, at->method.im_func);
    }
    cpt_repr_text(repr, "?");
    return CPT_OK;
}

/* method_repr in Objects/classobject.c. No cycle is cut there either: only the recursion limit ends one. */
static cpt_status
write_method(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->method.im_func, at->method.im_self);

    if (status)
        return status;
    cpt_repr_text(repr, "<bound method ");
    status = write_callable_name(repr, cpt_struct_u64(&s, at->method.im_func));
    cpt_repr_text(repr, " of ");
    if (!status)
        status = cpt_repr_object(repr, cpt_struct_u64(&s, at->method.im_self));
    cpt_repr_text(repr, ">");
    return status;
}

/* Objects/descrobject.c. BARE: without the type where that is object. */
static cpt_status
write_descriptor(struct cpt_repr *repr, const struct cpt_object *object, const char *word, bool bare)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    const struct cpt_type *type;
    struct cpt_struct s;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->descr.d_name, at->descr.d_type);

    if (status)
        return status;
    type = cpt_type_get(&repr->values->types, cpt_struct_u64(&s, at->descr.d_type));
    if (!type || type->broken)
        return cpt_repr_fail(repr, type ? CPT_CORRUPT : CPT_NOMEM, object->address, "it belongs to no type");
    cpt_repr_printf(repr, "<%s '", word);
    status = cpt_repr_name(repr, cpt_struct_u64(&s, at->descr.d_name));
    if (bare && cpt_type_is(type, "object")) {
        cpt_repr_text(repr, "'>");
        return status;
    }
    cpt_repr_text(repr, "' of '");
    cpt_repr_type_full_name(repr, type);
    cpt_repr_text(repr, "' objects>");
    return status;
}

static cpt_status
write_method_descriptor(struct cpt_repr *repr, const struct cpt_object *object)
{
    return write_descriptor(repr, object, "method", false);
}

static cpt_status
write_member_descriptor(struct cpt_repr *repr, const struct cpt_object *object)
{
    return write_descriptor(repr, object, "member", false);
}

static cpt_status
write_getset_descriptor(struct cpt_repr *repr, const struct cpt_object *object)
{
    return write_descriptor(repr, object, "attribute", repr->values->dialect.object_attributes_bare);
}

static cpt_status
write_wrapper_descriptor(struct cpt_repr *repr, const struct cpt_object *object)
{
    return write_descriptor(repr, object, "slot wrapper", false);
}

static cpt_status
write_method_wrapper(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->wrapper.descr, at->wrapper.self);

    if (status)
        return status;
    cpt_repr_text(repr, "<method-wrapper '");
    status = cpt_repr_name(repr, cpt_repr_peek(repr, cpt_struct_u64(&s, at->wrapper.descr), at->descr.d_name));
    cpt_repr_text(repr, "'");
    return status ? status : write_of_object(repr, cpt_struct_u64(&s, at->wrapper.self));
}

static cpt_status
write_wrapping(struct cpt_repr *repr, const struct cpt_object *object, const char *word, int32_t callable)
{
    struct cpt_struct s;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, callable);

    if (status)
        return status;
    cpt_repr_printf(repr, "<%s(", word);
    status = cpt_repr_object(repr, cpt_struct_u64(&s, callable));
    cpt_repr_text(repr, ")>");
    return status;
}

/* Both have a repr of their own from 3.10; before, tp_repr is object's and does not lead here. */
static cpt_status
write_staticmethod(struct cpt_repr *repr, const struct cpt_object *object)
{
    return write_wrapping(repr, object, "staticmethod", repr->decode->at->staticmethod.sm_callable);
}

static cpt_status
write_classmethod(struct cpt_repr *repr, const struct cpt_object *object)
{
    return write_wrapping(repr, object, "classmethod", repr->decode->at->classmethod.cm_callable);
}

static cpt_status
write_code(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint64_t file;
    int32_t line;
    cpt_status status =
        CPT_REPR_FIELDS(repr, object, &s, at->code.co_name, at->code.co_filename, at->code.co_firstlineno);

    if (status)
        return status;
    file = cpt_struct_u64(&s, at->code.co_filename);
    line = (int32_t)cpt_struct_u32(&s, at->code.co_firstlineno);
    cpt_repr_text(repr, "<code object ");
    status = cpt_repr_str_plain(repr, cpt_struct_u64(&s, at->code.co_name));
    cpt_repr_printf(repr, " at 0x%" PRIx64 ", file ", object->address);
    if (status)
        return status;
    cpt_repr_text(repr, "\"");
    status = cpt_repr_str_plain(repr, file);
    cpt_repr_text(repr, "\"");
    cpt_repr_printf(repr, ", line %d>", line ? (int)line : -1);
    return status;
}

static cpt_status
write_cell(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_object content;
    struct cpt_struct s;
    uint64_t address;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->cell.ob_ref);

    if (status)
        return status;
    cpt_repr_printf(repr, "<cell at 0x%" PRIx64 ": ", object->address);
    address = cpt_struct_u64(&s, at->cell.ob_ref);
    if (!address) {
        cpt_repr_text(repr, "empty>");
        return CPT_OK;
    }
    status = cpt_object_open(&repr->values->types, address, &content, &repr->error);
    if (status)
        return status;
    cpt_repr_type_full_name(repr, content.type);
    cpt_repr_printf(repr, " object at 0x%" PRIx64 ">", address);
    return CPT_OK;
}

static cpt_status
write_type_name_at(struct cpt_repr *repr, uint64_t address)
{
    const struct cpt_type *type = cpt_type_get(&repr->values->types, address);

    if (!type || type->broken)
        return cpt_repr_fail(repr, type ? CPT_CORRUPT : CPT_NOMEM, address, "a class is none");
    cpt_repr_type_full_name(repr, type);
    return CPT_OK;
}

/* super_repr in Objects/typeobject.c */
static cpt_status
write_super(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint64_t type, obj_type;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->super.type, at->super.obj_type);

    if (status)
        return status;
    type = cpt_struct_u64(&s, at->super.type);
    obj_type = cpt_struct_u64(&s, at->super.obj_type);
    cpt_repr_text(repr, "<super: <class '");
    if (type)
        status = write_type_name_at(repr, type);
    else
        cpt_repr_text(repr, "NULL");
    if (status || !obj_type) {
        cpt_repr_text(repr, "'>, NULL>");
        return status;
    }
    cpt_repr_text(repr, "'>, <");
    status = write_type_name_at(repr, obj_type);
    cpt_repr_text(repr, " object>>");
    return status;
}

const struct cpt_kind cpt_kinds_callables[] = {
    {"type", write_type},
    {"function", write_function},
    {"builtin_function_or_method", write_builtin},
    {"method", write_method},
    {"method_descriptor", write_method_descriptor},
    {"classmethod_descriptor", write_method_descriptor},
    {"member_descriptor", write_member_descriptor},
    {"getset_descriptor", write_getset_descriptor},
    {"wrapper_descriptor", write_wrapper_descriptor},
    {"method-wrapper", write_method_wrapper},
    {"staticmethod", write_staticmethod},
    {"classmethod", write_classmethod},
    {"code", write_code},
    {"cell", write_cell},
    {"super", write_super},
    {NULL, NULL},
};

#include "tests/synthetic/gallery_build.h"

#include <inttypes.h>
#include <string.h>

static uint64_t
make_str(struct gallery_maker *maker, const char *text)
{
    return object_str(maker->world, text, STR_SMALLEST);
}

static uint64_t
make_builtin(struct gallery_maker *maker, const char *name)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t object = gallery_object(maker, "builtin", G_CFUNCTION, at->cfunction.size);
    uint64_t definition = world_add(maker->world, "method definition", (size_t)at->methoddef.size);
    uint64_t text = world_add(maker->world, "C string", strlen(name) + 1);

    memcpy(world_bytes(maker->world, text, strlen(name)), name, strlen(name));
    gallery_point(maker, "cfunction.m_ml", object, at->cfunction.m_ml, definition);
    gallery_point(maker, "cfunction.m_self", object, at->cfunction.m_self, 0);
    gallery_point(maker, "methoddef.ml_name", definition, at->methoddef.ml_name, text);
    return object;
}

static uint64_t
make_function(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t object = gallery_object(maker, "function", G_FUNCTION, at->function.size);

    gallery_point(maker, "function.func_name", object, at->function.func_name, make_str(maker, "f"));
    gallery_point(maker, "function.func_qualname", object, at->function.func_qualname, make_str(maker, "C.f"));
    gallery_point(maker, "function.func_module", object, at->function.func_module, make_str(maker, "m"));
    return object;
}

static uint64_t
make_code(struct gallery_maker *maker)
{
    struct object_code code = {.name = make_str(maker, "g"),
                               .qualname = make_str(maker, "C.g"),
                               .file = make_str(maker, "/f.py"),
                               .first_line = 12,
                               .units = 4};

    return object_code(maker->world, &code);
}

static void
make_callables(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t function = make_function(maker), object;

    gallery_add(maker, "function", function, "<function C.f at 0x%" PRIx64 ">", function);
    function = make_function(maker);
    object = gallery_object(maker, "method", G_METHOD, at->method.size);
    gallery_point(maker, "method.im_func", object, at->method.im_func, function);
    gallery_point(maker, "method.im_self", object, at->method.im_self, maker->one);
    gallery_add(maker, "method", object, "<bound method C.f of 1>");
    gallery_add(maker, "builtin", make_builtin(maker, "len"), "<built-in function len>");
    object = make_code(maker);
    gallery_add(maker, "code", object, "<code object g at 0x%" PRIx64 ", file \"/f.py\", line 12>", object);
    object = gallery_object(maker, "cell", G_CELL, at->cell.size);
    gallery_point(maker, "cell.ob_ref", object, at->cell.ob_ref, maker->one);
    gallery_add(maker, "cell", object, "<cell at 0x%" PRIx64 ": int object at 0x%" PRIx64 ">", object, maker->one);
}

static void
make_partial(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t object;
    struct object_item named;

    if (!CPT_HAS(at->partial.size))
        return;
    named = (struct object_item){make_str(maker, "a"), maker->two};
    object = gallery_object(maker, "partial", G_PARTIAL, at->partial.size);
    gallery_point(maker, "partial.fn", object, at->partial.fn, make_builtin(maker, "len"));
    gallery_point(maker, "partial.args", object, at->partial.args, gallery_tuple(maker, &maker->one, 1));
    gallery_point(maker, "partial.kw", object, at->partial.kw, object_dict(maker->world, &named, 1, true));
    gallery_add(maker, "partial", object, "functools.partial(<built-in function len>, 1, a=2)");
}

static void
make_modules(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    struct object_item names[2];
    uint64_t object;

    /* A module need not have a name: what cannot be found is not there. */
    maker->world->least = WORLD_HINT;
    names[0] = (struct object_item){make_str(maker, "__name__"), make_str(maker, "made")};
    names[1] = (struct object_item){make_str(maker, "__file__"), make_str(maker, "/made.py")};
    object = gallery_object(maker, "module", G_MODULE, at->module.size);
    gallery_point(maker, "module.md_dict", object, at->module.md_dict, object_dict(maker->world, names, 2, true));
    gallery_add(maker, "module", object, "<module 'made' from '/made.py'>");
    maker->world->least = WORLD_POINTER;
    object = gallery_object(maker, "namespace", G_NAMESPACE, at->namespace.size);
    names[0] = (struct object_item){make_str(maker, "a"), maker->one};
    gallery_point(maker, "namespace.ns_dict", object, at->namespace.ns_dict,
                  object_dict(maker->world, names, 1, true));
    gallery_add(maker, "namespace", object, "namespace(a=1)");
}

static void
make_references(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t object = gallery_object(maker, "weakref", G_WEAKREF, at->weakref.size);

    gallery_point(maker, "weakref.wr_object", object, at->weakref.wr_object, maker->none);
    gallery_add(maker, "dead weakref", object, "<weakref at 0x%" PRIx64 "; dead>", object);
    object = gallery_object(maker, "unknown", G_UNKNOWN, 64);
    gallery_add(maker, "unknown", object, "<some.extension.Type object at 0x%" PRIx64 ">", object);
}

static void
make_generator(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t object = gallery_object(maker, "generator", G_GENERATOR, at->gen.size);

    gallery_point(maker, "gen.gi_name", object, at->gen.gi_name, make_str(maker, "g"));
    gallery_point(maker, "gen.gi_qualname", object, at->gen.gi_qualname, make_str(maker, "C.g"));
    gallery_point(maker, "gen.gi_code", object, at->gen.gi_code, make_code(maker));
    gallery_add(maker, "generator", object, "<generator object C.g at 0x%" PRIx64 ">", object);
}

static void
make_types(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    const uint64_t arguments[] = {maker->types[G_INT], maker->types[G_NONE]};
    uint64_t object;

    gallery_add(maker, "type", maker->types[G_INT], "<class 'int'>");
    if (CPT_HAS(at->alias.size)) {
        object = gallery_object(maker, "alias", G_ALIAS, at->alias.size);
        gallery_point(maker, "alias.origin", object, at->alias.origin, maker->types[G_LIST]);
        gallery_point(maker, "alias.args", object, at->alias.args, gallery_tuple(maker, arguments, 1));
        gallery_add(maker, "alias", object, "list[int]");
    }
    if (CPT_HAS(at->uniontype.size)) {
        object = gallery_object(maker, "union", G_UNION, at->uniontype.size);
        gallery_point(maker, "uniontype.args", object, at->uniontype.args, gallery_tuple(maker, arguments, 2));
        gallery_add(maker, "union", object, "int | None");
    }
}

static void
make_exceptions(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    const uint64_t arguments[] = {maker->text, maker->two};

    for (size_t count = 1; count <= 2; count++) {
        uint64_t object = gallery_object(maker, "exception", G_VALUEERROR, at->exception.size);

        gallery_point(maker, "exception.args", object, at->exception.args, gallery_tuple(maker, arguments, count));
        gallery_add(maker, "exception", object, count == 1 ? "ValueError('text')" : "ValueError('text', 2)");
    }
}

static void
make_memoryview(struct gallery_maker *maker)
{
    const struct cpt_layout_fields *at = maker->at;
    uint64_t object = gallery_object(maker, "memoryview", G_MEMORYVIEW, at->memview.size);

    gallery_put(maker, "memview.ndim", object, at->memview.ndim, 4, 1);
    gallery_add(maker, "memoryview", object, "<memory at 0x%" PRIx64 ">", object);
}

void
gallery_make_others(struct gallery_maker *maker)
{
    make_callables(maker);
    make_partial(maker);
    make_modules(maker);
    make_references(maker);
    make_generator(maker);
    make_types(maker);
    make_exceptions(maker);
    make_memoryview(maker);
}

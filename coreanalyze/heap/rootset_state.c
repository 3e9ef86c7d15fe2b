/* What the states of threads, of interpreters and of the runtime hold, and static types. */
#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/dict.h"
#include "coreanalyze/heap/rooting.h"
#include "coreanalyze/heap/walk.h"

#include <stddef.h>

/* A field that holds a counted reference. */
struct field {
    size_t offset; /* of the field in cpt_layout_fields */
    const char *name;
};

#define FIELD(structure, name) {offsetof(struct cpt_layout_fields, structure.name), #name}

static const struct field thread_fields[] = {
    FIELD(tstate, current_exception), FIELD(tstate, curexc_type), FIELD(tstate, curexc_value),
    FIELD(tstate, curexc_traceback), FIELD(tstate, exc_value), FIELD(tstate, exc_type), FIELD(tstate, exc_traceback),
    FIELD(tstate, dict), FIELD(tstate, context), FIELD(tstate, async_exc), FIELD(tstate, c_profileobj),
    FIELD(tstate, c_traceobj), FIELD(tstate, async_gen_firstiter), FIELD(tstate, async_gen_finalizer),
    FIELD(tstate, threading_local_key), FIELD(tstate, threading_local_sentinel),
};

static const struct field interpreter_fields[] = {
    FIELD(interp, modules), FIELD(interp, sysdict), FIELD(interp, builtins), FIELD(interp, importlib),
    FIELD(interp, import_func), FIELD(interp, modules_by_index), FIELD(interp, codec_search_path),
    FIELD(interp, codec_search_cache), FIELD(interp, codec_error_registry), FIELD(interp, dict),
    FIELD(interp, sysdict_copy), FIELD(interp, builtins_copy), FIELD(interp, before_forkers),
    FIELD(interp, after_forkers_parent), FIELD(interp, after_forkers_child), FIELD(interp, audit_hooks),
    FIELD(interp, interned_strings),
};

static const struct field collector_fields[] = {FIELD(gc, garbage), FIELD(gc, callbacks)};
static const struct field runtime_fields[] = {FIELD(runtime, gc_garbage), FIELD(runtime, gc_callbacks)};

/* tp_weaklist, which follows, is not counted; nor is tp_base of static types any matter: that is static too. */
static const struct field type_fields[] = {
    FIELD(type, tp_dict), FIELD(type, tp_bases), FIELD(type, tp_mro), FIELD(type, tp_cache),
    FIELD(type, tp_subclasses), FIELD(type, tp_base),
};

static const struct field own_type_fields[] = {FIELD(statictype, tp_dict), FIELD(statictype, tp_subclasses)};

#define COUNT(fields) (sizeof(fields) / sizeof((fields)[0]))

static int32_t
offset_of(const struct cpt_rooting *r, const struct field *field)
{
    return *(const int32_t *)((const char *)r->heap->decode.at + field->offset);
}

/* The fields of the structure at ADDRESS, which are not to be scanned then. */
static void
tell_fields(struct cpt_rooting *r, uint64_t address, const struct field *fields, size_t count, struct cpt_root root)
{
    for (size_t i = 0; i < count; i++) {
        int32_t offset = offset_of(r, &fields[i]);

        if (!CPT_HAS(offset))
            continue;
        root.flags = CPT_EDGE_EXACT | CPT_EDGE_OWNED;
        root.name = fields[i].name;
        root.target = cpt_rooting_word(r, address + (uint64_t)offset);
        cpt_rooting_tell(r, &root);
        cpt_rooting_take(r, address + (uint64_t)offset, 8);
    }
}

void
cpt_rooting_thread_fields(struct cpt_rooting *r, const struct cpt_rooting_thread *thread)
{
    const struct cpt_layout_fields *at = r->heap->decode.at;
    struct cpt_root root = {.kind = CPT_ROOT_THREAD, .thread = thread->tid};

    tell_fields(r, thread->thread.address, thread_fields, COUNT(thread_fields), root);
    /* Borrowed, and told with the frames. */
    if (CPT_HAS(at->tstate.frame))
        cpt_rooting_take(r, thread->thread.address + (uint64_t)at->tstate.frame, 8);
}

void
cpt_rooting_interpreter_fields(struct cpt_rooting *r)
{
    const struct cpt_layout_fields *at = r->heap->decode.at;
    struct cpt_root root = {.kind = CPT_ROOT_INTERPRETER};

    for (size_t i = 0; i < r->heap->interpreter_count; i++) {
        uint64_t address = r->heap->interpreters[i].address;

        tell_fields(r, address, interpreter_fields, COUNT(interpreter_fields), root);
        if (CPT_HAS(at->interp.gc))
            tell_fields(r, address + (uint64_t)at->interp.gc, collector_fields, COUNT(collector_fields), root);
    }
    tell_fields(r, r->heap->runtime.address, runtime_fields, COUNT(runtime_fields), root);
}

static void
tell_modules(struct cpt_rooting *r, uint64_t modules)
{
    struct cpt_root root = {.kind = CPT_ROOT_MODULE, .flags = CPT_EDGE_EXACT | CPT_ROOT_OF_OBJECT};
    struct cpt_dict_walk walk;
    struct cpt_error error;
    cpt_status status = cpt_dict_open(&walk, &r->heap->decode, modules, &error);

    while (!status && !(status = cpt_dict_next(&walk, &root.detail, &root.target, &error)))
        cpt_rooting_tell(r, &root);
    if (status != CPT_ABSENT)
        cpt_holes_add_error(r->heap->decode.holes, &error, "sys.modules");
}

void
cpt_rooting_modules(struct cpt_rooting *r)
{
    for (size_t i = 0; i < r->heap->interpreter_count; i++) {
        if (r->heap->interpreters[i].modules)
            tell_modules(r, r->heap->interpreters[i].modules);
    }
}

/* The static type at ADDRESS. */
static void
tell_type(struct cpt_rooting *r, uint64_t address)
{
    struct cpt_root root = {.kind = CPT_ROOT_STATIC, .detail = address};
    const struct cpt_layout_fields *at = r->heap->decode.at;

    uint64_t *known = cpt_vec_add(&r->static_types);

    if (known)
        *known = address;
    else
        r->out_of_memory = true;
    tell_fields(r, address, type_fields, COUNT(type_fields), root);
    if (CPT_HAS(at->type.tp_subclasses))
        cpt_rooting_take(r, address + (uint64_t)at->type.tp_subclasses + 8, 8); /* tp_weaklist */
}

/* The types whose instances are types. */
static bool
is_metatype(const struct cpt_rooting *r, uint64_t address)
{
    for (size_t i = 0; i < r->metatypes.count; i++) {
        if (r->metatypes.items[i] == address)
            return true;
    }
    return false;
}

/* The types within REGION, by what they begin with. */
static void
find_types(struct cpt_rooting *r, const struct cpt_region *region)
{
    const struct cpt_layout_fields *at = r->heap->decode.at;
    uint64_t span = (uint64_t)at->type.size, size = region->end - region->start;
    struct cpt_types *types = &r->heap->values.types;

    for (uint64_t i = 0; size >= span && i <= size - span; i += 8) {
        const struct cpt_type *type;

        if (!is_metatype(r, cpt_load_u64(region->bytes + i + at->object.ob_type)))
            continue;
        type = cpt_type_get(types, region->start + i);
        if (type && !type->broken && cpt_type_is_sound(types, type))
            tell_type(r, region->start + i);
    }
}

static bool
is_static_type(const struct cpt_rooting *r, uint64_t address)
{
    size_t low = 0, high = r->static_types.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (r->static_types.items[middle] == address)
            return true;
        if (r->static_types.items[middle] < address)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* Between the type and its dict are flags, each an int (isbuiltin, readying, ready). In the methods' cache, which is in
   the same memory, a type can come before a dict as well, with a version and a name between them. */
static bool
has_flags(const struct cpt_rooting *r, uint64_t state)
{
    const struct cpt_layout_fields *at = r->heap->decode.at;

    for (int32_t i = at->statictype.type + 8; i < at->statictype.tp_dict; i += 8) {
        uint64_t two = cpt_rooting_word(r, state + (uint64_t)i);

        if ((uint32_t)two > 1 || two >> 32 > 1)
            return false;
    }
    return true;
}

/* What an interpreter has for itself of the static types (3.12+), wherever in its state that is. */
static void
tell_own_types(struct cpt_rooting *r, const struct cpt_run *interpreter)
{
    const struct cpt_layout_fields *at = r->heap->decode.at;
    struct cpt_types *types = &r->heap->values.types;
    struct cpt_root root = {.kind = CPT_ROOT_STATIC};

    for (uint64_t i = interpreter->start; i + (uint64_t)at->statictype.size <= interpreter->end; i += 8) {
        root.detail = cpt_rooting_word(r, i + (uint64_t)at->statictype.type);
        if (!is_static_type(r, root.detail) || !has_flags(r, i) ||
            !cpt_object_is(types, cpt_rooting_word(r, i + (uint64_t)at->statictype.tp_dict), "dict"))
            continue;
        tell_fields(r, i, own_type_fields, COUNT(own_type_fields), root);
        if (CPT_HAS(at->statictype.tp_weaklist))
            cpt_rooting_take(r, i + (uint64_t)at->statictype.tp_weaklist, 8);
    }
}

void
cpt_rooting_static_types(struct cpt_rooting *r)
{
    const struct cpt_layout_fields *at = r->heap->decode.at;

    if (!CPT_HAS(at->type.size) || !CPT_HAS(at->object.ob_type))
        return;
    for (size_t i = 0; i < r->heap->regions.count; i++) {
        if (r->heap->regions.items[i].kind == CPT_REGION_IMAGE)
            find_types(r, &r->heap->regions.items[i]);
    }
    if (!CPT_HAS(at->statictype.size) || !CPT_HAS(at->statictype.tp_dict))
        return;
    for (size_t i = 0; i < r->interpreters.count; i++)
        tell_own_types(r, &r->interpreters.items[i]);
}

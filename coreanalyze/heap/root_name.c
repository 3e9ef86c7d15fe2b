#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/dict.h"
#include "coreanalyze/decode/str.h"
#include "coreanalyze/heap/naming.h"
#include "coreanalyze/heap/walk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The dict of the module at ADDRESS, or 0. */
static uint64_t
module_dict(struct cpt_heap *heap, uint64_t address)
{
    struct cpt_error ignored;
    uint64_t dict;

    if (!CPT_HAS(heap->decode.at->module.md_dict) || !cpt_object_is(&heap->values.types, address, "module") ||
        cpt_memory_read_u64(heap->decode.memory, address + (uint64_t)heap->decode.at->module.md_dict, &dict, &ignored))
        return 0;
    return dict;
}

/* The value of the key that is the SIZE characters at WORD, ASCII; 0: there is none. */
static uint64_t
look_up(struct cpt_heap *heap, uint64_t dict, const char *word, size_t size)
{
    char *copy = dict ? strndup(word, size) : NULL;
    struct cpt_error ignored;
    uint64_t value;

    if (!copy || cpt_dict_find(&heap->decode, dict, copy, &value, &ignored))
        value = 0;
    free(copy);
    return value;
}

/* The attribute of the module or class at ADDRESS that its own dict has under a name. */
static uint64_t
look_into(struct cpt_heap *heap, uint64_t address, const char *word, size_t size)
{
    uint64_t dict = module_dict(heap, address);
    const struct cpt_type *type;
    struct cpt_object object;
    struct cpt_error ignored;

    if (!dict && !cpt_object_open(&heap->values.types, address, &object, &ignored) &&
        object.type->flags & CPT_TYPE_TYPE) {
        type = cpt_type_get(&heap->values.types, address);
        dict = type && !type->broken ? type->dict : 0;
    }
    return look_up(heap, dict, word, size);
}

/* What the dotted NAME gives, whose first word is looked up in the dict at NAMES; 0: nothing. */
static uint64_t
resolve(struct cpt_heap *heap, uint64_t names, const char *name, size_t size)
{
    const char *end = name + size, *dot, *word = name;
    uint64_t at = 0;

    for (; word <= end; word = dot + 1) {
        dot = memchr(word, '.', (size_t)(end - word));
        if (!dot)
            dot = end;
        if (!cpt_name_is_identifier(word, (size_t)(dot - word)))
            return 0;
        at = word == name ? look_up(heap, names, word, (size_t)(dot - word))
                          : look_into(heap, at, word, (size_t)(dot - word));
        if (!at)
            return 0;
    }
    return at;
}

void
cpt_name_module(struct cpt_heap *heap, uint64_t key, uint64_t module, struct cpt_buffer *out)
{
    struct cpt_text name = cpt_name_text(heap, key);

    for (size_t i = 0; name.data && i < heap->interpreter_count; i++) {
        if (resolve(heap, heap->interpreters[i].modules, name.data, name.size) == module) {
            cpt_buffer_add(out, name.data, name.size);
            return;
        }
    }
    cpt_buffer_add_text(out, "sys.modules");
    cpt_name_key(heap, key, out);
}

bool
cpt_name_class(struct cpt_heap *heap, const struct cpt_type *type, struct cpt_buffer *out)
{
    bool is_builtin = type->module.data && cpt_text_is(&type->module, "builtins");

    if (!type->name.data || !type->module.data)
        return false;
    for (size_t i = 0; i < heap->interpreter_count; i++) {
        uint64_t names = is_builtin ? heap->interpreters[i].builtins : heap->interpreters[i].modules;

        if (resolve(heap, names, type->name.data, type->name.size) == type->address) {
            cpt_buffer_add(out, type->name.data, type->name.size);
            return true;
        }
    }
    return false;
}

void
cpt_name_type(struct cpt_heap *heap, const struct cpt_type *type, struct cpt_buffer *out)
{
    if (cpt_name_class(heap, type, out))
        return;
    cpt_buffer_add_text(out, "<class '");
    cpt_buffer_add(out, type->name.data, type->name.size);
    cpt_buffer_add_text(out, "'>");
}

/* The module's name in the globals of the frame at FRAME. */
static struct cpt_text
frame_module(struct cpt_heap *heap, uint64_t frame)
{
    const struct cpt_layout_fields *at = heap->decode.at;
    int32_t field = CPT_HAS(at->frame.f_lasti) ? at->frame.f_globals : at->iframe.f_globals;
    struct cpt_error ignored;
    uint64_t globals;

    if (!CPT_HAS(field) || cpt_memory_read_u64(heap->decode.memory, frame + (uint64_t)field, &globals, &ignored))
        return (struct cpt_text){0};
    return cpt_name_text(heap, look_up(heap, globals, "__name__", strlen("__name__")));
}

static struct cpt_code *
frame_code(struct cpt_heap *heap, uint64_t address)
{
    struct cpt_frame frame = {0};
    struct cpt_error ignored;

    return cpt_frame_read(&heap->decode, address, &frame, &ignored) ? NULL : frame.code;
}

void
cpt_name_function(struct cpt_heap *heap, uint64_t frame, struct cpt_buffer *out)
{
    struct cpt_text module = frame_module(heap, frame);
    const struct cpt_code *code = frame_code(heap, frame);
    const struct cpt_text *name = !code ? NULL : code->qualname.data ? &code->qualname : &code->name;

    if (module.data) {
        cpt_buffer_add(out, module.data, module.size);
        cpt_buffer_add_char(out, '.');
    }
    if (name && name->data)
        cpt_buffer_add(out, name->data, name->size);
    else
        cpt_buffer_printf(out, "<frame at 0x%" PRIx64 ">", frame);
}

static void
add_frame_root(struct cpt_heap *heap, const struct cpt_root *root, struct cpt_buffer *out)
{
    const struct cpt_variable *variable;

    if (!root->frame) {
        cpt_buffer_add_text(out, "<data stack>");
        return;
    }
    cpt_name_function(heap, root->frame, out);
    if (root->kind == CPT_ROOT_STACK) {
        cpt_buffer_printf(out, ":<stack %" PRIu64 ">", root->detail);
        return;
    }
    if (root->kind == CPT_ROOT_FRAME) {
        cpt_buffer_printf(out, ":<%s>", root->name ? root->name : "frame");
        return;
    }
    variable = cpt_name_variable(heap, frame_code(heap, root->frame), root->detail);
    cpt_buffer_add_text(out, ":local ");
    if (variable)
        cpt_buffer_add(out, variable->name.data, variable->name.size);
    else
        cpt_buffer_printf(out, "%" PRIu64, root->detail);
}

/* What Python has a name for. */
static void
add_interpreter_root(const struct cpt_root *root, struct cpt_buffer *out)
{
    static const struct { const char *field, *text; } known[] = {
        {"modules", "sys.modules"}, {"sysdict", "sys.__dict__"}, {"builtins", "builtins.__dict__"},
        {"garbage", "gc.garbage"}, {"callbacks", "gc.callbacks"}, {"gc_garbage", "gc.garbage"},
        {"gc_callbacks", "gc.callbacks"}, {"runtime", "the runtime's <state>"},
    };

    for (size_t i = 0; root->name && i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(root->name, known[i].field) == 0) {
            cpt_buffer_add_text(out, known[i].text);
            return;
        }
    }
    cpt_buffer_printf(out, "the interpreter's <%s>", root->name ? root->name : "state");
}

static void
add_static_root(struct cpt_heap *heap, const struct cpt_root *root, struct cpt_buffer *out)
{
    static const char *const attributes[][2] = {
        {"tp_dict", ".__dict__"}, {"tp_bases", ".__bases__"}, {"tp_mro", ".__mro__"}, {"tp_base", ".__base__"},
    };
    const struct cpt_type *type = cpt_type_get(&heap->values.types, root->detail);

    if (type)
        cpt_name_type(heap, type, out);
    for (size_t i = 0; root->name && i < sizeof(attributes) / sizeof(attributes[0]); i++) {
        if (strcmp(root->name, attributes[i][0]) == 0) {
            cpt_buffer_add_text(out, attributes[i][1]);
            return;
        }
    }
    cpt_buffer_printf(out, ".<%s>", root->name ? root->name : "static");
}

/* Which file the data at ADDRESS belong to. */
static const char *
image_name(const struct cpt_heap *heap, uint64_t address)
{
    const struct cpt_regions *regions = &heap->regions;
    const struct cpt_mapping *mapping = cpt_memory_mapping(regions->memory, address);
    const char *slash;

    for (size_t i = 0; (!mapping || !mapping->path || mapping->path[0] != '/') && i < regions->image_count; i++) {
        if (regions->images[i].start <= address && address < regions->images[i].end)
            mapping = cpt_memory_mapping(regions->memory, regions->images[i].start);
    }
    if (!mapping || !mapping->path)
        return "a library";
    slash = strrchr(mapping->path, '/');
    return slash ? slash + 1 : mapping->path;
}

static void
add_thread(const struct cpt_root *root, const char *what, struct cpt_buffer *out)
{
    cpt_buffer_add_text(out, what);
    if (root->thread)
        cpt_buffer_printf(out, " of thread %d", (int)root->thread);
}

void
cpt_name_root(struct cpt_heap *heap, const struct cpt_root *root, struct cpt_buffer *out)
{
    switch ((enum cpt_root_kind)root->kind) {
    case CPT_ROOT_MODULE:
        cpt_name_module(heap, root->detail, root->target, out);
        break;
    case CPT_ROOT_LOCAL:
    case CPT_ROOT_STACK:
    case CPT_ROOT_FRAME:
        add_frame_root(heap, root, out);
        break;
    case CPT_ROOT_THREAD:
        if (root->thread)
            cpt_buffer_printf(out, "thread %d's <%s>", (int)root->thread, root->name ? root->name : "state");
        else
            cpt_buffer_printf(out, "a thread's <%s>", root->name ? root->name : "state");
        break;
    case CPT_ROOT_INTERPRETER:
        add_interpreter_root(root, out);
        break;
    case CPT_ROOT_STATIC:
        add_static_root(heap, root, out);
        break;
    case CPT_ROOT_C_STACK:
        add_thread(root, "C stack", out);
        break;
    case CPT_ROOT_REGISTER:
        cpt_buffer_printf(out, "register %s", root->name ? root->name : "?");
        add_thread(root, "", out);
        break;
    case CPT_ROOT_DATA:
        cpt_buffer_printf(out, "data of %s at 0x%" PRIx64, image_name(heap, root->detail), root->detail);
        break;
    case CPT_ROOT_NATIVE:
        cpt_buffer_printf(out, "native memory at 0x%" PRIx64, root->detail);
        break;
    }
}

cpt_status
cpt_root_name(struct cpt_heap *heap, const struct cpt_root *root, struct cpt_text *name, struct cpt_error *error)
{
    struct cpt_buffer out = {0};

    cpt_name_root(heap, root, &out);
    return cpt_name_keep(heap, &out, name, error);
}

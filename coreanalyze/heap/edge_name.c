#include "coreanalyze/heap/naming.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/generator.h"
#include "coreanalyze/decode/sequence.h"
#include "coreanalyze/decode/str.h"

#include <inttypes.h>
#include <string.h>

#define MAX_KEY 65536 /* characters of a key that is written in full */
#define MAX_KEY_DEPTH 8

static const char *const keywords[] = {
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield", "__debug__",
};

static bool
is_word_character(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
}

bool
cpt_name_is_identifier(const char *name, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!is_word_character(name[i], i == 0))
            return false;
    }
    for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
        if (strlen(keywords[i]) == size && memcmp(keywords[i], name, size) == 0)
            return false;
    }
    return size > 0;
}

struct cpt_text
cpt_name_text(struct cpt_heap *heap, uint64_t address)
{
    struct cpt_text text = {0};
    struct cpt_error ignored;

    if (!cpt_object_is(&heap->values.types, address, "str") ||
        cpt_str_read(&heap->decode, address, MAX_KEY, &text, &ignored))
        text.data = NULL;
    return text;
}

/* Whether the repr of the object at ADDRESS, evaluated, gives an equal one. */
static bool
is_literal(struct cpt_heap *heap, uint64_t address, int depth, unsigned *parts)
{
    static const char *const literals[] = {"str", "int", "bytes", "bool", "NoneType", "float", "complex", "range"};
    struct cpt_object object;
    struct cpt_sequence items;
    struct cpt_error ignored;
    uint64_t item;

    if (depth == MAX_KEY_DEPTH || ++*parts > MAX_KEY ||
        cpt_object_open(&heap->values.types, address, &object, &ignored))
        return false;
    for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
        if (cpt_type_is(object.type, literals[i]))
            return true;
    }
    if (cpt_type_is(object.type, "frozenset"))
        return true;
    if (!cpt_type_is(object.type, "tuple") || cpt_sequence_open(&items, &heap->decode, address, &ignored))
        return false;
    while (!cpt_sequence_next(&items, &item, &ignored)) {
        if (!item || !is_literal(heap, item, depth + 1, parts))
            return false;
    }
    return true;
}

/* A class as a key: by its name. */
static bool
add_class(struct cpt_heap *heap, uint64_t address, struct cpt_buffer *out)
{
    struct cpt_object object;
    struct cpt_error ignored;
    const struct cpt_type *type;

    if (cpt_object_open(&heap->values.types, address, &object, &ignored) || !(object.type->flags & CPT_TYPE_TYPE))
        return false;
    type = cpt_type_get(&heap->values.types, address);
    return type && !type->broken && cpt_name_class(heap, type, out);
}

/* Of floats only these are no literals. */
static bool
add_special_float(const struct cpt_text *repr, struct cpt_buffer *out)
{
    if (!cpt_text_is(repr, "inf") && !cpt_text_is(repr, "-inf") && !cpt_text_is(repr, "nan"))
        return false;
    cpt_buffer_printf(out, "float('%s')", repr->data);
    return true;
}

void
cpt_name_repr(struct cpt_heap *heap, uint64_t address, bool evaluated, struct cpt_buffer *out)
{
    size_t limit = heap->values.limit;
    struct cpt_value value;
    struct cpt_error ignored;
    unsigned parts = 0;

    if (evaluated && add_class(heap, address, out))
        return;
    if (evaluated && is_literal(heap, address, 0, &parts))
        heap->values.limit = MAX_KEY;
    if (cpt_value_read(&heap->values, address, &value, &ignored))
        out->failed = true;
    else if (!evaluated || !cpt_object_is(&heap->values.types, address, "float") ||
             !add_special_float(&value.repr, out))
        cpt_buffer_add(out, value.repr.data, value.repr.size);
    heap->values.limit = limit;
}

void
cpt_name_key(struct cpt_heap *heap, uint64_t key, struct cpt_buffer *out)
{
    cpt_buffer_add_char(out, '[');
    cpt_name_repr(heap, key, true, out);
    cpt_buffer_add_char(out, ']');
}

const struct cpt_variable *
cpt_name_variable(struct cpt_heap *heap, struct cpt_code *code, uint64_t slot)
{
    const struct cpt_variables *variables = code && !code->broken ? cpt_code_variables(&heap->decode, code) : NULL;

    for (size_t i = 0; variables && i < variables->count; i++) {
        if (variables->items[i].slot == slot && variables->items[i].name.data)
            return &variables->items[i];
    }
    return NULL;
}

struct cpt_code *
cpt_name_code(struct cpt_heap *heap, const struct cpt_found_object *object)
{
    struct cpt_generator generator = {0};
    struct cpt_frame frame = {0};
    struct cpt_error ignored;

    if (cpt_type_is(object->shape->type, "frame"))
        return cpt_frame_object_read(&heap->decode, object->address, &frame, &ignored) ? NULL : frame.code;
    return cpt_generator_line(&heap->values, object->address, &generator, &ignored) ? NULL : generator.frame.code;
}

/* "local x in f" */
static void
add_local(struct cpt_heap *heap, const struct cpt_found_object *object, uint64_t slot, struct cpt_buffer *out)
{
    struct cpt_code *code = cpt_name_code(heap, object);
    const struct cpt_variable *variable = cpt_name_variable(heap, code, slot);
    const struct cpt_text *name = code && code->qualname.data ? &code->qualname : code ? &code->name : NULL;

    cpt_buffer_add_text(out, "local ");
    if (variable)
        cpt_buffer_add(out, variable->name.data, variable->name.size);
    else
        cpt_buffer_printf(out, "%" PRIu64, slot);
    if (name && name->data) {
        cpt_buffer_add_text(out, " in ");
        cpt_buffer_add(out, name->data, name->size);
    }
}

/* ".x", or as an entry of the __dict__ where that cannot be written so. */
static void
add_attribute(struct cpt_heap *heap, uint64_t name, struct cpt_buffer *out)
{
    struct cpt_text text = cpt_name_text(heap, name);

    if (text.data && cpt_name_is_identifier(text.data, text.size)) {
        cpt_buffer_add_char(out, '.');
        cpt_buffer_add(out, text.data, text.size);
        return;
    }
    cpt_buffer_add_text(out, ".__dict__");
    cpt_name_key(heap, name, out);
}

const char *
cpt_name_frame_of(const struct cpt_type *type)
{
    if (cpt_type_is(type, "frame"))
        return "";
    if (cpt_type_is(type, "coroutine"))
        return ".cr_frame";
    return cpt_type_is(type, "async_generator") ? ".ag_frame" : ".gi_frame";
}

/* Fields that Python code can ask for by another name than the structure's. */
static const char *
attribute_of(const struct cpt_type *type, const char *name)
{
    static const struct { const char *field, *attribute; } exceptions[] = {
        {"<args>", ".args"}, {"<context>", ".__context__"}, {"<cause>", ".__cause__"},
        {"<traceback>", ".__traceback__"}, {"<filename>", ".filename"},
    };

    for (size_t i = 0; type->flags & CPT_TYPE_EXCEPTION && i < sizeof(exceptions) / sizeof(exceptions[0]); i++) {
        if (strcmp(name, exceptions[i].field) == 0)
            return exceptions[i].attribute;
    }
    return strcmp(name, "<m_self>") == 0 ? ".__self__" : name;
}

/* As long as nobody asked for them, annotations are a tuple that no code gets to see (3.10+). */
static bool
is_raw_annotations(struct cpt_heap *heap, const struct cpt_edge *edge)
{
    return strcmp(edge->name, ".__annotations__") == 0 && cpt_object_is(&heap->values.types, edge->target, "tuple");
}

/* Generators, coroutines and asynchronous generators have the same fields under other names. */
static void
add_field(struct cpt_heap *heap, const struct cpt_found_object *object, const struct cpt_edge *edge,
          struct cpt_buffer *out)
{
    if (!edge->name)
        cpt_buffer_printf(out, "<+%" PRIu64 ">", edge->detail);
    else if (is_raw_annotations(heap, edge))
        cpt_buffer_add_text(out, "<func_annotations>");
    else if (strcmp(edge->name, "<f_locals>") == 0)
        cpt_buffer_printf(out, "%s.f_locals", cpt_name_frame_of(object->shape->type));
    else if (strncmp(edge->name, ".gi_", 4) == 0 && cpt_type_is(object->shape->type, "coroutine"))
        cpt_buffer_printf(out, ".cr_%s", edge->name + 4);
    else if (strncmp(edge->name, ".gi_", 4) == 0 && cpt_type_is(object->shape->type, "async_generator"))
        cpt_buffer_printf(out, ".ag_%s", edge->name + 4);
    else
        cpt_buffer_add_text(out, attribute_of(object->shape->type, edge->name));
}

static void
add_in_brackets(struct cpt_heap *heap, const char *what, uint64_t address, struct cpt_buffer *out)
{
    cpt_buffer_printf(out, "<%s ", what);
    cpt_name_repr(heap, address, false, out);
    cpt_buffer_add_char(out, '>');
}

void
cpt_name_edge(struct cpt_heap *heap, const struct cpt_found_object *object, const struct cpt_edge *edge,
              struct cpt_buffer *out)
{
    switch (edge->kind) {
    case CPT_EDGE_FIELD:
        add_field(heap, object, edge, out);
        break;
    case CPT_EDGE_CLASS:
        cpt_buffer_add_text(out, ".__class__");
        break;
    case CPT_EDGE_ATTRIBUTE:
        add_attribute(heap, edge->detail, out);
        break;
    case CPT_EDGE_INDEX:
        cpt_buffer_printf(out, "[%" PRIu64 "]", edge->detail);
        break;
    case CPT_EDGE_KEY:
        add_in_brackets(heap, "key", edge->target, out);
        break;
    case CPT_EDGE_VALUE:
        cpt_name_key(heap, edge->detail, out);
        break;
    case CPT_EDGE_ELEMENT:
        cpt_buffer_add_text(out, "<element>");
        break;
    case CPT_EDGE_LOCAL:
        add_local(heap, object, edge->detail, out);
        break;
    case CPT_EDGE_STACK:
        cpt_buffer_printf(out, "<stack %" PRIu64 ">", edge->detail);
        break;
    case CPT_EDGE_NAME:
        add_in_brackets(heap, "name", edge->target, out);
        break;
    case CPT_EDGE_SCANNED:
        if (edge->detail - object->address < object->size)
            cpt_buffer_printf(out, "<+%" PRIu64 ">", edge->detail - object->address);
        else
            cpt_buffer_printf(out, "<0x%" PRIx64 ">", edge->detail);
        break;
    }
}

cpt_status
cpt_name_keep(struct cpt_heap *heap, struct cpt_buffer *out, struct cpt_text *text, struct cpt_error *error)
{
    text->data = out->failed ? NULL : cpt_arena_text(&heap->arena, out->data ? out->data : "", out->size);
    text->size = out->size;
    cpt_buffer_free(out);
    return text->data ? CPT_OK : cpt_error_set(error, CPT_NOMEM, "out of memory");
}

cpt_status
cpt_edge_name(struct cpt_heap *heap, const struct cpt_found_object *object, const struct cpt_edge *edge,
              struct cpt_text *name, struct cpt_error *error)
{
    struct cpt_buffer out = {0};

    cpt_name_edge(heap, object, edge, &out);
    return cpt_name_keep(heap, &out, name, error);
}

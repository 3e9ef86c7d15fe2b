#include "coreanalyze/decode/exception_text.h"

#include "coreanalyze/decode/repr_parts.h"
#include "coreanalyze/decode/str.h"

#include <inttypes.h>
#include <string.h>

#define MAX_NESTED 8 /* exceptions whose message is that of another one */

static cpt_status write_message(struct cpt_repr *repr, const struct cpt_object *object, unsigned nested);

/* Only running code could tell. */
static cpt_status
not_known(struct cpt_repr *repr)
{
    return cpt_repr_fail(repr, CPT_ABSENT, 0, "its class has a __str__ of its own");
}

/* The type that TYPE has its tp_str from: the last of its method resolution order with the same. */
static const struct cpt_type *
str_definer(struct cpt_repr *repr, const struct cpt_type *type)
{
    const struct cpt_type *entry, *found = type;

    for (size_t i = 0; (entry = cpt_type_mro(&repr->values->types, type, i)); i++) {
        if (entry->str == type->str)
            found = entry;
    }
    return found;
}

/* Whether a class written in Python (or a heap type of C) among those that TYPE inherits from defines __str__. */
static bool
has_python_str(struct cpt_repr *repr, const struct cpt_type *type)
{
    struct cpt_error ignored;
    uint64_t value;

    return cpt_type_find(&repr->values->types, type, "__str__", &value, NULL, &ignored) != CPT_ABSENT;
}

static cpt_status
write_str(struct cpt_repr *repr, uint64_t address, unsigned nested)
{
    const struct cpt_type *definer;
    struct cpt_object object;
    cpt_status status = cpt_object_open(&repr->values->types, address, &object, &repr->error);

    if (status == CPT_NOMEM)
        return status;
    /* Told as broken there. */
    if (status)
        return cpt_repr_object(repr, address);
    if (has_python_str(repr, object.type))
        return not_known(repr);
    if (object.type->flags & CPT_TYPE_EXCEPTION)
        return nested < MAX_NESTED ? write_message(repr, &object, nested + 1) : cpt_repr_object(repr, address);
    definer = str_definer(repr, object.type);
    if ((object.type->flags & CPT_TYPE_UNICODE) && cpt_type_is(definer, "str"))
        return cpt_repr_str_plain(repr, address);
    /* object.__str__ asks for the repr(); some types of C have one function for both. */
    if (cpt_type_is(definer, "object") || object.type->str == object.type->repr)
        return cpt_repr_object(repr, address);
    return not_known(repr);
}

/* As "%S" of an optional field. */
static cpt_status
write_str_or_none(struct cpt_repr *repr, uint64_t address, unsigned nested)
{
    if (address)
        return write_str(repr, address, nested);
    cpt_repr_text(repr, "None");
    return CPT_OK;
}

/* BaseException_str: of one argument its str(), of more the repr() of the tuple. */
static cpt_status
write_args(struct cpt_repr *repr, const struct cpt_object *object, unsigned nested)
{
    struct cpt_sequence args;
    uint64_t item, address = cpt_repr_peek(repr, object->address, repr->decode->at->exception.args);
    cpt_status status = cpt_sequence_open(&args, repr->decode, address, &repr->error);

    if (status || !args.count)
        return status;
    if (args.count > 1)
        return cpt_repr_object(repr, address);
    status = cpt_sequence_next(&args, &item, &repr->error);
    return status ? status : write_str(repr, item, nested);
}

static cpt_status
write_key_error(struct cpt_repr *repr, const struct cpt_object *object, unsigned nested)
{
    struct cpt_sequence args;
    uint64_t item, address = cpt_repr_peek(repr, object->address, repr->decode->at->exception.args);
    cpt_status status = cpt_sequence_open(&args, repr->decode, address, &repr->error);

    if (status || args.count != 1)
        return status ? status : write_args(repr, object, nested);
    status = cpt_sequence_next(&args, &item, &repr->error);
    return status ? status : cpt_repr_object(repr, item);
}

/* Field INDEX of those that a subclass written in C adds behind the head that all exceptions share
   (PyException_HEAD in Include/cpython/pyerrors.h); their order never changed. */
static uint64_t
own_field(struct cpt_repr *repr, const struct cpt_object *object, int32_t index)
{
    int32_t size = repr->decode->at->exception.size;

    return CPT_HAS(size) ? cpt_repr_peek(repr, object->address, size + 8 * index) : 0;
}

static cpt_status
write_os_error(struct cpt_repr *repr, const struct cpt_object *object, unsigned nested)
{
    uint64_t number = own_field(repr, object, 0), text = own_field(repr, object, 1);
    uint64_t file = own_field(repr, object, 2), other = own_field(repr, object, 3);
    cpt_status status;

    if (!file && !(number && text))
        return write_args(repr, object, nested);
    cpt_repr_text(repr, "[Errno ");
    status = write_str_or_none(repr, number, nested);
    cpt_repr_text(repr, "] ");
    if (!status)
        status = write_str_or_none(repr, text, nested);
    if (status || !file)
        return status;
    cpt_repr_text(repr, ": ");
    status = cpt_repr_object(repr, file);
    if (status || !other)
        return status;
    cpt_repr_text(repr, " -> ");
    return cpt_repr_object(repr, other);
}

static cpt_status
write_import_error(struct cpt_repr *repr, const struct cpt_object *object, unsigned nested)
{
    uint64_t message = own_field(repr, object, 0);

    if (message && cpt_is_str(repr->values, message))
        return cpt_repr_str_plain(repr, message);
    return write_args(repr, object, nested);
}

/* "msg (file, line n)": the file's last component. */
static cpt_status
write_syntax_error(struct cpt_repr *repr, const struct cpt_object *object, unsigned nested)
{
    uint64_t file = own_field(repr, object, 1), line = own_field(repr, object, 2);
    struct cpt_error ignored;
    struct cpt_object number;
    struct cpt_text name = {0};
    bool has_line = line && !cpt_object_open(&repr->values->types, line, &number, &ignored) &&
                    cpt_type_is(number.type, "int");
    size_t start;
    cpt_status status = write_str_or_none(repr, own_field(repr, object, 0), nested);

    if (status)
        return status;
    if (file && cpt_is_str(repr->values, file) &&
        cpt_str_read(repr->decode, file, CPT_MAX_PATH_TEXT, &name, &ignored))
        name.data = NULL;
    if (!name.data && !has_line)
        return CPT_OK;
    cpt_repr_text(repr, " (");
    for (start = name.size; start && name.data[start - 1] != '/';)
        start--;
    if (name.data)
        cpt_repr_bytes(repr, name.data + start, name.size - start);
    cpt_repr_text(repr, name.data && has_line ? ", " : "");
    if (has_line) {
        cpt_repr_text(repr, "line ");
        status = cpt_repr_object(repr, line);
    }
    cpt_repr_text(repr, ")");
    return status;
}

/* The character at INDEX of the compact str at ADDRESS, as 'x' escapes of the length that its value needs. */
static cpt_status
write_bad_character(struct cpt_repr *repr, uint64_t address, uint64_t index)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint8_t bytes[4] = {0};
    uint64_t data;
    unsigned kind;
    uint32_t character;
    cpt_status status = cpt_struct_read(repr->decode, &s, address, (size_t)at->ascii.size, &repr->error);

    if (status)
        return status;
    kind = cpt_struct_bits(&s, at->ascii.kind);
    if (!cpt_struct_bits(&s, at->ascii.compact) || (kind != 1 && kind != 2 && kind != 4))
        return not_known(repr);
    data = address + (uint64_t)(cpt_struct_bits(&s, at->ascii.ascii) ? at->ascii.size : at->compact.size);
    status = cpt_memory_read(repr->decode->memory, data + kind * index, bytes, kind, &repr->error);
    if (status)
        return status;
    character = cpt_load_u32(bytes);
    cpt_repr_printf(repr, character <= 0xff ? "'\\x%02x'" : character <= 0xffff ? "'\\u%04x'" : "'\\U%08x'", character);
    return CPT_OK;
}

static cpt_status
write_bad_byte(struct cpt_repr *repr, uint64_t address, uint64_t index)
{
    uint8_t byte;
    cpt_status status = cpt_memory_read(repr->decode->memory,
                                        address + (uint64_t)repr->decode->at->bytes.ob_sval + index, &byte, 1,
                                        &repr->error);

    cpt_repr_printf(repr, "0x%02x", status ? 0 : byte);
    return status;
}

/* How long the str or bytes at ADDRESS is; *IS_STR tells which. */
static cpt_status
measure(struct cpt_repr *repr, uint64_t address, uint64_t *length, bool *is_str)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    uint64_t flags;
    cpt_status status = cpt_object_flags(repr->decode, address, &flags, &repr->error);

    if (status)
        return status;
    *is_str = flags & CPT_TYPE_UNICODE;
    *length = cpt_repr_peek(repr, address, *is_str ? at->ascii.length : at->var.ob_size);
    return *is_str || (flags & CPT_TYPE_BYTES) ? CPT_OK : not_known(repr);
}

/* UnicodeEncodeError, UnicodeDecodeError, UnicodeTranslateError: encoding, object, start, end, reason. */
static cpt_status
write_unicode_error(struct cpt_repr *repr, const struct cpt_object *object, unsigned nested, const char *verb)
{
    uint64_t encoding = own_field(repr, object, 0), text = own_field(repr, object, 1);
    uint64_t start = own_field(repr, object, 2), end = own_field(repr, object, 3), length;
    bool is_str;
    cpt_status status;

    if (!text)
        return CPT_OK;
    status = measure(repr, text, &length, &is_str);
    if (!status && encoding) {
        cpt_repr_text(repr, "'");
        status = write_str(repr, encoding, nested);
        cpt_repr_text(repr, "' codec ");
    }
    if (status)
        return status;
    cpt_repr_printf(repr, "can't %s ", verb);
    if (start < length && end == start + 1) {
        cpt_repr_text(repr, is_str ? "character " : "byte ");
        status = is_str ? write_bad_character(repr, text, start) : write_bad_byte(repr, text, start);
        cpt_repr_printf(repr, " in position %" PRId64 ": ", (int64_t)start);
    } else {
        cpt_repr_printf(repr, "%s in position %" PRId64 "-%" PRId64 ": ", is_str ? "characters" : "bytes",
                        (int64_t)start, (int64_t)(end - 1));
    }
    return status ? status : write_str_or_none(repr, own_field(repr, object, 4), nested);
}

static cpt_status
write_encode_error(struct cpt_repr *repr, const struct cpt_object *object, unsigned nested)
{
    return write_unicode_error(repr, object, nested, "encode");
}

static cpt_status
write_decode_error(struct cpt_repr *repr, const struct cpt_object *object, unsigned nested)
{
    return write_unicode_error(repr, object, nested, "decode");
}

static cpt_status
write_translate_error(struct cpt_repr *repr, const struct cpt_object *object, unsigned nested)
{
    return write_unicode_error(repr, object, nested, "translate");
}

static cpt_status
write_group(struct cpt_repr *repr, const struct cpt_object *object, unsigned nested)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_sequence members;
    cpt_status status = cpt_sequence_open(
        &members, repr->decode, cpt_repr_peek(repr, object->address, at->excgroup.excs), &repr->error);

    if (!status)
        status = write_str_or_none(repr, cpt_repr_peek(repr, object->address, at->excgroup.msg), nested);
    if (!status)
        cpt_repr_printf(repr, " (%" PRIu64 " sub-exception%s)", members.count, members.count > 1 ? "s" : "");
    return status;
}

/* The types of Objects/exceptions.c that have a tp_str. */
static const struct {
    const char *name;
    cpt_status (*write)(struct cpt_repr *, const struct cpt_object *, unsigned);
} writers[] = {
    {"KeyError", write_key_error},
    {"OSError", write_os_error},
    {"ImportError", write_import_error},
    {"SyntaxError", write_syntax_error},
    {"UnicodeEncodeError", write_encode_error},
    {"UnicodeDecodeError", write_decode_error},
    {"UnicodeTranslateError", write_translate_error},
    {"BaseExceptionGroup", write_group},
    {"BaseException", write_args},
};

static cpt_status
write_message(struct cpt_repr *repr, const struct cpt_object *object, unsigned nested)
{
    const struct cpt_type *definer = str_definer(repr, object->type);

    if (has_python_str(repr, object->type))
        return not_known(repr);
    for (size_t k = 0; k < sizeof(writers) / sizeof(writers[0]); k++) {
        if (cpt_type_is(definer, writers[k].name))
            return writers[k].write(repr, object, nested);
    }
    return not_known(repr);
}

cpt_status
cpt_exception_message(struct cpt_values *values, uint64_t address, struct cpt_text *message, struct cpt_error *error)
{
    struct cpt_repr repr = {
        .values = values, .decode = values->decode, .out = &values->buffer, .limit = CPT_MAX_MESSAGE};
    cpt_status status;

    *message = (struct cpt_text){0};
    cpt_buffer_clear(&values->buffer);
    status = write_str(&repr, address, 0);
    if (status == CPT_NOMEM || values->buffer.failed)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    /* What is damaged was told when the object itself was shown. */
    if (status)
        return CPT_OK;
    if (repr.full)
        cpt_buffer_add_text(&values->buffer, "…");
    return cpt_values_keep(values, message, error);
}

/* repr() of files: io.FileIO, the buffers around one, and io.TextIOWrapper. */
#include "coreanalyze/decode/dict.h"
#include "coreanalyze/decode/repr_parts.h"

/* The entry WORD of the dict whose address FIELD of the object at ADDRESS holds; 0: none. */
static uint64_t
find_in(struct cpt_repr *repr, uint64_t address, int32_t field, const char *word)
{
    uint64_t dict = cpt_repr_peek(repr, address, field), value;
    struct cpt_error ignored;

    return dict && !cpt_dict_find(repr->decode, dict, word, &value, &ignored) ? value : 0;
}

static const char *
file_mode(const struct cpt_layout_fields *at, const struct cpt_struct *s)
{
    bool readable = cpt_struct_bits(s, at->fileio.readable);

    if (cpt_struct_bits(s, at->fileio.created))
        return readable ? "xb+" : "xb";
    if (cpt_struct_bits(s, at->fileio.appending))
        return readable ? "ab+" : "ab";
    if (readable)
        return cpt_struct_bits(s, at->fileio.writable) ? "rb+" : "rb";
    return "wb";
}

static bool
closes_descriptor(const struct cpt_repr *repr, const struct cpt_struct *s)
{
    return cpt_struct_u8(s, repr->decode->at->fileio.fd + 4) >> repr->values->dialect.fileio_closefd & 1;
}

/* fileio_repr in Modules/_io/fileio.c */
static cpt_status
write_fileio(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint64_t name;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->fileio.fd, at->fileio.dict);

    if (!status)
        status = cpt_repr_needs(repr, at->fileio.readable);
    if (status)
        return status;
    cpt_repr_text(repr, "<");
    cpt_repr_type_full_name(repr, object->type);
    if ((int32_t)cpt_struct_u32(&s, at->fileio.fd) < 0) {
        cpt_repr_text(repr, " [closed]>");
        return CPT_OK;
    }
    name = find_in(repr, object->address, at->fileio.dict, "name");
    if (name) {
        cpt_repr_text(repr, " name=");
        status = cpt_repr_object(repr, name);
    } else {
        cpt_repr_printf(repr, " fd=%d", (int)cpt_struct_u32(&s, at->fileio.fd));
    }
    cpt_repr_printf(repr, " mode='%s' closefd=%s>", file_mode(at, &s),
                    closes_descriptor(repr, &s) ? "True" : "False");
    return status;
}

static bool
is_buffered(const struct cpt_object *object)
{
    static const char *const names[] = {"_io.BufferedReader", "_io.BufferedWriter", "_io.BufferedRandom"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (cpt_type_is(object->type, names[i]))
            return true;
    }
    return false;
}

/* The name that the stream at ADDRESS has: that of the file below it. *NAME 0: it has none. CPT_ABSENT: code of the target
   would have to say. */
static cpt_status
find_name(struct cpt_repr *repr, uint64_t address, uint64_t *name)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_object stream;
    cpt_status status = cpt_object_open(&repr->values->types, address, &stream, &repr->error);

    *name = 0;
    if (!status && is_buffered(&stream))
        status = cpt_object_open(&repr->values->types, cpt_repr_peek(repr, address, at->buffered.raw), &stream,
                                 &repr->error);
    if (status)
        return status;
    if (cpt_type_is(stream.type, "_io.FileIO"))
        *name = find_in(repr, stream.address, at->fileio.dict, "name");
    else if (!cpt_type_is(stream.type, "_io.BytesIO"))
        return cpt_repr_fail(repr, CPT_ABSENT, stream.address, "a stream of an unknown kind");
    return CPT_OK;
}

static cpt_status
write_buffered(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct cpt_struct s;
    uint64_t name, raw;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, repr->decode->at->buffered.raw);

    if (status)
        return status;
    raw = cpt_struct_u64(&s, repr->decode->at->buffered.raw);
    if (!raw)
        return cpt_repr_fail(repr, CPT_ABSENT, object->address, "it is detached");
    status = find_name(repr, raw, &name);
    if (status)
        return status;
    cpt_repr_text(repr, "<");
    cpt_repr_type_full_name(repr, object->type);
    if (name) {
        cpt_repr_text(repr, " name=");
        status = cpt_repr_object(repr, name);
    }
    cpt_repr_text(repr, ">");
    return status;
}

/* textiowrapper_repr in Modules/_io/textio.c; open() leaves the mode in the instance's dict. */
static cpt_status
write_text_wrapper(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint64_t name, mode;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->textio.buffer, at->textio.encoding, at->textio.dict);

    if (status)
        return status;
    if (!cpt_struct_u64(&s, at->textio.buffer))
        return cpt_repr_fail(repr, CPT_ABSENT, object->address, "it is detached");
    status = find_name(repr, cpt_struct_u64(&s, at->textio.buffer), &name);
    if (status)
        return status;
    cpt_repr_text(repr, "<_io.TextIOWrapper");
    if (name) {
        cpt_repr_text(repr, " name=");
        status = cpt_repr_object(repr, name);
    }
    mode = find_in(repr, object->address, at->textio.dict, "mode");
    if (!status && mode) {
        cpt_repr_text(repr, " mode=");
        status = cpt_repr_object(repr, mode);
    }
    cpt_repr_text(repr, " encoding=");
    if (!status)
        status = cpt_repr_object(repr, cpt_struct_u64(&s, at->textio.encoding));
    cpt_repr_text(repr, ">");
    return status;
}

const struct cpt_kind cpt_kinds_files[] = {
    {"_io.FileIO", write_fileio},
    {"_io.BufferedReader", write_buffered},
    {"_io.BufferedWriter", write_buffered},
    {"_io.BufferedRandom", write_buffered},
    {"_io.TextIOWrapper", write_text_wrapper},
    {NULL, NULL},
};

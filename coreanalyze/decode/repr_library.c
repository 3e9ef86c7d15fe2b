/* repr() of what the modules operator, itertools, contextvars and re make. */
#include "coreanalyze/decode/repr_parts.h"
#include "coreanalyze/decode/str.h"

#include <inttypes.h>

/* The names of an attrgetter stand in a tuple, one with dots as a tuple of its parts. */
static cpt_status
write_dotted(struct cpt_repr *repr, uint64_t address)
{
    struct cpt_sequence parts;
    struct cpt_error ignored;
    uint64_t part;
    cpt_status status = CPT_OK;

    if (cpt_is_str(repr->values, address) || cpt_sequence_open(&parts, repr->decode, address, &ignored))
        return cpt_repr_object(repr, address);
    cpt_repr_text(repr, "'");
    while (!status && !repr->full && !cpt_sequence_next(&parts, &part, &ignored)) {
        cpt_repr_text(repr, parts.next > 1 ? "." : "");
        status = cpt_repr_name(repr, part);
    }
    cpt_repr_text(repr, "'");
    return status;
}

static cpt_status
write_attrgetter(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_sequence names;
    struct cpt_struct s;
    uint64_t name;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->attrgetter.attr);

    if (!status)
        status = cpt_sequence_open(&names, repr->decode, cpt_struct_u64(&s, at->attrgetter.attr), &repr->error);
    if (status)
        return status;
    cpt_repr_type_full_name(repr, object->type);
    cpt_repr_text(repr, "(");
    while (!status && !repr->full && names.next < names.count) {
        cpt_repr_text(repr, names.next ? ", " : "");
        status = cpt_sequence_next(&names, &name, &repr->error);
        if (!status)
            status = write_dotted(repr, name);
    }
    cpt_repr_text(repr, ")");
    return status;
}

/* One item by itself, several as a tuple. */
static cpt_status
write_itemgetter(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint64_t item;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->itemgetter.nitems, at->itemgetter.item);

    if (status)
        return status;
    item = cpt_struct_u64(&s, at->itemgetter.item);
    cpt_repr_type_full_name(repr, object->type);
    if (cpt_struct_u64(&s, at->itemgetter.nitems) != 1)
        return cpt_repr_object(repr, item);
    cpt_repr_text(repr, "(");
    status = cpt_repr_object(repr, item);
    cpt_repr_text(repr, ")");
    return status;
}

static bool
is_one(struct cpt_repr *repr, uint64_t address)
{
    struct cpt_object object;
    struct cpt_error ignored;
    uint64_t value;

    return !cpt_object_open(&repr->values->types, address, &object, &ignored) &&
           (object.type->flags & CPT_TYPE_LONG) && !cpt_int_read_u64(repr->decode, address, &value, &ignored) &&
           value == 1;
}

/* A count in a word, until it would overflow or where it has a step: then an object. */
static cpt_status
write_count(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint64_t number, step;
    cpt_status status =
        CPT_REPR_FIELDS(repr, object, &s, at->counter.cnt, at->counter.long_cnt, at->counter.long_step);

    if (status)
        return status;
    cpt_repr_type_name(repr, object->type);
    cpt_repr_text(repr, "(");
    number = cpt_struct_u64(&s, at->counter.long_cnt);
    step = cpt_struct_u64(&s, at->counter.long_step);
    if ((int64_t)cpt_struct_u64(&s, at->counter.cnt) != INT64_MAX || !number) {
        cpt_repr_printf(repr, "%" PRId64, (int64_t)cpt_struct_u64(&s, at->counter.cnt));
    } else {
        status = cpt_repr_object(repr, number);
        if (!status && !is_one(repr, step)) {
            cpt_repr_text(repr, ", ");
            status = cpt_repr_object(repr, step);
        }
    }
    cpt_repr_text(repr, ")");
    return status;
}

static cpt_status
write_repeat(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    int64_t left;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->repeat.element, at->repeat.cnt);

    if (status)
        return status;
    cpt_repr_type_name(repr, object->type);
    cpt_repr_text(repr, "(");
    status = cpt_repr_object(repr, cpt_struct_u64(&s, at->repeat.element));
    left = (int64_t)cpt_struct_u64(&s, at->repeat.cnt);
    if (left != -1)
        cpt_repr_printf(repr, ", %" PRId64, left);
    cpt_repr_text(repr, ")");
    return status;
}

static cpt_status
write_context_variable(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint64_t value;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->contextvar.var_name, at->contextvar.var_default);

    if (status)
        return status;
    cpt_repr_text(repr, "<ContextVar name=");
    status = cpt_repr_object(repr, cpt_struct_u64(&s, at->contextvar.var_name));
    value = cpt_struct_u64(&s, at->contextvar.var_default);
    if (!status && value) {
        cpt_repr_text(repr, " default=");
        status = cpt_repr_object(repr, value);
    }
    cpt_repr_printf(repr, " at 0x%" PRIx64 ">", object->address);
    return status;
}

static cpt_status
write_context_token(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->contexttoken.tok_var, at->contexttoken.tok_used);

    if (status)
        return status;
    cpt_repr_text(repr, cpt_struct_u32(&s, at->contexttoken.tok_used) ? "<Token used var=" : "<Token var=");
    status = cpt_repr_object(repr, cpt_struct_u64(&s, at->contexttoken.tok_var));
    cpt_repr_printf(repr, " at 0x%" PRIx64 ">", object->address);
    return status;
}

#define PATTERN_SHOWN 200 /* characters of a pattern's repr, in pattern_repr of Modules/_sre/sre.c */
#define FLAG_UNICODE 32u
#define FLAGS_OF_TYPE (4u | FLAG_UNICODE | 256u) /* LOCALE, UNICODE, ASCII */

static void
write_flags(struct cpt_repr *repr, uint32_t flags)
{
    static const struct {
        uint32_t flag;
        const char *name;
    } names[] = {{1, "TEMPLATE"}, {2, "IGNORECASE"}, {4, "LOCALE"},  {8, "MULTILINE"}, {16, "DOTALL"},
                 {32, "UNICODE"}, {64, "VERBOSE"},   {128, "DEBUG"}, {256, "ASCII"}};
    const char *before = ", ";

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!(flags & names[i].flag))
            continue;
        flags &= ~names[i].flag;
        cpt_repr_printf(repr, "%sre.%s", before, names[i].name);
        before = "|";
    }
    if (flags)
        cpt_repr_printf(repr, "%s0x%" PRIx32, before, flags);
}

/* The repr() of the object at ADDRESS, of which CHARACTERS are shown, and nothing says that there are more. */
static cpt_status
write_beginning(struct cpt_repr *repr, uint64_t address, size_t characters)
{
    size_t limit = repr->limit;
    cpt_status status;

    if (repr->full || limit - repr->characters <= characters)
        return cpt_repr_object(repr, address);
    repr->limit = repr->characters + characters;
    status = cpt_repr_object(repr, address);
    repr->limit = limit;
    repr->full = repr->values->exhausted;
    return status;
}

static cpt_status
write_pattern(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint64_t pattern;
    uint32_t flags;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->pattern.pattern, at->pattern.flags);

    if (status)
        return status;
    pattern = cpt_struct_u64(&s, at->pattern.pattern);
    flags = cpt_struct_u32(&s, at->pattern.flags);
    if (cpt_is_str(repr->values, pattern) && (flags & FLAGS_OF_TYPE) == FLAG_UNICODE)
        flags &= ~FLAG_UNICODE;
    cpt_repr_text(repr, "re.compile(");
    status = write_beginning(repr, pattern, PATTERN_SHOWN);
    write_flags(repr, flags);
    cpt_repr_text(repr, ")");
    return status;
}

/* The characters START to END of the str or bytes at ADDRESS, as its repr() would be. */
static cpt_status
write_part(struct cpt_repr *repr, uint64_t address, uint64_t start, uint64_t end)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint64_t flags, data;
    unsigned kind;
    cpt_status status = cpt_object_flags(repr->decode, address, &flags, &repr->error);

    if (!status)
        status = cpt_struct_read(repr->decode, &s, address, (size_t)at->ascii.size, &repr->error);
    if (status)
        return status;
    if ((flags & CPT_TYPE_BYTES) && end <= cpt_struct_u64(&s, at->var.ob_size))
        return cpt_repr_raw_bytes(repr, address + (uint64_t)at->bytes.ob_sval + start, end - start);
    kind = cpt_struct_bits(&s, at->ascii.kind);
    if (!(flags & CPT_TYPE_UNICODE) || !cpt_struct_bits(&s, at->ascii.compact) ||
        (kind != 1 && kind != 2 && kind != 4) || end > cpt_struct_u64(&s, at->ascii.length))
        return cpt_repr_fail(repr, CPT_ABSENT, address, "what was searched is of no known kind");
    data = address + (uint64_t)(cpt_struct_bits(&s, at->ascii.ascii) ? at->ascii.size : at->compact.size);
    return cpt_repr_characters(repr, data + kind * start, end - start, kind);
}

static cpt_status
write_match(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint64_t start, end;
    cpt_status status = CPT_REPR_FIELDS(repr, object, &s, at->match.string, at->match.mark, at->match.mark + 8);

    if (status)
        return status;
    start = cpt_struct_u64(&s, at->match.mark);
    end = cpt_struct_u64(&s, at->match.mark + 8);
    if (start > end || end > INT64_MAX)
        return cpt_repr_fail(repr, CPT_CORRUPT, object->address, "its span is none");
    cpt_repr_text(repr, "<");
    cpt_repr_type_full_name(repr, object->type);
    cpt_repr_printf(repr, " object; span=(%" PRIu64 ", %" PRIu64 "), match=", start, end);
    status = write_part(repr, cpt_struct_u64(&s, at->match.string), start, end);
    cpt_repr_text(repr, ">");
    return status;
}

const struct cpt_kind cpt_kinds_library[] = {
    {"operator.attrgetter", write_attrgetter},
    {"operator.itemgetter", write_itemgetter},
    {"itertools.count", write_count},
    {"itertools.repeat", write_repeat},
    {"ContextVar", write_context_variable}, /* to 3.9 */
    {"_contextvars.ContextVar", write_context_variable},
    {"Token", write_context_token}, /* to 3.9 */
    {"_contextvars.Token", write_context_token},
    {"re.Pattern", write_pattern},
    {"re.Match", write_match},
    {NULL, NULL},
};

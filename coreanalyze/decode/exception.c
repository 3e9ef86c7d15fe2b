#include "coreanalyze/decode/exception.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"
#include "coreanalyze/decode/dict.h"
#include "coreanalyze/decode/exception_text.h"
#include "coreanalyze/decode/repr_parts.h"
#include "coreanalyze/decode/str.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One tree of exceptions, under way. */
struct reader {
    struct cpt_values *values;
    struct cpt_decode *decode;
    struct cpt_hash seen; /* address -> struct cpt_exception */
    size_t count;         /* exceptions taken */
    size_t entries;       /* of tracebacks */
    bool told;            /* that a limit was reached */
};

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "out of memory");
}

static void
tell_limit(struct reader *reader, uint64_t address, const char *what)
{
    if (!reader->told)
        cpt_holes_add(reader->decode->holes, cpt_status_code(CPT_LIMIT), address,
                      "the exception at 0x%" PRIx64 " leads to too many %s: the rest is left out", address, what);
    reader->told = true;
}

/* The code object that the frame object at FRAME runs: from 3.11 by way of its interpreter frame. */
static cpt_status
find_code(struct cpt_decode *decode, uint64_t frame, uint64_t *code, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    uint64_t iframe;
    cpt_status status;

    if (CPT_HAS(at->frame.f_code))
        return cpt_memory_read_u64(decode->memory, frame + (uint64_t)at->frame.f_code, code, error);
    if (!CPT_HAS(at->frame.f_frame) || !CPT_HAS(at->iframe.f_executable))
        return cpt_error_set(error, CPT_ABSENT, "the layout does not lead from frames to code");
    status = cpt_memory_read_u64(decode->memory, frame + (uint64_t)at->frame.f_frame, &iframe, error);
    if (status)
        return status;
    status = cpt_memory_read_u64(decode->memory, iframe + (uint64_t)at->iframe.f_executable, code, error);
    if (CPT_HAS(at->iframe.stackpointer))
        *code &= ~CPT_REFERENCE_TAGS;
    return status;
}

/* From 3.11 the line is -1 until someone asks for it; the instruction tells. It is in bytes in every version. */
static struct cpt_position
entry_position(struct cpt_decode *decode, struct cpt_code *code, int32_t lasti, int32_t line)
{
    struct cpt_position position = cpt_no_position;

    if (!code->bytecode || (lasti >= 0 && lasti < (int64_t)code->bytecode_size))
        position = cpt_code_position(decode, code, lasti);
    if (line > 0 && line != position.line) {
        position = cpt_no_position;
        position.line = line;
    }
    return position;
}

static cpt_status
take_entry(struct cpt_decode *decode, const struct cpt_struct *s, struct cpt_frame *entry, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    struct cpt_code *code;
    uint64_t address;
    cpt_status status;

    *entry = (struct cpt_frame){.position = cpt_no_position, .address = cpt_struct_u64(s, at->traceback.tb_frame)};
    status = find_code(decode, entry->address, &address, error);
    if (status)
        return status;
    code = cpt_code_get(decode, address);
    if (!code)
        return out_of_memory(error);
    if (code->broken)
        return CPT_OK;
    entry->code = code;
    entry->position = entry_position(decode, code, (int32_t)cpt_struct_u32(s, at->traceback.tb_lasti),
                                     (int32_t)cpt_struct_u32(s, at->traceback.tb_lineno));
    return CPT_OK;
}

struct entry_list {
    struct cpt_frame *items;
    size_t count, capacity;
};

static cpt_status
walk_traceback(struct reader *reader, uint64_t address, struct entry_list *list, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = reader->decode->at;
    size_t size = cpt_struct_cover((size_t)at->traceback.tb_lineno + 4, at->traceback.tb_frame, 8);

    while (address) {
        struct cpt_struct s;
        struct cpt_frame *entry;
        cpt_status status;

        if (!cpt_object_is(&reader->values->types, address, "traceback")) {
            error->address = address;
            return cpt_error_set(error, CPT_CORRUPT, "there is no traceback at 0x%" PRIx64, address);
        }
        if (++reader->entries > CPT_MAX_TRACEBACK || ++reader->values->traceback_entries > CPT_MAX_TRACEBACKS)
            return cpt_error_set(error, CPT_LIMIT, "more than %d entries of tracebacks, or %d in all",
                                 CPT_MAX_TRACEBACK, CPT_MAX_TRACEBACKS);
        status = cpt_struct_read(reader->decode, &s, address, size, error);
        if (status)
            return status;
        entry = cpt_vec_add(list);
        if (!entry)
            return out_of_memory(error);
        status = take_entry(reader->decode, &s, entry, error);
        if (status)
            return status;
        address = cpt_struct_u64(&s, at->traceback.tb_next);
    }
    return CPT_OK;
}

/* Python chains them with the innermost last. */
static cpt_status
read_traceback(struct reader *reader, uint64_t address, struct cpt_exception *exception, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = reader->decode->at;
    struct entry_list list = {0};
    struct cpt_error why = {0};
    cpt_status status;

    if (!address || cpt_is_none(reader->values, address) || !CPT_HAS(at->traceback.tb_lineno))
        return CPT_OK;
    status = walk_traceback(reader, address, &list, &why);
    exception->traceback_cut = status != CPT_OK;
    if (status && status != CPT_NOMEM)
        cpt_holes_add_error(reader->decode->holes, &why, "traceback of the exception at 0x%" PRIx64,
                            exception->value.address);
    exception->traceback = cpt_arena_array(reader->decode->arena, list.count, sizeof(*list.items));
    exception->traceback_count = exception->traceback ? list.count : 0;
    for (size_t i = 0; i < exception->traceback_count; i++)
        exception->traceback[i] = list.items[list.count - 1 - i];
    free(list.items);
    return status == CPT_NOMEM || !exception->traceback ? out_of_memory(error) : CPT_OK;
}

/* add_note() keeps them in a list in the instance's dict. */
static cpt_status
read_notes(struct reader *reader, uint64_t dict, struct cpt_exception *exception, struct cpt_error *error)
{
    struct cpt_sequence sequence;
    struct cpt_error why;
    uint64_t notes, note;
    size_t count;

    if (!dict || !CPT_HAS(reader->decode->at->exception.notes) ||
        cpt_dict_find(reader->decode, dict, "__notes__", &notes, &why) ||
        cpt_sequence_open(&sequence, reader->decode, notes, &why))
        return CPT_OK;
    count = sequence.count < CPT_MAX_NOTES ? (size_t)sequence.count : CPT_MAX_NOTES;
    exception->notes = cpt_arena_array(reader->decode->arena, count, sizeof(*exception->notes));
    if (!exception->notes)
        return out_of_memory(error);
    while (exception->note_count < count && !cpt_sequence_next(&sequence, &note, &why)) {
        struct cpt_text *text = &exception->notes[exception->note_count++];
        cpt_status status = cpt_exception_message(reader->values, note, text, error);

        if (status)
            return status;
    }
    return CPT_OK;
}

static cpt_status read_one(struct reader *reader, uint64_t address, uint64_t traceback, unsigned depth,
                           struct cpt_exception **exception, struct cpt_error *error);

static cpt_status
read_members(struct reader *reader, uint64_t address, unsigned depth, struct cpt_exception *exception,
             struct cpt_error *error)
{
    struct cpt_sequence sequence;
    struct cpt_error why;
    uint64_t member;
    size_t count;

    exception->is_group = true;
    if (cpt_sequence_open(&sequence, reader->decode, address, &why)) {
        cpt_holes_add_error(reader->decode->holes, &why, "members of the exception group at 0x%" PRIx64,
                            exception->value.address);
        return CPT_OK;
    }
    count = sequence.count < CPT_MAX_EXCEPTIONS ? (size_t)sequence.count : CPT_MAX_EXCEPTIONS;
    exception->members = cpt_arena_array(reader->decode->arena, count, sizeof(*exception->members));
    if (!exception->members)
        return out_of_memory(error);
    while (exception->member_count < count && !cpt_sequence_next(&sequence, &member, &why)) {
        struct cpt_exception *one;
        cpt_status status = read_one(reader, member, 0, depth + 1, &one, error);

        if (status)
            return status;
        if (!one)
            break;
        exception->members[exception->member_count++] = one;
    }
    if (exception->member_count < sequence.count)
        tell_limit(reader, exception->value.address, "members");
    return CPT_OK;
}

/* The exception that a field leads to, if any. */
static cpt_status
follow(struct reader *reader, uint64_t address, unsigned depth, struct cpt_exception **exception,
       struct cpt_error *error)
{
    if (!address || cpt_is_none(reader->values, address))
        return CPT_OK;
    return read_one(reader, address, 0, depth + 1, exception, error);
}

static cpt_status
read_inside(struct reader *reader, const struct cpt_struct *s, uint64_t traceback, unsigned depth,
            struct cpt_exception *exception, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = reader->decode->at;
    const struct cpt_object object = {s->address, cpt_type_get(&reader->values->types, cpt_struct_u64(s, at->object.ob_type))};
    uint64_t context;
    cpt_status status = cpt_exception_message(reader->values, s->address, &exception->message, error);

    if (!status)
        status = read_traceback(reader, traceback ? traceback : cpt_struct_u64(s, at->exception.traceback), exception,
                                error);
    if (!status)
        status = read_notes(reader, cpt_struct_u64(s, at->exception.dict), exception, error);
    exception->suppress_context = cpt_struct_u8(s, at->exception.suppress_context) != 0;
    if (!status)
        status = follow(reader, cpt_struct_u64(s, at->exception.cause), depth, &exception->cause, error);
    context = cpt_struct_u64(s, at->exception.context);
    if (!status && !exception->suppress_context)
        status = follow(reader, context, depth, &exception->context, error);
    if (!status && object.type && CPT_HAS(at->excgroup.excs) &&
        cpt_is_instance(reader->values, &object, "BaseExceptionGroup"))
        status = read_members(reader, cpt_struct_u64(s, at->excgroup.excs), depth, exception, error);
    /* What is not to be shown comes last: where it is met elsewhere too, it belongs there. */
    if (!status && exception->suppress_context)
        status = follow(reader, context, depth, &exception->context, error);
    return status;
}

/* Reads the exception's structure; of a group also the field with its members. False: it is broken, and that was
   told. */
static bool
open_exception(struct reader *reader, uint64_t address, struct cpt_exception *exception, struct cpt_struct *s)
{
    const struct cpt_layout_fields *at = reader->decode->at;
    size_t least = (size_t)at->exception.suppress_context + 1;
    struct cpt_object object;
    struct cpt_error why;

    if (exception->value.broken || cpt_object_open(&reader->values->types, address, &object, &why))
        return false;
    if (!(object.type->flags & CPT_TYPE_EXCEPTION)) {
        cpt_holes_add(reader->decode->holes, cpt_status_code(CPT_CORRUPT), address,
                      "the object at 0x%" PRIx64 " is no exception", address);
        return false;
    }
    if (!cpt_struct_read_some(reader->decode, s, address, cpt_struct_cover(least, at->excgroup.excs, 8), least, &why))
        return true;
    cpt_holes_add_error(reader->decode->holes, &why, "exception at 0x%" PRIx64, address);
    return false;
}

static cpt_status
read_one(struct reader *reader, uint64_t address, uint64_t traceback, unsigned depth, struct cpt_exception **result,
         struct cpt_error *error)
{
    struct cpt_exception *exception;
    struct cpt_struct s;
    cpt_status status;

    *result = NULL;
    if (depth > CPT_MAX_EXCEPTION_DEPTH || reader->count >= CPT_MAX_EXCEPTIONS ||
        reader->values->exceptions >= CPT_MAX_ALL_EXCEPTIONS) {
        tell_limit(reader, address, "others");
        return CPT_OK;
    }
    reader->count++;
    reader->values->exceptions++;
    exception = cpt_arena_alloc(reader->decode->arena, sizeof(*exception));
    if (!exception)
        return out_of_memory(error);
    *result = exception;
    status = cpt_value_read(reader->values, address, &exception->value, error);
    if (status)
        return status;
    exception->type = exception->value.type;
    exception->first = cpt_hash_get(&reader->seen, address);
    if (exception->first)
        return CPT_OK;
    if (!cpt_hash_set(&reader->seen, address, exception))
        return out_of_memory(error);
    return open_exception(reader, address, exception, &s)
               ? read_inside(reader, &s, traceback, depth, exception, error)
               : CPT_OK;
}

static bool
has_fields(const struct cpt_layout_fields *at)
{
    return CPT_HAS(at->exception.args) && CPT_HAS(at->exception.suppress_context);
}

static void
reader_init(struct reader *reader, struct cpt_values *values)
{
    memset(reader, 0, sizeof(*reader));
    reader->values = values;
    reader->decode = values->decode;
}

cpt_status
cpt_exception_read(struct cpt_values *values, uint64_t address, uint64_t traceback, struct cpt_exception **exception,
                   struct cpt_error *error)
{
    struct reader reader;
    cpt_status status;

    *exception = NULL;
    if (!has_fields(values->decode->at))
        return CPT_OK;
    reader_init(&reader, values);
    status = read_one(&reader, address, traceback, 0, exception, error);
    cpt_hash_free(&reader.seen);
    return status;
}

cpt_status
cpt_exception_read_raw(struct cpt_values *values, uint64_t type, uint64_t value, uint64_t traceback,
                       struct cpt_exception **result, struct cpt_error *error)
{
    const struct cpt_type *described = cpt_type_get(&values->types, type);
    struct cpt_exception *exception = cpt_arena_alloc(values->decode->arena, sizeof(*exception));
    struct reader reader;
    cpt_status status;

    *result = exception;
    if (!described || !exception)
        return out_of_memory(error);
    reader_init(&reader, values);
    status = cpt_value_read(values, value ? value : type, &exception->value, error);
    exception->type = described->name;
    if (!status && value && !cpt_is_none(values, value))
        status = cpt_exception_message(values, value, &exception->message, error);
    else
        exception->message = (struct cpt_text){.data = "", .size = 0};
    return status ? status : read_traceback(&reader, traceback, exception, error);
}

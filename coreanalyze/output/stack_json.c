/* Stacks as JSON. */
#include "coreanalyze/output/envelope.h"
#include "coreanalyze/output/exception_out.h"
#include "coreanalyze/output/frame_json.h"
#include "coreanalyze/output/native_out.h"
#include "coreanalyze/output/status_words.h"
#include "coreanalyze/output/value_out.h"

static void
write_position(struct cpt_json *json, const char *key, int32_t number)
{
    if (number < 0)
        cpt_json_member_null(json, key);
    else
        cpt_json_member_int(json, key, number);
}

static void
write_locals_json(struct cpt_json *json, const struct cpt_frame *frame)
{
    cpt_json_key(json, "locals");
    cpt_json_array_open(json);
    for (size_t i = 0; i < frame->local_count; i++) {
        cpt_json_line(json, 4);
        cpt_json_object_open(json);
        cpt_json_member_text(json, "name", &frame->locals[i].name);
        cpt_json_member_cstring(json, "kind", cpt_variable_kind_name(frame->locals[i].kind));
        cpt_json_key(json, "value");
        cpt_value_write_json(json, frame->locals[i].value);
        cpt_json_object_close(json);
    }
    cpt_json_array_close(json);
}

void
cpt_frame_write_json(struct cpt_json *json, const struct cpt_frame *frame, bool locals)
{
    static const struct cpt_code unreadable;
    const struct cpt_code *code = frame->code ? frame->code : &unreadable;

    cpt_json_line(json, 3);
    cpt_json_object_open(json);
    cpt_json_member_text(json, "function", &code->name);
    cpt_json_member_text(json, "qualname", &code->qualname);
    cpt_json_member_text(json, "file", &code->file);
    write_position(json, "line", frame->position.line);
    write_position(json, "column", frame->position.column);
    write_position(json, "end_line", frame->position.end_line);
    write_position(json, "end_column", frame->position.end_column);
    if (locals)
        write_locals_json(json, frame);
    cpt_json_object_close(json);
}

/* Of a traceback: as the frames of a stack, without variables. */
static void
write_entry_json(struct cpt_json *json, const struct cpt_frame *frame)
{
    cpt_frame_write_json(json, frame, false);
}

static void
write_status_json(struct cpt_json *json, unsigned status)
{
    cpt_json_key(json, "status");
    cpt_json_array_open(json);
    for (size_t i = 0; i < CPT_STATUS_WORDS; i++) {
        if (status & cpt_status_words[i].status)
            cpt_json_cstring(json, cpt_status_words[i].word);
    }
    cpt_json_array_close(json);
}

static void
write_waiting_json(struct cpt_json *json, const struct cpt_waiting *waiting)
{
    if (!waiting->kind) {
        cpt_json_member_null(json, "waiting_for");
        return;
    }
    cpt_json_key(json, "waiting_for");
    cpt_json_object_open(json);
    cpt_json_member_cstring(json, "kind", waiting->kind);
    if (waiting->address)
        cpt_json_member_address(json, "address", waiting->address);
    else
        cpt_json_member_null(json, "address");
    if (waiting->owner)
        cpt_json_member_int(json, "owner", waiting->owner);
    else
        cpt_json_member_null(json, "owner");
    if (waiting->inferred)
        cpt_json_member_bool(json, "inferred", true);
    cpt_json_object_close(json);
}

static void
write_deadlocks_json(struct cpt_json *json, const struct cpt_stack *stack)
{
    cpt_json_key(json, "deadlocks");
    cpt_json_array_open(json);
    for (size_t i = 0; i < stack->deadlock_count; i++) {
        cpt_json_array_open(json);
        for (size_t j = 0; j < stack->deadlocks[i].count; j++)
            cpt_json_int(json, stack->deadlocks[i].threads[j]);
        cpt_json_array_close(json);
    }
    cpt_json_array_close(json);
}

static void
write_thread_json(struct cpt_json *json, const struct cpt_stack *stack, const struct cpt_stack_thread *thread)
{
    cpt_json_line(json, 2);
    cpt_json_object_open(json);
    cpt_json_member_int(json, "interpreter", thread->interpreter);
    if (thread->native_id)
        cpt_json_member_int(json, "native_id", thread->native_id);
    else
        cpt_json_member_null(json, "native_id");
    cpt_json_member_address(json, "ident", thread->ident);
    cpt_json_member_text(json, "name", &thread->name);
    cpt_json_member_bool(json, "main", thread->main);
    write_status_json(json, thread->status);
    cpt_exception_write_json(json, &thread->exception, write_entry_json);
    cpt_json_key(json, "frames");
    cpt_json_array_open(json);
    for (size_t i = 0; i < thread->frame_count; i++)
        cpt_frame_write_json(json, &thread->frames[i], stack->has_locals);
    cpt_json_array_close(json);
    if (stack->has_native)
        cpt_native_write_json(json, thread);
    write_waiting_json(json, &thread->waiting);
    cpt_json_object_close(json);
}

void
cpt_stack_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                     const struct cpt_stack *stack)
{
    struct cpt_json json;

    cpt_json_init(&json, out);
    cpt_envelope_open_json(&json, envelope);
    cpt_json_object_open(&json);
    cpt_json_key(&json, "threads");
    cpt_json_array_open(&json);
    for (size_t i = 0; i < stack->thread_count; i++)
        write_thread_json(&json, stack, &stack->threads[i]);
    cpt_json_array_close(&json);
    if (stack->has_native)
        cpt_native_threads_write_json(&json, stack);
    write_deadlocks_json(&json, stack);
    cpt_json_object_close(&json);
    cpt_envelope_close_json(&json);
}

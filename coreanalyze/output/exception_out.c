#include "coreanalyze/output/exception_out.h"

#include "coreanalyze/output/text.h"
#include "coreanalyze/output/value_out.h"

#include <stdio.h>
#include <string.h>

/* JSON */

typedef void (*frame_writer)(struct cpt_json *json, const struct cpt_frame *frame);

static void write_members_json(struct cpt_json *json, const struct cpt_exception *exception, frame_writer frame);

static void
write_one_json(struct cpt_json *json, const struct cpt_exception *exception, const char *state, frame_writer frame)
{
    cpt_json_object_open(json);
    cpt_json_member_text(json, "type", &exception->type);
    cpt_json_key(json, "value");
    cpt_value_write_json(json, &exception->value);
    if (exception->first)
        cpt_json_member_bool(json, "repeated", true);
    else
        write_members_json(json, exception, frame);
    if (state)
        cpt_json_member_cstring(json, "state", state);
    cpt_json_object_close(json);
}

static void
write_linked_json(struct cpt_json *json, const char *key, const struct cpt_exception *exception, frame_writer frame)
{
    cpt_json_key(json, key);
    if (exception)
        write_one_json(json, exception, NULL, frame);
    else
        cpt_json_null(json);
}

static void
write_members_json(struct cpt_json *json, const struct cpt_exception *exception, frame_writer frame)
{
    cpt_json_member_text(json, "message", &exception->message);
    cpt_json_key(json, "traceback");
    cpt_json_array_open(json);
    for (size_t i = 0; i < exception->traceback_count; i++)
        frame(json, &exception->traceback[i]);
    cpt_json_array_close(json);
    write_linked_json(json, "cause", exception->cause, frame);
    write_linked_json(json, "context", exception->context, frame);
    cpt_json_member_bool(json, "suppress_context", exception->suppress_context);
    cpt_json_key(json, "notes");
    cpt_json_array_open(json);
    for (size_t i = 0; i < exception->note_count; i++)
        cpt_json_text(json, &exception->notes[i]);
    cpt_json_array_close(json);
    cpt_json_key(json, "exceptions");
    if (!exception->is_group) {
        cpt_json_null(json);
        return;
    }
    cpt_json_array_open(json);
    for (size_t i = 0; i < exception->member_count; i++)
        write_one_json(json, exception->members[i], NULL, frame);
    cpt_json_array_close(json);
}

void
cpt_exception_write_json(struct cpt_json *json, const struct cpt_thread_exception *exception,
                         void (*frame)(struct cpt_json *json, const struct cpt_frame *frame))
{
    if (!exception->state) {
        cpt_json_member_null(json, "exception");
        return;
    }
    cpt_json_key(json, "exception");
    write_one_json(json, exception->exception, cpt_exception_state_name(exception->state), frame);
}

/* Text: as traceback.print_exception lays it out, groups of exceptions with a margin */

#define GROUP_WIDTH 15 /* members that are shown of one group, as CPython does */
#define GROUP_DEPTH 10

struct writer {
    const struct cpt_exception_text *text;
    struct cpt_buffer part; /* frames before they get their margin */
    unsigned depth;         /* of groups; 0: no margin */
    bool open;              /* the last line of a group is still to be closed */
};

static void
add_indent(struct writer *writer)
{
    cpt_buffer_add_text(writer->text->out, "    ");
    for (unsigned i = 0; i < 2 * writer->depth; i++)
        cpt_buffer_add_char(writer->text->out, ' ');
}

static void
add_margin(struct writer *writer, char mark)
{
    add_indent(writer);
    if (!writer->depth)
        return;
    cpt_buffer_add_char(writer->text->out, mark);
    cpt_buffer_add_char(writer->text->out, ' ');
}

static void
add_line(struct writer *writer, const char *line)
{
    /* An empty line has no blanks either. */
    if (line[0] || writer->depth)
        add_margin(writer, '|');
    cpt_buffer_add_text(writer->text->out, line);
    cpt_buffer_add_char(writer->text->out, '\n');
}

/* Text of the target may have several lines; those of a message go on at the margin. FIRST: the line is begun. */
static void
add_target_lines(struct writer *writer, const struct cpt_text *text, bool begun)
{
    const char *next = text->data ? text->data : "?", *end = next + (text->data ? text->size : 1);

    for (;;) {
        const char *stop = memchr(next, '\n', (size_t)(end - next));
        size_t size = (size_t)((stop ? stop : end) - next);

        if (!begun)
            add_margin(writer, '|');
        cpt_text_add_safe(writer->text->out, next, size);
        cpt_buffer_add_char(writer->text->out, '\n');
        if (!stop)
            return;
        next = stop + 1;
        begun = false;
    }
}

static void
add_frames(struct writer *writer, const struct cpt_exception *exception)
{
    const char *next, *end;

    if (exception->traceback_cut)
        add_line(writer, "  (cut here: the rest of the traceback cannot be read)");
    cpt_buffer_clear(&writer->part);
    writer->text->frames(writer->text->arg, &writer->part, exception->traceback, exception->traceback_count);
    if (writer->part.failed)
        writer->text->out->failed = true;
    next = writer->part.data;
    end = next ? next + writer->part.size : next;
    while (next != end) {
        const char *stop = memchr(next, '\n', (size_t)(end - next));
        size_t size = (size_t)((stop ? stop + 1 : end) - next);

        add_margin(writer, '|');
        cpt_buffer_add(writer->text->out, next, size);
        next += size;
    }
}

/* CPython names classes of the main program without a module. */
static struct cpt_text
shown_type(const struct cpt_text *type)
{
    static const char main_module[] = "__main__.";
    size_t skipped = sizeof(main_module) - 1;

    if (!type->data || type->size <= skipped || memcmp(type->data, main_module, skipped) != 0)
        return *type;
    return (struct cpt_text){.data = type->data + skipped, .size = type->size - skipped};
}

static void
add_message(struct writer *writer, const struct cpt_exception *exception)
{
    struct cpt_buffer *out = writer->text->out;
    struct cpt_text type = shown_type(&exception->type);

    add_margin(writer, '|');
    cpt_text_style(out, writer->text->color, CPT_STYLE_BAD);
    cpt_text_add(out, &type);
    cpt_text_style(out, writer->text->color, CPT_STYLE_NONE);
    if (exception->first)
        exception = exception->first;
    if (!exception->message.data) {
        cpt_buffer_add_text(out, exception->value.broken ? " " : " (its __str__ is code of the target) ");
        cpt_text_add(out, &exception->value.repr);
        cpt_buffer_add_char(out, '\n');
    } else if (exception->message.size) {
        cpt_buffer_add_text(out, ": ");
        add_target_lines(writer, &exception->message, true);
    } else {
        cpt_buffer_add_char(out, '\n');
    }
    for (size_t i = 0; i < exception->note_count; i++)
        add_target_lines(writer, &exception->notes[i], false);
}

static void add_chain(struct writer *writer, const struct cpt_exception *exception);

static void
add_separator(struct writer *writer, const char *joint, const char *title)
{
    add_indent(writer);
    cpt_buffer_printf(writer->text->out, "%s+---------------- %s ----------------\n", joint, title);
}

static void
add_members(struct writer *writer, const struct cpt_exception *exception)
{
    size_t count = exception->member_count, shown = count > GROUP_WIDTH ? GROUP_WIDTH : count;
    char title[64];

    writer->open = false;
    for (size_t i = 0; i < shown + (shown < count); i++) {
        bool is_last = i + 1 == shown + (shown < count);

        writer->open |= is_last;
        snprintf(title, sizeof(title), "%zu", i + 1);
        add_separator(writer, i ? "  " : "+-", i < shown ? title : "...");
        writer->depth++;
        if (i < shown) {
            add_chain(writer, exception->members[i]);
        } else {
            snprintf(title, sizeof(title), "and %zu more exception%s", count - shown, count - shown > 1 ? "s" : "");
            add_line(writer, title);
        }
        if (is_last && writer->open) {
            add_indent(writer);
            cpt_buffer_add_text(writer->text->out, "+------------------------------------\n");
            writer->open = false;
        }
        writer->depth--;
    }
}

static void
add_group(struct writer *writer, const struct cpt_exception *exception)
{
    bool is_outermost = !writer->depth;

    if (writer->depth > GROUP_DEPTH) {
        add_line(writer, "... (groups within groups)");
        return;
    }
    if (is_outermost)
        writer->depth = 1;
    if (exception->traceback_count) {
        add_margin(writer, is_outermost ? '+' : '|');
        cpt_buffer_add_text(writer->text->out, "Exception Group Traceback (most recent call last):\n");
        add_frames(writer, exception);
    }
    add_message(writer, exception);
    add_members(writer, exception);
    if (is_outermost)
        writer->depth = 0;
}

static void
add_one(struct writer *writer, const struct cpt_exception *exception)
{
    if (exception->is_group) {
        add_group(writer, exception);
        return;
    }
    if (exception->traceback_count || exception->traceback_cut) {
        add_line(writer, "Traceback (most recent call last):");
        add_frames(writer, exception);
    }
    add_message(writer, exception);
}

static void
add_linked(struct writer *writer, const struct cpt_exception *exception, const char *how)
{
    add_chain(writer, exception);
    add_line(writer, "");
    add_line(writer, how);
    add_line(writer, "");
}

/* The first one first. The chain is as deep as its reader allows. */
static void
add_chain(struct writer *writer, const struct cpt_exception *exception)
{
    const struct cpt_exception *cause = exception->cause, *context = exception->context;

    if (exception->first) {
        add_message(writer, exception);
        return;
    }
    if (cause && !cause->first)
        add_linked(writer, cause, "The above exception was the direct cause of the following exception:");
    else if (context && !context->first && !exception->suppress_context)
        add_linked(writer, context, "During handling of the above exception, another exception occurred:");
    add_one(writer, exception);
}

void
cpt_exception_write_text(const struct cpt_exception_text *text, const struct cpt_thread_exception *exception)
{
    static const char *const headings[] = {
        [CPT_EXCEPTION_RAISING] = "  Raising:\n",
        [CPT_EXCEPTION_HANDLING] = "  Handling:\n",
        [CPT_EXCEPTION_LAST] = "  Last exception:\n",
    };
    struct writer writer = {.text = text};

    if (!exception->state)
        return;
    cpt_text_style(text->out, text->color, CPT_STYLE_DIM);
    cpt_buffer_add_text(text->out, headings[exception->state]);
    cpt_text_style(text->out, text->color, CPT_STYLE_NONE);
    add_chain(&writer, exception->exception);
    cpt_buffer_free(&writer.part);
}

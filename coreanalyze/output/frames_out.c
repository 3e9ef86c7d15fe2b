#include "coreanalyze/output/frames_out.h"

#include "coreanalyze/output/envelope.h"
#include "coreanalyze/output/frame_json.h"
#include "coreanalyze/output/frame_text.h"
#include "coreanalyze/output/value_out.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINES_AROUND 5 /* before and after the one that is running */
#define TAB_WIDTH 8

/* One frame */

static bool
has_many_interpreters(const struct cpt_frame_list *list)
{
    for (size_t i = 1; i < list->thread_count; i++) {
        if (list->threads[i]->interpreter != list->threads[0]->interpreter)
            return true;
    }
    return false;
}

/* "#7  File …" behind INDENT. */
static void
write_title(struct cpt_frame_text *text, const struct cpt_frame_list *list, size_t index, const char *indent)
{
    cpt_buffer_printf(text->out, "%s#%-2zu ", indent, index);
    if (has_many_interpreters(list))
        cpt_buffer_printf(text->out, "[interpreter %" PRId64 "] ", list->items[index].thread->interpreter);
    cpt_frame_text_title(text, list->items[index].frame);
}

void
cpt_frame_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_frame_list *list,
                     size_t index, const struct cpt_text_options *options)
{
    struct cpt_frame_text text;

    cpt_frame_text_init(&text, out, options);
    write_title(&text, list, index, "");
    cpt_frame_text_source(&text, list->items[index].frame, "    ");
    cpt_frame_text_changed(&text, envelope->is_core);
    cpt_envelope_warnings_text(out, envelope, options);
    cpt_frame_text_free(&text);
}

/* All frames */

static void
write_heads(struct cpt_frame_text *text, const struct cpt_frame_list *list, const char *refused)
{
    for (size_t i = 0; i < list->thread_count; i++)
        cpt_frame_text_thread(text, list->threads[i], has_many_interpreters(list));
    if (refused) {
        cpt_buffer_add_text(text->out, "Source lines are not shown: ");
        cpt_text_add_string(text->out, refused);
        cpt_buffer_add_char(text->out, '\n');
    }
    cpt_buffer_add_text(text->out, "Traceback (most recent call first):\n");
}

static void
write_rest(struct cpt_frame_text *text, const struct cpt_frame_list *list, size_t shown)
{
    char note[96];

    if (shown < list->count) {
        snprintf(note, sizeof(note), "   (%zu more frame%s: --limit N shows N)", list->count - shown,
                 list->count - shown == 1 ? "" : "s");
        cpt_frame_text_note(text, note);
    } else if (!list->complete) {
        cpt_frame_text_note(text, "   (cut here: the calls that led to this cannot be read)");
    }
}

size_t
cpt_frames_shown(const struct cpt_frame_list *list, size_t selected, size_t limit)
{
    size_t least = selected == CPT_NO_FRAME ? 0 : selected + 1;
    size_t shown = limit > least ? limit : least;

    return shown < list->count ? shown : list->count;
}

void
cpt_frames_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_frame_list *list,
                      size_t selected, size_t limit, bool locals, const struct cpt_text_options *options)
{
    struct cpt_frame_text text;
    size_t shown = cpt_frames_shown(list, selected, limit);

    cpt_frame_text_init(&text, out, options);
    write_heads(&text, list, options->source.refused);
    for (size_t i = 0; i < shown; i++) {
        const struct cpt_stack_thread *thread = list->items[i].thread;

        if (locals && (!i || thread != list->items[i - 1].thread))
            cpt_frame_text_share(&text, thread->frames, thread->frame_count);
        write_title(&text, list, i, i == selected ? "=> " : "   ");
        cpt_frame_text_source(&text, list->items[i].frame, "         ");
        if (locals)
            cpt_frame_text_locals(&text, list->items[i].frame, "           ");
    }
    write_rest(&text, list, shown);
    for (size_t i = 0; i < list->thread_count; i++)
        cpt_frame_text_exception(&text, list->threads[i]);
    cpt_frame_text_changed(&text, envelope->is_core);
    cpt_envelope_warnings_text(out, envelope, options);
    cpt_frame_text_free(&text);
}

/* Source */

struct cpt_line_range
cpt_line_range_around(int32_t current, uint32_t start, uint32_t end)
{
    struct cpt_line_range range;

    if (!start)
        return (struct cpt_line_range){current > LINES_AROUND ? current - LINES_AROUND : 1,
                                       current > INT32_MAX - LINES_AROUND ? INT32_MAX : current + LINES_AROUND};
    range.first = start < INT32_MAX ? (int32_t)start : INT32_MAX;
    if (end)
        range.last = end < INT32_MAX ? (int32_t)end : INT32_MAX;
    else
        range.last = range.first > INT32_MAX - 2 * LINES_AROUND ? INT32_MAX : range.first + 2 * LINES_AROUND;
    return range;
}

/* A line as an editor shows it: tabs go to the next multiple of 8. */
static void
write_line(struct cpt_frame_text *text, struct cpt_buffer *expanded, const struct cpt_source_line *line)
{
    size_t column = 0;

    cpt_buffer_clear(expanded);
    for (size_t i = 0; i < line->size; i++) {
        bool continues = ((uint8_t)line->text[i] & 0xc0) == 0x80;

        if (line->text[i] != '\t') {
            cpt_buffer_add_char(expanded, line->text[i]);
            column += !continues;
            continue;
        }
        do
            cpt_buffer_add_char(expanded, ' ');
        while (++column % TAB_WIDTH);
    }
    cpt_text_add_marked(text->out, text->color, "", expanded->size ? expanded->data : "", expanded->size, 0, 0);
}

static void
write_lines(struct cpt_frame_text *text, const struct cpt_frame *frame, const struct cpt_line_range *range,
            int32_t last)
{
    struct cpt_buffer expanded = {0};
    struct cpt_source_line line;

    for (int32_t number = range->first; number <= last; number++) {
        bool current = number == frame->position.line;

        if (!cpt_sources_whole_line(&text->sources, &frame->code->file, number, &line))
            break;
        cpt_text_style(text->out, text->color && current, CPT_STYLE_EXECUTING);
        cpt_buffer_printf(text->out, "%c%4" PRId32 "%s", current ? '>' : ' ', number, line.size ? "    " : "");
        cpt_text_style(text->out, text->color && current, CPT_STYLE_NONE);
        write_line(text, &expanded, &line);
    }
    text->out->failed = text->out->failed || expanded.failed;
    cpt_buffer_free(&expanded);
}

/* Whether the frame's file has a line of RANGE; else says why not. */
static bool
check_lines(struct cpt_frame_text *text, const struct cpt_frame *frame, const struct cpt_line_range *range,
            size_t count, struct cpt_error *error)
{
    const struct cpt_text *file = frame->code ? &frame->code->file : NULL;

    if (!file || !file->data)
        cpt_error_set(error, CPT_ABSENT, "the file of the selected frame cannot be read");
    else if (!count)
        cpt_error_set(error, CPT_ABSENT, "there is no source of %.*s: %s", (int)file->size, file->data,
                      cpt_sources_reason(&text->sources, file));
    else if (range->first > range->last)
        cpt_error_set(error, CPT_ABSENT, "line %d comes after line %d", (int)range->first, (int)range->last);
    else if ((size_t)range->first > count)
        cpt_error_set(error, CPT_ABSENT, "line %d is beyond the end of %.*s, which has %zu lines", (int)range->first,
                      (int)file->size, file->data, count);
    else
        return true;
    return false;
}

bool
cpt_lines_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_frame_list *list,
                     size_t index, const struct cpt_line_range *range, const struct cpt_text_options *options,
                     struct cpt_error *error)
{
    const struct cpt_frame *frame = list->items[index].frame;
    struct cpt_frame_text text;
    size_t count;
    bool good;

    cpt_frame_text_init(&text, out, options);
    count = frame->code ? cpt_sources_line_count(&text.sources, &frame->code->file) : 0;
    good = check_lines(&text, frame, range, count, error);
    if (good)
        write_lines(&text, frame, range, (size_t)range->last < count ? range->last : (int32_t)count);
    if (good)
        cpt_envelope_warnings_text(out, envelope, options);
    cpt_frame_text_free(&text);
    return good;
}

/* Variables */

/* Module-level code has the module's variables for its own. */
static const char *
why_no_locals(const struct cpt_frame *frame)
{
    if (!frame->code)
        return "(the frame cannot be read)";
    if (frame->code->variables && !frame->code->variables->optimized)
        return "(no variables of its own: at the level of a module they are its globals, see py-print)";
    return "(no variables are set)";
}

void
cpt_locals_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_frame_list *list,
                      size_t index, const struct cpt_text_options *options)
{
    const struct cpt_frame *frame = list->items[index].frame;
    struct cpt_frame_text text;

    cpt_frame_text_init(&text, out, options);
    cpt_frame_text_locals(&text, frame, "");
    if (!frame->local_count)
        cpt_frame_text_note(&text, why_no_locals(frame));
    cpt_envelope_warnings_text(out, envelope, options);
    cpt_frame_text_free(&text);
}

void
cpt_name_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_text *name,
                    const struct cpt_frame_name *result, const struct cpt_text_options *options)
{
    cpt_buffer_printf(out, "%s '", cpt_frame_name_scope(result));
    cpt_text_add(out, name);
    cpt_buffer_add_text(out, "' = ");
    cpt_value_write_text(out, options->color, &result->value, 0);
    if (result->unset)
        cpt_buffer_add_text(out, "(the frame's own variable of that name is not set)\n");
    cpt_envelope_warnings_text(out, envelope, options);
}

/* JSON: which frame it is, as the members of an object that is left open. */
static void
open_json(struct cpt_json *json, struct cpt_buffer *out, const struct cpt_envelope *envelope,
          const struct cpt_frame_list *list, size_t index)
{
    cpt_json_init(json, out);
    cpt_envelope_open_json(json, envelope);
    cpt_json_object_open(json);
    cpt_json_member_int(json, "native_id", list->items[index].thread->native_id);
    cpt_json_member_int(json, "interpreter", list->items[index].thread->interpreter);
    cpt_json_member_uint(json, "index", index);
}

void
cpt_locals_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_frame_list *list,
                      size_t index)
{
    struct cpt_json json;

    open_json(&json, out, envelope, list, index);
    cpt_json_key(&json, "frame");
    cpt_frame_write_json(&json, list->items[index].frame, true);
    cpt_json_object_close(&json);
    cpt_envelope_close_json(&json);
}

void
cpt_name_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_frame_list *list,
                    size_t index, const struct cpt_text *name, const struct cpt_frame_name *result)
{
    struct cpt_json json;

    open_json(&json, out, envelope, list, index);
    cpt_json_key(&json, "frame");
    cpt_frame_write_json(&json, list->items[index].frame, false);
    cpt_json_line(&json, 2);
    cpt_json_member_text(&json, "name", name);
    cpt_json_member_cstring(&json, "scope", cpt_frame_name_scope(result));
    cpt_json_key(&json, "value");
    cpt_value_write_json(&json, &result->value);
    cpt_json_object_close(&json);
    cpt_envelope_close_json(&json);
}

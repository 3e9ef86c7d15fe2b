#include "coreanalyze/output/frame_text.h"

#include "coreanalyze/output/exception_out.h"
#include "coreanalyze/output/stack_fold.h"
#include "coreanalyze/output/status_words.h"
#include "coreanalyze/output/value_out.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
cpt_frame_text_init(struct cpt_frame_text *text, struct cpt_buffer *out, const struct cpt_text_options *options)
{
    *text = (struct cpt_frame_text){.out = out, .color = options->color};
    cpt_sources_init(&text->sources, &options->source);
}

void
cpt_frame_text_free(struct cpt_frame_text *text)
{
    cpt_sources_free(&text->sources);
    cpt_hash_free(&text->innermost);
}

/* Which bytes of LINE the running instruction comes from; none where that is not known, or where it
   is the whole line and a mark would say nothing. */
static void
find_mark(const struct cpt_position *position, const struct cpt_source_line *line, size_t *start,
          size_t *end)
{
    size_t last = line->indent + line->size;

    *start = *end = 0;
    if (!line->has_columns || position->column < 0 || position->end_line < position->line)
        return;
    if (position->end_line == position->line) {
        if (position->end_column < 0)
            return;
        last = (size_t)position->end_column < last ? (size_t)position->end_column : last;
    }
    *start = (size_t)position->column > line->indent ? (size_t)position->column - line->indent : 0;
    *end = last > line->indent ? last - line->indent : 0;
    if (*start >= *end || *end - *start == line->size)
        *start = *end = 0;
}

static void
write_styled(struct cpt_frame_text *text, enum cpt_style style, const struct cpt_text *words)
{
    cpt_text_style(text->out, text->color, style);
    cpt_text_add(text->out, words);
    cpt_text_style(text->out, text->color, CPT_STYLE_NONE);
}

static void
write_line_number(struct cpt_frame_text *text, int32_t line)
{
    cpt_buffer_add_text(text->out, ", line ");
    cpt_text_style(text->out, text->color, CPT_STYLE_FILE);
    if (line < 0)
        cpt_buffer_add_char(text->out, '?');
    else
        cpt_buffer_printf(text->out, "%d", line);
    cpt_text_style(text->out, text->color, CPT_STYLE_NONE);
}

void
cpt_frame_text_locals(struct cpt_frame_text *text, const struct cpt_frame *frame, const char *indent)
{
    for (size_t i = 0; i < frame->local_count; i++) {
        const struct cpt_local *local = &frame->locals[i];
        struct cpt_value brief = *local->value;

        if (text->innermost.count && cpt_hash_get(&text->innermost, brief.address) != frame) {
            brief.part_count = 0;
            brief.more_parts = false;
        }
        cpt_buffer_add_text(text->out, indent);
        cpt_text_add(text->out, &local->name);
        cpt_buffer_add_text(text->out, " = ");
        cpt_value_write_text(text->out, text->color, &brief, (unsigned)strlen(indent));
    }
}

void
cpt_frame_text_title(struct cpt_frame_text *text, const struct cpt_frame *frame)
{
    const struct cpt_code *code = frame->code;

    if (!code) {
        cpt_buffer_printf(text->out, "(the frame at 0x%" PRIx64 " cannot be read)\n", frame->address);
        return;
    }
    cpt_buffer_add_text(text->out, "File \"");
    write_styled(text, CPT_STYLE_FILE, &code->file);
    cpt_buffer_add_char(text->out, '"');
    write_line_number(text, frame->position.line);
    cpt_buffer_add_text(text->out, ", in ");
    write_styled(text, CPT_STYLE_FUNCTION, code->qualname.data ? &code->qualname : &code->name);
    cpt_buffer_add_char(text->out, '\n');
}

void
cpt_frame_text_source(struct cpt_frame_text *text, const struct cpt_frame *frame, const char *indent)
{
    struct cpt_source_line line;
    size_t start, end;

    if (!frame->code || !cpt_sources_line(&text->sources, &frame->code->file, frame->position.line, &line))
        return;
    find_mark(&frame->position, &line, &start, &end);
    cpt_text_add_marked(text->out, text->color, indent, line.text, line.size, start, end);
}

void
cpt_frame_text_frame(struct cpt_frame_text *text, const struct cpt_frame *frame)
{
    cpt_buffer_add_text(text->out, "  ");
    cpt_frame_text_title(text, frame);
    cpt_frame_text_source(text, frame, "    ");
    cpt_frame_text_locals(text, frame, "      ");
}

void
cpt_frame_text_note(struct cpt_frame_text *text, const char *note)
{
    cpt_text_style(text->out, text->color, CPT_STYLE_DIM);
    cpt_buffer_add_text(text->out, note);
    cpt_text_style(text->out, text->color, CPT_STYLE_NONE);
    cpt_buffer_add_char(text->out, '\n');
}

void
cpt_frame_text_repeated(struct cpt_frame_text *text, size_t period, size_t times)
{
    char note[96];

    if (period == 1)
        snprintf(note, sizeof(note), "  [Previous line repeated %zu more time%s]", times,
                 times == 1 ? "" : "s");
    else
        snprintf(note, sizeof(note), "  [Previous %zu frames repeated %zu more times]", period,
                 times);
    cpt_frame_text_note(text, note);
}

void
cpt_frame_text_frames(struct cpt_frame_text *text, const struct cpt_frame *frames, size_t count)
{
    while (count) {
        /* The variables of repeated calls differ. */
        struct cpt_stack_run run = {0};
        size_t shown;

        if (!text->locals)
            run = cpt_stack_run_find(frames, count);
        shown = run.period ? run.period * run.shown : 1;

        while (shown--)
            cpt_frame_text_frame(text, &frames[--count]);
        if (!run.period)
            continue;
        cpt_frame_text_repeated(text, run.period, run.turns - run.shown);
        count -= run.period * (run.turns - run.shown);
    }
}

void
cpt_frame_text_share(struct cpt_frame_text *text, struct cpt_frame *frames, size_t count)
{
    cpt_hash_free(&text->innermost);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < frames[i].local_count; j++) {
            uint64_t address = frames[i].locals[j].value->address;

            if (!cpt_hash_get(&text->innermost, address) &&
                !cpt_hash_set(&text->innermost, address, &frames[i]))
                text->out->failed = true;
        }
    }
}

/* From the last word to the first: a crash is what one looks for. */
static void
write_status_text(struct cpt_frame_text *text, unsigned status)
{
    for (size_t i = CPT_STATUS_WORDS; i-- > 0;) {
        bool bad = cpt_status_words[i].status == CPT_THREAD_CRASHED;

        if (!(status & cpt_status_words[i].status))
            continue;
        cpt_buffer_add_text(text->out, ", ");
        cpt_text_style(text->out, text->color && bad, CPT_STYLE_BAD);
        cpt_buffer_add_text(text->out, cpt_status_words[i].text);
        cpt_text_style(text->out, text->color && bad, CPT_STYLE_NONE);
    }
}

/* What THREAD waits for, when its status does not say it all. */
static void
write_waiting_text(struct cpt_frame_text *text, const struct cpt_waiting *waiting)
{
    bool is_gil = waiting->kind && strcmp(waiting->kind, "gil") == 0;

    if (!waiting->kind)
        return;
    if (!is_gil)
        cpt_buffer_printf(text->out, ", waits for %s%s", strchr("er", waiting->kind[0]) ? "an " : "a ",
                          strcmp(waiting->kind, "rlock") == 0 ? "RLock" : waiting->kind);
    if (waiting->address)
        cpt_buffer_printf(text->out, " (0x%" PRIx64 ")", waiting->address);
    if (waiting->owner)
        cpt_buffer_printf(text->out, strcmp(waiting->kind, "thread") == 0 ? ": %d%s" : " that thread %d has%s",
                          waiting->owner, waiting->inferred ? " (it is inside a with statement on it)" : "");
}

void
cpt_frame_text_thread(struct cpt_frame_text *text, const struct cpt_stack_thread *thread, bool many_interpreters)
{
    struct cpt_buffer *out = text->out;

    cpt_text_style(out, text->color, CPT_STYLE_HEAD);
    if (thread->native_id)
        cpt_buffer_printf(out, "Thread %d", thread->native_id);
    else
        cpt_buffer_printf(out, "Thread 0x%" PRIx64, thread->ident);
    if (thread->name.data) {
        cpt_buffer_add_text(out, " \"");
        cpt_text_add(out, &thread->name);
        cpt_buffer_add_char(out, '"');
    }
    cpt_text_style(out, text->color, CPT_STYLE_NONE);
    if (thread->main)
        cpt_buffer_add_text(out, " [main]");
    if (many_interpreters)
        cpt_buffer_printf(out, ", interpreter %" PRId64, thread->interpreter);
    write_status_text(text, thread->status);
    write_waiting_text(text, &thread->waiting);
    cpt_buffer_add_char(out, '\n');
}

static void
write_traceback(void *arg, struct cpt_buffer *out, const struct cpt_frame *frames, size_t count)
{
    struct cpt_frame_text *text = arg;
    struct cpt_buffer *kept = text->out;

    text->out = out;
    cpt_frame_text_frames(text, frames, count);
    text->out = kept;
}

void
cpt_frame_text_exception(struct cpt_frame_text *text, const struct cpt_stack_thread *thread)
{
    const struct cpt_exception_text exception = {
        .out = text->out, .color = text->color, .frames = write_traceback, .arg = text};

    cpt_exception_write_text(&exception, &thread->exception);
}

void
cpt_frame_text_changed(struct cpt_frame_text *text, bool is_core)
{
    for (size_t i = 0; i < text->sources.changed.count; i++) {
        cpt_buffer_add_text(text->out, i ? "" : "\n");
        cpt_text_add(text->out, &text->sources.changed.items[i]);
        cpt_buffer_add_text(text->out, is_core ? " was changed after the core was written"
                                               : " was changed after the process started");
        cpt_buffer_add_text(text->out, ": its lines are not shown\n");
    }
}

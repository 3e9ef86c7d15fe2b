/* Stacks as text. */
#include "coreanalyze/output/envelope.h"
#include "coreanalyze/output/exception_out.h"
#include "coreanalyze/output/native_out.h"
#include "coreanalyze/output/source.h"
#include "coreanalyze/output/stack_fold.h"
#include "coreanalyze/output/status_words.h"
#include "coreanalyze/output/text.h"
#include "coreanalyze/output/value_out.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text_writer {
    struct cpt_buffer *out;
    bool color;
    bool many_interpreters;
    bool locals;
    bool has_native, all_native;
    struct cpt_hash innermost; /* object -> the innermost frame of the thread that has it as a variable */
    struct cpt_sources sources;
};

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
write_styled(struct text_writer *writer, enum cpt_style style, const struct cpt_text *text)
{
    cpt_text_style(writer->out, writer->color, style);
    cpt_text_add(writer->out, text);
    cpt_text_style(writer->out, writer->color, CPT_STYLE_NONE);
}

static void
write_line_number(struct text_writer *writer, int32_t line)
{
    cpt_buffer_add_text(writer->out, ", line ");
    cpt_text_style(writer->out, writer->color, CPT_STYLE_FILE);
    if (line < 0)
        cpt_buffer_add_char(writer->out, '?');
    else
        cpt_buffer_printf(writer->out, "%d", line);
    cpt_text_style(writer->out, writer->color, CPT_STYLE_NONE);
}

static void
write_locals_text(struct text_writer *writer, const struct cpt_frame *frame)
{
    for (size_t i = 0; i < frame->local_count; i++) {
        const struct cpt_local *local = &frame->locals[i];
        struct cpt_value brief = *local->value;

        if (cpt_hash_get(&writer->innermost, brief.address) != frame) {
            brief.part_count = 0;
            brief.more_parts = false;
        }

        cpt_buffer_add_text(writer->out, "      ");
        cpt_text_add(writer->out, &local->name);
        cpt_buffer_add_text(writer->out, " = ");
        cpt_value_write_text(writer->out, writer->color, &brief, 6);
    }
}

static void
write_frame_head(struct text_writer *writer, const struct cpt_frame *frame)
{
    const struct cpt_code *code = frame->code;
    struct cpt_source_line line;
    size_t start, end;

    if (!code) {
        cpt_buffer_printf(writer->out, "  (the frame at 0x%" PRIx64 " cannot be read)\n",
                          frame->address);
        return;
    }
    cpt_buffer_add_text(writer->out, "  File \"");
    write_styled(writer, CPT_STYLE_FILE, &code->file);
    cpt_buffer_add_char(writer->out, '"');
    write_line_number(writer, frame->position.line);
    cpt_buffer_add_text(writer->out, ", in ");
    write_styled(writer, CPT_STYLE_FUNCTION, code->qualname.data ? &code->qualname : &code->name);
    cpt_buffer_add_char(writer->out, '\n');
    if (!cpt_sources_line(&writer->sources, &code->file, frame->position.line, &line))
        return;
    find_mark(&frame->position, &line, &start, &end);
    cpt_text_add_marked(writer->out, writer->color, "    ", line.text, line.size, start, end);
}

static void
write_frame_text(struct text_writer *writer, const struct cpt_frame *frame)
{
    write_frame_head(writer, frame);
    write_locals_text(writer, frame);
}

static void
write_note(struct text_writer *writer, const char *note)
{
    cpt_text_style(writer->out, writer->color, CPT_STYLE_DIM);
    cpt_buffer_add_text(writer->out, note);
    cpt_text_style(writer->out, writer->color, CPT_STYLE_NONE);
    cpt_buffer_add_char(writer->out, '\n');
}

static void
write_repeated(struct text_writer *writer, size_t period, size_t times)
{
    char note[96];

    if (period == 1)
        snprintf(note, sizeof(note), "  [Previous line repeated %zu more time%s]", times,
                 times == 1 ? "" : "s");
    else
        snprintf(note, sizeof(note), "  [Previous %zu frames repeated %zu more times]", period,
                 times);
    write_note(writer, note);
}

/* The most recent call last. */
static void
write_frames_text(struct text_writer *writer, const struct cpt_frame *frames, size_t count)
{
    while (count) {
        /* The variables of repeated calls differ. */
        struct cpt_stack_run run = {0};
        size_t shown;

        if (!writer->locals)
            run = cpt_stack_run_find(frames, count);
        shown = run.period ? run.period * run.shown : 1;

        while (shown--)
            write_frame_text(writer, &frames[--count]);
        if (!run.period)
            continue;
        write_repeated(writer, run.period, run.turns - run.shown);
        count -= run.period * (run.turns - run.shown);
    }
}

static void
write_merged_frame(void *arg, const struct cpt_frame *frame)
{
    write_frame_text(arg, frame);
}

static void
write_merged_run(void *arg, size_t period, size_t times)
{
    write_repeated(arg, period, times);
}

static void
write_native_text(struct text_writer *writer, const struct cpt_stack_thread *thread)
{
    const struct cpt_native_text text = {
        .out = writer->out,
        .color = writer->color,
        .all = writer->all_native,
        .write_python = write_merged_frame,
        .write_repeated = write_merged_run,
        .arg = writer,
    };

    if (thread->native.reason)
        write_note(writer, "  (the native stack is cut here)");
    cpt_native_write_text(&text, thread);
}

static void
write_traceback_text(void *arg, struct cpt_buffer *out, const struct cpt_frame *frames, size_t count)
{
    struct text_writer *writer = arg;
    struct cpt_buffer *kept = writer->out;

    writer->out = out;
    write_frames_text(writer, frames, count);
    writer->out = kept;
}

static void
write_exception_text(struct text_writer *writer, const struct cpt_thread_exception *exception)
{
    const struct cpt_exception_text text = {
        .out = writer->out, .color = writer->color, .frames = write_traceback_text, .arg = writer};

    cpt_exception_write_text(&text, exception);
}

/* Of an object that many frames share the attributes are shown once: where it was used last. */
static void
find_innermost(struct text_writer *writer, const struct cpt_stack_thread *thread)
{
    cpt_hash_free(&writer->innermost);
    for (size_t i = 0; i < thread->frame_count; i++) {
        for (size_t j = 0; j < thread->frames[i].local_count; j++) {
            uint64_t address = thread->frames[i].locals[j].value->address;

            if (!cpt_hash_get(&writer->innermost, address) &&
                !cpt_hash_set(&writer->innermost, address, &thread->frames[i]))
                writer->out->failed = true;
        }
    }
}

static void
write_stack_text(struct text_writer *writer, const struct cpt_stack_thread *thread)
{
    find_innermost(writer, thread);
    if (!thread->frames_complete)
        write_note(writer, thread->frame_count
                               ? "  (cut here: the calls that led to this cannot be read)"
                               : "  (no Python frame can be read)");
    else if (!thread->frame_count)
        write_note(writer, "  (no Python frames)");
    if (!writer->has_native || !thread->native.merged)
        write_frames_text(writer, thread->frames, thread->frame_count);
    if (writer->has_native && !thread->native.merged && thread->native.count)
        write_note(writer, "  (and apart from these the native frames of the same thread)");
    if (writer->has_native)
        write_native_text(writer, thread);
    write_exception_text(writer, &thread->exception);
}

/* From the last word to the first: a crash is what one looks for. */
static void
write_status_text(struct text_writer *writer, unsigned status)
{
    for (size_t i = CPT_STATUS_WORDS; i-- > 0;) {
        bool bad = cpt_status_words[i].status == CPT_THREAD_CRASHED;

        if (!(status & cpt_status_words[i].status))
            continue;
        cpt_buffer_add_text(writer->out, ", ");
        cpt_text_style(writer->out, writer->color && bad, CPT_STYLE_BAD);
        cpt_buffer_add_text(writer->out, cpt_status_words[i].text);
        cpt_text_style(writer->out, writer->color && bad, CPT_STYLE_NONE);
    }
}

/* What THREAD waits for, when its status does not say it all. */
static void
write_waiting_text(struct text_writer *writer, const struct cpt_waiting *waiting)
{
    bool is_gil = waiting->kind && strcmp(waiting->kind, "gil") == 0;

    if (!waiting->kind)
        return;
    if (!is_gil)
        cpt_buffer_printf(writer->out, ", waits for %s%s", strchr("er", waiting->kind[0]) ? "an " : "a ",
                          strcmp(waiting->kind, "rlock") == 0 ? "RLock" : waiting->kind);
    if (waiting->address)
        cpt_buffer_printf(writer->out, " (0x%" PRIx64 ")", waiting->address);
    if (waiting->owner)
        cpt_buffer_printf(writer->out, strcmp(waiting->kind, "thread") == 0 ? ": %d%s" : " that thread %d has%s",
                          waiting->owner, waiting->inferred ? " (it is inside a with statement on it)" : "");
}

static void
write_deadlocks_text(struct text_writer *writer, const struct cpt_stack *stack)
{
    for (size_t i = 0; i < stack->deadlock_count; i++) {
        const struct cpt_deadlock *deadlock = &stack->deadlocks[i];

        cpt_text_style(writer->out, writer->color, CPT_STYLE_BAD);
        cpt_buffer_add_text(writer->out, "Deadlock: ");
        for (size_t j = 0; j < deadlock->count; j++)
            cpt_buffer_printf(writer->out, "thread %d waits for ", deadlock->threads[j]);
        cpt_buffer_printf(writer->out, "thread %d", deadlock->threads[0]);
        cpt_text_style(writer->out, writer->color, CPT_STYLE_NONE);
        cpt_buffer_add_char(writer->out, '\n');
    }
}

static void
write_thread_head(struct text_writer *writer, const struct cpt_stack_thread *thread)
{
    struct cpt_buffer *out = writer->out;

    cpt_text_style(out, writer->color, CPT_STYLE_HEAD);
    if (thread->native_id)
        cpt_buffer_printf(out, "Thread %d", thread->native_id);
    else
        cpt_buffer_printf(out, "Thread 0x%" PRIx64, thread->ident);
    if (thread->name.data) {
        cpt_buffer_add_text(out, " \"");
        cpt_text_add(out, &thread->name);
        cpt_buffer_add_char(out, '"');
    }
    cpt_text_style(out, writer->color, CPT_STYLE_NONE);
    if (thread->main)
        cpt_buffer_add_text(out, " [main]");
    if (writer->many_interpreters)
        cpt_buffer_printf(out, ", interpreter %" PRId64, thread->interpreter);
    write_status_text(writer, thread->status);
    write_waiting_text(writer, &thread->waiting);
    cpt_buffer_add_char(out, '\n');
}

/* The threads that share the stack of thread FIRST, then that stack. */
static void
write_group(struct text_writer *writer, const struct cpt_stack *stack,
            const struct cpt_stack_link *links, size_t first)
{
    size_t count = 1;
    char note[64];

    cpt_buffer_add_char(writer->out, '\n');
    write_thread_head(writer, &stack->threads[first]);
    for (size_t i = links[first].next; i; i = links[i].next, count++)
        write_thread_head(writer, &stack->threads[i]);
    if (count > 1) {
        snprintf(note, sizeof(note), "  (these %zu threads have the same stack)", count);
        write_note(writer, note);
    }
    write_stack_text(writer, &stack->threads[first]);
}

static void
write_threads_text(struct text_writer *writer, const struct cpt_stack *stack)
{
    struct cpt_stack_link *links = calloc(stack->thread_count + 1, sizeof(*links));

    if (links && (stack->has_locals || cpt_stack_group(stack, links))) {
        for (size_t i = 0; i < stack->thread_count; i++) {
            if (!links[i].follows)
                write_group(writer, stack, links, i);
        }
    } else {
        writer->out->failed = true;
    }
    free(links);
}

/* Threads that Python does not know. */
static void
write_native_threads(struct text_writer *writer, const struct cpt_stack *stack)
{
    for (size_t i = 0; i < stack->native_thread_count; i++) {
        const struct cpt_native_thread *thread = &stack->native_threads[i];
        struct cpt_stack_thread shown = {
            .native_id = thread->native_id,
            .name = {thread->name[0] ? thread->name : NULL, strlen(thread->name)},
            .status = thread->crashed ? CPT_THREAD_CRASHED : 0,
            .native = thread->native,
        };

        cpt_buffer_add_char(writer->out, '\n');
        write_thread_head(writer, &shown);
        write_note(writer, "  (no Python state)");
        write_native_text(writer, &shown);
    }
}

static void
write_stack_head(struct text_writer *writer, const struct cpt_stack *stack, const char *refused)
{
    for (size_t i = 1; i < stack->thread_count; i++) {
        if (stack->threads[i].interpreter != stack->threads[0].interpreter)
            writer->many_interpreters = true;
    }
    if (refused) {
        cpt_buffer_add_text(writer->out, "Source lines are not shown: ");
        cpt_text_add_string(writer->out, refused);
        cpt_buffer_add_char(writer->out, '\n');
    }
    cpt_text_add_count(writer->out, stack->thread_count, "thread");
    cpt_buffer_add_text(writer->out, stack->thread_count ? ", most recent call last\n" : "\n");
}

/* Which files have changed since: their lines would have been the wrong ones. */
static void
write_changed_files(struct text_writer *writer, bool is_core)
{
    for (size_t i = 0; i < writer->sources.changed.count; i++) {
        cpt_buffer_add_text(writer->out, i ? "" : "\n");
        cpt_text_add(writer->out, &writer->sources.changed.items[i]);
        cpt_buffer_add_text(writer->out, is_core ? " was changed after the core was written"
                                                 : " was changed after the process started");
        cpt_buffer_add_text(writer->out, ": its lines are not shown\n");
    }
}

void
cpt_stack_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                     const struct cpt_stack *stack, const struct cpt_text_options *options)
{
    struct text_writer writer = {.out = out, .color = options->color, .locals = stack->has_locals, .has_native = stack->has_native,
                                 .all_native = options->all_native};

    cpt_sources_init(&writer.sources, &options->source);
    cpt_envelope_head_text(out, envelope, options);
    write_stack_head(&writer, stack, options->source.refused);
    write_deadlocks_text(&writer, stack);
    write_threads_text(&writer, stack);
    write_native_threads(&writer, stack);
    if (stack->native_only && !stack->has_native) {
        cpt_buffer_add_char(out, '\n');
        cpt_text_add_count(out, stack->native_only, "more thread");
        cpt_buffer_add_text(out, " without Python state\n");
    }
    write_changed_files(&writer, envelope->is_core);
    cpt_envelope_warnings_text(out, envelope, options);
    cpt_sources_free(&writer.sources);
    cpt_hash_free(&writer.innermost);
}

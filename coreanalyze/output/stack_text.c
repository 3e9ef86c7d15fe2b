/* Stacks as text. */
#include "coreanalyze/output/envelope.h"
#include "coreanalyze/output/frame_text.h"
#include "coreanalyze/output/native_out.h"
#include "coreanalyze/output/stack_fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text_writer {
    struct cpt_buffer *out;
    bool color;
    bool many_interpreters;
    bool has_native, all_native;
    struct cpt_frame_text text;
};

static void
write_merged_frame(void *arg, const struct cpt_frame *frame)
{
    cpt_frame_text_frame(arg, frame);
}

static void
write_merged_run(void *arg, size_t period, size_t times)
{
    cpt_frame_text_repeated(arg, period, times);
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
        .arg = &writer->text,
    };

    if (thread->native.reason)
        cpt_frame_text_note(&writer->text, "  (the native stack is cut here)");
    cpt_native_write_text(&text, thread);
}

static void
write_stack_text(struct text_writer *writer, const struct cpt_stack_thread *thread)
{
    cpt_frame_text_share(&writer->text, thread->frames, thread->frame_count);
    if (!thread->frames_complete)
        cpt_frame_text_note(&writer->text, thread->frame_count
                               ? "  (cut here: the calls that led to this cannot be read)"
                               : "  (no Python frame can be read)");
    else if (!thread->frame_count)
        cpt_frame_text_note(&writer->text, "  (no Python frames)");
    if (!writer->has_native || !thread->native.merged)
        cpt_frame_text_frames(&writer->text, thread->frames, thread->frame_count);
    if (writer->has_native && !thread->native.merged && thread->native.count)
        cpt_frame_text_note(&writer->text, "  (and apart from these the native frames of the same thread)");
    if (writer->has_native)
        write_native_text(writer, thread);
    cpt_frame_text_exception(&writer->text, thread);
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

/* The threads that share the stack of thread FIRST, then that stack. */
static void
write_group(struct text_writer *writer, const struct cpt_stack *stack,
            const struct cpt_stack_link *links, size_t first)
{
    size_t count = 1;
    char note[64];

    cpt_buffer_add_char(writer->out, '\n');
    cpt_frame_text_thread(&writer->text, &stack->threads[first], writer->many_interpreters);
    for (size_t i = links[first].next; i; i = links[i].next, count++)
        cpt_frame_text_thread(&writer->text, &stack->threads[i], writer->many_interpreters);
    if (count > 1) {
        snprintf(note, sizeof(note), "  (these %zu threads have the same stack)", count);
        cpt_frame_text_note(&writer->text, note);
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
        cpt_frame_text_thread(&writer->text, &shown, writer->many_interpreters);
        cpt_frame_text_note(&writer->text, "  (no Python state)");
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

void
cpt_stack_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                     const struct cpt_stack *stack, const struct cpt_text_options *options)
{
    struct text_writer writer = {.out = out, .color = options->color, .has_native = stack->has_native,
                                 .all_native = options->all_native};

    cpt_frame_text_init(&writer.text, out, options);
    writer.text.locals = stack->has_locals;
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
    cpt_frame_text_changed(&writer.text, envelope->is_core);
    cpt_envelope_warnings_text(out, envelope, options);
    cpt_frame_text_free(&writer.text);
}

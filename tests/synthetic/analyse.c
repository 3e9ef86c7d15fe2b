#include "tests/synthetic/scene.h"

#include "symbols/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
scene_analyse(const struct scene *scene, struct cpt_memory *memory, const struct cpt_layout *layout,
              struct scene_result *result)
{
    struct cpt_stack_query query = {
        .memory = memory, .layout = layout, .runtime = scene->runtime, .holes = &result->holes};
    struct cpt_stack_work work;
    struct cpt_error error;

    memset(result, 0, sizeof(*result));
    cpt_synthetic_set_tasks(memory, SCENE_PID, scene->tasks, SCENE_TASKS);
    result->checked = cpt_check_runtime(memory, layout, scene->runtime, &error);
    result->status = cpt_stack_prepare(&work, &query, &result->stack, &result->error);
    if (result->status)
        return;
    result->status = cpt_stack_take(&work, &result->error);
    cpt_stack_finish(&work);
}

void
scene_result_free(struct scene_result *result)
{
    cpt_stack_free(&result->stack);
    cpt_holes_free(&result->holes);
}

static bool
same_text(struct cpt_text text, const char *expected)
{
    if (!text.data || !expected)
        return !text.data && !expected;
    return text.size == strlen(expected) && memcmp(text.data, expected, text.size) == 0;
}

static bool
frame_agrees(const struct cpt_frame *frame, const struct scene_frame *expected, char *why)
{
    const struct cpt_position *p = &frame->position;

    if (!frame->code || !same_text(frame->code->name, expected->name) ||
        !same_text(frame->code->qualname, expected->qualname) ||
        !same_text(frame->code->file, expected->file)) {
        snprintf(why, 256, "frame of %s: %s (%s) in %s", expected->name,
                 frame->code && frame->code->name.data ? frame->code->name.data : "-",
                 frame->code && frame->code->qualname.data ? frame->code->qualname.data : "-",
                 frame->code && frame->code->file.data ? frame->code->file.data : "-");
        return false;
    }
    if (p->line == expected->place.line && p->end_line == expected->place.end_line &&
        p->column == expected->place.column && p->end_column == expected->place.end_column)
        return true;
    snprintf(why, 256, "frame of %s: at %d-%d:%d-%d, not at line %d", expected->name, p->line,
             p->end_line, p->column, p->end_column, expected->place.line);
    return false;
}

static bool
thread_agrees(const struct cpt_stack_thread *thread, const struct scene_thread *expected,
              bool names, char *why)
{
    if (thread->ident != expected->ident || thread->native_id != expected->native_id ||
        thread->main != expected->main || thread->interpreter != expected->interpreter) {
        snprintf(why, 256, "ident 0x%" PRIx64 ", native id %d, main %d, interpreter %d",
                 thread->ident, (int)thread->native_id, thread->main, (int)thread->interpreter);
        return false;
    }
    if (thread->status != expected->status) {
        snprintf(why, 256, "status 0x%x, not 0x%x", thread->status, expected->status);
        return false;
    }
    if (names && !same_text(thread->name, expected->name)) {
        snprintf(why, 256, "name %s, not %s", thread->name.data ? thread->name.data : "-",
                 expected->name ? expected->name : "-");
        return false;
    }
    if (thread->frame_count != expected->frame_count || !thread->frames_complete) {
        snprintf(why, 256, "%zu frames, not %zu", thread->frame_count, expected->frame_count);
        return false;
    }
    for (size_t i = 0; i < thread->frame_count; i++) {
        if (!frame_agrees(&thread->frames[i], &expected->frames[i], why))
            return false;
    }
    return true;
}

bool
scene_agrees(const struct scene *scene, const struct scene_result *result, size_t i, bool names,
             char *why)
{
    for (size_t t = 0; !result->status && t < result->stack.thread_count; t++) {
        if (result->stack.threads[t].address == scene->threads[i].address)
            return thread_agrees(&result->stack.threads[t], &scene->threads[i], names, why);
    }
    snprintf(why, 256, "is missing");
    return false;
}

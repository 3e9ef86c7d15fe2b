#include "coreanalyze/output/native_out.h"

#include "coreanalyze/analyses/stack_native.h"
#include "coreanalyze/base/vec.h"
#include "coreanalyze/output/stack_fold.h"
#include "coreanalyze/output/text.h"

#include <inttypes.h>
#include <string.h>

#define SIGNAL_RETURN "<signal handler called>"
#define LONGEST_TURN 24 /* frames of one turn of a recursion */

/* JSON */

static void
write_text_member(struct cpt_json *json, const char *key, const char *text)
{
    if (text)
        cpt_json_member_cstring(json, key, text);
    else
        cpt_json_member_null(json, key);
}

static void
write_python_members(struct cpt_json *json, const struct cpt_stack_thread *thread,
                     const struct cpt_native_frame *frame)
{
    size_t first = 0, count = thread ? cpt_native_python(thread, frame, &first) : 0;

    if (!count) {
        cpt_json_member_null(json, "python");
        return;
    }
    cpt_json_member_uint(json, "python", first);
    cpt_json_member_uint(json, "python_count", count);
}

static void
write_function_json(struct cpt_json *json, const struct cpt_stack_thread *thread,
                    const struct cpt_native_frame *frame, size_t index)
{
    const struct cpt_native_function *function = &frame->site->functions[index];

    cpt_json_line(json, 3);
    cpt_json_object_open(json);
    write_text_member(json, "function", frame->site->signal ? SIGNAL_RETURN : function->name);
    write_text_member(json, "file", function->file);
    if (function->line < 0)
        cpt_json_member_null(json, "line");
    else
        cpt_json_member_int(json, "line", function->line);
    write_text_member(json, "module", frame->site->module);
    cpt_json_member_address(json, "address", frame->address);
    if (function->inlined)
        cpt_json_member_bool(json, "inlined", true);
    if (frame->guessed)
        cpt_json_member_bool(json, "guessed", true);
    if (index + 1 == frame->site->function_count)
        write_python_members(json, thread, frame);
    else
        cpt_json_member_null(json, "python");
    cpt_json_object_close(json);
}

static void
write_frames_json(struct cpt_json *json, const struct cpt_stack_thread *thread,
                  const struct cpt_native_stack *native)
{
    cpt_json_key(json, "native_frames");
    cpt_json_array_open(json);
    for (size_t i = 0; i < native->count; i++) {
        for (size_t k = 0; k < native->items[i].site->function_count; k++)
            write_function_json(json, thread, &native->items[i], k);
    }
    cpt_json_array_close(json);
}

void
cpt_native_write_json(struct cpt_json *json, const struct cpt_stack_thread *thread)
{
    write_frames_json(json, thread, &thread->native);
}

void
cpt_native_threads_write_json(struct cpt_json *json, const struct cpt_stack *stack)
{
    cpt_json_key(json, "native_threads");
    cpt_json_array_open(json);
    for (size_t i = 0; i < stack->native_thread_count; i++) {
        const struct cpt_native_thread *thread = &stack->native_threads[i];

        cpt_json_line(json, 2);
        cpt_json_object_open(json);
        cpt_json_member_int(json, "native_id", thread->native_id);
        write_text_member(json, "name", thread->name[0] ? thread->name : NULL);
        cpt_json_key(json, "status");
        cpt_json_array_open(json);
        if (thread->crashed)
            cpt_json_cstring(json, "crashed");
        cpt_json_array_close(json);
        write_frames_json(json, NULL, &thread->native);
        cpt_json_object_close(json);
    }
    cpt_json_array_close(json);
}

/* Text */

/* One line of a stack: a Python frame, or a native function. */
struct item {
    const struct cpt_frame *python;
    const struct cpt_native_frame *native;
    const struct cpt_native_function *function;
};

struct item_list {
    struct item *items; /* innermost first */
    size_t count, capacity;
};

static bool
add_item(struct item_list *list, struct item item)
{
    struct item *added = cpt_vec_add(list);

    if (added)
        *added = item;
    return added != NULL;
}

static bool
add_python(struct item_list *list, const struct cpt_stack_thread *thread, size_t first, size_t count)
{
    for (size_t i = first; i < first + count && i < thread->frame_count; i++) {
        if (!add_item(list, (struct item){.python = &thread->frames[i]}))
            return false;
    }
    return true;
}

static bool
add_native(struct item_list *list, const struct cpt_native_text *text,
           const struct cpt_stack_thread *thread, const struct cpt_native_frame *frame, size_t *shown)
{
    size_t functions = frame->site->function_count, first = 0, count = cpt_native_python(thread, frame, &first);

    for (size_t i = 0; i < functions; i++) {
        bool is_loop = i + 1 == functions && count;

        if (is_loop && !add_python(list, thread, first, count))
            return false;
        if ((!is_loop || text->all) &&
            !add_item(list, (struct item){.native = frame, .function = &frame->site->functions[i]}))
            return false;
    }
    if (count)
        *shown = first + count;
    return true;
}

/* All lines. Where the native stack is cut, the Python frames outside of what there is of it come last. */
static bool
list_items(struct item_list *list, const struct cpt_native_text *text,
           const struct cpt_stack_thread *thread)
{
    size_t shown = 0;

    for (size_t i = 0; i < thread->native.count; i++) {
        if (!add_native(list, text, thread, &thread->native.items[i], &shown))
            return false;
    }
    return !thread->native.merged || add_python(list, thread, shown, thread->frame_count - shown);
}

static bool
is_same_item(const void *items, size_t a, size_t b)
{
    const struct item *x = (const struct item *)items + a, *y = (const struct item *)items + b;

    if (x->python || y->python)
        return x->python && y->python && x->python->code && x->python->code == y->python->code &&
               x->python->position.line == y->python->position.line;
    return x->native->site == y->native->site && x->function == y->function;
}

static void
write_styled(const struct cpt_native_text *text, enum cpt_style style, const char *string)
{
    cpt_text_style(text->out, text->color, style);
    cpt_text_add_string(text->out, string);
    cpt_text_style(text->out, text->color, CPT_STYLE_NONE);
}

static void
write_place(const struct cpt_native_text *text, const struct cpt_native_function *function)
{
    if (!function->file) {
        cpt_buffer_add_text(text->out, "  in ");
        return;
    }
    cpt_buffer_add_text(text->out, "  File \"");
    write_styled(text, CPT_STYLE_FILE, function->short_file);
    cpt_buffer_add_text(text->out, "\", line ");
    cpt_text_style(text->out, text->color, CPT_STYLE_FILE);
    if (function->line < 0)
        cpt_buffer_add_char(text->out, '?');
    else
        cpt_buffer_printf(text->out, "%d", (int)function->line);
    cpt_text_style(text->out, text->color, CPT_STYLE_NONE);
    cpt_buffer_add_text(text->out, ", in ");
}

static void
write_native(const struct cpt_native_text *text, const struct item *item)
{
    const struct cpt_native_site *site = item->native->site;
    const char *slash = site->module ? strrchr(site->module, '/') : NULL;

    write_place(text, item->function);
    if (site->signal)
        write_styled(text, CPT_STYLE_FUNCTION, SIGNAL_RETURN);
    else if (item->function->name)
        write_styled(text, CPT_STYLE_FUNCTION, item->function->name);
    else
        cpt_buffer_printf(text->out, "0x%" PRIx64, item->native->address);
    cpt_text_style(text->out, text->color, CPT_STYLE_DIM);
    cpt_buffer_add_text(text->out, " (");
    cpt_text_add_string(text->out, slash ? slash + 1 : site->module ? site->module : "no file");
    if (item->function->inlined)
        cpt_buffer_add_text(text->out, ", inlined");
    if (item->native->guessed)
        cpt_buffer_add_text(text->out, ", guessed");
    cpt_buffer_add_char(text->out, ')');
    cpt_text_style(text->out, text->color, CPT_STYLE_NONE);
    cpt_buffer_add_char(text->out, '\n');
}

static void
write_item(const struct cpt_native_text *text, const struct item *item)
{
    if (item->python)
        text->write_python(text->arg, item->python);
    else
        write_native(text, item);
}

void
cpt_native_write_text(const struct cpt_native_text *text, const struct cpt_stack_thread *thread)
{
    struct item_list list = {0};
    size_t count;

    if (!list_items(&list, text, thread))
        text->out->failed = true;
    count = list.count;
    while (count) {
        struct cpt_stack_run run = cpt_stack_run_find_by(is_same_item, list.items, count, LONGEST_TURN);
        size_t shown = run.period ? run.period * run.shown : 1;

        while (shown--)
            write_item(text, &list.items[--count]);
        if (!run.period)
            continue;
        text->write_repeated(text->arg, run.period, run.turns - run.shown);
        count -= run.period * (run.turns - run.shown);
    }
    cpt_vec_free(&list);
}

/* The commands that walk along the frames of the thread that is selected in a debugger. */
#include "coreanalyze/commands/command.h"
#include "coreanalyze/commands/session.h"
#include "coreanalyze/commands/stack.h"
#include "coreanalyze/output/frames_out.h"

#include <inttypes.h>
#include <string.h>

struct walk {
    struct cpt_target *target;
    const struct cpt_options *options;
    const struct cpt_debugger *debugger;
    struct cpt_stack stack; /* of the selected thread alone */
    struct cpt_frame_list list;
    bool has_native;
    struct cpt_session_place place;
    size_t selected; /* of LIST; CPT_NO_FRAME: none, since the selected native frame leads to none */
};

/* Taking the stack */

static cpt_status
take_stack(struct walk *walk, bool native, struct cpt_error *error)
{
    struct cpt_options options = *walk->options;
    struct cpt_holes mark = walk->target->holes;
    bool again = walk->stack.thread_count != 0;
    cpt_status status;

    options.thread = walk->debugger->selected;
    options.native = native;
    cpt_stack_free(&walk->stack);
    status = cpt_target_stacks(walk->target, &options, &walk->stack, error);
    /* What is damaged was told the first time; of native frames only those count that lead to the selected one. */
    if (again)
        cpt_holes_rewind(&walk->target->holes, &mark);
    if (!status)
        status = cpt_frame_list_make(&walk->list, &walk->stack, error);
    walk->has_native = native;
    return status;
}

static cpt_status
no_python(const struct walk *walk, const char *what, struct cpt_error *error)
{
    cpt_error_set(error, CPT_ABSENT, "thread %d %s", (int)walk->debugger->selected, what);
    return cpt_error_hint(error, "py-stack shows all threads, '%s' selects another one",
                          strcmp(walk->debugger->name, "lldb") == 0 ? "thread select N" : "thread N");
}

/* Whether the process has a thread TID, or had when it was last asked. */
static bool
has_task(const struct cpt_debugger *debugger, int32_t tid)
{
    for (size_t i = 0; i < debugger->thread_count; i++) {
        if (debugger->threads[i].tid == tid)
            return true;
    }
    return !debugger->thread_count;
}

static cpt_status
begin(struct walk *walk, struct cpt_target *target, const struct cpt_options *options, struct cpt_error *error)
{
    cpt_status status;

    *walk = (struct walk){.target = target, .options = options, .debugger = target->debugger};
    if (!walk->debugger || !walk->debugger->selected)
        return cpt_error_set(error, CPT_ABSENT, "no thread is selected");
    walk->place = cpt_session_place(walk->debugger);
    status = take_stack(walk, false, error);
    if (status == CPT_ABSENT && !walk->stack.thread_count)
        return no_python(walk, has_task(walk->debugger, walk->debugger->selected) ? "runs no Python"
                                                                                  : "is no thread of the target",
                         error);
    if (!status && !walk->list.count && walk->list.complete)
        return no_python(walk, "runs no Python code now", error);
    if (!status && !walk->list.count)
        return no_python(walk, "has Python frames that cannot be read", error);
    return status;
}

static void
finish(struct walk *walk)
{
    cpt_stack_free(&walk->stack);
}

/* Choosing a frame */

static bool
recall(struct walk *walk)
{
    uint64_t address;
    size_t index;

    if (!cpt_session_recall(walk->debugger->session, &walk->place, &index, &address) || index >= walk->list.count ||
        walk->list.items[index].frame->address != address)
        return false;
    walk->selected = index;
    return true;
}

static void
choose(struct walk *walk, size_t index)
{
    walk->selected = index;
    cpt_session_remember(walk->debugger->session, &walk->place, index, walk->list.items[index].frame->address);
}

/* Whether the debugger's user looks at another native frame than the innermost one. */
static bool
is_outside(const struct cpt_session_place *place)
{
    return place->pc && place->sp && (place->pc != place->start_pc || place->sp != place->start_sp);
}

/* The innermost Python frame that runs in the selected native frame or an older one. */
static void
match_native(struct walk *walk)
{
    enum cpt_frame_match match;
    size_t index = 0;

    match = cpt_frame_list_match(&walk->list, walk->place.pc, walk->place.sp, &index);
    if (match == CPT_FRAME_NO_PYTHON) {
        walk->selected = CPT_NO_FRAME;
        return;
    }
    if (match == CPT_FRAME_UNMATCHED)
        cpt_holes_note(&walk->target->holes, "frame-not-matched",
                       "which Python frame the selected native frame runs is not known: the innermost one is taken");
    choose(walk, index);
}

static bool
is_shared(const struct cpt_frame_list *list)
{
    return list->thread_count > 1 && list->threads[1]->frame_count;
}

static cpt_status
select_frame(struct walk *walk, struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    /* Whose frames are inside of the other's is seen on the native stack. */
    if (is_shared(&walk->list))
        status = take_stack(walk, true, error);
    if (status || recall(walk))
        return status;
    if (!is_outside(&walk->place)) {
        choose(walk, 0);
        return CPT_OK;
    }
    if (!walk->has_native)
        status = take_stack(walk, true, error);
    if (!status)
        match_native(walk);
    return status;
}

static cpt_status
begin_selected(struct walk *walk, struct cpt_target *target, const struct cpt_options *options, struct cpt_error *error)
{
    cpt_status status = begin(walk, target, options, error);

    if (!status)
        status = select_frame(walk, error);
    if (status || walk->selected != CPT_NO_FRAME)
        return status;
    cpt_error_set(error, CPT_ABSENT, "neither the selected native frame nor an older one runs Python");
    return cpt_error_hint(error, "select a newer one: 'frame 0' is the newest");
}

/* Values */

static struct cpt_frame_query
make_query(const struct walk *walk)
{
    return (struct cpt_frame_query){
        .memory = walk->target->memory,
        .layout = &walk->target->found.layout,
        .runtime = walk->target->found.runtime,
        .holes = &walk->target->holes,
        .repr_limit = walk->options->repr_limit,
        .depth = walk->options->depth,
    };
}

static cpt_status
take_variables(struct walk *walk, size_t first, size_t count, struct cpt_error *error)
{
    const struct cpt_frame_query query = make_query(walk);
    cpt_status status = cpt_target_hold(walk->target, walk->options, error);

    if (!status)
        status = cpt_frame_variables_take(&walk->stack, &query, &walk->list.items[first], count, error);
    return cpt_target_release(walk->target, status, error);
}

static cpt_status
take_name(struct walk *walk, const struct cpt_text *name, struct cpt_frame_name *result, struct cpt_error *error)
{
    const struct cpt_frame_query query = make_query(walk);
    cpt_status status = cpt_target_hold(walk->target, walk->options, error);

    if (!status)
        status = cpt_frame_name_take(result, &walk->stack, &query, &walk->list.items[walk->selected], name, error);
    return cpt_target_release(walk->target, status, error);
}

/* Printing */

static void
make_envelope(struct walk *walk, const char *command, struct cpt_envelope *envelope)
{
    cpt_target_note_files(walk->target);
    cpt_target_envelope(walk->target, command, envelope);
}

static struct cpt_text_options
with_sources(struct walk *walk, const struct cpt_text_options *text)
{
    struct cpt_text_options options = *text;

    cpt_target_sources(walk->target, walk->options, &options.source);
    return options;
}

/* The same as of `stack --thread`. */
static cpt_status
write_frames_json(struct cpt_target *target, const struct cpt_options *options, bool full, struct cpt_buffer *out,
                  struct cpt_error *error)
{
    struct cpt_options with_locals = *options;
    struct cpt_envelope envelope;
    struct walk walk;
    cpt_status status;

    with_locals.locals = full;
    status = begin(&walk, target, &with_locals, error);
    if (!status) {
        make_envelope(&walk, full ? "bt-full" : "bt", &envelope);
        cpt_stack_write_json(out, &envelope, &walk.stack);
    }
    finish(&walk);
    return status;
}

static cpt_status
write_frames_text(struct cpt_target *target, const struct cpt_options *options, bool full,
                  const struct cpt_text_options *text, struct cpt_buffer *out, struct cpt_error *error)
{
    struct cpt_text_options sources;
    struct cpt_envelope envelope;
    struct walk walk;
    cpt_status status = begin(&walk, target, options, error);

    if (!status)
        status = select_frame(&walk, error);
    if (!status && full)
        status = take_variables(&walk, 0, cpt_frames_shown(&walk.list, walk.selected, options->limit), error);
    if (!status) {
        make_envelope(&walk, full ? "bt-full" : "bt", &envelope);
        sources = with_sources(&walk, text);
        cpt_frames_write_text(out, &envelope, &walk.list, walk.selected, options->limit, full, &sources);
    }
    finish(&walk);
    return status;
}

cpt_status
cpt_command_bt(struct cpt_target *target, const struct cpt_options *options, const struct cpt_text_options *text,
               struct cpt_buffer *out, struct cpt_error *error)
{
    return options->json ? write_frames_json(target, options, false, out, error)
                         : write_frames_text(target, options, false, text, out, error);
}

cpt_status
cpt_command_bt_full(struct cpt_target *target, const struct cpt_options *options, const struct cpt_text_options *text,
                    struct cpt_buffer *out, struct cpt_error *error)
{
    return options->json ? write_frames_json(target, options, true, out, error)
                         : write_frames_text(target, options, true, text, out, error);
}

/* As gdb's own up and down: as far as there are frames, and an error where there are none. */
static cpt_status
move(struct walk *walk, bool up, struct cpt_error *error)
{
    size_t count = walk->options->has_count ? walk->options->count : 1, last = walk->list.count - 1;
    size_t room = up ? last - walk->selected : walk->selected;

    if (count && !room && up && !walk->list.complete)
        return cpt_error_set(error, CPT_ABSENT, "#%zu is the oldest Python frame that can be read", walk->selected);
    if (count && !room)
        return cpt_error_set(error, CPT_ABSENT, up ? "there is no older Python frame: #%zu is the oldest"
                                                   : "there is no newer Python frame: #%zu is the newest",
                             walk->selected);
    count = count < room ? count : room;
    choose(walk, up ? walk->selected + count : walk->selected - count);
    return CPT_OK;
}

static cpt_status
walk_on(struct cpt_target *target, const struct cpt_options *options, bool up, const struct cpt_text_options *text,
        struct cpt_buffer *out, struct cpt_error *error)
{
    struct cpt_text_options sources;
    struct cpt_envelope envelope;
    struct walk walk;
    cpt_status status = begin_selected(&walk, target, options, error);

    if (!status)
        status = move(&walk, up, error);
    if (!status) {
        make_envelope(&walk, up ? "up" : "down", &envelope);
        sources = with_sources(&walk, text);
        cpt_frame_write_text(out, &envelope, &walk.list, walk.selected, &sources);
    }
    finish(&walk);
    return status;
}

cpt_status
cpt_command_up(struct cpt_target *target, const struct cpt_options *options, const struct cpt_text_options *text,
               struct cpt_buffer *out, struct cpt_error *error)
{
    return walk_on(target, options, true, text, out, error);
}

cpt_status
cpt_command_down(struct cpt_target *target, const struct cpt_options *options, const struct cpt_text_options *text,
                 struct cpt_buffer *out, struct cpt_error *error)
{
    return walk_on(target, options, false, text, out, error);
}

cpt_status
cpt_command_list(struct cpt_target *target, const struct cpt_options *options, const struct cpt_text_options *text,
                 struct cpt_buffer *out, struct cpt_error *error)
{
    struct cpt_text_options sources;
    struct cpt_line_range range;
    struct cpt_envelope envelope;
    struct walk walk;
    cpt_status status = begin_selected(&walk, target, options, error);

    if (!status) {
        int32_t line = walk.list.items[walk.selected].frame->position.line;

        if (line < 0 && !options->first_line)
            status = cpt_error_set(error, CPT_ABSENT, "the line that frame #%zu is at is not known", walk.selected);
        range = cpt_line_range_around(line, options->first_line, options->last_line);
    }
    if (!status) {
        make_envelope(&walk, "list", &envelope);
        sources = with_sources(&walk, text);
        if (!cpt_lines_write_text(out, &envelope, &walk.list, walk.selected, &range, &sources, error))
            status = error->status;
    }
    finish(&walk);
    return status;
}

cpt_status
cpt_command_locals(struct cpt_target *target, const struct cpt_options *options, const struct cpt_text_options *text,
                   struct cpt_buffer *out, struct cpt_error *error)
{
    struct cpt_envelope envelope;
    struct walk walk;
    cpt_status status = begin_selected(&walk, target, options, error);

    if (!status)
        status = take_variables(&walk, walk.selected, 1, error);
    if (!status) {
        make_envelope(&walk, "locals", &envelope);
        if (options->json)
            cpt_locals_write_json(out, &envelope, &walk.list, walk.selected);
        else
            cpt_locals_write_text(out, &envelope, &walk.list, walk.selected, text);
    }
    finish(&walk);
    return status;
}

static cpt_status
not_found(const struct walk *walk, const char *name, bool unset, struct cpt_error *error)
{
    if (unset)
        return cpt_error_set(error, CPT_ABSENT, "'%.100s' is a variable of frame #%zu that is not set", name,
                             walk->selected);
    cpt_error_set(error, CPT_ABSENT, "'%.100s' not found: no variable of frame #%zu, global or builtin has that name",
                  name, walk->selected);
    if (name[strcspn(name, ".[(")])
        return cpt_error_hint(error, "give a name alone: py-object ADDRESS shows what is inside of an object");
    return error->status;
}

cpt_status
cpt_command_print(struct cpt_target *target, const struct cpt_options *options, const struct cpt_text_options *text,
                  struct cpt_buffer *out, struct cpt_error *error)
{
    const struct cpt_text name = {.data = options->name, .size = strlen(options->name)};
    struct cpt_frame_name result;
    struct cpt_envelope envelope;
    struct walk walk;
    cpt_status status = begin_selected(&walk, target, options, error);

    if (!status)
        status = take_name(&walk, &name, &result, error);
    if (!status && result.scope == CPT_SCOPE_NONE)
        status = not_found(&walk, options->name, result.unset, error);
    if (!status) {
        make_envelope(&walk, "print", &envelope);
        if (options->json)
            cpt_name_write_json(out, &envelope, &walk.list, walk.selected, &name, &result);
        else
            cpt_name_write_text(out, &envelope, &name, &result, text);
    }
    finish(&walk);
    return status;
}

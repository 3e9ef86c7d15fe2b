/* Two targets, or two moments of one, against each other. */
#include "coreanalyze/analyses/diff_paths.h"
#include "coreanalyze/analyses/diff_survivors.h"
#include "coreanalyze/commands/command.h"
#include "coreanalyze/commands/graph.h"
#include "coreanalyze/commands/heap.h"
#include "coreanalyze/commands/saved.h"
#include "coreanalyze/memory/birthmark.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define TYPES_WITH_EXAMPLES 5
#define LOOK_EVERY 200 /* milliseconds, whether a process is still there */

struct side {
    const char *label;
    struct cpt_options options; /* with this side's target as the target */
    const struct cpt_target_host *host;
    const char *saved;          /* path of a saved census; NULL: a process or core */
    struct cpt_saved_census census;
    struct cpt_target target;
    bool is_open;
    struct cpt_birthmark mark;
    struct cpt_walk walk;
    struct cpt_diff_side types;
    struct cpt_population population;
    struct cpt_holes holes;     /* of a saved census */
};

static void
init_side(struct side *side, const char *label, const struct cpt_options *options, const struct cpt_target_host *host,
          bool second)
{
    memset(side, 0, sizeof(*side));
    side->label = label;
    side->host = host;
    side->options = *options;
    if (second && !options->interval) {
        side->options.pid = options->after_pid;
        side->options.core = options->after_core;
    }
    if (side->options.pid)
        side->options.exe = NULL; /* it is the other one's */
    else if (cpt_saved_is(side->options.core))
        side->saved = side->options.core;
}

/* The target is opened, or the file read: nothing that takes long. */
static cpt_status
open_side(struct side *side, struct cpt_error *error)
{
    cpt_status status;

    if (side->saved)
        return cpt_saved_read(&side->census, side->saved, &side->holes, error);
    status = cpt_target_open(&side->target, &side->options, side->host, error);
    side->is_open = !status;
    if (!status)
        side->mark = cpt_birthmark_read(side->target.process, side->target.core);
    return status;
}

/* WALK it, and take what of it has to stay when the walk is finished. */
static cpt_status
take_side(struct side *side, bool with_objects, struct cpt_error *error)
{
    struct cpt_census census;
    cpt_status status;

    if (side->saved)
        return CPT_OK;
    status = cpt_walk_begin(&side->walk, &side->target, &side->options, error);
    if (!status)
        status = cpt_census_take(&census, &side->walk.heap, CPT_CENSUS_TYPE, error);
    if (!status)
        status = cpt_diff_side_take(&side->types, &census, error);
    if (!status && with_objects)
        status = cpt_population_take(&side->population, &side->walk.heap, error);
    return status;
}

static const struct cpt_diff_side *
types_of(const struct side *side)
{
    return side->saved ? &side->census.side : &side->types;
}

static void
finish_side(struct side *side)
{
    cpt_walk_finish(&side->walk);
    if (side->is_open)
        cpt_target_close(&side->target);
    cpt_saved_census_free(&side->census);
    cpt_diff_side_free(&side->types);
    cpt_population_free(&side->population);
    cpt_holes_free(&side->holes);
}

static uint64_t
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void
sleep_ms(uint64_t milliseconds)
{
    struct timespec left = {(time_t)(milliseconds / 1000), (long)(milliseconds % 1000) * 1000000};

    while (nanosleep(&left, &left) && errno == EINTR)
        continue;
}

/* The process runs on meanwhile, and may end. */
static cpt_status
wait_interval(const struct side *before, struct cpt_error *error)
{
    uint64_t begun = now_ms(), wanted = before->options.interval, passed;

    cpt_progress_begin(before->host->progress, "waiting, in milliseconds,");
    while ((passed = now_ms() - begun) < wanted && cpt_process_is_alive(before->target.process)) {
        cpt_progress_update(before->host->progress, passed, wanted);
        sleep_ms(wanted - passed < LOOK_EVERY ? wanted - passed : LOOK_EVERY);
    }
    cpt_progress_end(before->host->progress);
    if (cpt_process_is_alive(before->target.process))
        return CPT_OK;
    return cpt_error_set(error, CPT_GONE, "process %d ended between its two moments", (int)before->options.pid);
}

/* Both targets are opened before either is walked: so it is known whether they are one process, and what cannot be
   opened is said at once. */
static cpt_status
take_two(struct side *before, struct side *after, bool *same, struct cpt_error *error)
{
    cpt_status status = open_side(before, error);

    if (!status)
        status = open_side(after, error);
    if (status)
        return status;
    *same = !before->saved && !after->saved && cpt_birthmark_same(&before->mark, &after->mark);
    status = take_side(before, *same, error);
    cpt_walk_finish(&before->walk);
    return status ? status : take_side(after, false, error);
}

static cpt_status
take_moments(struct side *before, struct side *after, bool *same, struct cpt_error *error)
{
    cpt_status status = open_side(before, error);

    if (!status)
        status = take_side(before, true, error);
    cpt_walk_finish(&before->walk);
    if (!status)
        status = wait_interval(before, error);
    if (!status)
        status = open_side(after, error);
    if (!status)
        status = take_side(after, false, error);
    /* Its id may be another's by now. */
    if (!status && !cpt_process_is_alive(before->target.process))
        status = cpt_error_set(error, CPT_GONE, "process %d ended between its two moments", (int)before->options.pid);
    *same = true;
    return status;
}

static bool
has_examples(const struct cpt_diff *diff)
{
    for (size_t i = 0; i < diff->count; i++) {
        if (diff->rows[i].example_count)
            return true;
    }
    return false;
}

/* What is new, and what keeps some of it alive. */
static cpt_status
take_survivors(struct cpt_diff *diff, const struct side *before, struct side *after, struct cpt_error *error)
{
    struct cpt_wiring wiring;
    cpt_status status = cpt_diff_survivors_take(diff, &before->population, &after->walk.heap, TYPES_WITH_EXAMPLES,
                                                error);

    if (status || !has_examples(diff))
        return status;
    status = cpt_wiring_begin(&wiring, &after->walk.heap, after->target.progress, error);
    if (!status)
        status = cpt_diff_paths_take(diff, &wiring.graph, &wiring.roots, error);
    cpt_wiring_finish(&wiring);
    return status;
}

static const struct cpt_holes *
holes_of(const struct side *side)
{
    return side->saved ? &side->holes : &side->target.holes;
}

/* The holes of both, each called by its side. */
static void
merge_holes(struct cpt_holes *holes, const struct side *side)
{
    const struct cpt_holes *from = holes_of(side);

    for (size_t i = 0; i < from->count; i++)
        cpt_holes_add(holes, from->items[i].code, from->items[i].address, "%s: %s", side->label,
                      from->items[i].message);
    holes->notes += from->notes;
    holes->left_out += from->left_out;
    holes->notes_left_out += from->notes_left_out;
}

static void
describe(struct side *side, struct cpt_diff_end *end)
{
    const struct cpt_diff_side *types = types_of(side);

    memset(end, 0, sizeof(*end));
    end->saved = side->saved;
    end->objects = types->objects;
    end->bytes = types->bytes;
    if (side->saved) {
        end->envelope = side->census.envelope;
    } else {
        cpt_target_note_files(&side->target);
        cpt_target_envelope(&side->target, "diff", &end->envelope);
    }
}

/* Two targets that seem to be one process, and cannot be told to be. */
static void
note_unknown(struct cpt_holes *holes, const struct side *before, const struct side *after)
{
    if (!before->saved && !after->saved && before->mark.pid == after->mark.pid &&
        !(before->mark.known && after->mark.known))
        cpt_holes_note(holes, "unknown-process",
                       "whether both are of one process is not known: a core lacks the random bytes that tell");
}

static void
write_result(struct side *before, struct side *after, const struct cpt_diff *diff, const struct cpt_options *options,
             const struct cpt_text_options *text, struct cpt_buffer *out, bool *complete)
{
    struct cpt_holes holes = {0};
    struct cpt_diff_end from, to;
    struct cpt_envelope envelope;

    describe(before, &from);
    describe(after, &to);
    merge_holes(&holes, before);
    merge_holes(&holes, after);
    note_unknown(&holes, before, after);
    envelope = to.envelope;
    envelope.command = "diff";
    envelope.holes = &holes;
    if (options->json)
        cpt_diff_write_json(out, &envelope, &from, &to, diff, options->top);
    else
        cpt_diff_write_text(out, &envelope, &from, &to, diff, options->top, text);
    *complete = holes.count == holes.notes && !holes.left_out;
    cpt_holes_free(&holes);
}

cpt_status
cpt_command_diff(const struct cpt_options *options, const struct cpt_target_host *host,
                 const struct cpt_text_options *text, struct cpt_buffer *out, bool *complete, struct cpt_error *error)
{
    struct side before, after;
    struct cpt_diff diff = {0};
    bool same = false;
    cpt_status status;

    init_side(&before, "before", options, host, false);
    init_side(&after, "after", options, host, true);
    status = options->interval ? take_moments(&before, &after, &same, error) : take_two(&before, &after, &same, error);
    if (!status)
        status = cpt_diff_take(&diff, types_of(&before), types_of(&after), error);
    if (!status && same)
        status = take_survivors(&diff, &before, &after, error);
    if (!status)
        write_result(&before, &after, &diff, options, text, out, complete);
    cpt_diff_free(&diff);
    finish_side(&after);
    finish_side(&before);
    return status;
}

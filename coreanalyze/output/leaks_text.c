/* The leak report for people: what was found, a sentence each, with what to look at next. */
#include "coreanalyze/output/envelope.h"
#include "coreanalyze/output/retained_out.h"
#include "coreanalyze/output/text.h"

#include <inttypes.h>
#include <string.h>

#define DEFAULT_TOP 10  /* groups, or types, of each part */
#define MAX_TYPES 4     /* types of one group that are named */
#define MAX_SCANNED 5   /* types that are named whose references are not known exactly */

struct report {
    struct cpt_buffer *out;
    const struct cpt_envelope *envelope;
    const struct cpt_leaks *leaks;
    size_t top;
    bool color;
};

static bool
any(const struct cpt_leaks *leaks)
{
    return leaks->garbage_objects || leaks->uncollectable_objects || leaks->surplus_count || leaks->lost_count;
}

static uint64_t
total_objects(const struct cpt_leak_type *leaks, size_t count)
{
    uint64_t objects = 0;

    for (size_t i = 0; i < count; i++)
        objects += leaks[i].objects;
    return objects;
}

static uint64_t
total_bytes(const struct cpt_leak_type *leaks, size_t count)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < count; i++)
        bytes += leaks[i].bytes;
    return bytes;
}

/* "12,000 objects (1.4 MiB, 23.0 % of the heap)". */
static void
write_amount(struct report *r, uint64_t objects, uint64_t bytes)
{
    char text[CPT_NUMBER_TEXT];

    cpt_text_add_count(r->out, objects, "object");
    cpt_buffer_printf(r->out, " (%s, ", cpt_text_size(bytes, text));
    cpt_buffer_printf(r->out, "%s %% of the heap)", cpt_text_share(bytes, r->leaks->heap_bytes, text));
}

static void
write_total(struct report *r, const struct cpt_leak_type *leaks, size_t count)
{
    write_amount(r, total_objects(leaks, count), total_bytes(leaks, count));
}

static void
write_head(struct report *r, const char *text)
{
    cpt_text_style(r->out, r->color, CPT_STYLE_HEAD);
    cpt_buffer_add_text(r->out, text);
    cpt_text_style(r->out, r->color, CPT_STYLE_NONE);
}

/* One more thing that was found, behind those before. */
static void
add_finding(struct report *r, bool *first, uint64_t count, const char *noun, const char *what)
{
    if (!count)
        return;
    cpt_buffer_add_text(r->out, *first ? "" : ", ");
    cpt_text_add_count(r->out, count, noun);
    cpt_buffer_add_text(r->out, what);
    *first = false;
}

static void
write_verdict(struct report *r)
{
    const struct cpt_leaks *leaks = r->leaks;
    bool first = true;

    cpt_text_style(r->out, r->color, any(leaks) ? CPT_STYLE_BAD : CPT_STYLE_GOOD);
    if (!any(leaks)) {
        cpt_buffer_add_text(r->out, cpt_envelope_is_complete(r->envelope)
                                        ? "No leak found: no cyclic garbage, no surplus references, nothing lost."
                                        : "No leak found in what could be read.");
    } else {
        cpt_buffer_add_text(r->out, "Found: ");
        add_finding(r, &first, leaks->garbage_objects, "object", " of cyclic garbage");
        add_finding(r, &first, leaks->uncollectable_objects, "object", " in gc.garbage");
        add_finding(r, &first, total_objects(leaks->surplus, leaks->surplus_count), "object",
                    " with surplus references");
        add_finding(r, &first, total_objects(leaks->lost, leaks->lost_count), "object", " lost");
    }
    cpt_text_style(r->out, r->color, CPT_STYLE_NONE);
    cpt_buffer_add_char(r->out, '\n');
}

/* "2 __main__.Node, 1 dict and 3 more types". */
static void
write_types(struct report *r, const struct cpt_type_count *types, size_t count)
{
    char number[CPT_NUMBER_TEXT];
    size_t shown = count > MAX_TYPES + 1 ? MAX_TYPES : count;

    for (size_t i = 0; i < shown; i++) {
        cpt_buffer_printf(r->out, "%s%s ", i ? ", " : "", cpt_text_number(types[i].objects, number));
        cpt_text_style(r->out, r->color, CPT_STYLE_FUNCTION);
        cpt_text_add(r->out, &types[i].type);
        cpt_text_style(r->out, r->color, CPT_STYLE_NONE);
    }
    if (shown < count)
        cpt_buffer_printf(r->out, " and %s more types", cpt_text_number(count - shown, number));
}

/* A line of its own: an example, and the command that tells more of it. */
static void
write_example(struct report *r, const char *label, const struct cpt_value *value, const char *command)
{
    cpt_buffer_printf(r->out, "    %s ", label);
    cpt_text_add(r->out, &value->repr);
    cpt_buffer_add_text(r->out, ": ");
    cpt_envelope_add_command(r->out, r->envelope, command);
    cpt_buffer_printf(r->out, " 0x%" PRIx64 "\n", value->address);
}

static void
write_group(struct report *r, const struct cpt_garbage_group *group)
{
    char text[CPT_NUMBER_TEXT];

    cpt_buffer_printf(r->out, "  %s in ", cpt_text_size(group->bytes, text));
    cpt_text_add_count(r->out, group->components, group->components == 1 ? "group" : "alike group");
    cpt_buffer_add_text(r->out, " of ");
    write_types(r, group->types, group->type_count);
    cpt_buffer_add_char(r->out, '\n');
    write_example(r, "such as", &group->example, "refs");
}

/* The groups that are not listed. */
static void
write_more_groups(struct report *r, size_t from)
{
    const struct cpt_leaks *leaks = r->leaks;
    uint64_t bytes = 0;
    char text[CPT_NUMBER_TEXT];

    for (size_t i = from; i < leaks->group_count; i++)
        bytes += leaks->groups[i].bytes;
    if (from == leaks->group_count)
        return;
    cpt_buffer_printf(r->out, "  %s in ", cpt_text_size(bytes, text));
    cpt_text_add_count(r->out, leaks->group_count - from, "more kind");
    cpt_buffer_add_text(r->out, " of groups (--top)\n");
}

static void
write_garbage(struct report *r)
{
    const struct cpt_leaks *leaks = r->leaks;
    size_t shown = leaks->group_count < r->top ? leaks->group_count : r->top;

    if (!leaks->garbage_objects)
        return;
    write_head(r, "\nCyclic garbage: ");
    write_amount(r, leaks->garbage_objects, leaks->garbage_bytes);
    cpt_buffer_add_text(r->out,
                        "\n  They refer to each other, and nothing else to them: gc.collect() would free them now.\n");
    for (size_t i = 0; i < shown; i++)
        write_group(r, &leaks->groups[i]);
    write_more_groups(r, shown);
    cpt_buffer_add_text(r->out,
                        "  Some of it is normal between two runs of the collector. When it only grows, "
                        "something keeps the\n"
                        "  collector from running: gc.disable(), gc.freeze(), a high threshold.\n");
}

static void
write_uncollectable(struct report *r)
{
    const struct cpt_leaks *leaks = r->leaks;

    if (!leaks->uncollectable_objects)
        return;
    write_head(r, "\nUncollectable: ");
    write_amount(r, leaks->uncollectable_objects, leaks->uncollectable_bytes);
    cpt_buffer_add_text(r->out,
                        " in gc.garbage\n"
                        "  The collector puts there what it cannot free, and with gc.DEBUG_SAVEALL all that it "
                        "finds.\n  ");
    write_types(r, leaks->uncollectable, leaks->uncollectable_count);
    cpt_buffer_add_char(r->out, '\n');
}

static void
write_leak_name(struct report *r, const struct cpt_leak_type *leak)
{
    char number[CPT_NUMBER_TEXT];

    cpt_buffer_printf(r->out, "  %s ", cpt_text_number(leak->objects, number));
    cpt_text_style(r->out, r->color, CPT_STYLE_FUNCTION);
    cpt_text_add(r->out, &leak->type);
    cpt_text_style(r->out, r->color, CPT_STYLE_NONE);
    cpt_buffer_add_text(r->out, leak->objects == 1 ? " object" : " objects");
    cpt_buffer_printf(r->out, " (%s, ", cpt_text_size(leak->bytes, number));
    cpt_buffer_printf(r->out, "%s %% of the heap)", cpt_text_share(leak->bytes, r->leaks->heap_bytes, number));
}

/* How many objects of SURPLUS's type are lost, too. */
static uint64_t
lost_of(const struct cpt_leaks *leaks, const struct cpt_leak_type *surplus)
{
    for (size_t i = 0; i < leaks->lost_count; i++) {
        if (leaks->lost[i].type.size == surplus->type.size && surplus->type.data &&
            memcmp(leaks->lost[i].type.data, surplus->type.data, surplus->type.size) == 0)
            return leaks->lost[i].objects;
    }
    return 0;
}

/* "3 __main__.Node objects (336 B, …) have 3 references too many". Those that are lost have their example there. */
static void
write_one_surplus(struct report *r, const struct cpt_leak_type *leak)
{
    uint64_t lost = lost_of(r->leaks, leak);
    char number[CPT_NUMBER_TEXT];

    write_leak_name(r, leak);
    cpt_buffer_printf(r->out, " %s ", leak->objects == 1 ? "has" : "have");
    cpt_text_add_count(r->out, leak->references, "reference");
    cpt_buffer_add_text(r->out, " too many");
    if (lost >= leak->objects)
        cpt_buffer_add_text(r->out, leak->objects == 1 ? "; it is lost" : "; all are lost");
    else if (lost)
        cpt_buffer_printf(r->out, "; %s of them %s lost", cpt_text_number(lost, number), lost == 1 ? "is" : "are");
    cpt_buffer_add_char(r->out, '\n');
    if (leak->example_count && lost < leak->objects)
        write_example(r, "such as", &leak->examples[0], "refs");
}

static void
write_surplus(struct report *r)
{
    const struct cpt_leaks *leaks = r->leaks;
    size_t shown = leaks->surplus_count < r->top ? leaks->surplus_count : r->top;

    if (!leaks->surplus_count)
        return;
    write_head(r, "\nSurplus references: ");
    write_total(r, leaks->surplus, leaks->surplus_count);
    cpt_buffer_add_text(r->out,
                        "\n  They count more references than can be found anywhere, the mark of a missing "
                        "Py_DECREF in\n"
                        "  native code: such objects stay for ever.\n");
    for (size_t i = 0; i < shown; i++)
        write_one_surplus(r, &leaks->surplus[i]);
    if (shown < leaks->surplus_count) {
        cpt_buffer_add_text(r->out, "  ");
        cpt_text_add_count(r->out, leaks->surplus_count - shown, "more type");
        cpt_buffer_add_text(r->out, " (--top)\n");
    }
}

static void
write_lost(struct report *r)
{
    const struct cpt_leaks *leaks = r->leaks;
    size_t shown = leaks->lost_count < r->top ? leaks->lost_count : r->top;
    char text[CPT_NUMBER_TEXT];

    if (!leaks->lost_count)
        return;
    write_head(r, "\nLost: ");
    write_total(r, leaks->lost, leaks->lost_count);
    cpt_buffer_add_text(r->out,
                        "\n  They are alive by their count, but nothing leads to them any more, not even native "
                        "memory:\n"
                        "  whoever had them forgot them without Py_DECREF.\n");
    for (size_t i = 0; i < shown; i++) {
        const struct cpt_leak_type *leak = &leaks->lost[i];

        write_leak_name(r, leak);
        if (leak->kept_objects) {
            cpt_buffer_add_text(r->out, leak->objects == 1 ? ", which keeps " : ", which keep ");
            cpt_text_add_count(r->out, leak->kept_objects, "more object");
            cpt_buffer_printf(r->out, " (%s) alive", cpt_text_size(leak->kept_bytes, text));
        }
        cpt_buffer_add_char(r->out, '\n');
        if (leak->example_count)
            write_example(r, "such as", &leak->examples[0], "object");
    }
    if (shown < leaks->lost_count) {
        cpt_buffer_add_text(r->out, "  ");
        cpt_text_add_count(r->out, leaks->lost_count - shown, "more type");
        cpt_buffer_add_text(r->out, " (--top)\n");
    }
}

static void
write_retainers(struct report *r, int width)
{
    if (!r->leaks->retained.count)
        return;
    write_head(r, "\nWhat keeps most memory alive\n");
    cpt_buffer_add_text(r->out, "  No leak by itself, but where to look when the program grows. More of it: ");
    cpt_envelope_add_command(r->out, r->envelope, "retained");
    cpt_buffer_add_char(r->out, '\n');
    cpt_retainers_write_text(r->out, &r->leaks->retained, r->color, width);
}

/* What takes from the report's certainty. */
static void
write_certainty(struct report *r)
{
    const struct cpt_leaks *leaks = r->leaks;
    size_t shown = leaks->scanned_count < MAX_SCANNED ? leaks->scanned_count : MAX_SCANNED;
    char number[CPT_NUMBER_TEXT];
    uint64_t objects = 0;

    for (size_t i = 0; i < leaks->scanned_count; i++)
        objects += leaks->scanned[i].objects;
    if (objects || leaks->has_threads_running || !cpt_envelope_is_complete(r->envelope))
        write_head(r, "\nHow sure this is\n");
    if (objects) {
        cpt_buffer_add_text(r->out, "  The references of ");
        cpt_text_add_count(r->out, objects, "object");
        cpt_buffer_add_text(r->out, " are not known exactly, and were looked for in their memory:\n  ");
        write_types(r, leaks->scanned, shown);
        if (leaks->scanned_count > shown)
            cpt_buffer_printf(r->out, " and %s more types", cpt_text_number(leaks->scanned_count - shown, number));
        cpt_buffer_add_char(r->out, '\n');
    }
    if (leaks->has_threads_running)
        cpt_buffer_add_text(r->out,
                            "  The process ran on while it was copied (--no-pause): an object whose references "
                            "changed\n"
                            "  meanwhile can seem to have too many, or none.\n");
    if (!cpt_envelope_is_complete(r->envelope))
        cpt_buffer_add_text(r->out,
                            "  Some memory could not be read, see below: references in it were not found, and "
                            "what they lead\n"
                            "  to can seem to have too many, or to be lost.\n");
}

void
cpt_leaks_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_leaks *leaks,
                     size_t top, const struct cpt_text_options *options)
{
    struct report report = {.out = out, .envelope = envelope, .leaks = leaks, .top = top ? top : DEFAULT_TOP,
                            .color = options->color};

    cpt_envelope_head_text(out, envelope, options);
    write_verdict(&report);
    write_surplus(&report);
    write_lost(&report);
    write_uncollectable(&report);
    write_garbage(&report);
    write_retainers(&report, options->width);
    write_certainty(&report);
    cpt_envelope_warnings_text(out, envelope, options);
}

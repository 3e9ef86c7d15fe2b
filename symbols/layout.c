#include "symbols/layout.h"

#include <stdio.h>
#include <string.h>

/* The DWARF names of each structure, as one object that all of its fields share. */
#define DWARF_NAMES(s, dwarf) static const char dwarf_##s[] = dwarf;
CPT_LAYOUT_STRUCTS(DWARF_NAMES)

#define DESCRIBE_FIELD(s, name, path)                                                              \
    {#s, #name, dwarf_##s, path, false, CPT_LAYOUT_INDEX(s.size)},
#define DESCRIBE_BITS(s, name, path) {#s, #name, dwarf_##s, path, true, CPT_LAYOUT_INDEX(s.size)},
#define DESCRIBE_STRUCT(s, dwarf)                                                                  \
    {#s, "size", dwarf_##s, NULL, false, CPT_LAYOUT_INDEX(s.size)},                                \
        CPT_LAYOUT_##s(DESCRIBE_FIELD, DESCRIBE_BITS)

static const struct cpt_layout_field descriptions[] = {CPT_LAYOUT_STRUCTS(DESCRIBE_STRUCT)};

_Static_assert(sizeof(descriptions) / sizeof(descriptions[0]) == CPT_LAYOUT_FIELD_COUNT,
               "descriptions and struct cpt_layout_fields are made from the same list");

void
cpt_python_version_format(uint32_t hex, char *text, size_t size)
{
    static const char *const levels[16] = {[0xa] = "a", [0xb] = "b", [0xc] = "rc"};
    const char *level = levels[hex >> 4 & 0xf];
    int length = snprintf(text, size, "%u.%u.%u", (unsigned)CPT_PYTHON_MAJOR(hex),
                          (unsigned)CPT_PYTHON_MINOR(hex), (unsigned)CPT_PYTHON_MICRO(hex));

    if (level && length > 0 && (size_t)length < size)
        snprintf(text + length, size - (size_t)length, "%s%u", level, (unsigned)(hex & 0xf));
}

void
cpt_layout_fields_init(struct cpt_layout_fields *fields)
{
    for (size_t i = 0; i < CPT_LAYOUT_FIELD_COUNT; i++)
        cpt_layout_set(fields, i, CPT_NO_FIELD);
}

void
cpt_layout_init(struct cpt_layout *layout)
{
    memset(layout, 0, sizeof(*layout));
    cpt_layout_fields_init(&layout->at);
}

const char *
cpt_layout_origin_name(enum cpt_layout_origin origin)
{
    switch (origin) {
    case CPT_LAYOUT_NONE:
        return "none";
    case CPT_LAYOUT_SELF:
        return "self";
    case CPT_LAYOUT_TABLE:
        return "table";
    case CPT_LAYOUT_DWARF:
        return "dwarf";
    case CPT_LAYOUT_AUTO:
        return "auto";
    }
    return "unknown";
}

const struct cpt_layout_field *
cpt_layout_field(size_t index)
{
    return &descriptions[index];
}

/* What every stack needs, whatever its frames are like. */
static const size_t needed_always[] = {
    CPT_LAYOUT_INDEX(runtime.interpreters_head), CPT_LAYOUT_INDEX(interp.next),
    CPT_LAYOUT_INDEX(interp.threads_head),       CPT_LAYOUT_INDEX(tstate.next),
    CPT_LAYOUT_INDEX(interp.sysdict),            CPT_LAYOUT_INDEX(type.tp_flags),
    CPT_LAYOUT_INDEX(tstate.interp),             CPT_LAYOUT_INDEX(tstate.thread_id),
    CPT_LAYOUT_INDEX(object.ob_type),            CPT_LAYOUT_INDEX(var.ob_size),
    CPT_LAYOUT_INDEX(code.co_filename),          CPT_LAYOUT_INDEX(code.co_name),
    CPT_LAYOUT_INDEX(code.co_firstlineno),       CPT_LAYOUT_INDEX(bytes.ob_sval),
    CPT_LAYOUT_INDEX(ascii.size),                CPT_LAYOUT_INDEX(ascii.length),
    CPT_LAYOUT_INDEX(ascii.kind),                CPT_LAYOUT_INDEX(ascii.compact),
    CPT_LAYOUT_INDEX(ascii.ascii),               CPT_LAYOUT_INDEX(compact.size),
};

/* The generations of frames, newest first: what each needs. The first field of a generation tells
   that the target is of it. */

static const size_t frames_from_3_13[] = {
    CPT_LAYOUT_INDEX(tstate.current_frame), CPT_LAYOUT_INDEX(iframe.f_executable),
    CPT_LAYOUT_INDEX(iframe.previous),      CPT_LAYOUT_INDEX(iframe.instr_ptr),
    CPT_LAYOUT_INDEX(iframe.owner),         CPT_LAYOUT_INDEX(code.co_linetable),
    CPT_LAYOUT_INDEX(code.co_code_adaptive),
};

static const size_t frames_from_3_11[] = {
    CPT_LAYOUT_INDEX(cframe.current_frame),  CPT_LAYOUT_INDEX(tstate.cframe),
    CPT_LAYOUT_INDEX(iframe.f_executable),   CPT_LAYOUT_INDEX(iframe.previous),
    CPT_LAYOUT_INDEX(iframe.prev_instr),     CPT_LAYOUT_INDEX(iframe.owner),
    CPT_LAYOUT_INDEX(code.co_linetable),     CPT_LAYOUT_INDEX(code.co_code_adaptive),
};

/* The line table comes apart: co_lnotab to 3.9, co_linetable in 3.10. */
static const size_t frames_to_3_10[] = {
    CPT_LAYOUT_INDEX(tstate.frame),
    CPT_LAYOUT_INDEX(frame.f_back),
    CPT_LAYOUT_INDEX(frame.f_code),
    CPT_LAYOUT_INDEX(frame.f_lasti),
};

struct need {
    const size_t *fields;
    size_t count;
};

#define NEED(list) {list, sizeof(list) / sizeof((list)[0])}

static const struct need need_always = NEED(needed_always);
static const struct need generations[] = {NEED(frames_from_3_13), NEED(frames_from_3_11),
                                          NEED(frames_to_3_10)};

#define GENERATION_COUNT (sizeof(generations) / sizeof(generations[0]))

static bool
is_among(const struct need *need, size_t index)
{
    for (size_t i = 0; i < need->count; i++)
        if (need->fields[i] == index)
            return true;
    return false;
}

static bool
is_needed(size_t index)
{
    if (is_among(&need_always, index))
        return true;
    for (size_t i = 0; i < GENERATION_COUNT; i++)
        if (is_among(&generations[i], index))
            return true;
    return index == CPT_LAYOUT_INDEX(code.co_lnotab);
}

void
cpt_layout_fill(struct cpt_layout *layout, const struct cpt_layout_fields *fields,
                enum cpt_layout_origin origin)
{
    for (size_t i = 0; i < CPT_LAYOUT_FIELD_COUNT; i++) {
        if (CPT_HAS(cpt_layout_get(&layout->at, i)) || !CPT_HAS(cpt_layout_get(fields, i)))
            continue;
        cpt_layout_set(&layout->at, i, cpt_layout_get(fields, i));
        layout->origin[i] = (uint8_t)origin;
        if (layout->main_origin == CPT_LAYOUT_NONE && is_needed(i))
            layout->main_origin = origin;
    }
}

/* The first field of NEED that LAYOUT lacks, or CPT_LAYOUT_FIELD_COUNT. */
static size_t
first_missing(const struct cpt_layout *layout, const struct need *need)
{
    for (size_t i = 0; i < need->count; i++)
        if (!CPT_HAS(cpt_layout_get(&layout->at, need->fields[i])))
            return need->fields[i];
    return CPT_LAYOUT_FIELD_COUNT;
}

/* The first field missing of the generation of frames that LAYOUT describes. */
static size_t
first_missing_of_frames(const struct cpt_layout *layout)
{
    for (size_t i = 0; i < GENERATION_COUNT; i++) {
        size_t missing;

        if (!CPT_HAS(cpt_layout_get(&layout->at, generations[i].fields[0])))
            continue;
        missing = first_missing(layout, &generations[i]);
        if (missing == CPT_LAYOUT_FIELD_COUNT && !CPT_HAS(layout->at.code.co_lnotab) &&
            !CPT_HAS(layout->at.code.co_linetable))
            missing = CPT_LAYOUT_INDEX(code.co_linetable);
        return missing;
    }
    return CPT_LAYOUT_INDEX(tstate.current_frame);
}

bool
cpt_layout_is_complete(const struct cpt_layout *layout, char *name, size_t size)
{
    size_t missing = first_missing(layout, &need_always);

    if (missing == CPT_LAYOUT_FIELD_COUNT)
        missing = first_missing_of_frames(layout);
    if (missing == CPT_LAYOUT_FIELD_COUNT)
        return true;
    if (name)
        snprintf(name, size, "%s.%s", descriptions[missing].structure, descriptions[missing].name);
    return false;
}

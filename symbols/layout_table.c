/* The built-in layouts: which one serves which CPython.
 *
 * Each file of symbols/tables/ is one element of the array, made by mklayout from a real build.
 */
#include "symbols/layout.h"

#include <inttypes.h>
#include <stdio.h>

#define LEVEL_FINAL 0xf

/* One field that the build has. */
struct value {
    uint16_t field;
    int32_t at;
};

/* From 3.13 on the range of patch releases says only which one a table was made from: sizes choose,
   because fields move inside of a minor series. Tables serve final releases with the GIL. */
struct table {
    const char *build; /* "3.8.18" */
    uint8_t minor;
    uint8_t first_micro, last_micro;
    bool debug; /* Py_DEBUG */
    const struct value *values;
    size_t count;
};

#define AT(field, offset) {CPT_LAYOUT_INDEX(field), offset}
#define BITS(field, byte, bit, width) {CPT_LAYOUT_INDEX(field), CPT_BITFIELD(byte, bit, width)}
#define VALUES(...)                                                                                \
    .values = (const struct value[]){__VA_ARGS__},                                                 \
    .count = sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value)

/* clang-format off */
static const struct table tables[] = {
#include "symbols/tables/cpython-3.7.16.h"
#include "symbols/tables/cpython-3.8.18.h"
#include "symbols/tables/cpython-3.9.18.h"
#include "symbols/tables/cpython-3.10.13.h"
#include "symbols/tables/cpython-3.11.7.h"
#include "symbols/tables/cpython-3.11.2-debug.h"
#include "symbols/tables/cpython-3.12.1.h"
#include "symbols/tables/cpython-3.13.0.h"
#include "symbols/tables/cpython-3.13.7.h"
#include "symbols/tables/cpython-3.13.18.h"
#include "symbols/tables/cpython-3.14.0.h"
#include "symbols/tables/cpython-3.14.4.h"
#include "symbols/tables/cpython-3.14.10.h"
#include "symbols/tables/cpython-3.14.10-debug.h"
#include "symbols/tables/cpython-3.15.2.h"
#include "symbols/tables/cpython-3.15.2-debug.h"
};
/* clang-format on */

#define TABLE_COUNT (sizeof(tables) / sizeof(tables[0]))
#define SUPPORTED "3.7.5 to 3.15"

/* The first minor version whose releases tell their sizes themselves, and need it. */
#define FIRST_MINOR_BY_SIZE 13

/* Bug-fix releases of 3.11 and 3.12 may add static strings, which lie in _PyRuntime behind all
   fields that are read: it has 459,944 bytes in 3.12.1 and 459,992 later. A debug build of 3.12 has
   15,992 more, and those do move fields. */
#define FIRST_MINOR_WITH_STATIC_STRINGS 11
#define STATIC_STRINGS_ROOM 4096

/* Without the JIT, 3.15's _PyThreadStateImpl has no jit_tracer_state. The main thread's comes last
   in the interpreter, and that last in the runtime, so that only their sizes differ. The tables are
   of builds with it. */
#define FIRST_MINOR_WITH_JIT_STATE 15
#define JIT_STATE_SIZE 8

const char *
cpt_layout_supported_versions(void)
{
    return SUPPORTED;
}

static void
read_table(const struct table *table, struct cpt_layout_fields *fields)
{
    cpt_layout_fields_init(fields);
    for (size_t i = 0; i < table->count; i++)
        cpt_layout_set(fields, table->values[i].field, table->values[i].at);
}

/* A hint of 0 agrees with everything. */
static bool
agrees(uint64_t hint, int32_t size)
{
    return !hint || (size > 0 && hint == (uint64_t)size);
}

static bool
all_agree(const struct cpt_layout_fields *fields, const struct cpt_layout_hints *hints)
{
    return agrees(hints->runtime_size, fields->runtime.size) &&
           agrees(hints->interp_size, fields->interp.size) &&
           agrees(hints->tstate_size, fields->tstate.size);
}

/* To 3.12. The size of PyInterpreterState says nothing there: security releases of 3.8, 3.9 and
   3.10 appended int_max_str_digits to it. */
static bool
series_agrees(const struct cpt_layout_fields *fields, const struct table *table,
              const struct cpt_layout_hints *hints)
{
    int64_t room = table->minor >= FIRST_MINOR_WITH_STATIC_STRINGS ? STATIC_STRINGS_ROOM : 0;
    int64_t difference = (int64_t)hints->runtime_size - fields->runtime.size;

    return (!hints->runtime_size || (difference <= room && difference >= -room)) &&
           agrees(hints->tstate_size, fields->tstate.size);
}

/* Whether TABLE may serve VERSION as far as their numbers tell. From 3.13 on Py_DEBUG need not be
   known: the sizes of such a build are its own. */
static bool
may_serve(const struct table *table, const struct cpt_python_version *version)
{
    unsigned micro = CPT_PYTHON_MICRO(version->hex);

    if (table->minor != CPT_PYTHON_MINOR(version->hex))
        return false;
    if (table->minor >= FIRST_MINOR_BY_SIZE)
        return table->debug || !version->debug_build;
    return table->debug == version->debug_build && micro >= table->first_micro &&
           micro <= table->last_micro;
}

/* Reads TABLE, which may serve VERSION, into FIELDS; false when HINTS contradict it. */
static bool
take_table(const struct table *table, const struct cpt_python_version *version,
           const struct cpt_layout_hints *hints, struct cpt_layout_fields *fields)
{
    unsigned micro = CPT_PYTHON_MICRO(version->hex);

    read_table(table, fields);
    if (table->minor < FIRST_MINOR_BY_SIZE)
        return series_agrees(fields, table, hints);
    if (!hints->runtime_size && !hints->interp_size)
        return table->debug == version->debug_build && micro >= table->first_micro &&
               micro <= table->last_micro && all_agree(fields, hints);
    if (all_agree(fields, hints))
        return true;
    if (table->minor < FIRST_MINOR_WITH_JIT_STATE)
        return false;
    fields->runtime.size -= JIT_STATE_SIZE;
    fields->interp.size -= JIT_STATE_SIZE;
    return all_agree(fields, hints);
}

/* Names of the builds that may serve VERSION, into TEXT; how many. */
static size_t
list_builds(const struct cpt_python_version *version, char *text, size_t size)
{
    size_t length = 0, count = 0;

    text[0] = '\0';
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (!may_serve(&tables[i], version))
            continue;
        count++;
        if (length < size)
            length += (size_t)snprintf(text + length, size - length, "%s%s", length ? ", " : "",
                                       tables[i].build);
    }
    return count;
}

/* Why VERSION is not served, whatever its sizes are; CPT_OK if it may be. */
static cpt_status
check_version(const struct cpt_python_version *version, struct cpt_error *error)
{
    char text[16], builds[128];

    cpt_python_version_format(version->hex, text, sizeof(text));
    if (version->free_threaded)
        return cpt_error_set(error, CPT_UNSUPPORTED,
                             "free-threaded builds (CPython %st) are not supported yet", text);
    if (CPT_PYTHON_MAJOR(version->hex) == 3 && (version->hex >> 4 & 0xf) == LEVEL_FINAL &&
        list_builds(version, builds, sizeof(builds)))
        return CPT_OK;
    return cpt_error_set(error, CPT_UNSUPPORTED,
                         "no layout is built in for %sCPython %s; there are those of releases %s",
                         version->debug_build ? "a debug build of " : "", text, SUPPORTED);
}

static cpt_status
refuse(const struct cpt_python_version *version, const struct cpt_layout_hints *hints,
       struct cpt_error *error)
{
    char text[16], builds[128];

    cpt_python_version_format(version->hex, text, sizeof(text));
    list_builds(version, builds, sizeof(builds));
    if (!hints->runtime_size && !hints->interp_size)
        return cpt_error_set(error, CPT_UNSUPPORTED,
                             "no layout is built in for CPython %s (of its series there are %s), "
                             "and the target does not tell its sizes",
                             text, builds);
    return cpt_error_set(error, CPT_UNSUPPORTED,
                         "no built-in layout fits this CPython %s: a runtime of %" PRIu64
                         ", an interpreter of %" PRIu64 " and a thread state of %" PRIu64
                         " bytes (0: not known) are none of %s",
                         text, hints->runtime_size, hints->interp_size, hints->tstate_size, builds);
}

cpt_status
cpt_layout_from_table(struct cpt_layout_fields *fields, const char **build,
                      const struct cpt_python_version *version,
                      const struct cpt_layout_hints *hints, struct cpt_error *error)
{
    static const struct cpt_layout_hints no_hints;
    cpt_status status = check_version(version, error);

    hints = hints ? hints : &no_hints;
    for (size_t i = 0; !status && i < TABLE_COUNT; i++) {
        if (!may_serve(&tables[i], version) || !take_table(&tables[i], version, hints, fields))
            continue;
        if (build)
            *build = tables[i].build;
        return CPT_OK;
    }
    cpt_layout_fields_init(fields);
    return status ? status : refuse(version, hints, error);
}

/* Takes out of FIELDS what OTHER has not, or not at the same place. */
static void
keep_common(struct cpt_layout_fields *fields, const struct cpt_layout_fields *other)
{
    for (size_t i = 0; i < CPT_LAYOUT_FIELD_COUNT; i++)
        if (cpt_layout_get(fields, i) != cpt_layout_get(other, i))
            cpt_layout_set(fields, i, CPT_NO_FIELD);
}

cpt_status
cpt_layout_from_series(struct cpt_layout_fields *fields, const struct cpt_python_version *version,
                       struct cpt_error *error)
{
    cpt_status status = check_version(version, error);
    struct cpt_layout_fields other;
    bool first = true;

    cpt_layout_fields_init(fields);
    if (status)
        return status;
    if (CPT_PYTHON_MINOR(version->hex) < FIRST_MINOR_BY_SIZE)
        return cpt_error_set(error, CPT_UNSUPPORTED,
                             "to 3.12, one table serves the whole minor series");
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (tables[i].minor != CPT_PYTHON_MINOR(version->hex))
            continue;
        read_table(&tables[i], first ? fields : &other);
        if (!first)
            keep_common(fields, &other);
        first = false;
    }
    return CPT_OK;
}

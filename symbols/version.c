#include "symbols/version.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define RELEASE_FINAL 0xf

static bool
take_number(const char **text, const char *end, uint32_t largest, uint32_t *number)
{
    const char *p = *text;

    *number = 0;
    while (p < end && isdigit((unsigned char)*p) && *number <= largest)
        *number = *number * 10 + (uint32_t)(*p++ - '0');
    if (p == *text || *number > largest)
        return false;
    *text = p;
    return true;
}

static bool
take_char(const char **text, const char *end, char c)
{
    if (*text >= end || **text != c)
        return false;
    ++*text;
    return true;
}

/* "a1", "b2", "rc3": level and serial; nothing is a final release. */
static bool
take_level(const char **text, const char *end, uint32_t *level, uint32_t *serial)
{
    *serial = 0;
    *level = RELEASE_FINAL;
    if (take_char(text, end, 'a'))
        *level = 0xa;
    else if (take_char(text, end, 'b'))
        *level = 0xb;
    else if (take_char(text, end, 'r') && take_char(text, end, 'c'))
        *level = 0xc;
    return *level == RELEASE_FINAL || take_number(text, end, 15, serial);
}

uint32_t
cpt_version_parse(const char *text, size_t size)
{
    const char *end = text + size;
    uint32_t major, minor, micro, level, serial;

    if (!take_number(&text, end, 9, &major) || !take_char(&text, end, '.') ||
        !take_number(&text, end, 99, &minor) || !take_char(&text, end, '.') ||
        !take_number(&text, end, 99, &micro) || !take_level(&text, end, &level, &serial))
        return 0;
    take_char(&text, end, '+');
    /* "(main, …", "experimental free-threading build (…", "| packaged by conda-forge | (…", "|Anaconda, Inc.| (…" */
    if (!take_char(&text, end, ' ') || text >= end || !*text ||
        !strchr("(ef|", *text))
        return 0;
    return major << 24 | minor << 16 | micro << 8 | level << 4 | serial;
}

#define VERSION_TEXT_MAX 32
#define SCAN_STEP ((size_t)256 << 10)

/* The version text in BYTES: it starts a static buffer, so a NUL (or nothing) stands before it. */
static uint32_t
find_text(const char *bytes, size_t size)
{
    const char *p = bytes, *end = bytes + size;

    while ((p = memchr(p, '3', (size_t)(end - p)))) {
        if ((p == bytes || p[-1] == '\0') && end - p > 8 && p[1] == '.') {
            size_t left = (size_t)(end - p);
            uint32_t hex = cpt_version_parse(p, left < VERSION_TEXT_MAX ? left : VERSION_TEXT_MAX);

            if (hex)
                return hex;
        }
        p++;
    }
    return 0;
}

static uint32_t
scan_for_text(struct cpt_memory *memory, uint64_t start, uint64_t end)
{
    char *buffer = malloc(SCAN_STEP + VERSION_TEXT_MAX);
    uint32_t hex = 0;

    /* Behind the last page of all comes 0. */
    while (buffer && !hex && start && start < end) {
        size_t wanted = SCAN_STEP + VERSION_TEXT_MAX, size;

        if (end - start < wanted)
            wanted = (size_t)(end - start);
        size = cpt_memory_read_some(memory, start, buffer, wanted);
        if (size < 16) {
            /* A hole: go on behind its page. */
            start = (start | 4095) + 1;
            continue;
        }
        hex = find_text(buffer, size);
        start += size < wanted ? size : SCAN_STEP;
    }
    free(buffer);
    return hex;
}

cpt_status
cpt_version_find(const struct cpt_image *image, uint64_t start, uint64_t end,
                 struct cpt_python_version *version, struct cpt_error *error)
{
    struct cpt_symbol symbol;
    uint64_t hex;

    if (!cpt_image_symbol(image, "Py_Version", &symbol, error) &&
        !cpt_memory_read_u64(image->memory, symbol.address, &hex, error) && hex >> 24 == 3) {
        version->hex = (uint32_t)hex;
        return CPT_OK;
    }
    version->hex = scan_for_text(image->memory, start, end);
    if (version->hex)
        return CPT_OK;
    return cpt_error_set(error, CPT_ABSENT, "the version of its CPython cannot be found");
}

static bool
has_symbol(const struct cpt_image *image, const char *name)
{
    struct cpt_symbol symbol;
    struct cpt_error ignored;

    return !cpt_image_symbol(image, name, &symbol, &ignored);
}

cpt_status
cpt_version_check_build(const struct cpt_image *image, struct cpt_python_version *version,
                        struct cpt_error *error)
{
    if (has_symbol(image, "PyString_FromString"))
        return cpt_error_set(error, CPT_UNSUPPORTED, "Python 2 is not supported");
    if (has_symbol(image, "_PyThreadState_Current"))
        return cpt_error_set(error, CPT_UNSUPPORTED, "CPython 3.6 and older are not supported");
    /* Py_REF_DEBUG, which every debug build has, exports the one from 3.8 and had exported the other. */
    version->debug_build =
        has_symbol(image, "_Py_NegativeRefcount") || has_symbol(image, "_Py_RefTotal");
    /* To 3.12 Py_TRACE_REFS puts two pointers in front of every object; 3.13 keeps a table instead. */
    if (has_symbol(image, "_Py_PrintReferences") && CPT_PYTHON_MINOR(version->hex) < 13)
        return cpt_error_set(error, CPT_UNSUPPORTED,
                             "builds of CPython with --with-trace-refs are not supported");
    return CPT_OK;
}

#include "coreanalyze/base/text.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void
add_line(struct cpt_holes *holes, const char *code, uint64_t address, const char *line)
{
    struct cpt_hole *hole;

    if (holes->count >= CPT_MAX_WARNINGS) {
        holes->left_out++;
        return;
    }
    hole = cpt_vec_add(holes);
    if (!hole) {
        holes->left_out++;
        return;
    }
    hole->code = code;
    hole->address = address;
    hole->message = cpt_arena_text(&holes->arena, line, strlen(line));
    if (!hole->message)
        hole->message = "out of memory";
}

void
cpt_holes_add(struct cpt_holes *holes, const char *code, uint64_t address, const char *format, ...)
{
    char line[768];
    va_list ap;

    va_start(ap, format);
    vsnprintf(line, sizeof(line), format, ap);
    va_end(ap);
    add_line(holes, code, address, line);
}

void
cpt_holes_add_error(struct cpt_holes *holes, const struct cpt_error *error, const char *format, ...)
{
    char what[384], line[768];
    va_list ap;

    va_start(ap, format);
    vsnprintf(what, sizeof(what), format, ap);
    va_end(ap);
    snprintf(line, sizeof(line), "%s: %s", what, error->what);
    add_line(holes, cpt_status_code(error->status), error->address, line);
}

void
cpt_holes_note(struct cpt_holes *holes, const char *code, const char *format, ...)
{
    size_t before = holes->count;
    char line[768];
    va_list ap;

    va_start(ap, format);
    vsnprintf(line, sizeof(line), format, ap);
    va_end(ap);
    add_line(holes, code, 0, line);
    holes->notes += holes->count - before;
}

void
cpt_holes_rewind(struct cpt_holes *holes, size_t count, size_t notes)
{
    if (holes->count > count)
        holes->count = count;
    holes->notes = notes;
    holes->left_out = 0;
}

void
cpt_holes_free(struct cpt_holes *holes)
{
    cpt_vec_free(holes);
    cpt_arena_free(&holes->arena);
    holes->left_out = holes->notes = 0;
}

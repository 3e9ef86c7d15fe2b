#include "coreanalyze/base/text.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool
cpt_text_is(const struct cpt_text *text, const char *word)
{
    return text->data && text->size == strlen(word) && memcmp(text->data, word, text->size) == 0;
}

int
cpt_text_compare(const struct cpt_text *a, const struct cpt_text *b)
{
    int order = memcmp(a->data, b->data, a->size < b->size ? a->size : b->size);

    return order ? order : (a->size > b->size) - (a->size < b->size);
}

struct cpt_text
cpt_text_of(const char *word)
{
    return (struct cpt_text){.data = word, .size = strlen(word)};
}

/* False when there is no room for one more. */
static bool
add_line(struct cpt_holes *holes, const char *code, uint64_t address, const char *line)
{
    struct cpt_hole *hole = holes->count < CPT_MAX_WARNINGS ? cpt_vec_add(holes) : NULL;

    if (!hole)
        return false;
    hole->code = code;
    hole->address = address;
    hole->message = cpt_arena_text(&holes->arena, line, strlen(line));
    if (!hole->message)
        hole->message = "out of memory";
    return true;
}

static void
add_hole(struct cpt_holes *holes, const char *code, uint64_t address, const char *line)
{
    holes->left_out += !add_line(holes, code, address, line);
}

void
cpt_holes_add(struct cpt_holes *holes, const char *code, uint64_t address, const char *format, ...)
{
    char line[768];
    va_list ap;

    va_start(ap, format);
    vsnprintf(line, sizeof(line), format, ap);
    va_end(ap);
    add_hole(holes, code, address, line);
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
    add_hole(holes, cpt_status_code(error->status), error->address, line);
}

void
cpt_holes_note(struct cpt_holes *holes, const char *code, const char *format, ...)
{
    char line[768];
    va_list ap;

    va_start(ap, format);
    vsnprintf(line, sizeof(line), format, ap);
    va_end(ap);
    if (add_line(holes, code, 0, line))
        holes->notes++;
    else
        holes->notes_left_out++;
}

void
cpt_holes_rewind(struct cpt_holes *holes, const struct cpt_holes *mark)
{
    holes->count = mark->count;
    holes->notes = mark->notes;
    holes->left_out = mark->left_out;
    holes->notes_left_out = mark->notes_left_out;
}

void
cpt_holes_free(struct cpt_holes *holes)
{
    cpt_vec_free(holes);
    cpt_arena_free(&holes->arena);
    holes->left_out = holes->notes = holes->notes_left_out = 0;
}

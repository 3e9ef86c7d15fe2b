#include "coreanalyze/memory/maps.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"

#include <string.h>

static const char deleted_mark[] = " (deleted)";

size_t
cpt_path_strip_deleted(const char *path, size_t length, bool *deleted)
{
    size_t mark = sizeof(deleted_mark) - 1;

    *deleted = length > mark && memcmp(path + length - mark, deleted_mark, mark) == 0;
    return *deleted ? length - mark : length;
}

/* A hexadecimal (or, with BASE 10, decimal) number at *P, which is moved behind it. */
static bool
take_number(const char **p, const char *end, unsigned base, uint64_t *value)
{
    const char *begin = *p;
    uint64_t sum = 0;

    for (; *p < end; ++*p) {
        unsigned digit;

        if (**p >= '0' && **p <= '9')
            digit = (unsigned)(**p - '0');
        else if (base == 16 && **p >= 'a' && **p <= 'f')
            digit = (unsigned)(**p - 'a') + 10;
        else
            break;
        if (__builtin_mul_overflow(sum, base, &sum) || __builtin_add_overflow(sum, digit, &sum))
            return false;
    }
    *value = sum;
    return *p > begin;
}

static bool
take_char(const char **p, const char *end, char c)
{
    if (*p == end || **p != c)
        return false;
    ++*p;
    return true;
}

/* "r-xp ", or nothing where a debugger does not tell them: then all that could be private data counts as such. */
static bool
take_permissions(const char **p, const char *end, struct cpt_mapping *mapping)
{
    if (end - *p < 1 || (**p != 'r' && **p != '-')) {
        mapping->readable = mapping->writable = true;
        return true;
    }
    if (end - *p < 5 || (*p)[4] != ' ')
        return false;
    mapping->readable = (*p)[0] == 'r';
    mapping->writable = (*p)[1] == 'w';
    mapping->executable = (*p)[2] == 'x';
    mapping->shared = (*p)[3] == 's';
    *p += 5;
    return true;
}

/* The kernel writes a newline in a file name as \012 and nothing else in any special way. */
static size_t
unescape(char *path, size_t length)
{
    size_t out = 0;

    for (size_t i = 0; i < length; i++) {
        if (length - i >= 4 && memcmp(path + i, "\\012", 4) == 0) {
            path[out++] = '\n';
            i += 3;
        } else {
            path[out++] = path[i];
        }
    }
    return out;
}

/* PATH is followed by the line's newline, so that there is room for a NUL. */
static void
set_path(struct cpt_mapping *mapping, char *path, size_t length)
{
    if (!length)
        return;
    if (memchr(path, '\\', length))
        length = unescape(path, length);
    length = cpt_path_strip_deleted(path, length, &mapping->deleted);
    path[length] = '\0';
    mapping->path = path;
}

/* "start-end perms offset major:minor inode      path" */
static bool
parse_line(struct cpt_mapping *mapping, char *line, char *end)
{
    const char *p = line;
    uint64_t device;

    memset(mapping, 0, sizeof(*mapping));
    if (!take_number(&p, end, 16, &mapping->start) || !take_char(&p, end, '-') ||
        !take_number(&p, end, 16, &mapping->end) || !take_char(&p, end, ' ') ||
        !take_permissions(&p, end, mapping) || !take_number(&p, end, 16, &mapping->offset) ||
        !take_char(&p, end, ' ') || !take_number(&p, end, 16, &device) ||
        !take_char(&p, end, ':') || !take_number(&p, end, 16, &device) ||
        !take_char(&p, end, ' ') || !take_number(&p, end, 10, &mapping->inode))
        return false;
    while (p < end && *p == ' ')
        p++;
    set_path(mapping, line + (p - line), (size_t)(end - p));
    return mapping->start < mapping->end;
}

cpt_status
cpt_maps_parse(struct cpt_mapping_list *list, char *text, size_t size, struct cpt_error *error)
{
    char *end = text + size, *newline;
    uint64_t last = 0;

    for (char *line = text; (newline = memchr(line, '\n', (size_t)(end - line)));
         line = newline + 1) {
        struct cpt_mapping mapping, *added;

        if (!parse_line(&mapping, line, newline) || mapping.start < last)
            continue;
        if (list->count >= CPT_MAX_MAPPINGS)
            return cpt_error_set(error, CPT_LIMIT, "more than %d mappings", CPT_MAX_MAPPINGS);
        added = cpt_vec_add(list);
        if (!added)
            return cpt_error_set(error, CPT_NOMEM, "no memory for the list of mappings");
        *added = mapping;
        last = mapping.end;
    }
    return CPT_OK;
}

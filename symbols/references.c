#include "symbols/references.h"

#include <string.h>

#define V CPT_REFERENCE_VISITED
#define O CPT_REFERENCE_OWNED
#define VO (CPT_REFERENCE_VISITED | CPT_REFERENCE_OWNED)

#include "symbols/tables/references.h"

#define COUNT (sizeof(rows) / sizeof(rows[0]))

const struct cpt_reference_row *
cpt_references_rows(const struct cpt_reference_row **last)
{
    *last = rows + COUNT;
    return rows;
}

/* The first row of that name, or where it would be. */
static size_t
first_of(const char *name)
{
    size_t low = 0, high = COUNT;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(rows[middle].type.name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct cpt_reference_type *
cpt_references_find(uint32_t version, const char *name, uint32_t basicsize, uint32_t itemsize)
{
    unsigned short_version = version >> 8 & 0xffff;

    if (version >> 24 != 3)
        return NULL;
    for (size_t i = first_of(name); i < COUNT && !strcmp(rows[i].type.name, name); i++) {
        const struct cpt_reference_type *type = &rows[i].type;

        if (type->basicsize == basicsize && type->itemsize == itemsize && short_version >= rows[i].first &&
            short_version <= rows[i].last)
            return type;
    }
    return NULL;
}

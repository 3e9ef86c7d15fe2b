/* Prints the rows of the table of references that are for the version argv[1], 0x030c01f0 and the like, as a JSON array:
   name, basicsize, itemsize, visits_type, items, incomplete, [[offset, flags], …]. */
#include "symbols/layout.h"
#include "symbols/references.h"

#include <stdio.h>
#include <stdlib.h>

static void
print_row(const struct cpt_reference_type *type)
{
    printf("[\"%s\",%u,%u,%d,%d,%d,[", type->name, type->basicsize, type->itemsize, type->visits_type, type->items,
           type->incomplete);
    for (unsigned i = 0; i < type->count; i++)
        printf("%s[%u,%u]", i ? "," : "", type->fields[i].offset, type->fields[i].flags);
    printf("]]");
}

int
main(int argc, char **argv)
{
    const struct cpt_reference_row *last, *row = cpt_references_rows(&last);
    uint32_t version = argc == 2 ? (uint32_t)strtoul(argv[1], NULL, 0) : 0;
    bool first = true;

    if (!version)
        return 64;
    printf("[");
    for (; row < last; row++) {
        if (cpt_references_find(version, row->type.name, row->type.basicsize, row->type.itemsize) != &row->type)
            continue;
        printf(first ? "\n" : ",\n");
        print_row(&row->type);
        first = false;
    }
    printf("]\n");
    return 0;
}

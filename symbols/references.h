/* Where instances of CPython's own types, and of those of its extension modules, have references: what tp_traverse and tp_dealloc
 * of each type go through, by version.
 */
#ifndef CPT_SYMBOLS_REFERENCES_H
#define CPT_SYMBOLS_REFERENCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The collector sees it: tp_traverse visits it. Not all that is visited is owned, nor all that is owned visited. */
#define CPT_REFERENCE_VISITED 1
/* It counts in the reference count of the object that it leads to: tp_dealloc gives it back. */
#define CPT_REFERENCE_OWNED 2

/* One word of an instance that holds the address of an object or NULL. With neither flag: a borrowed reference. */
struct cpt_reference_field {
    uint16_t offset;  /* from the beginning of the object */
    uint8_t flags;
    const char *name; /* ".func" where Python code can ask for it by that, else CPython's own name of the field in angle
                         brackets: "<it_seq>"; never NULL */
};

struct cpt_reference_type {
    const char *name;     /* tp_name: "list_iterator", "functools.partial" */
    uint32_t basicsize, itemsize;
    const struct cpt_reference_field *fields; /* by offset */
    uint16_t count;
    bool visits_type;     /* tp_traverse visits the type itself (heap types, 3.9+) */
    bool items;           /* each of its Py_SIZE() items, which begin at tp_basicsize, is a visited and owned reference */
    bool incomplete;      /* tp_traverse goes through memory of its own beside the instance, too */
};

struct cpt_reference_row {
    uint16_t first, last; /* versions of CPython 3 that have it so: minor << 8 | micro */
    struct cpt_reference_type type;
};

/* All rows, in order; LAST: where they end. For tests. */
const struct cpt_reference_row *cpt_references_rows(const struct cpt_reference_row **last);

/* The type called NAME with these sizes of the CPython whose version is VERSION (as PY_VERSION_HEX); NULL: not known. Lives as
   long as the library. */
const struct cpt_reference_type *cpt_references_find(uint32_t version, const char *name, uint32_t basicsize,
                                                     uint32_t itemsize);

#endif

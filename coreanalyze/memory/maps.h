/* /proc/PID/maps as a list of mappings. */
#ifndef CPT_MEMORY_MAPS_H
#define CPT_MEMORY_MAPS_H

#include "coreanalyze/memory/memory.h"

struct cpt_mapping_list {
    struct cpt_mapping *items;
    size_t count, capacity;
};

/* Adds the mappings in the SIZE bytes of TEXT to LIST, in which TEXT is changed: paths point
   into it, so that it must outlive the list. Lines that make no sense, or that go back in the
   address space, are skipped; those without permissions are readable and writable. Errors: CPT_NOMEM, CPT_LIMIT. */
CPT_MUST_USE cpt_status cpt_maps_parse(struct cpt_mapping_list *list, char *text, size_t size,
                                       struct cpt_error *error);

/* Cuts the " (deleted)" that the kernel adds to the LENGTH bytes of PATH, of a file that was
   removed or replaced: returns the new length, and whether it did. */
size_t cpt_path_strip_deleted(const char *path, size_t length, bool *deleted);

#endif

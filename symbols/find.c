#include "symbols/find.h"

#include "coreanalyze/base/limits.h"
#include "symbols/candidate.h"
#include "symbols/elffile.h"
#include "symbols/scan.h"
#include "symbols/version.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One search: the query, the images opened so far, and the best answer or the most telling refusal. */
struct search {
    const struct cpt_find_query *query;
    struct cpt_found *found;
    struct cpt_image *images; /* as many as the query has */
    bool *opened;             /* whether images[i] was tried */
    size_t *order;            /* indices of the query's images, the most likely first */
    struct cpt_error error;   /* of the candidate that came nearest */
    int error_weight;
    bool done;
    size_t tries;             /* candidates so far */
    uint64_t scan_left;       /* bytes that may still be searched in the way under way */
    /* What a scan under way looks at. */
    struct cpt_candidate scanned;
    struct cpt_layout scan_layout;
};

const char *
cpt_find_way_name(enum cpt_find_way way)
{
    static const char *const names[] = {"dynsym", "symtab", "section", "cookie", "scan"};

    return way < CPT_FIND_WAYS ? names[way] : "?";
}

static const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Names are only a hint for where to look first. */
static int
likelihood(const struct cpt_find_query *query, size_t i)
{
    const char *name = base_name(query->images[i].path);

    if (strncmp(name, "libpython", 9) == 0)
        return 3;
    if (i == query->executable)
        return 2;
    return strstr(name, "python") != NULL;
}

static void
order_images(struct search *search)
{
    size_t next = 0;

    for (int wanted = 3; wanted >= 0; wanted--) {
        for (size_t i = 0; i < search->query->image_count; i++) {
            if (likelihood(search->query, i) == wanted)
                search->order[next++] = i;
        }
    }
}

/* The image I, opened once; NULL when its headers cannot be read. */
static const struct cpt_image *
image_at(struct search *search, size_t i)
{
    struct cpt_error ignored;

    if (!search->opened[i]) {
        search->opened[i] = true;
        /* Makes the pages readable that a core left out; for a process nothing has to be opened. */
        if (search->query->memory->kind == CPT_MEMORY_CORE)
            search->query->file(search->query->arg, i);
        if (cpt_image_open(&search->images[i], search->query->memory, search->query->images[i].base,
                           &ignored))
            search->images[i].memory = NULL;
    }
    return search->images[i].memory ? &search->images[i] : NULL;
}

/* How much an error tells about a target that is a CPython after all. A runtime that has a name and does not run tells
   more than what only looks like one. */
static int
weight(cpt_status status, bool is_named)
{
    switch (status) {
    case CPT_UNSUPPORTED:
        return 5;
    case CPT_CORRUPT:
    case CPT_FAULT:
        return 3;
    case CPT_ABSENT:
        return is_named ? 4 : 2;
    default:
        return status == CPT_OK ? 0 : 6;
    }
}

static void
keep_error(struct search *search, const struct cpt_error *error, bool is_named)
{
    int error_weight = weight(error->status, is_named);

    if (error_weight <= search->error_weight)
        return;
    search->error = *error;
    search->error_weight = error_weight;
}

/* The writable memory of image I: its own mappings and the anonymous one right behind (.bss). */
static void
data_range(const struct cpt_find_query *query, size_t i, uint64_t *start, uint64_t *end)
{
    const struct cpt_memory *memory = query->memory;
    const char *path = query->images[i].path;

    *start = *end = 0;
    for (size_t m = 0; m < memory->mapping_count; m++) {
        const struct cpt_mapping *mapping = &memory->mappings[m];
        bool own = mapping->path && strcmp(mapping->path, path) == 0;

        if (mapping->start < query->images[i].base || !mapping->writable)
            continue;
        if (own && !*end)
            *start = mapping->start;
        if (*end && mapping->start != *end)
            break;
        if (own || (*end && !mapping->path))
            *end = mapping->end;
    }
    if (*end - *start > CPT_MAX_SCAN)
        *end = *start + CPT_MAX_SCAN;
}

static void
candidate_at(struct search *search, struct cpt_candidate *candidate, size_t image, uint64_t runtime,
             uint64_t size)
{
    memset(candidate, 0, sizeof(*candidate));
    candidate->runtime = runtime;
    candidate->size = size;
    candidate->image = image;
    if (image < search->query->image_count) {
        candidate->elf = image_at(search, image);
        data_range(search->query, image, &candidate->data_start, &candidate->data_end);
    }
}

static void
try_candidate(struct search *search, const struct cpt_candidate *candidate, enum cpt_find_way way)
{
    struct cpt_error error;

    if (search->tries++ >= CPT_MAX_CANDIDATES)
        return;
    if (cpt_candidate_try(search->query, candidate, &search->found->layout, &error)) {
        cpt_log_printf(search->query->log, CPT_LOG_DEBUG, "no runtime at 0x%" PRIx64 " (%s): %s",
                       candidate->runtime, cpt_find_way_name(way), error.what);
        keep_error(search, &error, way != CPT_FIND_COOKIE && way != CPT_FIND_SCAN);
        return;
    }
    search->found->runtime = candidate->runtime;
    search->found->image = candidate->image;
    search->found->way = way;
    search->done = true;
}

static void
try_dynsym(struct search *search, size_t i)
{
    const struct cpt_image *image = image_at(search, i);
    struct cpt_candidate candidate;
    struct cpt_python_version version = {0};
    struct cpt_symbol symbol;
    struct cpt_error error;

    if (!image)
        return;
    if (!cpt_image_symbol(image, "_PyRuntime", &symbol, &error)) {
        candidate_at(search, &candidate, i, symbol.address, symbol.size);
        try_candidate(search, &candidate, CPT_FIND_DYNSYM);
    } else if (cpt_version_check_build(image, &version, &error)) {
        keep_error(search, &error, false);
    }
}

static void
try_file(struct search *search, size_t i, enum cpt_find_way way)
{
    const struct cpt_image *image = image_at(search, i);
    struct cpt_candidate candidate;
    struct cpt_elf_place place = {0};
    struct cpt_error error;
    const char *path = image ? search->query->file(search->query->arg, i) : NULL;
    cpt_status status;

    if (!path)
        return;
    if (way == CPT_FIND_SYMTAB)
        status = cpt_elf_file_symbol(path, "_PyRuntime", &place, &error);
    else
        status = cpt_elf_file_section(path, ".PyRuntime", &place, &error);
    if (status)
        return;
    candidate_at(search, &candidate, i, image->bias + place.address,
                 way == CPT_FIND_SYMTAB ? place.size : 0);
    try_candidate(search, &candidate, way);
}

static bool
visit_cookie(void *arg, uint64_t address)
{
    struct search *search = arg;

    search->scanned.runtime = address;
    try_candidate(search, &search->scanned, CPT_FIND_COOKIE);
    return !search->done && search->tries < CPT_MAX_CANDIDATES;
}

/* Cuts the range of the scan that begins to what the budget leaves. */
static void
take_budget(struct search *search)
{
    struct cpt_candidate *scanned = &search->scanned;

    if (scanned->data_end - scanned->data_start > search->scan_left)
        scanned->data_end = scanned->data_start + search->scan_left;
    search->scan_left -= scanned->data_end - scanned->data_start;
}

static void
try_cookie(struct search *search, size_t i)
{
    candidate_at(search, &search->scanned, i, 0, 0);
    take_budget(search);
    cpt_scan_cookie(search->query->memory, search->scanned.data_start, search->scanned.data_end,
                    visit_cookie, search);
}

static bool
visit_interpreters(void *arg, uint64_t address)
{
    struct search *search = arg;

    search->scanned.runtime = address - (uint64_t)search->scan_layout.at.runtime.interpreters_head;
    try_candidate(search, &search->scanned, CPT_FIND_SCAN);
    return !search->done && search->tries < CPT_MAX_CANDIDATES;
}

/* The version's text comes first, for it says where in the runtime the interpreters are. */
static void
try_scan(struct search *search, size_t i)
{
    struct cpt_candidate *scanned = &search->scanned;
    struct cpt_python_version version = {0};
    struct cpt_error error;

    candidate_at(search, scanned, i, 0, 0);
    take_budget(search);
    if (!scanned->elf || scanned->data_start == scanned->data_end ||
        cpt_version_find(scanned->elf, scanned->data_start, scanned->data_end, &version, &error))
        return;
    scanned->version = version.hex;
    if (cpt_candidate_layout(search->query, scanned, &version, NULL, &search->scan_layout, &error)) {
        keep_error(search, &error, false);
        return;
    }
    cpt_scan_interpreters(search->query->memory, scanned->data_start, scanned->data_end,
                          visit_interpreters, search);
}

static void
try_image(struct search *search, size_t i, enum cpt_find_way way)
{
    switch (way) {
    case CPT_FIND_DYNSYM:
        try_dynsym(search, i);
        break;
    case CPT_FIND_SYMTAB:
    case CPT_FIND_SECTION:
        try_file(search, i, way);
        break;
    case CPT_FIND_COOKIE:
        try_cookie(search, i);
        break;
    case CPT_FIND_SCAN:
        try_scan(search, i);
        break;
    case CPT_FIND_WAYS:
        break;
    }
}

/* An interpreter loaded in an unusual way may lie in memory that no image claims. */
static void
scan_everything(struct search *search)
{
    const struct cpt_memory *memory = search->query->memory;
    candidate_at(search, &search->scanned, search->query->image_count, 0, 0);
    for (size_t m = 0; m < memory->mapping_count && !search->done && search->scan_left; m++) {
        const struct cpt_mapping *mapping = &memory->mappings[m];
        uint64_t size = mapping->end - mapping->start;

        if (!mapping->writable || (mapping->path && mapping->path[0] == '['))
            continue;
        size = size < search->scan_left ? size : search->scan_left;
        search->scan_left -= size;
        cpt_scan_cookie(search->query->memory, mapping->start, mapping->start + size, visit_cookie,
                        search);
    }
}

static bool
is_pypy(const struct cpt_find_query *query)
{
    for (size_t i = 0; i < query->image_count; i++) {
        const char *name = base_name(query->images[i].path);

        if (strncmp(name, "libpypy", 7) == 0 ||
            (i == query->executable && strncmp(name, "pypy", 4) == 0))
            return true;
    }
    return false;
}

static cpt_status
refusal(const struct search *search, struct cpt_error *error)
{
    const struct cpt_find_query *query = search->query;
    const char *executable =
        query->executable < query->image_count ? query->images[query->executable].path : NULL;

    if (is_pypy(query)) {
        cpt_error_set(error, CPT_UNSUPPORTED, "the target runs PyPy, not CPython");
        return cpt_error_hint(error, "only CPython is supported");
    }
    if (search->error.status != CPT_OK) {
        *error = search->error;
        if (!error->hint[0])
            cpt_error_hint(error, "supported are %s", cpt_layout_supported_versions());
        return error->status;
    }
    cpt_error_set(error, CPT_NOT_PYTHON, "no CPython in this target%s%s%s", executable ? " (" : "",
                  executable ? executable : "", executable ? ")" : "");
    return cpt_error_hint(error, query->memory->kind == CPT_MEMORY_CORE
                                     ? "if it is one, give its files with --exe or --sysroot"
                                     : "give the process that runs Python itself");
}

static void
run(struct search *search)
{
    const struct cpt_find_query *query = search->query;

    order_images(search);
    for (enum cpt_find_way way = 0; way < CPT_FIND_WAYS; way++) {
        search->scan_left = CPT_MAX_SCAN;
        for (size_t i = 0; query->ways & 1u << way && i < query->image_count && !search->done; i++)
            try_image(search, search->order[i], way);
        if (way == CPT_FIND_COOKIE && query->ways & 1u << way && !search->done)
            scan_everything(search);
    }
}

cpt_status
cpt_find_python(const struct cpt_find_query *query, struct cpt_found *found, struct cpt_error *error)
{
    struct search search = {.query = query, .found = found};
    size_t count = query->image_count + 1;
    cpt_status status;

    search.images = calloc(count, sizeof(*search.images));
    search.opened = calloc(count, sizeof(*search.opened));
    search.order = calloc(count, sizeof(*search.order));
    if (!search.images || !search.opened || !search.order) {
        status = cpt_error_set(error, CPT_NOMEM, "out of memory");
    } else {
        run(&search);
        status = search.done ? CPT_OK : refusal(&search, error);
    }
    free(search.images);
    free(search.opened);
    free(search.order);
    return status;
}

#include "coreanalyze/memory/survey.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"
#include "coreanalyze/memory/process_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Gaps between pages that are there, of a reservation that is mostly untouched, that become part of a piece. */
#define SMALL_GAP (UINT64_C(1) << 20)

static bool
begins_with(const char *path, const char *beginning)
{
    return path && strncmp(path, beginning, strlen(beginning)) == 0;
}

/* Memory of the kernel's own, or of a device. */
static bool
is_special(const struct cpt_mapping *mapping)
{
    const char *path = mapping->path;

    if (begins_with(path, "[v")) /* [vvar], [vdso], [vsyscall] */
        return true;
    return begins_with(path, "/dev/") && strcmp(path, "/dev/zero") != 0 && !begins_with(path, "/dev/shm/") &&
           !begins_with(path, "/dev/hugepages/");
}

/* Names that the kernel gives to memory of no file. */
static bool
is_anonymous(const struct cpt_mapping *mapping)
{
    return mapping->inode == 0 || !mapping->path || strcmp(mapping->path, "/dev/zero") == 0 ||
           strcmp(mapping->path, "/anon_hugepage") == 0;
}

static bool
is_copied(const struct cpt_mapping *mapping)
{
    return !mapping->shared && mapping->readable && mapping->writable && !is_special(mapping);
}

static bool
add_run(struct cpt_run_list *list, uint64_t start, uint64_t end)
{
    struct cpt_run *run = cpt_vec_add(list);

    if (run)
        *run = (struct cpt_run){.start = start, .end = end};
    return run;
}

/* As part of the run before where that ends at START. */
static bool
extend(struct cpt_run_list *list, uint64_t start, uint64_t end)
{
    if (!list->count || list->items[list->count - 1].end != start)
        return add_run(list, start, end);
    list->items[list->count - 1].end = end;
    return true;
}

/* As part of the run before where that ends a little before START, and in the same MAPPING. */
static bool
extend_over_gap(struct cpt_run_list *list, const struct cpt_mapping *mapping, uint64_t start, uint64_t end)
{
    struct cpt_run *last = list->count ? &list->items[list->count - 1] : NULL;

    if (last && last->end > mapping->start && start - last->end <= SMALL_GAP)
        last->end = start;
    return extend(list, start, end);
}

static bool
add_parts(struct cpt_survey *survey, uint64_t start, uint64_t end)
{
    struct cpt_run_list *parts = &survey->parts;

    survey->bytes += end - start;
    while (start < end) {
        uint64_t part_end = (start + CPT_SURVEY_PART) & ~(CPT_SURVEY_PART - 1);
        struct cpt_run *last = parts->count ? &parts->items[parts->count - 1] : NULL;

        if (part_end > end)
            part_end = end;
        if (last && last->end == start && start % CPT_SURVEY_PART)
            last->end = part_end;
        else if (!add_run(parts, start, part_end))
            return false;
        start = part_end;
    }
    return true;
}

/* What the pages tell, while the mappings are gone through. */
struct walk {
    struct cpt_survey *survey;
    struct cpt_pages_list pages;
    size_t at;       /* the first of the pages that ends above the mapping's start */
    uint64_t sparse; /* mappings of more bytes have pieces where their pages are alone */
};

/* The pages PAGES from START to END, all within MAPPING. */
static bool
add_pages(struct walk *walk, const struct cpt_mapping *mapping, uint64_t start, uint64_t end, unsigned flags)
{
    struct cpt_survey *survey = walk->survey;
    bool anonymous = is_anonymous(mapping);

    if ((flags & CPT_PAGES_PRESENT) && !extend(&survey->resident, start, end))
        return false;
    if (!is_copied(mapping))
        return true;
    /* Of a large file, what the process has changed; of a small one (an image's data) all that is there, so that fewer
       gaps are left. */
    if (!anonymous && (flags & CPT_PAGES_FILE) && cpt_pagemap_tells_files(mapping))
        return true;
    if (!add_parts(survey, start, end))
        return false;
    if (!anonymous)
        return extend(&survey->pieces, start, end);
    return mapping->end - mapping->start <= walk->sparse || extend_over_gap(&survey->pieces, mapping, start, end);
}

static bool
add_all_pages(struct walk *walk, const struct cpt_mapping *mapping)
{
    const struct cpt_pages_list *pages = &walk->pages;

    while (walk->at < pages->count && pages->items[walk->at].end <= mapping->start)
        walk->at++;
    for (size_t i = walk->at; i < pages->count && pages->items[i].start < mapping->end; i++) {
        uint64_t start = pages->items[i].start, end = pages->items[i].end;

        if (start < mapping->start)
            start = mapping->start;
        if (end > mapping->end)
            end = mapping->end;
        if (!add_pages(walk, mapping, start, end, pages->items[i].flags))
            return false;
    }
    return true;
}

static bool
add_mapping(struct walk *walk, const struct cpt_mapping *mapping, uint8_t *use)
{
    struct cpt_survey *survey = walk->survey;
    uint64_t size = mapping->end - mapping->start;

    *use = CPT_USE_THROUGH;
    if (mapping->shared || begins_with(mapping->path, "[vvar") || begins_with(mapping->path, "[vsyscall"))
        return true;
    if (is_copied(mapping) && (size > walk->pages.largest || (!survey->tells_pages && size > CPT_MAX_UNKNOWN))) {
        *use = CPT_USE_UNKNOWN;
        return true;
    }
    if (is_copied(mapping) && is_anonymous(mapping)) {
        *use = CPT_USE_ANONYMOUS;
        if (size <= walk->sparse && !extend(&survey->pieces, mapping->start, mapping->end))
            return false;
    }
    if (survey->tells_pages)
        return add_all_pages(walk, mapping);
    return !is_copied(mapping) || add_pages(walk, mapping, mapping->start, mapping->end, CPT_PAGES_PRESENT);
}

/* As long as all that may be written to is of a sane size, each mapping is one piece. */
static uint64_t
sparse_size(const struct cpt_survey *survey)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < survey->mappings.count; i++) {
        if (is_copied(&survey->mappings.items[i]))
            sum += survey->mappings.items[i].end - survey->mappings.items[i].start;
    }
    return sum <= CPT_MAX_PIECES ? UINT64_MAX : CPT_MAX_PIECES / 256;
}

static int
survey_pages(struct cpt_survey *survey, int directory)
{
    struct walk walk = {.survey = survey, .sparse = sparse_size(survey)};
    int failure = cpt_pagemap_read(&walk.pages, directory, &survey->mappings);
    bool done = failure != ENOMEM;

    survey->tells_pages = !failure;
    survey->tells_guards = !failure && walk.pages.tells_guards;
    for (size_t i = 0; done && i < survey->mappings.count; i++)
        done = add_mapping(&walk, &survey->mappings.items[i], &survey->uses[i]);
    cpt_vec_free(&walk.pages);
    return done ? 0 : ENOMEM;
}

static void
clear(struct cpt_survey *survey)
{
    free(survey->text);
    free(survey->uses);
    survey->text = NULL;
    survey->uses = NULL;
    survey->mappings.count = survey->resident.count = survey->parts.count = survey->pieces.count = 0;
    survey->bytes = 0;
}

cpt_status
cpt_survey_make(struct cpt_survey *survey, struct cpt_process *process, struct cpt_error *error)
{
    cpt_status status;
    size_t size;
    int failure;

    clear(survey);
    failure = cpt_proc_slurp(process->proc_fd, "maps", &survey->text, &size);
    if (failure)
        return cpt_process_fail(process, failure, error);
    status = cpt_maps_parse(&survey->mappings, survey->text, size, error);
    if (status)
        return status;
    if (!survey->mappings.count)
        return cpt_process_fail(process, ESRCH, error);
    survey->uses = calloc(survey->mappings.count, 1);
    failure = survey->uses ? survey_pages(survey, process->proc_fd) : ENOMEM;
    return failure ? cpt_process_fail(process, failure, error) : CPT_OK;
}

void
cpt_survey_free(struct cpt_survey *survey)
{
    clear(survey);
    cpt_vec_free(&survey->mappings);
    cpt_vec_free(&survey->resident);
    cpt_vec_free(&survey->parts);
    cpt_vec_free(&survey->pieces);
}

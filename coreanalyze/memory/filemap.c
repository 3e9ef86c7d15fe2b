#include "coreanalyze/memory/filemap.h"

#include "coreanalyze/base/vec.h"
#include "coreanalyze/memory/filelookup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The mappings that a file consists of: COUNT items from FIRST on, those of other files or of
   none among them not counting. */
struct range {
    size_t first, last;
};

struct cpt_filemap {
    struct cpt_memory *memory;
    struct cpt_filemap_options options;
    struct {
        struct cpt_file *items;
        size_t count, capacity;
    } files;
    struct {
        struct range *items;
        size_t count, capacity;
    } ranges; /* one for each file */
    struct cpt_arena arena;
};

/* A mapped file has an absolute path: "[vdso]", "anon_inode:…" and the like have not. */
static bool
is_file(const struct cpt_mapping *mapping)
{
    return mapping->path && mapping->path[0] == '/';
}

static bool
same_path(const struct cpt_mapping *a, const struct cpt_mapping *b)
{
    return a->path == b->path || strcmp(a->path, b->path) == 0;
}

static bool
same_access(const struct cpt_mapping *a, const struct cpt_mapping *b)
{
    return a->readable == b->readable && a->writable == b->writable &&
           a->executable == b->executable;
}

/* Whether B, the next mapping of a file after A, belongs to the same image. The loader maps a
   file's segments by rising offsets; going back means that the file was mapped anew (as ctypes
   or a linker's check do). Only where a segment begins in the page in which the one before it ended,
   the same page of the file is mapped twice, one right behind the other; at offset 0, in a file of
   less than a page, with other access rights. */
static bool
continues(const struct cpt_mapping *a, const struct cpt_mapping *b)
{
    if (!same_path(a, b))
        return false;
    if (b->offset > a->offset)
        return true;
    return b->offset == a->offset && b->start == a->end && (b->offset != 0 || !same_access(a, b));
}

static bool
add_file(struct cpt_filemap *filemap, size_t index)
{
    const struct cpt_mapping *mapping = &filemap->memory->mappings[index];
    struct range *range = cpt_vec_add(&filemap->ranges);
    struct cpt_file *file = cpt_vec_add(&filemap->files);

    if (!range || !file)
        return false;
    *range = (struct range){.first = index, .last = index};
    *file = (struct cpt_file){
        .path = mapping->path,
        .base = mapping->offset == 0 ? mapping->start : 0,
        .end = mapping->end,
    };
    return true;
}

static bool
group(struct cpt_filemap *filemap)
{
    const struct cpt_mapping *mappings = filemap->memory->mappings;

    for (size_t i = 0; i < filemap->memory->mapping_count; i++) {
        struct range *range = filemap->ranges.count
                                  ? &filemap->ranges.items[filemap->ranges.count - 1]
                                  : NULL;

        if (!is_file(&mappings[i]))
            continue;
        if (range && continues(&mappings[range->last], &mappings[i])) {
            range->last = i;
            filemap->files.items[filemap->files.count - 1].end = mappings[i].end;
        } else if (!add_file(filemap, i)) {
            return false;
        }
    }
    return true;
}

cpt_status
cpt_filemap_open(struct cpt_filemap **result, struct cpt_memory *memory,
                 const struct cpt_filemap_options *options, struct cpt_error *error)
{
    struct cpt_filemap *filemap = calloc(1, sizeof(*filemap));

    if (filemap) {
        filemap->memory = memory;
        filemap->options = *options;
    }
    if (!filemap || !group(filemap)) {
        cpt_filemap_close(filemap);
        return cpt_error_set(error, CPT_NOMEM, "no memory for the list of mapped files");
    }
    *result = filemap;
    return CPT_OK;
}

void
cpt_filemap_close(struct cpt_filemap *filemap)
{
    if (!filemap)
        return;
    for (size_t i = 0; i < filemap->files.count; i++) {
        const struct cpt_file *file = &filemap->files.items[i];

        if (file->bytes)
            munmap((void *)(uintptr_t)file->bytes, file->size);
    }
    cpt_vec_free(&filemap->files);
    cpt_vec_free(&filemap->ranges);
    cpt_arena_free(&filemap->arena);
    free(filemap);
}

struct cpt_file *
cpt_filemap_files(struct cpt_filemap *filemap, size_t *count)
{
    *count = filemap->files.count;
    return filemap->files.items;
}

const struct cpt_elf_ident *
cpt_filemap_identify(struct cpt_filemap *filemap, struct cpt_file *file)
{
    if (!file->identified && file->base)
        cpt_elf_ident_memory(filemap->memory, file->base, &file->ident);
    file->identified = true;
    return &file->ident;
}

static const struct range *
range_of(const struct cpt_filemap *filemap, const struct cpt_file *file)
{
    return &filemap->ranges.items[file - filemap->files.items];
}

/* Lets the core's gaps be read from the file. Pages beyond the file's end do not exist. */
static void
fill_core(struct cpt_filemap *filemap, const struct cpt_file *file)
{
    const struct range *range = range_of(filemap, file);

    for (size_t i = range->first; i <= range->last; i++) {
        const struct cpt_mapping *mapping = &filemap->memory->mappings[i];
        uint64_t size = mapping->end - mapping->start;

        if (!is_file(mapping) || mapping->offset >= file->size)
            continue;
        if (size > file->size - mapping->offset)
            size = file->size - mapping->offset;
        /* Without memory for that, the pages stay unreadable, and whoever needs them says so. */
        if (cpt_core_add_file(filemap->options.core, mapping->start, size,
                              (const char *)file->bytes + mapping->offset, NULL) != CPT_OK)
            return;
    }
}

/* Compares a candidate with the target; keeps it when it is the same build. True when the search
   is over. */
static bool
consider(struct cpt_file *file, const struct cpt_found_file *candidate, struct cpt_arena *arena)
{
    struct cpt_elf_ident ident;
    bool matches;

    cpt_elf_ident_bytes(candidate->bytes, candidate->size, &ident);
    matches = cpt_elf_ident_equal(&ident, &file->ident);
    if (!ident.is_elf && file->match == CPT_FILE_DIFFERS)
        return false;
    if (matches || file->match != CPT_FILE_DIFFERS) /* of those that differ, the first is named */
        file->found = cpt_arena_text(arena, candidate->path, strlen(candidate->path));
    file->match = matches ? CPT_FILE_MATCHES : CPT_FILE_DIFFERS;
    if (matches) {
        file->bytes = candidate->bytes;
        file->size = candidate->size;
    }
    return matches;
}

enum cpt_file_match
cpt_filemap_resolve(struct cpt_filemap *filemap, struct cpt_file *file)
{
    const struct range *range = range_of(filemap, file);
    struct cpt_file_search search;
    struct cpt_found_file candidate;

    if (file->resolved)
        return file->match;
    file->resolved = true;
    cpt_filemap_identify(filemap, file);
    if (!file->ident.is_elf || (file->ident.build_id_unread && !file->ident.build_id_size))
        return file->match; /* unknown: there is nothing to compare with */
    file->match = CPT_FILE_MISSING;
    cpt_file_search_begin(&search, filemap->memory, &filemap->options,
                          &filemap->memory->mappings[range->first]);
    while (cpt_file_search_next(&search, &candidate)) {
        if (consider(file, &candidate, &filemap->arena))
            break;
        munmap((void *)(uintptr_t)candidate.bytes, candidate.size);
    }
    if (file->match == CPT_FILE_MATCHES && filemap->options.core)
        fill_core(filemap, file);
    return file->match;
}

/* A library or executable, by what is there to tell it from data files. */
static bool
looks_executable(struct cpt_filemap *filemap, struct cpt_file *file)
{
    const struct range *range = range_of(filemap, file);

    if (cpt_filemap_identify(filemap, file)->is_elf)
        return true;
    for (size_t i = range->first; i <= range->last; i++) {
        const struct cpt_mapping *mapping = &filemap->memory->mappings[i];

        if (is_file(mapping) && mapping->executable)
            return true;
    }
    return false;
}

/* The file that the mapping INDEX belongs to, or NULL. */
static struct cpt_file *
file_of(struct cpt_filemap *filemap, size_t index)
{
    size_t low = 0, high = filemap->ranges.count;

    if (!is_file(&filemap->memory->mappings[index]))
        return NULL;
    while (low < high) { /* the first that begins behind it */
        size_t middle = low + (high - low) / 2;

        if (filemap->ranges.items[middle].first <= index)
            low = middle + 1;
        else
            high = middle;
    }
    return low && filemap->ranges.items[low - 1].last >= index ? &filemap->files.items[low - 1] : NULL;
}

static bool
fill_page(void *arg, uint64_t address)
{
    struct cpt_filemap *filemap = arg;
    const struct cpt_mapping *mapping = cpt_memory_mapping(filemap->memory, address);
    struct cpt_file *file =
        mapping ? file_of(filemap, (size_t)(mapping - filemap->memory->mappings)) : NULL;
    bool is_new = file && !file->resolved;

    if (!file)
        return false;
    file->wanted = true;
    return cpt_filemap_resolve(filemap, file) == CPT_FILE_MATCHES && is_new;
}

void
cpt_filemap_serve(struct cpt_filemap *filemap)
{
    if (filemap->options.core)
        cpt_core_set_fill(filemap->options.core, fill_page, filemap);
}

static bool
lacks_pages(const struct cpt_filemap *filemap, const struct cpt_file *file)
{
    const struct range *range = range_of(filemap, file);

    for (size_t i = range->first; i <= range->last; i++) {
        const struct cpt_mapping *mapping = &filemap->memory->mappings[i];

        if (is_file(mapping) && mapping->readable &&
            !cpt_core_has(filemap->options.core, mapping->start, mapping->end - mapping->start))
            return true;
    }
    return false;
}

void
cpt_filemap_note(const struct cpt_file *file, struct cpt_holes *holes)
{
    if (!holes)
        return;
    switch (file->match) {
    case CPT_FILE_MATCHES:
        break;
    case CPT_FILE_DIFFERS:
        cpt_holes_note(holes, "file-differs",
                       "%s is not the file that the process had mapped as %s",
                       file->found ? file->found : "a file", file->path);
        break;
    case CPT_FILE_MISSING:
        cpt_holes_note(holes, "file-missing", "%s is not on this machine (--sysroot, --exe)",
                       file->path);
        break;
    case CPT_FILE_UNKNOWN:
        cpt_holes_note(holes, "file-unknown",
                       "%s is not used: the core does not have what identifies it", file->path);
        break;
    }
}

void
cpt_filemap_resolve_all(struct cpt_filemap *filemap, struct cpt_holes *holes)
{
    if (!filemap->options.core)
        return;
    for (size_t i = 0; i < filemap->files.count; i++) {
        struct cpt_file *file = &filemap->files.items[i];

        if (!lacks_pages(filemap, file) || !looks_executable(filemap, file))
            continue;
        cpt_filemap_resolve(filemap, file);
        cpt_filemap_note(file, holes);
    }
}

#include "coreanalyze/analyses/census.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "out of memory");
}

static int
by_name(const void *left, const void *right)
{
    const struct cpt_census_row *a = left, *b = right;

    return cpt_text_compare(&a->name, &b->name);
}

/* Largest first. What is as large as another comes in an order that does not depend on the run. */
static int
by_bytes(const void *left, const void *right)
{
    const struct cpt_census_row *a = left, *b = right;
    int order;

    if (a->bytes != b->bytes)
        return a->bytes < b->bytes ? 1 : -1;
    if (a->objects != b->objects)
        return a->objects < b->objects ? 1 : -1;
    order = cpt_text_compare(&a->name, &b->name);
    return order ? order : (a->type_address > b->type_address) - (a->type_address < b->type_address);
}

/* A row for each type, called by its name or by its module. */
static void
list_types(struct cpt_census *census, enum cpt_census_by by)
{
    const struct cpt_heap *heap = census->heap;

    for (size_t i = 0; i < heap->type_count; i++) {
        const struct cpt_heap_type *of = &heap->types[i];
        const struct cpt_text *name = by == CPT_CENSUS_MODULE ? &of->type->module : &of->type->name;

        if (!of->objects)
            continue;
        census->rows[census->row_count++] = (struct cpt_census_row){
            .name = name->data ? *name : cpt_text_of("?"),
            .type_address = by == CPT_CENSUS_MODULE ? 0 : of->type->address,
            .objects = of->objects,
            .bytes = of->bytes,
            .size_of = of->size_of,
            .size_of_guessed = of->size_of_guessed,
        };
    }
}

/* One row for all that have the same name. */
static void
merge_names(struct cpt_census *census)
{
    struct cpt_census_row *last = NULL;
    size_t kept = 0;

    qsort(census->rows, census->row_count, sizeof(*census->rows), by_name);
    for (size_t i = 0; i < census->row_count; i++) {
        const struct cpt_census_row *row = &census->rows[i];

        if (!last || cpt_text_compare(&last->name, &row->name)) {
            last = &census->rows[kept++];
            *last = *row;
            continue;
        }
        last->objects += row->objects;
        last->bytes += row->bytes;
        last->size_of += row->size_of;
        last->size_of_guessed |= row->size_of_guessed;
    }
    census->row_count = kept;
}

/* A bound of more than 1 KiB is a power of two; *UNIT: its unit. */
static uint64_t
in_units(uint64_t bytes, const char **unit)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    size_t i = 0;

    for (; bytes >= 1024 && bytes % 1024 == 0; i++)
        bytes /= 1024;
    *unit = units[i];
    return bytes;
}

/* "65-80 bytes", "513-1024 bytes", "1-2 KiB", "512 KiB-1 MiB": more than the first, up to the second. */
static cpt_status
name_range(struct cpt_census *census, struct cpt_census_row *row, struct cpt_error *error)
{
    const char *unit, *from_unit;
    uint64_t to, from;
    char text[80];

    if (row->to <= 1024) {
        snprintf(text, sizeof(text), "%" PRIu64 "-%" PRIu64 " bytes", row->above + 1, row->to);
    } else {
        to = in_units(row->to, &unit);
        from = in_units(row->above, &from_unit);
        snprintf(text, sizeof(text), "%" PRIu64 "%s%s-%" PRIu64 " %s", from, from_unit == unit ? "" : " ",
                 from_unit == unit ? "" : from_unit, to, unit);
    }
    row->name.size = strlen(text);
    row->name.data = cpt_arena_text(&census->heap->arena, text, row->name.size);
    return row->name.data ? CPT_OK : out_of_memory(error);
}

/* The bins do not tell which types are in them, so one type whose sizes are guesses makes guesses of them all. */
static bool
has_guesses(const struct cpt_heap *heap)
{
    for (size_t i = 0; i < heap->type_count; i++) {
        if (heap->types[i].objects && heap->types[i].size_of_guessed)
            return true;
    }
    return false;
}

static cpt_status
list_sizes(struct cpt_census *census, struct cpt_error *error)
{
    const struct cpt_heap *heap = census->heap;
    bool guessed = has_guesses(heap);
    cpt_status status = CPT_OK;

    for (unsigned bin = 0; bin < CPT_SIZE_BINS && !status; bin++) {
        struct cpt_census_row *row = &census->rows[census->row_count];

        if (!heap->bins[bin].objects)
            continue;
        *row = (struct cpt_census_row){
            .objects = heap->bins[bin].objects,
            .bytes = heap->bins[bin].bytes,
            .size_of = heap->bins[bin].size_of,
            .size_of_guessed = guessed,
        };
        cpt_size_bin_bounds(bin, &row->above, &row->to);
        status = name_range(census, row, error);
        census->row_count++;
    }
    return status;
}

cpt_status
cpt_census_take(struct cpt_census *census, struct cpt_heap *heap, enum cpt_census_by by, struct cpt_error *error)
{
    size_t most = by == CPT_CENSUS_SIZE ? CPT_SIZE_BINS : heap->type_count;
    cpt_status status = CPT_OK;

    *census = (struct cpt_census){
        .heap = heap, .by = by, .objects = heap->objects, .bytes = heap->bytes, .size_of = heap->size_of};
    for (size_t i = 0; i < sizeof(heap->classes) / sizeof(heap->classes[0]); i++) {
        census->used_blocks += heap->classes[i].used;
        census->unexplained_blocks += heap->classes[i].unexplained;
    }
    census->rows = cpt_arena_array(&heap->arena, most, sizeof(*census->rows));
    if (!census->rows)
        return out_of_memory(error);
    if (by == CPT_CENSUS_SIZE)
        status = list_sizes(census, error);
    else
        list_types(census, by);
    if (by == CPT_CENSUS_MODULE)
        merge_names(census);
    qsort(census->rows, census->row_count, sizeof(*census->rows), by_bytes);
    return status;
}

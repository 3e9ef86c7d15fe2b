#include "coreanalyze/analyses/diff.h"

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
    const struct cpt_diff_type *a = left, *b = right;

    return cpt_text_compare(&a->name, &b->name);
}

cpt_status
cpt_diff_side_set(struct cpt_diff_side *side, const struct cpt_diff_type *types, size_t count, struct cpt_error *error)
{
    struct cpt_diff_type *last = NULL;

    side->count = 0;
    side->types = cpt_arena_array(&side->arena, count, sizeof(*side->types));
    if (!side->types)
        return out_of_memory(error);
    if (count)
        memcpy(side->types, types, count * sizeof(*side->types));
    qsort(side->types, count, sizeof(*side->types), by_name);
    for (size_t i = 0; i < count; i++) {
        const struct cpt_diff_type *type = &side->types[i];

        if (!last || cpt_text_compare(&last->name, &type->name)) {
            last = &side->types[side->count++];
            *last = *type;
            continue;
        }
        last->objects += type->objects;
        last->bytes += type->bytes;
        last->type_address = 0; /* not one type */
    }
    return CPT_OK;
}

cpt_status
cpt_diff_side_take(struct cpt_diff_side *side, const struct cpt_census *census, struct cpt_error *error)
{
    struct cpt_diff_type *types = calloc(census->row_count + 1, sizeof(*types));
    cpt_status status = types ? CPT_OK : out_of_memory(error);

    memset(side, 0, sizeof(*side));
    side->objects = census->objects;
    side->bytes = census->bytes;
    for (size_t i = 0; !status && i < census->row_count; i++) {
        const struct cpt_census_row *row = &census->rows[i];

        types[i] = (struct cpt_diff_type){
            .name = {cpt_arena_text(&side->arena, row->name.data, row->name.size), row->name.size},
            .type_address = row->type_address,
            .objects = row->objects,
            .bytes = row->bytes,
        };
        if (!types[i].name.data)
            status = out_of_memory(error);
    }
    if (!status)
        status = cpt_diff_side_set(side, types, census->row_count, error);
    free(types);
    return status;
}

/* What grew by more bytes first, then by more objects; what is as large as another comes by name. Differences of counts
   that may be anything (they may come from a file) are wrapped, not undefined. */
static int
by_growth(const void *left, const void *right)
{
    const struct cpt_diff_row *a = left, *b = right;
    int64_t first = (int64_t)(a->bytes_after - a->bytes_before), second = (int64_t)(b->bytes_after - b->bytes_before);

    if (first == second) {
        first = (int64_t)(a->objects_after - a->objects_before);
        second = (int64_t)(b->objects_after - b->objects_before);
    }
    if (first != second)
        return first < second ? 1 : -1;
    return cpt_text_compare(&a->name, &b->name);
}

/* Both sides are sorted by name. */
static void
merge(struct cpt_diff *diff, const struct cpt_diff_side *before, const struct cpt_diff_side *after)
{
    for (size_t i = 0, j = 0; i < before->count || j < after->count;) {
        const struct cpt_diff_type *old = i < before->count ? &before->types[i] : NULL;
        const struct cpt_diff_type *new = j < after->count ? &after->types[j] : NULL;
        struct cpt_diff_row *row = &diff->rows[diff->count++];
        int order = !old ? 1 : !new ? -1 : cpt_text_compare(&old->name, &new->name);

        row->name = order <= 0 ? old->name : new->name;
        if (order <= 0) {
            row->objects_before = old->objects;
            row->bytes_before = old->bytes;
            i++;
        }
        if (order >= 0) {
            row->objects_after = new->objects;
            row->bytes_after = new->bytes;
            j++;
        }
    }
}

cpt_status
cpt_diff_take(struct cpt_diff *diff, const struct cpt_diff_side *before, const struct cpt_diff_side *after,
              struct cpt_error *error)
{
    memset(diff, 0, sizeof(*diff));
    diff->objects = (int64_t)(after->objects - before->objects);
    diff->bytes = (int64_t)(after->bytes - before->bytes);
    diff->rows = cpt_arena_array(&diff->arena, before->count + after->count, sizeof(*diff->rows));
    if (!diff->rows)
        return out_of_memory(error);
    merge(diff, before, after);
    qsort(diff->rows, diff->count, sizeof(*diff->rows), by_growth);
    return CPT_OK;
}

void
cpt_diff_side_free(struct cpt_diff_side *side)
{
    cpt_arena_free(&side->arena);
    memset(side, 0, sizeof(*side));
}

void
cpt_diff_free(struct cpt_diff *diff)
{
    cpt_arena_free(&diff->arena);
    memset(diff, 0, sizeof(*diff));
}

#include "coreanalyze/analyses/leaks_parts.h"

#include <stdlib.h>
#include <string.h>

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "no memory for the leak report");
}

/* --- names ----------------------------------------------------------------------------------- */

struct entry {
    struct cpt_text name;
    uint32_t shape;
};

static int
by_name(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = cpt_text_compare(&a->name, &b->name);

    return order ? order : (a->shape > b->shape) - (a->shape < b->shape);
}

static void
number(struct cpt_leak_names *names, struct entry *entries)
{
    for (uint32_t i = 0; i < names->shape_count; i++) {
        if (!i || cpt_text_compare(&entries[i].name, &entries[i - 1].name))
            names->texts[names->count++] = entries[i].name;
        names->of_shape[entries[i].shape] = names->count - 1;
    }
    if (!names->count)
        names->texts[names->count++] = cpt_text_of("?");
}

cpt_status
cpt_leak_names_make(struct cpt_leak_names *names, const struct cpt_shapes *shapes, struct cpt_error *error)
{
    struct entry *entries = calloc(shapes->count + 1, sizeof(*entries));

    names->shape_count = (uint32_t)shapes->count;
    names->of_shape = calloc(shapes->count + 1, sizeof(*names->of_shape));
    names->texts = calloc(shapes->count + 1, sizeof(*names->texts));
    if (!entries || !names->of_shape || !names->texts) {
        free(entries);
        return out_of_memory(error);
    }
    for (uint32_t i = 0; i < names->shape_count; i++) {
        const struct cpt_type *type = shapes->items[i]->type;

        entries[i] = (struct entry){type && type->name.data ? type->name : cpt_text_of("?"), i};
    }
    qsort(entries, names->shape_count, sizeof(*entries), by_name);
    number(names, entries);
    free(entries);
    return CPT_OK;
}

void
cpt_leak_names_free(struct cpt_leak_names *names)
{
    free(names->of_shape);
    free(names->texts);
    memset(names, 0, sizeof(*names));
}

/* --- rows ------------------------------------------------------------------------------------ */

struct cpt_leak_count *
cpt_leak_add(const struct cpt_leak_work *work, struct cpt_leak_count *counts, uint32_t node, uint64_t references)
{
    struct cpt_leak_count *count = &counts[cpt_leak_name_of(work, node)];

    if (count->objects < CPT_LEAK_EXAMPLES)
        count->examples[count->objects] = node;
    count->objects++;
    count->references += references;
    count->bytes += cpt_graph_bytes(work->graph, node);
    return count;
}

unsigned
cpt_leak_rank(const struct cpt_graph *graph, uint32_t node)
{
    const struct cpt_type *type = cpt_graph_shape(graph, node)->type;

    if (type->flags & (CPT_TYPE_DICT | CPT_TYPE_TUPLE | CPT_TYPE_LIST) || cpt_type_is(type, "cell"))
        return 0;
    return cpt_type_is_python(type) ? 2 : 1;
}

cpt_status
cpt_leak_show(struct cpt_leak_work *work, uint32_t node, bool brief, struct cpt_value *value, struct cpt_error *error)
{
    struct cpt_heap *heap = work->graph->heap;
    uint64_t address = cpt_graph_address(work->graph, node);

    if (!brief)
        return cpt_value_read(&heap->values, address, value, error);
    *value = (struct cpt_value){.address = address, .type = work->names.texts[cpt_leak_name_of(work, node)]};
    return CPT_OK;
}

static cpt_status
fill_row(struct cpt_leak_work *work, const struct cpt_leak_count *count, struct cpt_leak_type *row,
         struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    row->objects = count->objects;
    row->references = count->references;
    row->bytes = count->bytes;
    row->kept_objects = count->kept_objects;
    row->kept_bytes = count->kept_bytes;
    row->example_count = count->objects < CPT_LEAK_EXAMPLES ? (size_t)count->objects : CPT_LEAK_EXAMPLES;
    row->examples = cpt_arena_array(&work->graph->heap->arena, row->example_count, sizeof(*row->examples));
    if (!row->examples)
        return out_of_memory(error);
    for (size_t i = 0; !status && i < row->example_count; i++)
        status = cpt_leak_show(work, count->examples[i], false, &row->examples[i], error);
    return status;
}

/* Names in the order of the alphabet are what rows of one size come in. */
static int
by_bytes(const void *left, const void *right)
{
    const struct cpt_leak_type *a = left, *b = right;
    uint64_t of_a = a->bytes + a->kept_bytes, of_b = b->bytes + b->kept_bytes;

    return of_a != of_b ? (of_a < of_b ? 1 : -1) : cpt_text_compare(&a->type, &b->type);
}

cpt_status
cpt_leak_rows(struct cpt_leak_work *work, const struct cpt_leak_count *counts, struct cpt_leak_type **rows,
              size_t *row_count, struct cpt_error *error)
{
    size_t used = 0;
    cpt_status status = CPT_OK;

    for (uint32_t i = 0; i < work->names.count; i++)
        used += counts[i].objects != 0;
    *rows = cpt_arena_array(&work->graph->heap->arena, used, sizeof(**rows));
    if (!*rows)
        return out_of_memory(error);
    for (uint32_t i = 0; !status && i < work->names.count; i++) {
        if (!counts[i].objects)
            continue;
        (*rows)[*row_count].type = work->names.texts[i];
        status = fill_row(work, &counts[i], &(*rows)[(*row_count)++], error);
    }
    qsort(*rows, *row_count, sizeof(**rows), by_bytes);
    return status;
}

static int
by_objects(const void *left, const void *right)
{
    const struct cpt_type_count *a = left, *b = right;

    return a->objects != b->objects ? (a->objects < b->objects ? 1 : -1) : cpt_text_compare(&a->type, &b->type);
}

void
cpt_type_counts_sort(struct cpt_type_count *types, size_t count)
{
    qsort(types, count, sizeof(*types), by_objects);
}

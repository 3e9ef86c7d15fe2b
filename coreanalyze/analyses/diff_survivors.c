#include "coreanalyze/analyses/diff_survivors.h"

#include "coreanalyze/base/bytes.h"

#include <stdlib.h>
#include <string.h>

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "out of memory");
}

/* Types of a heap by their address. */
struct type_index {
    const struct cpt_heap *heap;
    struct cpt_hash hash; /* address -> the heap's type */
    uint64_t last;        /* address that was asked for before */
    const struct cpt_heap_type *last_type;
};

static cpt_status
index_types(struct type_index *index, const struct cpt_heap *heap, struct cpt_error *error)
{
    *index = (struct type_index){.heap = heap};
    for (size_t i = 0; i < heap->type_count; i++) {
        if (heap->types[i].objects && !cpt_hash_set(&index->hash, heap->types[i].type->address, &heap->types[i]))
            return out_of_memory(error);
    }
    return CPT_OK;
}

/* The number of OBJECT's type; SIZE_MAX: it is none of those that were counted. */
static size_t
type_of(struct type_index *index, uint64_t object)
{
    const struct cpt_heap *heap = index->heap;
    const uint8_t *bytes = cpt_region_bytes(&heap->regions, object + heap->decode.at->object.ob_type, 8);
    uint64_t address = bytes ? cpt_load_u64(bytes) : 0;

    if (address != index->last) {
        index->last = address;
        index->last_type = cpt_hash_get(&index->hash, address);
    }
    return index->last_type ? (size_t)(index->last_type - heap->types) : SIZE_MAX;
}

/* The list of the first moment */

struct listing {
    struct cpt_population *population;
    struct type_index index;
    uint64_t last; /* address of the object before */
};

static void
add_number(struct cpt_buffer *out, uint64_t number)
{
    for (; number >= 128; number >>= 7)
        cpt_buffer_add_char(out, (char)(number | 128));
    cpt_buffer_add_char(out, (char)number);
}

/* Objects come by address. One that does not is damage, and what lies within another object. */
static bool
list_object(void *arg, uint64_t object, uint64_t block, uint64_t size)
{
    struct listing *listing = arg;
    struct cpt_population *population = listing->population;
    size_t type = type_of(&listing->index, object);

    (void)block;
    (void)size;
    if (type == SIZE_MAX || object <= listing->last || object % 8)
        return true;
    add_number(&population->objects, (object - listing->last) / 8);
    add_number(&population->objects, type);
    listing->last = object;
    population->count++;
    return !population->objects.failed;
}

static cpt_status
copy_types(struct cpt_population *population, const struct cpt_heap *heap, struct cpt_error *error)
{
    population->types = cpt_arena_array(&population->arena, heap->type_count, sizeof(*population->types));
    if (!population->types)
        return out_of_memory(error);
    population->type_count = heap->type_count;
    for (size_t i = 0; i < heap->type_count; i++) {
        const struct cpt_type *type = heap->types[i].type;
        struct cpt_population_type *copy = &population->types[i];

        copy->address = type->address;
        copy->name.size = type->name.data ? type->name.size : 1;
        copy->name.data = cpt_arena_text(&population->arena, type->name.data ? type->name.data : "?", copy->name.size);
        if (!copy->name.data)
            return out_of_memory(error);
    }
    return CPT_OK;
}

cpt_status
cpt_population_take(struct cpt_population *population, struct cpt_heap *heap, struct cpt_error *error)
{
    struct listing listing = {.population = population};
    cpt_status status;

    memset(population, 0, sizeof(*population));
    status = copy_types(population, heap, error);
    if (!status)
        status = index_types(&listing.index, heap, error);
    if (!status) {
        cpt_heap_each(heap, 0, UINT64_MAX, list_object, &listing);
        if (population->objects.failed)
            status = out_of_memory(error);
    }
    cpt_hash_free(&listing.index.hash);
    return status;
}

void
cpt_population_free(struct cpt_population *population)
{
    cpt_buffer_free(&population->objects);
    cpt_arena_free(&population->arena);
    memset(population, 0, sizeof(*population));
}

/* The second moment against it */

/* Some of the new objects of a type, evenly spread: when there are too many, every second goes, and from then on only
   every second one comes in. */
#define SAMPLES 8

struct sample {
    uint64_t items[SAMPLES];
    size_t count;
    uint64_t seen, stride;
};

struct comparison {
    struct cpt_diff *diff;
    const struct cpt_population *before;
    struct type_index index;
    struct cpt_diff_row **row_of;   /* by the number of the type in the second heap */
    size_t *number_of;              /* and the number of the same type in BEFORE; SIZE_MAX: none */
    struct sample *samples;         /* by row; the first SAMPLED rows have one */
    size_t sampled;
    const char *at, *end;           /* of BEFORE's objects: behind the one that was read last */
    uint64_t old_address;           /* that one; UINT64_MAX: there are no more */
    size_t old_type;
};

static uint64_t
take_number(struct comparison *c)
{
    uint64_t number = 0;

    for (unsigned shift = 0; c->at < c->end && shift < 64; shift += 7) {
        uint8_t byte = (uint8_t)*c->at++;

        number |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            break;
    }
    return number;
}

static void
next_old(struct comparison *c)
{
    if (c->at == c->end) {
        c->old_address = UINT64_MAX;
        return;
    }
    c->old_address += take_number(c) * 8;
    c->old_type = (size_t)take_number(c);
}

static void
sample_object(struct sample *sample, uint64_t object)
{
    if (!sample->stride)
        sample->stride = 1;
    if (sample->seen++ % sample->stride)
        return;
    if (sample->count == SAMPLES) {
        for (size_t i = 0; i < SAMPLES / 2; i++)
            sample->items[i] = sample->items[2 * i];
        sample->count = SAMPLES / 2;
        sample->stride *= 2;
    }
    sample->items[sample->count++] = object;
}

static bool
compare_object(void *arg, uint64_t object, uint64_t block, uint64_t size)
{
    struct comparison *c = arg;
    size_t type = type_of(&c->index, object), row;

    (void)block;
    (void)size;
    while (c->old_address < object)
        next_old(c);
    if (type == SIZE_MAX || !c->row_of[type])
        return true;
    if (c->old_address == object && c->old_type == c->number_of[type]) {
        c->row_of[type]->survived++;
        c->diff->survived++;
        return true;
    }
    c->row_of[type]->new_objects++;
    c->diff->new_objects++;
    row = (size_t)(c->row_of[type] - c->diff->rows);
    if (row < c->sampled)
        sample_object(&c->samples[row], object);
    return true;
}

static int
by_name(const void *left, const void *right)
{
    const struct cpt_diff_row *a = *(struct cpt_diff_row *const *)left, *b = *(struct cpt_diff_row *const *)right;

    return cpt_text_compare(&a->name, &b->name);
}

static struct cpt_diff_row *
row_named(struct cpt_diff_row **rows, size_t count, const struct cpt_text *name)
{
    struct cpt_diff_row key = {.name = *name}, *wanted = &key;
    struct cpt_diff_row **found = bsearch(&wanted, rows, count, sizeof(*rows), by_name);

    return found ? *found : NULL;
}

/* A type is the same where it is at the same place and has the same name. */
static size_t
number_before(const struct cpt_population *before, const struct cpt_hash *numbers, const struct cpt_type *type)
{
    const struct cpt_population_type *found = cpt_hash_get(numbers, type->address);
    struct cpt_text name = type->name.data ? type->name : cpt_text_of("?");

    return found && cpt_text_compare(&found->name, &name) == 0 ? (size_t)(found - before->types) : SIZE_MAX;
}

static cpt_status
match_types(struct comparison *c, const struct cpt_heap *heap, struct cpt_error *error)
{
    struct cpt_diff_row **rows = calloc(c->diff->count + 1, sizeof(*rows));
    struct cpt_hash numbers = {0};
    cpt_status status = rows ? CPT_OK : out_of_memory(error);

    for (size_t i = 0; !status && i < c->before->type_count; i++) {
        if (!cpt_hash_set(&numbers, c->before->types[i].address, &c->before->types[i]))
            status = out_of_memory(error);
    }
    for (size_t i = 0; rows && i < c->diff->count; i++)
        rows[i] = &c->diff->rows[i];
    if (rows)
        qsort(rows, c->diff->count, sizeof(*rows), by_name);
    for (size_t i = 0; !status && i < heap->type_count; i++) {
        const struct cpt_type *type = heap->types[i].type;
        struct cpt_text name = type->name.data ? type->name : cpt_text_of("?");

        c->row_of[i] = row_named(rows, c->diff->count, &name);
        c->number_of[i] = number_before(c->before, &numbers, type);
    }
    cpt_hash_free(&numbers);
    free(rows);
    return status;
}

static cpt_status
open_comparison(struct comparison *c, const struct cpt_heap *heap, size_t rows, struct cpt_error *error)
{
    c->row_of = calloc(heap->type_count + 1, sizeof(*c->row_of));
    c->number_of = calloc(heap->type_count + 1, sizeof(*c->number_of));
    c->sampled = rows < c->diff->count ? rows : c->diff->count;
    c->samples = calloc(c->sampled + 1, sizeof(*c->samples));
    if (!c->row_of || !c->number_of || !c->samples)
        return out_of_memory(error);
    if (index_types(&c->index, heap, error))
        return error ? error->status : CPT_NOMEM;
    c->at = c->before->objects.data;
    c->end = c->at + c->before->objects.size;
    return match_types(c, heap, error);
}

/* Of the samples, some from the beginning to the end of the heap. */
static void
choose_examples(struct comparison *c)
{
    for (size_t i = 0; i < c->sampled; i++) {
        const struct sample *sample = &c->samples[i];
        struct cpt_diff_row *row = &c->diff->rows[i];

        if (row->bytes_after <= row->bytes_before)
            continue;
        row->example_count = sample->count < CPT_DIFF_EXAMPLES ? sample->count : CPT_DIFF_EXAMPLES;
        for (size_t j = 0; j < row->example_count; j++)
            row->examples[j].address = sample->items[j * sample->count / row->example_count];
    }
}

cpt_status
cpt_diff_survivors_take(struct cpt_diff *diff, const struct cpt_population *before, struct cpt_heap *heap, size_t rows,
                        struct cpt_error *error)
{
    struct comparison c = {.diff = diff, .before = before};
    cpt_status status = open_comparison(&c, heap, rows, error);

    if (!status) {
        next_old(&c);
        cpt_heap_each(heap, 0, UINT64_MAX, compare_object, &c);
        choose_examples(&c);
        diff->has_survivors = true;
    }
    cpt_hash_free(&c.index.hash);
    free(c.row_of);
    free(c.number_of);
    free(c.samples);
    return status;
}

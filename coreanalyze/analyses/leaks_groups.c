/* Clusters of garbage that are alike, counted together. */
#include "coreanalyze/analyses/clusters.h"
#include "coreanalyze/analyses/leaks_parts.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_GROUPS 1000 /* whose example is shown with its repr */

struct group {
    uint32_t cluster;  /* one of it */
    uint32_t example;  /* node */
    uint64_t components, objects, bytes;
};

struct grouping {
    struct cpt_leak_work *work;
    struct cpt_clusters clusters;
    uint64_t *among;
    uint32_t *first;   /* by cluster, and one more: where its objects are in NAMES */
    uint32_t *names;   /* numbers of the objects' type names, of each cluster in order */
    uint64_t *bytes;   /* by cluster */
    uint32_t *example; /* by cluster: 1 + a node; 0: none */
    uint32_t *table;   /* 1 + a group's number, by hash */
    size_t capacity;   /* a power of two */
    struct {
        struct group *items;
        size_t count, capacity;
    } groups;
};

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "no memory to group the garbage");
}

/* --- what is in each cluster ----------------------------------------------------------------- */

static unsigned
rank_of(const struct grouping *g, uint32_t node)
{
    return cpt_set_has(g->clusters.hanging, node) ? 0 : 1 + cpt_leak_rank(g->work->graph, node);
}

static void
take_example(struct grouping *g, uint32_t cluster, uint32_t node)
{
    uint32_t *example = &g->example[cluster];

    if (!*example || rank_of(g, node) > rank_of(g, *example - 1))
        *example = node + 1;
}

static void
add_bytes(struct grouping *g)
{
    const struct cpt_graph *graph = g->work->graph;

    for (uint32_t node = 0; node < graph->count; node++) {
        if (g->clusters.of[node] != CPT_CSR_NONE)
            g->bytes[g->clusters.of[node]] += cpt_graph_bytes(graph, node);
    }
}

/* By counting: FIRST is at first where each cluster's next object goes. */
static void
sort_objects(struct grouping *g)
{
    const struct cpt_graph *graph = g->work->graph;
    uint32_t sum = 0, count;

    for (uint32_t node = cpt_set_next(g->among, 0, graph->count); node < graph->count;
         node = cpt_set_next(g->among, node + 1, graph->count)) {
        g->first[g->clusters.of[node]]++;
        take_example(g, g->clusters.of[node], node);
    }
    for (uint32_t i = 0; i <= g->clusters.count; i++) {
        count = i < g->clusters.count ? g->first[i] : 0;
        g->first[i] = sum;
        sum += count;
    }
    for (uint32_t node = cpt_set_next(g->among, 0, graph->count); node < graph->count;
         node = cpt_set_next(g->among, node + 1, graph->count))
        g->names[g->first[g->clusters.of[node]]++] = cpt_leak_name_of(g->work, node);
    memmove(g->first + 1, g->first, g->clusters.count * sizeof(*g->first));
    g->first[0] = 0;
}

/* --- which are alike ------------------------------------------------------------------------- */

static int
by_number(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

    return (a > b) - (a < b);
}

static size_t
hash_of(const uint32_t *names, uint32_t count)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ count;

    for (uint32_t i = 0; i < count; i++)
        hash = (hash ^ names[i]) * UINT64_C(0x100000001b3);
    return (size_t)(hash ^ hash >> 29);
}

static bool
are_alike(const struct grouping *g, uint32_t a, uint32_t b)
{
    uint32_t count = g->first[a + 1] - g->first[a];

    return count == g->first[b + 1] - g->first[b] &&
           !memcmp(g->names + g->first[a], g->names + g->first[b], count * sizeof(*g->names));
}

/* The group that CLUSTER belongs to, a new one where there is none yet; NULL: no memory. */
static struct group *
group_of(struct grouping *g, uint32_t cluster)
{
    uint32_t *names = g->names + g->first[cluster], count = g->first[cluster + 1] - g->first[cluster];
    size_t slot = hash_of(names, count) & (g->capacity - 1);
    struct group *group;

    for (; g->table[slot]; slot = (slot + 1) & (g->capacity - 1)) {
        group = &g->groups.items[g->table[slot] - 1];
        if (are_alike(g, group->cluster, cluster))
            return group;
    }
    group = cpt_vec_add(&g->groups);
    if (!group)
        return NULL;
    *group = (struct group){.cluster = cluster, .example = g->example[cluster] - 1};
    g->table[slot] = (uint32_t)g->groups.count;
    return group;
}

static cpt_status
gather(struct grouping *g, struct cpt_error *error)
{
    for (uint32_t i = 0; i < g->clusters.count; i++) {
        uint32_t count = g->first[i + 1] - g->first[i];
        struct group *group;

        if (cpt_progress_stops(g->work->graph->heap->progress, i))
            return cpt_progress_check(g->work->graph->heap->progress, error);
        if (!count)
            continue;
        qsort(g->names + g->first[i], count, sizeof(*g->names), by_number);
        group = group_of(g, i);
        if (!group)
            return out_of_memory(error);
        group->components++;
        group->objects += count;
        group->bytes += g->bytes[i];
    }
    return CPT_OK;
}

/* --- the result ------------------------------------------------------------------------------ */

static int
by_bytes(const void *left, const void *right)
{
    const struct group *a = left, *b = right;

    if (a->bytes != b->bytes)
        return a->bytes < b->bytes ? 1 : -1;
    return (a->example > b->example) - (a->example < b->example);
}

/* A cluster's names lie together, alike ones side by side. */
static cpt_status
fill_types(struct grouping *g, uint32_t cluster, struct cpt_garbage_group *result, struct cpt_error *error)
{
    const uint32_t *names = g->names + g->first[cluster];
    uint32_t count = g->first[cluster + 1] - g->first[cluster], kinds = 1;

    for (uint32_t i = 1; i < count; i++)
        kinds += names[i] != names[i - 1];
    result->types = cpt_arena_array(&g->work->graph->heap->arena, kinds, sizeof(*result->types));
    if (!result->types)
        return out_of_memory(error);
    for (uint32_t i = 0; i < count; i++) {
        if (!i || names[i] != names[i - 1])
            result->types[result->type_count++].type = g->work->names.texts[names[i]];
        result->types[result->type_count - 1].objects++;
    }
    cpt_type_counts_sort(result->types, result->type_count);
    return CPT_OK;
}

static cpt_status
fill_groups(struct grouping *g, struct cpt_error *error)
{
    struct cpt_leaks *leaks = g->work->leaks;
    cpt_status status = CPT_OK;

    qsort(g->groups.items, g->groups.count, sizeof(*g->groups.items), by_bytes);
    leaks->groups = cpt_arena_array(&leaks->heap->arena, g->groups.count, sizeof(*leaks->groups));
    if (!leaks->groups)
        return out_of_memory(error);
    for (size_t i = 0; !status && i < g->groups.count; i++) {
        const struct group *group = &g->groups.items[i];
        struct cpt_garbage_group *result = &leaks->groups[leaks->group_count++];

        if (cpt_progress_stops(leaks->heap->progress, i))
            return cpt_progress_check(leaks->heap->progress, error);
        result->components = group->components;
        result->objects = group->objects;
        result->bytes = group->bytes;
        leaks->garbage_objects += group->objects;
        leaks->garbage_bytes += group->bytes;
        status = fill_types(g, group->cluster, result, error);
        if (!status)
            status = cpt_leak_show(g->work, group->example, i >= SHOWN_GROUPS, &result->example, error);
    }
    return status;
}

static cpt_status
group_clusters(struct grouping *g, uint64_t objects, struct cpt_error *error)
{
    size_t clusters = (size_t)g->clusters.count + 1;
    cpt_status status;

    for (g->capacity = 16; g->capacity < 2 * clusters;)
        g->capacity *= 2;
    g->first = calloc(clusters + 1, sizeof(*g->first));
    g->names = calloc((size_t)objects + 1, sizeof(*g->names));
    g->bytes = calloc(clusters, sizeof(*g->bytes));
    g->example = calloc(clusters, sizeof(*g->example));
    g->table = calloc(g->capacity, sizeof(*g->table));
    if (!g->first || !g->names || !g->bytes || !g->example || !g->table)
        return out_of_memory(error);
    add_bytes(g);
    status = cpt_progress_check(g->work->graph->heap->progress, error);
    if (status)
        return status;
    sort_objects(g);
    status = gather(g, error);
    return status ? status : fill_groups(g, error);
}

static void
free_grouping(struct grouping *g)
{
    cpt_clusters_free(&g->clusters);
    cpt_vec_free(&g->groups);
    free(g->among);
    free(g->first);
    free(g->names);
    free(g->bytes);
    free(g->example);
    free(g->table);
}

/* What cannot be collected is no part of it. */
cpt_status
cpt_leaks_group(struct cpt_leak_work *work, struct cpt_error *error)
{
    const struct cpt_garbage *garbage = &work->garbage;
    struct grouping g = {.work = work};
    uint64_t objects = garbage->objects - garbage->uncollectable_objects;
    cpt_status status;

    if (!objects)
        return CPT_OK;
    g.among = cpt_set_make(work->graph->count);
    if (!g.among)
        return out_of_memory(error);
    for (size_t i = 0; i <= work->graph->count >> 6; i++)
        g.among[i] = garbage->unreachable[i] & ~garbage->uncollectable[i];
    status = cpt_clusters_find(&g.clusters, work->graph, g.among, error);
    if (!status)
        status = cpt_clusters_extend(&g.clusters, work->graph, g.among, error);
    if (!status)
        status = group_clusters(&g, objects, error);
    free_grouping(&g);
    return status;
}

#include "coreanalyze/analyses/clusters.h"

#include "coreanalyze/base/bits.h"
#include "coreanalyze/base/vec.h"

#include <stdlib.h>
#include <string.h>

#define NOT_FOLLOWED (CPT_TARGET_SCANNED | CPT_TARGET_UNVISITED)

struct stack {
    uint32_t *items;
    size_t count, capacity;
};

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "no memory to group the garbage");
}

static cpt_status
push(struct stack *stack, uint32_t node, struct cpt_error *error)
{
    uint32_t *item = cpt_vec_add(stack);

    if (!item)
        return out_of_memory(error);
    *item = node;
    return CPT_OK;
}

/* --- cycles ---------------------------------------------------------------------------------- */

static bool
refers_to_itself(const struct cpt_graph *graph, uint32_t node)
{
    for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
        if (!(graph->targets[i] & NOT_FOLLOWED) && CPT_TARGET_ID(graph->targets[i]) == node)
            return true;
    }
    return false;
}

/* CYCLIC, a bit for each component: it has several nodes, or one that refers to itself. */
static void
find_cyclic(const struct cpt_clusters *clusters, const struct cpt_graph *graph, const uint64_t *among, uint64_t *seen,
            uint64_t *cyclic)
{
    for (uint32_t node = cpt_set_next(among, 0, graph->count); node < graph->count;
         node = cpt_set_next(among, node + 1, graph->count)) {
        uint32_t component = clusters->of[node];

        if (cpt_set_has(seen, component) || refers_to_itself(graph, node))
            cpt_set_put(cyclic, component);
        cpt_set_put(seen, component);
    }
}

/* --- chains that hang from them -------------------------------------------------------------- */

static cpt_status
hang(struct cpt_clusters *clusters, const struct cpt_graph *graph, const uint64_t *cyclic, struct stack *stack,
     struct cpt_error *error)
{
    cpt_status status = CPT_OK;

    for (uint64_t done = 1; !status && stack->count; done++) {
        uint32_t node = stack->items[--stack->count], cluster = clusters->of[node];

        if (cpt_progress_stops(graph->heap->progress, done))
            return cpt_progress_check(graph->heap->progress, error);
        for (uint32_t i = graph->first[node]; !status && i < graph->first[node + 1]; i++) {
            uint32_t id = CPT_TARGET_ID(graph->targets[i]);

            if (graph->targets[i] & NOT_FOLLOWED || clusters->of[id] == CPT_CSR_NONE ||
                cpt_set_has(cyclic, clusters->of[id]))
                continue;
            clusters->of[id] = cluster;
            cpt_set_put(clusters->hanging, id);
            status = push(stack, id, error);
        }
    }
    return status;
}

/* A component of one node without a cycle is a link of a chain, or hangs from nothing that was found. */
static cpt_status
hang_chains(struct cpt_clusters *clusters, const struct cpt_graph *graph, const uint64_t *among, const uint64_t *cyclic,
            struct cpt_error *error)
{
    struct stack stack = {0};
    cpt_status status = CPT_OK;

    for (uint32_t node = cpt_set_next(among, 0, graph->count); !status && node < graph->count;
         node = cpt_set_next(among, node + 1, graph->count)) {
        if (cpt_progress_stops(graph->heap->progress, node))
            status = cpt_progress_check(graph->heap->progress, error);
        if (status || !cpt_set_has(cyclic, clusters->of[node]) || cpt_set_has(clusters->hanging, node))
            continue;
        status = push(&stack, node, error);
        if (!status)
            status = hang(clusters, graph, cyclic, &stack, error);
    }
    cpt_vec_free(&stack);
    return status;
}

cpt_status
cpt_clusters_find(struct cpt_clusters *clusters, const struct cpt_graph *graph, const uint64_t *among,
                  struct cpt_error *error)
{
    struct cpt_csr csr = {graph->count, graph->first, graph->targets, CPT_MAX_NODES - 1, NOT_FOLLOWED,
                          graph->heap->progress};
    uint64_t *seen = NULL, *cyclic = NULL;
    cpt_status status;

    memset(clusters, 0, sizeof(*clusters));
    clusters->of = calloc((size_t)graph->count + 1, sizeof(*clusters->of));
    clusters->hanging = cpt_set_make(graph->count);
    if (!clusters->of || !clusters->hanging)
        return out_of_memory(error);
    status = cpt_components_find(&csr, among, clusters->of, &clusters->count, error);
    if (status)
        return status;
    seen = cpt_set_make(clusters->count);
    cyclic = cpt_set_make(clusters->count);
    if (seen && cyclic) {
        find_cyclic(clusters, graph, among, seen, cyclic);
        status = hang_chains(clusters, graph, among, cyclic, error);
    } else {
        status = out_of_memory(error);
    }
    free(seen);
    free(cyclic);
    return status;
}

/* --- what goes with them --------------------------------------------------------------------- */

struct freeing {
    struct cpt_clusters *clusters;
    const struct cpt_graph *graph;
    uint32_t *left; /* by node: 1 + how many references are left; 0: as many as there were */
    struct stack stack;
    uint32_t node;  /* that is being freed */
    uint64_t steps;
    bool failed;
};

static void
lose_reference(void *arg, const struct cpt_edge *edge)
{
    struct freeing *f = arg;
    uint64_t references;
    uint32_t id;

    if (!(edge->flags & CPT_EDGE_EXACT) || !(edge->flags & CPT_EDGE_OWNED))
        return;
    id = cpt_graph_find(f->graph, edge->target);
    if (id == CPT_NO_NODE || f->clusters->of[id] != CPT_CSR_NONE || !cpt_graph_is_object(f->graph, id))
        return;
    if (!f->left[id]) {
        references = cpt_graph_references(f->graph, id);
        if (references >= UINT32_MAX)
            return;
        f->left[id] = (uint32_t)references + 1;
    }
    if (f->left[id] > 1 && --f->left[id] == 1) {
        f->clusters->of[id] = f->clusters->of[f->node];
        f->failed |= push(&f->stack, id, NULL) != CPT_OK;
    }
}

static void
free_node(struct freeing *f, uint32_t node)
{
    f->node = node;
    cpt_graph_edges(f->graph, node, lose_reference, f);
    while (f->stack.count && !f->failed) {
        f->failed = cpt_progress_stops(f->graph->heap->progress, ++f->steps);
        f->node = f->stack.items[--f->stack.count];
        cpt_graph_edges(f->graph, f->node, lose_reference, f);
    }
}

cpt_status
cpt_clusters_extend(struct cpt_clusters *clusters, const struct cpt_graph *graph, const uint64_t *among,
                    struct cpt_error *error)
{
    struct freeing f = {.clusters = clusters, .graph = graph};

    f.left = calloc((size_t)graph->count + 1, sizeof(*f.left));
    if (!f.left)
        return out_of_memory(error);
    for (uint32_t node = cpt_set_next(among, 0, graph->count); !f.failed && node < graph->count;
         node = cpt_set_next(among, node + 1, graph->count)) {
        f.failed = cpt_progress_stops(graph->heap->progress, ++f.steps);
        free_node(&f, node);
    }
    free(f.left);
    cpt_vec_free(&f.stack);
    if (cpt_progress_is_cancelled(graph->heap->progress))
        return cpt_progress_check(graph->heap->progress, error);
    return f.failed ? out_of_memory(error) : CPT_OK;
}

void
cpt_clusters_free(struct cpt_clusters *clusters)
{
    free(clusters->of);
    free(clusters->hanging);
    memset(clusters, 0, sizeof(*clusters));
}

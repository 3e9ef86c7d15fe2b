#include "coreanalyze/heap/rooting.h"

#include "coreanalyze/heap/nodes.h"

#include <stdlib.h>
#include <string.h>

static void
visit_exact(struct cpt_rooting *r)
{
    cpt_rooting_modules(r);
    for (size_t i = 0; i < r->threads.count; i++)
        cpt_rooting_locals(r, &r->threads.items[i]);
    for (size_t i = 0; i < r->threads.count; i++)
        cpt_rooting_stacks(r, &r->threads.items[i], true);
    for (size_t i = 0; i < r->threads.count; i++)
        cpt_rooting_frame_fields(r, &r->threads.items[i]);
    for (size_t i = 0; i < r->threads.count; i++)
        cpt_rooting_thread_fields(r, &r->threads.items[i]);
    cpt_rooting_interpreter_fields(r);
    cpt_rooting_static_types(r);
}

static void
take_run(struct cpt_rooting *r, const struct cpt_run *run)
{
    cpt_rooting_take(r, run->start, run->end - run->start);
}

/* What no field is known in. Thread states can lie within interpreters, and these within the runtime. */
static void
scan_states(struct cpt_rooting *r)
{
    const struct cpt_layout_fields *at = r->heap->decode.at;
    struct cpt_root root = {.kind = CPT_ROOT_THREAD};

    for (size_t i = 0; i < r->threads.count; i++) {
        root.thread = r->threads.items[i].tid;
        cpt_rooting_scan(r, r->threads.items[i].state.start, r->threads.items[i].state.end, &root, false);
        take_run(r, &r->threads.items[i].state);
    }
    cpt_rooting_settle(r);
    root = (struct cpt_root){.kind = CPT_ROOT_INTERPRETER};
    for (size_t i = 0; i < r->interpreters.count; i++) {
        cpt_rooting_scan(r, r->interpreters.items[i].start, r->interpreters.items[i].end, &root, false);
        take_run(r, &r->interpreters.items[i]);
    }
    cpt_rooting_settle(r);
    for (size_t i = 0; r->graph && i < r->graph->table->chunks.own.count; i++)
        take_run(r, &r->graph->table->chunks.own.items[i]);
    cpt_rooting_settle(r);
    if (!CPT_HAS(at->runtime.size))
        return;
    root.name = "runtime";
    cpt_rooting_scan(r, r->heap->runtime.address, r->heap->runtime.address + (uint64_t)at->runtime.size, &root, false);
    cpt_rooting_take(r, r->heap->runtime.address, (uint64_t)at->runtime.size);
    cpt_rooting_settle(r);
}

static void
scan_chunk(struct cpt_rooting *r, uint64_t start, uint64_t size, uint64_t used)
{
    struct cpt_root root = {.kind = CPT_ROOT_STACK};

    cpt_rooting_scan(r, start, used - start <= size ? used : start + size, &root, false);
}

/* What is left over on stacks; where frames could not be followed, all that lies there. */
static void
scan_frames(struct cpt_rooting *r)
{
    for (size_t i = 0; i < r->threads.count; i++) {
        cpt_rooting_stacks(r, &r->threads.items[i], false);
        if (r->threads.items[i].damaged)
            cpt_rooting_datastack(r, &r->threads.items[i], scan_chunk);
    }
}

cpt_status
cpt_roots_each(struct cpt_heap *heap, struct cpt_graph *graph, cpt_root_visit visit, void *arg, struct cpt_error *error)
{
    struct cpt_rooting r = {.heap = heap, .graph = graph, .visit = visit, .arg = arg};
    cpt_status status = cpt_rooting_open(&r, error);

    if (!status) {
        visit_exact(&r);
        cpt_rooting_settle(&r);
        scan_frames(&r);
        scan_states(&r);
        cpt_rooting_c_stacks(&r);
        cpt_rooting_registers(&r);
        cpt_rooting_images(&r);
        cpt_rooting_free_lists(&r);
        cpt_rooting_rest(&r);
        if (r.out_of_memory)
            status = cpt_error_set(error, CPT_NOMEM, "out of memory");
    }
    cpt_rooting_close(&r);
    return status ? status : cpt_progress_check(heap->progress, error);
}

/* A part of the data stack; USED is of no matter. */
static void
cover(struct cpt_rooting *r, uint64_t start, uint64_t size, uint64_t used)
{
    (void)used;
    cpt_graph_cover(r->graph, start, size);
}

cpt_status
cpt_roots_cover(struct cpt_heap *heap, struct cpt_graph *graph, struct cpt_error *error)
{
    struct cpt_rooting r = {.heap = heap, .graph = graph};
    cpt_status status = cpt_rooting_open(&r, error);

    for (size_t i = 0; !status && i < r.threads.count; i++) {
        const struct cpt_rooting_thread *thread = &r.threads.items[i];

        cpt_graph_cover(graph, thread->state.start, thread->state.end - thread->state.start);
        cpt_rooting_datastack(&r, thread, cover);
    }
    for (size_t i = 0; !status && i < r.interpreters.count; i++)
        cover(&r, r.interpreters.items[i].start, r.interpreters.items[i].end - r.interpreters.items[i].start, 0);
    cpt_rooting_close(&r);
    return status ? status : cpt_progress_check(heap->progress, error);
}

struct taking {
    struct cpt_rootset *set;
    struct cpt_graph *graph;
    uint64_t *seen; /* a bit for each node */
    bool out_of_memory;
};

static void
take_root(void *arg, const struct cpt_root *root)
{
    struct taking *taking = arg;
    uint32_t node = cpt_graph_find(taking->graph, root->target);
    struct cpt_root *added;

    if (node == CPT_NO_NODE)
        return;
    if (taking->graph->found && root->flags & CPT_EDGE_OWNED && taking->graph->found[node] != UINT32_MAX)
        taking->graph->found[node]++;
    if (taking->seen[node >> 6] >> (node & 63) & 1)
        return;
    taking->seen[node >> 6] |= UINT64_C(1) << (node & 63);
    added = cpt_vec_add(taking->set);
    if (!added) {
        taking->out_of_memory = true;
        return;
    }
    *added = *root;
}

struct numbered {
    uint32_t node;
    struct cpt_root root;
};

static int
by_node(const void *a, const void *b)
{
    const struct numbered *one = a, *other = b;

    return one->node < other->node ? -1 : one->node > other->node;
}

/* Sorts the roots by their nodes, which are found anew. */
static cpt_status
sort_roots(struct cpt_rootset *set, const struct cpt_graph *graph, struct cpt_error *error)
{
    struct numbered *numbered = malloc((set->count + 1) * sizeof(*numbered));

    set->nodes = malloc((set->count + 1) * sizeof(*set->nodes));
    if (!numbered || !set->nodes) {
        free(numbered);
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < set->count; i++)
        numbered[i] = (struct numbered){cpt_graph_find(graph, set->items[i].target), set->items[i]};
    qsort(numbered, set->count, sizeof(*numbered), by_node);
    for (size_t i = 0; i < set->count; i++) {
        set->items[i] = numbered[i].root;
        set->nodes[i] = numbered[i].node;
    }
    free(numbered);
    return CPT_OK;
}

cpt_status
cpt_rootset_take(struct cpt_rootset *set, struct cpt_graph *graph, struct cpt_error *error)
{
    struct taking taking = {.set = set, .graph = graph, .seen = calloc((size_t)graph->count / 64 + 1, 8)};
    cpt_status status;

    *set = (struct cpt_rootset){0};
    if (!taking.seen)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    status = cpt_roots_each(graph->heap, graph, take_root, &taking, error);
    free(taking.seen);
    if (!status && taking.out_of_memory)
        status = cpt_error_set(error, CPT_NOMEM, "out of memory");
    return status ? status : sort_roots(set, graph, error);
}

const struct cpt_root *
cpt_rootset_find(const struct cpt_rootset *set, uint32_t node)
{
    size_t low = 0, high = set->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (set->nodes[middle] == node)
            return &set->items[middle];
        if (set->nodes[middle] < node)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void
cpt_rootset_free(struct cpt_rootset *set)
{
    free(set->nodes);
    cpt_vec_free(set);
    *set = (struct cpt_rootset){0};
}

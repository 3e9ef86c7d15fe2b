/* The heap's objects and the native blocks between them as nodes with dense 32-bit ids, by address, and the references
 * between them in CSR form.
 *
 * A native block is memory of C that is no object and no object's buffer: a used block of pymalloc or a chunk of malloc. What
 * is in it is scanned. The roots (rootset.h) are no nodes.
 */
#ifndef CPT_HEAP_GRAPH_H
#define CPT_HEAP_GRAPH_H

#include "coreanalyze/heap/edges.h"

#define CPT_NO_NODE UINT32_MAX
#define CPT_MAX_NODES (UINT32_C(1) << 30)
#define CPT_NATIVE_BLOCK UINT32_MAX /* in place of a shape */

/* A word of `targets`: the node's id and two flags. */
#define CPT_TARGET_SCANNED (UINT32_C(1) << 30)   /* found by scanning: may be none */
#define CPT_TARGET_UNVISITED (UINT32_C(1) << 31) /* the collector does not see it */
#define CPT_TARGET_ID(target) ((target) & (CPT_MAX_NODES - 1))

struct cpt_node_table; /* how addresses become ids */

struct cpt_graph {
    struct cpt_heap *heap;
    struct cpt_plans plans;
    struct cpt_node_table *table;
    uint32_t count;     /* of nodes: objects and native blocks together, by address */
    uint32_t *shapes;   /* index of the type's shape, or CPT_NATIVE_BLOCK */
    uint32_t *units;    /* size in 16 bytes: the blocks of the object and of the buffers that it alone owns */
    uint32_t *first;    /* COUNT + 1: references of node I are targets[first[I]] … targets[first[I + 1] - 1] */
    uint32_t *targets;
    uint32_t *counts;   /* reference counts, UINT32_MAX of immortal objects; NULL: not kept */
    uint64_t *tracked;  /* a bit for each that the collector has in one of its lists; NULL: not kept */
    uint32_t *found;    /* how many references to it that count were found: in objects, blocks and (once they are added) roots */
};

/* Numbers the objects of HEAP, which was walked with cpt_heap_walk and has to outlive GRAPH; `targets` are not there yet.
   CPT_NOMEM, CPT_LIMIT: more than CPT_MAX_NODES. GRAPH is to be closed in any case. */
CPT_MUST_USE cpt_status cpt_graph_open(struct cpt_graph *graph, struct cpt_heap *heap, struct cpt_progress *progress,
                                       struct cpt_error *error);

/* Makes cpt_graph_connect keep reference counts and what is tracked, for those who ask for it of every node: to look at all objects
   again costs as much as connecting them. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_graph_keep_counts(struct cpt_graph *graph, struct cpt_error *error);

/* Fills `first`, `targets` and `found`. CPT_NOMEM, CPT_LIMIT: more than 2^32 references. */
CPT_MUST_USE cpt_status cpt_graph_connect(struct cpt_graph *graph, struct cpt_progress *progress, struct cpt_error *error);

void cpt_graph_close(struct cpt_graph *graph);

/* The node that begins at ADDRESS: an object there, or a native block (where malloc's block begins); CPT_NO_NODE: none. Some
   10 ns, thread-safe. */
uint32_t cpt_graph_find(const struct cpt_graph *graph, uint64_t address);

/* The same, or the native block in which ADDRESS lies. Slower. */
uint32_t cpt_graph_find_within(const struct cpt_graph *graph, uint64_t address);

uint64_t cpt_graph_address(const struct cpt_graph *graph, uint32_t node);

static inline bool
cpt_graph_is_object(const struct cpt_graph *graph, uint32_t node)
{
    return graph->shapes[node] != CPT_NATIVE_BLOCK;
}

static inline uint64_t
cpt_graph_bytes(const struct cpt_graph *graph, uint32_t node)
{
    return (uint64_t)graph->units[node] << 4;
}

/* The shape of an object's type. */
const struct cpt_shape *cpt_graph_shape(const struct cpt_graph *graph, uint32_t node);

/* The object NODE; false: it is a native block. */
bool cpt_graph_object(const struct cpt_graph *graph, uint32_t node, struct cpt_found_object *object);

/* Its reference count as it is stored; UINT64_MAX: immortal. */
uint64_t cpt_graph_references(const struct cpt_graph *graph, uint32_t node);

/* Whether the collector has it in one of its lists. */
bool cpt_graph_is_tracked(const struct cpt_graph *graph, uint32_t node);

/* Calls VISIT for each reference of NODE, native blocks' too. */
void cpt_graph_edges(const struct cpt_graph *graph, uint32_t node, cpt_edge_visit visit, void *arg);

/* Calls EACH with each piece of writable memory, outside of stacks and images, that is no node, no buffer of an object, not
   free memory of an allocator and was not covered with cpt_graph_cover: its contents may hold references. */
void cpt_graph_rest(const struct cpt_graph *graph, void (*each)(void *arg, uint64_t start, const uint8_t *bytes, uint64_t size),
                    void *arg);

/* Somebody else looks through [START, START + SIZE): the data stack of a thread and the like. */
void cpt_graph_cover(struct cpt_graph *graph, uint64_t start, uint64_t size);

#endif

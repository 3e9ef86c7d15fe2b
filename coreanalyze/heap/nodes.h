/* How addresses become nodes' ids, and back. */
#ifndef CPT_HEAP_NODES_H
#define CPT_HEAP_NODES_H

#include "coreanalyze/base/workers.h"
#include "coreanalyze/heap/chunks.h"
#include "coreanalyze/heap/graph.h"

/* 64 granules, 1 KiB, of a region. */
struct cpt_node_word {
    uint64_t bits;    /* where nodes begin */
    uint64_t natives; /* which of them are native blocks */
    uint32_t rank;    /* id of the first, where BITS is not 0 */
};

#define CPT_SPAN_WORDS 4096

/* Some words of a region with at least one node: one thread's work at a time. */
struct cpt_node_span {
    uint32_t region;
    uint32_t id;        /* of the first node */
    uint32_t count;
    size_t first, end;  /* words */
    uint32_t *targets;  /* found so far */
    size_t target_count, target_capacity;
};

struct cpt_node_table {
    struct cpt_node_word **words; /* by the region's number; NULL: no node is there */
    void *memory;                 /* of all words and of the bits of what is covered */
    size_t size;
    struct cpt_chunks chunks;
    CPT_VEC(struct cpt_node_span) spans; /* by address */
};

/* Marks all nodes and numbers them. CPT_NOMEM, CPT_LIMIT. */
CPT_MUST_USE cpt_status cpt_nodes_number(struct cpt_graph *graph, struct cpt_progress *progress, struct cpt_error *error);
void cpt_nodes_free(struct cpt_graph *graph);

/* The object at ADDRESS, where a node is, and its block's size. */
bool cpt_node_object(struct cpt_walker *w, const struct cpt_region *region, uint64_t address,
                     struct cpt_found_object *object, uint64_t *block);

/* The size of the native block at ADDRESS, as far as it is whoever asked for it's. */
uint64_t cpt_node_native_size(const struct cpt_regions *regions, const struct cpt_region *region, uint64_t address);

/* How much of it is looked at for references: all, but of a PyArena's block its head alone. There is the syntax tree of what is
   compiled, and of the main script as long as it runs: references that it borrows from a list of the arena's, and unused
   memory (Python/pyarena.c, struct _block, the same in all versions). */
uint64_t cpt_node_native_scanned(const struct cpt_regions *regions, const struct cpt_region *region, uint64_t address);

/* Calls WORK, by several threads with a walker each, for all spans; the others stop when one fails. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_spans_each(struct cpt_graph *graph, const char *what,
                                       bool (*work)(struct cpt_graph *graph, struct cpt_node_span *span,
                                                    struct cpt_walker *w),
                                       struct cpt_progress *progress, struct cpt_error *error);

#endif

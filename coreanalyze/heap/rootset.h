/* What keeps objects alive beside other objects, and where it is. */
#ifndef CPT_HEAP_ROOTSET_H
#define CPT_HEAP_ROOTSET_H

#include "coreanalyze/heap/graph.h"

enum cpt_root_kind {
    CPT_ROOT_MODULE,      /* a module in sys.modules; DETAIL: the address of its name */
    CPT_ROOT_LOCAL,       /* a variable of a running function; DETAIL: its index */
    CPT_ROOT_STACK,       /* an evaluation stack; DETAIL: from below */
    CPT_ROOT_FRAME,       /* another field of a frame: the function, its globals … */
    CPT_ROOT_THREAD,      /* a field of a thread's state */
    CPT_ROOT_INTERPRETER, /* a field of an interpreter's state, or of the runtime's */
    CPT_ROOT_STATIC,      /* a static object: a built-in type and the like; DETAIL: its address */
    CPT_ROOT_C_STACK,     /* a thread's C stack; DETAIL: the address of the word */
    CPT_ROOT_REGISTER,    /* DETAIL: its number */
    CPT_ROOT_DATA,        /* data of the executable or a library; DETAIL: the address of the word */
    CPT_ROOT_NATIVE,      /* memory that nobody knows; DETAIL: the address of the word */
};

#define CPT_ROOT_KINDS 11

/* Of a root's flags beside those of edges: the same reference is an object's own (sys.modules, the object of a frame or
   generator), and counted there. */
#define CPT_ROOT_OF_OBJECT 8

struct cpt_root {
    uint64_t target;    /* the object (or, of scanned ones, the native block) */
    uint64_t detail;
    uint64_t frame;     /* of CPT_ROOT_LOCAL, STACK and FRAME: the address of the frame; of a static object's reference: 0 */
    const char *name;   /* of the field: "sysdict", "tp_dict"; NULL: not known */
    int32_t thread;     /* native id; 0: none */
    uint8_t kind;       /* enum cpt_root_kind */
    uint8_t flags;      /* CPT_EDGE_EXACT, CPT_EDGE_OWNED: it is to be counted, CPT_ROOT_OF_OBJECT */
};

typedef void (*cpt_root_visit)(void *arg, const struct cpt_root *root);

/* Calls VISIT for each reference from a root of HEAP to anything within the regions: the exact ones by kind, then
   the others by kind. An object may come several times. With GRAPH, which cpt_roots_cover was called for, what was
   found by scanning leads to a node. GRAPH may be NULL: then what cpt_graph_rest gives is left out, and what was
   found by scanning may be anything. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_roots_each(struct cpt_heap *heap, struct cpt_graph *graph, cpt_root_visit visit, void *arg,
                                       struct cpt_error *error);

/* Covers in GRAPH what is looked through as roots and is no node's: data stacks, states of threads and interpreters.
   To be called before cpt_graph_connect. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_roots_cover(struct cpt_heap *heap, struct cpt_graph *graph, struct cpt_error *error);

/* All roots that lead to a node, one for each node: an exact one where there is one, of these the one that comes
   first in enum cpt_root_kind. */
struct cpt_rootset {
    struct cpt_root *items; /* by node */
    uint32_t *nodes;        /* the node of each */
    size_t count, capacity;
};

/* Adds what roots refer to to GRAPH's `found` as well, where GRAPH is connected. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_rootset_take(struct cpt_rootset *set, struct cpt_graph *graph, struct cpt_error *error);

/* The root that leads to NODE, or NULL. */
const struct cpt_root *cpt_rootset_find(const struct cpt_rootset *set, uint32_t node);

void cpt_rootset_free(struct cpt_rootset *set);

#endif

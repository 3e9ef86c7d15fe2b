/* Shortest ways from roots to objects, written as Python would: "app.cache['k'].items[3]".
 */
#ifndef CPT_HEAP_ROUTES_H
#define CPT_HEAP_ROUTES_H

#include "coreanalyze/heap/rootset.h"

/* A way to every node of a graph, or to one. */
struct cpt_routes {
    struct cpt_graph *graph;
    const struct cpt_rootset *roots;
    uint32_t *parent;  /* by node: where the way to it comes from; the graph's count: from a root; CPT_NO_NODE: none */
};

/* One step of a way. */
struct cpt_route_step {
    uint32_t node;
    struct cpt_text edge; /* what leads to it from the step before: ".cache", "['k']", "[3]"; of the first: the root, "app",
                             "worker.run:local buf" */
    bool exact;           /* no scanned reference */
};

struct cpt_route {
    struct cpt_text path; /* the whole of it; evaluated in the target (with modules by their names) it gives the object, where
                             every step can be written so */
    struct cpt_route_step *steps; /* the root's object first, the object itself last */
    size_t count;
    bool exact;
    bool only_local;      /* begins with a variable of a running function: nothing nearer keeps it */
};

/* Finds ways by breadth first: from modules and variables of running functions over exact references, then from
   other exact roots, then over any from there, then from any. TARGET: only until that is reached; CPT_NO_NODE: to
   all. ROOTS were taken from GRAPH; both have to outlive ROUTES. A GRAPH that is not connected will do: then only
   those references are read that lie on the way. CPT_NOMEM. ROUTES are to be freed in any case. */
CPT_MUST_USE cpt_status cpt_routes_find(struct cpt_routes *routes, struct cpt_graph *graph, const struct cpt_rootset *roots,
                                        uint32_t target, struct cpt_error *error);
void cpt_routes_free(struct cpt_routes *routes);

/* Writes down the way to NODE, in the heap's arena; CPT_ABSENT: there is none; CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_route_write(const struct cpt_routes *routes, uint32_t node, struct cpt_route *route,
                                        struct cpt_error *error);

/* What EDGE of OBJECT is called, behind OBJECT's own name: ".attr", "['key']", "[3]", ".__closure__", "<it_seq>"; in
   HEAP's arena. Steps that Python writes as one are one only in a whole path. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_edge_name(struct cpt_heap *heap, const struct cpt_found_object *object, const struct cpt_edge *edge,
                                      struct cpt_text *name, struct cpt_error *error);

/* What ROOT is called: "app" (a module), "worker.run:local buf", "thread 4711's <exc_info>", "C stack of thread
   4711" … CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_root_name(struct cpt_heap *heap, const struct cpt_root *root, struct cpt_text *name,
                                      struct cpt_error *error);

#endif

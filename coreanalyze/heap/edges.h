/* What one object refers to: the pointers to other objects in it and in the buffers that it alone owns, and what Python would
 * call each.
 */
#ifndef CPT_HEAP_EDGES_H
#define CPT_HEAP_EDGES_H

#include "coreanalyze/heap/walk.h"

enum cpt_edge_kind {
    CPT_EDGE_FIELD,     /* a field of the object, or a slot of its class: NAME */
    CPT_EDGE_CLASS,     /* its type, which instances of heap types own */
    CPT_EDGE_ATTRIBUTE, /* an attribute that is not in a dict; DETAIL: the address of its name, a str */
    CPT_EDGE_INDEX,     /* DETAIL: of a sequence */
    CPT_EDGE_KEY,       /* of a dict */
    CPT_EDGE_VALUE,     /* of a dict; DETAIL: the address of its key */
    CPT_EDGE_ELEMENT,   /* of a set */
    CPT_EDGE_LOCAL,     /* a variable of a frame or generator; DETAIL: its index among co_localsplusnames or the like */
    CPT_EDGE_STACK,     /* on the evaluation stack of a frame or generator; DETAIL: from below */
    CPT_EDGE_NAME,      /* a name in the table that the instances of a class share */
    CPT_EDGE_SCANNED,   /* found by looking for addresses of objects; DETAIL: where the pointer is */
};

/* EXACT: the layout says that a reference is there. VISITED: the collector sees it (tp_traverse, gc.get_referents()). OWNED:
   it counts in the reference count of what it leads to. A scanned one may be anything: it counts, and is not visited. */
#define CPT_EDGE_EXACT 1
#define CPT_EDGE_VISITED 2
#define CPT_EDGE_OWNED 4
/* The collector may see it or not (a type that another library made), or sees it without taking it off the count (a reference
   that a frame has borrowed). */
#define CPT_EDGE_MAYBE 8

struct cpt_edge {
    uint64_t target;  /* never 0; need not be an object of the heap, nor, when scanned, an object at all */
    uint64_t detail;
    const char *name; /* of CPT_EDGE_FIELD: ".func" where Python can ask for it, else "<it_seq>", CPython's own name, or
                         "<+24>"; lives as long as the plans */
    enum cpt_edge_kind kind;
    unsigned flags;
};

typedef void (*cpt_edge_visit)(void *arg, const struct cpt_edge *edge);

struct cpt_plan;

/* For each type of a walk, where its instances have references. */
struct cpt_plans {
    struct cpt_heap *heap;
    struct cpt_plan *items; /* by the shape's index */
    size_t count;
    uint64_t lookdict;      /* dk_lookup of tables with keys of any type, to 3.10; 0: not known */
};

/* Plans for all types that the walk over HEAP has met. HEAP has to outlive PLANS, whose memory is the heap's. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_plans_make(struct cpt_plans *plans, struct cpt_heap *heap, struct cpt_error *error);

/* Whether all references of instances of OBJECT's type are known exactly. */
bool cpt_plan_is_exact(const struct cpt_plans *plans, const struct cpt_found_object *object);

/* Calls VISIT for each reference of OBJECT, of which W is to be one of the heap's walkers (or a copy of one, for a thread of its
   own). Bounded, whatever the object says. */
void cpt_edges_each(const struct cpt_plans *plans, struct cpt_walker *w, const struct cpt_found_object *object,
                    cpt_edge_visit visit, void *arg);

/* The same without the names of attributes: faster. */
void cpt_edges_targets(const struct cpt_plans *plans, struct cpt_walker *w, const struct cpt_found_object *object,
                       cpt_edge_visit visit, void *arg);

#endif

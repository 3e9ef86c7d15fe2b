/* What the files that read references share. */
#ifndef CPT_HEAP_EDGES_INTERNAL_H
#define CPT_HEAP_EDGES_INTERNAL_H

#include "coreanalyze/heap/plan.h"

#define POINTER 8

/* The references of one object. */
struct cpt_edge_reader {
    const struct cpt_plans *plans;
    const struct cpt_plan *plan;
    struct cpt_walker *w;
    const struct cpt_found_object *object;
    bool names; /* of attributes are wanted */
    cpt_edge_visit visit;
    void *arg;
};

static inline void
cpt_edge_emit(struct cpt_edge_reader *r, uint64_t target, enum cpt_edge_kind kind, uint64_t detail, const char *name,
              unsigned flags)
{
    struct cpt_edge edge;

    if (!target)
        return;
    edge = (struct cpt_edge){target, detail, name, kind, flags};
    r->visit(r->arg, &edge);
}

/* The SIZE bytes at ADDRESS, as far as the budget goes; NULL: they are not there. */
const uint8_t *cpt_edges_bytes(struct cpt_edge_reader *r, uint64_t address, uint64_t size);

/* All words of the SIZE bytes at BYTES, which are at ADDRESS in the target. */
void cpt_edges_scan(struct cpt_edge_reader *r, uint64_t address, const uint8_t *bytes, uint64_t size, unsigned flags);

/* COUNT references at ADDRESS, items from FIRST on. */
void cpt_edges_items(struct cpt_edge_reader *r, uint64_t address, uint64_t count, uint64_t first, unsigned flags);

/* Types, code, frames, generators, and types of extension modules. edges_special.c */
void cpt_edges_special(struct cpt_edge_reader *r);

/* The localsplus of a frame at ADDRESS: COUNT slots, the first LOCALS of which are variables. TAGGED: references carry tags
   (3.14+). */
void cpt_edges_slots(struct cpt_edge_reader *r, uint64_t address, uint64_t count, uint64_t locals, bool tagged);

/* Where a walk along a list has been (Brent): what comes back there is in a circle. */
struct cpt_circle {
    uint64_t mark, steps, next_mark;
};

static inline bool
cpt_circle_closes(struct cpt_circle *circle, uint64_t link)
{
    if (circle->mark == link)
        return true;
    if (circle->steps++ == circle->next_mark) {
        circle->mark = link;
        circle->next_mark = 2 * circle->next_mark + 1;
    }
    return false;
}

#endif

/* The variables of a frame: arguments, locals, cells and free variables. */
#ifndef CPT_DECODE_LOCALS_H
#define CPT_DECODE_LOCALS_H

#include "coreanalyze/decode/frame.h"
#include "coreanalyze/decode/value.h"
#include "coreanalyze/decode/variables.h"

/* One variable that is set. */
struct cpt_local {
    struct cpt_text name;
    enum cpt_variable_kind kind;
    const struct cpt_value *value;
};

/* The variables of FRAME that are set, in the order of its code: arguments, then the others; those of the body of a
   class, and of code that exec() runs with a namespace of its own, in the order of that namespace. Module-level code has
   none: its variables are the module's. Values have DEPTH levels of their attributes. Arrays lie in the arena, values
   are shared between frames. Damage becomes holes. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_locals_read(struct cpt_values *values, const struct cpt_frame *frame, unsigned depth,
                                        struct cpt_local **locals, size_t *count, struct cpt_error *error);

/* The object that the variable NAME of FRAME is, of whatever kind, as *OBJECT; 0 where it has no value now. CPT_ABSENT:
   it has no such variable; CPT_NOMEM. What cannot be read becomes a hole. */
CPT_MUST_USE cpt_status cpt_locals_find(struct cpt_values *values, const struct cpt_frame *frame,
                                        const struct cpt_text *name, enum cpt_variable_kind *kind, uint64_t *object,
                                        struct cpt_error *error);

/* The globals of FRAME: the address of a dict, or 0. */
uint64_t cpt_frame_globals(const struct cpt_decode *decode, const struct cpt_frame *frame);

/* What the str NAME is the key of in the dict at ADDRESS (0: none). CPT_ABSENT: of nothing, or that cannot be read,
   which is a hole; CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_namespace_find(struct cpt_decode *decode, uint64_t address, const struct cpt_text *name,
                                           uint64_t *value, struct cpt_error *error);

/* What the cell at ADDRESS holds, 0 if it is empty; ADDRESS itself where that is no cell. */
uint64_t cpt_cell_content(struct cpt_values *values, uint64_t address);

#endif
